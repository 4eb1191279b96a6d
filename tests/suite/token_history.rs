//! Histories of tokens against a slow model that keeps all texts as lists of tokens.

use std::collections::BTreeMap;

use mwparquet::derive::Facts;
use mwparquet::derive::diff::Algorithm;
use mwparquet::derive::identity::{Change, Versions};
use mwparquet::derive::token_history::{Token, TokenHistory};
use mwparquet::model::{Contributor, Revision, Text};
use proptest::prelude::*;

use super::persistence::{Made, NAMES, changes, history, pages};

/// What is told of a token: text, origin, its user, the last revision that has it, revisions survived,
/// those that removed it and that brought it back, whether it is there at the end.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    text: String,
    origin: i64,
    user: Option<String>,
    last: i64,
    survived: u64,
    removed_by: Vec<i64>,
    returned_by: Vec<i64>,
    is_in_last: bool,
}

/// Ids that are no numbers of revisions.
fn id_of(number: usize) -> i64 {
    100 + 3 * number as i64
}

fn found(
    page: &[Made],
    changes: &[Option<Change>],
    revert_radius: usize,
    changes_bytes: usize,
) -> BTreeMap<u64, (Told, u64, u64, bool)> {
    let mut told = BTreeMap::new();
    let mut tell = |token: &Token<'_>| {
        let before = told.insert(
            token.number,
            (
                Told {
                    text: token.text.to_owned(),
                    origin: token.origin.revision_id.unwrap(),
                    user: token.origin.user_text.as_deref().map(str::to_owned),
                    last: token.last_revision_id.unwrap(),
                    survived: token.revisions_survived,
                    removed_by: token.removed_by.to_vec(),
                    returned_by: token.returned_by.to_vec(),
                    is_in_last: token.is_in_last,
                },
                token.removed_count,
                token.returned_count,
                token.is_cut,
            ),
        );
        assert!(before.is_none(), "told twice: {token:?}");
        Ok(())
    };
    let mut versions = Versions::new(revert_radius);
    let mut state = TokenHistory::new(revert_radius, changes_bytes);
    for (number, ((_, user, _), change)) in page.iter().zip(changes).enumerate() {
        let Some(change) = change else { continue };
        let revision = Revision {
            id: Some(id_of(number)),
            contributor: Contributor {
                is_visible: *user > 0,
                name: Some(Text::plain(NAMES[*user])),
                ..Contributor::default()
            },
            ..Revision::default()
        };
        let mut facts = Facts::default();
        facts.push(&revision, true, true);
        let moved = versions.push(change);
        state
            .push(facts.get(0).unwrap(), moved, &change.inserted, &mut tell)
            .unwrap();
    }
    state.finish(&mut tell).unwrap();
    told
}

/// What the model says, by number of the token.
fn expected(
    page: &[Made],
    changes: &[Option<Change>],
    revert_radius: usize,
) -> BTreeMap<u64, Told> {
    let known = history(page, changes, revert_radius);
    // Which revisions of the page these are.
    let numbers: Vec<_> = (0..page.len())
        .filter(|at| changes[*at].is_some())
        .collect();
    let mut tokens = BTreeMap::new();
    for (at, own) in known.iter().enumerate() {
        let inserted = &changes[numbers[at]].as_ref().unwrap().inserted;
        for (token, text) in own.added.iter().zip(inserted.iter()) {
            let has_it: Vec<_> = known.iter().map(|one| one.tokens.contains(token)).collect();
            let becomes = |is_there: bool| -> Vec<i64> {
                (at + 1..known.len())
                    .filter(|now| has_it[now - 1] != is_there && has_it[*now] == is_there)
                    .map(|now| id_of(numbers[now]))
                    .collect()
            };
            let user = page[numbers[at]].1;
            tokens.insert(
                *token as u64,
                Told {
                    text: text.to_owned(),
                    origin: id_of(numbers[at]),
                    user: (user > 0).then(|| NAMES[user].to_owned()),
                    last: id_of(numbers[has_it.iter().rposition(|has| *has).unwrap()]),
                    survived: has_it.iter().filter(|has| **has).count() as u64 - 1,
                    removed_by: becomes(false),
                    returned_by: becomes(true),
                    is_in_last: *has_it.last().unwrap(),
                },
            );
        }
    }
    tokens
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn as_the_words_say(
        page in pages(),
        revert_radius in 1..8_usize,
        segments in any::<bool>(),
    ) {
        let algorithm = if segments { Algorithm::Segments } else { Algorithm::Histogram };
        let changes = changes(&page, algorithm);
        let found = found(&page, &changes, revert_radius, 1 << 20);
        let expected = expected(&page, &changes, revert_radius);
        prop_assert_eq!(found.len(), expected.len());
        for ((number, (told, removed, returned, is_cut)), (token, expected)) in found.iter().zip(&expected) {
            prop_assert_eq!(number, token);
            prop_assert_eq!(told, expected);
            prop_assert_eq!(*removed, expected.removed_by.len() as u64);
            prop_assert_eq!(*returned, expected.returned_by.len() as u64);
            prop_assert!(!is_cut);
        }
    }

    #[test]
    fn without_room_lists_are_cut_and_counts_are_right(page in pages(), room in 0..12_usize) {
        let changes = changes(&page, Algorithm::Histogram);
        let found = found(&page, &changes, 15, room * 48);
        let expected = expected(&page, &changes, 15);
        for ((told, removed, returned, is_cut), expected) in found.values().zip(expected.values()) {
            prop_assert_eq!(*removed, expected.removed_by.len() as u64);
            prop_assert_eq!(*returned, expected.returned_by.len() as u64);
            prop_assert!(expected.removed_by.starts_with(&told.removed_by));
            prop_assert!(expected.returned_by.starts_with(&told.returned_by));
            let all = told.removed_by == expected.removed_by && told.returned_by == expected.returned_by;
            prop_assert_eq!(*is_cut, !all);
        }
    }
}

#[test]
fn an_example_to_check_by_hand() {
    // "one two", "one three" by somebody else, "one two" again: the revert brings "two" back.
    let page = [
        (Some(vec![0, 1]), 1, 0),
        (Some(vec![0, 2]), 2, 100),
        (Some(vec![0, 1]), 1, 10),
    ];
    let changes = changes(&page, Algorithm::Histogram);
    let found = found(&page, &changes, 15, 1 << 20);
    let lines: Vec<_> = found
        .iter()
        .map(|(number, (told, ..))| {
            let Told {
                text,
                origin,
                last,
                survived,
                removed_by,
                returned_by,
                ..
            } = told;
            (
                *number,
                &text[..],
                *origin,
                *last,
                *survived,
                &removed_by[..],
                &returned_by[..],
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (0, "one", 100, 106, 2, &[][..], &[][..]),
            (1, " ", 100, 106, 2, &[], &[]),
            (2, "two", 100, 106, 1, &[103], &[106]),
            (3, "three", 103, 103, 0, &[106], &[]),
        ]
    );
}
