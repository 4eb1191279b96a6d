//! Sessions: what a user did without a long break.
//!
//! An edit becomes a record of bytes ([`write_event`]) whose order is that of the table: wiki, user,
//! time.  So any sorter of bytes brings the edits of a user together, from however many inputs, and
//! [`Sessionizer`] only looks for breaks.

mod event;

pub use event::{Event, SessionUser, write_event};

/// Edits of one user with no break between that is as long as the cutoff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The wiki.
    pub wiki_id: Option<String>,
    /// The user.
    pub user: SessionUser,
    /// Which of the user's sessions it is, from 0.
    pub index: u64,
    /// Its first edit, in seconds since 1970.
    pub start_seconds: i64,
    /// Its last edit.
    pub end_seconds: i64,
    /// How many edits.
    pub events: u64,
    /// Their revisions, in the order of time; those without an id are left out.
    pub revision_ids: Vec<i64>,
}

/// Cuts sorted edits into sessions.
#[derive(Debug)]
pub struct Sessionizer {
    cutoff_seconds: i64,
    open: Option<Session>,
    last_revision_id: Option<i64>,
}

impl Sessionizer {
    /// A break of `cutoff_seconds` or more ends a session, as in the Python package mwsessions.
    pub fn new(cutoff_seconds: i64) -> Self {
        Self {
            cutoff_seconds,
            open: None,
            last_revision_id: None,
        }
    }

    /// Takes the next edit, in order, and gives the session that it ends.  One revision that is met
    /// twice is one edit.
    pub fn push(&mut self, event: &Event<'_>) -> Option<Session> {
        let same_user = self.open.as_ref().filter(|open| event.is_of(open));
        let index = match same_user {
            Some(open) if event.seconds - open.end_seconds < self.cutoff_seconds => {
                self.add(event);
                return None;
            }
            Some(open) => open.index + 1,
            None => 0,
        };
        self.last_revision_id = event.revision_id;
        self.open.replace(Session {
            wiki_id: event.wiki_id.map(str::to_owned),
            user: event.user(),
            index,
            start_seconds: event.seconds,
            end_seconds: event.seconds,
            events: 1,
            revision_ids: event.revision_id.into_iter().collect(),
        })
    }

    fn add(&mut self, event: &Event<'_>) {
        let Some(open) = &mut self.open else { return };
        let is_met_again = event.revision_id.is_some()
            && event.revision_id == self.last_revision_id
            && event.seconds == open.end_seconds;
        if is_met_again {
            return;
        }
        self.last_revision_id = event.revision_id;
        open.end_seconds = event.seconds;
        open.events += 1;
        open.revision_ids.extend(event.revision_id);
    }

    /// The last session.
    pub fn finish(&mut self) -> Option<Session> {
        self.open.take()
    }
}
