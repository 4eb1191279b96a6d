//! What all chunks of a document share.

use std::sync::Arc;

use crate::model::{SiteInfo, Timestamp};
use crate::xml::{Reading, XmlLimits};

/// A dump file's document: its name and what it says about its wiki.
#[derive(Debug)]
pub struct Document {
    /// Name of the input.
    pub input: Arc<str>,
    /// The site information; empty where the dump has none.
    pub site: SiteInfo,
    /// The wiki: by the site information or else by the file's name.
    pub wiki_id: Option<String>,
    /// The day of the dump, by the file's name.
    pub dump_day: Option<Timestamp>,
    /// How much is read of its records.
    pub limits: XmlLimits,
}

impl Document {
    pub(super) fn new(input: Arc<str>, file_name: &str, site: SiteInfo) -> Self {
        let wiki_id = wiki_of(site.db_name.as_deref(), file_name);
        Self {
            input,
            site,
            wiki_id,
            dump_day: day_of_file_name(file_name),
            limits: XmlLimits::DEFAULT,
        }
    }

    /// What parsing its records takes.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            site: &self.site,
            limits: &self.limits,
        }
    }

    /// Whether both are of one wiki, with the same namespaces.
    pub(super) fn is_same_wiki(&self, other: &Self) -> bool {
        self.wiki_id == other.wiki_id && self.site.namespaces == other.site.namespaces
    }
}

/// The wiki: by what a dump says of it, or else by the file's name.
pub(super) fn wiki_of(said: Option<&str>, file_name: &str) -> Option<String> {
    said.filter(|name| !name.is_empty())
        .or_else(|| wiki_of_file_name(file_name))
        .map(str::to_owned)
}

/// The part of a file's name before the date: `enwiki` of `enwiki-20260101-pages-articles.xml`.
fn wiki_of_file_name(name: &str) -> Option<&str> {
    let (wiki, rest) = name.split_once('-')?;
    let is_name = !wiki.is_empty()
        && wiki
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    (is_name && begins_with_date(rest)).then_some(wiki)
}

/// The date in a file's name: 2026-01-01 of `enwiki-20260101-pages-articles.xml`.
fn day_of_file_name(name: &str) -> Option<Timestamp> {
    wiki_of_file_name(name)?;
    let (_, rest) = name.split_once('-')?;
    let digits: String = rest.chars().filter(char::is_ascii_digit).take(8).collect();
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?);
    let is_date = rest.starts_with(&digits) || rest.starts_with(&format!("{year}-{month}-{day}"));
    is_date.then(|| Timestamp::parse_day_or_time(&format!("{year}-{month}-{day}")))?
}

fn begins_with_date(rest: &str) -> bool {
    let shape: String = rest
        .chars()
        .take(11)
        .map(|character| {
            if character.is_ascii_digit() {
                '0'
            } else {
                character
            }
        })
        .collect();
    ["00000000-", "0000-00-00-", "latest-"]
        .iter()
        .any(|date| shape.starts_with(date))
}

#[cfg(test)]
mod tests {
    use super::{day_of_file_name, wiki_of_file_name};

    #[test]
    fn wikis_of_file_names() {
        for (name, wiki) in [
            ("enwiki-20260101-pages-articles.xml.bz2", Some("enwiki")),
            ("zh_min_nanwiki-latest-stub.xml.gz", Some("zh_min_nanwiki")),
            ("eswiki-2026-08-01-p5p5168645.xml.bz2", Some("eswiki")),
            ("history.xml", None),
            ("my-dump.xml", None),
            ("Wiki-20260101-x", None),
        ] {
            assert_eq!(wiki_of_file_name(name), wiki, "{name}");
        }
    }

    #[test]
    fn days_of_file_names() {
        for (name, day) in [
            (
                "enwiki-20260101-pages-articles.xml.bz2",
                "2026-01-01T00:00:00Z",
            ),
            (
                "eswiki-2026-08-31-p5p5168645.xml.bz2",
                "2026-08-31T00:00:00Z",
            ),
            ("enwiki-latest-pages-articles1.xml-p1p20260101.bz2", ""),
            ("enwiki-20261301-pages-articles.xml", ""),
            ("history.xml", ""),
        ] {
            let found = day_of_file_name(name).map(|day| day.to_string());
            assert_eq!(found.unwrap_or_default(), day, "{name}");
        }
    }
}
