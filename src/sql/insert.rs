//! The head of an `INSERT`: which table, which columns.

use super::tokens::{Token, Tokens};

/// What stands before the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) table: String,
    /// The columns named; `None` where none are, which means all.
    pub(super) columns: Option<Vec<String>>,
    /// Length of the head, `VALUES` included.
    pub(super) bytes: usize,
}

/// What became of reading a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    Whole(Head),
    /// The bytes end within it.
    CutOff,
    Bad(&'static str),
}

/// Reads the head of the `INSERT` or `REPLACE` that `bytes` begin with.
pub(super) fn read_head(bytes: &[u8]) -> Read {
    let mut tokens = Tokens::new(bytes);
    let mut table = None;
    let mut columns = None;
    tokens.next();
    while let Some(token) = tokens.next() {
        if tokens.may_go_on(&token) {
            return Read::CutOff;
        }
        match token {
            Token::Word(_) if token.is("VALUES") || token.is("VALUE") => {
                return match table {
                    Some(table) => Read::Whole(Head {
                        table,
                        columns,
                        bytes: tokens.at,
                    }),
                    None => Read::Bad("an INSERT names no table"),
                };
            }
            Token::Word(_)
                if ["IGNORE", "INTO", "DELAYED"]
                    .iter()
                    .any(|word| token.is(word)) => {}
            // A name behind that of its database takes its place.
            Token::Name(name) => table = Some(name),
            Token::Word(word) if table.is_none() => {
                table = Some(String::from_utf8_lossy(word).into_owned());
            }
            Token::Symbol(b'.') => {}
            Token::Symbol(b'(') if table.is_some() && columns.is_none() => {
                match column_names(&mut tokens) {
                    Ok(names) => columns = Some(names),
                    Err(read) => return read,
                }
            }
            _ => return Read::Bad("an INSERT without VALUES"),
        }
    }
    Read::CutOff
}

/// The names up to the parenthesis.  Tokens end only where the bytes do, or within a quote.
fn column_names(tokens: &mut Tokens<'_>) -> Result<Vec<String>, Read> {
    const BAD: Read = Read::Bad("an INSERT has a list of columns that cannot be read");
    let mut names = Vec::new();
    let mut next = || {
        let token = tokens.next().filter(|token| !tokens.may_go_on(token));
        token.ok_or(Read::CutOff)
    };
    loop {
        names.push(next()?.into_name().ok_or(BAD)?);
        match next()? {
            Token::Symbol(b',') => {}
            Token::Symbol(b')') => return Ok(names),
            _ => return Err(BAD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        for (text, table, columns) in [
            ("INSERT INTO `page` VALUES (1", "page", None),
            ("insert into page values(1", "page", None),
            ("INSERT  IGNORE INTO `w`.`p` VALUES\n(1", "p", None),
            (
                "REPLACE INTO `p` (`a`, b) VALUES (1",
                "p",
                Some(vec!["a", "b"]),
            ),
        ] {
            let Read::Whole(head) = read_head(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!(head.table, table);
            let names = head.columns.as_ref();
            let names = names.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(names, columns);
            assert!(text[..head.bytes].to_ascii_uppercase().ends_with("VALUES"));
            for cut in 7..head.bytes {
                assert_eq!(
                    read_head(&text.as_bytes()[..cut]),
                    Read::CutOff,
                    "{text} {cut}"
                );
            }
        }
        for text in [
            "INSERT INTO `p` SELECT 1",
            "INSERT INTO `p` (1+2) VALUES (1)",
            "INSERT INTO `p` - VALUES (1)",
        ] {
            assert!(matches!(read_head(text.as_bytes()), Read::Bad(_)), "{text}");
        }
        let with_comment = b"INSERT INTO `p` (`a` -- the first\n, `b` /* the last */) VALUES (1";
        assert!(matches!(read_head(with_comment), Read::Whole(_)));
        for cut in 7..with_comment.len() - 3 {
            assert_eq!(read_head(&with_comment[..cut]), Read::CutOff, "{cut}");
        }
    }
}
