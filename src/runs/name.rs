//! The names of a run's files.

use std::path::Path;

use super::Kind;

/// What the name of a dump file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DumpName {
    /// Database name of the wiki.
    pub wiki: String,
    /// When the run began, `YYYYMMDD`; `YYYY-MM-DD` of content file exports; or `latest`.
    pub date: String,
    /// What it holds.
    pub kind: Kind,
    /// Number of the part that it is or belongs to.
    pub part: Option<u32>,
    /// First and last page that were asked for.
    pub pages: Option<(u64, u64)>,
    /// Of a file that may hold a piece of a page's history, the first revision, and the last where the
    /// name tells it.  Histories are cut by time, so that the first can be the larger number.
    pub revisions: Option<(u64, Option<u64>)>,
    /// The compression.
    pub container: Container,
}

/// Compression by the file's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// `.bz2`, whose blocks are decoded on all cores.
    Bzip2,
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
    /// No compression.
    Plain,
    /// `.7z`, the smallest and the slowest.
    SevenZip,
}

impl Container {
    fn of_ending(ending: &str) -> Option<Self> {
        Some(match ending {
            "bz2" => Self::Bzip2,
            "gz" => Self::Gzip,
            "zst" => Self::Zstd,
            "7z" => Self::SevenZip,
            _ => return None,
        })
    }
}

impl DumpName {
    /// Reads a file's name, without its folder; `None` for what is no dump of pages, logs or tables,
    /// and for files that are not finished.
    pub fn parse(name: &str) -> Option<Self> {
        // No wiki's name has a hyphen.
        let (wiki, rest) = name.split_once('-')?;
        let is_wiki = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if wiki.is_empty() || !wiki.bytes().all(is_wiki) {
            return None;
        }
        let (date, rest) = split_date(rest)?;
        let of = |content: Content| Self {
            wiki: wiki.to_owned(),
            date: date.to_owned(),
            kind: content.kind,
            part: content.part,
            pages: content.pages,
            revisions: content.revisions,
            container: content.container,
        };
        match date.contains('-') {
            true => export(rest).map(of),
            false => classic(rest).map(of),
        }
    }

    /// Reads the name of a file in its folder, which tells content file exports of histories from those
    /// of current pages.
    pub fn of_path(path: &Path) -> Option<Self> {
        let mut name = Self::parse(path.file_name()?.to_str()?)?;
        let current = super::mirror::folder_of_exports(Kind::ContentCurrent);
        let is_current = path.components().any(|part| part.as_os_str() == current);
        if name.kind == Kind::ContentHistory && is_current {
            name.kind = Kind::ContentCurrent;
        }
        Some(name)
    }

    /// The page, where this file holds a piece of a single page's history, as those of content file
    /// exports can.
    pub fn is_of_one_page(&self) -> bool {
        self.kind == Kind::ContentHistory && self.pages.is_some_and(|(first, last)| first == last)
    }
}

struct Content {
    kind: Kind,
    part: Option<u32>,
    pages: Option<(u64, u64)>,
    revisions: Option<(u64, Option<u64>)>,
    container: Container,
}

