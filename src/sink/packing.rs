//! How values are encoded, and pages packed.

use std::fmt;
use std::str::FromStr;

use parquet::basic::{Compression as Codec, Encoding, ZstdLevel};
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::schema::types::ColumnPath;

use crate::error::{Error, Result};

/// How pages are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard with a level of 1 to 22.
    Zstd(i32),
    /// Snappy.
    Snappy,
    /// Not at all.
    None,
}

impl FromStr for Compression {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "zstd" => return Ok(Self::Zstd(3)),
            "snappy" => return Ok(Self::Snappy),
            "none" => return Ok(Self::None),
            _ => {}
        }
        text.strip_prefix("zstd:")
            .and_then(|level| level.parse().ok())
            .filter(|level| (1..=22).contains(level))
            .map(Self::Zstd)
            .ok_or_else(|| "expected zstd, zstd:1 to zstd:22, snappy or none".to_owned())
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zstd(level) => write!(f, "zstd:{level}"),
            Self::Snappy => f.write_str("snappy"),
            Self::None => f.write_str("none"),
        }
    }
}

impl Compression {
    /// How values are packed that their encoding has made small: a low level finds what there is.  Who asks
    /// for a high one gets it everywhere.
    fn lightly(self) -> Self {
        match self {
            Self::Zstd(2..=3) => Self::Zstd(1),
            other => other,
        }
    }

    /// Whether it is one that is asked for the sake of speed.
    pub(super) fn is_quick(self) -> bool {
        matches!(self, Self::Zstd(1..=3))
    }

    pub(super) fn codec(self) -> Result<Codec> {
        Ok(match self {
            Self::Zstd(level) => Codec::ZSTD(
                ZstdLevel::try_new(level)
                    .map_err(|error| Error::usage("bad zstd level").with_source(error))?,
            ),
            Self::Snappy => Codec::SNAPPY,
            Self::None => Codec::UNCOMPRESSED,
        })
    }
}

/// Which encodings values may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encodings {
    /// Those that make them smallest, of which some came with Parquet 2: differences of numbers, and
    /// lengths apart from texts.
    #[default]
    Delta,
    /// Plain values and dictionaries alone, which every reader knows.
    Plain,
}

impl FromStr for Encodings {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "delta" => Ok(Self::Delta),
            "plain" => Ok(Self::Plain),
            _ => Err("expected delta or plain".to_owned()),
        }
    }
}

impl fmt::Display for Encodings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delta => "delta",
            Self::Plain => "plain",
        })
    }
}

/// How a part's pages are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    /// How they are packed.
    pub compression: Compression,
    /// How their values may be encoded.
    pub encodings: Encodings,
}

impl Packing {
    pub(super) fn codec(self) -> Result<Codec> {
        self.compression.codec()
    }

    /// Lets a column have an encoding, which makes a dictionary needless, where readers are to know it.
    pub(super) fn encode(
        self,
        builder: WriterPropertiesBuilder,
        path: ColumnPath,
        encoding: Encoding,
    ) -> WriterPropertiesBuilder {
        match self.encodings {
            Encodings::Delta => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, encoding),
            Encodings::Plain => builder,
        }
    }

    /// The same, of an encoding after which there is little left to pack.
    pub(super) fn encode_small(
        self,
        builder: WriterPropertiesBuilder,
        path: ColumnPath,
        encoding: Encoding,
    ) -> Result<WriterPropertiesBuilder> {
        let builder = self.encode(builder, path.clone(), encoding);
        Ok(match self.encodings {
            Encodings::Delta => {
                builder.set_column_compression(path, self.compression.lightly().codec()?)
            }
            Encodings::Plain => builder,
        })
    }
}
