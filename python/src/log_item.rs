//! An entry of a log.

use mwparquet::engine::OwnedLogItem;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::documents::document;
use crate::revision::{Deleted, User};
use crate::values::timestamp;

/// An entry of a log.
#[pyclass(frozen, module = "mwparquet")]
pub struct LogItem(pub Box<OwnedLogItem>);

#[pymethods]
impl LogItem {
    /// The entry's id.
    #[getter]
    fn id(&self) -> Option<i64> {
        self.0.id
    }

    /// When it was made, in UTC.
    #[getter]
    fn timestamp(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        timestamp(py, self.0.timestamp)
    }

    /// Who made it; `None` if that is hidden.
    #[getter]
    fn user(&self) -> Option<User> {
        User::of(&self.0.user)
    }

    /// What it is about; `None` where it names no title.
    #[getter]
    fn page(&self) -> Option<LogPage> {
        self.0.title.as_ref().map(|title| LogPage {
            namespace: self.0.namespace_id,
            title: title.clone(),
        })
    }

    /// The comment; `None` if it is hidden.
    #[getter]
    fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// The log, such as `delete`.
    #[getter]
    fn r#type(&self) -> Option<&str> {
        self.0.kind.as_deref()
    }

    /// What was done, such as `restore`.
    #[getter]
    fn action(&self) -> Option<&str> {
        self.0.action.as_deref()
    }

    /// The parameters, as they are written.
    #[getter]
    fn params(&self) -> Option<&str> {
        self.0.params.as_deref()
    }

    /// What is hidden.
    #[getter]
    fn deleted(&self) -> Deleted {
        Deleted {
            text: None,
            action: Some(self.0.target_is_hidden),
            comment: !self.0.comment_is_visible,
            user: !self.0.user.is_visible,
        }
    }

    /// `None`: entries have no text, though mwxml has a place for it.
    #[getter]
    fn text(&self) -> Option<&str> {
        None
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(
            slf.as_any(),
            &[
                "id",
                "timestamp",
                "user",
                "page",
                "comment",
                "type",
                "action",
                "params",
                "deleted",
            ],
        )
    }

    fn __repr__(&self) -> String {
        let (kind, action) = (self.r#type().unwrap_or(""), self.action().unwrap_or(""));
        format!("LogItem(type={kind:?}, action={action:?})")
    }
}

/// The title that an entry of a log is about.
#[pyclass(frozen, eq, hash, module = "mwparquet")]
#[derive(PartialEq, Eq, Hash)]
pub struct LogPage {
    /// Number of the namespace.
    #[pyo3(get)]
    namespace: Option<i32>,
    title: Box<str>,
}

#[pymethods]
impl LogPage {
    /// The title, without the namespace's name.
    #[getter]
    fn title(&self) -> &str {
        &self.title
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(slf.as_any(), &["namespace", "title"])
    }

    fn __repr__(&self) -> String {
        format!("LogPage(title={:?})", self.title())
    }
}
