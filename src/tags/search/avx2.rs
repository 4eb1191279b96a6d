//! The search in vectors of 32 bytes.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_setzero_si256,
};

use super::{BEHIND_BYTES, Blocks, Openers, Search, TABLES, in_blocks};
use crate::processor::avx2::{Avx2, VECTOR_BYTES, bits_by_halves, load, mask_of, table};

/// As [`super::search`] does.
#[inline]
pub(super) fn search(_: Avx2, bytes: &[u8], upto: usize) -> Search {
    // SAFETY: the processor has what the function was compiled for.
    unsafe { search_bytes(bytes, upto) }
}

#[target_feature(enable = "avx2,bmi1")]
fn search_bytes(bytes: &[u8], upto: usize) -> Search {
    let [[low, high], [next_low, next_high]] = &TABLES;
    let tables = [
        [table(low), table(high)],
        [table(next_low), table(next_high)],
    ];
    in_blocks(bytes, upto, |blocks| openers(blocks, &tables))
}

#[target_feature(enable = "avx2")]
#[inline]
fn openers([first, second, third]: Blocks<'_>, tables: &[[__m256i; 2]; BEHIND_BYTES]) -> Openers {
    let opener = _mm256_set1_epi8(b'<' as i8);
    let openers = [
        _mm256_cmpeq_epi8(load::<0, _>(first), opener),
        _mm256_cmpeq_epi8(load::<VECTOR_BYTES, _>(first), opener),
    ];
    // In full text few blocks have any.
    if _mm256_movemask_epi8(_mm256_or_si256(openers[0], openers[1])) == 0 {
        return Openers::suspected(0);
    }
    let ruled_out = [
        ruled_out(load::<0, _>(second), load::<0, _>(third), tables),
        ruled_out(
            load::<VECTOR_BYTES, _>(second),
            load::<VECTOR_BYTES, _>(third),
            tables,
        ),
    ];
    let all = mask_of(openers);
    Openers {
        all,
        suspects: all & !mask_of(ruled_out),
    }
}

/// Which pairs of bytes stand behind the `<` of no tag that matters.
#[target_feature(enable = "avx2")]
#[inline]
fn ruled_out(first: __m256i, second: __m256i, tables: &[[__m256i; 2]; BEHIND_BYTES]) -> __m256i {
    let rows = _mm256_and_si256(
        bits_by_halves(first, tables[0]),
        bits_by_halves(second, tables[1]),
    );
    _mm256_cmpeq_epi8(rows, _mm256_setzero_si256())
}
