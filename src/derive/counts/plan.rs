//! What is counted, and by what.

use crate::error::{Error, Result};

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Revisions of pages.
    Revisions,
    /// Entries of logs.
    LogEntries,
}

impl Subject {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Revisions => "revisions",
            Self::LogEntries => "log entries",
        }
    }
}

/// What counts are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The page, by its id, or by namespace and title where it has none.
    Page,
    /// The user, by the id of the account, or by name where there is none.
    User,
    /// The number of the page's namespace, or of that of a log entry's target.
    Namespace,
    /// The kind of user.
    UserKind,
    /// The content model of the slot `main`.
    Model,
    /// The kind of log.
    Type,
    /// The kind of action within the log.
    Action,
    /// The day, in UTC.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

impl Key {
    /// All keys.
    pub const ALL: [Self; 10] = [
        Self::Page,
        Self::User,
        Self::Namespace,
        Self::UserKind,
        Self::Model,
        Self::Type,
        Self::Action,
        Self::Day,
        Self::Month,
        Self::Year,
    ];

    /// The name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::User => "user",
            Self::Namespace => "namespace",
            Self::UserKind => "user-kind",
            Self::Model => "model",
            Self::Type => "type",
            Self::Action => "action",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// What alone has this key; `None` if both do.
    pub fn subject(self) -> Option<Subject> {
        match self {
            Self::Page | Self::Model => Some(Subject::Revisions),
            Self::Type | Self::Action => Some(Subject::LogEntries),
            _ => None,
        }
    }
}

/// What is told of a group beside how many records it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many of the revisions are marked as minor.
    Minor,
    /// Times of the first and of the last record.
    Time,
    /// How many different pages.
    Pages,
    /// How many different users.
    Users,
    /// How many bytes were added, against parents.
    Bytes,
    /// How many revisions were reverted, and how many are reverts.
    Reverts,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 6] = [
        Self::Minor,
        Self::Time,
        Self::Pages,
        Self::Users,
        Self::Bytes,
        Self::Reverts,
    ];
    /// Those that are told where nothing is said.
    pub const DEFAULT: [Self; 2] = [Self::Minor, Self::Time];

    /// The name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Time => "time",
            Self::Pages => "pages",
            Self::Users => "users",
            Self::Bytes => "bytes",
            Self::Reverts => "reverts",
        }
    }

    fn subject(self) -> Option<Subject> {
        match self {
            Self::Time | Self::Users => None,
            _ => Some(Subject::Revisions),
        }
    }

    /// The key that it cannot stand beside: it would be 1 everywhere.
    fn refused_beside(self) -> Option<Key> {
        match self {
            Self::Pages => Some(Key::Page),
            Self::Users => Some(Key::User),
            _ => None,
        }
    }
}

/// What is to be counted, by what, and with which measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountPlan {
    keys: Vec<Key>,
    measures: Vec<Measure>,
    subject: Option<Subject>,
}

impl CountPlan {
    /// A plan; `measures` of `None` are the default ones, and `subject` is what is known beside keys
    /// and measures.
    ///
    /// # Errors
    ///
    /// A usage error where a key is named twice, where keys and measures are not those of one
    /// subject, and where a measure says nothing beside a key.
    pub fn new(
        keys: Vec<Key>,
        measures: Option<Vec<Measure>>,
        subject: Option<Subject>,
    ) -> Result<Self> {
        for (index, key) in keys.iter().enumerate() {
            if keys.iter().take(index).any(|other| other == key) {
                return Err(Error::usage(format!(
                    "the key {} is named twice",
                    key.name()
                )));
            }
        }
        for measure in measures.iter().flatten() {
            if let Some(key) = measure.refused_beside().filter(|key| keys.contains(key)) {
                return Err(Error::usage(format!(
                    "{} cannot be counted by {}: there is one in each row",
                    measure.name(),
                    key.name()
                )));
            }
        }
        let of_measures = measures.iter().flatten();
        let told = (keys.iter().map(|key| (key.subject(), key.name())))
            .chain(of_measures.map(|measure| (measure.subject(), measure.name())))
            .chain(std::iter::once((subject, "a type of log")));
        let mut first: Option<(Subject, &str)> = None;
        for (subject, name) in told {
            let Some(subject) = subject else {
                continue;
            };
            let (expected, because) = *first.get_or_insert((subject, name));
            if subject != expected {
                return Err(Error::usage(format!(
                    "{because} is of {}, and {name} of {}: they cannot be counted together",
                    expected.name(),
                    subject.name()
                )));
            }
        }
        Ok(Self {
            keys,
            measures: measures.unwrap_or_else(|| Measure::DEFAULT.to_vec()),
            subject: first.map(|(subject, _)| subject),
        })
    }

    /// A plan with all measures that go with the keys and the subject.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_all_measures(keys: Vec<Key>, subject: Option<Subject>) -> Result<Self> {
        let plan = Self::new(keys, Some(Vec::new()), subject)?;
        let goes_beside = |measure: &Measure| {
            let fits = match (plan.subject, measure.subject()) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            };
            fits && measure
                .refused_beside()
                .is_none_or(|key| !plan.has_key(key))
        };
        let measures = Measure::ALL.into_iter().filter(goes_beside).collect();
        Ok(Self { measures, ..plan })
    }

    /// The keys, in their order.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The measures of a subject.
    pub fn measures(&self, subject: Subject) -> impl Iterator<Item = Measure> {
        let fits = move |measure: &Measure| measure.subject().is_none_or(|other| other == subject);
        self.measures.iter().copied().filter(fits)
    }

    /// Whether there is a measure.
    pub fn has(&self, measure: Measure) -> bool {
        self.measures.contains(&measure)
    }

    /// Whether there is a key.
    pub fn has_key(&self, key: Key) -> bool {
        self.keys.contains(&key)
    }

    /// Whether it takes the other revisions of a page to tell the measures.
    pub fn needs_histories(&self) -> bool {
        self.has(Measure::Bytes) || self.has(Measure::Reverts)
    }

    /// What is counted; `None` if keys and measures are of both.
    pub fn subject(&self) -> Option<Subject> {
        self.subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_measures_are_of_one_subject() {
        let plan = |keys: &[Key], measures: Option<&[Measure]>, subject| {
            let plan = CountPlan::new(keys.to_vec(), measures.map(<[_]>::to_vec), subject);
            plan.map(|plan| plan.subject())
                .map_err(|error| error.message().to_owned())
        };
        let (revisions, log) = (Some(Subject::Revisions), Some(Subject::LogEntries));
        assert_eq!(plan(&[Key::Month], None, None), Ok(None));
        assert_eq!(plan(&[Key::Month], None, log), Ok(log));
        assert_eq!(plan(&[Key::Month, Key::Page], None, None), Ok(revisions));
        assert_eq!(plan(&[Key::Type], Some(&[Measure::Users]), None), Ok(log));
        assert_eq!(
            plan(&[Key::Year], Some(&[Measure::Bytes]), None),
            Ok(revisions)
        );
        for (keys, measures, subject) in [
            (&[Key::Page, Key::Type][..], None, None),
            (&[Key::Model], None, log),
            (&[Key::Action], Some(&[Measure::Minor][..]), None),
            (&[Key::Page, Key::Month, Key::Page], None, None),
            (&[Key::User], Some(&[Measure::Users]), None),
            (&[Key::Page], Some(&[Measure::Pages]), None),
        ] {
            assert!(plan(keys, measures, subject).is_err(), "{keys:?}");
        }
    }
}
