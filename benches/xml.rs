//! Parsing a chunk, against a bare walk over quick-xml's events.
#![allow(missing_docs, clippy::unwrap_used, dead_code)]

use std::convert::Infallible;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use memchr::memmem;
use mwparquet::model::{LogItem, Page, Revision, Upload};
use mwparquet::xml::{Fault, PageAt, Records, parse_chunk, parse_header};

#[path = "inputs.rs"]
mod inputs;

#[derive(Default)]
struct Counter(usize);

impl Records for Counter {
    type Error = Infallible;

    fn revision(&mut self, _: &Page<'_>, revision: &Revision<'_>) -> Result<(), Infallible> {
        self.0 += revision.slots().count();
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn page_ended(&mut self, _: PageAt<'_, '_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn fault(&mut self, _: Fault) -> Result<(), Infallible> {
        Ok(())
    }

    fn skipped(&mut self, _: &str, _: mwparquet::xml::UnknownElement) {}
}

fn xml(criterion: &mut Criterion) {
    let xml = inputs::history();
    let begin = memmem::find(&xml, b"<page>").unwrap();
    let end = memmem::rfind(&xml, b"</mediawiki>").unwrap();
    let site = parse_header(&xml[..begin]).unwrap();
    let body = &xml[begin..end];
    let chunks = inputs::chunks(&xml);
    let mut group = criterion.benchmark_group("xml");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.sample_size(20);
    group.bench_function("records", |bencher| {
        bencher.iter(|| {
            let mut counter = Counter::default();
            for (chunk, bytes) in &chunks {
                let header = chunk.page.as_ref().map(|page| &page.bytes[..]);
                let continues = chunk.page_continues;
                let Ok(()) = parse_chunk(bytes, header, continues, &site, &mut counter);
            }
            black_box(counter.0)
        });
    });
    group.bench_function("floor: quick-xml's events", |bencher| {
        bencher.iter(|| {
            let mut reader = quick_xml::Reader::from_reader(body);
            let mut events = 0;
            while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
                events += 1;
            }
            black_box(events)
        });
    });
    // The floor of all: a search for the byte that every tag begins with.
    group.bench_function("floor: memchr of <", |bencher| {
        bencher.iter(|| black_box(memchr::memchr_iter(b'<', body).count()));
    });
    group.finish();
}

criterion_group!(benches, xml);
criterion_main!(benches);
