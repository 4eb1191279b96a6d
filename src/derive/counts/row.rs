//! A group's row.

use super::bytes::Reader;
use super::key::{read_key, read_label};
use super::merger::Group;
use super::plan::CountPlan;
use crate::model::UserKind;

/// A group with the values of its keys.  What no key asks for is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountRow<'g> {
    /// The wiki.
    pub wiki_id: Option<&'g str>,
    /// The page.
    pub page_id: Option<i64>,
    /// Number of its namespace.
    pub page_namespace_id: Option<i64>,
    /// Its title.
    pub page_title: Option<&'g str>,
    /// The account.
    pub user_id: Option<i64>,
    /// Its name, or the address.
    pub user_text: Option<&'g str>,
    /// What kind of user it is.
    pub user_kind: Option<UserKind>,
    /// The content model.
    pub content_model: Option<&'g str>,
    /// The kind of log.
    pub log_type: Option<&'g str>,
    /// The kind of action within the log.
    pub log_action: Option<&'g str>,
    /// The day, as the number 20240131.
    pub day: Option<i64>,
    /// The month, as the number 202401.
    pub month: Option<i64>,
    /// The year.
    pub year: Option<i64>,
    /// What was counted.
    pub counts: Option<Group<'g>>,
}

impl<'g> CountRow<'g> {
    /// The row of a group that was counted by a plan; `None` if it was not.
    pub fn of(group: Group<'g>, plan: &CountPlan) -> Option<Self> {
        let mut row = Self {
            counts: Some(group),
            ..Self::default()
        };
        let mut reader = Reader(group.key);
        read_key(&mut reader, plan, &mut row)?;
        if !group.label.is_empty() {
            read_label(group.label, plan, &mut row)?;
        }
        reader.0.is_empty().then_some(row)
    }
}
