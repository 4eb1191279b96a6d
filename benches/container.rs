//! bzip2: the search for marks, and blocks by our interface against the crate's streams.
#![allow(missing_docs, clippy::unwrap_used, dead_code)]

use std::hint::black_box;
use std::io::Read;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mwparquet::container::bzip2::block::Decoder;
use mwparquet::container::bzip2::scan::{Mark, candidates};

#[path = "inputs.rs"]
mod inputs;

fn bzip2(criterion: &mut Criterion) {
    let stored = inputs::history_bz2();
    let mut group = criterion.benchmark_group("bzip2");
    group.throughput(Throughput::Bytes(stored.len() as u64));
    group.bench_function("scan for marks", |bencher| {
        bencher.iter(|| black_box(candidates(&stored, 0).count()));
    });
    group.throughput(Throughput::Bytes(inputs::history().len() as u64));
    group.sample_size(10);
    for (name, mut decoder) in [
        ("blocks", Decoder::new()),
        ("blocks, portable", Decoder::portable()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for candidate in
                    candidates(&stored, 0).filter(|candidate| candidate.mark == Mark::Block)
                {
                    let block = decoder.decode(&stored, candidate.offset_bits, 64 << 20);
                    black_box(block.unwrap());
                }
            });
        });
    }
    group.bench_function("floor: the crate's stream", |bencher| {
        bencher.iter(|| {
            let mut xml = Vec::new();
            bzip2::read::MultiBzDecoder::new(&stored[..])
                .read_to_end(&mut xml)
                .unwrap();
            black_box(xml.len())
        });
    });
    group.finish();
}

criterion_group!(benches, bzip2);
criterion_main!(benches);
