//! Documents of revisions with what they changed.

use serde_json::{Map, Value, json};

use super::Out;
use super::chunk::ChunkDocuments;
use super::peers::with_field;
use crate::derive::diff::Op;
use crate::derive::identity::{Change, Kept};
use crate::engine::texts::{Comparer, Seam};
use crate::error::Result;

/// Adds diffs to documents.
pub(super) struct Diffs {
    seam: Seam,
    last_id: Option<i64>,
    line: Vec<u8>,
}

impl Diffs {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            seam: Seam::new(Comparer::new(Kept::InsertedAndDeleted)?),
            last_id: None,
            line: Vec::new(),
        })
    }

    /// A document begins.
    pub(super) fn begin(&mut self) {
        self.seam.forget();
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        let Some(changes) = chunk.changes else {
            return Ok(());
        };
        let changes = self.seam.join(changes);
        for page in changes.pages() {
            if !page.goes_on {
                self.last_id = None;
            }
            for revision in page.revisions() {
                let Some(document) = chunk.documents.get(revision.number) else {
                    break;
                };
                if revision.fact.is_wanted() {
                    let diff = diff(self.last_id, revision.change).to_string();
                    with_field(document, "diff", diff.as_bytes(), &mut self.line);
                    out(&self.line)?;
                }
                self.last_id = revision.fact.id();
            }
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
