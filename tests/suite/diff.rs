//! Diffs: always right, as short as those of whole texts, and bounded.

use std::time::{Duration, Instant};

use mwparquet::derive::diff::{Algorithm, Change, Counts, Diff, Differ, Op, rebuild};
use mwparquet::derive::tokens::{Tokenized, Tokenizer};
use proptest::prelude::*;

use crate::tokens::answers_of_deltas;

/// All pairs that go together.
fn differs() -> impl Iterator<Item = Differ> {
    Tokenizer::ALL.into_iter().flat_map(|tokenizer| {
        Algorithm::ALL
            .into_iter()
            .filter_map(move |algorithm| Differ::new(tokenizer, algorithm).ok())
    })
}

fn changes<'t>(
    diff: &'t Diff,
    before: &'t Tokenized,
    after: &'t Tokenized,
) -> impl Iterator<Item = Change<'t>> {
    diff.operations.iter().map(|operation| Change {
        op: operation.op,
        a1: operation.a1,
        a2: operation.a2,
        b1: operation.b1,
        b2: operation.b2,
        text: (operation.op != Op::Equal).then(|| operation.text(before, after)),
    })
}

/// Goes from text to text and checks each step by definition.  Gives how many tokens were inserted
/// or deleted.
fn walk(differ: &mut Differ, texts: &[&str]) -> usize {
    let mut before = Tokenized::default();
    let mut changed = 0;
    for text in texts {
        let (after, diff) = differ.next(&before, (*text).to_owned());
        let fresh = Tokenized::new(differ.tokenizer(), *text);
        assert!(
            fresh.iter().eq(after.iter()),
            "{differ:?}: tokens of {text:?}"
        );
        assert_eq!(
            rebuild(&before, changes(&diff, &before, &after)).unwrap(),
            *text
        );
        for operation in &diff.operations {
            let a = before.range(operation.a1 as usize..operation.a2 as usize);
            let b = after.range(operation.b1 as usize..operation.b2 as usize);
            match operation.op {
                Op::Equal => assert!(a == b && !a.is_empty()),
                Op::Insert => assert!(a.is_empty() && !b.is_empty()),
                Op::Delete => assert!(!a.is_empty() && b.is_empty()),
            }
            if operation.op != Op::Equal {
                changed += operation.tokens();
            }
        }
        let counts = Counts::of(&diff.operations, &before, &after);
        let of_after = counts.added.tokens + counts.kept.tokens + counts.moved.tokens;
        assert_eq!(of_after, after.len() as u64);
        let of_after = counts.added.bytes + counts.kept.bytes + counts.moved.bytes;
        assert_eq!(of_after, text.len() as u64);
        before = after;
    }
    changed
}

fn operations(differ: &mut Differ, before: &str, after: &str) -> Vec<(Op, String)> {
    let before = Tokenized::new(differ.tokenizer(), before);
    let (after, diff) = differ.next(&before, after.to_owned());
    assert!(!diff.is_limited);
    diff.operations
        .iter()
        .map(|operation| (operation.op, operation.text(&before, &after).to_owned()))
        .collect()
}

fn told(expected: &[(Op, &str)]) -> Vec<(Op, String)> {
    expected
        .iter()
        .map(|(op, text)| (*op, (*text).to_owned()))
        .collect()
}

#[test]
fn by_example() {
    let mut differ = Differ::new(Tokenizer::Words, Algorithm::Histogram).unwrap();
    assert_eq!(
        operations(&mut differ, "a red house", "a green house, old"),
        told(&[
            (Op::Equal, "a "),
            (Op::Delete, "red"),
            (Op::Insert, "green"),
            (Op::Equal, " house"),
            (Op::Insert, ", old"),
        ])
    );
    assert_eq!(operations(&mut differ, "", ""), []);
    assert_eq!(
        operations(&mut differ, "same", "same"),
        told(&[(Op::Equal, "same")])
    );
    assert_eq!(
        operations(&mut differ, "gone", ""),
        told(&[(Op::Delete, "gone")])
    );
}

#[test]
fn a_moved_sentence_is_no_new_one() {
    let (first, second) = ("This is some text.", "This is some other text.");
    let mut differ = Differ::new(Tokenizer::Text, Algorithm::Segments).unwrap();
    let before = Tokenized::new(Tokenizer::Text, format!("{first}  {second}"));
    let (after, diff) = differ.next(&before, format!("{second}  {first}"));
    let counts = Counts::of(&diff.operations, &before, &after);
    assert_eq!((counts.added.bytes, counts.removed.bytes), (2, 2));
    // The longer of the two counts as kept.
    assert_eq!((counts.kept.bytes, counts.moved.bytes), (24, 18));
}

