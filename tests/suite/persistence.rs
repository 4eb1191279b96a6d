//! Persistence of tokens against a slow model that keeps a list of revisions for every token.

use std::collections::BTreeSet;

use mwparquet::derive::diff::{Algorithm, Differ, Op, Operation};
use mwparquet::derive::identity::{Change, Kept, Versions};
use mwparquet::derive::persistence::{Persistence, PersistenceOptions, PersistenceState};
use mwparquet::derive::tokens::{Tokenized, Tokenizer};
use mwparquet::derive::{Facts, Sha1};
use mwparquet::model::{Contributor, Revision, Text, Timestamp};
use proptest::prelude::*;

/// A revision: words of its text (`None`: not known), user (0: hidden), seconds since the one before.
pub(super) type Made = (Option<Vec<u8>>, usize, i64);

pub(super) const NAMES: [&str; 4] = ["", "Ann", "Bob", "192.0.2.7"];
const WORDS: [&str; 6] = ["one", "two", "three", "four.", "five\n\n", "six"];

fn text_of(words: &[u8]) -> String {
    let words = words.iter().map(|word| WORDS[usize::from(*word)]);
    words.collect::<Vec<_>>().join(" ")
}

/// Few texts, so that many come back.
pub(super) fn pages() -> impl Strategy<Value = Vec<Made>> {
    let texts = prop::collection::vec(prop::collection::vec(0..6_u8, 0..14), 1..8);
    texts.prop_flat_map(|texts| {
        let text = prop_oneof![9 => prop::sample::select(texts).prop_map(Some), 1 => Just(None)];
        prop::collection::vec((text, 0..4_usize, -20..200_i64), 0..40)
    })
}

/// What the table takes, with the operations of each known revision.
pub(super) fn changes(page: &[Made], algorithm: Algorithm) -> Vec<Option<Change>> {
    let mut differ = Differ::new(Tokenizer::Wikitext, algorithm).unwrap();
    let mut before = Tokenized::default();
    page.iter()
        .map(|(words, _, _)| {
            let text = text_of(words.as_ref()?);
            let sha1 = Sha1::of_text(Text::plain(&text));
            let (after, diff) = differ.next(&before, text);
            let change = Change::new(sha1, diff.operations, &before, &after, Kept::Inserted);
            before = after;
            Some(change)
        })
        .collect()
}

fn found(
    page: &[Made],
    changes: &[Option<Change>],
    revert_radius: usize,
    options: PersistenceOptions,
    sunset: Option<i64>,
) -> Vec<Option<Persistence>> {
    let mut versions = Versions::new(revert_radius);
    let mut state = PersistenceState::new(options);
    let mut told = Vec::new();
    let mut seconds = 1_000_000_000;
    for ((_, user, since), change) in page.iter().zip(changes) {
        seconds += since;
        let revision = Revision {
            timestamp: Timestamp::from_seconds(seconds),
            contributor: Contributor {
                is_visible: *user > 0,
                name: Some(Text::plain(NAMES[*user])),
                ..Contributor::default()
            },
            ..Revision::default()
        };
        let mut facts = Facts::default();
        facts.push(&revision, true, true);
        let moved = change.as_ref().map(|change| versions.push(change));
        state.push(facts.get(0).unwrap(), moved.as_ref(), &mut |measures| {
            told.push(measures)
        });
    }
    state.finish(sunset, &mut |measures| told.push(measures));
    told
}

/// A revision whose text is known, as the model sees it.
pub(super) struct Known<'p> {
    change: &'p Change,
    user: usize,
    seconds: i64,
    /// Its tokens, and those of them that it added.
    pub(super) tokens: Vec<usize>,
    pub(super) added: BTreeSet<usize>,
}

impl Known<'_> {
    /// The checksum of its text.
    pub(super) fn sha1(&self) -> Sha1 {
        self.change.sha1
    }
}

