//! Wherever a dump is cut, by whatever pieces it comes in, its records are the same.

use bytes::Bytes;
use mwparquet::error::FilePlace;
use mwparquet::frame::{Chunk, Frame, Framer, FramerOptions, Predecessor};
use mwparquet::model::{LogItem, Page, Revision, SiteInfo, Upload};
use mwparquet::xml::{Fault, PageAt, Records, parse_chunk, parse_header};
use proptest::prelude::*;

use crate::samples;

/// Writes down all that it is told.
#[derive(Default)]
struct Scribe {
    lines: Vec<String>,
}

impl Records for Scribe {
    type Error = Fault;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), Fault> {
        let title = page.title.map(|title| title.to_string());
        let comment = revision.comment.text().map(|text| text.to_string());
        let user = revision.contributor.name.map(|name| name.to_string());
        self.lines.push(format!(
            "revision {:?} {title:?} {:?} {:?} {:?} {user:?} {comment:?}",
            page.id, revision.id, revision.parent_id, revision.timestamp
        ));
        for slot in revision.slots() {
            let text = slot.text.map(|text| text.to_string());
            self.lines
                .push(format!("slot {} {:?} {text:?}", slot.role(), slot.state()));
        }
        Ok(())
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<(), Fault> {
        let name = upload.filename.map(|name| name.to_string());
        self.lines.push(format!(
            "upload {:?} {name:?} {:?}",
            page.id, upload.size_bytes
        ));
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<(), Fault> {
        if !at.continues {
            let restrictions: Vec<_> = at
                .page
                .restrictions
                .iter()
                .map(|text| text.to_string())
                .collect();
            self.lines.push(format!(
                "page {:?} {:?} {} {restrictions:?}",
                at.page.id,
                at.page.namespace_id,
                at.page.redirect.is_some()
            ));
        }
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<(), Fault> {
        self.lines.push("log item".to_owned());
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Fault> {
        Err(fault)
    }

    fn skipped(&mut self, _: &str, _: mwparquet::xml::UnknownElement) {}
}

fn records(dump: &[u8], pieces: impl Iterator<Item = usize>, chunk_bytes: usize) -> Vec<String> {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        record_max_bytes: 1 << 30,
        page_header_max_bytes: FramerOptions::DEFAULT_PAGE_HEADER_MAX_BYTES,
        keep_going: false,
        with_history: false,
    });
    let mut rest = dump;
    for piece in pieces {
        let (now, later) = rest.split_at(piece.clamp(1, rest.len().max(1)).min(rest.len()));
        framer
            .push(Bytes::copy_from_slice(now), FilePlace::About(0))
            .unwrap();
        rest = later;
    }
    framer
        .push(Bytes::copy_from_slice(rest), FilePlace::About(0))
        .unwrap();
    framer.finish().unwrap();
    let mut site = SiteInfo::default();
    let mut scribe = Scribe::default();
    while let Some(frame) = framer.next_frame() {
        match frame {
            Frame::Header(header) => site = parse_header(&header.bytes).unwrap(),
            Frame::Chunk(chunk) => {
                let page = chunk.page.clone();
                let header = page.as_ref().map(|page| &page.bytes[..]);
                let continues = chunk.page_continues;
                let (bytes, _) = chunk.into_contiguous();
                parse_chunk(&bytes, header, continues, &site, &mut scribe)
                    .unwrap_or_else(|fault| panic!("{fault:?}"));
            }
            Frame::Lost(lost) => panic!("{lost:?}"),
        }
    }
    scribe.lines
}

#[test]
fn every_chunk_size_gives_the_same_records() {
    for (name, dump) in samples::plain() {
        let whole = records(&dump, std::iter::empty(), usize::MAX >> 1);
        for chunk_bytes in [1, 100, 1000, 10_000] {
            let cut = records(&dump, std::iter::empty(), chunk_bytes);
            assert_eq!(cut, whole, "{name} in chunks of {chunk_bytes}");
        }
    }
}

#[test]
fn chunks_of_short_records_are_shorter() {
    let page = "<page><title>T</title><ns>0</ns><id>1</id>";
    let dump_of = |text: &str| {
        let revision = format!("<revision><id>1</id><text>{text}</text></revision>");
        let revisions = revision.repeat(100_000 / revision.len());
        format!("<mediawiki>{page}{revisions}</page></mediawiki>")
    };
    let chunks_of = |text: &str| with_history(dump_of(text).as_bytes(), 20_000).1.len();
    // Of 1 KB each they count for half as much more, and of 46 bytes for twelve times as much.
    assert!((5..=9).contains(&chunks_of(&"x".repeat(1000))));
    assert!((55..=70).contains(&chunks_of("")));
}

#[test]
fn byte_by_byte() {
    for (name, dump) in samples::plain() {
        let whole = records(&dump, std::iter::empty(), usize::MAX >> 1);
        let drops = records(&dump, std::iter::repeat_n(1, dump.len()), 1);
        assert_eq!(drops, whole, "{name}");
    }
}

/// The chunks of a dump, each told of its page's history.
fn with_history(dump: &[u8], chunk_bytes: usize) -> (SiteInfo, Vec<Chunk>) {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        record_max_bytes: 1 << 30,
        page_header_max_bytes: FramerOptions::DEFAULT_PAGE_HEADER_MAX_BYTES,
        keep_going: false,
        with_history: true,
    });
    framer
        .push(Bytes::copy_from_slice(dump), FilePlace::About(0))
        .unwrap();
    framer.finish().unwrap();
    let mut site = SiteInfo::default();
    let mut chunks = Vec::new();
    while let Some(frame) = framer.next_frame() {
        match frame {
            Frame::Header(header) => site = parse_header(&header.bytes).unwrap(),
            Frame::Chunk(chunk) => chunks.push(chunk),
            Frame::Lost(lost) => panic!("{lost:?}"),
        }
    }
    (site, chunks)
}

