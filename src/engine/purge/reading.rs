//! Reading newer dumps.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::Against;
use super::newer::{Hidden, Newer};
use crate::engine::document::Document;
use crate::engine::kinds::run_any_input;
use crate::engine::lane::Lane;
use crate::engine::options::Limits;
use crate::engine::pipeline::{Consumer, Work};
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::engine::sql::{Prepared, SqlConsumer, SqlWanted};
use crate::error::{Error, Result};
use crate::model::{Comment, Contributor, LogItem, Page, Revision, Upload};
use crate::runs::{DumpName, Kind};
use crate::source::Input;
use crate::sql::Declared;
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

const NOT_OF_TABLES: &str =
    "an SQL dump does not tell what is hidden: give XML dumps, of which stubs are enough";

/// What reading takes.
pub(super) struct Means<'m> {
    pub(super) limits: &'m Limits,
    pub(super) pool: &'m Pool,
    pub(super) progress: &'m Progress,
    pub(super) stop: &'m Stop,
}

/// A part of a dump whose name does not tell its pages, with the ids that are in it.
struct Piece {
    number: u32,
    first: i64,
    last: i64,
}

/// Reads all newer dumps.
pub(super) fn read(
    against: &Against,
    means: &Means<'_>,
    observe: &mut dyn FnMut(),
) -> Result<Newer> {
    let mut newer = Newer::default();
    let (mut pages, mut log_entries) = (Vec::new(), Vec::new());
    for (number, input) in against.inputs.iter().enumerate() {
        let taken_bytes = means.progress.begin_input(number);
        let mut reader = Reader {
            input,
            newer: &mut newer,
            most_bytes: means.limits.memory_bytes / 2,
            pages: Span::default(),
            log_entries: Span::default(),
            observe,
        };
        let outcome = Lane::alone(
            means.limits,
            means.pool,
            means.progress,
            means.stop,
            |lane| {
                let lane = Lane {
                    taken_bytes,
                    ..lane.clone()
                };
                run_any_input(input, &lane, &mut reader)
            },
        );
        means.progress.end_input(number);
        outcome?;
        means.stop.check()?;
        let (of_pages, of_logs) = (reader.pages, reader.log_entries);
        let name = DumpName::parse(&input.file_name());
        let is_whole =
            against.is_whole || against.is_whole_run || name.as_ref().is_some_and(is_one_piece);
        if let Some((first, last)) = of_pages.0 {
            match name.as_ref().and_then(named_pages) {
                _ if is_whole => newer.page_coverage.whole(),
                Some((first, last)) => newer.page_coverage.add(first, last),
                None => pages.extend(piece(name.as_ref(), first, last)),
            }
        }
        if let Some((first, last)) = of_logs.0 {
            match is_whole {
                true => newer.log_coverage.whole(),
                false => log_entries.extend(piece(name.as_ref(), first, last)),
            }
        }
    }
    for (pieces, coverage) in [
        (pages, &mut newer.page_coverage),
        (log_entries, &mut newer.log_coverage),
    ] {
        for (first, last) in ranges_of(pieces) {
            coverage.add(first, last);
        }
    }
    Ok(newer)
}

/// The pages of a file by its name.  Pieces of one page's history do not prove that they are all.
fn named_pages(name: &DumpName) -> Option<(i64, i64)> {
    let (first, last) = name.pages.filter(|_| !name.is_of_one_page())?;
    Some((first.try_into().ok()?, last.try_into().ok()?))
}

fn is_one_piece(name: &DumpName) -> bool {
    name.part.is_none() && name.pages.is_none()
}

fn piece(name: Option<&DumpName>, first: i64, last: i64) -> Option<Piece> {
    let number = name?.part?;
    Some(Piece {
        number,
        first,
        last,
    })
}

/// Parts hold what lies between their ids, and what lies before those of the next part.
fn ranges_of(mut pieces: Vec<Piece>) -> Vec<(i64, i64)> {
    pieces.sort_by_key(|piece| piece.number);
    let next = pieces.iter().skip(1).map(Some).chain([None]);
    let ranges = pieces.iter().zip(next).map(|(piece, next)| {
        let follows =
            next.filter(|next| next.number == piece.number + 1 && next.first > piece.last);
        let first = if piece.number == 1 { 1 } else { piece.first };
        (first, follows.map_or(piece.last, |next| next.first - 1))
    });
    ranges.collect()
}

