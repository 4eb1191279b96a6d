//! How tables are encoded.

use std::fmt;
use std::str::FromStr;

use parquet::basic::{Compression as Codec, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::access::Access;
use crate::error::{Error, Result};
use crate::tables::{Kind, Selection};

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
    /// How numbers are packed that their encoding has made small: a low level finds what there is.  Who
    /// asks for a high one gets it everywhere.
    pub(super) fn of_numbers(self) -> Self {
        match self {
            Self::Zstd(2..=3) => Self::Zstd(1),
            other => other,
        }
    }

    /// Whether it is one that is asked for the sake of speed, or not at all.
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

/// Sizes and packing of parts.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// How pages are packed.
    pub compression: Compression,
    /// A row group is closed at so many bytes of Arrow memory.
    pub row_group_bytes: usize,
    /// A part is closed at so many bytes on disk.
    pub part_bytes: u64,
    /// Who may read them.
    pub access: Access,
}

/// A page of text holds so much that the packer sees one revision in the next.
const TEXT_PAGE_BYTES: usize = 8 << 20;
/// Columns with large texts, whose pages and statistics are their own.
const TEXT_COLUMNS: [&str; 3] = ["content_text", "keyframe_text", "revision_text"];
/// Those columns that have most of their table's bytes.
const MAIN_TEXT_COLUMNS: [&str; 3] = ["content_text", "revision_text", "revision_content_slots"];
/// Columns whose values hardly repeat: a dictionary would only be given up.
const UNIQUE_COLUMNS: [&str; 7] = [
    "sha1",
    "revision_text_sha1",
    "revision_sha1",
    "text_sha1",
    "content_sha1",
    "upload_sha1",
    "text_location",
];

/// Numbers of which few different ones come again and again, as those of users do.
const REPEATING_NUMBERS: [&str; 3] = ["user_id", "editor_id", "event_user_id"];
/// Columns that are asked for one value of many, and whose filters are much smaller than they are
/// (`docs/COMPRESSION.md`).  Ids of revisions take less room than a filter of them would.
const BLOOM_COLUMNS: [&str; 3] = ["page_title", "user_id", "user_text"];
/// Different values in a row group that a filter has room for at first; it is folded to what those
/// that are there need.
const BLOOM_MAX_VALUES: u64 = 1 << 17;
/// How often a filter lets a row group through in vain.
const BLOOM_FALSE_POSITIVES: f64 = 0.01;

pub(super) fn properties(
    selection: &Selection,
    compression: Compression,
    settings: &[(&str, String)],
) -> Result<WriterProperties> {
    let table = selection.table;
    let mut metadata = vec![
        KeyValue::new("mwparquet.table".to_owned(), table.name.to_owned()),
        KeyValue::new(
            "mwparquet.table_version".to_owned(),
            table.version.to_string(),
        ),
    ];
    metadata.extend(
        settings
            .iter()
            .map(|(name, value)| KeyValue::new(format!("mwparquet.{name}"), value.clone())),
    );
    let mut builder = of_any_table(compression, metadata)?;
    let lightly = compression.of_numbers().codec()?;
    let docs = table.columns();
    for index in &selection.columns {
        let doc = docs[*index];
        let path = ColumnPath::from(doc.name);
        if BLOOM_COLUMNS.contains(&doc.name) {
            builder = builder
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_fpp(path.clone(), BLOOM_FALSE_POSITIVES)
                .set_column_bloom_filter_max_ndv(path.clone(), BLOOM_MAX_VALUES);
        }
        if TEXT_COLUMNS.contains(&doc.name) {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_data_page_size_limit(path.clone(), TEXT_PAGE_BYTES)
                .set_column_statistics_enabled(path, EnabledStatistics::None);
        } else if UNIQUE_COLUMNS.contains(&doc.name) {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
                .set_column_compression(path.clone(), lightly)
                .set_column_statistics_enabled(path, EnabledStatistics::None);
        } else if matches!(doc.kind, Kind::Int64 | Kind::Timestamp)
            && !REPEATING_NUMBERS.contains(&doc.name)
        {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_compression(path.clone(), lightly)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if doc.kind == Kind::Operations {
            builder = operation_properties(builder, doc.name);
        } else if doc.kind == Kind::Slots {
            builder = slot_properties(builder, doc.name);
        }
    }
    // The page is checked against its limit after so many rows: few, for a text can be large.
    if docs.iter().any(|doc| MAIN_TEXT_COLUMNS.contains(&doc.name)) {
        builder = builder.set_write_batch_size(16);
    }
    Ok(builder.build())
}

/// What all tables have in common.
pub(super) fn of_any_table(
    compression: Compression,
    metadata: Vec<KeyValue>,
) -> Result<WriterPropertiesBuilder> {
    Ok(WriterProperties::builder()
        .set_compression(compression.codec()?)
        .set_created_by(concat!("mwparquet ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_max_row_group_row_count(None)
        .set_statistics_truncate_length(Some(64))
        .set_key_value_metadata(Some(metadata)))
}

/// Texts in slots are as those in columns of their own.
fn slot_properties(builder: WriterPropertiesBuilder, column: &str) -> WriterPropertiesBuilder {
    let leaf = |name: &str| {
        let path = [column, "key_value", "value", name].map(str::to_owned);
        ColumnPath::new(path.to_vec())
    };
    builder
        .set_column_dictionary_enabled(leaf("content_body"), false)
        .set_column_data_page_size_limit(leaf("content_body"), TEXT_PAGE_BYTES)
        .set_column_statistics_enabled(leaf("content_body"), EnabledStatistics::None)
        .set_column_dictionary_enabled(leaf("content_sha1"), false)
}

/// Offsets of tokens rise from operation to operation; texts hardly repeat.
fn operation_properties(
    mut builder: WriterPropertiesBuilder,
    column: &str,
) -> WriterPropertiesBuilder {
    let leaf = |name: &str| {
        let path = [column, "list", "element", name].map(str::to_owned);
        ColumnPath::new(path.to_vec())
    };
    for number in ["a1", "a2", "b1", "b2"] {
        builder = builder
            .set_column_dictionary_enabled(leaf(number), false)
            .set_column_encoding(leaf(number), Encoding::DELTA_BINARY_PACKED);
    }
    builder
        .set_column_dictionary_enabled(leaf("text"), false)
        .set_column_statistics_enabled(leaf("text"), EnabledStatistics::None)
}
