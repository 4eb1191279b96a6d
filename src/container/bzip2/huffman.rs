//! Canonical Huffman codes, read several symbols at a time.

/// Longest code, in bits.
pub(super) const MAX_LENGTH: usize = 20;
/// Largest alphabet: two run symbols, 255 places of the move-to-front list, the end of the block.
pub(super) const MAX_SYMBOLS: usize = 258;

const LOOKUP_BITS: u32 = 10;
const LOOKUP_SIZE: usize = 1 << LOOKUP_BITS;

/// What the next ten bits stand for.
///
/// Bits 0 to 23: up to three symbols of a byte each; 24 to 29: the length of their codes together;
/// 30 and 31: how many they are.  None at all means that the next symbol has to be looked for by
/// [`Code::find`]: its code is longer, it does not fit a byte, it is the end of the block, or
/// there is no such code.
#[derive(Clone, Copy, Default)]
pub(super) struct Entry(u32);

impl Entry {
    const MAX_COUNT: u32 = 3;

    fn of(symbol: u8, length: u32) -> Self {
        Self(u32::from(symbol) | length << 24 | 1 << 30)
    }

    /// Both entries' symbols, if they fit.
    fn and(self, next: Self) -> Option<Self> {
        let count = self.count() + next.count();
        let length = self.length() + next.length();
        let fits = next.count() == 1 && count <= Self::MAX_COUNT && length <= LOOKUP_BITS;
        let symbols = self.symbols() | next.symbols() << (8 * self.count());
        fits.then_some(Self(symbols | length << 24 | count << 30))
    }

    /// Symbols in the low bytes, the first in the lowest; the byte above them is junk.
    #[inline(always)]
    pub(super) fn bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    fn symbols(self) -> u32 {
        self.0 & 0xff_ffff
    }

    #[inline(always)]
    pub(super) fn count(self) -> u32 {
        self.0 >> 30
    }

    #[inline(always)]
    pub(super) fn length(self) -> u32 {
        self.0 >> 24 & 63
    }
}

/// A code, ready for reading.
#[derive(Clone)]
pub(super) struct Code {
    lookup: [Entry; LOOKUP_SIZE],
    /// By length: the least 20 bits that begin neither with a code of this length nor a shorter.
    limits: [u32; MAX_LENGTH + 1],
    /// By length: what to add to a code to get its place in `symbols`.
    offsets: [u32; MAX_LENGTH + 1],
    /// Symbols in the order of their codes.
    symbols: [u16; MAX_SYMBOLS],
    lengths: [u8; MAX_SYMBOLS],
}

impl Code {
    pub(super) fn new() -> Self {
        Self {
            lookup: [Entry::default(); LOOKUP_SIZE],
            limits: [0; MAX_LENGTH + 1],
            offsets: [0; MAX_LENGTH + 1],
            symbols: [0; MAX_SYMBOLS],
            lengths: [0; MAX_SYMBOLS],
        }
    }

    /// Becomes the code whose symbols have these lengths, of which the last ends the block.
    ///
    /// A code may be incomplete, or have more codes than there is room for, as for bzip2 itself:
    /// the first is an error when bits without a symbol are met, and the codes without room are
    /// never met.
    pub(super) fn set(&mut self, lengths: &[u8]) {
        let mut counts = [0u32; MAX_LENGTH + 1];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        self.lengths[..lengths.len()].copy_from_slice(lengths);
        let mut code = 0u32;
        let mut place = 0u32;
        let mut next_place = [0u32; MAX_LENGTH + 1];
        for length in 1..=MAX_LENGTH {
            code <<= 1;
            self.offsets[length] = place.wrapping_sub(code);
            next_place[length] = place;
            code += counts[length];
            place += counts[length];
            self.limits[length] = code << (MAX_LENGTH - length);
        }
        self.symbols = [u16::MAX; MAX_SYMBOLS];
        for (symbol, length) in lengths.iter().enumerate() {
            let place = &mut next_place[usize::from(*length)];
            self.symbols[*place as usize] = symbol as u16;
            *place += 1;
        }
        self.fill_lookup(lengths, place as usize);
    }

