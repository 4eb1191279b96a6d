//! 7z archives: each entry with content is a document of its own.
//!
//! Wikimedia's archives have one entry (named after the unfinished archive, so names do not
//! count); a rerun that found an old archive may have appended a second.

use std::io::{BufReader, Read, Seek};
use std::sync::atomic::Ordering;

use sevenz_rust2::{ArchiveReader, Error as SevenZipError, Password};

use super::{Sink, Trailing, stream};
use crate::error::{Error, ErrorKind, Result};
use crate::source::MeteredFile;

/// Length of the header at the front, which tells where the table of contents lies.
const SIGNATURE_HEADER_BYTES: u64 = 32;

/// Decodes all entries, with dictionaries of no more than `memory_bytes`.
///
/// On one thread: the archive reader's own threads would hold whole runs of decoded data.
pub fn decode(mut file: MeteredFile, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    let trailing = bytes_behind(&mut file)?;
    let offset = file.shared_offset();
    let offset_bytes = || offset.load(Ordering::Relaxed);
    let limit_kib = usize::try_from(memory_bytes >> 10).unwrap_or(usize::MAX);
    let mut archive =
        ArchiveReader::new_with_memory_limit(BufReader::new(file), Password::empty(), limit_kib)
            .map_err(|error| damage(error).at_file_byte(offset_bytes()))?;
    archive.set_thread_count(1);

    // The sink's own errors pass through the archive reader, which knows only its own kind.
    let mut failed = None;
    let mut documents = 0;
    let outcome = archive.for_each_entries(|entry, mut content| {
        if entry.is_directory() || !entry.has_stream() {
            return Ok(true);
        }
        let mut document = || {
            if documents > 0 {
                sink.next_document()?;
            }
            documents += 1;
            stream::drain(&mut content, |_| offset_bytes(), "7z entry", sink)?;
            sink.piece_ended();
            Ok(())
        };
        document().map_err(|error| {
            failed = Some(error);
            SevenZipError::Other("stopped".into())
        })?;
        Ok(true)
    });
    match (failed, outcome) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(damage(error).at_file_byte(offset_bytes())),
        (None, Ok(())) => trailing.map_or(Ok(()), |trailing| sink.trailing(trailing)),
    }
}

/// What lies behind the table of contents, which ends the archive.
fn bytes_behind(file: &mut MeteredFile) -> Result<Option<Trailing>> {
    let cannot = |error| Error::io("cannot read the file", error);
    let stored_bytes = file.size_bytes().map_err(cannot)?;
    let mut header = [0; SIGNATURE_HEADER_BYTES as usize];
    let read = file.read_exact(&mut header);
    read.map_err(|error| stream::damage(error, "7z header"))?;
    let field = |at: usize| header[at..].first_chunk().copied().map(u64::from_le_bytes);
    let end = field(12).zip(field(20)).and_then(|(offset, size)| {
        SIGNATURE_HEADER_BYTES
            .checked_add(offset)?
            .checked_add(size)
    });
    let trailing = match end {
        Some(end) if end < stored_bytes => {
            file.seek(std::io::SeekFrom::Start(end)).map_err(cannot)?;
            let mut rest = BufReader::new(&mut *file).bytes();
            let all_zero = rest.all(|byte| matches!(byte, Ok(0)));
            Some(Trailing {
                file_offset_bytes: end,
                bytes: stored_bytes - end,
                all_zero,
            })
        }
        // An end behind the file is the archive reader's to tell.
        _ => None,
    };
    file.rewind().map_err(cannot)?;
    Ok(trailing)
}

fn damage(error: SevenZipError) -> Error {
    match error {
        SevenZipError::Io(error, _) | SevenZipError::FileOpen(error, _) => {
            stream::damage(error, "7z archive")
        }
        SevenZipError::MaxMemLimited { actaul_kb, .. } => Error::new(
            ErrorKind::Environment,
            format!("the 7z archive needs {actaul_kb} KiB to unpack: give more with --memory"),
        ),
        SevenZipError::PasswordRequired | SevenZipError::MaybeBadPassword(_) => {
            Error::damaged("the 7z archive is encrypted")
        }
        SevenZipError::UnsupportedCompressionMethod(method) => Error::damaged(format!(
            "the 7z archive is packed by an unknown method, {method}"
        )),
        error => Error::damaged("a 7z archive is broken").with_source(error.to_string()),
    }
}
