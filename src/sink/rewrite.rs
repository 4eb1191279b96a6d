//! Putting parts of a finished job in the place of others, all at once.
//!
//! New parts are written beside the old under temporary names, and the folder is a finished job as it
//! was.  When all are on disk, a record says which they are and what the manifest is to be: from then on
//! there is no way back.  The manifest and the marks of complete partitions go, parts take the places of
//! the old, the new manifest and the marks come, and the record goes.  A job that is ended in between
//! leaves a folder without a manifest, or with one and the record; whoever comes next goes on from the
//! record.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::folder::{is_part, is_table_name, is_temporary_part, part_folders, remove_if_there};
use super::layout::{SUCCESS_NAME, is_partition_path, mark_complete, partitions};
use super::lock::FolderLock;
use super::manifest::{MANIFEST_NAME, Manifest};
use super::packing::Packing;
use super::part::{Part, TableWriter};
use super::read::PartReader;
use super::row_group::RowGroupEncoder;
use super::sync::sync_folders;
use crate::error::{Error, Result};
use crate::tables::{self, Selection};

/// The record's file.
pub(super) const REWRITE_NAME: &str = ".mwparquet-purge.tmp";
/// A record that is being written.
pub(super) const NEW_REWRITE_NAME: &str = ".mwparquet-purge-new.tmp";

/// What is to be done, when it can be done.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    /// What the manifest is to be.
    manifest: Manifest,
    /// Paths of the parts that take the places of others, below the folder.
    parts: Vec<String>,
}

/// A finished job's folder whose parts are being rewritten.
#[derive(Debug)]
pub struct Rewriting {
    folder: PathBuf,
    access: Access,
    manifest: Manifest,
    parts: Vec<Part>,
    _lock: FolderLock,
}

impl Rewriting {
    /// Takes the folder of a finished job; ends an earlier rewriting that was not.
    pub fn begin(folder: &Path) -> Result<Self> {
        let access = access_of(folder);
        if !folder.join(MANIFEST_NAME).exists() && !is_unfinished(folder) {
            // Nothing is to be made in a folder of something else, not even a lock.
            Manifest::of_finished(folder)?;
        }
        let lock = FolderLock::take(folder, access)?;
        let cannot = |error| Error::io(format!("cannot write into {}", folder.display()), error);
        remove_if_there(&folder.join(NEW_REWRITE_NAME)).map_err(cannot)?;
        if is_unfinished(folder) {
            end(folder, access)?;
        }
        let manifest = Manifest::of_finished(folder)?;
        check_paths(&manifest)?;
        sweep(folder).map_err(cannot)?;
        Ok(Self {
            folder: folder.to_owned(),
            access,
            manifest,
            parts: Vec::new(),
            _lock: lock,
        })
    }

