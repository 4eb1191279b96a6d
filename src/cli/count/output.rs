//! Where rows go, and in which form.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::view::View;
use crate::cli::args::CountFormat;
use crate::engine::Form;
use crate::error::{Error, Result};
use crate::sink::{Batch, Cell, Packing, ParquetFile, for_each_row, put_csv, put_json};
use crate::tables::Selection;

const BUFFER_BYTES: usize = 1 << 18;

/// A file, or standard output.
#[derive(Debug)]
pub(super) enum Target {
    File(PathBuf),
    StandardOutput,
}

impl Target {
    /// Refuses what would fail only after all has been counted.
    pub(super) fn check(path: Option<&Path>, format: CountFormat, overwrite: bool) -> Result<Self> {
        let Some(path) = path else {
            return match format {
                CountFormat::Parquet => Err(Error::usage(
                    "Parquet is not written to standard output: name a file with --output",
                )),
                _ => Ok(Self::StandardOutput),
            };
        };
        if path.is_dir() {
            return Err(Error::usage(format!(
                "{} is a folder, not a file",
                path.display()
            )));
        }
        if path.exists() && !overwrite {
            return Err(Error::usage(format!(
                "{} is there: name another, or give --overwrite",
                path.display()
            )));
        }
        let target = Self::File(path.to_owned());
        // Whether it can be written at all is better known now than after an hour.
        drop(Unfinished::begin(path)?);
        Ok(target)
    }
}

/// A file under a temporary name, which goes away unless it is finished.
pub(super) struct Unfinished {
    file: Option<BufWriter<File>>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    fn begin(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let file = File::create(&temporary).map_err(|error| cannot_write(path, error))?;
        Ok(Self {
            file: Some(BufWriter::with_capacity(BUFFER_BYTES, file)),
            temporary,
            path: path.to_owned(),
        })
    }

    fn finish(mut self) -> Result<()> {
        let finish = |file: Option<BufWriter<File>>| {
            let Some(file) = file else {
                return Ok(());
            };
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&self.temporary, &self.path)
        };
        finish(self.file.take()).map_err(|error| cannot_write(&self.path, error))
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What was finished has another name.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot write {}", path.display()), error)
}

/// A place for bytes.
pub(super) enum Out {
    File(Unfinished),
    StandardOutput(BufWriter<io::StdoutLock<'static>>),
}

impl Out {
    fn begin(target: Target) -> Result<Self> {
        Ok(match target {
            Target::File(path) => Self::File(Unfinished::begin(&path)?),
            Target::StandardOutput => {
                Self::StandardOutput(BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock()))
            }
        })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::File(file) => {
                let outcome = file.write_all(bytes);
                outcome.map_err(|error| cannot_write(&file.path, error))
            }
            Self::StandardOutput(out) => out.write_all(bytes).map_err(cannot_print),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::StandardOutput(mut out) => out.flush().map_err(cannot_print),
        }
    }
}

fn cannot_print(error: io::Error) -> Error {
    Error::io("cannot write to standard output", error)
}

/// Rows in the form in which they are written.
pub(super) enum Formed {
    /// Lines.
    Lines(Vec<u8>),
    /// Rows that have to be seen together.
    Rows(Batch),
}

/// What workers make of a batch.
pub(super) fn form(selection: &Selection, format: CountFormat) -> Form<Formed> {
    let names = names(selection);
    Arc::new(move |batch| {
        let mut lines = Vec::new();
        match format {
            CountFormat::Csv => for_each_row(batch, |cells| {
                put_csv(&mut lines, cells.iter().copied());
                Ok(())
            })?,
            CountFormat::Json => for_each_row(batch, |cells| {
                put_json(&mut lines, &names, cells);
                Ok(())
            })?,
            CountFormat::Table | CountFormat::Parquet => return Ok(Formed::Rows(batch.clone())),
        }
        Ok(Formed::Lines(lines))
    })
}

fn names(selection: &Selection) -> Vec<String> {
    let docs = selection.table.columns();
    let columns = selection.columns.iter();
    columns
        .filter_map(|index| docs.get(*index).map(|doc| doc.name.to_owned()))
        .collect()
}

/// Rows on their way out.
pub(super) enum Rows {
    Lines(Out),
    View(View, Out),
    Parquet(Box<ParquetFile<Unfinished>>),
}

impl Rows {
    pub(super) fn new(
        target: Target,
        selection: &Selection,
        format: CountFormat,
        packing: Packing,
    ) -> Result<Self> {
        let names = names(selection);
        Ok(match (format, target) {
            (CountFormat::Parquet, Target::File(path)) => {
                let file = Unfinished::begin(&path)?;
                Self::Parquet(Box::new(ParquetFile::new(file, selection, packing)?))
            }
            (CountFormat::Csv | CountFormat::Parquet, target) => {
                let mut out = Out::begin(target)?;
                let mut line = Vec::new();
                put_csv(&mut line, names.iter().map(|name| Cell::Text(name)));
                out.put(&line)?;
                Self::Lines(out)
            }
            (CountFormat::Json, target) => Self::Lines(Out::begin(target)?),
            (CountFormat::Table, target) => Self::View(View::new(&names), Out::begin(target)?),
        })
    }

    pub(super) fn write(&mut self, formed: &Formed) -> Result<()> {
        match (self, formed) {
            (Self::Lines(out), Formed::Lines(lines)) => out.put(lines),
            (Self::View(view, _), Formed::Rows(batch)) => for_each_row(batch, |cells| {
                view.push(cells);
                Ok(())
            }),
            (Self::Parquet(file), Formed::Rows(batch)) => file.write(batch),
            _ => Err(Error::internal("rows have another form than is written")),
        }
    }

    /// Ends; there are so many rows in all, written or not.
    pub(super) fn finish(self, all: u64) -> Result<()> {
        match self {
            Self::Lines(out) => out.finish(),
            Self::View(view, mut out) => {
                out.put(view.text(all).as_bytes())?;
                out.finish()
            }
            Self::Parquet(file) => file.finish()?.finish(),
        }
    }
}
