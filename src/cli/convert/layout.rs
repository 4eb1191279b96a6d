//! Which snapshot each input belongs to.

use std::collections::BTreeMap;

use crate::cli::args::{LayoutArguments, LayoutName};
use crate::error::{Error, Result};
use crate::model::Timestamp;
use crate::source::Input;

/// The snapshot of each input, where tables are to be partitioned: what was said, or the day in the
/// input's name.
pub(super) fn snapshots(
    arguments: &LayoutArguments,
    inputs: &[Input],
) -> Result<Option<Vec<String>>> {
    if arguments.layout == LayoutName::Flat {
        return match arguments.snapshot {
            Some(_) => Err(Error::usage("--snapshot is of use only with --layout hive")),
            None => Ok(None),
        };
    }
    if let Some(snapshot) = &arguments.snapshot {
        return Ok(Some(vec![snapshot.clone(); inputs.len()]));
    }
    let mut by_wiki = BTreeMap::<String, (String, &Input)>::new();
    let mut days = Vec::new();
    for input in inputs {
        let (wiki, day) = wiki_and_day(&input.file_name()).ok_or_else(|| {
            Error::usage(
                "has no day in its name, so that the snapshot for --layout hive is not known: give --snapshot",
            )
            .in_input(&input.name())
        })?;
        let (known, first) = by_wiki.entry(wiki).or_insert_with(|| (day.clone(), input));
        if *known != day {
            return Err(Error::usage(format!(
                "is of {day}, and {} of {known}: --layout hive has one snapshot of a wiki a job; convert \
                 them apart, or give --snapshot",
                first.name()
            ))
            .in_input(&input.name()));
        }
        days.push(day);
    }
    Ok(Some(days))
}

/// Wiki and day in a file's name: `enwiki` and `2026-01-01` of `enwiki-20260101-pages-articles.xml`.
fn wiki_and_day(name: &str) -> Option<(String, String)> {
    let (wiki, rest) = name.split_once('-')?;
    let digits: String = rest.chars().filter(char::is_ascii_digit).take(8).collect();
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?);
    let spelt = format!("{year}-{month}-{day}");
    let is_date = |text: &str| {
        let behind = rest.strip_prefix(text);
        behind.is_some_and(|behind| behind.starts_with('-'))
    };
    let is_day = Timestamp::parse_day_or_time(&spelt).is_some();
    let is_found = !wiki.is_empty() && is_day && (is_date(&digits) || is_date(&spelt));
    is_found.then(|| (wiki.to_owned(), spelt))
}

#[cfg(test)]
mod tests {
    use super::wiki_and_day;

    #[test]
    fn days_in_names() {
        for (name, wiki, day) in [
            ("enwiki-20260101-pages-articles.xml", "enwiki", "2026-01-01"),
            ("eswiki-2026-08-31-p5p9.xml.bz2", "eswiki", "2026-08-31"),
        ] {
            let found = wiki_and_day(name);
            assert_eq!(found, Some((wiki.to_owned(), day.to_owned())), "{name}");
        }
        for name in [
            "enwiki-latest-pages-articles1.xml-p1p20260101.bz2",
            "history.xml",
            "-",
            "enwiki-20261301-pages.xml",
            "enwiki-202601011-x.xml",
            "-20260101-x.xml",
        ] {
            assert_eq!(wiki_and_day(name), None, "{name}");
        }
    }
}
