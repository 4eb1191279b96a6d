//! What the processor can do beyond what all of its kind can.

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
