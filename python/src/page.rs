//! A page, whose revisions come from the dump that is being read.

use mwparquet::engine::OwnedPage;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::documents::document;
use crate::dump::Dump;
use crate::revision::Revision;

/// A page.  It iterates over its revisions, once, and only until the dump is asked for the next page.
#[pyclass(frozen, module = "mwparquet")]
pub struct Page {
    pub page: Box<OwnedPage>,
    /// Which one of the dump it is.
    pub number: u64,
    pub dump: Py<Dump>,
}

#[pymethods]
impl Page {
    /// The page's id.
    #[getter]
    fn id(&self) -> Option<i64> {
        self.page.id
    }

    /// The title, with the namespace's name in front.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.page.title.as_deref()
    }

    /// Number of the namespace.
    #[getter]
    fn namespace(&self) -> Option<i32> {
        self.page.namespace_id
    }

    /// The title that the page redirects to, where it does and the dump tells.
    #[getter]
    fn redirect(&self) -> Option<&str> {
        self.page.redirect.as_deref()
    }

    /// Restrictions of editing, as old dumps have them.
    #[getter]
    fn restrictions(&self) -> Vec<&str> {
        self.page.restrictions.iter().map(|text| &**text).collect()
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Option<Revision>> {
        let page = slf.get();
        let revision = page.dump.get().next_revision(slf.py(), page.number)?;
        Ok(revision.map(|revision| Revision {
            revision,
            page: slf.clone().unbind(),
        }))
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(
            slf.as_any(),
            &["id", "title", "namespace", "redirect", "restrictions"],
        )
    }

    fn __repr__(&self) -> String {
        let id = (self.page.id).map_or_else(|| "None".to_owned(), |id| id.to_string());
        format!(
            "Page(id={id}, title={:?})",
            self.title().unwrap_or_default()
        )
    }
}
