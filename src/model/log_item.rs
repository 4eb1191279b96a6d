//! An entry of a log.

use super::{Comment, Contributor, Text, Timestamp};

/// A log entry as the dump shows it.
#[derive(Debug, Clone, Default)]
pub struct LogItem<'a> {
    /// Its id.
    pub id: Option<i64>,
    /// When it was made.
    pub timestamp: Option<Timestamp>,
    /// Whose action it tells of.
    pub contributor: Contributor<'a>,
    /// What they said about it.
    pub comment: Comment<'a>,
    /// Kind of log, such as `move`.  An open set.
    pub kind: Option<Text<'a>>,
    /// Kind of action within the log, such as `move_redir`.  An open set.
    pub action: Option<Text<'a>>,
    /// Whether target and parameters are hidden by log deletion.
    pub target_is_hidden: bool,
    /// Title of the target with the namespace's local name in front; not always that of a page.
    pub title: Option<Text<'a>>,
    /// The parameters as MediaWiki stores them.
    pub params: Option<Text<'a>>,
}
