//! A table as a stream of batches, through the library.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use mwparquet::engine::{
    DiffOptions, Filters, HistoryOptions, Limits, Next, Scan, ScanJob, ScanTable, Stop,
};
use mwparquet::protect::Protection;
use mwparquet::source::Input;
use mwparquet::tables::{self, Selection};
use mwparquet::{Error, ErrorKind, Result};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::jobs::{self, HISTORY};
use crate::samples;

const LOGGING: &str = "samplewiki-20260101-pages-logging.xml.gz";

fn of(table: &str) -> ScanTable {
    ScanTable::Ours(Selection::all(tables::by_name(table).unwrap()))
}

fn job(inputs: &[PathBuf], table: ScanTable) -> ScanJob {
    ScanJob {
        inputs: inputs.iter().cloned().map(Input::File).collect(),
        split: None,
        table,
        filters: Filters::default(),
        history: HistoryOptions::default(),
        diffs: DiffOptions::default(),
        protection: Protection::default(),
        limits: Limits::default(),
        threads: 2,
        in_order: true,
        sorting_parent: std::env::temp_dir(),
    }
}

fn scan(job: ScanJob) -> Result<(Scan, Vec<RecordBatch>)> {
    let scan = Scan::open(job, &Stop::default())?;
    let batches = scan.batches().collect::<Result<_>>()?;
    Ok((scan, batches))
}

/// Rows as lines; null is told apart from empty.
fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::new().with_null("NULL");
    let of_batch = |batch: &RecordBatch| {
        // Times as numbers: what formats them knows no UTC by its name.
        let plain = |column: &ArrayRef| match column.data_type() {
            DataType::Timestamp(..) => cast(column, &DataType::Int64).unwrap(),
            _ => Arc::clone(column),
        };
        let columns: Vec<_> = batch.columns().iter().map(plain).collect();
        let columns: Vec<_> = (columns.iter())
            .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
            .collect();
        let row = |row| {
            let cells = columns.iter().map(|cells| cells.value(row).to_string());
            cells.collect::<Vec<_>>().join(" | ")
        };
        (0..batch.num_rows()).map(row).collect::<Vec<_>>()
    };
    batches.iter().flat_map(of_batch).collect()
}

/// The rows of a table as `convert` wrote them.
fn converted(folder: &Path, table: &str) -> Vec<RecordBatch> {
    let mut parts: Vec<_> = fs::read_dir(folder.join(table))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    parts.sort();
    let read = |part: &PathBuf| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(part).unwrap());
        reader.unwrap().build().unwrap().map(|batch| batch.unwrap())
    };
    parts.iter().flat_map(read).collect()
}

/// A dump with so many revisions in one page, of a kilobyte each.
fn long_dump(folder: &Path, revisions: usize) -> PathBuf {
    let mut xml = String::from(
        "<mediawiki xml:lang=\"en\"><siteinfo></siteinfo><page><title>A</title><ns>0</ns><id>1</id>",
    );
    let text = "a word ".repeat(146);
    for id in 1..=revisions {
        xml += &format!(
            "<revision><id>{id}</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor>\
             <username>A</username><id>1</id></contributor><text xml:space=\"preserve\">{text}</text>\
             </revision>"
        );
    }
    xml += "</page></mediawiki>";
    let path = folder.join("long.xml");
    fs::write(&path, xml).unwrap();
    path
}

#[test]
fn a_scan_has_the_rows_that_convert_writes() {
    for input in [HISTORY, LOGGING, "uploads.xml"] {
        let input = samples::folder().join(input);
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let mut whole = jobs::job_of(vec![input.clone()], &output);
        whole.selections = tables::ALL.into_iter().map(Selection::all).collect();
        jobs::run(&whole, 2).unwrap();
        let mut rows = 0;
        for table in tables::ALL {
            let (scan, batches) = scan(job(std::slice::from_ref(&input), of(table.name))).unwrap();
            let written = converted(&output, table.name);
            assert!(batches.iter().all(|batch| batch.schema() == scan.schema()));
            assert_eq!(lines(&batches), lines(&written), "{}", table.name);
            rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        }
        assert!(rows > 10, "{rows} rows of {}", input.display());
    }
}

#[test]
fn only_wanted_columns_and_records() {
    let selection = Selection::of(
        tables::by_name("revisions").unwrap(),
        &["revision_id".to_owned(), "page_namespace_id".to_owned()],
    );
    let mut talk = job(
        &[samples::folder().join(HISTORY)],
        ScanTable::Ours(selection.unwrap()),
    );
    talk.filters.namespaces = Some([1].into());
    let (scan, batches) = scan(talk).unwrap();
    let schema = scan.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(names, ["page_namespace_id", "revision_id"]);
    let column = batches[0].column(0);
    let namespaces = column.as_any().downcast_ref::<arrow::array::Int32Array>();
    let namespaces = namespaces.unwrap();
    assert!(!namespaces.is_empty() && namespaces.iter().all(|id| id == Some(1)));
}

