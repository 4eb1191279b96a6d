//! What is documented of the tables that Wikimedia publishes, after the declarations in MediaWiki and
//! its extensions (`sql/tables.json`; <https://www.mediawiki.org/wiki/Manual:Database_layout>).

mod links;
mod pages;
mod users;
mod wikibase;

/// A table of MediaWiki's database.
#[derive(Debug, Clone, Copy)]
pub struct SqlTableDoc {
    /// Its name in the database.
    pub name: &'static str,
    /// One row is …
    pub row: &'static str,
    /// Its columns, in the order of a new wiki's table.
    pub columns: &'static [SqlColumnNote],
}

/// A column of such a table.
#[derive(Debug, Clone, Copy)]
pub struct SqlColumnNote {
    /// Its name.
    pub name: &'static str,
    /// Its usual declaration; empty for one that older or newer dumps have.
    pub declared: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// All tables that are documented.
pub fn sql_tables() -> impl Iterator<Item = &'static SqlTableDoc> {
    pages::TABLES
        .iter()
        .chain(&links::TABLES)
        .chain(&users::TABLES)
        .chain(&wikibase::TABLES)
}

/// The table of a name in the database.
pub fn of_table(name: &str) -> Option<&'static SqlTableDoc> {
    sql_tables().find(|table| table.name == name)
}

/// What a column means, where that is documented.
pub(super) fn column_meaning(table: &str, column: &str) -> Option<&'static str> {
    let columns = of_table(table)?.columns;
    let note = columns.iter().find(|note| note.name == column)?;
    Some(note.meaning)
}

const fn note(name: &'static str, declared: &'static str, meaning: &'static str) -> SqlColumnNote {
    SqlColumnNote {
        name,
        declared,
        meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_columns_stand_once() {
        let tables: Vec<_> = sql_tables().collect();
        for (index, table) in tables.iter().enumerate() {
            assert!(tables[..index].iter().all(|other| other.name != table.name));
            for (index, column) in table.columns.iter().enumerate() {
                let mut before = table.columns[..index].iter();
                assert!(before.all(|other| other.name != column.name));
                assert!(column.meaning.ends_with('.'), "{}", column.name);
            }
        }
        assert_eq!(
            column_meaning("page", "page_len"),
            Some("Bytes of its latest text.")
        );
    }
}
