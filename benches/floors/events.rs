//! A bare walk over quick-xml's events of a plain XML file: what any parser on top of it costs.
//!
//! The file is read whole, for quick-xml is faster on bytes that it need not copy.
#![allow(clippy::print_stdout)]

use std::error::Error;

use quick_xml::Reader;
use quick_xml::events::Event;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: floor-events FILE.xml")?;
    let xml = std::fs::read(path)?;
    let mut reader = Reader::from_reader(&xml[..]);
    let mut revisions = 0u64;
    loop {
        match reader.read_event()? {
            Event::Start(tag) if tag.name().into_inner() == "revision" => revisions += 1,
            Event::Eof => break,
            _ => {}
        }
    }
    println!("{revisions}");
    Ok(())
}
