//! The compression round a dump file.
//!
//! One file a format.  Every format but bzip2 hands its decoded bytes, in order, to a [`Sink`];
//! bzip2 is decoded in blocks by whoever has the threads (see [`bzip2`]).  What is common to all:
//! the end is reported only where the container's own terminator and checksum prove it, and what
//! follows a proven end is told to the sink, not dropped.

pub mod bzip2;
pub mod gzip;
pub mod lzma;
pub mod plain;
pub mod sevenzip;
mod stream;
pub mod xz;
pub mod zstd;

use bytes::Bytes;

use crate::error::{Error, FilePlace, Result};

/// How many bytes [`Format::detect`] wants to see.
pub const HEAD_BYTES: usize = 16;

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Not packed.
    Plain,
    /// One or more bzip2 streams.
    Bzip2,
    /// One or more gzip members.
    Gzip,
    /// A 7z archive; each entry is a document.
    SevenZip,
    /// One or more xz streams.
    Xz,
    /// The older `.lzma` ("LZMA alone") form.
    Lzma,
    /// One or more Zstandard frames.
    Zstd,
}

impl Format {
    /// Tells the format by the file's first bytes (up to [`HEAD_BYTES`]); names do not count.
    pub fn detect(head: &[u8]) -> Self {
        match head {
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, ..] => Self::SevenZip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ if lzma::is_header(head) => Self::Lzma,
            _ => Self::Plain,
        }
    }

    /// The name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Bzip2 => "bzip2",
            Self::Gzip => "gzip",
            Self::SevenZip => "7z",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Zstd => "zstd",
        }
    }

    /// Whether one file of it is decoded on several cores.
    pub fn is_splittable(self) -> bool {
        matches!(self, Self::Plain | Self::Bzip2)
    }
}

/// Takes what a container decodes to.  An error stops the decoding and is handed back.
pub trait Sink {
    /// The next decoded bytes, and where they stood in the file.
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()>;

    /// A further document begins (the second and later entries of an archive).
    fn next_document(&mut self) -> Result<()>;

    /// A piece of the container (stream, member, frame) came to its proven end.
    fn piece_ended(&mut self);

    /// Bytes after the last proven end that belong to nothing.
    fn trailing(&mut self, trailing: Trailing) -> Result<()>;
}

/// Bytes behind the proven end of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trailing {
    /// Where they begin in the file.
    pub file_offset_bytes: u64,
    /// How many there are.
    pub bytes: u64,
    /// Whether all are NUL, as block devices and tape tools pad with.
    pub all_zero: bool,
}

impl Trailing {
    /// What is wrong with them, if they are no padding.
    pub fn damage(&self) -> Error {
        Error::damaged(format!(
            "{} bytes behind the end of the compressed data belong to nothing",
            self.bytes
        ))
        .at_file_byte(self.file_offset_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_decide() {
        let cases: [(&[u8], Format); 12] = [
            (b"BZh91AY&SY", Format::Bzip2),
            (b"BZh0", Format::Plain),
            (b"\x1f\x8b\x08\x00", Format::Gzip),
            (b"7z\xbc\xaf\x27\x1c\x00\x04", Format::SevenZip),
            (b"\xfd7zXZ\0\0\x04", Format::Xz),
            (b"\x28\xb5\x2f\xfd\x04", Format::Zstd),
            (b"\x50\x2a\x4d\x18\x04", Format::Zstd),
            (
                b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0",
                Format::Lzma,
            ),
            (b"<mediawiki ", Format::Plain),
            (b"\xef\xbb\xbf<mediawiki", Format::Plain),
            (b"BZ", Format::Plain),
            (b"", Format::Plain),
        ];
        for (head, format) in cases {
            assert_eq!(Format::detect(head), format, "{head:?}");
        }
    }
}
