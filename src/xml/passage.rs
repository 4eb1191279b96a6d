//! Running text up to the next `<`, with its references checked on the way.
//!
//! Most bytes of a dump pass here and nowhere else.  Blocks of 64 bytes become masks of `<` and of
//! what has to be decoded: `&` and CR.  The places of the latter are gathered and checked many at a
//! time, without a branch for each, for which reference comes next, and how far behind the last,
//! cannot be foreseen.

use crate::marks::{BLOCK_BYTES, hits_in, padded};
use crate::model::decode_reference;

/// Running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passage {
    /// Its length: up to the first `<`, or to the end of the bytes.
    pub length: usize,
    /// Whether there are references or carriage returns in it.
    pub is_coded: bool,
    /// The first `&` that begins no reference.
    pub strange_at: Option<usize>,
}

/// The running text that `bytes` begin with, if its end is in sight and nothing has to be decoded: most elements
/// are numbers and names.
#[inline]
pub(super) fn short_passage(bytes: &[u8]) -> Option<Passage> {
    let (ends, codes) = in_block(bytes.first_chunk()?);
    (ends != 0 && codes & (ends - 1) == 0).then_some(Passage {
        length: ends.trailing_zeros() as usize,
        is_coded: false,
        strange_at: None,
    })
}

/// Reads the running text that `bytes` begin with.
pub(super) fn long_passage(bytes: &[u8]) -> Passage {
    scan(bytes, in_block)
}

type Block = [u8; BLOCK_BYTES];

/// Places of codes that wait to be checked: as many as fit, and then a block's.
const WAITING: usize = 64;

/// Walks over blocks; `masks` has a bit for each `<`, and one for each `&` or CR, of a block.
#[inline(always)]
fn scan(bytes: &[u8], masks: impl Fn(&Block) -> (u64, u64)) -> Passage {
    let mut waiting = [0; WAITING + BLOCK_BYTES];
    let mut count = 0;
    let mut passage = Passage {
        length: bytes.len(),
        is_coded: false,
        strange_at: None,
    };
    let (blocks, last) = bytes.as_chunks::<BLOCK_BYTES>();
    let padded = padded(last);
    let mut at = 0;
    for block in blocks.iter().chain([&padded]) {
        let (ends, mut codes) = masks(block);
        if ends != 0 {
            // Only what stands before the end.
            codes &= ends ^ (ends - 1);
            passage.length = at + ends.trailing_zeros() as usize;
        }
        count = gather(&mut waiting, count, codes, |bit| at + bit);
        if count >= WAITING || ends != 0 {
            passage.check(bytes, &waiting[..count]);
            count = 0;
        }
        if ends != 0 || passage.strange_at.is_some() {
            return passage;
        }
        at += BLOCK_BYTES;
    }
    passage.check(bytes, &waiting[..count]);
    passage
}

/// Appends the place of each bit of `mask` to `places`, of which there are `count`, and tells how many there are then.
#[inline(always)]
pub(super) fn gather<P>(
    places: &mut [P],
    count: usize,
    mut mask: u64,
    place_of: impl Fn(usize) -> P,
) -> usize {
    /// Written whether there are so many or not, for few blocks have more.
    const AT_ONCE: usize = 4;
    let total = count + mask.count_ones() as usize;
    let mut count = count;
    loop {
        if let Some(places) = places.get_mut(count..count + AT_ONCE) {
            for place in places {
                *place = place_of(mask.trailing_zeros() as usize);
                mask &= mask.wrapping_sub(1);
            }
        }
        count += AT_ONCE;
        if mask == 0 {
            return total;
        }
    }
}

impl Passage {
    /// Checks the codes at so many places.
    #[inline(always)]
    fn check(&mut self, bytes: &[u8], places: &[usize]) {
        if places.is_empty() {
            return;
        }
        self.is_coded = true;
        let all_frequent = places
            .iter()
            .fold(true, |all, at| all & is_frequent(bytes, *at));
        if !all_frequent {
            self.strange_at = first_strange(bytes, places);
        }
    }
}

#[cold]
fn first_strange(bytes: &[u8], places: &[usize]) -> Option<usize> {
    places
        .iter()
        .copied()
        .find(|at| bytes[*at] == b'&' && decode_reference(&bytes[*at..]).is_none())
}

/// The references that MediaWiki writes, by the low bits of the letter behind `&`: the bytes as a
/// number, and which of its bits count.
const FREQUENT: [(u64, u64); 32] = {
    let references: [&[u8]; 5] = [b"&lt;", b"&gt;", b"&amp;", b"&quot;", b"&#039;"];
    // No word has all bits where none count.
    let mut table = [(u64::MAX, 0); 32];
    let mut index = 0;
    while index < references.len() {
        let reference = references[index];
        let mut word = 0;
        let mut length = 0;
        while length < reference.len() {
            word |= (reference[length] as u64) << (8 * length);
            length += 1;
        }
        table[(reference[1] % 32) as usize] = (word, (1 << (8 * length)) - 1);
        index += 1;
    }
    table
};

/// Whether a frequent reference begins at `at`.
#[inline(always)]
pub(super) fn is_frequent(bytes: &[u8], at: usize) -> bool {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    word.is_some_and(|word| unexpected_bits(*word) == 0)
}

