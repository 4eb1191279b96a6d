use parquet::basic::{Compression as Codec, ZstdLevel};

use super::*;
use crate::model::{SqlColumn, SqlKind, SqlTable};
use crate::tables::SqlRows;

/// Numbers that rise, numbers that are as good as random, and times that are.
fn selection() -> Arc<SqlSelection> {
    let column = |name: &str, kind| SqlColumn {
        name: name.to_owned(),
        declared: String::new(),
        kind,
        nullable: false,
        is_generated: false,
    };
    let table = SqlTable {
        name: "page".to_owned(),
        columns: vec![
            column("id", SqlKind::Int { repeats: false }),
            column("random", SqlKind::Float),
            column("since", SqlKind::Time { is_utc: true }),
        ],
    };
    Arc::new(SqlSelection::all(Arc::new(table)))
}

fn batches(selection: &Arc<SqlSelection>, rows: usize, batch_rows: usize) -> Vec<RecordBatch> {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 11) as i64
    };
    let begins = (0..rows).step_by(batch_rows);
    let batches = begins.map(|begin| {
        let mut made = SqlRows::new(Arc::clone(selection), selection.schema(), None);
        for row in begin..(begin + batch_rows).min(rows) {
            made.int(0, row as i64);
            made.float(1, random() as f64);
            made.int(2, random());
            made.row_ended();
        }
        made.finish().unwrap().unwrap()
    });
    batches.collect()
}

/// How the columns of a row group are packed: ids, random numbers, times.
fn codecs(rows: usize, batch_rows: usize, compression: Compression) -> Vec<Codec> {
    let selection = selection();
    let encoder = RowGroupEncoder::of_sql(&selection, compression).unwrap();
    let group = encoder
        .encode(batches(&selection, rows, batch_rows))
        .unwrap();
    assert_eq!(group.rows, rows as u64);
    let columns = group.columns.iter();
    let codecs = columns.map(|column| column.close().metadata.compression());
    codecs.skip(1).take(3).collect()
}

#[test]
fn numbers_that_hardly_pack_are_not_packed() {
    let zstd = |level| Codec::ZSTD(ZstdLevel::try_new(level).unwrap());
    let plain = Codec::UNCOMPRESSED;
    for batch_rows in [1_000, 70_000] {
        let found = codecs(70_000, batch_rows, Compression::Zstd(3));
        assert_eq!(found, [zstd(1), plain, plain], "{batch_rows}");
    }
    let few = codecs(1_000, 100, Compression::Zstd(3));
    assert_eq!(few, [zstd(1); 3]);
    // Who asks for small files gets what there is.
    let small = codecs(70_000, 70_000, Compression::Zstd(9));
    assert_eq!(small, [zstd(9); 3]);
    let snappy = codecs(70_000, 70_000, Compression::Snappy);
    assert_eq!(snappy, [Codec::SNAPPY; 3]);
}
