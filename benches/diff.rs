//! Diffs of all revisions of a history, on two threads, against a bare loop of imara-diff over the
//! same tokens.
//!
//! `BENCH_DUMP=history.xml cargo bench --bench diff` takes another dump than the small sample.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, dead_code)]

use std::convert::Infallible;
use std::hint::black_box;
use std::thread;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use memchr::memmem;
use mwparquet::derive::diff::{Algorithm, Diff, Differ, Op};
use mwparquet::derive::tokens::{Tokenized, Tokenizer};
use mwparquet::model::{Page, Revision, Slot, Upload};
use mwparquet::xml::{Fault, PageAt, Records, parse_chunk, parse_header};

#[path = "inputs.rs"]
mod inputs;

/// The texts of each page, in order.
#[derive(Default)]
struct Texts {
    pages: Vec<Vec<String>>,
    page: Vec<String>,
}

impl Records for Texts {
    type Error = Infallible;

    fn revision(&mut self, _: &Page<'_>, revision: &Revision<'_>) -> Result<(), Infallible> {
        let text = revision.main.as_ref().and_then(Slot::visible_text);
        self.page.extend(text.map(|text| text.to_string()));
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<(), Infallible> {
        if !at.continues {
            self.pages.push(std::mem::take(&mut self.page));
        }
        Ok(())
    }

    fn log_item(&mut self, _: &mwparquet::model::LogItem<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn fault(&mut self, _: Fault) -> Result<(), Infallible> {
        Ok(())
    }

    fn skipped(&mut self, _: &str, _: mwparquet::xml::UnknownElement) {}
}

fn texts() -> Vec<Vec<String>> {
    let xml = match std::env::var("BENCH_DUMP") {
        Ok(path) => std::fs::read(path).unwrap(),
        Err(_) => inputs::history(),
    };
    let begin = memmem::find(&xml, b"<page>").unwrap();
    let site = parse_header(&xml[..begin]).unwrap();
    let mut texts = Texts::default();
    for (chunk, bytes) in inputs::chunks(&xml) {
        let header = chunk.page.as_ref().map(|page| &page.bytes[..]);
        let continues = chunk.page_continues;
        let Ok(()) = parse_chunk(&bytes, header, continues, &site, &mut texts);
    }
    texts.pages
}

/// Shares out pages to two threads, and adds up what they find.
fn on_two_threads<T: Sync>(pages: &[T], work: impl Fn(&T) -> u64 + Sync) -> u64 {
    let half = |first: usize| pages.iter().skip(first).step_by(2).map(&work).sum::<u64>();
    thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0) + other.join().unwrap()
    })
}

/// Tokens inserted and deleted over all revisions of a page, tokens found on the way.
fn of_page(algorithm: Algorithm, page: &[String]) -> u64 {
    let mut differ = Differ::new(Tokenizer::Words, algorithm).unwrap();
    let (mut before, mut after) = (Tokenized::default(), Tokenized::default());
    let mut diff = Diff::default();
    let mut changed = 0;
    for text in page {
        differ.next_into(&before, &mut after, |room| room.push_str(text), &mut diff);
        let changes = diff
            .operations
            .iter()
            .filter(|operation| operation.op != Op::Equal);
        changed += changes
            .map(|operation| operation.tokens() as u64)
            .sum::<u64>();
        std::mem::swap(&mut before, &mut after);
    }
    changed
}

/// The same by imara-diff alone, where tokens are there already.
fn of_page_by_imara(page: &[Tokenized]) -> u64 {
    let empty = Tokenized::default();
    let earlier = std::iter::once(&empty).chain(page);
    let pairs = earlier.zip(page).map(|(before, after)| {
        let mut input = imara_diff::InternedInput::default();
        input.update_before(before.iter());
        input.update_after(after.iter());
        let diff = imara_diff::Diff::compute(imara_diff::Algorithm::Histogram, &input);
        u64::from(diff.count_additions() + diff.count_removals())
    });
    pairs.sum()
}

fn diff(criterion: &mut Criterion) {
    let pages = texts();
    let tokens: Vec<Vec<_>> = pages
        .iter()
        .map(|page| {
            page.iter()
                .map(|text| Tokenized::new(Tokenizer::Words, text.as_str()))
                .collect()
        })
        .collect();
    let revisions: usize = pages.iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("diff");
    group.throughput(Throughput::Elements(revisions as u64));
    group.sample_size(10);
    for algorithm in Algorithm::ALL {
        group.bench_function(algorithm.name(), |bencher| {
            bencher.iter(|| black_box(on_two_threads(&pages, |page| of_page(algorithm, page))));
        });
    }
    group.bench_function("floor: imara-diff's histogram", |bencher| {
        bencher.iter(|| black_box(on_two_threads(&tokens, |page| of_page_by_imara(page))));
    });
    group.finish();
    let ours = on_two_threads(&pages, |page| of_page(Algorithm::Histogram, page));
    let floor = on_two_threads(&tokens, |page| of_page_by_imara(page));
    println!("tokens inserted and deleted: {ours}, by imara-diff {floor}");
}

criterion_group!(benches, diff);
criterion_main!(benches);
