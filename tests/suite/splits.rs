//! Splits: any set of cuts gives the same rows, or says that it cannot.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat_batches;
use mwparquet::engine::{
    Job, JobReport, Limits, Pool, Progress, Split, SplitPlan, Stop, commit_splits, convert_split,
    plan_splits,
};
use mwparquet::source::Input;
use mwparquet::tables::{self, Selection};
use mwparquet::{Error, ErrorKind, Result};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::jobs::{HISTORY, job_of, run};
use crate::samples;

/// A job of the tables that all XML dumps can have, tokens and diffs included where there are texts.
fn job(inputs: &[PathBuf], output: &Path) -> Job {
    Job {
        selections: tables::ALL.into_iter().map(Selection::all).collect(),
        ..job_of(inputs.to_vec(), output)
    }
}

fn plan_of(inputs: &[PathBuf], split_bytes: u64) -> SplitPlan {
    let inputs: Vec<_> = inputs.iter().cloned().map(Input::File).collect();
    let (pool, limits) = (Pool::new(1).unwrap(), Limits::default());
    plan_splits(
        &inputs,
        BTreeMap::new(),
        split_bytes,
        &limits,
        &pool,
        &Stop::default(),
    )
    .unwrap()
}

fn convert_one(job: &Job, split: &Split, threads: usize) -> Result<bool> {
    let pool = Pool::new(threads)?;
    let progress = Progress::default();
    let stop = Stop::default();
    convert_split(job, split, &pool, &progress, &stop, &mut || {}).map(|done| done.was_done)
}

fn commit(job: &Job, plan: &SplitPlan) -> Result<JobReport> {
    let pool = Pool::new(2)?;
    let progress = Progress::default();
    let stop = Stop::default();
    commit_splits(job, plan, &pool, &progress, &stop, &BTreeMap::new)
}

/// Converts all splits, the last first, and commits them.
fn in_splits(job: &Job, plan: &SplitPlan) -> Result<JobReport> {
    for split in plan.splits.iter().rev() {
        convert_one(job, split, 1)?;
    }
    commit(job, plan)
}

/// The columns of all rows of a job's tables, by what the manifest lists.
fn rows(output: &Path, report: &JobReport) -> BTreeMap<String, Vec<ArrayRef>> {
    let tables = report.manifest.tables.iter();
    tables
        .map(|(name, table)| {
            let mut batches = Vec::new();
            for part in &table.parts {
                let file = File::open(output.join(&part.path)).unwrap();
                let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
                batches.extend(reader.build().unwrap().map(|batch| batch.unwrap()));
            }
            let columns = batches.first().map_or_else(Vec::new, |first| {
                let all = concat_batches(&first.schema(), &batches).unwrap();
                all.columns().to_vec()
            });
            (name.clone(), columns)
        })
        .collect()
}

fn count(columns: &[ArrayRef]) -> usize {
    columns.first().map_or(0, |column| column.len())
}

/// What the manifest says of the inputs, but for their splits.
fn told(report: &JobReport) -> String {
    let mut inputs = report.manifest.inputs.clone();
    inputs.iter_mut().for_each(|input| input.splits.clear());
    serde_json::to_string(&inputs).unwrap()
}

/// What one pass gives, to be held against splits.
struct OnePass {
    inputs: Vec<PathBuf>,
    rows: BTreeMap<String, Vec<ArrayRef>>,
    told: String,
}

impl OnePass {
    fn of(inputs: Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let report = run(&job(&inputs, &output), 2).unwrap();
        Self {
            rows: rows(&output, &report),
            told: told(&report),
            inputs,
        }
    }

    fn of_sample(name: &str) -> Self {
        Self::of(vec![samples::folder().join(name)])
    }

    /// Holds a plan's splits against it; an error that they do not join is given back.
    fn check(&self, plan: &SplitPlan, what: &str) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let report = in_splits(&job(&self.inputs, &output), plan)?;
        let found = rows(&output, &report);
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            self.rows.keys().collect::<Vec<_>>()
        );
        for (table, expected) in &self.rows {
            assert!(
                found[table] == *expected,
                "{what}: {table} has {} rows in splits and {} in one pass",
                count(&found[table]),
                count(expected)
            );
        }
        assert_eq!(told(&report), self.told, "{what}");
        Ok(())
    }
}

/// A plan with other cuts.
fn cut_at(plan: &SplitPlan, cut: u64) -> SplitPlan {
    let mut plan = plan.clone();
    assert_eq!(plan.splits.len(), 2);
    plan.splits[0].end_bytes = cut;
    plan.splits[1].begin_bytes = cut;
    plan
}

