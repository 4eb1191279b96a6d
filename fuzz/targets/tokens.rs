//! Tokens: those of a text, one behind the other, are the text, whatever the tokenizer.

use mwparquet::derive::tokens::{Tokenized, Tokenizer};

use super::controls::text;
use super::seeds;

pub fn check(data: &[u8]) {
    let Some(text) = text(data) else {
        return;
    };
    for tokenizer in Tokenizer::ALL {
        let tokens = Tokenized::new(tokenizer, text);
        assert!(
            tokens.iter().all(|token| !token.is_empty()),
            "{tokenizer:?}"
        );
        let joined: String = tokens.iter().collect();
        assert_eq!(joined, text, "{tokenizer:?}");
    }
    let characters = Tokenized::new(Tokenizer::Characters, text);
    assert_eq!(characters.len(), text.chars().count());
    let lines = Tokenized::new(Tokenizer::Lines, text);
    assert!(lines.iter().eq(text.split_inclusive('\n')));
}

/// Wikitext in which most kinds of tokens occur.
pub const WIKITEXT: &str = "== Nordholm ==\n'''Nordholm''' is a [[town|small town]] in {{country|x=1}}; see \
    https://example.org/a?b=c&d#e and <ref name=\"a\">[mailto:x@example.org mail]</ref><!-- no -->\n\n\
    * 12.5 % of 3,000 &nbsp;people\u{a0}live\u{2009}there\r\n{| class=\"a\"\n|-\n! h || 東京都 ひらがな カタカナ\n|}\n\
    日本語。ไทย naïve e\u{301}t\u{e9} \u{200d}😀 [[Category:Towns]]\n__NOTOC__ ~~~~ ''a'' ---- \u{85}\u{2028}x";

pub fn seeds() -> Vec<Vec<u8>> {
    let pieces = WIKITEXT.split('\n').map(|line| line.as_bytes().to_vec());
    let files = seeds::samples("", &["odd-characters.xml", "slots.xml"]);
    pieces
        .chain([WIKITEXT.as_bytes().to_vec()])
        .chain(files)
        .collect()
}
