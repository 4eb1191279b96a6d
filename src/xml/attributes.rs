//! Attributes as MediaWiki spells them: ` name="value"`, and nothing in the value to decode.

/// Few elements have more.
const MAX_ATTRIBUTES: usize = 8;

/// The attributes of an element, by name and value.
#[derive(Debug)]
pub(super) struct UsualAttributes<'a> {
    list: [(&'a str, &'a str); MAX_ATTRIBUTES],
    count: usize,
}

impl<'a> UsualAttributes<'a> {
    /// Reads what stands behind the name in a start tag.  `None` if any attribute is spelt in
    /// another way, legal or not, or comes twice.
    #[inline]
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut attributes = Self {
            list: [("", ""); MAX_ATTRIBUTES],
            count: 0,
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            let name_begin = at + length_while(&bytes[at..], &IS_SPACE);
            if name_begin == bytes.len() {
                return Some(attributes);
            }
            let name_end = name_begin + length_while(&bytes[name_begin..], &IS_IN_NAME);
            if name_begin == at || name_end == name_begin || !bytes[name_end..].starts_with(b"=\"")
            {
                return None;
            }
            let value_begin = name_end + 2;
            let value_end = value_begin + plain_length(&bytes[value_begin..])?;
            if bytes[value_end] != b'"' {
                return None;
            }
            attributes.push(&text[name_begin..name_end], &text[value_begin..value_end])?;
            at = value_end + 1;
        }
    }

    #[inline]
    fn push(&mut self, name: &'a str, value: &'a str) -> Option<()> {
        if self.iter().any(|(other, _)| other == name) {
            return None;
        }
        *self.list.get_mut(self.count)? = (name, value);
        self.count += 1;
        Some(())
    }

    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.list[..self.count].iter().copied()
    }
}

/// Whether each byte is of a kind.
type Kind = [bool; 256];

const IS_SPACE: Kind = {
    let mut kind = [false; 256];
    kind[b' ' as usize] = true;
    kind[b'\t' as usize] = true;
    kind[b'\n' as usize] = true;
    kind[b'\r' as usize] = true;
    kind
};

/// What names of the format are made of.
const IS_IN_NAME: Kind = {
    let mut kind = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let is_alphanumeric = (byte as u8).is_ascii_alphanumeric();
        kind[byte] = is_alphanumeric || matches!(byte as u8, b':' | b'_' | b'-');
        byte += 1;
    }
    kind
};

/// How many bytes at the begin are of a kind.
#[inline]
fn length_while(bytes: &[u8], kind: &Kind) -> usize {
    let end = bytes.iter().position(|byte| !kind[usize::from(*byte)]);
    end.unwrap_or(bytes.len())
}

/// How many bytes at the begin mean themselves in a value, and do not end it; `None` if all do.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> Option<usize> {
    const fn every(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    /// The high bit of the first byte that is zero, perhaps of later bytes, and of none before.
    const fn zero(word: u64) -> u64 {
        word.wrapping_sub(every(1)) & !word & every(0x80)
    }
    let (words, last) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let controls = word.wrapping_sub(every(b' ')) & !word & every(0x80);
        // `"` and `&` differ in this bit alone.
        let quotes = zero((word & !every(b'"' ^ b'&')) ^ every(b'"' & b'&'));
        let ends = controls | quotes | zero(word ^ every(b'<'));
        if ends != 0 {
            return Some(8 * index + ends.trailing_zeros() as usize / 8);
        }
    }
    let is_plain = |byte: &u8| *byte >= b' ' && !matches!(*byte, b'&' | b'<' | b'"');
    let end = last.iter().position(|byte| !is_plain(byte))?;
    Some(8 * words.len() + end)
}

#[cfg(test)]
mod tests {
    use super::UsualAttributes;

    #[test]
    fn usual_and_other_spellings() {
        let read = |text| UsualAttributes::of(text).map(|found| found.iter().collect::<Vec<_>>());
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(
            read(" bytes=\"12\" xml:space=\"preserve\" "),
            Some(vec![("bytes", "12"), ("xml:space", "preserve")])
        );
        for other in [
            " a='1'",
            " a = \"1\"",
            " a=\"1\"b=\"2\"",
            " a=\"1\" a=\"2\"",
            " a=\"&lt;\"",
            " a=\"<\"",
            " a=\"1\n\"",
            " a=\"1",
            " a",
            " =\"1\"",
            " a b=\"1\"",
            " é=\"1\"",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        for (value, is_usual) in [
            ("ogs9ui2udde4o9fhm2rxidqo5lk5pzm", true),
            ("é long value of two words and more", true),
            ("a long value with & in it", false),
            ("a long value with < in it", false),
            ("a long value with \t in it", false),
            ("&", false),
        ] {
            for padding in 0..9 {
                let value = format!("{}{value}", "x".repeat(padding));
                let text = format!(" a=\"{value}\"");
                let found = UsualAttributes::of(&text);
                let found = found.map(|found| found.iter().collect::<Vec<_>>());
                let expected = is_usual.then(|| vec![("a", value.as_str())]);
                assert_eq!(found, expected);
            }
        }
        let many: String = (0..9).map(|index| format!(" a{index}=\"\"")).collect();
        assert_eq!(read(&many), None);
    }
}