#[test]
fn segments_need_words() {
    let error = Differ::new(Tokenizer::Lines, Algorithm::Segments).unwrap_err();
    assert_eq!(
        error.message(),
        "segments are made of words: the tokenizer lines does not know them; expected words, wikitext or text"
    );
}

/// What deltas' SegmentMatcher finds where paragraphs and sentences were moved about.
#[test]
fn segments_change_no_more_than_those_of_deltas() {
    let mut differ = Differ::new(Tokenizer::Wikitext, Algorithm::Segments).unwrap();
    let (mut ours, mut theirs, mut cases, mut same) = (0, 0, 0, 0);
    for answer in answers_of_deltas() {
        let (Some(old), Some(new)) = (answer["before"].as_str(), answer["after"].as_str()) else {
            continue;
        };
        ours += walk(&mut differ, &[old, new]) - Tokenized::new(Tokenizer::Wikitext, old).len();
        let before = Tokenized::new(Tokenizer::Wikitext, old);
        let (_, diff) = differ.next(&before, new.to_owned());
        let expected: Vec<_> = answer["operations"].as_array().unwrap().iter().collect();
        for operation in &expected {
            let number = |index: usize| operation[index].as_u64().unwrap() as usize;
            if operation[0] != "equal" {
                theirs += number(2) - number(1) + number(4) - number(3);
            }
        }
        let told = diff.operations.iter().map(|operation| {
            serde_json::json!([
                operation.op.name(),
                operation.a1,
                operation.a2,
                operation.b1,
                operation.b2
            ])
        });
        same += usize::from(told.eq(expected.into_iter().cloned()));
        cases += 1;
    }
    assert_eq!(cases, 150);
    assert!(ours <= theirs, "{ours} against {theirs}");
    // Where several shortest ways exist, each program has its own.
    assert!(same * 3 >= cases, "{same} of {cases}");
}

/// Real edits, in the largest sample.
fn sample_texts() -> Vec<String> {
    answers_of_deltas()
        .iter()
        .filter_map(|answer| answer["text"].as_str().map(str::to_owned))
        .filter(|text| text.len() > 500)
        .collect()
}

#[test]
fn each_text_after_each_other() {
    let texts = sample_texts();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    assert!(texts.len() > 20);
    for mut differ in differs() {
        walk(&mut differ, &texts);
    }
}

/// From coarse to fine is not longer than token by token, over all.
#[test]
fn as_short_as_diffs_of_whole_texts() {
    let mut differ = Differ::new(Tokenizer::Words, Algorithm::Histogram).unwrap();
    let texts = edited(&sample_texts());
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let ours = walk(&mut differ, &texts);
    let mut whole = 0;
    let mut before = Tokenized::default();
    for text in texts {
        let after = Tokenized::new(Tokenizer::Words, text);
        let mut input = imara_diff::InternedInput::default();
        input.update_before(before.iter());
        input.update_after(after.iter());
        let diff = imara_diff::Diff::compute(imara_diff::Algorithm::Histogram, &input);
        whole += (diff.count_additions() + diff.count_removals()) as usize;
        drop(input);
        before = after;
    }
    assert!(ours * 100 <= whole * 102, "{ours} against {whole}");
}

/// Versions of each text: words replaced, lines doubled and taken away.
fn edited(texts: &[String]) -> Vec<String> {
    let mut versions = Vec::new();
    for text in texts {
        let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
        versions.push(text.clone());
        for step in 0..6 {
            let at = (step * 7 + 3) % lines.len();
            lines[at] = lines[at].replace(['e', 't'], "y");
            let doubled = lines[(at * 3) % lines.len()].clone();
            lines.insert((at * 5) % lines.len(), doubled);
            if step % 2 == 1 {
                lines.remove((at * 11) % lines.len());
            }
            versions.push(lines.concat());
        }
    }
    versions
}

