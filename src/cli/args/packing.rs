//! How Parquet pages are made.

use clap::Args;

use crate::sink::{Compression, Encodings, Packing};

#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct PackingArguments {
    /// Packing of Parquet pages: zstd, zstd:LEVEL, snappy or none
    #[arg(
        help_heading = "Output",
        long,
        value_name = "CODEC",
        default_value = "zstd:3"
    )]
    pub(in crate::cli) compression: Compression,
    /// Encodings of Parquet values: delta, or plain for readers that know no others (Spark before 3.3.1)
    #[arg(
        help_heading = "Output",
        long,
        value_name = "KIND",
        default_value = "delta"
    )]
    pub(in crate::cli) encodings: Encodings,
}

impl PackingArguments {
    /// What is asked for.
    pub(in crate::cli) fn packing(self) -> Packing {
        Packing {
            compression: self.compression,
            encodings: self.encodings,
        }
    }
}
