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
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut attributes = Self {
            list: [("", ""); MAX_ATTRIBUTES],
            count: 0,
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            let Some(space) = length_while(&bytes[at..], |byte| byte.is_ascii_whitespace()) else {
                return Some(attributes);
            };
            if space == 0 {
                return None;
            }
            let name_begin = at + space;
            let name_end = name_begin + length_while(&bytes[name_begin..], is_in_name)?;
            if name_end == name_begin || !bytes[name_end..].starts_with(b"=\"") {
                return None;
            }
            let value_begin = name_end + 2;
            let value_end = value_begin + length_while(&bytes[value_begin..], is_plain)?;
            if bytes[value_end] != b'"' {
                return None;
            }
            attributes.push(&text[name_begin..name_end], &text[value_begin..value_end])?;
            at = value_end + 1;
        }
    }

    fn push(&mut self, name: &'a str, value: &'a str) -> Option<()> {
        if self.iter().any(|(other, _)| other == name) {
            return None;
        }
        *self.list.get_mut(self.count)? = (name, value);
        self.count += 1;
        Some(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.list[..self.count].iter().copied()
    }
}

/// How many bytes at the begin are of a kind; `None` if all are.
#[inline]
fn length_while(bytes: &[u8], is_of_kind: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.iter().position(|byte| !is_of_kind(*byte))
}

/// Whether a name of the format may have it in it.
#[inline]
fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | (byte == b':') | (byte == b'_') | (byte == b'-')
}

/// Whether it means itself in a value, and does not end it.
#[inline]
fn is_plain(byte: u8) -> bool {
    (byte >= b' ') & (byte != b'&') & (byte != b'<') & (byte != b'"')
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
        let many: String = (0..9).map(|index| format!(" a{index}=\"\"")).collect();
        assert_eq!(read(&many), None);
    }
}
