//! The main job: dump files to tables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::document::Document;
use super::options::{Filters, Limits};
use super::pipeline::{Consumer, Work, run_input};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::rows::{ChunkRows, Wanted, rows_of};
use super::table_stream::TableStream;
use crate::error::{Error, Result};
use crate::sink::{
    InputEntry, Manifest, OutputFolder, Part, PartEntry, RowGroupEncoder, Seen, TableEntry,
    TableWriter, WriterOptions,
};
use crate::source::Input;
use crate::tables::{self, NamespaceRow, PageSummary, Reject, Selection, TableBuilder, TableInfo};

/// Rows that the driver gathers itself before they become a batch.
const DRIVER_BATCH_ROWS: usize = 8192;

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The inputs, in order.
    pub inputs: Vec<Input>,
    /// The folder to write.
    pub output: PathBuf,
    /// Whether an earlier job's output may be replaced.
    pub overwrite: bool,
    /// The tables wanted, with their columns.
    pub selections: Vec<Selection>,
    /// The records wanted.
    pub filters: Filters,
    /// What bounds memory, and what happens at damage.
    pub limits: Limits,
    /// How tables are written.
    pub writer: WriterOptions,
    /// The options as the manifest is to keep them.
    pub described: BTreeMap<String, serde_json::Value>,
    /// Files that were left out unread, with the reason.
    pub left_out: BTreeMap<String, String>,
}

/// What a finished job has done.
#[derive(Debug)]
pub struct JobReport {
    /// The manifest as written, but for `run`.
    pub manifest: Manifest,
    /// Counts over all inputs.
    pub seen: Seen,
    /// What was passed over, the first of many.
    pub rejects: Vec<Reject>,
}

/// How many rejects a report keeps; the table has all.
const REPORTED_REJECTS: usize = 20;

/// Runs a job.
///
/// `observe` is called often, by the calling thread, with the number of the input at hand;
/// `describe_run` is asked at the end for what the manifest keeps about this run.
pub fn convert(
    job: &Job,
    pool: &Pool,
    progress: &Arc<Progress>,
    stop: &Stop,
    observe: &mut dyn FnMut(usize),
    describe_run: &dyn Fn() -> BTreeMap<String, serde_json::Value>,
) -> Result<JobReport> {
    let folder = OutputFolder::prepare(&job.output, job.overwrite)?;
    let mut tables = Tables::new(job, &folder, pool, progress)?;
    let mut entries = Vec::new();
    for (number, input) in job.inputs.iter().enumerate() {
        observe(number);
        entries.push(tables.convert_input(input, number, job, stop, observe)?);
    }
    stop.check()?;
    let selections = &job.selections;
    let (parts, rejects) = tables.finish()?;
    let mut seen = Seen::default();
    entries.iter().for_each(|entry| seen.add(&entry.seen));
    let manifest = Manifest {
        manifest_version: 1,
        program: concat!("mwparquet ", env!("CARGO_PKG_VERSION")).to_owned(),
        options: job.described.clone(),
        inputs: entries,
        left_out: job.left_out.clone(),
        tables: describe_tables(selections, &parts),
        complete: seen.rejects == 0,
        run: describe_run(),
    };
    let all: Vec<Part> = parts.into_values().flatten().collect();
    stop.check()?;
    folder.commit(&all, &manifest)?;
    Ok(JobReport {
        manifest,
        seen,
        rejects,
    })
}

fn describe_tables(selections: &[Selection], parts: &PartsByTable) -> BTreeMap<String, TableEntry> {
    let entry = |selection: &Selection| {
        let table = selection.table;
        let docs = table.columns();
        let parts: Vec<_> = parts
            .get(table.name)
            .into_iter()
            .flatten()
            .map(|part| PartEntry {
                path: format!(
                    "{}/{}",
                    table.name,
                    part.path.file_name().unwrap_or_default().to_string_lossy()
                ),
                rows: part.rows,
                bytes: part.bytes,
                sha256: part.sha256.clone(),
            })
            .collect();
        let entry = TableEntry {
            version: table.version,
            rows: parts.iter().map(|part| part.rows).sum(),
            bytes: parts.iter().map(|part| part.bytes).sum(),
            columns: selection
                .columns
                .iter()
                .map(|index| docs[*index].name.to_owned())
                .collect(),
            parts,
        };
        (table.name.to_owned(), entry)
    };
    selections.iter().map(entry).collect()
}

