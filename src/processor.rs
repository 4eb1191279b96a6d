//! What the processor can do beyond what all of its kind can.

pub(crate) mod avx2;
pub(crate) mod avx512;
