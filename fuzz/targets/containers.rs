//! gzip, zstd, xz, lzma and 7z: whatever the pieces in which a file is read, the same comes out, and of a
//! file that is cut nobody says that it is whole.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use mwparquet::container::{Sink, Trailing, gzip, lzma, sevenzip, xz, zstd};
use mwparquet::error::{Error, FilePlace, Result};
use mwparquet::source::{MeteredFile, Reader};

use super::controls::{Controls, pieces};
use super::seeds;

const MEMORY_BYTES: u64 = 16 << 20;
const MOST_BYTES: usize = 4 << 20;
/// What stops a decoder that gives more than a target wants to see.
const ENOUGH: &str = "enough";

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let format = controls.byte() % 5;
    let seed = controls.byte();
    let cut = controls.number();
    let stored = controls.rest;
    let whole = decoded(format, stored, 0);
    if whole.error.as_deref() == Some(ENOUGH) {
        return;
    }
    let dripped = decoded(format, stored, seed);
    match whole.error {
        None => assert_eq!(dripped, whole, "read in other pieces"),
        // How much is given before damage is seen depends on the pieces.
        Some(_) => assert!(dripped.error.is_some(), "read in other pieces: {whole:?}"),
    }
    let part = decoded(format, &stored[..cut.min(stored.len())], 0);
    if part.error.is_some() || cut >= stored.len() {
        return;
    }
    assert!(whole.error.is_some() || whole.bytes.starts_with(&part.bytes));
    // The end of a lone stream is its last byte, but for lzma's, which nothing proves.
    let is_one = whole.error.is_none() && whole.pieces == 1 && !whole.has_trailing;
    assert!(!is_one || format == 2, "cut at {cut} and told to be whole");
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Decoded {
    bytes: Vec<u8>,
    documents: usize,
    pieces: usize,
    has_trailing: bool,
    error: Option<String>,
}

impl Sink for Decoded {
    fn data(&mut self, bytes: Bytes, _: FilePlace) -> Result<()> {
        self.bytes.extend_from_slice(&bytes);
        match self.bytes.len() > MOST_BYTES {
            true => Err(Error::damaged(ENOUGH)),
            false => Ok(()),
        }
    }

    fn next_document(&mut self) -> Result<()> {
        self.documents += 1;
        Ok(())
    }

    fn piece_ended(&mut self) {
        self.pieces += 1;
    }

    fn trailing(&mut self, _: Trailing) -> Result<()> {
        self.has_trailing = true;
        Ok(())
    }
}

fn decoded(format: usize, stored: &[u8], seed: usize) -> Decoded {
    let mut sink = Decoded::default();
    let taken = Arc::new(AtomicU64::new(0));
    let outcome = if format == 4 {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(stored).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        sevenzip::decode(MeteredFile::new(file, taken), MEMORY_BYTES, &mut sink)
    } else {
        let pieces = match seed {
            0 => vec![stored.to_vec()],
            seed => pieces(stored, seed)
                .into_iter()
                .map(<[u8]>::to_vec)
                .collect(),
        };
        let reader = Reader::new(Box::new(Dripping { pieces, at: 0 }), taken);
        match format {
            0 => gzip::decode(reader, &mut sink),
            1 => xz::decode(reader, MEMORY_BYTES, &mut sink),
            2 => lzma::decode(reader, MEMORY_BYTES, &mut sink),
            _ => zstd::decode(reader, MEMORY_BYTES, &mut sink),
        }
    };
    sink.error = outcome.err().map(|error| error.message().to_owned());
    sink
}

/// Gives a piece at a time.
struct Dripping {
    pieces: Vec<Vec<u8>>,
    at: usize,
}

impl Read for Dripping {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.pieces.get_mut(self.at) else {
            return Ok(0);
        };
        let count = piece.len().min(out.len());
        out[..count].copy_from_slice(&piece[..count]);
        piece.drain(..count);
        self.at += usize::from(piece.is_empty());
        Ok(count)
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let formats = [".gz", ".xz", ".lzma", ".zst", ".7z"];
    let of_format = |(number, ending): (usize, &&str)| {
        let mut files = seeds::samples("", &[ending]);
        files.extend(seeds::samples("sql", &[ending]));
        seeds::with_controls(&[&[number as u8, 7, 0, 90]], files)
    };
    let samples = formats.iter().enumerate().flat_map(of_format);
    samples.chain(small()).collect()
}

/// A few bytes in each container that a library here writes.
fn small() -> Vec<Vec<u8>> {
    let text = b"<mediawiki>a few bytes, a few bytes</mediawiki>";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut xz = Vec::new();
    liblzma::read::XzEncoder::new(&text[..], 1)
        .read_to_end(&mut xz)
        .unwrap();
    let zstd = ::zstd::encode_all(&text[..], 1).unwrap();
    [(0, gzip), (1, xz), (3, zstd)]
        .into_iter()
        .flat_map(|(number, stored)| {
            let twice = [&stored[..], &[0; 4], &stored].concat();
            [stored, twice].map(|stored| [&[number, 3, 0, 20], &stored[..]].concat())
        })
        .collect()
}
