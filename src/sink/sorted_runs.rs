//! Sorting more records than memory holds: runs that are sorted go to disk and are merged.
//!
//! A record is a string of bytes, and records come in the order of their bytes.  In a run each is
//! written as how many bytes it shares with the one before, how many follow, and these.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::access::Access;
use crate::error::{Error, Result};

/// Runs that are merged at once: each is an open file with a buffer.
pub const MERGED_RUNS: usize = 64;

const BUFFER_BYTES: usize = 64 << 10;

/// Records in memory, in any order.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    /// Adds the record that `write` appends, unless it says that there is none.
    pub fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        if write(&mut self.bytes) {
            self.ends.push(self.bytes.len());
        }
    }

    /// What they take in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>()
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = begins.zip(&self.ends);
        ranges.filter_map(|(begin, end)| self.bytes.get(begin..*end))
    }
}

/// A sorted run on disk, which goes away with this unless it is kept.
#[derive(Debug)]
pub struct Run {
    path: PathBuf,
    is_kept: bool,
}

/// A run that stays on disk.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRun {
    /// Its file's name.
    pub name: String,
    /// Size.
    pub bytes: u64,
}

impl Run {
    /// Sorts records into a run: a file of that name, in a folder that is made if it is not there.
    pub fn write(path: PathBuf, records: &[Records]) -> Result<Self> {
        let mut sorted: Vec<_> = records.iter().flat_map(Records::iter).collect();
        sorted.sort_unstable();
        let mut writer = RunWriter::new(path)?;
        sorted
            .into_iter()
            .try_for_each(|record| writer.push(record))?;
        writer.finish()
    }

    /// Writes the records that `give` hands on, in their order, into a run.
    pub fn write_sorted(
        path: PathBuf,
        give: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
    ) -> Result<Self> {
        let mut writer = RunWriter::new(path)?;
        give(&mut |record| writer.push(record))?;
        writer.finish()
    }

    /// Merges runs into one, in a file of that name.
    pub fn merge(path: PathBuf, runs: Vec<Self>) -> Result<Self> {
        let mut writer = RunWriter::new(path)?;
        for_each_sorted(&runs, |record| writer.push(record))?;
        writer.finish()
    }
}

impl Run {
    /// Has the run stay on disk, for a job that goes on later.
    pub fn keep(&mut self) -> Result<KeptRun> {
        let sync = || -> std::io::Result<u64> {
            let file = File::options().append(true).open(&self.path)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        let bytes = sync().map_err(|error| cannot("write", &self.path, error))?;
        self.is_kept = true;
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        Ok(KeptRun { name, bytes })
    }

    /// A run that an earlier job kept.
    pub fn kept(path: PathBuf) -> Self {
        Self {
            path,
            is_kept: true,
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Hands on all records of some runs, in order.
pub fn for_each_sorted(runs: &[Run], mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut heads = BinaryHeap::new();
    for run in runs {
        heads.extend(Cursor::open(&run.path)?.map(Reverse));
    }
    while let Some(mut head) = heads.peek_mut() {
        take(&head.0.record)?;
        if !head.0.advance()? {
            PeekMut::pop(head);
        }
    }
    Ok(())
}

/// Writes a run.
struct RunWriter {
    file: BufWriter<File>,
    last: Vec<u8>,
    run: Run,
}

impl RunWriter {
    fn new(path: PathBuf) -> Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        // Nobody else has business with what goes away again.
        let access = Access::Private;
        let file = access
            .create_folder(folder)
            .and_then(|()| access.create_file(&path))
            .map_err(|error| cannot("write", &path, error))?;
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            last: Vec::new(),
            run: Run {
                path,
                is_kept: false,
            },
        })
    }

    fn push(&mut self, record: &[u8]) -> Result<()> {
        let pairs = self.last.iter().zip(record);
        let shared = pairs.take_while(|(one, two)| one == two).count();
        let rest = record.get(shared..).unwrap_or_default();
        let mut lengths = [0; 20];
        let (first, second) = lengths.split_at_mut(10);
        let first = put_length(first, shared);
        let second = put_length(second, rest.len());
        self.file
            .write_all(first)
            .and_then(|()| self.file.write_all(second))
            .and_then(|()| self.file.write_all(rest))
            .map_err(|error| cannot("write", &self.run.path, error))?;
        self.last.truncate(shared);
        self.last.extend_from_slice(rest);
        Ok(())
    }

    fn finish(self) -> Result<Run> {
        let Self { mut file, run, .. } = self;
        file.flush()
            .map_err(|error| cannot("write", &run.path, error))?;
        Ok(run)
    }
}

/// Reads a run; compares as the record at hand does.
struct Cursor {
    file: BufReader<File>,
    path: PathBuf,
    record: Vec<u8>,
}

impl Cursor {
    /// At the first record; `None` if there is none.
    fn open(path: &Path) -> Result<Option<Self>> {
        let file = File::open(path).map_err(|error| cannot("read", path, error))?;
        let mut cursor = Self {
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            path: path.to_owned(),
            record: Vec::new(),
        };
        Ok(cursor.advance()?.then_some(cursor))
    }

