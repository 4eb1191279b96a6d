//! Documents of revisions with what they changed.

use serde_json::{Map, Value, json};

use super::Out;
use super::chunk::ChunkDocuments;
use super::peers::with_field;
use crate::derive::diff::Op;
use crate::derive::identity::{Change, Kept};
use crate::engine::texts::Seam;
use crate::error::Result;
use crate::tables::PageHeader;

/// Adds diffs to documents.
pub(super) struct Diffs {
    seam: Seam,
    page: Option<PageHeader>,
    last_id: Option<i64>,
    line: Vec<u8>,
}

impl Diffs {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            seam: Seam::new(Kept::InsertedAndDeleted)?,
            page: None,
            last_id: None,
            line: Vec::new(),
        })
    }

    /// A document begins.
    pub(super) fn begin(&mut self) {
        self.page = None;
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        let Some(mut changes) = chunk.changes else {
            return Ok(());
        };
        let mut number = 0;
        for mut page in changes.pages {
            let text = changes.first_text.take();
            match self.page.as_ref().is_some_and(|open| page.is_of(open)) {
                true => self.seam.join(text, &mut page),
                false => {
                    self.seam.forget();
                    self.last_id = None;
                }
            }
            self.page = Some(page.header);
            for change in &page.changes {
                let (Some(fact), Some(document)) =
                    (changes.facts.get(number), chunk.documents.get(number))
                else {
                    break;
                };
                number += 1;
                if fact.is_wanted() {
                    let diff = diff(self.last_id, change.as_ref()).to_string();
                    with_field(document, "diff", diff.as_bytes(), &mut self.line);
                    out(&self.line)?;
                }
                self.last_id = fact.id();
            }
            self.seam.keep(page.last_text);
        }
        Ok(())
    }
}

fn diff(last_id: Option<i64>, change: Option<&Change>) -> Value {
    let Some(change) = change else {
        return json!({ "last_id": last_id, "skipped": "no text", "ops": [] });
    };
    let (mut inserted, mut deleted) = (change.inserted.iter(), change.deleted.iter());
    let operations = change.operations.iter().map(|operation| {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), operation.op.name().into());
        let ends = [operation.a1, operation.a2, operation.b1, operation.b2];
        for (name, end) in ["a1", "a2", "b1", "b2"].into_iter().zip(ends) {
            fields.insert(name.to_owned(), end.into());
        }
        let count = operation.tokens();
        let tokens: Option<Value> = match operation.op {
            Op::Equal => None,
            Op::Insert => Some(inserted.by_ref().take(count).collect()),
            Op::Delete => Some(deleted.by_ref().take(count).collect()),
        };
        fields.extend(tokens.map(|tokens| ("tokens".to_owned(), tokens)));
        Value::Object(fields)
    });
    json!({ "last_id": last_id, "ops": operations.collect::<Vec<_>>() })
}