    fn fill_lookup(&mut self, lengths: &[u8], count: usize) {
        let end_symbol = lengths.len() - 1;
        let mut single = [Entry::default(); LOOKUP_SIZE];
        let mut begin = 0;
        for symbol in self.symbols[..count]
            .iter()
            .map(|symbol| usize::from(*symbol))
        {
            let length = u32::from(lengths[symbol]);
            if length > LOOKUP_BITS || begin >= LOOKUP_SIZE {
                break;
            }
            let end = begin + (LOOKUP_SIZE >> length);
            if symbol != end_symbol && symbol < usize::from(u8::MAX) {
                let entry = Entry::of(symbol as u8, length);
                single[begin..end.min(LOOKUP_SIZE)].fill(entry);
            }
            begin = end;
        }
        for (bits, (packed, first)) in self.lookup.iter_mut().zip(&single).enumerate() {
            *packed = *first;
            while packed.count() > 0 {
                let rest = bits << packed.length() & (LOOKUP_SIZE - 1);
                let Some(longer) = packed.and(single[rest]) else {
                    break;
                };
                *packed = longer;
            }
        }
    }

    /// What the next ten bits stand for; `word` has the next bits at its top.
    #[inline(always)]
    pub(super) fn look_up(&self, ten_bits: u32) -> Entry {
        self.lookup[ten_bits as usize & (LOOKUP_SIZE - 1)]
    }

    /// How many bits [`Code::look_up`] wants.
    pub(super) const LOOKUP_BITS: u32 = LOOKUP_BITS;

    /// The symbol that twenty bits begin with, and the length of its code.
    pub(super) fn find(&self, twenty_bits: u32) -> Option<(u16, u32)> {
        // Limits never fall, so that those that are passed can be counted without branches.
        let passed = self.limits[1..]
            .iter()
            .filter(|limit| twenty_bits >= **limit);
        let length = passed.count() + 1;
        let code = twenty_bits >> MAX_LENGTH.checked_sub(length)?;
        let place = code.wrapping_add(self.offsets[length]);
        let symbol = self.symbols.get(place as usize)?;
        Some((*symbol, length as u32))
    }

    /// Length of a symbol's code.
    #[inline(always)]
    pub(super) fn length_of(&self, symbol: u8) -> u32 {
        u32::from(self.lengths[usize::from(symbol)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(lengths: &[u8]) -> Code {
        let mut code = Code::new();
        code.set(lengths);
        code
    }

    #[test]
    fn codes_are_canonical() {
        // 0: 10, 1: 0, 2: 110, 3: 111
        let code = code(&[2, 1, 3, 3]);
        let first = |bits: u32, width: u32| code.find(bits << (20 - width));
        assert_eq!(first(0b10, 2), Some((0, 2)));
        assert_eq!(first(0b0, 1), Some((1, 1)));
        assert_eq!(first(0b110, 3), Some((2, 3)));
        assert_eq!(first(0b111, 3), Some((3, 3)));
    }

    #[test]
    fn lookups_pack_symbols_and_leave_the_end_out() {
        let code = code(&[2, 1, 3, 3]);
        // 0 10 110, and bits of a fourth symbol
        let entry = code.look_up(0b01_0110_0000);
        assert_eq!((entry.count(), entry.length()), (3, 6));
        assert_eq!(entry.bytes()[..3], [1, 0, 2]);
        // 0, then the end
        let before_end = code.look_up(0b01_1100_0000);
        assert_eq!((before_end.count(), before_end.length()), (1, 1));
        assert_eq!(code.look_up(0b11_1000_0000).count(), 0);
    }

    #[test]
    fn bits_without_a_symbol() {
        let code = code(&[2, 2, 2]);
        assert_eq!(code.find(0b11 << 18), None);
        assert_eq!(code.look_up(0b11 << 8).count(), 0);
    }

    #[test]
    fn codes_without_room_are_never_met() {
        let code = code(&[1, 1, 1, 1]);
        assert_eq!(code.find(0), Some((0, 1)));
        assert_eq!(code.find((1 << 20) - 1), Some((1, 1)));
        assert_eq!(code.look_up(0b11_1111_1111).bytes()[..3], [1, 1, 1]);
    }

    #[test]
    fn lookups_agree_with_finds() {
        let lengths: Vec<u8> = (0..258).map(|symbol| 4 + (symbol % 7) as u8).collect();
        let code = code(&lengths);
        for bits in 0..1 << 10 {
            let entry = code.look_up(bits);
            let mut rest = bits << 10;
            for symbol in &entry.bytes()[..entry.count() as usize] {
                let (found, length) = code.find(rest & 0xf_ffff).unwrap();
                assert_eq!(found, u16::from(*symbol));
                rest <<= length;
            }
        }
    }
}
