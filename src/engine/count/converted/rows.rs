//! Rows of the tables revisions and log_events as records to count.

use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, Int32Type, Int64Type, TimestampMicrosecondType};

use crate::derive::counts::{Counted, Counter, Derived, Key, Measure, Subject};
use crate::engine::count::chunk::Counting;
use crate::error::{Error, Result};
use crate::model::{Contributor, Page, Text, Timestamp, UserKind};

/// The columns that a count needs.
pub(super) fn needed_columns(counting: &Counting, subject: Subject) -> Vec<&'static str> {
    let (plan, filters) = (&counting.plan, &counting.filters);
    let has_key = |keys: &[Key]| keys.iter().any(|key| plan.has_key(*key));
    let of_page = has_key(&[Key::Page]);
    let of_user = has_key(&[Key::User]) || plan.has(Measure::Users);
    let of_log = subject == Subject::LogEntries;
    let of_time = has_key(&[Key::Page, Key::User, Key::Day, Key::Month, Key::Year])
        || plan.has(Measure::Time)
        || filters.since.is_some()
        || filters.until.is_some();
    let with_history = !of_log && plan.needs_histories();
    let of_pages = of_page || (!of_log && plan.has(Measure::Pages));
    let ids = of_pages || with_history || filters.page_ids.is_some();
    let needed = [
        ("wiki_id", true),
        ("page_id", !of_log && ids),
        ("page_title", of_pages),
        (
            "page_namespace_id",
            of_pages || has_key(&[Key::Namespace]) || filters.namespaces.is_some(),
        ),
        ("user_id", of_user),
        ("user_text", of_user),
        ("user_kind", of_user || has_key(&[Key::UserKind])),
        ("content_model", has_key(&[Key::Model])),
        ("revision_id", with_history),
        ("revision_dt", of_time && !of_log),
        (
            "revision_is_minor_edit",
            plan.has(Measure::Minor) && !of_log,
        ),
        ("log_dt", of_time && of_log),
        (
            "log_type",
            has_key(&[Key::Type]) || !counting.log_types.is_empty(),
        ),
        ("log_action", has_key(&[Key::Action])),
    ];
    let needed = needed.into_iter().filter(|(_, is_needed)| *is_needed);
    needed.map(|(name, _)| name).collect()
}

/// Columns of a batch, as far as they were asked for.
pub(super) struct Rows<'b> {
    wiki_ids: Strings<'b>,
    pub(super) page_ids: Numbers<'b, Int64Type>,
    page_titles: Strings<'b>,
    namespace_ids: Numbers<'b, Int32Type>,
    user_ids: Numbers<'b, Int64Type>,
    user_texts: Strings<'b>,
    user_kinds: Strings<'b>,
    models: Strings<'b>,
    pub(super) revision_ids: Numbers<'b, Int64Type>,
    times: Numbers<'b, TimestampMicrosecondType>,
    minor: Flags<'b>,
    log_types: Strings<'b>,
    log_actions: Strings<'b>,
    is_log: bool,
}

impl<'b> Rows<'b> {
    pub(super) fn of(batch: &'b RecordBatch, subject: Subject) -> Result<Self> {
        let is_log = subject == Subject::LogEntries;
        let time = if is_log { "log_dt" } else { "revision_dt" };
        Ok(Self {
            wiki_ids: Strings::of(batch, "wiki_id")?,
            page_ids: Numbers::of(batch, "page_id")?,
            page_titles: Strings::of(batch, "page_title")?,
            namespace_ids: Numbers::of(batch, "page_namespace_id")?,
            user_ids: Numbers::of(batch, "user_id")?,
            user_texts: Strings::of(batch, "user_text")?,
            user_kinds: Strings::of(batch, "user_kind")?,
            models: Strings::of(batch, "content_model")?,
            revision_ids: Numbers::of(batch, "revision_id")?,
            times: Numbers::of(batch, time)?,
            minor: Flags::of(batch, "revision_is_minor_edit")?,
            log_types: Strings::of(batch, "log_type")?,
            log_actions: Strings::of(batch, "log_action")?,
            is_log,
        })
    }

    /// Counts a row, if the filters want it.
    pub(super) fn count(
        &self,
        row: usize,
        counting: &Counting,
        counter: &mut Counter,
        derived: Option<Derived>,
    ) {
        let namespace_id = self.namespace_ids.value(row);
        let time = self.times.value(row);
        let time = time.and_then(|time| Timestamp::from_seconds(time.div_euclid(1_000_000)));
        let page = Page {
            id: self.page_ids.value(row),
            namespace_id,
            title: self.page_titles.text(row),
            ..Page::default()
        };
        let is_wanted = match self.is_log {
            true => {
                counting.wants_type(self.log_types.value(row))
                    && counting.filters.wants_log_item(time, namespace_id)
            }
            false => counting.filters.wants_page(&page) && counting.filters.wants_time(time),
        };
        if !is_wanted {
            return;
        }
        let kind = self.user_kinds.value(row).and_then(UserKind::by_name);
        counter.set_wiki(self.wiki_ids.value(row));
        counter.count_derived(
            &Counted {
                page: (!self.is_log).then_some(&page),
                namespace_id,
                contributor: Contributor {
                    is_visible: kind != Some(UserKind::Hidden),
                    name: self.user_texts.text(row),
                    id: self.user_ids.value(row),
                    ..Contributor::default()
                },
                known_kind: kind,
                model: self.models.text(row),
                log_type: self.log_types.text(row),
                log_action: self.log_actions.text(row),
                time,
                is_minor: self.minor.is_set(row),
            },
            derived,
        );
    }
}

fn column<'b, A: 'static>(
    batch: &'b RecordBatch,
    name: &str,
    cast: impl FnOnce(&'b dyn Array) -> Option<&'b A>,
) -> Result<Option<&'b A>> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(None);
    };
    cast(column.as_ref()).map(Some).ok_or_else(|| {
        Error::damaged(format!(
            "the column {name} is not of the type that convert writes"
        ))
    })
}

/// A column of texts, or none.
struct Strings<'b>(Option<&'b StringArray>);

impl<'b> Strings<'b> {
    fn of(batch: &'b RecordBatch, name: &str) -> Result<Self> {
        column(batch, name, |array| array.as_string_opt::<i32>()).map(Self)
    }

    fn value(&self, row: usize) -> Option<&'b str> {
        self.0
            .filter(|array| array.is_valid(row))
            .map(|array| array.value(row))
    }

    fn text(&self, row: usize) -> Option<Text<'b>> {
        self.value(row).map(Text::plain)
    }
}

/// A column of numbers, or none.
pub(super) struct Numbers<'b, T: ArrowPrimitiveType>(Option<&'b PrimitiveArray<T>>);

impl<'b, T: ArrowPrimitiveType> Numbers<'b, T> {
    pub(super) fn of(batch: &'b RecordBatch, name: &str) -> Result<Self> {
        column(batch, name, |array| array.as_primitive_opt::<T>()).map(Self)
    }

    pub(super) fn value(&self, row: usize) -> Option<T::Native> {
        self.0
            .filter(|array| array.is_valid(row))
            .map(|array| array.value(row))
    }
}

/// A column of truth values, or none.
pub(super) struct Flags<'b>(Option<&'b BooleanArray>);

impl<'b> Flags<'b> {
    pub(super) fn of(batch: &'b RecordBatch, name: &str) -> Result<Self> {
        column(batch, name, |array| array.as_boolean_opt()).map(Self)
    }

    pub(super) fn is_set(&self, row: usize) -> bool {
        self.0
            .is_some_and(|array| array.is_valid(row) && array.value(row))
    }
}
