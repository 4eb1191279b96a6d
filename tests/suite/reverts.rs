//! Both definitions of reverts against slow models that follow their words.

use mwparquet::derive::Sha1;
use mwparquet::derive::reverts::{FirstBase, within_radius};
use proptest::prelude::*;

/// A page: contents, and for each revision how far back its parent lies.
fn pages(longest: usize) -> impl Strategy<Value = (Vec<Option<Sha1>>, Vec<usize>)> {
    // Few contents make many reverts; 0 stands for content that is not known.
    (1_u8..12).prop_flat_map(move |contents| {
        let content =
            (0..=contents).prop_map(|content| (content > 0).then_some(Sha1([content; 20])));
        let revision = (content, prop_oneof![4 => Just(1_usize), 1 => 2..6_usize]);
        prop::collection::vec(revision, 0..longest).prop_map(|page| page.into_iter().unzip())
    })
}

/// Earlier revisions with the same known content, the latest last.
fn equal_before(page: &[Option<Sha1>], number: usize) -> Vec<usize> {
    (0..number)
        .filter(|earlier| page[number].is_some() && page[*earlier] == page[number])
        .collect()
}

/// mwreverts, from its words: pairs of reverted to and reverting.
fn plain_radius(page: &[Option<Sha1>], radius: usize) -> Vec<(usize, usize)> {
    let mut reverts = Vec::new();
    for number in 0..page.len() {
        let Some(latest) = equal_before(page, number).pop() else {
            continue;
        };
        let reverted = latest + 1..number;
        if !reverted.is_empty() && reverted.len() <= radius {
            reverts.push((latest, number));
        }
    }
    reverts
}

/// `mediawiki_history`, from its words: for each revision the base that it reverts to, and its first
/// revert.
fn plain_first_base(
    page: &[Option<Sha1>],
    is_parent: impl Fn(usize, usize) -> bool,
) -> Vec<(Option<usize>, Option<usize>)> {
    let base = |number| *equal_before(page, number).first().unwrap_or(&number);
    let is_revert = |number| {
        let before = equal_before(page, number).pop();
        before.is_some_and(|before| !is_parent(before, number))
    };
    let reverted_by = |number| {
        (number + 1..page.len())
            .find(|later| is_revert(*later) && base(*later) < number)
            .filter(|revert| base(*revert) != base(number))
    };
    (0..page.len())
        .map(|number| (is_revert(number).then(|| base(number)), reverted_by(number)))
        .collect()
}

fn check((page, parents): &(Vec<Option<Sha1>>, Vec<usize>), radius: usize) {
    let found: Vec<_> = within_radius(page, radius)
        .iter()
        .map(|revert| (revert.reverted_to, revert.reverting))
        .collect();
    assert_eq!(found, plain_radius(page, radius));

    let is_parent =
        |earlier: usize, number: usize| number.checked_sub(parents[number]) == Some(earlier);
    let found = FirstBase::find(page, is_parent);
    let expected = plain_first_base(page, is_parent);
    let lists = found.reverted();
    for (number, (base, revert)) in expected.iter().enumerate() {
        assert_eq!(found.reverted_to(number), *base, "revision {number}");
        assert_eq!(found.reverted_by(number), *revert, "revision {number}");
        let reverted: Vec<_> = lists.by(number).collect();
        let by_it = |other: &usize| expected[*other].1 == Some(number);
        assert_eq!(reverted, (0..page.len()).filter(by_it).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn short_pages(page in pages(24), radius in 1_usize..8) {
        check(&page, radius);
    }

    #[test]
    fn long_pages(page in pages(120), radius in 1_usize..30) {
        check(&page, radius);
    }
}

/// A sandbox: blanked again and again, each blanking a revert far back.
#[test]
fn a_million_revisions_take_no_time() {
    let page: Vec<_> = (0..1_000_000_u32)
        .map(|number| {
            let content = if number % 3 == 0 { 0 } else { number };
            let mut sha1 = [0; 20];
            sha1[..4].copy_from_slice(&content.to_be_bytes());
            Some(Sha1(sha1))
        })
        .collect();
    let began = std::time::Instant::now();
    assert_eq!(within_radius(&page, 15).len(), 333_333);
    let found = FirstBase::find(&page, |_, _| false);
    let lists = found.reverted();
    let reverted: usize = (0..page.len()).map(|number| lists.by(number).count()).sum();
    assert_eq!(reverted, 666_666);
    // A quadratic way would take hours.
    assert!(began.elapsed().as_secs() < 60);
}
