//! Rows in columns, for people.

use crate::cli::sizes::human_count;
use crate::sink::Cell;

/// The widest that a column becomes, in characters.
const WIDEST: usize = 48;

/// Rows that are gathered until the widths of columns are known.
pub(super) struct View {
    names: Vec<String>,
    rows: Vec<Vec<Shown>>,
}

struct Shown {
    text: String,
    is_number: bool,
}

impl View {
    pub(super) fn new(names: &[String]) -> Self {
        Self {
            names: names.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, cells: &[Cell<'_>]) {
        let row = cells.iter().zip(&self.names);
        self.rows
            .push(row.map(|(cell, name)| Shown::of(*cell, name)).collect());
    }

    /// The lines; there are so many rows in all.
    pub(super) fn text(&self, all: u64) -> String {
        let mut text = String::new();
        let columns: Vec<_> = (0..self.names.len())
            .map(|column| self.column(column))
            .collect();
        for line in 0..=self.rows.len() {
            let cells = columns.iter().filter_map(|lines| lines.get(line));
            let joined = cells.map(String::as_str).collect::<Vec<_>>().join("  ");
            text += joined.trim_end();
            text.push('\n');
        }
        let hidden = all.saturating_sub(self.rows.len() as u64);
        if hidden > 0 {
            text += &format!("… and {} more; --top shows others\n", human_count(hidden));
        }
        text
    }

    /// A column's lines, its name first, padded to one width.
    fn column(&self, column: usize) -> Vec<String> {
        let cells: Vec<_> = self.rows.iter().filter_map(|row| row.get(column)).collect();
        let name = self.names.get(column).map_or("", String::as_str);
        let to_the_right = cells.iter().any(|cell| cell.is_number);
        let texts = std::iter::once(name).chain(cells.iter().map(|cell| &cell.text[..]));
        let width = texts
            .clone()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0);
        let padded = texts.map(|text| match to_the_right {
            true => format!("{text:>width$}"),
            false => format!("{text:<width$}"),
        });
        padded.collect()
    }
}

impl Shown {
    fn of(cell: Cell<'_>, name: &str) -> Self {
        let (text, is_number) = match cell {
            Cell::Null => ("-".to_owned(), false),
            // Ids and years are names; only counts have separators.
            Cell::Number(number) if name.ends_with("_id") || name == "year" => {
                (number.to_string(), true)
            }
            Cell::Number(number) => (separated(number), true),
            Cell::Time(time) => (time.to_string(), false),
            Cell::Text(text) => (shown(text), false),
        };
        Self { text, is_number }
    }
}

fn separated(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", human_count(number.unsigned_abs()))
}

/// A text in one line, without what would reach the terminal as a control sequence, and not too long.
fn shown(text: &str) -> String {
    let plain = text.chars().map(|character| match character.is_control() {
        true => '\u{fffd}',
        false => character,
    });
    let mut shown: String = plain.clone().take(WIDEST).collect();
    if plain.count() > WIDEST {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_what_is_left_out_is_told() {
        let mut view = View::new(&["user_text", "user_id", "edits"].map(str::to_owned));
        view.push(&[
            Cell::Text("Ann\u{1b}"),
            Cell::Number(1234),
            Cell::Number(1_000_000),
        ]);
        view.push(&[Cell::Null, Cell::Null, Cell::Number(-5)]);
        assert_eq!(
            view.text(7),
            "user_text  user_id      edits\n\
             Ann\u{fffd}          1234  1,000,000\n\
             -                -         -5\n\
             … and 5 more; --top shows others\n"
        );
    }
}
