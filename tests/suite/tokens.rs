//! Tokens: against deltas, whose answers are kept in a file, and against patterns.

use std::io::Read;

use mwparquet::derive::tokens::{Tokenized, Tokenizer};
use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

/// What `scripts/make_expected_tokens.py` kept of deltas' answers.
pub fn answers_of_deltas() -> Vec<Value> {
    let packed = &include_bytes!("tokens/deltas.jsonl.gz")[..];
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut lines)
        .unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn tokens(tokenizer: Tokenizer, text: &str) -> Vec<String> {
    Tokenized::new(tokenizer, text)
        .iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_tokens_of_deltas() {
    let mut checked = 0;
    for answer in answers_of_deltas() {
        let Some(text) = answer["text"].as_str() else {
            continue;
        };
        for (tokenizer, name) in [
            (Tokenizer::Wikitext, "wikitext"),
            (Tokenizer::Text, "text_split"),
        ] {
            let mut begin = 0;
            let expected: Vec<_> = answer[name]
                .as_array()
                .unwrap()
                .iter()
                .map(|end| {
                    let token = &text[begin..end.as_u64().unwrap() as usize];
                    begin += token.len();
                    token
                })
                .collect();
            assert_eq!(tokens(tokenizer, text), expected, "{name} of {text:?}");
            checked += expected.len();
        }
    }
    assert!(checked > 100_000);
}

/// Words by their definition, in the Unicode version of the table.
fn words_by_pattern() -> Regex {
    let ideographs = r"\u{2e80}-\u{2fd5}\u{3041}-\u{3096}\u{30a0}-\u{30ff}\u{31f0}-\u{31ff}\u{3220}-\u{3243}\u{3280}-\u{337f}\u{3400}-\u{4dff}\u{4e00}-\u{9fcc}\u{f900}-\u{faff}\u{ff5f}-\u{ff9f}\u{20000}-\u{230ff}\u{23100}-\u{2a6df}\u{2f800}-\u{2fa1f}";
    let of_word = format!(
        r"[[[\p{{L}}\p{{M}}\p{{N}}\p{{Pc}}&&\p{{Age:14.0}}]\u{{200c}}\u{{200d}}]--[{ideographs}]]"
    );
    Regex::new(&format!(r"(?s){of_word}+|[\s\x1c-\x1f]+|.")).unwrap()
}

#[test]
fn every_character_is_of_a_word_or_is_not() {
    let pattern = words_by_pattern();
    for character in '\0'..=char::MAX {
        // As a letter joins it or does not, it is of a word or not; the same for white space.
        let text = format!("a{character}b {character} ");
        let expected: Vec<_> = pattern
            .find_iter(&text)
            .map(|found| found.as_str())
            .collect();
        assert_eq!(tokens(Tokenizer::Words, &text), expected, "{character:?}");
    }
}

#[test]
fn words_by_example() {
    let of = |text| tokens(Tokenizer::Words, text).join("|");
    assert_eq!(of("[[Rome|old city]]'s"), "[|[|Rome|||old| |city|]|]|'|s");
    assert_eq!(of("x_1  \n\n y"), "x_1|  \n\n |y");
    assert_eq!(of("हिन्दी می\u{200c}خواهم"), "हिन्दी| |می\u{200c}خواهم");
    assert_eq!(of("東京tower"), "東|京|tower");
    assert_eq!(of(""), "");
}

#[test]
fn lines_and_characters_by_example() {
    assert_eq!(tokens(Tokenizer::Lines, "a\n\nb"), ["a\n", "\n", "b"]);
    assert_eq!(tokens(Tokenizer::Lines, "a\n"), ["a\n"]);
    assert_eq!(
        tokens(Tokenizer::Characters, "aé😀\r\n"),
        ["a", "é", "😀", "\r", "\n"]
    );
}

/// A tag that nobody closes must not be searched for its end over and over.
#[test]
fn open_tags_cost_no_more_than_their_bytes() {
    let text = "<a ".repeat(1 << 20);
    let began = std::time::Instant::now();
    assert_eq!(Tokenized::new(Tokenizer::Wikitext, text).len(), 3 << 20);
    assert!(began.elapsed().as_secs() < 10);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn tokens_are_the_whole_text(text in any::<String>(), which in 0..Tokenizer::ALL.len()) {
        let tokenized = Tokenized::new(Tokenizer::ALL[which], text.as_str());
        prop_assert!(tokenized.iter().all(|token| !token.is_empty()));
        prop_assert_eq!(tokenized.iter().collect::<String>(), text);
    }
}
