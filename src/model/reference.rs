//! References: `&lt;`, `&#233;`, `&#xE9;`.

/// The character meant by the reference that `bytes` begin with, and the reference's length.
#[inline(always)]
pub(crate) fn decode_reference(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes {
        // In the order of their frequency.  `&#039;` is how MediaWiki writes an apostrophe.
        [b'&', b'#', b'0', b'3', b'9', b';', ..] => Some(('\'', 6)),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some(('"', 6)),
        [b'&', b'l', b't', b';', ..] => Some(('<', 4)),
        [b'&', b'g', b't', b';', ..] => Some(('>', 4)),
        [b'&', b'a', b'm', b'p', b';', ..] => Some(('&', 5)),
        _ => decode_rare(bytes),
    }
}

/// By itself, so that what is frequent becomes a part of the loops that look for references.
#[inline(never)]
fn decode_rare(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes {
        [b'&', b'a', b'p', b'o', b's', b';', ..] => Some(('\'', 6)),
        [b'&', b'#', b'x', digits @ ..] => decode_number(digits, 16).map(|(c, n)| (c, 3 + n)),
        [b'&', b'#', digits @ ..] => decode_number(digits, 10).map(|(c, n)| (c, 2 + n)),
        _ => None,
    }
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
