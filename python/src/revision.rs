//! A revision and what it holds.  Values are made when somebody asks for them.

use std::sync::Arc;

use mwparquet::engine::{OwnedContent, OwnedRevision, OwnedUser};
use mwparquet::model::ContentState;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::documents::document;
use crate::page::Page;
use crate::strings::string;
use crate::values::timestamp;

/// A revision of a page.
#[pyclass(frozen, module = "mwparquet")]
pub struct Revision {
    pub revision: Arc<OwnedRevision>,
    pub page: Py<Page>,
}

impl Revision {
    fn main(&self) -> Option<&OwnedContent> {
        let mut contents = self.revision.contents.iter();
        contents.find(|content| *content.role == *"main")
    }

    /// The text of a content, as a string.
    fn text_of<'py>(
        &self,
        py: Python<'py>,
        content: Option<&OwnedContent>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let Some(text) = content.and_then(|content| content.text.as_ref()) else {
            return Ok(None);
        };
        self.page.get().dump.get().texts_are_read();
        string(py, text).map(Some)
    }
}

#[pymethods]
impl Revision {
    /// The revision's id.
    #[getter]
    fn id(&self) -> Option<i64> {
        self.revision.id
    }

    /// When it was saved, in UTC.
    #[getter]
    fn timestamp(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        timestamp(py, self.revision.timestamp)
    }

    /// Who saved it; `None` if that is hidden.
    #[getter]
    fn user(&self) -> Option<User> {
        User::of(&self.revision.user)
    }

    /// The page that it is of.
    #[getter]
    fn page(&self) -> &Py<Page> {
        &self.page
    }

    /// Whether its author called it minor.
    #[getter]
    fn minor(&self) -> bool {
        self.revision.is_minor
    }

    /// The comment; `None` if it is hidden.
    #[getter]
    fn comment(&self) -> Option<&str> {
        self.revision.comment.as_deref()
    }

    /// Id of the revision that it was made from; `None` for the first of a page.
    #[getter]
    fn parent_id(&self) -> Option<i64> {
        self.revision.parent_id
    }

    /// What is hidden.
    #[getter]
    fn deleted(&self) -> Deleted {
        Deleted {
            text: self.main().map(|main| main.state == ContentState::Hidden),
            action: None,
            comment: !self.revision.comment_is_visible,
            user: !self.revision.user.is_visible,
        }
    }

    /// The contents by role.
    #[getter]
    fn slots(slf: &Bound<'_, Self>) -> Slots {
        Slots {
            revision: slf.clone().unbind(),
        }
    }

    /// The text of the main slot: `''` if it is empty, `None` if it is hidden, missing or not there.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.text_of(py, self.main())
    }

    /// Declared size of the main slot's text.
    #[getter]
    fn bytes(&self) -> Option<i64> {
        self.main()?.declared_bytes
    }

    /// Declared checksum of the main slot's text, in base 36.
    #[getter]
    fn sha1(&self) -> Option<&str> {
        self.main()?.sha1.as_deref()
    }

    /// The model of the main slot.
    #[getter]
    fn model(&self) -> Option<&str> {
        self.main()?.model.as_deref()
    }

    /// The format of the main slot.
    #[getter]
    fn format(&self) -> Option<&str> {
        self.main()?.format.as_deref()
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
                "minor",
                "comment",
                "slots",
                "parent_id",
                "deleted",
            ],
        )
    }

    fn __repr__(&self) -> String {
        match self.revision.id {
            Some(id) => format!("Revision(id={id})"),
            None => "Revision(id=None)".to_owned(),
        }
    }
}

/// Who made something.
#[pyclass(frozen, eq, hash, module = "mwparquet")]
#[derive(PartialEq, Eq, Hash)]
pub struct User {
    /// The user's id; `None` or 0 of who has no account.
    #[pyo3(get)]
    id: Option<i64>,
    name: Option<Arc<str>>,
}

impl User {
    pub fn of(user: &OwnedUser) -> Option<Self> {
        let is_told = user.is_visible && (user.id.is_some() || user.name.is_some());
        is_told.then(|| Self {
            id: user.id,
            name: user.name.clone(),
        })
    }
}

#[pymethods]
impl User {
    /// Name or address.
    #[getter]
    fn text(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(slf.as_any(), &["id", "text"])
    }

    fn __repr__(&self) -> String {
        let id = self
            .id
            .map_or_else(|| "None".to_owned(), |id| id.to_string());
        format!("User(id={id}, text={:?})", self.text().unwrap_or_default())
    }
}

/// What is hidden of a revision or an entry of a log.
#[pyclass(frozen, eq, module = "mwparquet")]
#[derive(PartialEq, Eq)]
pub struct Deleted {
    /// The text of the main slot; `None` where there is none.
    #[pyo3(get)]
    pub text: Option<bool>,
    /// Action, title and parameters; `None` of revisions.
    #[pyo3(get)]
    pub action: Option<bool>,
    /// The comment.
    #[pyo3(get)]
    pub comment: bool,
    /// Who it was.
    #[pyo3(get)]
    pub user: bool,
}

#[pymethods]
impl Deleted {
    /// Whether it is hidden from administrators, too: dumps do not tell.
    #[getter]
    fn restricted(&self) -> Option<bool> {
        None
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(slf.as_any(), &["text", "action", "comment", "user"])
    }

