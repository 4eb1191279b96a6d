//! Framing and parsing SQL dumps, against a search for their quotes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::io::Read;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mwparquet::error::FilePlace;
use mwparquet::sql::{Chunk, Fault, Frame, Framer, FramerOptions, Misfit, Rows, Value, parse_run};

/// Bytes of rows.
const BYTES: usize = 32 << 20;
/// Bytes of an `INSERT`, as mysqldump has them.
const LINE_BYTES: usize = 1 << 20;

/// A large dump of the rows of the sample, over and over.
fn dump() -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-dumps/sql");
    let stored = std::fs::read(folder.join("samplewiki-20260101-page.sql.gz")).unwrap();
    let mut sample = Vec::new();
    flate2::read::GzDecoder::new(&stored[..])
        .read_to_end(&mut sample)
        .unwrap();
    let head = b"INSERT INTO `page` VALUES ";
    let begin = memchr::memmem::find(&sample, head).unwrap();
    let rows = &sample[begin + head.len()..];
    let rows = &rows[..memchr::memmem::find(rows, b";\nINSERT").unwrap()];
    let mut made = sample[..begin].to_vec();
    while made.len() < BYTES {
        made.extend_from_slice(head);
        let line = made.len();
        while made.len() - line < LINE_BYTES {
            made.extend_from_slice(rows);
            made.push(b',');
        }
        made.pop();
        made.extend_from_slice(b";\n");
    }
    made.extend_from_slice(b"-- Dump completed\n");
    made
}

fn chunks(dump: &[u8]) -> Vec<Chunk> {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes: 4 << 20,
        row_max_bytes: 64 << 20,
        keep_going: false,
    });
    // As decoders hand them on.
    for piece in dump.chunks(256 << 10) {
        framer.push(piece, FilePlace::About(0)).unwrap();
    }
    framer.finish().unwrap();
    std::iter::from_fn(|| framer.next_frame())
        .filter_map(|frame| match frame {
            Frame::Chunk(chunk) => Some(chunk),
            _ => None,
        })
        .collect()
}

/// Counts values, and decodes those of some columns.
struct Counter {
    wanted: usize,
    values: u64,
}

impl Rows for Counter {
    fn wants(&self, column: usize) -> bool {
        column < self.wanted
    }

    fn value(&mut self, _: usize, value: Value<'_>) -> Result<(), Misfit> {
        self.values += match value {
            Value::Number(_) => value.int().map_or(1, |number| number as u64 & 1),
            Value::Quoted(quoted) => quoted.raw.len() as u64,
            _ => 1,
        };
        Ok(())
    }

    fn row_ended(&mut self, _: usize) {}

    fn row_dropped(&mut self) {}
}

fn parse(chunks: &[Chunk], wanted: usize) -> u64 {
    let mut counter = Counter { wanted, values: 0 };
    for chunk in chunks {
        for run in &chunk.runs {
            let (bytes, columns) = (&chunk.bytes[..run.end], &run.columns);
            let mut fault = |fault: Fault| Err(fault);
            parse_run(
                bytes,
                run.begin,
                run.follows_row,
                columns,
                1 << 20,
                &mut counter,
                &mut fault,
            )
            .unwrap();
        }
    }
    counter.values
}

fn sql(criterion: &mut Criterion) {
    let dump = dump();
    let framed = chunks(&dump);
    let mut group = criterion.benchmark_group("sql");
    group.throughput(Throughput::Bytes(dump.len() as u64));
    group.sample_size(20);
    group.bench_function("frame", |bencher| {
        bencher.iter(|| black_box(chunks(&dump).len()));
    });
    group.bench_function("rows, all columns", |bencher| {
        bencher.iter(|| black_box(parse(&framed, usize::MAX)));
    });
    group.bench_function("rows, one column", |bencher| {
        bencher.iter(|| black_box(parse(&framed, 1)));
    });
    // The floor: no reader can do without finding the quotes.
    group.bench_function("floor: memchr of ' and \\", |bencher| {
        bencher.iter(|| black_box(memchr::memchr2_iter(b'\'', b'\\', &dump).count()));
    });
    group.finish();
}

criterion_group!(benches, sql);
criterion_main!(benches);
