//! Finding two bytes that can stand close together, as `<` and `&` do in wikitext: there a search
//! that begins anew behind each hit is slow.

/// The offsets of the bytes `A` and `B`, neither of which may be 0, in order.
#[derive(Debug)]
pub(crate) struct Marks<'b, const A: u8, const B: u8> {
    bytes: &'b [u8],
    /// Where the block at hand begins.
    block_at: usize,
    /// Hits in it that have not been told yet: a bit each.
    hits: u64,
}

/// As many as a mask of hits has bits.
pub(crate) const BLOCK_BYTES: usize = 64;

impl<'b, const A: u8, const B: u8> Marks<'b, A, B> {
    /// Those in `bytes`.
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        let mut marks = Self {
            bytes,
            block_at: 0,
            hits: 0,
        };
        marks.skip_to(0);
        marks
    }

    /// Passes over all hits before the offset `at`.
    pub(crate) fn skip_to(&mut self, at: usize) {
        self.block_at = at;
        self.hits = self.hits_in_block();
    }

    /// The hits in the block at hand.
    #[inline]
    fn hits_in_block(&self) -> u64 {
        let rest = self.bytes.get(self.block_at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(block) => hits_in::<A, B>(block),
            None => hits_in_last::<A, B>(rest),
        }
    }
}

impl<const A: u8, const B: u8> Iterator for Marks<'_, A, B> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.hits == 0 {
            self.block_at += BLOCK_BYTES;
            if self.block_at >= self.bytes.len() {
                self.block_at = self.bytes.len();
                return None;
            }
            self.hits = self.hits_in_block();
        }
        let at = self.block_at + self.hits.trailing_zeros() as usize;
        self.hits &= self.hits - 1;
        Some(at)
    }
}

/// A block of what is shorter than one.
#[cold]
pub(crate) fn padded(part: &[u8]) -> [u8; BLOCK_BYTES] {
    let mut block = [0; BLOCK_BYTES];
    block[..part.len()].copy_from_slice(part);
    block
}

/// The same for a last block that is not full.
#[cold]
fn hits_in_last<const A: u8, const B: u8>(rest: &[u8]) -> u64 {
    hits_in::<A, B>(&padded(rest))
}

/// How far ahead memory is asked for.  Processors do so by themselves, but only to the end of a page.
pub(crate) const AHEAD_BYTES: usize = 4096;

/// Asks for the memory at the offset `at` of `bytes`, which may lie behind their end.
#[inline(always)]
pub(crate) fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 has SSE, and whatever the address, nothing is read by the program.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(at).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
}

/// A bit for each byte of the block that is `A` or `B`.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn hits_in<const A: u8, const B: u8>(block: &[u8; BLOCK_BYTES]) -> u64 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    let mut hits = 0;
    for (index, lane) in block.as_chunks::<16>().0.iter().enumerate() {
        // SAFETY: every x86-64 has SSE2, and the load takes the 16 bytes of `lane`, however they
        // are aligned.  `benches/xml.rs` shows what it buys, and a test compares it with its twin.
        let found = unsafe {
            let bytes = _mm_loadu_si128(lane.as_ptr().cast());
            let is_a = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(A as i8));
            let is_b = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(B as i8));
            _mm_movemask_epi8(_mm_or_si128(is_a, is_b))
        };
        hits |= u64::from(found as u16) << (16 * index);
    }
    hits
}

/// The same in plain Rust, for other processors.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(crate) fn plain_hits_in<const A: u8, const B: u8>(block: &[u8; BLOCK_BYTES]) -> u64 {
    memchr::memchr2_iter(A, B, block).fold(0, |hits, at| hits | 1 << at)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use plain_hits_in as hits_in;

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes in which the wanted ones, and those that differ from them in a bit, are frequent.
    fn crowded(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b"<&=\x00x\xbc\xa6\xff"[(state >> 24) as usize % 8]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn all_marks_at_every_length() {
        for length in (0..200).chain([1000, 4096]) {
            let bytes = crowded(length);
            let expected: Vec<_> = memchr::memchr2_iter(b'<', b'&', &bytes).collect();
            let found: Vec<_> = Marks::<b'<', b'&'>::new(&bytes).collect();
            assert_eq!(found, expected, "{length}");
        }
    }

    #[test]
    fn skipping() {
        let bytes = crowded(300);
        for to in 0..=300 {
            let mut marks = Marks::<b'<', b'&'>::new(&bytes);
            marks.next();
            marks.skip_to(to);
            let expected = memchr::memchr2_iter(b'<', b'&', &bytes[to..]).map(|at| to + at);
            assert!(marks.eq(expected), "{to}");
        }
    }

    #[test]
    fn lanes_and_plain_code_agree() {
        let bytes = crowded(6400);
        for block in bytes.as_chunks().0 {
            assert_eq!(
                hits_in::<b'<', b'&'>(block),
                plain_hits_in::<b'<', b'&'>(block)
            );
        }
    }
}
