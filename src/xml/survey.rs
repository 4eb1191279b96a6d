//! One look at a whole chunk, by which the texts in it need no second one.
//!
//! A chunk has to be proven legal before anything in it is believed.  Processors with AVX-512 note on that way
//! where `<` stands, where something has to be decoded, and whether references are such as MediaWiki writes, and
//! that for all bytes at a quarter of what the looks cost one by one.  A text's end is then found by a bit for
//! each 64 bytes.  Other processors note nothing: [`passage`](super::passage::passage) looks for itself.

#[cfg(target_arch = "x86_64")]
mod avx512;

use super::legal::legal_prefix;
use super::passage::{Passage, in_part, long_passage, short_passage};
use crate::marks::BLOCK_BYTES;

/// Blocks that a stretch has: as many as a word has bits.
const STRETCH_BLOCKS: usize = u64::BITS as usize;
/// Bytes of a stretch.
const STRETCH_BYTES: usize = STRETCH_BLOCKS * BLOCK_BYTES;

/// What is known of some blocks that follow each other: a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stretch {
    /// Those that hold `<`.
    ends: u64,
    /// Those that hold `&` or CR.
    codes: u64,
    /// Those that hold a `&` which begins none of the frequent references.
    odd: u64,
}

/// What has been noted of a chunk; of a chunk with anything illegal nothing is.
#[derive(Debug, Default)]
pub(super) struct Survey(Vec<Stretch>);

impl Survey {
    /// Nothing is known.
    pub(super) const NOTHING: &'static Self = &Self(Vec::new());
}

/// What has been proven of a chunk.
#[derive(Debug)]
pub(super) struct Surveyed<'a> {
    /// Its longest prefix that is legal.
    pub text: &'a str,
    /// What is wrong behind it.
    pub wrong: Option<&'static str>,
    pub survey: Survey,
}

impl<'a> Surveyed<'a> {
    /// Looks at a chunk.
    pub(super) fn of(chunk: &'a [u8]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some((text, stretches)) = avx512::Avx512::detect().and_then(|it| it.survey(chunk)) {
            return Self {
                text,
                wrong: None,
                survey: Survey(stretches),
            };
        }
        let (text, wrong) = legal_prefix(chunk);
        Self {
            text,
            wrong,
            survey: Survey::default(),
        }
    }
}

impl Survey {
    /// Reads the running text that `bytes` begin with, which go from the offset `at` of the chunk up to its end.
    #[inline]
    pub(super) fn passage(&self, bytes: &[u8], at: usize) -> Passage {
        short_passage(bytes)
            .or_else(|| self.noted_passage(bytes, at))
            .unwrap_or_else(|| long_passage(bytes))
    }

    /// The same, if enough is known of it.
    fn noted_passage(&self, bytes: &[u8], at: usize) -> Option<Passage> {
        let mut index = at / STRETCH_BYTES;
        let mut stretch = self.0.get(index)?;
        let mut block = at / BLOCK_BYTES % STRETCH_BLOCKS;
        // Of the first block only a part belongs to the passage.
        let (ends, codes) = in_part(bytes, BLOCK_BYTES - at % BLOCK_BYTES);
        let mut passage = Passage {
            length: bytes.len(),
            is_coded: codes & below_first(ends) != 0,
            strange_at: None,
        };
        let mut odd = stretch.odd & (1 << block);
        if ends != 0 {
            passage.length = ends.trailing_zeros() as usize;
            return (odd == 0).then_some(passage);
        }
        // Blocks behind `block` in the stretch.
        let mut ahead = (u64::MAX << block) << 1;
        loop {
            let ends = stretch.ends & ahead;
            passage.is_coded |= stretch.codes & ahead & below_first(ends) != 0;
            odd |= stretch.odd & ahead & up_to_first(ends);
            if ends != 0 {
                block = ends.trailing_zeros() as usize;
                let begin = index * STRETCH_BYTES + block * BLOCK_BYTES - at;
                let (ends, codes) = in_part(&bytes[begin..], BLOCK_BYTES);
                passage.length = begin + ends.trailing_zeros() as usize;
                passage.is_coded |= codes & below_first(ends) != 0;
                break;
            }
            index += 1;
            let Some(next) = self.0.get(index) else {
                break;
            };
            (stretch, ahead) = (next, u64::MAX);
        }
        (odd == 0).then_some(passage)
    }
}

/// The bits below the first of `mask`: all, if it has none.
#[inline(always)]
fn below_first(mask: u64) -> u64 {
    up_to_first(mask) & !mask
}

/// The same and the first.
#[inline(always)]
fn up_to_first(mask: u64) -> u64 {
    mask ^ mask.wrapping_sub(1)
}