    fn __repr__(&self) -> String {
        let hidden = [
            ("text", self.text),
            ("action", self.action),
            ("comment", Some(self.comment)),
            ("user", Some(self.user)),
        ];
        let hidden = hidden
            .iter()
            .filter(|(_, is_hidden)| *is_hidden == Some(true));
        let names: Vec<_> = hidden.map(|(name, _)| format!("{name}=True")).collect();
        format!("Deleted({})", names.join(", "))
    }
}

/// The contents of a revision by role.
#[pyclass(frozen, mapping, module = "mwparquet")]
pub struct Slots {
    revision: Py<Revision>,
}

impl Slots {
    fn find(&self, role: &str) -> Option<usize> {
        let contents = &self.revision.get().revision.contents;
        contents.iter().position(|content| *content.role == *role)
    }

    fn content(&self, py: Python<'_>, number: usize) -> Content {
        Content {
            revision: self.revision.clone_ref(py),
            number,
        }
    }
}

#[pymethods]
impl Slots {
    /// Declared checksum of all slots together, in base 36.
    #[getter]
    fn sha1(&self) -> Option<&str> {
        self.revision.get().revision.sha1.as_deref()
    }

    /// The contents as a dictionary.
    #[getter]
    fn contents<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let contents = PyDict::new(py);
        for (number, content) in self.revision.get().revision.contents.iter().enumerate() {
            contents.set_item(&*content.role, self.content(py, number))?;
        }
        Ok(contents)
    }

    fn __getitem__(&self, py: Python<'_>, role: &str) -> PyResult<Content> {
        let number = self.find(role);
        number
            .map(|number| self.content(py, number))
            .ok_or_else(|| PyKeyError::new_err(role.to_owned()))
    }

    fn __contains__(&self, role: &str) -> bool {
        self.find(role).is_some()
    }

    fn __len__(&self) -> usize {
        self.revision.get().revision.contents.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.contents(py)?.call_method0("__iter__")
    }

    /// The content of a role, or something else.
    #[pyo3(signature = (role, default=None))]
    fn get(&self, py: Python<'_>, role: &str, default: Option<Py<PyAny>>) -> PyResult<Py<PyAny>> {
        match self.find(role) {
            Some(number) => Ok(Py::new(py, self.content(py, number))?.into_any()),
            None => Ok(default.unwrap_or_else(|| py.None())),
        }
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(slf.as_any(), &["sha1", "contents"])
    }

    fn __repr__(&self) -> String {
        let contents = self.revision.get().revision.contents.iter();
        let roles: Vec<_> = contents.map(|content| &*content.role).collect();
        format!("Slots({})", roles.join(", "))
    }
}

/// The content of a slot.
#[pyclass(frozen, module = "mwparquet")]
pub struct Content {
    revision: Py<Revision>,
    number: usize,
}

impl Content {
    fn content(&self) -> Option<&OwnedContent> {
        self.revision.get().revision.contents.get(self.number)
    }
}

#[pymethods]
impl Content {
    /// The slot's role.
    #[getter]
    fn role(&self) -> Option<&str> {
        self.content().map(|content| &*content.role)
    }

    /// Id of the revision that the content comes from.
    #[getter]
    fn origin(&self) -> Option<i64> {
        self.content()?.origin_revision_id
    }

    /// The model, such as `wikitext`.
    #[getter]
    fn model(&self) -> Option<&str> {
        self.content()?.model.as_deref()
    }

    /// The format, such as `text/x-wiki`.
    #[getter]
    fn format(&self) -> Option<&str> {
        self.content()?.format.as_deref()
    }

    /// Whether the text is hidden.
    #[getter]
    fn deleted(&self) -> Option<bool> {
        Some(self.content()?.state == ContentState::Hidden)
    }

    /// `present`, `empty`, `hidden`, `missing`, or `stub` where the dump has no texts.
    #[getter]
    fn state(&self) -> Option<&'static str> {
        Some(self.content()?.state.name())
    }

    /// Id of the stored text.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.content()?.text_id.as_deref()
    }

    /// Where a stub's text is stored.
    #[getter]
    fn location(&self) -> Option<&str> {
        self.content()?.location.as_deref()
    }

    /// Declared size.
    #[getter]
    fn bytes(&self) -> Option<i64> {
        self.content()?.declared_bytes
    }

    /// Declared checksum, in base 36.
    #[getter]
    fn sha1(&self) -> Option<&str> {
        self.content()?.sha1.as_deref()
    }

    /// The text: `''` if it is empty, `None` if it is hidden, missing or not in the dump.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.revision.get().text_of(py, self.content())
    }

    /// A dictionary of what is known, for JSON.
    fn to_json<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        document(
            slf.as_any(),
            &[
                "role", "origin", "model", "format", "deleted", "location", "bytes", "sha1", "text",
            ],
        )
    }

    fn __repr__(&self) -> String {
        let told = self
            .content()
            .map(|content| (&content.role, content.state.name()));
        match told {
            Some((role, state)) => format!("Content(role={role:?}, state={state:?})"),
            None => "Content()".to_owned(),
        }
    }
}