/// All revisions that have known texts, with tokens as numbers that are never used twice.
pub(super) fn history<'p>(
    page: &[Made],
    changes: &'p [Option<Change>],
    radius: usize,
) -> Vec<Known<'p>> {
    let mut known: Vec<Known<'_>> = Vec::new();
    let mut next_token = 0;
    let mut seconds = 1_000_000_000;
    for ((_, user, since), change) in page.iter().zip(changes) {
        seconds += since;
        let Some(change) = change else { continue };
        let equal = known
            .iter()
            .rposition(|other| other.change.sha1 == change.sha1);
        let is_revert = |at: &usize| (1..=radius).contains(&(known.len() - at - 1));
        let mut added = BTreeSet::new();
        let tokens = match equal.filter(is_revert) {
            Some(at) => known[at].tokens.clone(),
            None => {
                let before = known.last().map_or(Vec::new(), |last| last.tokens.clone());
                let mut tokens = Vec::new();
                for Operation { op, a1, a2, b1, b2 } in &change.operations {
                    match op {
                        Op::Equal => tokens.extend(&before[*a1 as usize..*a2 as usize]),
                        Op::Insert => {
                            for _ in *b1..*b2 {
                                tokens.push(next_token);
                                added.insert(next_token);
                                next_token += 1;
                            }
                        }
                        Op::Delete => {}
                    }
                }
                tokens
            }
        };
        known.push(Known {
            change,
            user: *user,
            seconds,
            tokens,
            added,
        });
    }
    known
}

