use super::*;

fn paths(names: &[&str]) -> Vec<PathBuf> {
    names
        .iter()
        .map(|name| Path::new("/nowhere/run").join(name))
        .collect()
}

fn taken(names: &[&str], kinds: &[Kind]) -> Vec<String> {
    let chosen = choose(paths(names), kinds, false).unwrap();
    assert_eq!(chosen.files.len() + chosen.left_out.len(), names.len());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    chosen.files.iter().map(name).collect()
}

fn refusal(names: &[&str], kinds: &[Kind]) -> String {
    choose(paths(names), kinds, false)
        .unwrap_err()
        .message()
        .to_owned()
}

const RUN: [&str; 14] = [
    "dumpruninfo.txt",
    "w-20260101-categorylinks.sql.gz",
    "w-20260101-page.sql.gz",
    "w-20260101-pages-articles.xml.bz2",
    "w-20260101-pages-articles-multistream.xml.bz2",
    "w-20260101-pages-logging.xml.gz",
    "w-20260101-pages-meta-current.xml.bz2",
    "w-20260101-pages-meta-history1.xml-p1p10.7z",
    "w-20260101-pages-meta-history1.xml-p1p10.bz2",
    "w-20260101-pages-meta-history2.xml-p11p99.7z",
    "w-20260101-pages-meta-history2.xml-p11p99.bz2",
    "w-20260101-stub-meta-history.xml.gz",
    "w-20260101-stub-meta-history1.xml.gz",
    "w-20260101-stub-meta-history2.xml.gz",
];

#[test]
fn the_fullest_kind_once_with_logs_and_tables() {
    assert_eq!(
        taken(&RUN, &[]),
        [
            "w-20260101-categorylinks.sql.gz",
            "w-20260101-page.sql.gz",
            "w-20260101-pages-logging.xml.gz",
            "w-20260101-pages-meta-history1.xml-p1p10.bz2",
            "w-20260101-pages-meta-history2.xml-p11p99.bz2",
        ]
    );
}

#[test]
fn files_beside_dumps_and_files_of_others() {
    let names = [
        "SHA256SUMS",
        "extract.xml",
        "w-20260101-all-titles.gz",
        "w-20260101-stub-articles.xml.gz",
    ];
    assert_eq!(
        taken(&names, &[]),
        ["extract.xml", "w-20260101-stub-articles.xml.gz"]
    );
    assert_eq!(taken(&names[..3], &[]), names[..3]);
}

#[test]
fn kinds_by_name() {
    assert_eq!(
        taken(&RUN, &[Kind::PagesArticles]),
        ["w-20260101-pages-articles.xml.bz2"]
    );
    assert_eq!(
        taken(&RUN, &[Kind::StubMetaHistory, Kind::PagesLogging]),
        [
            "w-20260101-pages-logging.xml.gz",
            "w-20260101-stub-meta-history1.xml.gz",
            "w-20260101-stub-meta-history2.xml.gz",
        ]
    );
    assert_eq!(
        refusal(&RUN, &[Kind::StubArticles]),
        "there is no finished stub-articles; there are pages-articles, pages-articles-multistream, \
         pages-logging, pages-meta-current, pages-meta-history, stub-meta-history, tables"
    );
    assert_eq!(
        refusal(&["x.xml"], &[Kind::StubArticles]),
        "there is no finished stub-articles, nor a dump of another kind"
    );
}

#[test]
fn parts_of_which_some_are_not_there_come_last() {
    assert_eq!(
        taken(
            &[
                "w-20260101-pages-articles.xml.bz2",
                "w-20260101-pages-articles2.xml-p11p99.bz2",
            ],
            &[]
        ),
        ["w-20260101-pages-articles.xml.bz2"]
    );
    assert_eq!(
        taken(&["w-20260101-pages-articles2.xml-p11p99.bz2"], &[]),
        ["w-20260101-pages-articles2.xml-p11p99.bz2"]
    );
}