#[test]
fn several_inputs_in_their_order_or_in_any() {
    let input = samples::folder().join(HISTORY);
    let other = samples::folder().join("reverts.xml");
    let both = [input.clone(), other.clone()];
    let alone = |input: &PathBuf| {
        scan(job(std::slice::from_ref(input), of("revisions")))
            .unwrap()
            .1
    };
    let expected = [alone(&input), alone(&other)].concat();
    let (_, in_order) = scan(job(&both, of("revisions"))).unwrap();
    assert_eq!(lines(&in_order), lines(&expected));

    let mut any = job(&both, of("revisions"));
    any.in_order = false;
    any.limits.memory_bytes = 512 << 20;
    let (_, batches) = scan(any).unwrap();
    let sorted = |batches: &[RecordBatch]| {
        let mut lines = lines(batches);
        lines.sort();
        lines
    };
    assert_eq!(sorted(&batches), sorted(&expected));
}

#[test]
fn a_cut_file_never_ends() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(samples::folder().join(HISTORY)).unwrap();
    for kept in [whole.len() - 1, whole.len() / 2, 4] {
        let cut = folder.path().join("cut.xml.bz2");
        fs::write(&cut, &whole[..kept]).unwrap();
        let scan = Scan::open(job(&[cut], of("revisions")), &Stop::default()).unwrap();
        let mut batches = scan.batches();
        let told: Vec<_> = batches.by_ref().collect();
        let error = told.into_iter().find_map(Result::err).unwrap();
        assert!(
            matches!(error.kind(), ErrorKind::Damaged | ErrorKind::NotADump),
            "{error}"
        );
        assert!(error.location().input.is_some(), "{error}");
        assert!(batches.report().is_none(), "no report of what is not whole");
    }
}

#[test]
fn what_is_passed_over_is_reported() {
    let broken = samples::folder().join("broken");
    let mut skipping = job(&[broken.join("bad-id.xml")], of("revisions"));
    skipping.limits.keep_going = true;
    let scan = Scan::open(skipping, &Stop::default()).unwrap();
    let mut batches = scan.batches();
    assert!(batches.by_ref().all(|batch| batch.is_ok()));
    let report = batches.report().unwrap();
    assert_eq!(report.rejects.len() as u64, report.seen.rejects);
    assert!(report.seen.rejects > 0);
}

#[test]
fn who_takes_no_more_is_not_read_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = long_dump(folder.path(), 60_000);
    let total_bytes = path.metadata().unwrap().len();
    let mut small = job(&[path], of("content"));
    small.limits = Limits::default().with_memory(Some(16 << 20), 2);
    let scan = Scan::open(small, &Stop::default()).unwrap();

    let mut batches = scan.batches();
    let progress = batches.progress();
    assert!(batches.next().unwrap().is_ok());
    drop(batches);
    let read_bytes = progress.xml_bytes.load(Ordering::Relaxed);
    assert!(
        (1..total_bytes / 2).contains(&read_bytes),
        "{read_bytes} of {total_bytes} bytes"
    );

    // Nothing of it is left: the same scan can be run again, to its end.
    let rows = scan.batches().map(|batch| batch.unwrap().num_rows());
    assert_eq!(rows.sum::<usize>(), 60_000);
}

#[test]
fn a_scan_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = long_dump(folder.path(), 20_000);
    let scan = Scan::open(job(&[path], of("revisions")), &Stop::default()).unwrap();
    let mut batches = scan.batches();
    batches.stop().ask();
    let error = loop {
        match batches.next_within(Duration::from_secs(60)) {
            Ok(Next::Item(_)) => {}
            Ok(Next::End | Next::NotYet) => panic!("it went on"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn tables_of_sql_dumps() {
    let sql = samples::folder().join("sql");
    let dump = fs::read_dir(&sql)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("page.sql.gz"))
        .unwrap();
    let table = |name: &str, columns: Option<&[&str]>| ScanTable::Sql {
        name: name.to_owned(),
        columns: columns.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
    };
    let input = [dump];
    let (scanned, batches) = scan(job(&input, table("sql_page", None))).unwrap();
    assert!(scanned.schema().field_with_name("page_title").is_ok());
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    jobs::run(&jobs::job_of(input.to_vec(), &output), 2).unwrap();
    assert_eq!(lines(&batches), lines(&converted(&output, "sql_page")));

    let (_, few) = scan(job(&input, table("sql_page", Some(&["page_id"])))).unwrap();
    assert_eq!(few[0].num_columns(), 1);

    let why = |job: ScanJob| -> Error { scan(job).unwrap_err() };
    let error = why(job(&input, table("sql_user", None)));
    assert_eq!(
        (error.kind(), error.message()),
        (
            ErrorKind::Usage,
            "no input declares the table sql_user in its beginning; there are sql_page"
        )
    );
    assert_eq!(why(job(&input, of("revisions"))).kind(), ErrorKind::Usage);
}

#[test]
fn nothing_is_no_scan() {
    let error = scan(job(&[], of("pages"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}