/// The measures of one of them, from the words.
fn measure(
    known: &[Known<'_>],
    number: usize,
    options: PersistenceOptions,
    sunset: Option<i64>,
) -> Persistence {
    let own = &known[number];
    let last = known.len() - 1;
    let end = (number + options.window).min(last);
    let is_self = |other: &Known<'_>| own.user > 0 && own.user == other.user;
    let sunset = sunset.unwrap_or(known[last].seconds);
    let seen_until = |number: usize| known.get(number + 1).map_or(sunset, |next| next.seconds);
    // Of a full window the last revision ends time, of others the sunset.
    let is_full = number + options.window <= last;
    let time_ends = if is_full { known[end].seconds } else { sunset };
    let seconds_possible = (time_ends - own.seconds).max(0);
    let later = &known[number + 1..=end];
    let others = later.iter().filter(|other| !is_self(other)).count() as u32;
    let mut all = Persistence {
        revisions_processed: later.len() as u32,
        non_self_processed: Some(others),
        seconds_possible,
        tokens_added: own.added.len() as u64,
        persistent_tokens: 0,
        non_self_persistent_tokens: Some(0),
        sum_persisted: 0,
        sum_log_persisted: 0.0,
        sum_log_non_self_persisted: Some(0.0),
        sum_log_seconds_visible: 0.0,
        is_censored: false,
        is_non_self_censored: Some(false),
    };
    let (mut non_self_persistent, mut log_non_self) = (0, 0.0);
    let mut non_self_censored = false;
    for token in &own.added {
        let has_it: Vec<_> = (number..=end)
            .filter(|other| known[*other].tokens.contains(token))
            .collect();
        let seconds: i64 = has_it
            .iter()
            .map(|other| (seen_until(*other) - known[*other].seconds).max(0))
            .sum();
        let persisted = has_it.len() as u32 - 1;
        let non_self = has_it[1..]
            .iter()
            .filter(|other| !is_self(&known[**other]))
            .count() as u32;
        all.sum_persisted += u64::from(persisted);
        all.sum_log_persisted += f64::from(persisted + 1).ln();
        log_non_self += f64::from(non_self + 1).ln();
        all.sum_log_seconds_visible += (seconds as f64 + 1.0).ln();
        if seconds >= options.min_seconds {
            all.persistent_tokens += 1;
            non_self_persistent += 1;
            continue;
        }
        all.persistent_tokens += u64::from(persisted >= options.min_revisions);
        non_self_persistent += u64::from(non_self >= options.min_revisions);
        let is_short = seconds_possible < options.min_seconds;
        all.is_censored |= is_short || all.revisions_processed < options.min_revisions;
        non_self_censored |= is_short || others < options.min_revisions;
    }
    let is_known = own.user > 0;
    all.non_self_processed = is_known.then_some(others);
    all.non_self_persistent_tokens = is_known.then_some(non_self_persistent);
    all.sum_log_non_self_persisted = is_known.then_some(log_non_self);
    all.is_non_self_censored = is_known.then_some(non_self_censored);
    all
}

/// Sums of logarithms differ in their last digits, for they are added in another order.
fn rounded(mut measures: Persistence) -> Persistence {
    let round = |number: f64| (number * 1e6).round() / 1e6;
    measures.sum_log_persisted = round(measures.sum_log_persisted);
    measures.sum_log_non_self_persisted = measures.sum_log_non_self_persisted.map(round);
    measures.sum_log_seconds_visible = round(measures.sum_log_seconds_visible);
    measures
}

fn check(
    page: &[Made],
    algorithm: Algorithm,
    revert_radius: usize,
    options: PersistenceOptions,
    sunset: Option<i64>,
) {
    let changes = changes(page, algorithm);
    let found = found(page, &changes, revert_radius, options, sunset);
    assert_eq!(found.len(), page.len());
    let known = history(page, &changes, revert_radius);
    let mut number = 0..;
    for (change, measures) in changes.iter().zip(found) {
        let expected = change
            .as_ref()
            .map(|_| measure(&known, number.next().unwrap(), options, sunset));
        assert_eq!(measures.map(rounded), expected.map(rounded));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn as_the_words_say(
        page in pages(),
        window in 1..12_usize,
        revert_radius in 1..8_usize,
        min_revisions in 0..5_u32,
        min_seconds in 0..600_i64,
        sunset in prop::option::of(1_000_000_000..1_000_004_000_i64),
        segments in any::<bool>(),
    ) {
        let options = PersistenceOptions { window, min_revisions, min_seconds };
        let algorithm = if segments { Algorithm::Segments } else { Algorithm::Histogram };
        check(&page, algorithm, revert_radius, options, sunset);
    }
}

#[test]
fn an_example_to_check_by_hand() {
    // "one two", "one three" by somebody else, "one two" again: the revert adds nothing.
    let page = [
        (Some(vec![0, 1]), 1, 0),
        (Some(vec![0, 2]), 2, 100),
        (Some(vec![0, 1]), 1, 10),
    ];
    let options = PersistenceOptions {
        window: 50,
        min_revisions: 2,
        min_seconds: 1000,
    };
    let changes = changes(&page, Algorithm::Histogram);
    let told = found(&page, &changes, 15, options, Some(1_000_000_610));
    let [first, second, third] = told[..] else {
        panic!("{told:?}");
    };
    let first = first.unwrap();
    // one, a space, two: two was away for 10 seconds and one revision.
    assert_eq!((first.tokens_added, first.persistent_tokens), (3, 2));
    assert_eq!(first.non_self_persistent_tokens, Some(0));
    assert!((first.sum_log_persisted - (2.0 * 3_f64.ln() + 2_f64.ln())).abs() < 1e-9);
    assert!((first.sum_log_non_self_persisted.unwrap() - 2.0 * 2_f64.ln()).abs() < 1e-9);
    assert!((first.sum_log_seconds_visible - (2.0 * 611_f64.ln() + 601_f64.ln())).abs() < 1e-9);
    assert!(first.is_censored, "610 of 1000 seconds");
    assert_eq!(second.unwrap().tokens_added, 1);
    assert_eq!(second.unwrap().sum_log_persisted, 0.0);
    assert_eq!(third.unwrap().tokens_added, 0);
    assert!(!third.unwrap().is_censored);
}
