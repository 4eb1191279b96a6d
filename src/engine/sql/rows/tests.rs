//! Values in frequent forms become what they become in any other way.

use std::sync::Arc;

use super::*;
use crate::model::{SqlColumn, SqlTable};

/// Has nothing read in frequent forms.
struct Slowly(Taker);

impl Rows for Slowly {
    fn wants(&self, column: usize) -> bool {
        self.0.wants(column)
    }

    fn run_begins(&mut self, columns: &[usize]) {
        self.0.run_begins(columns);
    }

    fn value(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        self.0.value(column, value)
    }

    fn row_ended(&mut self, end: usize) {
        self.0.row_ended(end);
    }

    fn row_dropped(&mut self) {
        self.0.row_dropped();
    }
}

fn column(number: usize, kind: SqlKind, nullable: bool) -> SqlColumn {
    SqlColumn {
        name: format!("column_{number}"),
        declared: String::new(),
        kind,
        nullable,
        is_generated: false,
    }
}

fn selection() -> Arc<SqlSelection> {
    let kinds = [
        SqlKind::Int { repeats: false },
        SqlKind::Float,
        SqlKind::Text,
        SqlKind::Bytes,
        SqlKind::WikiTime { ends: false },
        SqlKind::WikiTime { ends: true },
        SqlKind::Decimal {
            precision: 12,
            scale: 3,
        },
        SqlKind::Bits,
        SqlKind::Time { is_utc: true },
        SqlKind::Day,
    ];
    let kinds = kinds
        .iter()
        .flat_map(|kind| [(*kind, true), (*kind, false)]);
    let columns = kinds.enumerate();
    let columns = columns.map(|(number, (kind, nullable))| column(number, kind, nullable));
    let table = SqlTable {
        name: "all".to_owned(),
        columns: columns.collect(),
    };
    Arc::new(SqlSelection::all(Arc::new(table)))
}

fn taker(selection: &Arc<SqlSelection>, chunk_bytes: usize) -> Taker {
    let rows = SqlRows::new(Arc::clone(selection), selection.schema(), None);
    Taker {
        rows,
        is_written: true,
        chunk_bytes,
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, number: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % number
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

/// Values that fit a kind; the first ones in forms that are frequent.
fn values_of(kind: SqlKind) -> &'static [&'static str] {
    const LONG: &str = "'sixty-three bytes are one more than can be copied in a single block'";
    match kind {
        SqlKind::Int { .. } => &["0", "1234567", "12345678", "123456789012345", "-5", "'7'"],
        SqlKind::Float => &[
            "0.389808807011",
            "7",
            "1e-05",
            "-1.5",
            "0.30000000000000004",
        ],
        SqlKind::Text => &[
            "'wikitext'",
            "'é'",
            "''",
            LONG,
            r"'it\'s'",
            "'a''b'",
            "x'41'",
        ],
        SqlKind::Bytes => &["'abc'", "''", LONG, r"'\0\0'", "0x00ff"],
        SqlKind::WikiTime { ends: false } => &["'20120504154828'", "'00000000000000'", "''"],
        SqlKind::WikiTime { ends: true } => &["'20120504154828'", "'infinity'", r"'\0\0'"],
        SqlKind::Decimal { .. } => &["12.5", "-0.125"],
        SqlKind::Bits => &["1", "b'101'", r"'\0'"],
        SqlKind::Time { .. } => &["'2026-01-31 12:00:00'", "'0000-00-00 00:00:00'"],
        SqlKind::Day => &["'2026-01-31'", "'0000-00-00'"],
    }
}

const MISFITS: [&str; 6] = [
    "'x'",
    "NULL",
    "99999999999999999999",
    "'20120230000000'",
    "1.5",
    "DEFAULT",
];

fn value(column: &SqlColumn, random: &mut Random) -> &'static str {
    let values = values_of(column.kind);
    match random.below(400) {
        0 => random.of(&MISFITS),
        1..=40 if column.nullable => "NULL",
        1..=80 => random.of(values),
        _ => values[0],
    }
}

/// Rows, a few of them wrong, with blanks here and there.
fn sql(selection: &SqlSelection, rows: usize, random: &mut Random) -> String {
    let mut text = String::new();
    for row in 0..rows {
        text += if row == 0 {
            "("
        } else {
            random.of(&[",(", ",(", ",\n("])
        };
        let columns = &selection.table.columns;
        let values = columns.iter().map(|column| value(column, random));
        let mut values: Vec<_> = values.collect();
        match random.below(100) {
            0 => values.truncate(columns.len() - 1),
            1 => values.push("1"),
            _ => {}
        }
        for (index, value) in values.into_iter().enumerate() {
            text += if index == 0 { "" } else { "," };
            text += match random.below(300) {
                0 => " ",
                _ => "",
            };
            text += value;
        }
        text += ")";
    }
    text
}

/// The batch that rows become, and what is wrong with others.
fn outcome<R: Rows>(text: &str, columns: &[usize], rows: &mut R) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |fault: Fault| -> Result<()> {
        faults.push(fault);
        Ok(())
    };
    parse_run(text.as_bytes(), 0, false, columns, 10_000, rows, &mut fault).unwrap();
    faults
}

#[test]
fn frequent_forms_are_values_like_others() {
    let selection = selection();
    let columns: Vec<_> = (0..selection.table.columns.len()).collect();
    let mut random = Random(1);
    for _ in 0..20 {
        let text = sql(&selection, 1200, &mut random);
        let mut fast = taker(&selection, text.len());
        let mut slow = Slowly(taker(&selection, text.len()));
        let faults = outcome(&text, &columns, &mut fast);
        assert_eq!(faults, outcome(&text, &columns, &mut slow));
        let told = faults.iter().filter(|fault| fault.row_end.is_some());
        assert!(told.count() > 20);
        let fast = fast.rows.finish().unwrap().unwrap();
        assert!(fast.num_rows() > 900);
        assert_eq!(fast, slow.0.rows.finish().unwrap().unwrap());
    }
}

#[test]
fn other_orders_and_missing_columns() {
    let selection = selection();
    let mut random = Random(2);
    let mut columns: Vec<_> = (0..selection.table.columns.len()).collect();
    columns.reverse();
    // The nullable ones of texts and times that end.
    columns.retain(|column| ![4, 10].contains(column));
    let mut reordered = (*selection.table).clone();
    reordered.columns = columns
        .iter()
        .map(|column| selection.table.columns[*column].clone())
        .collect();
    let text = sql(&SqlSelection::all(Arc::new(reordered)), 800, &mut random);
    let mut fast = taker(&selection, text.len());
    let mut slow = Slowly(taker(&selection, text.len()));
    assert_eq!(
        outcome(&text, &columns, &mut fast),
        outcome(&text, &columns, &mut slow)
    );
    let fast = fast.rows.finish().unwrap().unwrap();
    let rows = fast.num_rows();
    let nulls = |name: &str| fast.column_by_name(name).unwrap().null_count();
    assert_eq!((nulls("column_4"), nulls("column_10")), (rows, rows));
    assert_eq!(nulls("column_10_is_infinite"), rows);
    assert_eq!(fast, slow.0.rows.finish().unwrap().unwrap());
}
