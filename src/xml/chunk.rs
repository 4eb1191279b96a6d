//! Walking the records of a chunk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cursor::{Cursor, Element, Token, excerpt, wrong_end};
use super::legal::legal_prefix;
use super::limits::{Reading, XmlLimits};
use super::resume::{holds_record, next_record};
use super::survey::Surveyed;
use super::{log_item, page, revision, upload};
use crate::error::Error;
use crate::model::{LogItem, Page, Revision, SchemaVersion, SiteInfo, Upload};
use crate::tags::Tag;

/// Why a piece of XML cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Offset in the chunk (or header) of what is wrong.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// The page it lies in.
    pub page_id: Option<i64>,
    /// The revision it lies in.
    pub revision_id: Option<i64>,
    /// How many bytes are passed over because of it, where reading goes on behind.
    pub lost_bytes: u64,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            page_id: None,
            revision_id: None,
            lost_bytes: 0,
        }
    }
}

impl Fault {
    /// The fault as an error; `place` are its offsets in the decoded XML and in the file.
    pub fn to_error(&self, input: &Arc<str>, place: (u64, u64)) -> Error {
        Error::damaged(self.message.clone())
            .in_input(input)
            .at_file_byte(place.1)
            .at_xml_byte(place.0)
            .in_record(self.page_id, self.revision_id)
    }
}

/// What was passed over because it is not known: how often, by element name.
#[derive(Debug, Default)]
pub(super) struct Skipped(BTreeMap<String, UnknownElement>);

/// Elements of a name that is not known, in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownElement {
    /// How many there are.
    pub count: u64,
    /// Offset of the first in the chunk.
    pub first_at: usize,
}

impl Skipped {
    pub(super) fn skip<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        element: &Element<'a>,
    ) -> Result<(), Fault> {
        if holds_record(element.name) && !element.is_foreign(cursor) {
            let message = format!(
                "<{}> inside a record: the end of that is missing",
                element.name
            );
            return Err(Fault::new(element.at, message));
        }
        cursor.skip(element)?;
        let unknown = self.0.entry(name_of(element)).or_insert(UnknownElement {
            count: 0,
            first_at: element.at,
        });
        unknown.count += 1;
        Ok(())
    }
}

/// The name by which an element is counted: of one that is too long to be one, what it begins with.
fn name_of(element: &Element<'_>) -> String {
    const MAX_BYTES: usize = 128;
    match element.name.len() > MAX_BYTES {
        true => excerpt(element.name),
        false => element.name.to_owned(),
    }
}

/// What the schema version asks of records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Since 0.7 pages and revisions must have ids.
    pub ids_are_mandatory: bool,
}

impl Rules {
    fn of(site: &SiteInfo) -> Self {
        let since = SchemaVersion(0, 7);
        Self {
            ids_are_mandatory: site.version().is_some_and(|version| version >= since),
        }
    }
}

/// A page in the course of a chunk.
#[derive(Debug, Clone, Copy)]
pub struct PageAt<'p, 'a> {
    /// Its header.
    pub page: &'p Page<'a>,
    /// Whether it began in a chunk before.
    pub began_before: bool,
    /// Whether it goes on in the next chunk.
    pub continues: bool,
}

/// Takes the records of a chunk, in order.  An error stops the walk and is handed back.
pub trait Records {
    /// What stops the walk.
    type Error;

    /// A revision begins at the offset `at` of the chunk; it may turn out that it cannot be read.
    fn revision_begins(&mut self, _at: usize) {}

    /// A revision of `page`.
    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), Self::Error>;

    /// A version of the file that `page` describes.
    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<(), Self::Error>;

    /// A page has ended, or the chunk has.
    fn page_ended(&mut self, page: PageAt<'_, '_>) -> Result<(), Self::Error>;

    /// An entry of a log.
    fn log_item(&mut self, item: &LogItem<'_>) -> Result<(), Self::Error>;

    /// A record cannot be read.  To go on is to pass over it.
    fn fault(&mut self, fault: Fault) -> Result<(), Self::Error>;

    /// Elements called `name` were passed over.
    fn skipped(&mut self, name: &str, elements: UnknownElement);
}

/// Walks the records of a chunk.
///
/// `header` is that of the page in which the chunk begins, if it begins inside one;
/// `continues` tells whether the last page goes on behind it.
pub fn parse_chunk<'d, R: Records>(
    chunk: &[u8],
    header: Option<&[u8]>,
    continues: bool,
    reading: impl Into<Reading<'d>>,
    records: &mut R,
) -> Result<(), R::Error> {
    let Reading { site, limits } = reading.into();
    let surveyed = Surveyed::of(chunk);
    let mut walk = Walk {
        site,
        limits,
        rules: Rules::of(site),
        skipped: Skipped::default(),
        page: None,
        began_before: false,
        header_is_over: false,
    };
    let outcome = walk.run(chunk, &surveyed, header, continues, records);
    for (name, elements) in &walk.skipped.0 {
        records.skipped(name, *elements);
    }
    outcome
}

