//! Checksums of texts: one by one, and in batches.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mwparquet::derive::{Sha1, TextBatch};
use mwparquet::model::Text;

/// Texts of many lengths, with a reference in each few words.
fn texts() -> Vec<String> {
    let lengths = (0..300).map(|index| 200 + index * index % 25_000);
    lengths
        .map(|bytes| {
            let words = (0..bytes / 32).map(|word| format!("a word of a text {word:05} &quot;,\n"));
            words.collect()
        })
        .collect()
}

fn checksums(criterion: &mut Criterion) {
    let spelt = texts();
    let texts: Vec<_> = spelt
        .iter()
        .map(|spelt| Text::from_element(spelt).unwrap())
        .collect();
    let bytes: usize = spelt.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("checksums");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("one by one", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(Sha1::of_text(*text));
            }
        });
    });
    group.bench_function("in batches", |bencher| {
        let mut batch = TextBatch::default();
        bencher.iter(|| {
            for text in &texts {
                batch.push(*text, ());
                if batch.is_full() {
                    batch.drain(|(), sha1, _| {
                        black_box(sha1);
                    });
                }
            }
            batch.drain(|(), sha1, _| {
                black_box(sha1);
            });
        });
    });
    group.finish();
}

criterion_group!(benches, checksums);
criterion_main!(benches);
