//! Writing the parts of one table, under temporary names.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowSchemaConverter;
use parquet::file::writer::SerializedFileWriter;
use sha2::{Digest, Sha256};

use super::access::Access;
use super::order::Order;
use super::row_group::{EncodedRowGroup, RowGroupEncoder};
use super::sync::Sync;
use crate::error::{Error, ErrorKind, Result};

/// A part that is complete on disk, still under its temporary name.
#[derive(Debug)]
pub struct Part {
    /// Where it lies now.
    pub temporary: PathBuf,
    /// Where it belongs.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Appends row groups to parts and begins a new part where one is full.
///
/// No part holds rows of two inputs: `part-00003-00001.parquet` is the second part of the fourth
/// input, and `part-00000.parquet` has rows of the job as a whole.
pub struct TableWriter {
    folder: PathBuf,
    /// The parts' names up to their number.
    stem: String,
    /// Who writes, where others may write the same parts at the same time.
    attempt: Option<String>,
    encoder: RowGroupEncoder,
    part_bytes: u64,
    access: Access,
    open: Option<OpenPart>,
    done: Vec<Part>,
    /// Parts that are done, on their way to the disk.
    syncs: Vec<Sync>,
    next_part: usize,
    /// Whether all rows so far were in the table's order.
    is_sorted: bool,
}

struct OpenPart {
    writer: SerializedFileWriter<Measured>,
    temporary: PathBuf,
    path: PathBuf,
    rows: u64,
}

impl TableWriter {
    /// Writes rows of the input of a number, or of the job as a whole, into `folder`, which is made
    /// when the first row comes.
    pub fn new(
        folder: PathBuf,
        input: Option<usize>,
        encoder: RowGroupEncoder,
        part_bytes: u64,
        access: Access,
    ) -> Self {
        Self {
            folder,
            stem: input.map_or_else(|| "part".to_owned(), |input| format!("part-{input:05}")),
            attempt: None,
            encoder,
            part_bytes,
            access,
            open: None,
            done: Vec::new(),
            syncs: Vec::new(),
            next_part: 0,
            is_sorted: true,
        }
    }

    /// Writes one part that is to take the place of another.
    pub(super) fn in_place_of(
        path: &Path,
        encoder: RowGroupEncoder,
        is_sorted: bool,
        access: Access,
    ) -> Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let stem = name.and_then(|name| name.strip_suffix(".parquet"));
        let (stem, number) = stem
            .and_then(|stem| stem.rsplit_once('-'))
            .ok_or_else(|| Error::internal("a part has no number"))?;
        let number = number
            .parse()
            .map_err(|error| Error::internal("a part has no number").with_source(error))?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        let mut writer = Self::new(folder, None, encoder, u64::MAX, access);
        writer.stem = stem.to_owned();
        writer.next_part = number;
        writer.is_sorted = is_sorted;
        Ok(writer)
    }

