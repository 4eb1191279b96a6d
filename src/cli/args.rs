//! The arguments, with their help.

mod count;
mod diffs;
mod layout;
mod limits;
mod names;
mod packing;
mod progress;
mod protect;
mod purge;
mod runs;
mod scan;
mod splits;
mod verify;
mod wikiq;

use std::path::PathBuf;

use clap::builder::{ArgPredicate, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::near::did_you_mean;
use super::sizes::parse_bytes;
use crate::engine::HistoryOptions;
use crate::model::Timestamp;
use crate::tables;

pub(super) use self::count::{CountArguments, CountFormat};
pub(super) use self::diffs::{ApplyArguments, DiffArguments};
pub(super) use self::layout::{DialectArguments, DialectName, LayoutArguments, LayoutName};
pub(super) use self::limits::LimitArguments;
pub(super) use self::names::SQL_PREFIX;
use self::names::TableNames;
use self::packing::PackingArguments;
pub(super) use self::progress::{ProgressArgs, ProgressStyle};
pub(super) use self::protect::{CleanArguments, ListArguments, ProtectArguments};
pub(super) use self::purge::{Assumption, PurgeArguments};
pub(super) use self::runs::{RunArguments, RunsArguments};
pub(super) use self::scan::{PagesArguments, ScanArguments};
pub(super) use self::splits::{PlanArguments, SplitArguments};
pub(super) use self::verify::{ConvertVerifyArguments, Verify, VerifyArguments};
pub(super) use self::wikiq::WikiqArguments;

/// Turns MediaWiki dumps, XML and SQL, into Parquet tables: on all cores, in bounded memory, without losing
/// a row in silence.
#[derive(Debug, Parser)]
#[command(name = "mwparquet", version, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "Examples:
  mwparquet convert enwiki-20260101-pages-meta-history1.xml-p1p812.bz2 --output out
  mwparquet convert enwiki-20260101-page.sql.gz enwiki-20260101-linktarget.sql.gz --output out
  mwparquet inspect *.xml.bz2
  mwparquet cat dump.xml.7z | jq .user_text
  mwparquet count stub-meta-history.xml.gz --by user --top 20
  mwparquet schema revisions

Exit codes: 0 complete, 1 complete with rejects, 2 usage, 3 input damaged or no dump,
4 disk, permission or memory, 70 an error in mwparquet, 130 stopped.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Convert dump files to Parquet tables
    Convert(Box<ConvertArguments>),
    /// Tell what dump files are: container, schema, wiki, kind, counts
    Inspect(InspectArguments),
    /// Write revisions as JSON lines, or the decoded XML, to standard output
    Cat(CatArguments),
    /// Count revisions or log entries by page, user, month and other keys
    Count(Box<CountArguments>),
    /// List the runs of a mirror: wikis, dates, kinds, sizes, and what has finished
    Runs(RunsArguments),
    /// Cut dump files into splits, for many processes to convert
    Plan(PlanArguments),
    /// Tell whether dump files, or what convert has written, are whole and sound
    Verify(VerifyArguments),
    /// Rebuild texts from a table diffs, as JSON lines on standard output
    Apply(ApplyArguments),
    /// List what jobs wrote below folders, what it tells of people, and what is past its date
    List(ListArguments),
    /// Remove what jobs wrote into folders, and nothing else
    Clean(CleanArguments),
    /// Take out of what convert has written what newer dumps hide or lack
    Purge(PurgeArguments),
    /// Show the columns of the tables
    Schema(SchemaArguments),
    /// Write a completion script for a shell to standard output
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual page to standard output
    Man,
}

