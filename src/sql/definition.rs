//! `CREATE TABLE`: a table's name and columns.

use super::kinds::{Declaration, kind_of};
use super::tokens::{Token, Tokens};
use crate::model::{SqlColumn, SqlTable};

/// Why a `CREATE TABLE` cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDefinition(pub &'static str);

/// What begins a line of a `CREATE TABLE` that is no column.
const NO_COLUMNS: [&str; 9] = [
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "INDEX",
    "FULLTEXT",
    "SPATIAL",
    "CONSTRAINT",
    "FOREIGN",
    "CHECK",
];

/// Reads a `CREATE TABLE` up to its end, without the semicolon.  `is_utc`: the dump says that its times
/// are in UTC.  `Ok(None)` for a `CREATE` of something else.
pub fn parse_definition(statement: &[u8], is_utc: bool) -> Result<Option<SqlTable>, BadDefinition> {
    let mut tokens = Tokens::new(statement);
    let Some(name) = table_name(&mut tokens) else {
        return Ok(None);
    };
    let mut columns: Vec<SqlColumn> = Vec::new();
    loop {
        let (item, is_last) = next_item(&mut tokens)?;
        if let Some(column) = column_of(&item, is_utc)? {
            if columns.iter().any(|other| other.name == column.name) {
                return Err(BadDefinition("a column stands twice in it"));
            }
            columns.push(column);
        }
        if is_last {
            break;
        }
    }
    match columns.is_empty() {
        true => Err(BadDefinition("there is no column in it")),
        false => Ok(Some(SqlTable { name, columns })),
    }
}

/// The name of the table, and the parenthesis behind it.
fn table_name(tokens: &mut Tokens<'_>) -> Option<String> {
    tokens.next().filter(|token| token.is("CREATE"))?;
    let mut token = tokens.next()?;
    while ["OR", "REPLACE", "TEMPORARY"]
        .iter()
        .any(|word| token.is(word))
    {
        token = tokens.next()?;
    }
    if !token.is("TABLE") {
        return None;
    }
    token = tokens.next()?;
    while ["IF", "NOT", "EXISTS"].iter().any(|word| token.is(word)) {
        token = tokens.next()?;
    }
    let mut name = token.into_name()?;
    loop {
        match tokens.next()? {
            // A name behind that of its database.
            Token::Symbol(b'.') => name = tokens.next()?.into_name()?,
            Token::Symbol(b'(') => return Some(name),
            _ => return None,
        }
    }
}

/// The tokens up to the next comma or to the last parenthesis, and whether it was the latter.
fn next_item<'a>(tokens: &mut Tokens<'a>) -> Result<(Vec<Token<'a>>, bool), BadDefinition> {
    let mut item = Vec::new();
    let mut depth = 0_usize;
    for token in tokens.by_ref() {
        match (&token, depth) {
            (Token::Symbol(b','), 0) => return Ok((item, false)),
            (Token::Symbol(b')'), 0) => return Ok((item, true)),
            (Token::Symbol(b'('), _) => depth += 1,
            (Token::Symbol(b')'), _) => depth -= 1,
            _ => {}
        }
        item.push(token);
    }
    Err(BadDefinition("its list of columns has no end"))
}

