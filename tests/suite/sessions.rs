//! Sessions: cut by breaks, over all inputs, whatever the order of edits in them.

use std::fs;

use mwparquet::derive::sessions::{Event, Sessionizer, write_event};
use mwparquet::model::{Contributor, Revision, Text, Timestamp};
use mwparquet::tables::{self, Selection};
use proptest::prelude::*;

use crate::jobs::{job_of, run};

/// An edit: user, second, revision.
type Edit = (usize, i64, i64);

const NAMES: [&str; 4] = ["Ann", "192.0.2.7", "de>Ann", "Anne"];

/// Sessions as lists of revisions, by way of records.
fn sessions(edits: &[Edit], cutoff_seconds: i64) -> Vec<(usize, u64, Vec<i64>)> {
    let mut records: Vec<_> = edits
        .iter()
        .map(|(user, second, id)| {
            let revision = Revision {
                id: Some(*id),
                timestamp: Timestamp::from_seconds(*second),
                contributor: Contributor {
                    name: Some(Text::plain(NAMES[*user])),
                    id: (*user == 0).then_some(5),
                    ..Contributor::default()
                },
                ..Revision::default()
            };
            let mut record = Vec::new();
            assert!(write_event(Some("testwiki"), &revision, &mut record));
            record
        })
        .collect();
    records.sort();
    let mut sessionizer = Sessionizer::new(cutoff_seconds);
    let mut found: Vec<_> = records
        .iter()
        .filter_map(|record| sessionizer.push(&Event::read(record).unwrap()))
        .collect();
    found.extend(sessionizer.finish());
    found
        .into_iter()
        .map(|session| {
            assert_eq!(session.events, session.revision_ids.len() as u64);
            let user = NAMES.iter().position(|name| *name == session.user.name);
            (user.unwrap(), session.index, session.revision_ids)
        })
        .collect()
}

/// The same from the words: a user's edits in time, cut at breaks.
fn plain(edits: &[Edit], cutoff_seconds: i64) -> Vec<(usize, u64, Vec<i64>)> {
    let mut all = Vec::new();
    // The account comes first, then names by their bytes.
    for user in [0, 1, 3, 2] {
        let mut own: Vec<_> = edits.iter().filter(|edit| edit.0 == user).collect();
        own.sort_by_key(|(_, second, id)| (*second, *id));
        own.dedup();
        let groups = own.chunk_by(|one, two| two.1 - one.1 < cutoff_seconds);
        for (group, index) in groups.zip(0..) {
            all.push((user, index, group.iter().map(|edit| edit.2).collect()));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn cut_by_breaks(
        edits in prop::collection::vec((0..4_usize, 0..400_i64, 1..30_i64), 0..60),
        cutoff_seconds in 1_i64..60,
    ) {
        prop_assert_eq!(sessions(&edits, cutoff_seconds), plain(&edits, cutoff_seconds));
    }
}

#[test]
fn a_break_of_the_cutoff_ends_a_session() {
    let edits = [(0, 0, 1), (0, 3599, 2), (0, 3599 + 3600, 3)];
    assert_eq!(
        sessions(&edits, 3600),
        [(0, 0, vec![1, 2]), (0, 1, vec![3])]
    );
}

#[test]
fn a_session_goes_over_inputs_and_leaves_nothing_else() {
    let dump = |page: i64, ids: [i64; 2], seconds: [i64; 2]| {
        let revision = |id: i64, second: i64| {
            let time = Timestamp::from_seconds(second).unwrap();
            format!(
                "<revision><id>{id}</id><timestamp>{time}</timestamp><contributor><username>Ann\
                 </username><id>5</id></contributor><text>x</text></revision>"
            )
        };
        format!(
            "<mediawiki version=\"0.11\"><siteinfo><dbname>w</dbname></siteinfo><page><title>T</title>\
             <ns>0</ns><id>{page}</id>{}{}</page></mediawiki>",
            revision(ids[0], seconds[0]),
            revision(ids[1], seconds[1])
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<_> = [
        dump(1, [1, 4], [0, 5000]),
        dump(2, [2, 3], [1800, 3600]),
        // Told twice.
        dump(2, [2, 3], [1800, 3600]),
    ]
    .iter()
    .enumerate()
    .map(|(number, dump)| {
        let path = folder.path().join(format!("{number}.xml"));
        fs::write(&path, dump).unwrap();
        path
    })
    .collect();
    let output = folder.path().join("out");
    let mut job = job_of(inputs, &output);
    job.selections = vec![Selection::all(&tables::SESSIONS)];
    let rows = |job: &mwparquet::engine::Job| {
        let report = run(job, 2).unwrap();
        let mut names: Vec<_> = fs::read_dir(&output)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["manifest.json", "sessions"]);
        report.manifest.tables["sessions"].rows
    };
    assert_eq!(rows(&job), 1);
    job.overwrite = true;
    job.history.session_cutoff_seconds = 1800;
    assert_eq!(
        rows(&job),
        3,
        "breaks of 1800 seconds end sessions, one of 1400 does not"
    );
}
