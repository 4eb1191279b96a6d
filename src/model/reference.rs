//! References: `&lt;`, `&#233;`, `&#xE9;`.

/// The character meant by the reference that `bytes` begin with, and the reference's length.
#[inline]
pub(crate) fn decode_reference(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes {
        // In the order of their frequency.  `&#039;` is how MediaWiki writes an apostrophe.
        [b'&', b'#', b'0', b'3', b'9', b';', ..] => Some(('\'', 6)),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some(('"', 6)),
        [b'&', b'l', b't', b';', ..] => Some(('<', 4)),
        [b'&', b'g', b't', b';', ..] => Some(('>', 4)),
        [b'&', b'a', b'm', b'p', b';', ..] => Some(('&', 5)),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => Some(('\'', 6)),
        [b'&', b'#', b'x', digits @ ..] => decode_number(digits, 16).map(|(c, n)| (c, 3 + n)),
        [b'&', b'#', digits @ ..] => decode_number(digits, 10).map(|(c, n)| (c, 2 + n)),
        _ => None,
    }
}

/// Whether `bytes` begin with one of the frequent references.  Does without branches, because
/// which of them comes next cannot be foreseen.
#[inline]
pub(crate) fn is_frequent_reference(bytes: &[u8]) -> bool {
    let Some(word) = bytes.first_chunk() else {
        return false;
    };
    let word = u64::from_le_bytes(*word);
    begins_with(word, b"&#039;")
        | begins_with(word, b"&quot;")
        | begins_with(word, b"&lt;")
        | begins_with(word, b"&gt;")
        | begins_with(word, b"&amp;")
}

/// Whether the low bytes of `word` are those of `reference`.
#[inline]
fn begins_with<const LENGTH: usize>(word: u64, reference: &[u8; LENGTH]) -> bool {
    let mut expected = [0; 8];
    expected[..LENGTH].copy_from_slice(reference);
    let used = (1 << (8 * LENGTH)) - 1;
    word & used == u64::from_le_bytes(expected)
}

/// Longest number looked at, with its semicolon: leading zeros are legal, but not without end.
const NUMBER_MAX_BYTES: usize = 32;

/// The character of a number that ends with a semicolon, and how long both are.
fn decode_number(digits: &[u8], radix: u32) -> Option<(char, usize)> {
    let mut number = 0_u32;
    for (index, byte) in digits.iter().take(NUMBER_MAX_BYTES).enumerate() {
        if *byte == b';' && index > 0 {
            let character = char::from_u32(number).filter(|character| is_xml_char(*character))?;
            return Some((character, index + 1));
        }
        let digit = char::from(*byte).to_digit(radix)?;
        number = number.checked_mul(radix)?.checked_add(digit)?;
    }
    None
}

/// XML 1.0 §2.2, production 2: what a document may hold.
fn is_xml_char(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_references_are_references() {
        for reference in ["&#039;", "&quot;", "&lt;", "&gt;", "&amp;"] {
            let padded = format!("{reference}xxxxxxxx");
            let length = decode_reference(padded.as_bytes()).map(|(_, length)| length);
            assert_eq!(length, Some(reference.len()));
            assert!(is_frequent_reference(padded.as_bytes()), "{reference}");
            for at in 0..reference.len() {
                let mut other = padded.clone().into_bytes();
                other[at] ^= 1;
                assert!(!is_frequent_reference(&other), "{other:?}");
            }
        }
        assert!(
            !is_frequent_reference(b"&lt;"),
            "told by the other function"
        );
    }
}
