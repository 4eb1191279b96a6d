//! Dumps as pages and entries of logs, one after another.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec;

use mwparquet::cli::library;
use mwparquet::engine::{Document, OwnedRevision, Pages, Record, ScanReport};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyDict;

use crate::documents::document;
use crate::log_item::LogItem;
use crate::page::Page;
use crate::values;
use crate::waiting::{next_item, run};

/// Dumps that are being read, from the first record to the last, once.
#[pyclass(frozen, subclass, module = "mwparquet")]
pub struct Dump {
    state: Mutex<State>,
    /// Whether workers decode texts.
    decode_texts: Arc<AtomicBool>,
}

struct State {
    stream: Pages,
    /// What is left of the records that came last.
    records: vec::IntoIter<Record>,
    /// The one after those that were handed out.
    next: Option<Record>,
    site: Option<SiteInfo>,
    /// The revisions that were handed out last, if they hold their chunks.
    lent: VecDeque<Arc<OwnedRevision>>,
    /// How many pages were handed out.
    pages: u64,
    report: Option<ScanReport>,
}

/// Revisions that may hold their chunks: the one at hand in a loop, and the one that comes next to it.
const LENT: usize = 2;

impl State {
    /// Notes that a revision is handed out.  One that somebody has kept since an earlier turn of a loop lets
    /// go of its chunk.
    fn lend(&mut self, revision: &Arc<OwnedRevision>) {
        if revision.is_shared() {
            self.settle(LENT - 1);
            self.lent.push_back(Arc::clone(revision));
        }
    }

    /// Has all but so many let go of their chunks.
    fn settle(&mut self, left: usize) {
        while self.lent.len() > left {
            let kept = self.lent.pop_front();
            if let Some(kept) = kept.filter(|revision| Arc::strong_count(revision) > 1) {
                kept.settle();
            }
        }
    }

    /// Makes the next record known, if there is one; steps over the beginnings of documents.
    fn look(&mut self, py: Python<'_>) -> PyResult<()> {
        while self.next.is_none() {
            match self.records.next() {
                Some(Record::Site(document)) => self.site = Some(SiteInfo::of(&document)),
                Some(record) => self.next = Some(record),
                None => match next_item(py, &mut self.stream)? {
                    Some(records) => self.records = records.into_iter(),
                    None => {
                        self.settle(0);
                        self.report = self.stream.report().cloned().or(self.report.take());
                        return Ok(());
                    }
                },
            }
        }
        Ok(())
    }
}

impl Dump {
    fn state(&self, py: Python<'_>) -> MutexGuard<'_, State> {
        let state = self.state.lock_py_attached(py);
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that texts are read: those of the chunks to come are decoded by workers.
    pub fn texts_are_read(&self) {
        self.decode_texts.store(true, Ordering::Relaxed);
    }

    /// The next revision of the page of a number, if it is still the last one that was handed out.
    pub fn next_revision(&self, py: Python<'_>, page: u64) -> PyResult<Option<Arc<OwnedRevision>>> {
        let mut state = self.state(py);
        if state.pages != page {
            return Ok(None);
        }
        state.look(py)?;
        match state.next.take() {
            Some(Record::Revision(revision)) => {
                state.lend(&revision);
                Ok(Some(revision))
            }
            other => {
                state.next = other;
                Ok(None)
            }
        }
    }
}

#[pymethods]
impl Dump {
    #[new]
    fn new(py: Python<'_>, words: Vec<String>) -> PyResult<Self> {
        let job = run(py, |stop| library::pages(&words, stop))?;
        let state = Mutex::new(State {
            stream: job.records(),
            records: Vec::new().into_iter(),
            next: None,
            lent: VecDeque::new(),
            site: None,
            pages: 0,
            report: None,
        });
        let decode_texts = job.decode_texts;
        Ok(Self {
            state,
            decode_texts,
        })
    }

    /// What the dump says of its wiki; of several dumps that which is being read.
    #[getter]
    fn site_info(&self, py: Python<'_>) -> PyResult<Option<SiteInfo>> {
        let mut state = self.state(py);
        if state.site.is_none() {
            state.look(py)?;
        }
        Ok(state.site.clone())
    }

    /// What was read and passed over; `None` before the end.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let state = self.state(py);
        let report = state.report.as_ref();
        report.map(|report| values::report(py, report)).transpose()
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    /// The next page or entry of a log.
    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        let py = slf.py();
        let mut state = slf.get().state(py);
        loop {
            state.look(py)?;
            match state.next.take() {
                None => return Ok(None),
                Some(Record::LogItem(item)) => {
                    return Ok(Some(Py::new(py, LogItem(item))?.into_any()));
                }
                Some(Record::Page(page)) => {
                    state.pages += 1;
                    let page = Page {
                        page,
                        number: state.pages,
                        dump: slf.clone().unbind(),
                    };
                    return Ok(Some(Py::new(py, page)?.into_any()));
                }
                // Of a page that nobody wants to know more of.
                Some(Record::Revision(_) | Record::Site(_)) => {}
            }
        }
    }
}

/// What a dump says of its wiki.
#[pyclass(frozen, get_all, module = "mwparquet")]
#[derive(Clone)]
pub struct SiteInfo {
    /// Display name of the wiki.
    name: Option<String>,
    /// Its name in the database, such as `enwiki`.
    dbname: Option<String>,
    /// URL of the main page.
    base: Option<String>,
    /// The software that wrote the dump.
    generator: Option<String>,
    /// Whether titles begin with a capital.
    case: Option<String>,
    /// Its namespaces.
    namespaces: Vec<DumpNamespace>,
}

/// A namespace.
#[pyclass(frozen, get_all, name = "Namespace", module = "mwparquet")]
#[derive(Clone)]
pub struct DumpNamespace {
    /// Its number.
    id: i32,
    /// Its name.
    name: String,
    /// Whether titles in it begin with a capital.
    case: Option<String>,
}

#[pymethods]
impl SiteInfo {
    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(
            slf.as_any(),
            &["name", "dbname", "base", "generator", "case", "namespaces"],
        )
    }

    fn __repr__(&self) -> String {
        let name = self.dbname.as_ref().or(self.name.as_ref());
        format!("SiteInfo({})", name.map_or("", String::as_str))
    }
}

#[pymethods]
impl DumpNamespace {
    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(slf.as_any(), &["id", "name", "case"])
    }

    fn __repr__(&self) -> String {
        format!("Namespace(id={}, name={:?})", self.id, self.name)
    }
}

impl SiteInfo {
    fn of(document: &Document) -> Self {
        let site = &document.site;
        let namespace = |namespace: &mwparquet::model::Namespace| DumpNamespace {
            id: namespace.id,
            name: namespace.name.clone(),
            case: namespace.case.clone(),
        };
        Self {
            name: site.site_name.clone(),
            dbname: site.db_name.clone(),
            base: site.base.clone(),
            generator: site.generator.clone(),
            case: site.case.clone(),
            namespaces: site.namespaces.iter().map(namespace).collect(),
        }
    }
}
