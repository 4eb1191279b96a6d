//! The words of statements other than rows.

/// A word of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A bare word or number.
    Word(&'a [u8]),
    /// A name in backquotes, without them.
    Name(String),
    /// A quoted text, as it is written between its quotes.
    Text(&'a [u8]),
    /// Any other byte.
    Symbol(u8),
}

impl Token<'_> {
    /// Whether it is a keyword, in letters of either case.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword.as_bytes()))
    }

    /// The name that it is, in backquotes or not.
    pub(super) fn into_name(self) -> Option<String> {
        match self {
            Token::Name(name) => Some(name),
            Token::Word(word) => Some(String::from_utf8_lossy(word).into_owned()),
            _ => None,
        }
    }
}

/// Walks over a statement.  Ends where it ends, or where a quote or a comment has no end.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    /// Offset behind the last token.
    pub(super) at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Whether more bytes behind those at hand could make the last token another one, or the begin of a
    /// comment.
    pub(super) fn may_go_on(&self, last: &Token<'_>) -> bool {
        let behind = self.bytes.len() - self.at;
        match last {
            Token::Symbol(b'-') => behind < 2,
            _ => behind == 0,
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space and comments.  Of `/*!40101 x */` only the marks are passed over, for
    /// the database reads the rest.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_ascii_start().len();
            self.at += blank;
            let rest = self.rest();
            self.at += match rest {
                [b'/', b'*', b'!', ..] | [b'/', b'*', b'M', b'!', ..] => {
                    let marks = rest.iter().position(|byte| *byte == b'!').unwrap_or(0) + 1;
                    let digits = rest.iter().skip(marks).take_while(|b| b.is_ascii_digit());
                    marks + digits.count()
                }
                [b'*', b'/', ..] => 2,
                [b'/', b'*', ..] => match memchr::memmem::find(rest, b"*/") {
                    Some(end) => end + 2,
                    None => rest.len(),
                },
                [b'-', b'-', b' ' | b'\t' | b'\n', ..] | [b'#', ..] => {
                    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
                }
                _ => return,
            };
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let rest = self.rest();
        let first = *rest.first()?;
        let (token, length) = match first {
            b'`' => {
                let length = quoted_length(rest)?;
                let name = String::from_utf8_lossy(rest.get(1..length - 1)?);
                (Token::Name(name.replace("``", "`")), length)
            }
            b'\'' | b'"' => {
                let length = quoted_length(rest)?;
                (Token::Text(rest.get(1..length - 1)?), length)
            }
            _ if is_of_word(first) => {
                let length = rest.iter().take_while(|byte| is_of_word(**byte)).count();
                (Token::Word(rest.get(..length)?), length)
            }
            _ => (Token::Symbol(first), 1),
        };
        self.at += length;
        Some(token)
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@') || byte >= 0x80
}

/// Length of the quoted thing that `bytes` begin with, quotes included; `None` if it has no end.
pub(super) fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\\'), _) if quote != b'`' => at += 2,
            (Some(b'\\'), _) => at += 1,
            (_, Some(next)) if *next == quote => at += 2,
            _ => return Some(at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_statement() {
        let text = br"/*!40101 SET */ `a``b\`.x='it''s \'so\'', (1) -- rest
            # more
            /* none */ end";
        let tokens: Vec<_> = Tokens::new(text).collect();
        assert_eq!(
            tokens,
            [
                Token::Word(b"SET"),
                Token::Name(r"a`b\".to_owned()),
                Token::Symbol(b'.'),
                Token::Word(b"x"),
                Token::Symbol(b'='),
                Token::Text(br"it''s \'so\'"),
                Token::Symbol(b','),
                Token::Symbol(b'('),
                Token::Word(b"1"),
                Token::Symbol(b')'),
                Token::Word(b"end"),
            ]
        );
    }

    #[test]
    fn what_has_no_end_ends_the_walk() {
        for text in ["a 'b", "a `b", r"a 'b\'", "a /* b"] {
            assert_eq!(Tokens::new(text.as_bytes()).count(), 1, "{text}");
        }
    }
}