/// Bits that are set if these bytes begin with no frequent reference.
#[inline(always)]
pub(super) fn unexpected_bits(word: [u8; WORD_BYTES]) -> u64 {
    let word = u64::from_le_bytes(word);
    let (expected, counts) = FREQUENT[(word >> 8) as usize % FREQUENT.len()];
    word & counts ^ expected
}

/// More than a frequent reference has.
pub(super) const WORD_BYTES: usize = size_of::<u64>();

/// A bit for each `<`, and one for each `&` or CR, of the block.
#[inline(always)]
fn in_block(block: &Block) -> (u64, u64) {
    (hits_in::<b'<', b'<'>(block), hits_in::<b'&', b'\r'>(block))
}

/// The same of the first `length` of some bytes, no more than a block has.
#[inline]
pub(super) fn in_part(bytes: &[u8], length: usize) -> (u64, u64) {
    let (ends, codes) = match bytes.first_chunk() {
        Some(block) => in_block(block),
        None => in_block(&padded(bytes)),
    };
    let wanted = u64::MAX >> (BLOCK_BYTES - length);
    (ends & wanted, codes & wanted)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The definition, without haste.
    pub(in crate::xml) fn plain(bytes: &[u8]) -> Passage {
        let end = bytes.iter().position(|byte| *byte == b'<');
        let length = end.unwrap_or(bytes.len());
        let mut references = (0..length).filter(|at| bytes[*at] == b'&');
        Passage {
            length,
            is_coded: bytes[..length].contains(&b'&') || bytes[..length].contains(&b'\r'),
            strange_at: references.find(|at| decode_reference(&bytes[*at..]).is_none()),
        }
    }

    fn plain_in_block(block: &Block) -> (u64, u64) {
        let mask = |mark| memchr::memchr_iter(mark, block).fold(0, |mask, at| mask | 1 << at);
        (mask(b'<'), mask(b'&') | mask(b'\r'))
    }

    /// What is the same whether a passage is read to its end or not.
    fn told(passage: Passage) -> (Option<usize>, Option<Passage>) {
        match passage.strange_at {
            Some(at) => (Some(at), None),
            None => (None, Some(passage)),
        }
    }

    fn check(bytes: &[u8]) {
        let expected = told(plain(bytes));
        if let Some(short) = short_passage(bytes) {
            assert_eq!(told(short), expected);
        }
        assert_eq!(told(long_passage(bytes)), expected);
        assert_eq!(told(scan(bytes, in_block)), expected);
        assert_eq!(told(scan(bytes, plain_in_block)), expected);
    }

    /// Numbers that look random.
    pub(in crate::xml) struct Dice(pub(in crate::xml) u32);

    impl Dice {
        pub(in crate::xml) fn below(&mut self, count: usize) -> usize {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (self.0 >> 8) as usize % count
        }
    }

    /// References, pieces of them, and ends, close together or far apart.
    fn crowded(seed: u32, pieces: usize, has_strange: bool) -> Vec<u8> {
        const SOUND: [&str; 13] = [
            "&lt;",
            "&gt;",
            "&amp;",
            "&quot;",
            "&#039;",
            "&apos;",
            "&#9;",
            "&#x41;",
            "word ",
            "é",
            "\n",
            "\r\n",
            "a long run of words in which nothing stands that could be a mark of any kind. ",
        ];
        const STRANGE: [&str; 6] = ["&", "&l", "&lt", "&times;", "&#;", "&#1;"];
        let mut dice = Dice(seed);
        let mut bytes = Vec::new();
        for _ in 0..pieces {
            match has_strange && dice.below(300) == 0 {
                true => bytes.extend_from_slice(STRANGE[dice.below(STRANGE.len())].as_bytes()),
                false => bytes.extend_from_slice(SOUND[dice.below(SOUND.len())].as_bytes()),
            }
        }
        bytes
    }

    #[test]
    fn passages_are_what_they_are_by_definition() {
        for seed in 0..200 {
            let mut bytes = crowded(seed, 10 * seed as usize, seed % 2 == 0);
            check(&bytes);
            bytes.extend_from_slice(b"</text><a>&</a>");
            check(&bytes);
        }
        let bytes = crowded(7, 60, false);
        for end in 0..bytes.len() {
            check(&bytes[..end]);
            check(&[&bytes[..end], b"<"].concat());
        }
    }

    #[test]
    fn processors_agree() {
        let bytes = crowded(1, 4000, true);
        for block in bytes.as_chunks().0 {
            let expected = plain_in_block(block);
            assert_eq!(in_block(block), expected);
        }
    }

    #[test]
    fn each_frequent_reference_and_nothing_near_it() {
        for reference in ["&#039;", "&quot;", "&lt;", "&gt;", "&amp;"] {
            let padded = format!("{reference}xxxxxxxx");
            assert!(is_frequent(padded.as_bytes(), 0), "{reference}");
            for at in 1..reference.len() {
                for bit in 0..8 {
                    let mut other = padded.clone().into_bytes();
                    other[at] ^= 1 << bit;
                    let is_other = FREQUENT.iter().any(|(word, counts)| {
                        *counts != 0
                            && other.starts_with(
                                &word.to_le_bytes()[..counts.count_ones() as usize / 8],
                            )
                    });
                    assert_eq!(is_frequent(&other, 0), is_other, "{other:?}");
                }
            }
        }
    }
}