    /// Whether no row has come yet.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_none() && self.done.is_empty()
    }

    /// The same under temporary names of an attempt at the input.
    #[must_use]
    pub fn of_attempt(mut self, attempt: Option<&str>) -> Self {
        self.attempt = attempt.map(str::to_owned);
        self
    }

    /// The encoder of the table's row groups.
    pub fn encoder(&self) -> &RowGroupEncoder {
        &self.encoder
    }

    /// Appends a row group and tells how many bytes it took.
    ///
    /// A part says of all its row groups whether they are sorted: the first that is not begins a new
    /// part, and no part behind it says so.
    pub fn append(&mut self, group: EncodedRowGroup) -> Result<u64> {
        if self.is_sorted && !group.is_sorted {
            self.end_part()?;
            self.is_sorted = false;
        }
        if self.open.is_none() {
            self.open = Some(self.begin_part()?);
        }
        let Some(part) = &mut self.open else {
            return Err(Error::internal("no part is open"));
        };
        let failed = |error| cannot_write(&part.path, error);
        let before = part.writer.bytes_written() as u64;
        let mut writer = part.writer.next_row_group().map_err(failed)?;
        for column in group.columns {
            column.append_to_row_group(&mut writer).map_err(failed)?;
        }
        writer.close().map_err(failed)?;
        part.rows += group.rows;
        let bytes = part.writer.bytes_written() as u64;
        if bytes >= self.part_bytes {
            self.end_part()?;
        }
        Ok(bytes - before)
    }

    /// Ends the last part.  Without rows there is none.
    ///
    /// What remains of [`finish`](Self::finish) is to wait for the disk: with several tables end all
    /// before the first is finished, for the disk takes many files in the time of one.
    pub fn end(&mut self) -> Result<()> {
        self.end_part()
    }

    /// The parts, all of them on disk.
    pub fn finish(mut self) -> Result<Vec<Part>> {
        self.end_part()?;
        for sync in self.syncs.drain(..) {
            sync.wait().map_err(|error| {
                Error::io(
                    format!("cannot write into {}", self.folder.display()),
                    error,
                )
            })?;
        }
        Ok(std::mem::take(&mut self.done))
    }

    /// Ends with one part that has the table's schema and no rows.
    pub fn finish_empty(mut self) -> Result<Vec<Part>> {
        self.open = Some(self.begin_part()?);
        self.finish()
    }

    fn begin_part(&mut self) -> Result<OpenPart> {
        let name = format!("{}-{:05}.parquet", self.stem, self.next_part);
        self.next_part += 1;
        let path = self.folder.join(&name);
        let temporary = temporary_name(&name, self.attempt.as_deref());
        let temporary = self.folder.join(temporary);
        let io_failed = |error| Error::io(format!("cannot write {}", temporary.display()), error);
        let access = self.access;
        access.create_folder(&self.folder).map_err(io_failed)?;
        let file = access.create_file(&temporary).map_err(io_failed)?;
        let schema = ArrowSchemaConverter::new()
            .convert(&self.encoder.schema)
            .map_err(|error| cannot_write(&path, error))?
            .root_schema_ptr();
        let sorting_columns = self.encoder.order.as_ref().filter(|_| self.is_sorted);
        let mut properties = (*self.encoder.properties)
            .clone()
            .into_builder()
            .set_sorting_columns(sorting_columns.map(Order::sorting_columns))
            .build();
        // Engines that know Arrow get the exact types and the columns' descriptions back.
        parquet::arrow::add_encoded_arrow_schema_to_metadata(&self.encoder.schema, &mut properties);
        let writer = SerializedFileWriter::new(Measured::new(file), schema, Arc::new(properties))
            .map_err(|error| cannot_write(&path, error))?;
        Ok(OpenPart {
            writer,
            temporary,
            path,
            rows: 0,
        })
    }

    fn end_part(&mut self) -> Result<()> {
        let Some(part) = self.open.take() else {
            return Ok(());
        };
        let failed = |error| cannot_write(&part.path, error);
        let measured = part.writer.into_inner().map_err(failed)?;
        let (sync, bytes, sha256) = measured
            .finish()
            .map_err(|error| Error::io(format!("cannot write {}", part.path.display()), error))?;
        self.syncs.push(sync);
        self.done.push(Part {
            temporary: part.temporary,
            path: part.path,
            rows: part.rows,
            bytes,
            sha256,
        });
        Ok(())
    }
}

impl Drop for TableWriter {
    /// What was not finished leaves nothing behind.
    fn drop(&mut self) {
        let open = self.open.take().map(|part| part.temporary);
        for temporary in self.done.drain(..).map(|part| part.temporary).chain(open) {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// A file that knows its length and checksum.
struct Measured {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Measured {
    fn new(file: File) -> Self {
        const BUFFER_BYTES: usize = 256 << 10;
        Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> io::Result<(Sync, u64, String)> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let sync = Sync::begin(move || file.sync_all())?;
        Ok((sync, self.bytes, hexadecimal(&self.hash.finalize())))
    }
}

/// A checksum as text: two digits a byte, lower case.
pub fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Write for Measured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What a part is called while it is not committed.
pub(super) fn temporary_name(name: &str, attempt: Option<&str>) -> String {
    match (attempt, name.strip_suffix(ENDING)) {
        (Some(attempt), Some(stem)) => format!(".{stem}{}", temporary_ending(attempt)),
        _ => format!(".{name}.tmp"),
    }
}

/// What the names of an attempt's parts end with.
pub(super) fn temporary_ending(attempt: &str) -> String {
    format!("-{attempt}{ENDING}.tmp")
}

const ENDING: &str = ".parquet";

fn cannot_write(path: &Path, error: parquet::errors::ParquetError) -> Error {
    Error::new(
        ErrorKind::Environment,
        format!("cannot write {}", path.display()),
    )
    .with_source(error)
}
