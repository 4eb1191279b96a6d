//! What wikiq measures of tokens, against a slow model that knows each token of each text.

use mwparquet::derive::Facts;
use mwparquet::derive::diff::Op;
use mwparquet::derive::token_revisions::{TokenMatching, TokenRevisions, TokenRevisionsState};
use mwparquet::model::Revision;
use proptest::prelude::*;

use crate::persistence::{Made, changes, history, pages};

const RADIUS: usize = 7;

fn check(page: &[Made], matching: TokenMatching) {
    let changes = changes(page, matching.algorithm());
    let mut state = TokenRevisionsState::default();
    let mut told = Vec::new();
    let mut facts = Facts::default();
    facts.push(&Revision::default(), true, true);
    for change in &changes {
        let fact = facts.get(0).unwrap();
        state.push(fact, change.as_ref(), &mut |found| told.push(found));
    }
    state.finish(&mut |found| told.push(found));
    assert_eq!(told.len(), page.len());
    let known = history(page, &changes, RADIUS);
    let mut number = 0;
    for (change, found) in changes.iter().zip(told) {
        let Some(change) = change else {
            assert_eq!(found, None);
            continue;
        };
        let (own, later) = (&known[number], &known[number + 1..]);
        let later = &later[..later.len().min(RADIUS - 1)];
        let has = |token: &&usize| {
            later
                .iter()
                .filter(|one| one.tokens.contains(token))
                .count()
        };
        let deleted = change
            .operations
            .iter()
            .filter(|made| made.op == Op::Delete);
        let deleted: usize = deleted.map(|made| made.tokens()).sum();
        // A text that comes back is one of the last, with others between.
        let last = known[..number].iter().rev().take(RADIUS + 1);
        let place = last.clone().position(|one| one.sha1() == own.sha1());
        let is_revert = place.is_some_and(|place| place > 0);
        let expected = TokenRevisions {
            token_revs: own.added.iter().map(|token| has(&token) as u32).sum(),
            added: own.added.len() as u32,
            removed: if is_revert { 0 } else { deleted as u32 },
            window: later.len() as u32,
        };
        assert_eq!(found, Some(expected));
        number += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn as_the_words_say(page in pages(), segment in any::<bool>()) {
        check(&page, if segment { TokenMatching::Segment } else { TokenMatching::Sequence });
    }
}