    /// Goes to the next record; `false` at the end.
    fn advance(&mut self) -> Result<bool> {
        self.read()
            .map_err(|error| cannot("read", &self.path, error))
    }

    fn read(&mut self) -> std::io::Result<bool> {
        if has_ended(&mut self.file)? {
            return Ok(false);
        }
        let shared = get_length(&mut self.file)?;
        let length = get_length(&mut self.file)?;
        self.record.truncate(shared);
        let begin = self.record.len();
        self.record.resize(begin + length, 0);
        self.file
            .read_exact(self.record.get_mut(begin..).unwrap_or_default())?;
        Ok(true)
    }
}

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record
    }
}

impl Eq for Cursor {}

impl PartialOrd for Cursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cursor {
    fn cmp(&self, other: &Self) -> Ordering {
        self.record.cmp(&other.record)
    }
}

/// A length in groups of seven bits, the lowest first; all but the last have the high bit.
fn put_length(room: &mut [u8], mut length: usize) -> &[u8] {
    let mut used = 0;
    for byte in &mut *room {
        used += 1;
        *byte = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            break;
        }
        *byte |= 0x80;
    }
    &room[..used]
}

/// Whether nothing is left to read, however often a signal comes between.
fn has_ended(file: &mut impl BufRead) -> std::io::Result<bool> {
    loop {
        match file.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return Ok(read?.is_empty()),
        }
    }
}

fn get_length(file: &mut impl Read) -> std::io::Result<usize> {
    let mut length = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(length)
}

fn cannot(what: &str, path: &Path, error: std::io::Error) -> Error {
    Error::io(format!("cannot {what} {}", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(strings: &[&[u8]]) -> Records {
        let mut records = Records::default();
        for string in strings {
            records.push_with(|bytes| {
                bytes.extend_from_slice(string);
                true
            });
        }
        records
    }

    fn all(runs: &[Run]) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for_each_sorted(runs, |record| {
            all.push(record.to_vec());
            Ok(())
        })
        .unwrap();
        all
    }

    #[test]
    fn runs_are_merged_in_order_and_go_away() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("runs");
        let long = [b'x'; 300];
        let one = records(&[b"banana", b"", b"band", &long]);
        let two = records(&[b"bandana", b"apple", &long[..299], b"banana"]);
        let mut expected: Vec<_> = one.iter().chain(two.iter()).map(<[u8]>::to_vec).collect();
        expected.sort();
        let runs = vec![
            Run::write(below.join("1"), &[one]).unwrap(),
            Run::write(below.join("2"), &[two, Records::default()]).unwrap(),
            Run::write(below.join("3"), &[]).unwrap(),
        ];
        assert_eq!(all(&runs), expected);
        let merged = Run::merge(below.join("4"), runs).unwrap();
        assert_eq!(fs::read_dir(&below).unwrap().count(), 1);
        assert_eq!(all(&[merged]), expected);
        assert_eq!(fs::read_dir(&below).unwrap().count(), 0);
    }

    #[test]
    fn a_run_that_was_cut_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let run = Run::write(path.clone(), &[records(&[b"one", b"two"])]).unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let error = for_each_sorted(&[run], |_| Ok(())).unwrap_err();
        assert!(error.message().starts_with("cannot read"), "{error}");
    }

    #[test]
    fn lengths_there_and_back() {
        for length in [0, 1, 127, 128, 300, 1 << 20, usize::MAX] {
            let mut room = [0; 10];
            let bytes = put_length(&mut room, length);
            assert_eq!(get_length(&mut &*bytes).unwrap(), length);
        }
    }
}
