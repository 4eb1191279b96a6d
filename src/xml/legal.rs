//! Which bytes may stand in a document at all: XML 1.0 §2.2, production 2, in UTF-8.

use memchr::memmem;

/// The longest prefix of `bytes` that is legal, and what is wrong behind it.
pub(super) fn legal_prefix(bytes: &[u8]) -> (&str, Option<&'static str>) {
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
    if let Some(at) = first_control(text.as_bytes()) {
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

/// The first control character but tab, LF and CR.
fn first_control(bytes: &[u8]) -> Option<usize> {
    /// Bytes looked at without a branch, so that the compiler can take many at once.
    const STRIDE_BYTES: usize = 4096;
    let is_control = |byte: u8| (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    bytes
        .chunks(STRIDE_BYTES)
        .position(|stride| {
            stride
                .iter()
                .fold(false, |any, byte| any | is_control(*byte))
        })
        .and_then(|stride| {
            let begin = stride * STRIDE_BYTES;
            let at = bytes[begin..].iter().position(|byte| is_control(*byte))?;
            Some(begin + at)
        })
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
    }
}
