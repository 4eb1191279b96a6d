//! Pages with their revisions, and log entries, one after another: for whoever walks a dump.
//!
//! Workers parse chunks; what they make of a chunk is handed on as a whole.  Texts stay where they stand
//! in it, until somebody reads one: from then on workers decode them.

mod chunk;
mod owned;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use self::chunk::{ChunkRecords, TextsWanted, records_of};
use super::document::Document;
use super::input_tables::REPORTED_REJECTS;
use super::lane::Lane;
use super::lanes::{Reading, read_inputs};
use super::options::{Filters, Limits};
use super::pipeline::{Consumer, Work, run_input};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::scan::ScanReport;
use super::sequences::Sequence;
use super::stream::{Outlet, Stream};
use crate::error::{Error, Result};
use crate::model::UnitsPool;
use crate::source::Input;
use crate::tables::Reject;

pub use owned::{OwnedContent, OwnedLogItem, OwnedPage, OwnedRevision, OwnedUser};

/// What is to be read.
#[derive(Debug, Clone)]
pub struct PagesJob {
    /// The inputs, read one after another: dumps in XML.
    pub inputs: Vec<Input>,
    /// The records wanted.  A page stays where none of its revisions is wanted.
    pub filters: Filters,
    /// What bounds memory, and what happens at damage.
    pub limits: Limits,
    /// Worker threads.
    pub threads: usize,
    /// Whether texts are wanted.
    pub with_texts: bool,
    /// Whether workers decode texts; else it is done where one is read.  May be set at any time: by who
    /// has begun to read them.
    pub decode_texts: Arc<AtomicBool>,
}

/// A record of a dump.
#[derive(Debug)]
pub enum Record {
    /// A document begins.
    Site(Arc<Document>),
    /// A page begins.
    Page(Box<OwnedPage>),
    /// A revision of the page before.
    Revision(Arc<OwnedRevision>),
    /// An entry of a log.
    LogItem(Box<OwnedLogItem>),
}

/// Records in the order of the inputs, those of a chunk at a time.
pub type Pages = Stream<Vec<Record>, ScanReport>;

impl PagesJob {
    /// The records.  Reading begins when the first are asked for.
    pub fn records(&self) -> Pages {
        let job = self.clone();
        Stream::new(move |outlet, progress, stop| run(&job, &outlet, progress, stop))
    }
}

/// Chunks that stay in a processor's cache from the first look to the last, and are held by a text or two.
const CHUNK_MAX_BYTES: usize = 1 << 20;

type RecordOutlet = Outlet<Vec<Record>, ScanReport>;

fn run(
    job: &PagesJob,
    outlet: &RecordOutlet,
    progress: &Progress,
    stop: &Stop,
) -> Result<ScanReport> {
    let pool = Pool::new(job.threads)?;
    let limits = Limits {
        chunk_max_bytes: CHUNK_MAX_BYTES,
        ..job.limits
    };
    let mut report = ScanReport::default();
    for input in &job.inputs {
        let reading = Reading {
            inputs: std::slice::from_ref(input),
            sequences: &[Sequence::alone(0)],
            finished: &BTreeSet::new(),
            limits: &limits,
            pool: &pool,
            progress,
            stop,
        };
        let read = |lane: &Lane<'_>, _: &Sequence| {
            let mut walker = Walker {
                job,
                outlet,
                input: input.name(),
                document: None,
                report: ScanReport::default(),
            };
            run_input(input, lane, &mut walker).map(|_| walker.report)
        };
        read_inputs(&reading, &mut || (), &read, &mut |_, read| {
            report.seen.add(&read.seen);
            let room = REPORTED_REJECTS.saturating_sub(report.rejects.len());
            report.rejects.extend(read.rejects.into_iter().take(room));
            Ok(())
        })?;
    }
    stop.check()?;
    Ok(report)
}

struct Walker<'w> {
    job: &'w PagesJob,
    outlet: &'w RecordOutlet,
    input: Arc<str>,
    document: Option<Arc<Document>>,
    report: ScanReport,
}

impl Walker<'_> {
    fn push_reject(&mut self, reject: Reject) {
        if self.report.rejects.len() < REPORTED_REJECTS {
            self.report.rejects.push(reject);
        }
    }
}

impl Consumer for Walker<'_> {
    type Output = ChunkRecords;

    fn work(&self) -> Work<ChunkRecords> {
        let filters = Arc::new(self.job.filters.clone());
        let (with_texts, keep_going) = (self.job.with_texts, self.job.limits.keep_going);
        let decode_texts = Arc::clone(&self.job.decode_texts);
        let pool = Arc::new(UnitsPool::default());
        Arc::new(move |document, chunk| {
            let texts = match with_texts {
                false => TextsWanted::No,
                true if decode_texts.load(Ordering::Relaxed) => TextsWanted::Decoded(&pool),
                true => TextsWanted::AsTheyStand,
            };
            records_of(&filters, texts, keep_going, document, chunk)
        })
    }

    fn text_copies(&self) -> usize {
        // Units of two bytes.
        2
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        self.document = Some(Arc::clone(document));
        self.outlet.put(vec![Record::Site(Arc::clone(document))])
    }

    fn collect(&mut self, chunk: ChunkRecords) -> Result<()> {
        self.report.seen.add(&chunk.seen);
        for reject in chunk.rejects {
            self.push_reject(reject);
        }
        match chunk.records.is_empty() {
            true => Ok(()),
            false => self.outlet.put(chunk.records),
        }
    }

    fn lost(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.report.seen.rejects += 1;
        let document = self.document.as_ref();
        let wiki_id = document.and_then(|document| document.wiki_id.clone());
        self.push_reject(Reject::of(why, lost_bytes, wiki_id, &self.input));
        Ok(())
    }
}