fn size(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[test]
fn a_cut_anywhere_in_a_plain_file() {
    // Pages of one id in several elements; many pages; log entries; uploads, a prefix.
    for (name, step) in [
        ("repeated-page.xml", 17),
        ("out-of-order.xml", 23),
        ("namespace-prefix.xml", 61),
        ("uploads.xml", 67),
        ("page-without-revisions.xml", 53),
        ("discussion-threading.xml", 101),
    ] {
        let whole = OnePass::of_sample(name);
        let bytes = size(&whole.inputs[0]);
        let plan = plan_of(&whole.inputs, bytes.div_ceil(2));
        for cut in (1..bytes).step_by(step) {
            whole
                .check(&cut_at(&plan, cut), &format!("{name}, cut at {cut}"))
                .unwrap();
        }
    }
}

#[test]
fn plain_files_in_splits_of_any_size() {
    for (name, sizes) in [
        ("repeated-page.xml", &[16, 97][..]),
        ("out-of-order.xml", &[5, 41]),
        ("text-states.xml", &[331]),
        ("slots.xml", &[199]),
        ("reverts.xml", &[997, 9_001]),
        ("containers.xml", &[4_999, 50_000]),
        ("no-siteinfo.xml", &[50]),
    ] {
        let whole = OnePass::of_sample(name);
        for bytes in sizes {
            let plan = plan_of(&whole.inputs, *bytes);
            assert!(plan.splits.len() as u64 >= size(&whole.inputs[0]) / bytes);
            whole
                .check(&plan, &format!("{name} in splits of {bytes}"))
                .unwrap();
        }
    }
}

#[test]
fn bzip2_files_in_splits_of_any_size() {
    for (name, sizes) in [
        ("containers.xml.bz2", &[7, 100, 1_000][..]),
        (
            "samplewiki-20260101-pages-articles-multistream.xml.bz2",
            &[13, 301, 1_000],
        ),
        (HISTORY, &[100_000, 250_000, 1_000_000]),
    ] {
        let whole = OnePass::of_sample(name);
        for bytes in sizes {
            let plan = plan_of(&whole.inputs, *bytes);
            assert!(plan.splits.len() > 1);
            whole
                .check(&plan, &format!("{name} in splits of {bytes}"))
                .unwrap();
        }
    }
}

/// bzip2 with the smallest blocks there are, in streams of `stream_bytes`.
fn packed(xml: &[u8], stream_bytes: usize) -> Vec<u8> {
    use std::io::Write;
    let streams = xml.chunks(stream_bytes).map(|piece| {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
        packer.write_all(piece).unwrap();
        packer.finish().unwrap()
    });
    streams.collect::<Vec<_>>().concat()
}

#[test]
fn streams_and_blocks_over_splits() {
    let folder = tempfile::tempdir().unwrap();
    let xml = fs::read(samples::folder().join("reverts.xml")).unwrap();
    let whole = OnePass::of_sample("reverts.xml").rows;
    for stream_bytes in [xml.len(), 1_500, 333] {
        let path = folder
            .path()
            .join(format!("reverts-{stream_bytes}.xml.bz2"));
        fs::write(&path, packed(&xml, stream_bytes)).unwrap();
        let packed = OnePass::of(vec![path.clone()]);
        assert_eq!(packed.rows["revisions"], whole["revisions"]);
        for bytes in [101, size(&path) / 3] {
            let plan = plan_of(&packed.inputs, bytes);
            packed
                .check(&plan, &format!("streams of {stream_bytes} in {bytes}"))
                .unwrap();
        }
    }
}

#[test]
fn many_files_of_all_kinds() {
    let names = [
        "reverts.xml",
        "samplewiki-20260101-pages-logging.xml.gz",
        "containers.xml.7z",
        "containers.xml.bz2",
        "utf-16.xml",
        "sql/several-tables.sql.bz2",
        "samplewiki-20260101-pages-meta-history1.xml-p000000000p000000000.bz2",
        "contributors.xml",
    ];
    let whole = OnePass::of(names.map(|name| samples::folder().join(name)).to_vec());
    for bytes in [1_000, 20_000] {
        let plan = plan_of(&whole.inputs, bytes);
        let of = |ending: &str| {
            let splits = plan.splits.iter();
            splits
                .filter(|split| split.file.to_string_lossy().ends_with(ending))
                .count()
        };
        for one in ["xml.gz", "xml.7z", "utf-16.xml", "sql.bz2"] {
            assert_eq!(of(one), 1, "{one}");
        }
        assert!(of("reverts.xml") > 1);
        whole.check(&plan, &format!("splits of {bytes}")).unwrap();
    }
}

#[test]
fn log_entries_over_splits() {
    let folder = tempfile::tempdir().unwrap();
    let packed =
        fs::File::open(samples::folder().join("samplewiki-20260101-pages-logging.xml.gz")).unwrap();
    let path = folder.path().join("samplewiki-20260101-pages-logging.xml");
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::MultiGzDecoder::new(packed),
        &mut unpacked,
    )
    .unwrap();
    fs::write(&path, unpacked).unwrap();
    let whole = OnePass::of(vec![path.clone()]);
    assert!(count(&whole.rows["log_events"]) > 0);
    for parts in [2, 7, 40] {
        let plan = plan_of(&whole.inputs, size(&path) / parts);
        whole.check(&plan, &format!("logs in {parts}")).unwrap();
    }
}

