//! Decoding one block.
//!
//! From the bits come symbols ([`tokens`](super::tokens)), from these the runs of the last column
//! of the block's sorted rotations; following rows through them gives the bytes that were sorted
//! ([`permutation`](super::permutation)), in which runs are shortened a last time
//! ([`runs`](super::runs)).
//!
//! The work is done by one function, which is compiled twice: for any machine, and for x86-64
//! machines of the last ten years, on which it also moves the front of the list in registers.

use thiserror::Error;

use super::bits::{self, BitReader};
use super::checksum::Checksum;
use super::header::Header;
use super::move_to_front::{MoveToFront, PortableList};
use super::permutation::Permutation;
use super::randomised::Randomised;
use super::runs;
use super::scan::{BLOCK_MARK, MARK_BITS};
use super::tokens::Tokens;

/// A decoded block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where the block ends: the bit at which the next mark begins.
    pub end_bits: u64,
    /// CRC-32 of the decoded bytes, as stored and as computed.
    pub checksum: u32,
    /// Number of bytes before runs were put back to full length, which a stream's level limits.
    pub sorted_bytes: usize,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
}

/// Why a block was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Failure {
    /// The bytes given end before the block does.
    #[error("the file ends inside a bzip2 block: it is cut")]
    Cut,
    /// The block is no legal block, or its checksum is wrong.
    #[error("a bzip2 block is broken: {0}")]
    Broken(&'static str),
    /// It decodes to more than the limit.
    #[error("a bzip2 block is larger than allowed when decoded")]
    TooLarge,
}

/// Decodes blocks, one at a time.
///
/// It owns some 11 MB of room, which it uses again for each block.
pub struct Decoder {
    header: Header,
    tokens: Tokens,
    permutation: Permutation,
    /// Bytes on their way from the permutation to the runs.
    sorted: Vec<u8>,
    machine: Machine,
}

/// Which code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Machine {
    Any,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Machine {
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
            && std::arch::is_x86_feature_detected!("lzcnt")
        {
            return Self::Avx2;
        }
        Self::Any
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes taken from the permutation before runs are looked for: they stay in the nearest cache.
const SORTED_STEP_BYTES: usize = 16 << 10;

impl Decoder {
    /// A decoder that uses what the machine has.
    pub fn new() -> Self {
        Self::on(Machine::detect())
    }

    /// A decoder that uses nothing that not every machine has.
    pub fn portable() -> Self {
        Self::on(Machine::Any)
    }

    fn on(machine: Machine) -> Self {
        Self {
            header: Header::new(),
            tokens: Tokens::new(),
            permutation: Permutation::new(),
            sorted: Vec::with_capacity(2 * SORTED_STEP_BYTES),
            machine,
        }
    }

    /// Decodes the block whose mark begins at `begin_bits` of `bytes`, to at most `limit_bytes`.
    ///
    /// What comes behind the block may be cut anywhere.
    pub fn decode(
        &mut self,
        bytes: &[u8],
        begin_bits: u64,
        limit_bytes: usize,
    ) -> Result<Block, Failure> {
        match bits::peek(bytes, begin_bits, MARK_BITS) {
            Some(BLOCK_MARK) => {}
            Some(_) => return Err(Failure::Broken("it does not begin with its mark")),
            None => return Err(Failure::Cut),
        }
        let mut reader = BitReader::new(bytes, begin_bits + u64::from(MARK_BITS));
        let outcome = match self.machine {
            Machine::Any => self.run(&mut reader, PortableList::new(), limit_bytes),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `detect` has seen that the machine has these features.
            Machine::Avx2 => unsafe { self.run_avx2(&mut reader, limit_bytes) },
        };
        // Zeros read behind the end can look like anything; the end is what is wrong.
        match outcome {
            Err(_) if reader.is_past_end() => Err(Failure::Cut),
            outcome => outcome,
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
    fn run_avx2(
        &mut self,
        reader: &mut BitReader<'_>,
        limit_bytes: usize,
    ) -> Result<Block, Failure> {
        self.run(
            reader,
            super::move_to_front::ShuffledList::new(),
            limit_bytes,
        )
    }

    #[inline(always)]
    fn run<L: MoveToFront>(
        &mut self,
        reader: &mut BitReader<'_>,
        list: L,
        limit_bytes: usize,
    ) -> Result<Block, Failure> {
        self.header.read(reader)?;
        self.tokens.read(reader, &self.header, list)?;
        self.permutation.build(self.tokens.all(), &self.header)?;
        let (bytes, checksum) = self.spell(limit_bytes)?;
        if checksum != self.header.checksum {
            return Err(Failure::Broken("its checksum is wrong"));
        }
        Ok(Block {
            end_bits: reader.place_bits(),
            checksum,
            sorted_bytes: self.permutation.len(),
            bytes,
        })
    }

    /// The decoded bytes and their checksum.
    #[inline(always)]
    fn spell(&mut self, limit_bytes: usize) -> Result<(Vec<u8>, u32), Failure> {
        let expected = self.permutation.len() / 16 * 17 + SORTED_STEP_BYTES;
        let mut bytes = Vec::with_capacity(expected.min(limit_bytes));
        let mut checksum = Checksum::new();
        let mut randomised = self.header.is_randomised.then(Randomised::default);
        let sorted = &mut self.sorted;
        sorted.clear();
        let mut expand = |sorted: &mut Vec<u8>, is_last: bool| {
            let begin = bytes.len();
            let used = runs::expand(sorted, is_last, &mut bytes)
                .map_err(|_| Failure::Broken("a run lacks its length"))?;
            sorted.drain(..used);
            checksum.update(&bytes[begin..]);
            match bytes.len() > limit_bytes {
                true => Err(Failure::TooLarge),
                false => Ok(()),
            }
        };
        self.permutation.spell(|piece| {
            for piece in piece.chunks(SORTED_STEP_BYTES) {
                let begin = sorted.len();
                sorted.extend_from_slice(piece);
                if let Some(randomised) = &mut randomised {
                    randomised.flip(&mut sorted[begin..]);
                }
                if sorted.len() >= SORTED_STEP_BYTES {
                    expand(sorted, false)?;
                }
            }
            Ok(())
        })?;
        expand(sorted, true)?;
        Ok((bytes, checksum.value()))
    }
}