const CONVERT_EXAMPLES: &str = "Examples:
  mwparquet convert simplewiki-20260101-pages-meta-history.xml.7z --output out
  mwparquet convert dumps/*.bz2 --tables revisions,content --namespaces 0,1 --output out
  mwparquet convert --wiki simplewiki --date latest --kind pages-meta-history --output out
  curl -s URL | mwparquet convert - --output out
  mwparquet convert dumps/*.sql.gz --columns sql_page=page_id,page_title --output out
  mwparquet convert stub.xml.gz --columns revisions=page_id,revision_id,revision_dt --output out
  mwparquet convert dumps/ --profile content-history --layout hive --output out
  mwparquet convert dumps/ --output out --resume

Result: DIR/<table>/part-*.parquet and DIR/manifest.json, which is written last: a folder without
it is not finished. However a job ends, the inputs that it has finished are kept, and the same
command with --resume goes on behind them.";

#[derive(Debug, Args)]
#[command(after_help = CONVERT_EXAMPLES)]
pub(super) struct ConvertArguments {
    /// Dump files, folders, patterns, or - for standard input
    #[arg(required_unless_present_any = ["wikis", "split", "commit"], value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// Folder to write, new or empty
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Tables to write; of SQL dumps all, or those that are named too (sql_page)
    #[arg(
        long,
        value_name = "TABLE,…",
        value_delimiter = ',',
        default_values = tables::DEFAULT,
        default_values_if("profiles", ArgPredicate::IsPresent, ["rejects"]),
        value_parser = TableNames { or_files: false }
    )]
    pub tables: Vec<String>,
    /// Write the tables of these profiles: in shapes that others have made (docs/PROFILES.md); with rejects
    /// and what --tables names
    #[arg(
        long = "profile",
        value_name = "PROFILE,…",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(tables::PROFILES.iter().map(|profile| profile.name))
    )]
    pub profiles: Vec<String>,
    #[command(flatten)]
    pub layout: LayoutArguments,
    /// Columns to write of a table; can be given once a table
    #[arg(long, value_name = "TABLE=COLUMN,…", value_parser = parse_columns)]
    pub columns: Vec<(String, Vec<String>)>,
    #[command(flatten)]
    pub filters: FilterArguments,
    #[command(flatten)]
    pub history: HistoryArguments,
    #[command(flatten)]
    pub table_history: TableHistoryArguments,
    #[command(flatten)]
    pub wikiq: WikiqArguments,
    #[command(flatten)]
    pub diffs: DiffArguments,
    #[command(flatten)]
    pub protect: ProtectArguments,
    #[command(flatten)]
    pub verify: ConvertVerifyArguments,
    #[command(flatten)]
    pub work: WorkArguments,
    #[command(flatten)]
    pub splits: SplitArguments,
    #[command(flatten)]
    pub packing: PackingArguments,
    /// Close a row group at so many bytes of rows in memory (at most an eighth of --memory, or of 256MiB)
    #[arg(help_heading = "Output", long, value_name = "SIZE", default_value = "32MiB", value_parser = parse_bytes)]
    pub row_group_bytes: u64,
    /// Close a part at so many bytes on disk
    #[arg(help_heading = "Output", long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_bytes)]
    pub part_bytes: u64,
    /// At damaged input: fail, or skip it, keep the rest and list the loss in the table rejects
    #[arg(help_heading = "Running", long, value_enum, default_value_t = OnDamage::Fail)]
    pub on_damage: OnDamage,
    /// Replace what an earlier job wrote into the folder
    #[arg(help_heading = "Output", long)]
    pub overwrite: bool,
    /// Go on with a job that was ended, from the inputs that it has finished; the same inputs and options
    /// are needed.  In an empty folder it begins, of a finished job nothing is done
    #[arg(help_heading = "Output", long, conflicts_with = "overwrite")]
    pub resume: bool,
    /// Bring the finished job in the folder up to date: inputs that have not changed since are not read
    /// again, and their parts are kept; the same options are needed.  Until the new output is complete the
    /// old one stays as it is.  In an empty folder it begins, and goes on with what was ended
    #[arg(help_heading = "Output", long, conflicts_with_all = ["overwrite", "resume"])]
    pub skip_unchanged: bool,
    /// With --skip-unchanged: let go the rows of inputs that the finished job has and that are not named
    /// any more [default: refuse]
    #[arg(help_heading = "Output", long, requires = "skip_unchanged")]
    pub drop_removed: bool,
    /// Tell what would be done, and do nothing
    #[arg(help_heading = "Running", long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub progress: ProgressArgs,
    /// Tell more
    #[arg(help_heading = "Running", short, long)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArguments {
    /// Only pages, and log entries on titles, in these namespaces, by number
    #[arg(
        long,
        value_name = "N,…",
        value_delimiter = ',',
        value_parser = parse_namespace,
        allow_hyphen_values = true
    )]
    pub namespaces: Vec<i32>,
    /// Only these pages, by id; log entries name none
    #[arg(long, value_name = "ID,…", value_delimiter = ',', value_parser = parse_page_id)]
    pub page_ids: Vec<i64>,
    /// Only revisions saved, and log entries made, at this time or later (2024-01-01 or 2024-01-01T00:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub since: Option<Timestamp>,
    /// Only revisions saved, and log entries made, before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Reverts, sessions and persistence")]
pub(super) struct HistoryArguments {
    /// How many revisions a revert can undo, by the definition of mwreverts (table reverts)
    #[arg(
        long,
        value_name = "N",
        default_value_t = HistoryOptions::DEFAULT_REVERT_RADIUS,
        value_parser = parse_radius
    )]
    pub revert_radius: usize,
    /// How many later revisions tokens are followed through (table persistence)
    #[arg(
        long,
        value_name = "N",
        default_value_t = HistoryOptions::DEFAULT_PERSISTENCE.window,
        value_parser = parse_window
    )]
    pub persistence_window: usize,
    /// Tokens that so many later revisions have persisted (table persistence)
    #[arg(long, value_name = "N", default_value_t = HistoryOptions::DEFAULT_PERSISTENCE.min_revisions)]
    pub persistence_min_revisions: u32,
    /// Tokens that were seen for so many days persisted (table persistence)
    #[arg(long, value_name = "DAYS", default_value = "14", value_parser = parse_days)]
    pub persistence_min_days: f64,
    /// When time ends for tokens that are there at a page's end (table persistence) [default: the
    /// date in the file's name, or else each page's last revision]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub sunset: Option<Timestamp>,
}

/// What only tables know.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reverts, sessions and persistence")]
pub(super) struct TableHistoryArguments {
    /// In which order reverts are looked for by the definition of mwreverts (table reverts): that of the
    /// dump, or that of time, which is its --resort
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = RevertOrder::Dump)]
    pub revert_order: RevertOrder,
    /// A break of so many seconds ends a user's session (table sessions)
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = HistoryOptions::DEFAULT_SESSION_CUTOFF_SECONDS,
        value_parser = parse_cutoff
    )]
    pub session_cutoff: i64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Resources")]
pub(super) struct WorkArguments {
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub threads: Option<u16>,
    /// Bytes in flight of all inputs that are read at once; what the program holds beside them is
    /// some 150 MiB [default: 256MiB, or 128MiB a thread where that is more]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub memory: Option<u64>,
    /// Largest record, in bytes of XML
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = parse_bytes)]
    pub max_record_bytes: u64,
    #[command(flatten)]
    pub limits: LimitArguments,
}

#[derive(Debug, Args)]
pub(super) struct InspectArguments {
    /// Dump files, folders, patterns, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Read all of each file: exact counts, and proof that it is whole
    #[arg(long)]
    pub full: bool,
    /// Write JSON lines
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub work: WorkArguments,
}

const CAT_EXAMPLES: &str = "Examples:
  mwparquet cat dump.xml.7z | jq .user_text
  mwparquet cat --format xml dump.xml.bz2 | grep -c '<page>'
  mwparquet cat --format mwdiffs dump.xml.bz2 | head -1000
  mwparquet cat --format wikiq --persistence dump.xml.7z > dump.tsv
  mwparquet cat --format mwxml --shape flat dump.xml.bz2 | mwreverts revdocs2reverts";

#[derive(Debug, Args)]
#[command(after_help = CAT_EXAMPLES)]
pub(super) struct CatArguments {
    /// Dump files, folders, patterns, or - for standard input
    #[arg(required_unless_present = "wikis", value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// What to write
    #[arg(long, value_enum, default_value_t = CatFormat::Json)]
    pub format: CatFormat,
    /// Where documents of mwxml, mwdiffs, mwreverts and mwpersistence have text, checksum and size
    /// [default: slots for mwxml, flat for the others]
    #[arg(long, value_enum)]
    pub shape: Option<CatShape>,
    #[command(flatten)]
    pub history: HistoryArguments,
    #[command(flatten)]
    pub wikiq: WikiqArguments,
    #[command(flatten)]
    pub filters: FilterArguments,
    #[command(flatten)]
    pub work: WorkArguments,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// The table, or the file of an SQL dump [default: all tables]
    #[arg(value_parser = TableNames { or_files: true })]
    pub table: Option<String>,
    /// Write JSON
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Write the codebook in Markdown
    #[arg(long)]
    pub markdown: bool,
    #[command(flatten)]
    pub dialect: DialectArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnDamage {
    Fail,
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RevertOrder {
    Dump,
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CatFormat {
    /// Revisions as JSON lines, with the names of our columns
    Json,
    /// The decoded XML
    Xml,
    /// Revisions as `mwxml dump2revdocs` writes them
    Mwxml,
    /// Revisions with their diffs, as `mwdiffs dump2diffs` writes them
    Mwdiffs,
    /// Reverts as `mwreverts dump2reverts` writes them
    Mwreverts,
    /// Revisions with statistics, as `mwpersistence dump2stats` writes them
    Mwpersistence,
    /// Revisions with reverts in tab-separated columns, as wikiq writes them
    Wikiq,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CatShape {
    /// In slots, by role: mwtypes 0.4 and later
    Slots,
    /// In the document itself, of the main slot only: before mwtypes 0.4
    Flat,
}

fn parse_memory(text: &str) -> Result<u64, String> {
    const LEAST_BYTES: u64 = 16 << 20;
    match parse_bytes(text)? {
        bytes if bytes < LEAST_BYTES => Err("at least 16MiB are needed".to_owned()),
        bytes => Ok(bytes),
    }
}

fn parse_columns(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, columns) = text
        .split_once('=')
        .filter(|(_, columns)| !columns.is_empty())
        .ok_or("expected a table and columns of it, such as revisions=page_id,revision_dt")?;
    let columns: Vec<_> = columns.split(',').map(str::to_owned).collect();
    if name.starts_with(SQL_PREFIX) {
        // What columns there are, the dump tells.
        return Ok((name.to_owned(), columns));
    }
    let Some(table) = tables::by_name(name) else {
        let known = tables::ALL.map(|table| table.name);
        return Err(format!(
            "there is no table {name:?}{}; there are {}",
            did_you_mean(name, &known),
            known.join(", ")
        ));
    };
    let known: Vec<_> = table.columns().iter().map(|doc| doc.name).collect();
    match columns.iter().find(|column| !known.contains(&&column[..])) {
        Some(column) => Err(format!(
            "the table {name} has no column {column:?}{}; `mwparquet schema {name}` lists them",
            did_you_mean(column, &known)
        )),
        None => Ok((name.to_owned(), columns)),
    }
}

fn parse_namespace(text: &str) -> Result<i32, &'static str> {
    text.parse().map_err(
        |_| "expected the number of a namespace, such as 0 for articles or 1 for their talk",
    )
}

fn parse_page_id(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .map_err(|_| "expected the id of a page, such as 12")
}

fn parse_threads(text: &str) -> Result<u16, &'static str> {
    text.parse()
        .ok()
        .filter(|threads| (1..=1024).contains(threads))
        .ok_or("expected how many threads, from 1 to 1024, such as 4")
}

fn parse_radius(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|radius| (1..=10_000).contains(radius))
        .ok_or("expected how many revisions, from 1 to 10000, such as 15")
}

fn parse_cutoff(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .ok()
        .filter(|seconds| (1..=i64::from(u32::MAX)).contains(seconds))
        .ok_or("expected how many seconds, 1 or more, such as 3600 for an hour")
}

fn parse_window(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|revisions| (1..=10_000).contains(revisions))
        .ok_or("expected how many revisions, from 1 to 10000, such as 50")
}

fn parse_days(text: &str) -> Result<f64, &'static str> {
    text.parse()
        .ok()
        .filter(|days| (0.0..=36_500.0).contains(days))
        .ok_or("expected how many days, from 0 to 36500, such as 14 or 0.5")
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_day_or_time(text).ok_or_else(|| {
        "expected a day (2024-01-31) or a time (2024-01-31T12:00:00Z), in UTC".to_owned()
    })
}
