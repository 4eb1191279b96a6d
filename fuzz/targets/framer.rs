//! Cutting XML into chunks: the pieces in which bytes come change nothing, chunks hold all bytes between
//! header and end, and cuts fall where a plain search says that records follow each other.

use bytes::Bytes;
use mwparquet::error::FilePlace;
use mwparquet::frame::{Frame, Framer, FramerOptions, Predecessor};

use super::controls::{Controls, pieces};
use super::seeds;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let chunk_bytes = controls.number();
    let record_max_bytes = 64 + controls.number();
    let seed = controls.byte();
    let flags = controls.byte();
    let (keep_going, with_history) = (flags & 1 == 1, flags & 2 == 2);
    let options = FramerOptions {
        chunk_bytes,
        record_max_bytes,
        page_header_max_bytes: usize::MAX,
        keep_going,
        with_history,
    };
    let xml = controls.rest;
    let whole = framed(options, &[xml]);
    // How much of a record is seen before it is refused depends on the pieces.
    let refuses = |told: &Told| told.losses() > 0 || told.error.is_some();
    let dripped = framed(options, &pieces(xml, seed));
    if refuses(&whole) && record_max_bytes < xml.len() {
        assert!(refuses(&dripped));
    } else {
        assert_eq!(dripped, whole, "in other pieces");
    }
    if refuses(&whole) || keep_going {
        return;
    }
    let cut_often = framed(
        FramerOptions {
            chunk_bytes: 1,
            ..options
        },
        &[xml],
    );
    assert_eq!(cut_often.bytes(), whole.bytes(), "in smaller chunks");
    if let Some(expected) = cuts_by_a_plain_search(xml) {
        assert_eq!(cut_often.begins(), expected, "cuts");
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Header(u64, Vec<u8>),
    Chunk {
        at: u64,
        bytes: Vec<u8>,
        header: Option<Vec<u8>>,
        page_continues: bool,
        predecessor: Predecessor,
        revisions: Vec<(u64, u64)>,
    },
    Lost(String, u64),
}

#[derive(Debug, PartialEq, Eq)]
struct Told {
    parts: Vec<Part>,
    error: Option<String>,
}

impl Told {
    fn losses(&self) -> usize {
        let losses = self
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Lost(..)));
        losses.count()
    }

    /// All bytes in their order.
    fn bytes(&self) -> Vec<u8> {
        let parts = self.parts.iter().map(|part| match part {
            Part::Header(_, bytes) | Part::Chunk { bytes, .. } => &bytes[..],
            Part::Lost(..) => &[],
        });
        parts.collect::<Vec<_>>().concat()
    }

    /// Where chunks begin.
    fn begins(&self) -> Vec<u64> {
        let begin = |part: &Part| match part {
            Part::Chunk { at, .. } => Some(*at),
            _ => None,
        };
        self.parts.iter().filter_map(begin).collect()
    }
}

fn framed(options: FramerOptions, pieces: &[&[u8]]) -> Told {
    let mut framer = Framer::new(options);
    let mut push = |piece: &&[u8]| framer.push(Bytes::copy_from_slice(piece), FilePlace::About(0));
    let outcome = pieces.iter().try_for_each(&mut push);
    let outcome = outcome.and_then(|()| framer.finish());
    let mut parts = Vec::new();
    while let Some(frame) = framer.next_frame() {
        parts.push(match frame {
            Frame::Header(header) => Part::Header(header.xml_offset_bytes, header.bytes),
            Frame::Lost(lost) => Part::Lost(lost.why.to_string(), lost.bytes),
            Frame::Chunk(chunk) => {
                let places = chunk.revisions.iter();
                let mut end = None;
                for piece in &chunk.pieces {
                    // Only bodies of files are left out between.
                    assert!(end.is_none_or(|end| end <= piece.xml_offset_bytes));
                    end = Some(piece.xml_offset_bytes + piece.bytes.len() as u64);
                }
                Part::Chunk {
                    at: chunk.pieces[0].xml_offset_bytes,
                    header: chunk.page.as_ref().map(|page| page.bytes.to_vec()),
                    page_continues: chunk.page_continues,
                    predecessor: chunk.predecessor.clone(),
                    revisions: places
                        .map(|place| (place.xml_offset_bytes, place.index))
                        .collect(),
                    bytes: chunk.into_contiguous().0.to_vec(),
                }
            }
        });
    }
    let error = outcome.err().map(|error| error.to_string());
    Told { parts, error }
}

/// Where chunks begin that are cut wherever they can be: the first record, and each that begins where
/// another has just ended.  None where a plain search would have to know more than the tags of records.
fn cuts_by_a_plain_search(xml: &[u8]) -> Option<Vec<u64>> {
    let text = std::str::from_utf8(xml).ok()?;
    let is_plain = !["<contents", "<mediawiki:", ":mediawiki"]
        .iter()
        .any(|odd| text.contains(odd));
    if !is_plain {
        return None;
    }
    let mut rest = text;
    let mut in_root = false;
    let mut cuts = Vec::new();
    let mut record_ended = false;
    let mut in_page = false;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let sections = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((opening, closing)) = sections.iter().find(|(open, _)| rest.starts_with(open)) {
            let inside = &rest[opening.len()..];
            rest = &inside[inside.find(closing)? + closing.len()..];
            continue;
        }
        in_root |= rest.starts_with("<mediawiki");
        if !in_root {
            rest = &rest[1..];
            continue;
        }
        let is_end = |character: char| "> \n\r\t".contains(character);
        let slash = usize::from(rest[1..].starts_with('/'));
        let name = rest[1 + slash..].split(is_end).next()?;
        let is_empty = slash == 0 && rest[1 + name.len()..].starts_with('>');
        let name = name.strip_suffix('/').filter(|_| is_empty).unwrap_or(name);
        let offset = (text.len() - rest.len()) as u64;
        let begins = match (slash == 0, name) {
            (true, "page") => !std::mem::replace(&mut in_page, true),
            (true, "revision") => true,
            (true, "logitem") => !in_page,
            (false, "page") => {
                in_page = false;
                false
            }
            (false, "mediawiki") => break,
            _ => false,
        };
        let can_begin = match cuts.is_empty() {
            true => name != "revision",
            false => record_ended,
        };
        if begins && can_begin {
            cuts.push(offset);
        }
        record_ended = slash == 1 && matches!(name, "page" | "revision" | "logitem");
        rest = &rest[1..];
    }
    in_root.then_some(cuts)
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut files = seeds::samples("", &[".xml"]);
    files.extend(seeds::samples("broken", &[".xml"]));
    let often = [0, 1, 255, 255, 5, 2];
    let going_on = [4, 0, 255, 255, 8, 3];
    let small_records = [0, 200, 1, 0, 8, 1];
    seeds::with_controls(&[&often, &going_on, &small_records], files)
}