struct Walk<'a, 's> {
    site: &'s SiteInfo,
    limits: &'a XmlLimits,
    rules: Rules,
    skipped: Skipped,
    /// The open page and the offset of its tag.
    page: Option<(Page<'a>, usize)>,
    began_before: bool,
    /// Whether the open page had a record.
    header_is_over: bool,
}

/// Where a walk came to something that cannot be read.
struct Stopped {
    fault: Fault,
    /// Where markup is known to be markup: the begin of what cannot be read.
    known: usize,
    /// The first offset at which reading can go on.
    from: usize,
}

impl<'a, 's: 'a> Walk<'a, 's> {
    /// Namespace prefix of records.
    fn prefix(&self) -> &'s str {
        &self.site.prefix
    }

    fn run<R: Records>(
        &mut self,
        chunk: &'a [u8],
        surveyed: &'a Surveyed<'a>,
        header: Option<&'a [u8]>,
        continues: bool,
        records: &mut R,
    ) -> Result<(), R::Error> {
        if let Some(header) = header {
            match self.read_header(header) {
                Ok(page) => self.page = Some((page, 0)),
                // The chunk in which the page begins has told of it.
                Err(_) => self.page = None,
            }
            self.began_before = true;
            self.header_is_over = true;
        }
        // The text at hand, which begins at the offset `base` of the chunk.
        let mut base = 0;
        let (mut text, mut wrong) = (surveyed.text, surveyed.wrong);
        let mut begin = 0;
        loop {
            let rest = text.get(begin - base..).unwrap_or_default();
            let mut cursor = Cursor::new(rest, begin, wrong, self.prefix(), self.limits)
                .surveyed(&surveyed.survey);
            let Err(Stopped {
                mut fault,
                known,
                from,
            }) = self.walk(&mut cursor, records)?
            else {
                break;
            };
            let resume = next_record(chunk, known, from, self.prefix()).unwrap_or(chunk.len());
            fault.lost_bytes = (resume - known.min(fault.at)) as u64;
            records.fault(fault)?;
            begin = resume;
            if begin >= chunk.len() {
                break;
            }
            if begin >= base + text.len() {
                base = begin;
                (text, wrong) = legal_prefix(&chunk[begin..]);
            }
        }
        self.end_page(continues, records)
    }

    /// Reads a page's header, which ends where its first revision begins.
    fn read_header(&mut self, header: &'a [u8]) -> Result<Page<'a>, Fault> {
        let (text, wrong) = legal_prefix(header);
        let mut cursor = Cursor::new(text, 0, wrong, self.prefix(), self.limits);
        let mut page = Page::default();
        match page::parse_header(&mut cursor, &mut page) {
            // As in the chunk in which the page begins, all behind it is passed over.
            Err(_) if page::is_known(&page) => {}
            read => read?,
        }
        page::finish(&mut page, self.site, self.rules, 0)?;
        Ok(page)
    }

    /// Walks up to the end of the chunk or to something that cannot be read.
    fn walk<R: Records>(
        &mut self,
        cursor: &mut Cursor<'a>,
        records: &mut R,
    ) -> Result<Result<(), Stopped>, R::Error> {
        loop {
            let before = cursor.offset();
            let token = match cursor.next() {
                Ok(token) => token,
                Err(fault) => {
                    let from = fault.at + 1;
                    self.pass_broken(cursor.tag(), records)?;
                    return Ok(Err(self.stopped(fault, before, from)));
                }
            };
            let (known, outcome) = match token {
                Token::Eof => return Ok(Ok(())),
                Token::Start(element) if element.is_foreign(cursor) => {
                    (element.at, self.skipped.skip(cursor, &element))
                }
                Token::Start(element) if element.name == "page" && self.page.is_some() => {
                    // What cannot be read ends there: this page is read as any other.
                    self.end_page(false, records)?;
                    let fault = Fault::new(element.at, "<page> inside a page");
                    return Ok(Err(self.stopped(fault, element.at, element.at)));
                }
                Token::Start(element) => (element.at, self.see(cursor, &element, records)?),
                Token::End(name) => (before, self.see_end(cursor, name, before, records)?),
            };
            if let Err(fault) = outcome {
                // Of what is broken, reading goes on where that shows; of what is only wrong, behind it.
                let from = match fault.at > known {
                    true => fault.at,
                    false => cursor.offset(),
                };
                return Ok(Err(self.stopped(fault, known, from)));
            }
        }
    }

    fn see<R: Records>(
        &mut self,
        cursor: &mut Cursor<'a>,
        element: &Element<'a>,
        records: &mut R,
    ) -> Result<Result<(), Fault>, R::Error> {
        match element.name {
            "page" => {
                self.began_before = false;
                self.header_is_over = false;
                self.page = Some((Page::default(), element.at));
                Ok(Ok(()))
            }
            "revision" => self.see_revision(cursor, element, records),
            "upload" => {
                if let Err(fault) = self.end_header() {
                    return Ok(Err(fault));
                }
                let Some((page, _)) = &self.page else {
                    return Ok(Err(Fault::new(element.at, "<upload> outside a page")));
                };
                match upload::parse(cursor, element, &mut self.skipped) {
                    Ok(upload) => records.upload(page, &upload).map(Ok),
                    Err(fault) => Ok(Err(fault)),
                }
            }
            "logitem" => match log_item::parse(cursor, element, &mut self.skipped) {
                Ok(item) => records.log_item(&item).map(Ok),
                Err(fault) => Ok(Err(fault)),
            },
            _ => Ok(self.see_in_header(cursor, element)),
        }
    }

    /// Takes of a broken tag what whoever reads on behind it knows: whether a page is open there, and that
    /// its header is over.
    fn pass_broken<R: Records>(&mut self, tag: Tag, records: &mut R) -> Result<(), R::Error> {
        match tag {
            Tag::OpenPage | Tag::ClosePage => self.end_page(false, records)?,
            Tag::OpenRevision | Tag::OpenUpload => drop(self.end_header()),
            _ => {}
        }
        Ok(())
    }

    /// Ends the page, if this is its end, be there more than a name in the tag.
    fn see_end<R: Records>(
        &mut self,
        cursor: &Cursor<'a>,
        name: &str,
        before: usize,
        records: &mut R,
    ) -> Result<Result<(), Fault>, R::Error> {
        let is_page = |name: &str| name.strip_prefix(cursor.prefix) == Some("page");
        let outcome = match is_page(name) {
            true => self.end_header(),
            false => Err(wrong_end(before, name, "page")),
        };
        if name.split_ascii_whitespace().next().is_some_and(is_page) {
            self.end_page(false, records)?;
        }
        Ok(outcome)
    }

    /// Reads what stands in a page beside records.
    fn see_in_header(
        &mut self,
        cursor: &mut Cursor<'a>,
        element: &Element<'a>,
    ) -> Result<(), Fault> {
        let Some((page, _)) = &mut self.page else {
            return self.skipped.skip(cursor, element);
        };
        if self.header_is_over && matches!(element.name, "title" | "ns" | "id") {
            // Rows of the records before it would have to be others.
            let message = format!("<{}> behind a record of its page", element.name);
            return Err(Fault::new(element.at, message));
        }
        page::parse_child(cursor, element, page, &mut self.skipped)
    }

    /// Notes what cannot be read.  A page that has not told yet which one it is never will: what stands
    /// between here and its next record is passed over.
    fn stopped(&mut self, mut fault: Fault, known: usize, from: usize) -> Stopped {
        if let Some((page, _)) = &self.page {
            fault.page_id = fault.page_id.or(page.id);
            if !self.header_is_over && !page::is_known(page) {
                self.page = None;
            }
        }
        Stopped { fault, known, from }
    }

    fn see_revision<R: Records>(
        &mut self,
        cursor: &mut Cursor<'a>,
        element: &Element<'a>,
        records: &mut R,
    ) -> Result<Result<(), Fault>, R::Error> {
        records.revision_begins(element.at);
        if let Err(fault) = self.end_header() {
            return Ok(Err(fault));
        }
        let Some((page, _)) = &self.page else {
            return Ok(Err(Fault::new(
                element.at,
                "<revision> outside a page that can be read",
            )));
        };
        let mut read = Revision::default();
        match revision::parse(cursor, element, self.rules, &mut self.skipped, &mut read) {
            Ok(()) => records.revision(page, &read).map(Ok),
            Err(mut fault) => {
                fault.page_id = page.id;
                fault.revision_id = read.id;
                Ok(Err(fault))
            }
        }
    }

    /// Ends the header of the open page.  Nothing of a page without identity can be placed: none is open
    /// then.
    fn end_header(&mut self) -> Result<(), Fault> {
        self.header_is_over = true;
        let Some((page, at)) = &mut self.page else {
            return Ok(());
        };
        let finished = page::finish(page, self.site, self.rules, *at);
        if finished.is_err() {
            self.page = None;
        }
        finished
    }

    fn end_page<R: Records>(&mut self, continues: bool, records: &mut R) -> Result<(), R::Error> {
        // It may have broken off before anybody could tell which page it is.
        drop(self.end_header());
        let began_before = std::mem::take(&mut self.began_before);
        if let Some((page, _)) = self.page.take() {
            records.page_ended(PageAt {
                page: &page,
                began_before,
                continues,
            })?;
        }
        Ok(())
    }
}
