//! bzip2, decoded block by block.
//!
//! A stream is a header, blocks that follow each other without alignment, and an end mark with a
//! checksum over all blocks' checksums.  Blocks are independent, so a file can be decoded from
//! many places at once; three parts make that safe:
//!
//! * [`scan`] finds bit offsets where a block or an end mark *may* begin.  The 48-bit marks can
//!   occur by chance, in a terabyte with a probability of some percent: a find may start work, it
//!   never proves anything.
//! * [`block`] decodes the block at a bit offset and tells where it ends and its checksum.
//! * [`chain`] walks the true blocks, each beginning where the one before ended, and checks what
//!   the stream says about them.
//!
//! Running them on threads is the engine's business.

mod bits;
pub mod block;
pub mod chain;
mod checksum;
mod header;
mod huffman;
mod move_to_front;
mod permutation;
mod randomised;
mod runs;
pub mod scan;
mod tokens;

/// Most bytes of a block before runs are put back to full length: those of level nine.
pub const BLOCK_SORTED_MAX_BYTES: usize = 900_000;
/// Largest stored size of a block: 900,000 symbols of at most 20 bits, and the tables in front.
/// A longer one would have to change the lengths of its codes to and fro without need, which no
/// encoder does; it is taken for a cut one.
pub const BLOCK_STORED_MAX_BYTES: usize = 5 << 19;