    /// The manifest as it is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Who may read the parts.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Has a part take the place of the one of its name.
    pub fn replace(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Puts all parts in their places, and the manifest with them.
    pub fn commit(mut self, told: serde_json::Value) -> Result<Manifest> {
        let cannot = |error| {
            Error::io(
                format!("cannot write into {}", self.folder.display()),
                error,
            )
        };
        let mut manifest = self.manifest.clone();
        let mut paths = Vec::new();
        for part in &self.parts {
            paths.push(enter(&mut manifest, &self.folder, part)?);
        }
        manifest.purges.push(told);
        let record = Record {
            manifest,
            parts: paths,
        };
        let write = || -> io::Result<()> {
            sync_folders(part_folders(&self.folder).iter().map(PathBuf::as_path))?;
            let new = self.folder.join(NEW_REWRITE_NAME);
            let mut file = self.access.create_file(&new)?;
            file.write_all(&serde_json::to_vec(&record)?)?;
            file.sync_all()?;
            fs::rename(&new, self.folder.join(REWRITE_NAME))?;
            sync_folders([self.folder.as_path()])
        };
        let written = write();
        if is_unfinished(&self.folder) {
            // They belong to the record now.
            self.parts.clear();
        }
        written.map_err(cannot)?;
        end(&self.folder, self.access)?;
        Ok(record.manifest)
    }
}

impl Drop for Rewriting {
    /// What was not put in its place goes.
    fn drop(&mut self) {
        for part in self.parts.drain(..) {
            let _ = fs::remove_file(part.temporary);
        }
    }
}

/// Whether a rewriting in a folder was ended when there was no way back any more.
pub fn is_unfinished(folder: &Path) -> bool {
    folder.join(REWRITE_NAME).exists()
}

/// Does what the record in a folder says, as often as it takes.
fn end(folder: &Path, access: Access) -> Result<()> {
    let path = folder.join(REWRITE_NAME);
    let cannot = |error| Error::io(format!("cannot write into {}", folder.display()), error);
    let text = fs::read(&path)
        .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?;
    let record: Record = serde_json::from_slice(&text).map_err(|error| {
        Error::damaged(format!("{} cannot be read", path.display())).with_source(error)
    })?;
    check_paths(&record.manifest)?;
    let parts = record
        .manifest
        .tables
        .values()
        .flat_map(|table| &table.parts);
    let parts: Vec<_> = parts
        .filter(|part| record.parts.contains(&part.path))
        .collect();
    for part in &parts {
        let (temporary, place) = places(folder, &part.path);
        let size = |path: &Path| fs::symlink_metadata(path).ok().map(|found| found.len());
        if size(&temporary).or_else(|| size(&place)) != Some(part.bytes) {
            return Err(Error::damaged(format!(
                "{} is not there any more, or not whole: what was purged cannot be put in its place",
                temporary.display()
            )));
        }
    }
    remove_if_there(&folder.join(MANIFEST_NAME)).map_err(cannot)?;
    let partitions = partitions(parts.iter().map(|part| &part.path[..]));
    for partition in &partitions {
        remove_if_there(&folder.join(partition).join(SUCCESS_NAME)).map_err(cannot)?;
    }
    let put = || -> io::Result<()> {
        sync_folders([folder])?;
        for part in &parts {
            let (temporary, place) = places(folder, &part.path);
            if temporary.exists() {
                fs::rename(&temporary, &place)?;
            }
        }
        let folders: BTreeSet<_> = parts
            .iter()
            .filter_map(|part| Some(folder.join(Path::new(&part.path).parent()?)))
            .collect();
        sync_folders(folders.iter().map(PathBuf::as_path))?;
        let temporary = folder.join(format!(".{MANIFEST_NAME}.tmp"));
        let mut file = access.create_file(&temporary)?;
        serde_json::to_writer_pretty(&mut file, &record.manifest)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&temporary, folder.join(MANIFEST_NAME))?;
        sync_folders([folder])?;
        mark_complete(folder, access, &partitions)?;
        fs::remove_file(&path)?;
        sync_folders([folder])
    };
    put().map_err(cannot)
}

/// Where a part lies before and after.
fn places(folder: &Path, path: &str) -> (PathBuf, PathBuf) {
    let (table, name) = path.rsplit_once('/').unwrap_or_default();
    let temporary = folder.join(table).join(format!(".{name}.tmp"));
    (temporary, folder.join(path))
}

/// Tells a manifest of a new part, and gives its path below the folder.
fn enter(manifest: &mut Manifest, folder: &Path, part: &Part) -> Result<String> {
    for table in manifest.tables.values_mut() {
        let mut entries = table.parts.iter_mut();
        let Some(entry) = entries.find(|entry| folder.join(&entry.path) == part.path) else {
            continue;
        };
        (entry.rows, entry.bytes) = (part.rows, part.bytes);
        entry.sha256.clone_from(&part.sha256);
        let path = entry.path.clone();
        table.rows = table.parts.iter().map(|entry| entry.rows).sum();
        table.bytes = table.parts.iter().map(|entry| entry.bytes).sum();
        return Ok(path);
    }
    Err(Error::internal("a part takes the place of none"))
}

/// A manifest leads to parts in its own folder and nowhere else.
fn check_paths(manifest: &Manifest) -> Result<()> {
    for (table, entry) in &manifest.tables {
        for part in &entry.parts {
            let below = part.path.strip_prefix(table.as_str());
            let below = below.and_then(|below| below.strip_prefix('/'));
            let is_ours = below.is_some_and(|below| {
                let (partition, name) = below
                    .rsplit_once('/')
                    .map_or((None, below), |(partition, name)| (Some(partition), name));
                partition.is_none_or(is_partition_path)
                    && is_table_name(table)
                    && is_part(name)
                    && !table.contains(['/', '\\'])
            });
            if !is_ours {
                return Err(Error::damaged(format!(
                    "the manifest names {:?}, which is no part of a table",
                    part.path
                )));
            }
        }
    }
    Ok(())
}

