//! Diffs: what is put together again out of the text before and the operations is the text behind; tokens
//! that follow from those of the text before are the ones that a fresh look finds.

use mwparquet::derive::diff::{Algorithm, Change, Counts, Differ, Op, rebuild};
use mwparquet::derive::tokens::{Tokenized, Tokenizer};

use super::controls::{Controls, text};
use super::tokens::WIKITEXT;

/// Stands between texts; occurs in no UTF-8.
const BETWEEN: u8 = 0xff;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let tokenizer = Tokenizer::ALL[controls.byte() % Tokenizer::ALL.len()];
    let algorithm = Algorithm::ALL[controls.byte() % Algorithm::ALL.len()];
    let Ok(mut differ) = Differ::new(tokenizer, algorithm) else {
        return;
    };
    let texts = controls.rest.split(|byte| *byte == BETWEEN);
    let Some(texts) = texts.map(text).collect::<Option<Vec<_>>>() else {
        return;
    };
    let mut before = Tokenized::default();
    for text in texts {
        before = step(&mut differ, &before, text);
    }
}

/// Goes to the next text, and checks what is told of the way.
fn step(differ: &mut Differ, before: &Tokenized, text: &str) -> Tokenized {
    let (after, diff) = differ.next(before, text.to_owned());
    assert!(
        Tokenized::new(differ.tokenizer(), text)
            .iter()
            .eq(after.iter()),
        "tokens"
    );
    let changes = diff.operations.iter().map(|operation| Change {
        op: operation.op,
        a1: operation.a1,
        a2: operation.a2,
        b1: operation.b1,
        b2: operation.b2,
        text: (operation.op != Op::Equal).then(|| operation.text(before, &after)),
    });
    assert_eq!(rebuild(before, changes).unwrap(), text);
    for operation in diff
        .operations
        .iter()
        .filter(|operation| operation.op == Op::Equal)
    {
        let then = before.range(operation.a1 as usize..operation.a2 as usize);
        assert_eq!(
            then,
            after.range(operation.b1 as usize..operation.b2 as usize)
        );
    }
    let counts = Counts::of(&diff.operations, before, &after);
    let bytes = counts.added.bytes + counts.kept.bytes + counts.moved.bytes;
    assert_eq!(bytes, text.len() as u64);
    after
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut lines: Vec<_> = WIKITEXT.split_inclusive('\n').collect();
    lines.reverse();
    let texts = [
        WIKITEXT.to_owned(),
        lines.concat(),
        String::new(),
        WIKITEXT.replace("town", "village").replace("is a", "was a"),
    ];
    let joined = texts.map(String::into_bytes).join(&BETWEEN);
    let controls =
        (0..5u8).flat_map(|tokenizer| (0..3u8).map(move |algorithm| [tokenizer, algorithm]));
    controls
        .map(|controls| [&controls[..], &joined].concat())
        .collect()
}