/// Refuses what cannot hold all revisions of a page.
pub(super) fn check_kind(input: &Input, is_whole: bool) -> Result<()> {
    let name = input.file_name();
    let kind = DumpName::parse(&name).map(|name| name.kind);
    let why = match kind {
        Some(
            Kind::PagesMetaHistory
            | Kind::ContentHistory
            | Kind::StubMetaHistory
            | Kind::PagesLogging,
        ) => return Ok(()),
        Some(Kind::Tables) => NOT_OF_TABLES.to_owned(),
        Some(kind) => format!(
            "{kind} does not hold all revisions, so that nothing can be told of those that it lacks: \
             give stub-meta-history or pages-meta-history"
        ),
        None if is_whole => return Ok(()),
        None => "its name does not tell whether it holds all revisions of all pages; if it does, say so \
                 with --assume whole"
            .to_owned(),
    };
    Err(Error::usage(why).in_input(&input.name()))
}

/// The date in the name of an input, as digits.
pub(super) fn date_of(name: &str) -> Option<String> {
    let name = Path::new(name).file_name()?.to_str()?;
    let digits = DumpName::parse(name)?.date.replace('-', "");
    (digits != "latest").then_some(digits)
}

/// The least and the greatest id.
#[derive(Debug, Default, Clone, Copy)]
struct Span(Option<(i64, i64)>);

impl Span {
    fn see(&mut self, id: i64) {
        let (first, last) = self.0.unwrap_or((id, id));
        self.0 = Some((first.min(id), last.max(id)));
    }
}

struct Reader<'r> {
    input: &'r Input,
    newer: &'r mut Newer,
    most_bytes: usize,
    pages: Span,
    log_entries: Span,
    observe: &'r mut dyn FnMut(),
}

