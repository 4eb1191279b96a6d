//! Files that are taken for dumps: what they are, as far as their first bytes tell.

/// So many of them are looked at, up to the first element.
pub(super) const BEGIN_BYTES: u64 = 512;

/// Where a tar archive has its mark: behind the name and the rights of the first file.
const TAR_MARK_AT: usize = 257;

/// What is wrong with a file that is something else; `None` where nobody knows what it is.
pub(super) fn what_is_wrong(begin: &[u8]) -> Option<&'static str> {
    match begin {
        [b'P', b'K', 3, 4, ..] => Some("is a zip archive: unpack it first"),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some("is a RAR archive: unpack it first"),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some("is packed by lz4: unpack it first"),
        [b'L', b'Z', b'I', b'P', ..] => Some("is packed by lzip: unpack it first"),
        [0x1f, 0x9d, ..] => Some("is packed by compress: unpack it first"),
        [b'P', b'A', b'R', b'1', ..] => Some("is a Parquet file, not a dump"),
        _ if has_tar_mark(begin) => Some("is a tar archive: unpack it first"),
        _ => None,
    }
}

fn has_tar_mark(begin: &[u8]) -> bool {
    let behind_name = begin.get(TAR_MARK_AT..);
    behind_name.is_some_and(|bytes| bytes.starts_with(b"ustar"))
}

/// Whether what stands before the first element can be XML: white space, and perhaps other markup.
pub(super) fn is_begin_of_xml(begin: &[u8]) -> bool {
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
    let begin = begin.trim_ascii_start();
    begin.is_empty() || begin.starts_with(b"<")
}
