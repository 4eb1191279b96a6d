//! Which bytes may stand in a document at all: XML 1.0 §2.2, production 2, in UTF-8.

use memchr::memmem;

/// The longest prefix of `bytes` that is legal, and what is wrong behind it.
pub(super) fn legal_prefix(bytes: &[u8]) -> (&str, Option<&'static str>) {
    // Of nearly every chunk all is legal, which is found out without asking where it is not.
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) if !has_illegal(bytes) => (text, None),
        _ => find_legal_prefix(bytes),
    }
}

/// The same, slower, with the place of the first thing that is wrong.
#[cold]
fn find_legal_prefix(bytes: &[u8]) -> (&str, Option<&'static str>) {
    let (text, mut wrong) = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (
                std::str::from_utf8(valid).unwrap_or_default(),
                Some("a byte that is not UTF-8"),
            )
        }
    };
    let mut end = text.len();
    if let Some(at) = text.bytes().position(is_control) {
        (end, wrong) = (at, Some("a control character that XML does not allow"));
    }
    for noncharacter in ["\u{fffe}", "\u{ffff}"] {
        if let Some(at) = memmem::find(&text.as_bytes()[..end], noncharacter.as_bytes()) {
            (end, wrong) = (
                at,
                Some("a character that XML does not allow (U+FFFE, U+FFFF)"),
            );
        }
    }
    (text.get(..end).unwrap_or_default(), wrong)
}

/// Whether a byte is a control character, tab, LF and CR left out.
fn is_control(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')
}

/// Whether there is a character in UTF-8 that may not be there.
fn has_illegal(bytes: &[u8]) -> bool {
    /// Bytes looked at without a branch, so that the compiler can take many at once.
    const STRIDE_BYTES: usize = 1024;
    /// Bytes of a stride that are taken at once.
    const LANES: usize = 32;
    let mut at = 0;
    for stride in bytes.chunks(STRIDE_BYTES) {
        // Most strides have no control character but LF and nothing of U+F000 and above, which
        // takes little work to tell.
        let mut rare = [0; LANES];
        let (lanes, last) = stride.as_chunks::<LANES>();
        for lane in lanes {
            for (rare, byte) in rare.iter_mut().zip(lane) {
                *rare |= u8::from(is_rare(*byte));
            }
        }
        let any_rare = last.iter().copied().any(is_rare) | (rare != [0; LANES]);
        // A character may reach into the next stride.
        let with_next = &bytes[at..bytes.len().min(at + stride.len() + 2)];
        if any_rare && (stride.iter().copied().any(is_control) || has_noncharacter(with_next)) {
            return true;
        }
        at += stride.len();
    }
    false
}

/// Whether a byte is a control character, LF left out, or begins a character of U+F000 and above.
#[inline(always)]
fn is_rare(byte: u8) -> bool {
    ((byte < 0x20) & (byte != b'\n')) | (byte == 0xef)
}

/// Whether there is a U+FFFE or U+FFFF in what is UTF-8.
fn has_noncharacter(bytes: &[u8]) -> bool {
    // U+FFC0 to U+FFFF begin with these.
    memmem::find_iter(bytes, b"\xef\xbf").any(|at| matches!(bytes.get(at + 2), Some(0xbe..)))
}

#[cfg(test)]
mod tests {
    use super::legal_prefix;

    #[test]
    fn the_first_illegal_thing_ends_the_prefix() {
        assert_eq!(legal_prefix("é\t\r\n\u{7f}\u{fffd}".as_bytes()).1, None);
        for (bytes, length) in [
            (&b"ab\xff\x01"[..], 2),
            (b"a\x01b\xff", 1),
            (b"\x00", 0),
            (b"ab\xef\xbf\xbe", 2),
            (b"abc\xef\xbf\xbf", 3),
            (b"abc\xed\xa0\x80", 3),
            (b"abc\xc3", 3),
        ] {
            let (prefix, wrong) = legal_prefix(bytes);
            assert_eq!(prefix.len(), length, "{bytes:?}");
            assert!(wrong.is_some());
        }
        let mut long = vec![b'x'; 10_000];
        long[9_000] = 0x0b;
        assert_eq!(legal_prefix(&long).0.len(), 9_000);
        long[9_000] = b'\t';
        assert_eq!(legal_prefix(&long).1, None);
        for at in 1020..1030 {
            let mut noncharacter = vec![b'x'; 2000];
            noncharacter[at..at + 3].copy_from_slice("\u{ffff}".as_bytes());
            assert_eq!(legal_prefix(&noncharacter).0.len(), at);
        }
    }
}
