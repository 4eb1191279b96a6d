//! Documents of revisions with how long their tokens lasted.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Out;
use super::chunk::ChunkDocuments;
use super::peers::with_field;
use crate::derive::identity::{Kept, Versions};
use crate::derive::persistence::{Persistence, PersistenceState};
use crate::engine::options::HistoryOptions;
use crate::engine::texts::{Comparer, Seam};
use crate::error::Result;
use crate::model::Timestamp;

/// Adds statistics to documents.
pub(super) struct PersistenceDocuments {
    history: HistoryOptions,
    dump_day: Option<Timestamp>,
    seam: Seam,
    open: Option<OpenPage>,
}

struct OpenPage {
    versions: Versions,
    state: PersistenceState,
    waiting: Waiting,
}

/// Documents whose statistics are not known; `None` where they are not wanted.
#[derive(Default)]
struct Waiting {
    documents: VecDeque<Option<Box<[u8]>>>,
    lines: Vec<u8>,
    line: Vec<u8>,
}

impl PersistenceDocuments {
    pub(super) fn new(history: HistoryOptions) -> Result<Self> {
        Ok(Self {
            history,
            dump_day: None,
            seam: Seam::new(Comparer::new(Kept::Nothing)?),
            open: None,
        })
    }

    /// A document begins; its day, if it has one, is when time ends.
    pub(super) fn begin(&mut self, dump_day: Option<Timestamp>) {
        self.dump_day = dump_day;
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        let Some(changes) = chunk.changes else {
            return Ok(());
        };
        let changes = self.seam.join(changes);
        for page in changes.pages() {
            if !page.goes_on {
                self.finish_page(out)?;
            }
            let history = &self.history;
            let open = self.open.get_or_insert_with(|| OpenPage {
                versions: Versions::new(history.revert_radius),
                state: PersistenceState::new(history.persistence),
                waiting: Waiting::default(),
            });
            for revision in page.revisions() {
                let (fact, change) = (revision.fact, revision.change);
                let Some(document) = chunk.documents.get(revision.number) else {
                    break;
                };
                let waiting = &mut open.waiting;
                let is_wanted = fact.is_wanted();
                waiting
                    .documents
                    .push_back(is_wanted.then(|| document.into()));
                let moved = change.map(|change| open.versions.push(change));
                open.state
                    .push(fact, moved.as_ref(), &mut |measures| waiting.tell(measures));
            }
            open.waiting.hand_on(out)?;
        }
        Ok(())
    }

    /// The open page does not go on.
    pub(super) fn end_page(&mut self, out: &mut Out<'_>) -> Result<()> {
        self.seam.forget();
        self.finish_page(out)
    }

    fn finish_page(&mut self, out: &mut Out<'_>) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let sunset = self.history.sunset.or(self.dump_day);
        let mut waiting = open.waiting;
        open.state
            .finish(sunset.map(Timestamp::seconds), &mut |measures| {
                waiting.tell(measures)
            });
        waiting.hand_on(out)
    }
}

impl Waiting {
    /// Makes the line of the document that has waited longest.
    fn tell(&mut self, measures: Option<Persistence>) {
        let Some(Some(document)) = self.documents.pop_front() else {
            return;
        };
        match measures {
            Some(measures) => {
                let fields = statistics(&measures).to_string();
                with_field(&document, "persistence", fields.as_bytes(), &mut self.line);
                self.lines.extend(&self.line);
            }
            None => {
                self.lines.extend(&document[..]);
                self.lines.push(b'\n');
            }
        }
    }

    fn hand_on(&mut self, out: &mut Out<'_>) -> Result<()> {
        out(&self.lines)?;
        self.lines.clear();
        Ok(())
    }
}

/// What is not known has no field.
fn statistics(found: &Persistence) -> Value {
    let mut fields = json!({
        "revisions_processed": found.revisions_processed,
        "non_self_processed": found.non_self_processed,
        "seconds_possible": found.seconds_possible,
        "tokens_added": found.tokens_added,
        "persistent_tokens": found.persistent_tokens,
        "non_self_persistent_tokens": found.non_self_persistent_tokens,
        "sum_log_persisted": found.sum_log_persisted,
        "sum_log_non_self_persisted": found.sum_log_non_self_persisted,
        "sum_log_seconds_visible": found.sum_log_seconds_visible,
        "censored": found.is_censored,
        "non_self_censored": found.is_non_self_censored,
    });
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    fields
}
