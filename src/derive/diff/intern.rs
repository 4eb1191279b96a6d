//! Equal pieces of two texts get equal numbers.

use imara_diff::Token;

/// After so many places the search for an equal piece is given up, and a piece counts as new: so
/// that pieces made to collide cost no more than others.
const MAX_PROBES: usize = 64;

/// Numbers pieces of two texts.
#[derive(Debug, Default)]
pub(super) struct Interner {
    /// A number plus one, or zero where the place is free.
    places: Vec<u32>,
    mask: usize,
    known: Vec<Known>,
    before: Vec<Token>,
    after: Vec<Token>,
    any_common: bool,
}

/// Two sequences of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered<'n> {
    /// Of the earlier text.
    pub(super) before: &'n [Token],
    /// Of the later text.
    pub(super) after: &'n [Token],
    /// All numbers are less.
    pub(super) distinct: u32,
    /// Whether any number is in both.
    pub(super) any_common: bool,
}

#[derive(Debug)]
struct Known {
    hash: u64,
    is_later: bool,
    start: u32,
    length: u32,
}

/// A piece of a text, in bytes.
type Piece = std::ops::Range<usize>;

impl Interner {
    /// Numbers the pieces of both texts from zero on, and forgets those of earlier calls.
    pub(super) fn number(
        &mut self,
        texts: (&[u8], &[u8]),
        before: impl ExactSizeIterator<Item = Piece>,
        after: impl ExactSizeIterator<Item = Piece>,
    ) {
        self.number_hashed(
            texts,
            before.map(|piece| (piece.clone(), hash(&texts.0[piece]))),
            after.map(|piece| (piece.clone(), hash(&texts.1[piece]))),
        );
    }

    /// The same of pieces whose hashes are known.
    pub(super) fn number_hashed(
        &mut self,
        texts: (&[u8], &[u8]),
        before: impl ExactSizeIterator<Item = (Piece, u64)>,
        after: impl ExactSizeIterator<Item = (Piece, u64)>,
    ) {
        let size = ((before.len() + after.len()) * 2)
            .next_power_of_two()
            .max(16);
        self.mask = size - 1;
        self.places.clear();
        self.places.resize(size, 0);
        self.known.clear();
        self.before.clear();
        self.after.clear();
        for (piece, hash) in before {
            let number = self.number_of(texts, piece, hash, false);
            self.before.push(Token(number));
        }
        let of_before = self.known.len() as u32;
        self.any_common = false;
        for (piece, hash) in after {
            let number = self.number_of(texts, piece, hash, true);
            self.any_common |= number < of_before;
            self.after.push(Token(number));
        }
    }

    /// The numbers.
    pub(super) fn numbered(&self) -> Numbered<'_> {
        Numbered {
            before: &self.before,
            after: &self.after,
            distinct: self.known.len() as u32,
            any_common: self.any_common,
        }
    }

    #[inline]
    fn number_of(&mut self, texts: (&[u8], &[u8]), piece: Piece, hash: u64, is_later: bool) -> u32 {
        let bytes = &if is_later { texts.1 } else { texts.0 }[piece.clone()];
        let number = self.known.len() as u32;
        let mut place = hash as usize & self.mask;
        for _ in 0..MAX_PROBES {
            match self.places[place] {
                0 => {
                    self.places[place] = number + 1;
                    break;
                }
                taken => {
                    let known = &self.known[taken as usize - 1];
                    if known.hash == hash && known.bytes(texts) == bytes {
                        return taken - 1;
                    }
                }
            }
            place = (place + 1) & self.mask;
        }
        self.known.push(Known {
            hash,
            is_later,
            start: piece.start as u32,
            length: piece.len() as u32,
        });
        number
    }
}

impl Known {
    fn bytes<'t>(&self, texts: (&'t [u8], &'t [u8])) -> &'t [u8] {
        let text = if self.is_later { texts.1 } else { texts.0 };
        &text[self.start as usize..(self.start + self.length) as usize]
    }
}

/// A hash without a seed, the same on every machine.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    const MULTIPLIER: u64 = 0xa076_1d64_78bd_642f;
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(MULTIPLIER);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let mut state = SEED ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state, u64::from_le_bytes(*word));
    }
    let mut last = 0;
    for byte in rest {
        last = last << 8 | u64::from(*byte);
    }
    fold(fold(state, last), SEED)
}
