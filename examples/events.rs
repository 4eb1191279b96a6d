//! A bare walk over quick-xml's events of a plain XML file: what any parser on top of it costs.
#![allow(clippy::print_stdout)]

use quick_xml::Reader;
use quick_xml::events::Event;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: events FILE.xml")?;
    let mut reader = Reader::from_file(path)?;
    let mut buffer = Vec::new();
    let mut revisions = 0u64;
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(tag) if tag.name().into_inner() == "revision" => revisions += 1,
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    println!("{revisions} revisions");
    Ok(())
}
