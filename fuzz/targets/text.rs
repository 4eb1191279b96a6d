//! Texts in the spelling of XML, decoded as a plain reader of the standard decodes them.

use bytes::Bytes;
use mwparquet::model::{Decoded, Text, Utf16Room};

use super::controls::{Controls, text};
use super::seeds;

const MOST_BYTES: usize = 20_000;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let control = controls.byte();
    let form = control % 3;
    let Some(raw) = text(controls.rest) else {
        return;
    };
    // Long texts are decoded by other code, many bytes at a time.
    let times = [1, 1, 20, 300][control / 3 % 4];
    let raw = &*raw.repeat(times.min(1 + MOST_BYTES / raw.len().max(1)));
    let (read, expected) = match form {
        0 if !raw.contains('<') => (Text::from_element(raw), decoded(raw, false)),
        1 if !raw.contains(['<', '"']) => (Text::from_attribute(raw), decoded(raw, true)),
        2 => match parts(raw) {
            Some(parts) => (Text::from_mixed_element(raw), mixed(&parts)),
            None => return,
        },
        _ => return,
    };
    let Ok(read) = read else {
        assert_eq!(expected, None, "refused");
        return;
    };
    let expected = expected.expect("a text that is none");
    assert_eq!(read.to_cow(), expected);
    assert_eq!(read.to_string(), expected);
    assert_eq!(read.len_bytes(), expected.len());
    assert_eq!(read.is_empty(), expected.is_empty());
    if let Some(plain) = read.as_plain() {
        assert_eq!(plain, expected);
    }
    let units: Vec<_> =
        read.shared(&Bytes::new(), None)
            .read(&mut Utf16Room::default(), |decoded| match decoded {
                Decoded::Ascii(text) => text.encode_utf16().collect(),
                Decoded::Utf16(units) => {
                    let has_pairs = expected.chars().any(|character| character.len_utf16() > 1);
                    assert_eq!(units.have_pairs, has_pairs);
                    units.all.to_vec()
                }
            });
    assert!(expected.encode_utf16().eq(units));
}

/// A text without sections: line ends as XML 1.0 §2.11 has them, references, white space of attributes.
fn decoded(raw: &str, is_attribute: bool) -> Option<String> {
    let raw = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut text = String::new();
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        match character {
            '&' => {
                let (name, behind) = rest.as_str().split_once(';')?;
                text.push(referred(name)?);
                rest = behind.chars();
            }
            '\n' | '\t' if is_attribute => text.push(' '),
            other => text.push(other),
        }
    }
    Some(text)
}

fn referred(name: &str) -> Option<char> {
    let named = [
        ("lt", '<'),
        ("gt", '>'),
        ("amp", '&'),
        ("apos", '\''),
        ("quot", '"'),
    ];
    if let Some((_, character)) = named.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let number = name.strip_prefix('#')?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // Zeros in front are legal; so many that a reader may refuse them are not worth a rule.
    let is_number = digits.chars().all(|digit| digit.is_digit(radix)) && digits.len() < 32;
    let number = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| is_number)?;
    let is_legal =
        matches!(number, 9 | 10 | 13 | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x10000..=0x10ffff);
    char::from_u32(number).filter(|_| is_legal)
}

enum Part<'t> {
    Text(&'t str),
    Cdata(&'t str),
}

/// What mixed content consists of; none where it holds an element, or a section without end.
fn parts(raw: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let sections = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        let section = sections.iter().find(|(open, _)| rest.starts_with(open));
        let Some((opening, closing)) = section else {
            let end = rest.find('<').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            parts.push(Part::Text(&rest[..end]));
            rest = &rest[end..];
            continue;
        };
        let (inside, behind) = rest[opening.len()..].split_once(closing)?;
        if *opening == "<![CDATA[" {
            parts.push(Part::Cdata(inside));
        }
        rest = behind;
    }
    Some(parts)
}

fn mixed(parts: &[Part<'_>]) -> Option<String> {
    let texts = parts.iter().map(|part| match part {
        Part::Text(text) => decoded(text, false),
        Part::Cdata(text) => Some(text.replace("\r\n", "\n").replace('\r', "\n")),
    });
    texts.collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "a &amp; b &lt;c&gt; &quot;d&quot; &#039;e&#039;\r\nf\rg",
        "&#x1F600;&#233;&#0065; tab\tline\n&#10;&#13;",
        "a<!-- & <x> -->b<![CDATA[<&amp;>\r\n]]>&lt;<?p & ?>c",
        "&nbsp; &amp &#; &#x; &#xD800; &#1114112; &",
    ];
    let all = texts
        .iter()
        .flat_map(|text| (0..12).map(|control| [&[control], text.as_bytes()].concat()));
    let files = seeds::samples("", &["references.xml", "carriage-returns.xml"]);
    all.chain(seeds::with_controls(&[&[0], &[1], &[2]], files))
        .collect()
}