fn column_of(item: &[Token<'_>], is_utc: bool) -> Result<Option<SqlColumn>, BadDefinition> {
    let name = match item {
        [] => return Ok(None),
        [Token::Name(name), ..] => name.clone(),
        [first, ..] if NO_COLUMNS.iter().any(|word| first.is(word)) => return Ok(None),
        // `PERIOD FOR SYSTEM_TIME (…)`
        [first, second, ..] if first.is("PERIOD") && second.is("FOR") => return Ok(None),
        [first, ..] => first
            .clone()
            .into_name()
            .ok_or(BadDefinition("a column has no name"))?,
    };
    let Some(Token::Word(type_name)) = item.get(1) else {
        return Err(BadDefinition("a column has no type"));
    };
    let type_name = String::from_utf8_lossy(type_name).to_ascii_lowercase();
    let (arguments, rest) = arguments_of(item.get(2..).unwrap_or_default());
    let is_unsigned = rest.iter().any(|token| token.is("UNSIGNED"));
    let is_not_null = rest
        .windows(2)
        .any(|pair| matches!(pair, [not, null] if not.is("NOT") && null.is("NULL")));
    let is_generated = rest
        .iter()
        .any(|token| token.is("GENERATED") || token.is("AS"));
    let mut declared = type_name.clone();
    if !arguments.is_empty() {
        declared += &format!("({})", arguments.join(","));
    }
    if is_unsigned {
        declared += " unsigned";
    }
    let kind = kind_of(&Declaration {
        column: &name,
        type_name: &type_name,
        arguments: &arguments,
        is_utc,
    });
    Ok(Some(SqlColumn {
        name,
        declared,
        kind,
        nullable: !is_not_null || is_generated,
        is_generated,
    }))
}

/// What stands in the parentheses behind a type, and what follows.
fn arguments_of<'t, 'a>(tokens: &'t [Token<'a>]) -> (Vec<String>, &'t [Token<'a>]) {
    let Some((Token::Symbol(b'('), inner)) = tokens.split_first() else {
        return (Vec::new(), tokens);
    };
    let end = inner
        .iter()
        .position(|token| *token == Token::Symbol(b')'))
        .unwrap_or(inner.len());
    let (arguments, rest) = inner.split_at(end);
    let arguments = arguments.iter().filter_map(|token| match token {
        Token::Word(word) => Some(String::from_utf8_lossy(word).into_owned()),
        Token::Text(text) => Some(format!("'{}'", String::from_utf8_lossy(text))),
        _ => None,
    });
    (arguments.collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SqlKind;

    fn columns(text: &str) -> Vec<(String, String, SqlKind, bool)> {
        let table = parse_definition(text.as_bytes(), true).unwrap().unwrap();
        table
            .columns
            .into_iter()
            .map(|column| (column.name, column.declared, column.kind, column.nullable))
            .collect()
    }

    #[test]
    fn columns_and_not_keys() {
        let found = columns(
            "CREATE TABLE IF NOT EXISTS `w`.`x` (
              `a` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'so, (so',
              `t` enum('a,b','c)') DEFAULT NULL,
              d decimal(11,8) NOT NULL DEFAULT 0.00000000,
              `g` int(11) GENERATED ALWAYS AS (`a` + 1) VIRTUAL,
              PRIMARY KEY (`a`),
              UNIQUE KEY `b` (`t`(10),`d`),
              CONSTRAINT `c` CHECK (json_valid(`t`))
            ) ENGINE=InnoDB DEFAULT CHARSET=binary",
        );
        let named = |name: &str, declared: &str, kind, nullable| {
            (name.to_owned(), declared.to_owned(), kind, nullable)
        };
        let int = SqlKind::Int { repeats: false };
        let decimal = SqlKind::Decimal {
            precision: 11,
            scale: 8,
        };
        assert_eq!(
            found,
            [
                named("a", "int(10) unsigned", int, false),
                named("t", "enum('a,b','c)')", SqlKind::Text, true),
                named("d", "decimal(11,8)", decimal, false),
                named("g", "int(11)", int, true),
            ]
        );
    }

    #[test]
    fn what_is_no_table() {
        assert_eq!(
            parse_definition(b"CREATE VIEW `x` AS SELECT 1", true),
            Ok(None)
        );
        for (text, why) in [
            (
                "CREATE TABLE `x` (`a` int",
                "its list of columns has no end",
            ),
            (
                "CREATE TABLE `x` (PRIMARY KEY (`a`))",
                "there is no column in it",
            ),
            ("CREATE TABLE `x` (`a`)", "a column has no type"),
            (
                "CREATE TABLE `x` (`a` int, `a` int)",
                "a column stands twice in it",
            ),
        ] {
            let found = parse_definition(text.as_bytes(), true);
            assert_eq!(found, Err(BadDefinition(why)), "{text}");
        }
    }
}
