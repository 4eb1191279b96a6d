//! Counts are the same however records are split, merged and sorted on disk; the model is a map.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mwparquet::derive::counts::{
    CountPlan, CountRow, Counted, Counter, Derived, GroupMerger, Groups, Key, Measure,
};
use mwparquet::model::{Contributor, Page, Text, Timestamp};
use proptest::prelude::*;

/// A revision: page, user id (0 for none), name, hour, minor, bytes.
type Edit = (i64, i64, u8, Option<i64>, bool, Option<i64>);

const NAMES: [&str; 4] = ["Ann", "192.0.2.7", "de>Ann", ""];

fn edit() -> impl Strategy<Value = Edit> {
    let hour = prop::option::of(0..40_i64);
    let bytes = prop::option::of(-50..50_i64);
    (0..4_i64, -1..3_i64, 0..5_u8, hour, any::<bool>(), bytes)
}

fn plan() -> Arc<CountPlan> {
    let measures = vec![Measure::Pages, Measure::Bytes, Measure::Time];
    Arc::new(CountPlan::new(vec![Key::User, Key::Day], Some(measures), None).unwrap())
}

/// Somebody hidden has the number behind the names.
fn name_of(edit: &Edit) -> Option<&'static str> {
    NAMES.get(usize::from(edit.2)).copied()
}

fn count(counter: &mut Counter, edit: &Edit) {
    let (page, user, _, hour, is_minor, bytes_diff) = *edit;
    let name = name_of(edit);
    let page = Page {
        id: Some(page),
        ..Page::default()
    };
    let record = Counted {
        page: Some(&page),
        contributor: Contributor {
            is_visible: name.is_some(),
            name: name.map(Text::plain),
            id: name.map(|_| user),
            ..Contributor::default()
        },
        time: hour.and_then(|hour| Timestamp::from_seconds(hour * 3600)),
        is_minor,
        ..Counted::default()
    };
    let derived = Derived {
        bytes_diff,
        ..Derived::default()
    };
    counter.count_derived(&record, Some(derived));
}

fn counted(edits: &[Edit]) -> Groups {
    let mut counter = Counter::new(&plan(), Some("wiki"));
    edits.iter().for_each(|edit| count(&mut counter, edit));
    counter.take()
}

/// A group as text, so that groups can be compared with the model's.
fn told(row: &CountRow<'_>) -> String {
    let group = row.counts.unwrap();
    let tally = group.tally;
    format!(
        "{} {:?} {:?} {:?}: {} {} {:?} {:?} {} {} {} {}",
        row.user_kind.unwrap().name(),
        row.user_id,
        row.user_text,
        row.day,
        tally.records,
        tally.minor,
        tally.first().map(Timestamp::seconds),
        tally.last().map(Timestamp::seconds),
        tally.bytes_net,
        tally.bytes_added,
        tally.bytes_unknown,
        group.pages
    )
}

fn in_memory(groups: &Groups) -> Vec<String> {
    let mut all = Vec::new();
    let outcome = groups.for_each_group(|group| {
        all.push(told(&CountRow::of(group, &plan()).unwrap()));
        Ok(())
    });
    outcome.unwrap();
    all
}

/// The same by records of all parts, as if each had been a run on disk.
fn by_records(parts: &[Groups]) -> Vec<String> {
    let mut records = Vec::new();
    for part in parts {
        let outcome = part.for_each_record(|record| {
            records.push(record.to_vec());
            Ok(())
        });
        outcome.unwrap();
    }
    records.sort();
    let mut all = Vec::new();
    let mut merger = GroupMerger::new(&plan());
    let mut take = |group: mwparquet::derive::counts::Group<'_>| {
        all.push(told(&CountRow::of(group, &plan()).unwrap()));
        Ok(())
    };
    for record in records {
        merger.push(&record, &mut take).unwrap();
    }
    merger.finish(&mut take).unwrap();
    all
}

/// The same from the definition.
fn model(edits: &[Edit]) -> BTreeSet<String> {
    let mut groups = BTreeMap::<_, Vec<&Edit>>::new();
    for edit in edits {
        let name = name_of(edit);
        let account = Some(edit.1).filter(|id| *id > 0 && name.is_some());
        let known_by = match (account, name) {
            (Some(id), _) => format!("id {id}"),
            (None, name) => format!("name {name:?}"),
        };
        let day = edit.3.map(|hour| 19_700_101 + hour / 24);
        groups
            .entry((known_by, account, day))
            .or_default()
            .push(edit);
    }
    let groups = groups.into_iter().map(|((_, account, day), edits)| {
        // The latest, and of those of one time the greatest label: kind of user, then name.
        let kind_of = |edit: &Edit| match name_of(edit) {
            None => (5, "hidden"),
            Some("") => (4, "unknown"),
            _ if account.is_some() => (0, "registered"),
            Some("192.0.2.7") => (2, "ip"),
            Some("de>Ann") => (3, "imported"),
            _ => (4, "unknown"),
        };
        let last = edits
            .iter()
            .max_by_key(|edit| (edit.3, kind_of(edit), name_of(edit)));
        let kind = last.map_or("", |edit| kind_of(edit).1);
        let name = last
            .and_then(|edit| name_of(edit))
            .filter(|name| !name.is_empty());
        let seconds = || {
            edits
                .iter()
                .filter_map(|edit| edit.3)
                .map(|hour| hour * 3600)
        };
        let diffs = || edits.iter().filter_map(|edit| edit.5);
        let pages: BTreeSet<_> = edits.iter().map(|edit| edit.0).collect();
        format!(
            "{kind} {account:?} {name:?} {day:?}: {} {} {:?} {:?} {} {} {} {}",
            edits.len(),
            edits.iter().filter(|edit| edit.4).count(),
            seconds().min(),
            seconds().max(),
            diffs().sum::<i64>(),
            diffs().filter(|bytes| *bytes > 0).sum::<i64>(),
            edits.iter().filter(|edit| edit.5.is_none()).count(),
            pages.len()
        )
    });
    groups.collect()
}

proptest! {
    #[test]
    fn any_split_counts_the_same(
        edits in prop::collection::vec(edit(), 0..80),
        cuts in prop::collection::vec(0..80_usize, 0..6),
    ) {
        let expected = model(&edits);
        let whole = in_memory(&counted(&edits));
        prop_assert_eq!(whole.iter().cloned().collect::<BTreeSet<_>>(), expected.clone());
        prop_assert_eq!(whole.len(), expected.len());
        let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut <= edits.len()).collect();
        cuts.extend([0, edits.len()]);
        cuts.sort_unstable();
        let parts: Vec<_> = cuts.windows(2).map(|cut| counted(&edits[cut[0]..cut[1]])).collect();
        let mut merged = Groups::default();
        parts.iter().rev().for_each(|part| merged.merge(part));
        prop_assert_eq!(&in_memory(&merged), &whole);
        prop_assert_eq!(&by_records(&parts), &whole);
    }
}