/// Removes new parts of a rewriting that was ended before they counted.
fn sweep(folder: &Path) -> io::Result<()> {
    for folder in part_folders(folder) {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if is_temporary_part(&entry.file_name().to_string_lossy()) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// New files are for whom the old ones are for.
#[cfg(unix)]
fn access_of(folder: &Path) -> Access {
    use std::os::unix::fs::PermissionsExt;
    const OF_OTHERS: u32 = 0o077;
    let mode = fs::metadata(folder).map(|found| found.permissions().mode());
    match mode {
        Ok(mode) if mode & OF_OTHERS == 0 => Access::Private,
        _ => Access::Shared,
    }
}

#[cfg(not(unix))]
fn access_of(_: &Path) -> Access {
    Access::Shared
}

/// How a new part is written.
#[derive(Debug, Clone)]
pub struct RewriteOptions {
    /// Columns of the table, as the manifest has them.
    pub columns: Vec<String>,
    /// How pages are made.
    pub packing: Packing,
    /// A row group is closed at so many bytes of rows in memory.
    pub row_group_bytes: usize,
    /// Who may read it.
    pub access: Access,
    /// Rows that are read at once.
    pub batch_rows: usize,
}

/// A part that is read and written anew, batch by batch.
pub struct PartRewriter {
    reader: PartReader,
    writer: TableWriter,
    held: Vec<RecordBatch>,
    held_bytes: usize,
    row_group_bytes: usize,
}

impl PartRewriter {
    /// Opens a part of a table of the name `table`; the new one takes its place some day.
    pub fn open(path: &Path, table: &str, options: &RewriteOptions) -> Result<Self> {
        let reader = PartReader::open_whole(path, table, options.batch_rows)?;
        let encoder = encoder(&reader, table, options)?;
        let writer = TableWriter::in_place_of(path, encoder, reader.is_sorted(), options.access)?;
        Ok(Self {
            reader,
            writer,
            held: Vec::new(),
            held_bytes: 0,
            row_group_bytes: options.row_group_bytes,
        })
    }

    /// What the metadata say of how the table was made.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.reader.setting(name)
    }

    /// The next rows of the part as it is.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        self.reader.next_batch()
    }

    /// Adds rows to the part as it is to be.
    pub fn push(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.held_bytes += batch.get_array_memory_size();
        self.held.push(batch);
        match self.held_bytes >= self.row_group_bytes {
            true => self.end_row_group(),
            false => Ok(()),
        }
    }

    fn end_row_group(&mut self) -> Result<()> {
        if !self.held.is_empty() {
            let rows = std::mem::take(&mut self.held);
            let group = self.writer.encoder().encode(rows)?;
            self.writer.append(group)?;
            self.held_bytes = 0;
        }
        Ok(())
    }

    /// Ends the new part, which has no rows where none are left.
    pub fn finish(mut self) -> Result<Part> {
        self.end_row_group()?;
        let parts = match self.writer.is_empty() {
            true => self.writer.finish_empty()?,
            false => self.writer.finish()?,
        };
        match <[Part; 1]>::try_from(parts) {
            Ok([part]) => Ok(part),
            Err(_) => Err(Error::internal("a part became several")),
        }
    }
}

/// An encoder that writes as the part was written.
fn encoder(reader: &PartReader, table: &str, options: &RewriteOptions) -> Result<RowGroupEncoder> {
    let Some(info) = tables::by_name(table) else {
        return RowGroupEncoder::of_sql_part(table, reader, options.packing);
    };
    let selection = Selection::of(info, &options.columns)?;
    let (ours, theirs) = (selection.schema(), reader.schema());
    let is_same = ours.fields().len() == theirs.fields().len()
        && ours
            .fields()
            .iter()
            .zip(theirs.fields())
            .all(|(one, other)| one.name() == other.name() && one.data_type() == other.data_type());
    if !is_same {
        return Err(Error::usage(format!(
            "the columns of the table {table} are not those that this version writes: convert anew"
        )));
    }
    let settings: Vec<_> = reader
        .settings()
        .filter(|(name, _)| !["table", "table_version"].contains(name))
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    RowGroupEncoder::new(&selection, options.packing, &settings)
}
