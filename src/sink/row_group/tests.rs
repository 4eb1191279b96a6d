use parquet::basic::Compression as Codec;

use super::*;
use crate::model::{SqlColumn, SqlKind, SqlTable};
use crate::sink::Encodings;
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

/// Whether the columns of a row group are packed: ids, random numbers, times.
fn are_packed(rows: usize, batch_rows: usize, compression: Compression) -> Vec<bool> {
    let selection = selection();
    let packing = Packing {
        compression,
        encodings: Encodings::Delta,
    };
    let encoder = RowGroupEncoder::of_sql(&selection, packing).unwrap();
    let group = encoder
        .encode(batches(&selection, rows, batch_rows))
        .unwrap();
    assert_eq!(group.rows, rows as u64);
    let columns = group.columns.iter();
    let packed = columns.map(|column| {
        let codec = column.close().metadata.compression();
        codec != Codec::UNCOMPRESSED
    });
    packed.skip(1).take(3).collect()
}

#[test]
fn numbers_that_hardly_pack_are_not_packed() {
    for batch_rows in [1_000, 70_000] {
        let packed = are_packed(70_000, batch_rows, Compression::Zstd(3));
        assert_eq!(packed, [true, false, false], "{batch_rows}");
    }
    // Nobody waits for few rows, and who asks for small files gets what there is.
    assert_eq!(are_packed(1_000, 100, Compression::Zstd(3)), [true; 3]);
    assert_eq!(are_packed(70_000, 70_000, Compression::Zstd(9)), [true; 3]);
    assert_eq!(are_packed(70_000, 70_000, Compression::Snappy), [true; 3]);
}

/// The encodings of the column of random numbers, whose rows come in batches; the first alone is looked at.
fn encoded_in_pieces(first_rows: usize, rows: usize) -> (u64, Vec<Codec>) {
    let selection = selection();
    let packing = Packing {
        compression: Compression::Zstd(3),
        encodings: Encodings::Delta,
    };
    let encoder = RowGroupEncoder::of_sql(&selection, packing).unwrap();
    let mut group = encoder.begin();
    let mut columns: Vec<_> = encoder.columns().collect();
    for rows in [first_rows, rows] {
        let arrays = group.add(batches(&selection, rows, rows));
        for (column, arrays) in columns.iter_mut().zip(arrays) {
            column.add(arrays).unwrap();
        }
    }
    let group = group.encoded(columns.into_iter().map(|column| column.close().unwrap()));
    let codecs = group.columns.iter();
    let codecs = codecs.map(|column| column.close().metadata.compression());
    (group.rows, codecs.skip(2).take(1).collect())
}

#[test]
fn the_rows_that_come_first_tell_how_a_column_is_encoded() {
    assert_eq!(
        encoded_in_pieces(40_000, 100),
        (40_100, vec![Codec::UNCOMPRESSED])
    );
    let (rows, codecs) = encoded_in_pieces(100, 40_000);
    assert!(rows == 40_100 && !codecs.contains(&Codec::UNCOMPRESSED));
}
