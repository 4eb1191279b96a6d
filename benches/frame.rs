//! The framer: bytes of XML a second, whatever the pieces.
#![allow(missing_docs, clippy::unwrap_used, dead_code)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mwparquet::error::FilePlace;
use mwparquet::frame::Framer;

#[path = "inputs.rs"]
mod inputs;

fn frame(criterion: &mut Criterion) {
    let xml = Bytes::from(inputs::history());
    let mut group = criterion.benchmark_group("frame");
    group.throughput(Throughput::Bytes(xml.len() as u64));
    group.bench_function("history in pieces of 1 MiB", |bencher| {
        bencher.iter(|| {
            let mut framer = Framer::new(inputs::FRAMER);
            for begin in (0..xml.len()).step_by(1 << 20) {
                let piece = xml.slice(begin..xml.len().min(begin + (1 << 20)));
                framer.push(piece, FilePlace::About(0)).unwrap();
                while let Some(frame) = framer.next_frame() {
                    black_box(frame);
                }
            }
            framer.finish().unwrap();
        });
    });
    // The floor: a search for the byte that every tag begins with.
    group.bench_function("floor: memchr of <", |bencher| {
        bencher.iter(|| black_box(memchr::memchr_iter(b'<', &xml).count()));
    });
    group.finish();
}

criterion_group!(benches, frame);
criterion_main!(benches);