/// Texts that cost quadratic time where nothing bounds it.
fn hard_pairs() -> Vec<(&'static str, String, String)> {
    let size_bytes = 1 << 19;
    let repeated = |piece: &str| piece.repeat(size_bytes / piece.len());
    let numbers = |step: u64| -> String {
        (0..size_bytes as u64 / 8)
            .map(|index| format!("{};", index * step % 262_139))
            .collect()
    };
    let two = |shift: u32| -> String {
        let bit = |index: u32| index.wrapping_mul(2_654_435_761).rotate_left(shift) & 1;
        (0..size_bytes as u32 / 2)
            .map(|index| if bit(index) == 0 { "a " } else { "b " })
            .collect()
    };
    let minified = |name: &str| -> String {
        (0..size_bytes / 40)
            .map(|index| {
                format!(
                    "function {name}{}(a,b){{return a*b+{}}};",
                    index % 977,
                    index % 31
                )
            })
            .collect()
    };
    vec![
        ("one word", repeated("a "), repeated("a ") + "a a a b a"),
        ("two words", two(3), two(19)),
        (
            "one line",
            repeated("lorem ipsum dolor "),
            repeated("ipsum dolor lorem sit "),
        ),
        ("in another order", numbers(1), numbers(7919)),
        ("minified", minified("f"), minified("g")),
        ("nothing common", repeated("a b c "), repeated("x y z ")),
        ("chain", chain(12_000, false), chain(12_000, true)),
    ]
}

/// Words of which, whenever the last is matched, the one before it becomes rare.
fn chain(length: usize, is_later: bool) -> String {
    (0..length)
        .map(|index| match is_later {
            false => format!("w{index} w{} x{index} ", index + 1),
            true => format!("w{index} y{index} "),
        })
        .collect()
}

#[test]
fn hard_texts_take_bounded_time() {
    for (name, before, after) in hard_pairs() {
        for mut differ in differs() {
            let before = Tokenized::new(differ.tokenizer(), before.as_str());
            let began = Instant::now();
            let (after, diff) = differ.next(&before, after.clone());
            let took = began.elapsed();
            // Builds without optimisation are an order slower.
            let bound = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 10 });
            assert!(took < bound, "{name}, {:?}: {took:?}", differ.tokenizer());
            let rebuilt = rebuild(&before, changes(&diff, &before, &after)).unwrap();
            assert!(rebuilt == after.text(), "{name}");
        }
    }
}

#[test]
fn what_is_given_up_is_told() {
    let (_, before, after) = hard_pairs().swap_remove(1);
    let mut differ = Differ::new(Tokenizer::Words, Algorithm::Histogram).unwrap();
    let before = Tokenized::new(Tokenizer::Words, before);
    assert!(differ.next(&before, after).1.is_limited);
    assert!(!differ.next(&before, before.text().to_owned()).1.is_limited);
}

#[test]
fn operations_that_do_not_fit_are_refused() {
    let before = Tokenized::new(Tokenizer::Words, "a b");
    let change = |op, a1, a2, text| Change {
        op,
        a1,
        a2,
        b1: 0,
        b2: 1,
        text,
    };
    for (change, message) in [
        (
            change(Op::Equal, 2, 4, None),
            "the operation equal of tokens 2 to 4 into 0 to 1 lies outside the texts",
        ),
        (
            change(Op::Insert, 0, 0, None),
            "the operation insert of tokens 0 to 0 into 0 to 1 has no text",
        ),
        (
            change(Op::Delete, 0, 1, Some("b")),
            "the operation delete of tokens 0 to 1 into 0 to 1 has another text than the revision before",
        ),
    ] {
        assert_eq!(rebuild(&before, [change]).unwrap_err().message(), message);
    }
}

/// Texts of few pieces, so that they have much in common.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "word",
        "other",
        " ",
        "  ",
        "\n",
        "\n\n",
        ". ",
        "<ref ",
        ">",
        "<b>",
        "</ref>",
        "'",
        "''",
        "http://",
        "漢",
        "é",
        "\r",
        "\r\n",
        "[[",
        "]]",
        "{|",
        "|}",
        "&amp;",
        "&",
        "1",
        "A sentence of words. ",
        "Another one, with more of them! ",
        "\n\nA paragraph.\n\n",
    ]);
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_texts_in_a_row(first in text(), second in text(), cut in any::<prop::sample::Index>(), with in text()) {
        let mut at = cut.index(first.len() + 1);
        while !first.is_char_boundary(at) {
            at -= 1;
        }
        let third = format!("{}{with}{}", &first[..at], &first[at..]);
        for mut differ in differs() {
            walk(&mut differ, &[&first, &third, &first, &second, &third]);
        }
    }
}
