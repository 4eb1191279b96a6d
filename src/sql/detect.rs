//! Telling SQL dumps from all else by their first bytes.

/// So many bytes are enough for [`guess`].
pub const HEAD_BYTES: usize = 64;

/// What the first bytes of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// SQL; whether it is a dump of tables is seen when it is read.
    Sql,
    /// Something else.
    Other,
    /// There are too few bytes to tell.
    TooShort,
}

/// How statements begin that a dump can begin with.
const WORDS: [&[u8]; 10] = [
    b"SET ",
    b"USE ",
    b"DROP ",
    b"CREATE ",
    b"INSERT ",
    b"REPLACE ",
    b"LOCK ",
    b"BEGIN",
    b"START ",
    b"ALTER ",
];

/// Tells by the first bytes: comments or statements of SQL.  No XML begins so.
pub fn guess(head: &[u8]) -> Guess {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    let is_short = text.len() < 8 && head.len() < HEAD_BYTES;
    match text {
        [b'-', b'-', b' ' | b'\t' | b'\r' | b'\n', ..] | [b'/', b'*', ..] => Guess::Sql,
        _ if WORDS.iter().any(|word| begins_with(text, word)) => Guess::Sql,
        _ if is_short => Guess::TooShort,
        _ => Guess::Other,
    }
}

/// Whether `text` begins with `word`, in letters of either case.
pub(super) fn begins_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes() {
        let cases: [(&[u8], Guess); 11] = [
            (b"-- MySQL dump 10.13", Guess::Sql),
            (b"/*M!999999\\- enable the sandbox mode */ \n", Guess::Sql),
            (b"/*!999999\\- enable the sandbox mode */ \n", Guess::Sql),
            (b"\xef\xbb\xbf\n\ncreate table `x` (", Guess::Sql),
            (b"\n\n/", Guess::TooShort),
            (b"", Guess::TooShort),
            (b"<mediawiki xmlns", Guess::Other),
            (b"<!-- SET -->", Guess::Other),
            (b"\xff\xfe<\0m\0e\0d\0", Guess::Other),
            (b"--dashes all along", Guess::Other),
            (b"settle down here", Guess::Other),
        ];
        for (head, expected) in cases {
            assert_eq!(guess(head), expected, "{head:?}");
        }
    }
}