/// Takes the date and the hyphen behind it off the front.
fn split_date(text: &str) -> Option<(&str, &str)> {
    let is_like = |date: &str, form: &str| {
        date.bytes()
            .zip(form.bytes())
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    ["0000-00-00", "00000000", "latest"]
        .iter()
        .find_map(|form| {
            let (date, rest) = text.split_at_checked(form.len())?;
            let rest = rest.strip_prefix('-')?;
            is_like(date, form).then_some((date, rest))
        })
}

/// `<dump><part>.<type><range>.<ending>`
fn classic(text: &str) -> Option<Content> {
    let (dump, rest) = text.split_once('.')?;
    let (rest, container) = match rest.rsplit_once('.') {
        Some((rest, ending)) => (rest, Container::of_ending(ending)?),
        None => (rest, Container::Plain),
    };
    if rest == "sql" {
        return Some(Content {
            kind: Kind::Tables,
            part: None,
            pages: None,
            revisions: None,
            container,
        });
    }
    let range = rest.strip_prefix("xml")?;
    let pages = match range.strip_prefix("-p") {
        Some(range) => {
            let (first, last) = range.split_once('p')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        }
        None if range.is_empty() => None,
        None => return None,
    };
    let name = dump.trim_end_matches(|character: char| character.is_ascii_digit());
    let number = &dump[name.len()..];
    let part = match number.is_empty() {
        true => None,
        false => Some(number.parse().ok()?),
    };
    let kind = Kind::of_name(name)?;
    let is_classic = !matches!(
        kind,
        Kind::Tables | Kind::ContentHistory | Kind::ContentCurrent
    );
    is_classic.then_some(Content {
        kind,
        part,
        pages,
        revisions: None,
        container,
    })
}

/// `p<first>p<last>.xml.<ending>`, or `p<page>r<first>r<last>.xml.<ending>` for a single page.
/// Names do not tell histories from current pages; folders do.
fn export(text: &str) -> Option<Content> {
    let text = text.strip_prefix("pages-meta-history-").unwrap_or(text);
    let (range, ending) = text.strip_prefix('p')?.split_once(".xml.")?;
    let container = Container::of_ending(ending)?;
    let number = |text: &str| text.parse::<u64>().ok();
    let (pages, revisions) = match range.split_once('p') {
        Some((first, last)) => ((number(first)?, number(last)?), None),
        None => {
            let (page, revisions) = range.split_once('r')?;
            let page = number(page)?;
            let revisions = match revisions.split_once('r') {
                Some((first, last)) => (number(first)?, Some(number(last)?)),
                None => (number(revisions)?, None),
            };
            ((page, page), Some(revisions))
        }
    };
    Some(Content {
        kind: Kind::ContentHistory,
        part: None,
        pages: Some(pages),
        revisions,
        container,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told = (String, String, Kind, Option<u32>, Option<(u64, u64)>);

    fn told(name: &str) -> Option<Told> {
        DumpName::parse(name).map(|name| (name.wiki, name.date, name.kind, name.part, name.pages))
    }

    #[test]
    fn names_of_runs() {
        let of = |wiki: &str, date: &str, kind, part, pages| {
            Some((wiki.to_owned(), date.to_owned(), kind, part, pages))
        };
        for (name, expected) in [
            (
                "enwiki-20260101-pages-meta-history27.xml-p79000000p79123456.7z",
                of(
                    "enwiki",
                    "20260101",
                    Kind::PagesMetaHistory,
                    Some(27),
                    Some((79_000_000, 79_123_456)),
                ),
            ),
            (
                "enwiki-20160301-pages-meta-current1.xml-p000000010p000030303.bz2",
                of(
                    "enwiki",
                    "20160301",
                    Kind::PagesMetaCurrent,
                    Some(1),
                    Some((10, 30_303)),
                ),
            ),
            (
                "be_x_oldwiki-latest-pages-articles-multistream.xml.bz2",
                of(
                    "be_x_oldwiki",
                    "latest",
                    Kind::PagesArticlesMultistream,
                    None,
                    None,
                ),
            ),
            (
                "elwiki-20260101-stub-meta-history14.xml.gz",
                of("elwiki", "20260101", Kind::StubMetaHistory, Some(14), None),
            ),
            (
                "elwiki-20260101-pages-logging.xml.gz",
                of("elwiki", "20260101", Kind::PagesLogging, None, None),
            ),
            (
                "elwiki-20260101-page_props.sql.gz",
                of("elwiki", "20260101", Kind::Tables, None, None),
            ),
            (
                "elwiki-20260101-pages-articles.xml",
                of("elwiki", "20260101", Kind::PagesArticles, None, None),
            ),
            (
                "elwiki-20260101-stubs-meta-hist-incr.xml.gz",
                of("elwiki", "20260101", Kind::StubsMetaHistIncr, None, None),
            ),
            (
                "eswiki-2026-08-01-p5p5168645.xml.bz2",
                of(
                    "eswiki",
                    "2026-08-01",
                    Kind::ContentHistory,
                    None,
                    Some((5, 5_168_645)),
                ),
            ),
            (
                "eswiki-2026-08-01-p17r900r12.xml.bz2",
                of(
                    "eswiki",
                    "2026-08-01",
                    Kind::ContentHistory,
                    None,
                    Some((17, 17)),
                ),
            ),
            (
                "eswiki-2025-09-01-pages-meta-history-p17r900.xml.bz2",
                of(
                    "eswiki",
                    "2025-09-01",
                    Kind::ContentHistory,
                    None,
                    Some((17, 17)),
                ),
            ),
        ] {
            assert_eq!(told(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_other_files() {
        for name in [
            "",
            "dumpstatus.json",
            "dump.xml.bz2",
            "enwiki-20260101-md5sums.txt",
            "enwiki-20260101-all-titles.gz",
            "enwiki-20260101-siteinfo-namespaces.json.gz",
            "enwiki-20260101-pages-articles-multistream-index1.txt-p1p10.bz2",
            "enwiki-20260101-pages-meta-history1.xml-p1p10.bz2.inprog",
            "enwiki-20260101-pages-meta-history1.xml-p1p10.bz2.truncated",
            "enwiki-20260101-pages-meta-history1.xml-p1.bz2",
            "enwiki-20260101-abstract.xml.gz",
            "enwiki-20260101-content-history.xml.bz2",
            "enwiki-20260101-tables.xml.bz2",
            "enwiki-2026010-pages-articles.xml.bz2",
            "enwiki-latest-pages-articles.xml.bz2-rss.xml",
            "en-wiki-20260101-pages-articles.xml.bz2",
            "eswiki-2026-08-01-p5.xml.bz2",
            "eswiki-2026-08-01-pages-articles.xml.bz2",
        ] {
            assert_eq!(told(name), None, "{name}");
        }
    }
}