#[test]
fn pages_twice_are_refused() {
    let message = refusal(
        &[
            "w-20260101-pages-meta-history1.xml-p1p1000.bz2",
            "w-20260101-pages-meta-history1.xml-p1p812.bz2",
        ],
        &[],
    );
    assert!(
        message.contains(
            "p1p812.bz2 and w-20260101-pages-meta-history1.xml-p1p1000.bz2 hold the same pages"
        ),
        "{message}"
    );
    let message = refusal(
        &["w-20260101-page.sql.gz", "w-20260201-stub-articles.xml.gz"],
        &[],
    );
    assert!(
        message.starts_with("there are several runs of w: "),
        "{message}"
    );
    // Runs of different wikis, and those of days, go together.
    let names = [
        "v-20260101-stub-articles.xml.gz",
        "w-20260101-stubs-meta-hist-incr.xml.gz",
        "w-20260102-stubs-meta-hist-incr.xml.gz",
    ];
    assert_eq!(taken(&names, &[]), names);
}

#[test]
fn pieces_of_a_page_lie_in_ranges() {
    let names = [
        "w-2026-01-01-p1p99.xml.bz2",
        "w-2026-01-01-p17r1r20.xml.bz2",
        "w-2026-01-01-p17r21r30.xml.bz2",
        "w-2026-01-01-p100p200.xml.bz2",
    ];
    assert_eq!(taken(&names, &[]), names);
}

#[test]
fn what_the_run_says_of_itself_counts() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let history = "w-20260101-pages-meta-history.xml.bz2";
    let articles = "w-20260101-pages-articles.xml.bz2";
    let stray = "w-20260101-pages-meta-current.xml.bz2";
    for name in [history, articles, stray] {
        write(name, b"12345");
    }
    let status = |history_status: &str, size: u64, more: &str| {
        format!(
            r#"{{"version":"0.8","jobs":{{
                "metahistorybz2dump":{{"status":"{history_status}","files":{{"{history}":{{"size":5}}}}}},
                "articlesdump":{{"status":"done","files":{{"{articles}":{{"size":{size}}}{more}}}}},
                "waits":{{"status":"waiting"}}}}}}"#
        )
    };
    let all = || {
        [history, articles, stray]
            .map(|name| folder.path().join(name))
            .to_vec()
    };
    let chosen = || choose(all(), &[], false);

    write("dumpstatus.json", status("done", 5, "").as_bytes());
    assert_eq!(chosen().unwrap().files, [folder.path().join(history)]);
    assert_eq!(
        chosen().unwrap().left_out[1].1,
        "dumpstatus.json does not list it"
    );

    write("dumpstatus.json", status("in-progress", 5, "").as_bytes());
    let now = chosen().unwrap();
    assert_eq!(now.files, [folder.path().join(articles)]);
    assert_eq!(
        now.left_out[0].1,
        "not finished: dumpstatus.json says \"in-progress\""
    );

    write("dumpstatus.json", status("in-progress", 6, "").as_bytes());
    let error = chosen().unwrap_err().to_string();
    assert!(
        error.contains("has 5 bytes, and 6 by dumpstatus.json"),
        "{error}"
    );

    let missing =
        r#","w-20260101-pages-articles.xml.bz2":{}, "w-20260101-pages-articles.xml.7z":{}"#;
    write(
        "dumpstatus.json",
        status("in-progress", 5, missing).as_bytes(),
    );
    assert_eq!(chosen().unwrap().files, [folder.path().join(articles)]);

    let missing = r#","w-20260101-pages-articles2.xml-p1p2.bz2":{}"#;
    write("dumpstatus.json", status("failed", 5, missing).as_bytes());
    assert_eq!(chosen().unwrap().files, [folder.path().join(articles)]);

    write("dumpstatus.json", b"{");
    assert!(
        chosen()
            .unwrap_err()
            .to_string()
            .contains("dumpstatus.json cannot be read as JSON")
    );
}
