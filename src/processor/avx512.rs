//! AVX-512: 64 bytes at a time.

use std::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_loadu_si512,
    _mm512_set1_epi8, _mm512_shuffle_epi8, _mm512_srli_epi16,
};

/// Shows that there is AVX-512 with all that the vector code here takes of it, as Intel's have it since Ice Lake
/// and AMD's since Zen 4.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Asks the processor; only this makes one.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let is_there = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("popcnt");
        is_there.then_some(Self(()))
    }
}

/// The 64 bytes from the offset `AT` on.
#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn load<const AT: usize, const BYTES: usize>(bytes: &[u8; BYTES]) -> __m512i {
    const { assert!(AT + size_of::<__m512i>() <= BYTES) };
    // SAFETY: the load takes bytes of the array, however they are aligned.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().add(AT).cast()) }
}

/// A table of sixteen bytes, as each quarter of a vector looks them up.
#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn table(bytes: &[u8; 16]) -> __m512i {
    // SAFETY: the load takes the bytes of the table, however they are aligned.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// The high halves of bytes, as a table is looked up by them.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(crate) fn high_half(bytes: __m512i) -> __m512i {
    low_half(_mm512_srli_epi16::<4>(bytes))
}

/// The low halves.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(crate) fn low_half(bytes: __m512i) -> __m512i {
    _mm512_and_si512(bytes, _mm512_set1_epi8(0x0f))
}

/// For each byte the bits that stand both in the table of low halves and in that of high ones.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(crate) fn bits_by_halves(bytes: __m512i, [low, high]: [__m512i; 2]) -> __m512i {
    _mm512_and_si512(
        _mm512_shuffle_epi8(low, low_half(bytes)),
        _mm512_shuffle_epi8(high, high_half(bytes)),
    )
}