/// What the records of some bytes are, and the last revision among them with its slots.
fn lines_of(bytes: &[u8], header: Option<&[u8]>, site: &SiteInfo) -> (Vec<String>, Vec<String>) {
    let mut scribe = Scribe::default();
    parse_chunk(bytes, header, true, site, &mut scribe).unwrap();
    let is_revision = |line: &String| line.starts_with("revision ");
    let last = scribe.lines.iter().rposition(is_revision);
    let last = last.map_or(&[][..], |at| &scribe.lines[at..]);
    let of_last = |line: &&String| is_revision(line) || line.starts_with("slot ");
    let last = last.iter().take_while(of_last).cloned().collect();
    (scribe.lines, last)
}

/// The id of the page of a line.
fn page_of(line: Option<&String>) -> Option<&str> {
    line?.split(' ').nth(1)
}

#[test]
fn the_revision_before_goes_with_each_chunk() {
    let mut handed_on = 0;
    for (name, dump) in samples::plain() {
        for chunk_bytes in [1, 100, 1000, 10_000] {
            let (site, chunks) = with_history(&dump, chunk_bytes);
            let mut last: Vec<String> = Vec::new();
            for chunk in chunks {
                let header = chunk.page.clone();
                let header = header.as_ref().map(|page| &page.bytes[..]);
                let predecessor = chunk.predecessor.clone();
                let places = chunk.revisions.clone();
                let (bytes, _) = chunk.into_contiguous();
                let (lines, of_chunk) = lines_of(&bytes, header, &site);
                let ended = lines.iter().find(|line| line.starts_with("page "));
                let first = lines.iter().find(|line| line.starts_with("revision "));
                let goes_on = page_of(first) == page_of(last.first())
                    && (header.is_some()
                        || page_of(ended).is_none_or(|id| page_of(first) == Some(id)));
                match &predecessor {
                    Predecessor::Revision(bytes) => {
                        let some_page = &b"<page><title>T</title><ns>0</ns><id>1</id>"[..];
                        let (_, handed) = lines_of(bytes, Some(header.unwrap_or(some_page)), &site);
                        let from = usize::from(header.is_none());
                        // Behind pages there can be log items, which have no use for it.
                        if first.is_some() || !last.is_empty() {
                            assert_eq!(handed[from..], last[from..], "{name}");
                        }
                        assert!(first.is_none() || goes_on, "{name}");
                        handed_on += 1;
                    }
                    Predecessor::None => {
                        assert!(first.is_none() || last.is_empty() || !goes_on, "{name}");
                    }
                    Predecessor::Lost => panic!("{name}: nothing was lost"),
                }
                let revisions = lines.iter().filter(|line| line.starts_with("revision "));
                assert_eq!(revisions.count(), places.len(), "{name}");
                let rises = |pair: &[_]| {
                    let [a, b]: &[mwparquet::frame::RevisionPlace; 2] = pair.try_into().unwrap();
                    b.index == 0 || b.index == a.index + 1
                };
                assert!(places.windows(2).all(rises), "{name}");
                if !of_chunk.is_empty() {
                    last = of_chunk;
                } else if lines
                    .iter()
                    .any(|line| page_of(Some(line)) != page_of(last.first()))
                {
                    // A page without revisions.
                    last.clear();
                }
            }
        }
    }
    assert!(handed_on > 100, "{handed_on}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_pieces_and_any_chunk_size(
        pieces in prop::collection::vec(1usize..5000, 0..40),
        chunk_bytes in 1usize..20_000,
        which in any::<prop::sample::Index>(),
    ) {
        let samples = samples::plain();
        let (name, dump) = which.get(&samples);
        let whole = records(dump, std::iter::empty(), usize::MAX >> 1);
        prop_assert_eq!(records(dump, pieces.into_iter(), chunk_bytes), whole, "{}", name);
    }
}