type PartsByTable = BTreeMap<&'static str, Vec<Part>>;

/// The tables being written.
struct Tables<'j> {
    wanted: Arc<Wanted>,
    pool: &'j Pool,
    progress: &'j Arc<Progress>,
    streams: BTreeMap<&'static str, TableStream>,
    pages: Option<tables::TableBuilder<tables::Pages>>,
    rejects: Option<tables::TableBuilder<tables::Rejects>>,
    reported: Vec<Reject>,
    /// Namespaces of wikis that are written already.
    known_wikis: Vec<(Option<String>, Vec<crate::model::Namespace>)>,
}

impl<'j> Tables<'j> {
    fn new(
        job: &Job,
        folder: &OutputFolder,
        pool: &'j Pool,
        progress: &'j Arc<Progress>,
    ) -> Result<Self> {
        let wanted = Wanted {
            selections: job.selections.clone(),
            filters: job.filters.clone(),
            keep_going: job.limits.keep_going,
        };
        let row_group_bytes = job.writer.row_group_bytes.min(job.limits.row_group_bytes());
        let mut streams = BTreeMap::new();
        for selection in &job.selections {
            let encoder = RowGroupEncoder::new(selection, job.writer.compression)?;
            let writer = TableWriter::new(
                folder.table(selection.table.name),
                encoder,
                job.writer.part_bytes,
            );
            streams.insert(
                selection.table.name,
                TableStream::new(writer, row_group_bytes),
            );
        }
        Ok(Self {
            pages: wanted.selection(&tables::PAGES).map(TableBuilder::new),
            rejects: wanted.selection(&tables::REJECTS).map(TableBuilder::new),
            wanted: Arc::new(wanted),
            pool,
            progress,
            streams,
            reported: Vec::new(),
            known_wikis: Vec::new(),
        })
    }

    fn convert_input(
        &mut self,
        input: &Input,
        number: usize,
        job: &Job,
        stop: &Stop,
        observe: &mut dyn FnMut(usize),
    ) -> Result<InputEntry> {
        let (pool, progress) = (self.pool, Arc::clone(self.progress));
        let mut consumer = InputTables {
            tables: self,
            document: None,
            open_page: None,
            seen: Seen::default(),
            input: input.name().to_string(),
            tick: &mut || observe(number),
        };
        let passed = run_input(input, &job.limits, pool, &progress, stop, &mut consumer)?;
        consumer.close_page()?;
        let document = consumer.document.take();
        let mut seen = std::mem::take(&mut consumer.seen);
        seen.xml_bytes = passed.xml_bytes;
        seen.trailing_zero_bytes = passed.trailing_zero_bytes;
        let site = document.as_ref().map(|document| &document.site);
        Ok(InputEntry {
            name: input.name().to_string(),
            bytes: input
                .size_bytes()
                .unwrap_or_else(|| progress.taken_bytes.load(Ordering::Relaxed)),
            container: passed.format.name().to_owned(),
            container_pieces: passed.pieces,
            schema_version: site.and_then(|site| site.schema_version.clone()),
            generator: site.and_then(|site| site.generator.clone()),
            wiki_id: document
                .as_ref()
                .and_then(|document| document.wiki_id.clone()),
            seen,
        })
    }

    fn push(&mut self, table: &TableInfo, batch: Option<arrow::array::RecordBatch>) -> Result<()> {
        match (self.streams.get_mut(table.name), batch) {
            (Some(stream), Some(batch)) => stream.push(batch, self.pool, self.progress),
            _ => Ok(()),
        }
    }

    fn push_page(&mut self, page: &PageSummary) -> Result<()> {
        if let Some(builder) = &mut self.pages {
            builder.push(page);
            if builder.rows() >= DRIVER_BATCH_ROWS {
                let batch = builder.finish()?;
                self.push(&tables::PAGES, batch)?;
            }
        }
        Ok(())
    }

    fn push_reject(&mut self, reject: Reject) -> Result<()> {
        if let Some(builder) = &mut self.rejects {
            builder.push(&reject);
            if builder.rows() >= DRIVER_BATCH_ROWS {
                let batch = builder.finish()?;
                self.push(&tables::REJECTS, batch)?;
            }
        }
        if self.reported.len() < REPORTED_REJECTS {
            self.reported.push(reject);
        }
        Ok(())
    }

