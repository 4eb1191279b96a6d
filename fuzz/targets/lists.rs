//! What stands beside dumps: `dumpstatus.json`, lists of checksums, names of files.

use std::cell::RefCell;
use std::fs;

use mwparquet::runs::{DumpName, Status, listed_checksums};
use tempfile::TempDir;

use super::controls::Controls;

const FILE: &str = "wiki-20260101-pages-articles.xml.bz2";
const LISTS: [&str; 4] = [
    "SHA256SUMS",
    "wiki-20260101-sha1sums.txt",
    "md5sums",
    "dumpstatus.json",
];

thread_local! {
    static FOLDER: RefCell<TempDir> = RefCell::new(tempfile::tempdir().unwrap());
}

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let which = controls.byte() % 5;
    let bytes = controls.rest;
    match LISTS.get(which) {
        Some(list) => FOLDER.with_borrow(|folder| {
            let path = folder.path().join(list);
            fs::write(&path, bytes).unwrap();
            let listed = listed_checksums(&folder.path().join(FILE));
            if which == 3 {
                let status = serde_json::from_slice::<Status>(bytes);
                assert_eq!(listed.is_ok(), status.is_ok());
            } else {
                let listed = listed.unwrap();
                let told: Vec<_> = listed.iter().map(|one| one.digits.clone()).collect();
                let mut expected = by_a_plain_reader(&String::from_utf8_lossy(bytes));
                // The strongest first.
                expected.sort_by_key(|digits| std::cmp::Reverse(digits.len()));
                assert_eq!(told, expected);
            }
            fs::remove_file(&path).unwrap();
        }),
        None => name(&String::from_utf8_lossy(bytes)),
    }
}

/// Digits of the lines that name the file.
fn by_a_plain_reader(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in list.lines() {
        let Some(at) = line.find(' ') else { continue };
        let name = line[at..].trim_start_matches([' ', '*']).trim_end();
        let digits = &line[..at];
        let is_checksum = digits.chars().all(|digit| digit.is_ascii_hexdigit());
        if name == FILE && is_checksum && [32, 40, 64].contains(&digits.len()) {
            found.push(digits.to_lowercase());
        }
    }
    found
}

fn name(name: &str) {
    let Some(parsed) = DumpName::parse(name) else {
        return;
    };
    let prefix = format!("{}-{}-", parsed.wiki, parsed.date);
    assert!(name.starts_with(&prefix), "{name} is not {parsed:?}");
    for number in [
        parsed.pages.map(|pages| pages.0),
        parsed.part.map(u64::from),
    ]
    .into_iter()
    .flatten()
    {
        assert!(
            name.contains(&number.to_string()),
            "{name} is not {parsed:?}"
        );
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let lists = [
        format!(
            "\0{}  {FILE}\n{}  other.bz2\n",
            "A".repeat(64),
            "b".repeat(64)
        ),
        format!(
            "\x01{} *{FILE}\n{}  {FILE}\r\n",
            "a".repeat(40),
            "c".repeat(40)
        ),
        format!("\x02{}  {FILE}\n\nno checksum\n", "0".repeat(32)),
        format!(
            r#"{}{{"version":"0.8","jobs":{{"articlesdump":{{"status":"done","updated":"2026-01-02 03:04:05",
            "files":{{"{FILE}":{{"size":12,"url":"/x","md5":"{}","sha1":"{}"}}}}}}}}}}"#,
            '\x03',
            "d".repeat(32),
            "e".repeat(40)
        ),
    ];
    let names = [
        "enwiki-20260101-pages-meta-history27.xml-p79000000p79123456.7z",
        "be_x_oldwiki-latest-pages-articles-multistream.xml.bz2",
        "elwiki-20260101-page_props.sql.gz",
        "eswiki-2026-08-01-p17r900r12.xml.bz2",
        "eswiki-2025-09-01-pages-meta-history-p17r900.xml.bz2",
    ];
    let lists = lists.into_iter().map(String::into_bytes);
    lists
        .chain(names.iter().map(|name| [&[4], name.as_bytes()].concat()))
        .collect()
}