impl Reader<'_> {
    /// All dumps must be of one wiki.
    fn see_wiki(&mut self, wiki_id: Option<&str>) -> Result<()> {
        match (self.newer.wiki_id.as_deref(), wiki_id) {
            (Some(known), Some(found)) if known != found => Err(Error::usage(format!(
                "the newer dumps are of several wikis, {known} and {found}"
            ))
            .in_input(&self.input.name())),
            (None, Some(found)) => {
                self.newer.wiki_id = Some(found.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Consumer for Reader<'_> {
    type Output = Seen;

    fn work(&self) -> Work<Seen> {
        Arc::new(|document, chunk| {
            let page = chunk.page.clone();
            let header = page.as_ref().map(|page| &page.bytes[..]);
            let continues = chunk.page_continues;
            let (bytes, places) = chunk.into_contiguous();
            let mut records = Seen::default();
            let walked = parse_chunk(&bytes, header, continues, &document.site, &mut records);
            walked.map_err(|unfit| match unfit {
                Unfit::Fault(fault) => fault.to_error(&document.input, places.of(fault.at)),
                Unfit::NoId(what) => Error::damaged(format!(
                    "a {what} without id: what was deleted since cannot be told"
                ))
                .in_input(&document.input),
            })?;
            Ok(records)
        })
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        self.see_wiki(document.wiki_id.as_deref())
    }

    fn collect(&mut self, seen: Seen) -> Result<()> {
        for id in seen.pages {
            self.pages.see(id);
            self.newer.pages.insert(id);
        }
        for (id, hidden) in seen.revisions {
            self.newer.revisions.add(id, hidden);
        }
        for (id, hidden) in seen.log_entries {
            self.log_entries.see(id);
            self.newer.log_entries.add(id, hidden);
        }
        self.newer.uploads.extend(seen.uploads);
        self.newer.check_memory(self.most_bytes)
    }

    fn lost(&mut self, why: &Error, _: Option<u64>) -> Result<()> {
        // Nothing is passed over here: it would look as if it had been deleted.
        Err(Error::internal(why.to_string()))
    }

    fn tick(&mut self) {
        (self.observe)();
    }
}

/// Tables of a database tell nothing here.
impl SqlConsumer for Reader<'_> {
    fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared> {
        SqlWanted::default().prepare(declared, file_name)
    }

    fn begin_table(&mut self, _: &Arc<Prepared>) -> Result<()> {
        Err(Error::usage(NOT_OF_TABLES).in_input(&self.input.name()))
    }

    fn take_rows(&mut self, _: &Prepared, _: u64, _: Option<RecordBatch>) -> Result<()> {
        Ok(())
    }

    fn reject(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.lost(why, lost_bytes)
    }

    fn tick_sql(&mut self) {
        (self.observe)();
    }
}

/// What a chunk shows.
#[derive(Debug, Default)]
struct Seen {
    pages: Vec<i64>,
    revisions: Vec<(i64, Hidden)>,
    log_entries: Vec<(i64, Hidden)>,
    uploads: Vec<((i64, i64), Hidden)>,
}

/// What cannot be taken.
enum Unfit {
    Fault(Fault),
    NoId(&'static str),
}

fn hidden(contributor: &Contributor<'_>, comment: Comment<'_>, content: bool) -> Hidden {
    Hidden {
        user: !contributor.is_visible,
        comment: !comment.is_visible(),
        content,
    }
}

impl Records for Seen {
    type Error = Unfit;

    fn revision(
        &mut self,
        _: &Page<'_>,
        revision: &Revision<'_>,
    ) -> std::result::Result<(), Unfit> {
        let id = revision.id.ok_or(Unfit::NoId("revision"))?;
        // The wiki hides all slots of a revision or none.
        let content = revision.slots().any(|slot| slot.is_hidden);
        let hidden = hidden(&revision.contributor, revision.comment, content);
        self.revisions.push((id, hidden));
        Ok(())
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> std::result::Result<(), Unfit> {
        if let (Some(page), Some(time)) = (page.id, upload.timestamp) {
            let hidden = hidden(&upload.contributor, upload.comment, false);
            self.uploads.push(((page, time.microseconds()), hidden));
        }
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> std::result::Result<(), Unfit> {
        self.pages.push(at.page.id.ok_or(Unfit::NoId("page"))?);
        Ok(())
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> std::result::Result<(), Unfit> {
        let id = item.id.ok_or(Unfit::NoId("log entry"))?;
        let hidden = hidden(&item.contributor, item.comment, item.target_is_hidden);
        self.log_entries.push((id, hidden));
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> std::result::Result<(), Unfit> {
        Err(Unfit::Fault(fault))
    }

    fn skipped(&mut self, _: &str, _: UnknownElement) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(number: u32, first: i64, last: i64) -> Piece {
        Piece {
            number,
            first,
            last,
        }
    }

    #[test]
    fn parts_reach_up_to_the_next() {
        let parts = vec![piece(2, 20, 28), piece(1, 3, 15), piece(4, 50, 60)];
        assert_eq!(ranges_of(parts), [(1, 19), (20, 28), (50, 60)]);
        // Parts that overlap prove nothing of what lies between them.
        assert_eq!(
            ranges_of(vec![piece(2, 5, 9), piece(3, 7, 12)]),
            [(5, 9), (7, 12)]
        );
        assert!(ranges_of(Vec::new()).is_empty());
    }

    #[test]
    fn kinds_that_lack_revisions_are_refused() {
        let input = |name: &str| Input::File(name.into());
        for (name, is_refused) in [
            ("enwiki-20260101-stub-meta-history1.xml.gz", false),
            ("enwiki-20260101-pages-logging.xml.gz", false),
            ("enwiki-20260101-pages-articles.xml.bz2", true),
            ("enwiki-20260101-stub-meta-current.xml.gz", true),
            ("enwiki-20260101-page.sql.gz", true),
            ("history.xml", true),
        ] {
            assert_eq!(
                check_kind(&input(name), false).is_err(),
                is_refused,
                "{name}"
            );
        }
        assert!(check_kind(&input("history.xml"), true).is_ok());
    }
}