/// Whether an offset lies in something in which a tag is none, with a `<page>` behind it in there.
fn hides_page(xml: &str, cut: usize) -> bool {
    let sections = [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")];
    sections.iter().any(|(begin, end)| {
        let inside = xml[..cut].rfind(begin).map(|at| at + 1).into_iter().chain(
            // A cut inside the mark itself.
            (1..begin.len())
                .filter(|behind| cut >= *behind && xml[cut - behind..].starts_with(begin))
                .map(|behind| cut - behind),
        );
        inside.max().is_some_and(|from| {
            let ends = xml[from..].find(end).map_or(xml.len(), |at| from + at);
            ends > cut && xml[cut..ends].contains("<page>")
        })
    })
}

#[test]
fn a_tag_in_a_comment_is_no_record() {
    let whole = OnePass::of_sample("declaration-bom-comments-cdata.xml");
    let xml = fs::read_to_string(&whole.inputs[0]).unwrap();
    let bytes = xml.len() as u64;
    let plan = plan_of(&whole.inputs, bytes.div_ceil(2));
    let mut refused = 0;
    let places = xml.match_indices("<page>").map(|(at, _)| at);
    let near = places.flat_map(|at| at.saturating_sub(30)..at + 3);
    let others = (1..xml.len()).step_by(97);
    for cut in near.chain(others).filter(|cut| xml.is_char_boundary(*cut)) {
        let what = format!("cut at {cut}");
        match whole.check(&cut_at(&plan, cut as u64), &what) {
            Ok(()) => {}
            Err(error) => {
                assert!(hides_page(&xml, cut), "{what}: {error}");
                assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 10, "{refused} cuts are refused");
}

#[test]
fn damage_at_a_cut_is_an_error_whatever_the_cuts() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = fs::read(samples::folder().join(HISTORY)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let path = folder.path().join("flipped.xml.bz2");
    fs::write(&path, &bytes).unwrap();
    bytes[middle] ^= 0x10;
    let cut = folder.path().join("cut.xml.bz2");
    fs::write(&cut, &bytes[..middle]).unwrap();
    let plain = folder.path().join("cut.xml");
    let xml = fs::read(samples::folder().join("reverts.xml")).unwrap();
    fs::write(&plain, &xml[..xml.len() * 2 / 3]).unwrap();
    let checksum = folder.path().join("checksum.xml.bz2");
    let end = bytes.len() - 3;
    bytes[end] ^= 0x10;
    fs::write(&checksum, &bytes).unwrap();
    for (input, splits) in [
        (&path, 2),
        (&path, 5),
        (&path, 9),
        (&cut, 3),
        (&checksum, 4),
        (&plain, 4),
        (&plain, 23),
    ] {
        let plan = plan_of(std::slice::from_ref(input), size(input) / splits);
        let output = tempfile::tempdir().unwrap();
        let job = job(std::slice::from_ref(input), &output.path().join("out"));
        // An attempt that fails keeps others from nothing.
        let failures = plan
            .splits
            .iter()
            .filter_map(|split| convert_one(&job, split, 2).err());
        let failures: Vec<Error> = failures.collect();
        let wrong = failures
            .iter()
            .find(|error| error.kind() != ErrorKind::Damaged);
        assert!(wrong.is_none(), "{wrong:?}");
        let error = commit(&job, &plan).expect_err("it is damaged");
        let is_told = failures.is_empty() == (error.kind() == ErrorKind::Damaged);
        assert!(is_told, "{}: {error}", input.display());
    }
}

#[test]
fn a_stub_has_no_texts_in_splits_either() {
    let folder = tempfile::tempdir().unwrap();
    let packed =
        fs::File::open(samples::folder().join("samplewiki-20260101-stub-meta-history.xml.gz"))
            .unwrap();
    let path = folder.path().join("stub.xml");
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::MultiGzDecoder::new(packed),
        &mut unpacked,
    )
    .unwrap();
    fs::write(&path, unpacked).unwrap();
    let inputs = [path.clone()];
    let job = job(&inputs, &folder.path().join("out"));
    // No revision is in the first split.
    let plan = cut_at(&plan_of(&inputs, size(&path).div_ceil(2)), 1);
    let failed = plan
        .splits
        .iter()
        .filter_map(|split| convert_one(&job, split, 1).err())
        .next();
    let error = failed.unwrap_or_else(|| commit(&job, &plan).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("is a stub"), "{error}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reverts.xml");
    fs::copy(samples::folder().join("reverts.xml"), &path).unwrap();
    let inputs = [path.clone()];
    let output = folder.path().join("out");
    let job = job(&inputs, &output);
    let plan = plan_of(&inputs, 20_000);
    assert_eq!(plan.splits.len(), 3);
    let refusal = |job: &Job, plan: &SplitPlan| commit(job, plan).unwrap_err().to_string();
    assert!(refusal(&job, &plan).contains("holds no splits"));

    // A split is done once, whoever else tries it.
    assert!(!convert_one(&job, &plan.splits[1], 1).unwrap());
    assert!(convert_one(&job, &plan.splits[1], 2).unwrap());
    convert_one(&job, &plan.splits[0], 1).unwrap();
    let message = refusal(&job, &plan);
    assert!(
        message.contains("1 of 3 splits are not done, the first is number 2"),
        "{message}"
    );

    // Other options make another job; so does another plan.
    let mut other = job.clone();
    other.history.revert_radius = 3;
    let error = convert_one(&other, &plan.splits[1], 1).unwrap_err();
    assert!(
        error.to_string().contains("is one of another job: history"),
        "{error}"
    );
    let finer = plan_of(&inputs, 10_000);
    let error = convert_one(&job, &finer.splits[1], 1).unwrap_err();
    assert!(
        error.to_string().contains("one of another job: input 1"),
        "{error}"
    );
    let error = run(&job, 1).unwrap_err();
    assert!(
        error.to_string().contains("holds splits of a job"),
        "{error}"
    );

    // What an attempt left that was killed is in nobody's way, and goes with the commit.
    let stray = output.join("revisions/.part-00002-00000-0123456789abcdef.parquet.tmp");
    fs::write(&stray, b"half").unwrap();
    convert_one(&job, &plan.splits[2], 1).unwrap();
    commit(&job, &plan).unwrap();
    assert!(!stray.exists());
    assert!(!output.join(".mwparquet-splits.tmp").exists());
    assert!(refusal(&job, &plan).contains("is committed already"));
    let error = convert_one(&job, &plan.splits[2], 1).unwrap_err();
    assert!(
        error.to_string().contains("holds a finished job"),
        "{error}"
    );

    // A file that was written since.
    let mut xml = fs::read(&path).unwrap();
    xml.push(b'\n');
    fs::write(&path, xml).unwrap();
    let elsewhere = job_of(inputs.to_vec(), &folder.path().join("elsewhere"));
    let error = convert_one(&elsewhere, &plan.splits[0], 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(
        error
            .to_string()
            .contains("has changed since the plan was made: it had"),
        "{error}"
    );
}

#[test]
fn a_commit_that_was_ended_is_done_again() {
    let inputs = [samples::folder().join("reverts.xml")];
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let job = job(&inputs, &output);
    let plan = plan_of(&inputs, 9_000);
    for split in &plan.splits {
        convert_one(&job, split, 1).unwrap();
    }
    // Some parts have their names already.
    let mut named = 0;
    for entry in fs::read_dir(output.join("revisions")).unwrap().step_by(2) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let stem: Vec<_> = name.trim_start_matches('.').split('-').take(3).collect();
        fs::rename(
            &path,
            path.with_file_name(format!("{}.parquet", stem.join("-"))),
        )
        .unwrap();
        named += 1;
    }
    assert!(named > 0);
    let report = commit(&job, &plan).unwrap();
    assert_eq!(rows(&output, &report), OnePass::of(inputs.to_vec()).rows);
    for table in report.manifest.tables.values() {
        for part in &table.parts {
            assert!(output.join(&part.path).exists());
        }
    }
}
