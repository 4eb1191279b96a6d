//! Records of XML: wherever it is cut into chunks, they are the same, and so is the first thing that is wrong.

use bytes::Bytes;
use mwparquet::error::FilePlace;
use mwparquet::frame::{Frame, Framer, FramerOptions, Places};
use mwparquet::model::{LogItem, Page, Revision, SiteInfo, Upload};
use mwparquet::xml::{
    Fault, PageAt, Records, UnknownElement, XmlLimits, parse_chunk, parse_header_so_far,
};

use super::controls::Controls;
use super::seeds;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let chunk_bytes = controls.number();
    let keep_going = controls.byte() & 1 == 1;
    let xml = controls.rest;
    let whole = told(xml, usize::MAX >> 1, keep_going);
    let cut = told(xml, chunk_bytes, keep_going);
    assert_eq!(cut.rows, whole.rows, "rows in chunks");
    assert_eq!(cut.first_fault, whole.first_fault, "faults in chunks");
}

/// What a dump says.
#[derive(Default)]
struct Told {
    rows: Vec<String>,
    /// Where the first fault lies, in bytes of the XML, and that of the framer.
    first_fault: Option<u64>,
}

struct Scribe<'t> {
    told: &'t mut Told,
    places: &'t Places,
    keep_going: bool,
}

impl Records for Scribe<'_> {
    type Error = ();

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), ()> {
        let text = revision
            .slots()
            .map(|slot| (slot.state(), slot.text.map(|text| text.to_string())));
        let texts: Vec<_> = text.collect();
        self.told.rows.push(format!(
            "{:?} {:?} {revision:?} {texts:?}",
            page.id, page.title
        ));
        Ok(())
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<(), ()> {
        self.told.rows.push(format!("{:?} {upload:?}", page.id));
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<(), ()> {
        if !at.continues {
            let page = at.page;
            let told = format!(
                "page {:?} {:?} {:?}",
                page.id, page.title, page.namespace_id
            );
            self.told.rows.push(told);
        }
        Ok(())
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<(), ()> {
        self.told.rows.push(format!("{item:?}"));
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<(), ()> {
        let (at, _) = self.places.of(fault.at);
        self.told.first_fault.get_or_insert(at);
        if self.keep_going { Ok(()) } else { Err(()) }
    }

    fn skipped(&mut self, _: &str, _: UnknownElement) {}
}

fn told(xml: &[u8], chunk_bytes: usize, keep_going: bool) -> Told {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        record_max_bytes: 1 << 30,
        page_header_max_bytes: usize::MAX,
        keep_going,
        with_history: false,
    });
    let outcome = framer.push(Bytes::copy_from_slice(xml), FilePlace::About(0));
    let outcome = outcome.and_then(|()| framer.finish());
    let mut told = Told::default();
    let mut site = SiteInfo::default();
    while let Some(frame) = framer.next_frame() {
        match frame {
            Frame::Header(header) => {
                let (read, fault) = parse_header_so_far(&header.bytes, &XmlLimits::DEFAULT);
                site = read;
                site.prefix = header.prefix;
                if fault.is_some() && !keep_going {
                    return told;
                }
            }
            Frame::Lost(_) => {}
            Frame::Chunk(chunk) => {
                let header = chunk.page.clone();
                let header = header.as_ref().map(|page| &page.bytes[..]);
                let continues = chunk.page_continues;
                let (bytes, places) = chunk.into_contiguous();
                let mut scribe = Scribe {
                    told: &mut told,
                    places: &places,
                    keep_going,
                };
                if parse_chunk(&bytes, header, continues, &site, &mut scribe).is_err() {
                    return told;
                }
            }
        }
    }
    if let Err(error) = outcome {
        told.rows.push(error.to_string());
    }
    told
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut files = seeds::samples("", &[".xml"]);
    files.extend(seeds::samples("broken", &[".xml"]));
    seeds::with_controls(&[&[0, 1, 0], &[0, 1, 1], &[2, 0, 1]], files)
}
