//! From a block's bits to the runs of its last column.

use super::BLOCK_SORTED_MAX_BYTES;
use super::bits::BitReader;
use super::block::Failure;
use super::header::{GROUP_SYMBOLS, Header};
use super::huffman::Code;
use super::move_to_front::MoveToFront;

/// A run of equal bytes in the last column of the sorted rotations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Token(u32);

impl Token {
    #[inline(always)]
    fn new(byte: u8, rows: u32) -> Self {
        Self(rows << 8 | u32::from(byte))
    }

    /// Number of the byte among those that the block uses.
    #[inline(always)]
    pub(super) fn byte(self) -> u8 {
        self.0 as u8
    }

    /// Length of the run, up to 2²².
    #[inline(always)]
    pub(super) fn rows(self) -> u32 {
        self.0 >> 8
    }
}

/// The runs of a block.
pub(super) struct Tokens {
    tokens: Vec<Token>,
    len: usize,
}

/// Tokens that a group may begin, rounded up so that places in a group need no check.
const GROUP_ROOM: usize = (GROUP_SYMBOLS + 1).next_power_of_two();
const MAX_TOKENS: usize = BLOCK_SORTED_MAX_BYTES + 1;

/// Most run symbols that may follow each other.
const MAX_RUN_SYMBOLS: u32 = 20;

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            tokens: vec![Token::default(); MAX_TOKENS + GROUP_ROOM],
            len: 0,
        }
    }

    /// The runs.  The first may be empty.
    pub(super) fn all(&self) -> &[Token] {
        &self.tokens[..self.len]
    }

    /// Reads a block's symbols up to the one that ends it.
    ///
    /// A literal symbol is a place in the move-to-front list and begins a run of one; run symbols
    /// behind it are the digits of how many more there are, the lowest first.
    #[inline(always)]
    pub(super) fn read<L: MoveToFront>(
        &mut self,
        reader: &mut BitReader<'_>,
        header: &Header,
        mut list: L,
    ) -> Result<(), Failure> {
        // A block may begin with more of the list's first byte.
        self.tokens[0] = Token::default();
        let mut run = Run::default();
        let mut begun = 0;
        let mut group = Group::new();
        for selector in &header.selectors {
            let is_end = group.read(reader, header.code(*selector), header.end_symbol())?;
            let room = self.tokens.get_mut(begun..begun + GROUP_ROOM);
            let room = room.and_then(|room| room.first_chunk_mut());
            begun += run.extend(room.ok_or(TOO_MANY)?, group.symbols(), &mut list);
            if run.most_digits > MAX_RUN_SYMBOLS {
                return Err(Failure::Broken("a run is too long"));
            }
            if reader.is_past_end() {
                return Err(Failure::Cut);
            }
            if is_end {
                self.len = begun + 1;
                return Ok(());
            }
        }
        Err(Failure::Broken("it has more symbols than it says"))
    }
}

pub(super) const TOO_MANY: Failure = Failure::Broken("it has more bytes than a block may have");

/// Up to fifty symbols, read with one code.
///
/// Each is a byte, but for 255 and 256, which are 255 and a byte more.
struct Group {
    bytes: [u8; Self::ROOM + 4],
    len: usize,
}

impl Group {
    /// For fifty symbols of two bytes.
    const ROOM: usize = (2 * GROUP_SYMBOLS).next_power_of_two();
    /// Symbols that lookups of one refill can give.
    const REFILL_LOOKUPS: usize = (BitReader::REFILLED_BITS / Code::LOOKUP_BITS) as usize;
    const REFILL_SYMBOLS: i32 = 3 * Self::REFILL_LOOKUPS as i32;

    fn new() -> Self {
        Self {
            bytes: [0; Self::ROOM + 4],
            len: 0,
        }
    }

    fn symbols(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    #[inline(always)]
    fn put(&mut self, bytes: [u8; 4], count: usize) {
        let at = self.len & (Self::ROOM - 1);
        self.bytes[at..at + 4].copy_from_slice(&bytes);
        self.len += count;
    }

    /// Reads fifty symbols, or those before the end symbol: then it is true that the block ends.
    #[inline(always)]
    fn read(
        &mut self,
        reader: &mut BitReader<'_>,
        code: &Code,
        end_symbol: u16,
    ) -> Result<bool, Failure> {
        self.len = 0;
        let mut left = GROUP_SYMBOLS as i32;
        while left > 0 {
            reader.refill();
            let mut count = 0;
            if left >= Self::REFILL_SYMBOLS {
                for _ in 0..Self::REFILL_LOOKUPS {
                    let entry = code.look_up(reader.peek(Code::LOOKUP_BITS));
                    reader.skip(entry.length());
                    count = entry.count();
                    left -= count as i32;
                    self.put(entry.bytes(), count as usize);
                }
            } else {
                let entry = code.look_up(reader.peek(Code::LOOKUP_BITS));
                count = entry.count();
                if count as i32 <= left {
                    reader.skip(entry.length());
                    left -= count as i32;
                    self.put(entry.bytes(), count as usize);
                } else {
                    // More than the group has left: one at a time.
                    let symbol = entry.bytes()[0];
                    reader.skip(code.length_of(symbol));
                    left -= 1;
                    self.put([symbol; 4], 1);
                }
            }
            if count == 0 {
                reader.refill();
                let found = code.find(reader.peek(20));
                let (symbol, length) = found.ok_or(Failure::Broken("a symbol has no code"))?;
                reader.skip(length);
                left -= 1;
                match u8::try_from(symbol) {
                    _ if symbol == end_symbol => return Ok(true),
                    Ok(symbol) if symbol < u8::MAX => self.put([symbol; 4], 1),
                    _ => self.put([u8::MAX, (symbol - 255) as u8, 0, 0], 2),
                }
            }
        }
        Ok(false)
    }
}

/// The run that is being read.
#[derive(Default)]
struct Run {
    rows: u32,
    /// Digits read of its length.
    digits: u32,
    most_digits: u32,
}

impl Run {
    /// Writes the runs of `symbols` into `room`, whose first is the run begun before; gives how
    /// many were begun.
    ///
    /// In arithmetic without branches, because whether a symbol is a literal is anyone's guess.
    #[inline(always)]
    fn extend(
        &mut self,
        room: &mut [Token; GROUP_ROOM],
        symbols: &[u8],
        list: &mut impl MoveToFront,
    ) -> usize {
        let Self {
            mut rows,
            mut digits,
            mut most_digits,
        } = *self;
        let mut begun = 0;
        let mut symbols = symbols.iter();
        while let Some(symbol) = symbols.next() {
            let mut place = symbol.saturating_sub(1);
            if *symbol == u8::MAX {
                place += symbols.next().copied().unwrap_or_default();
            }
            let is_literal = u32::from(*symbol >= 2);
            let run_mask = is_literal.wrapping_sub(1);
            let more = (1 + u32::from(*symbol & 1)) << (digits & 31);
            let byte = list.step(place);
            begun += is_literal as usize;
            rows = rows.wrapping_add(more) & run_mask | is_literal;
            digits = (digits + 1) & run_mask;
            most_digits = most_digits.max(digits);
            room[begun & (GROUP_ROOM - 1)] = Token::new(byte, rows);
        }
        *self = Self {
            rows,
            digits,
            most_digits,
        };
        begun
    }
}
