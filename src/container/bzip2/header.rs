//! What stands in front of a block's symbols.

use super::BLOCK_SORTED_MAX_BYTES;
use super::bits::BitReader;
use super::block::Failure;
use super::huffman::{Code, MAX_LENGTH, MAX_SYMBOLS};

/// Most codes a block has.
const MAX_CODES: usize = 6;
/// Symbols that are read with one code before the next is selected.
pub(super) const GROUP_SYMBOLS: usize = 50;
/// Most groups that 900,000 symbols fill, and two; some writers store a few more, which mean nothing.
const MAX_SELECTORS: usize = 2 + BLOCK_SORTED_MAX_BYTES / GROUP_SYMBOLS;

/// The front of a block.  One is used for many blocks, so that its room is.
pub(super) struct Header {
    /// CRC-32 of the decoded bytes.
    pub(super) checksum: u32,
    /// Whether bits were flipped before sorting.
    pub(super) is_randomised: bool,
    /// Row of the sorted rotations that is the block itself.
    pub(super) origin: u32,
    /// The bytes that occur, in ascending order.
    pub(super) bytes: [u8; 256],
    /// How many bytes occur.
    pub(super) byte_count: usize,
    /// For each group of symbols, which code it is read with.
    pub(super) selectors: Vec<u8>,
    codes: Vec<Code>,
}

impl Header {
    pub(super) fn new() -> Self {
        Self {
            checksum: 0,
            is_randomised: false,
            origin: 0,
            bytes: [0; 256],
            byte_count: 0,
            selectors: Vec::new(),
            codes: vec![Code::new(); MAX_CODES],
        }
    }

    /// Reads what follows a block's mark.
    pub(super) fn read(&mut self, reader: &mut BitReader<'_>) -> Result<(), Failure> {
        self.checksum = reader.take(32);
        self.is_randomised = reader.take(1) == 1;
        self.origin = reader.take(24);
        self.read_bytes(reader)?;
        let codes = self.read_selectors(reader)?;
        for code in 0..codes {
            self.read_code(reader, code)?;
        }
        Ok(())
    }

    /// The code of a group; selectors name none that is missing.
    #[inline(always)]
    pub(super) fn code(&self, selector: u8) -> &Code {
        &self.codes[usize::from(selector)]
    }

    /// The symbol that ends the block.
    pub(super) fn end_symbol(&self) -> u16 {
        self.byte_count as u16 + 1
    }

    fn read_bytes(&mut self, reader: &mut BitReader<'_>) -> Result<(), Failure> {
        self.byte_count = 0;
        let ranges = reader.take(16);
        for range in (0..16).filter(|range| ranges >> (15 - range) & 1 == 1) {
            let members = reader.take(16);
            for member in (0..16).filter(|member| members >> (15 - member) & 1 == 1) {
                self.bytes[self.byte_count] = range * 16 + member;
                self.byte_count += 1;
            }
        }
        match self.byte_count {
            0 => Err(Failure::Broken("it uses no bytes")),
            _ => Ok(()),
        }
    }

    /// Reads which code each group uses, and gives how many codes there are.
    fn read_selectors(&mut self, reader: &mut BitReader<'_>) -> Result<usize, Failure> {
        let codes = reader.take(3) as usize;
        let selectors = reader.take(15);
        if !(2..=MAX_CODES).contains(&codes) || selectors == 0 {
            return Err(Failure::Broken(
                "its numbers of codes and groups are impossible",
            ));
        }
        self.selectors.clear();
        let mut recent = [0, 1, 2, 3, 4, 5];
        for _ in 0..selectors {
            reader.refill();
            let place = (reader.peek(8) as u8).leading_ones();
            if place as usize >= codes {
                return Err(Failure::Broken("it selects a code that it does not have"));
            }
            reader.skip(place + 1);
            recent[..=place as usize].rotate_right(1);
            if self.selectors.len() < MAX_SELECTORS {
                self.selectors.push(recent[0]);
            }
        }
        Ok(codes)
    }

    fn read_code(&mut self, reader: &mut BitReader<'_>, code: usize) -> Result<(), Failure> {
        let mut lengths = [0; MAX_SYMBOLS];
        let lengths = &mut lengths[..self.byte_count + 2];
        let mut current = reader.take(5) as i32;
        for length in lengths.iter_mut() {
            loop {
                if !(1..=MAX_LENGTH as i32).contains(&current) {
                    return Err(Failure::Broken("a code's length is impossible"));
                }
                reader.refill();
                if reader.peek(1) == 0 {
                    reader.skip(1);
                    break;
                }
                current += if reader.peek(2) == 0b10 { 1 } else { -1 };
                reader.skip(2);
            }
            *length = current as u8;
        }
        self.codes[code].set(lengths);
        Ok(())
    }
}
