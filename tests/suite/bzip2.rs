//! The block decoder against the `bzip2` crate and against a decoder that is written as the
//! format is told, on streams that encoders write and on streams that none would.

mod blocks;
mod reference;
mod writer;
