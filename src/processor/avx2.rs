//! AVX2: 32 bytes at a time.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

/// Shows that there is AVX2 with what goes along with it, as Intel's processors have it since Haswell and AMD's
/// since Excavator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Asks the processor; only this makes one.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let is_there = std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("popcnt");
        is_there.then_some(Self(()))
    }
}

/// Bytes of a vector.
pub(crate) const VECTOR_BYTES: usize = size_of::<__m256i>();

/// The 32 bytes from the offset `AT` on.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn load<const AT: usize, const BYTES: usize>(bytes: &[u8; BYTES]) -> __m256i {
    const { assert!(AT + VECTOR_BYTES <= BYTES) };
    // SAFETY: the load takes bytes of the array, however they are aligned.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().add(AT).cast()) }
}

/// A table of sixteen bytes, as each half of a vector looks them up.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn table(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the load takes the bytes of the table, however they are aligned.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// A bit for each byte of two vectors that has its high bit set.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn mask_of([first, second]: [__m256i; 2]) -> u64 {
    let first = _mm256_movemask_epi8(first) as u32;
    let second = _mm256_movemask_epi8(second) as u32;
    u64::from(second) << VECTOR_BYTES | u64::from(first)
}

/// The high halves of bytes, as a table is looked up by them.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn high_half(bytes: __m256i) -> __m256i {
    low_half(_mm256_srli_epi16::<4>(bytes))
}

/// The low halves.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn low_half(bytes: __m256i) -> __m256i {
    _mm256_and_si256(bytes, _mm256_set1_epi8(0x0f))
}

/// For each byte the bits that stand both in the table of low halves and in that of high ones.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn bits_by_halves(bytes: __m256i, [low, high]: [__m256i; 2]) -> __m256i {
    _mm256_and_si256(
        _mm256_shuffle_epi8(low, low_half(bytes)),
        _mm256_shuffle_epi8(high, high_half(bytes)),
    )
}
