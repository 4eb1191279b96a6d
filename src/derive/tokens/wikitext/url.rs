//! URLs: a scheme and an address, or `//` and an address.

use super::super::classes::{SPACE, classes_at};

/// Schemes that an address follows right behind the colon.
const PLAIN: [&str; 9] = [
    "bitcoin", "geo", "magnet", "mailto", "news", "sip", "sips", "tel", "urn",
];

/// Schemes with `//` behind the colon.
const SLASHED: [&str; 17] = [
    "http",
    "https",
    "ftp",
    "ftps",
    "git",
    "gopher",
    "irc",
    "ircs",
    "mms",
    "nntp",
    "redis",
    "sftp",
    "ssh",
    "svn",
    "telnet",
    "worldwind",
    "xmpp",
];

const LONGEST_SCHEME_BYTES: usize = 9;

/// Where the URL at `at` ends, if there is one.
pub(super) fn end(text: &str, at: usize) -> Option<usize> {
    address_end(text, at + scheme_length(&text.as_bytes()[at..])?)
}

/// Length of what stands before the address.
fn scheme_length(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"//") {
        return Some(2);
    }
    // Nearly all words end here.
    let colon = bytes
        .iter()
        .take(LONGEST_SCHEME_BYTES + 1)
        .position(|byte| !byte.is_ascii_lowercase())
        .filter(|at| bytes[*at] == b':')?;
    let is_scheme = |names: &[&str]| names.iter().any(|name| name.as_bytes() == &bytes[..colon]);
    if is_scheme(&PLAIN) {
        return Some(colon + 1);
    }
    (bytes[colon + 1..].starts_with(b"//") && is_scheme(&SLASHED)).then_some(colon + 3)
}

/// Where the address at `at` ends: it has a character at least, and no white space in it.
fn address_end(text: &str, at: usize) -> Option<usize> {
    let (classes, length) = classes_at(text, at)?;
    let is_none = matches!(text.as_bytes()[at], b'/' | b'$' | b'.' | b'?' | b'#');
    if classes & SPACE != 0 || is_none {
        return None;
    }
    let mut at = at + length;
    while let Some((classes, length)) = classes_at(text, at) {
        let ends = matches!(text.as_bytes()[at], b'|' | b'<' | b'>' | b'{' | b'}');
        if classes & SPACE != 0 || ends {
            break;
        }
        at += length;
    }
    Some(at)
}