    fn push_namespaces(&mut self, document: &Document) -> Result<()> {
        let Some(selection) = self.wanted.selection(&tables::NAMESPACES) else {
            return Ok(());
        };
        // The files of a run say the same; the table says it once.
        let known = (document.wiki_id.clone(), document.site.namespaces.clone());
        if self.known_wikis.contains(&known) {
            return Ok(());
        }
        let mut builder = TableBuilder::<tables::Namespaces>::new(selection);
        for namespace in &document.site.namespaces {
            builder.push(&NamespaceRow {
                wiki_id: document.wiki_id.as_deref(),
                wiki_name: document.site.site_name.as_deref(),
                namespace,
            });
        }
        self.known_wikis.push(known);
        let batch = builder.finish()?;
        self.push(&tables::NAMESPACES, batch)
    }

    /// Writes what is left; gives the parts by table, and the first rejects.
    fn finish(mut self) -> Result<(PartsByTable, Vec<Reject>)> {
        let pages = self
            .pages
            .take()
            .map_or(Ok(None), |mut pages| pages.finish())?;
        self.push(&tables::PAGES, pages)?;
        let rejects = self
            .rejects
            .take()
            .map_or(Ok(None), |mut rejects| rejects.finish())?;
        self.push(&tables::REJECTS, rejects)?;
        let mut parts = BTreeMap::new();
        for (name, stream) in std::mem::take(&mut self.streams) {
            parts.insert(name, stream.finish(self.pool, self.progress)?);
        }
        Ok((parts, self.reported))
    }
}

/// The rows of one input on their way into the tables.
struct InputTables<'t, 'j> {
    tables: &'t mut Tables<'j>,
    document: Option<Arc<Document>>,
    /// A page that goes on in the next chunk.
    open_page: Option<PageSummary>,
    seen: Seen,
    input: String,
    tick: &'t mut dyn FnMut(),
}

impl InputTables<'_, '_> {
    fn close_page(&mut self) -> Result<()> {
        match self.open_page.take() {
            Some(page) => self.tables.push_page(&page),
            None => Ok(()),
        }
    }

    fn collect_page(
        &mut self,
        page: PageSummary,
        began_before: bool,
        continues: bool,
    ) -> Result<()> {
        match &mut self.open_page {
            Some(open) if began_before => open.add(&page),
            _ => {
                self.close_page()?;
                self.open_page = Some(page);
            }
        }
        if !continues {
            self.close_page()?;
        }
        Ok(())
    }
}

impl Consumer for InputTables<'_, '_> {
    type Output = ChunkRows;

    fn work(&self) -> Work<ChunkRows> {
        let wanted = Arc::clone(&self.tables.wanted);
        let progress = Arc::clone(self.tables.progress);
        Arc::new(move |document, chunk| {
            let rows = rows_of(&wanted, document, chunk)?;
            progress
                .revisions
                .fetch_add(rows.seen.revisions, Ordering::Relaxed);
            progress.pages.fetch_add(rows.seen.pages, Ordering::Relaxed);
            Ok(rows)
        })
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        self.close_page()?;
        self.document = Some(Arc::clone(document));
        self.tables.push_namespaces(document)
    }

    fn collect(&mut self, rows: ChunkRows) -> Result<()> {
        self.seen.add(&rows.seen);
        self.tables.push(&tables::REVISIONS, rows.revisions)?;
        self.tables.push(&tables::CONTENT, rows.content)?;
        self.tables.push(&tables::UPLOADS, rows.uploads)?;
        for (page, began_before, continues) in rows.pages {
            self.collect_page(page, began_before, continues)?;
        }
        for reject in rows.rejects {
            self.tables.push_reject(reject)?;
        }
        Ok(())
    }

    fn lost(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.close_page()?;
        self.seen.rejects += 1;
        let place = why.location();
        self.tables.push_reject(Reject {
            wiki_id: self
                .document
                .as_ref()
                .and_then(|document| document.wiki_id.clone()),
            input: self.input.clone(),
            xml_offset_bytes: place.xml_offset_bytes,
            file_offset_bytes: place.file_offset_bits.map(|bits| bits / 8),
            page_id: place.page_id,
            revision_id: place.revision_id,
            lost_bytes,
            reason: why.message().to_owned(),
        })
    }

    fn tick(&mut self) {
        (self.tick)();
    }
}
