//! The search in vectors of 64 bytes.

use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_mask_test_epi8_mask, _mm512_set1_epi8,
};

use super::{BEHIND_BYTES, Blocks, Openers, Search, TABLES, in_blocks};
use crate::processor::avx512::{Avx512, bits_by_halves, load, table};

/// As [`super::search`] does.
#[inline]
pub(super) fn search(_: Avx512, bytes: &[u8], upto: usize) -> Search {
    // SAFETY: the processor has what the function was compiled for.
    unsafe { search_bytes(bytes, upto) }
}

#[target_feature(enable = "avx512f,avx512bw,bmi1")]
fn search_bytes(bytes: &[u8], upto: usize) -> Search {
    let [[low, high], [next_low, next_high]] = &TABLES;
    let tables = [
        [table(low), table(high)],
        [table(next_low), table(next_high)],
    ];
    in_blocks(bytes, upto, |blocks| openers(blocks, &tables))
}

#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn openers([first, second, third]: Blocks<'_>, tables: &[[__m512i; 2]; BEHIND_BYTES]) -> Openers {
    let opener = _mm512_set1_epi8(b'<' as i8);
    let all = _mm512_cmpeq_epi8_mask(load::<0, _>(first), opener);
    // In full text few blocks have any.
    if all == 0 {
        return Openers::suspected(0);
    }
    let first = bits_by_halves(load::<0, _>(second), tables[0]);
    let second = bits_by_halves(load::<0, _>(third), tables[1]);
    Openers {
        all,
        suspects: _mm512_mask_test_epi8_mask(all, first, second),
    }
}
