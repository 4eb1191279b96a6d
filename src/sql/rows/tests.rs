//! Rows as they are read by whoever takes no frequent forms.

use super::*;

/// Notes down what comes, in rows of two columns.
#[derive(Default)]
struct Noted {
    row: Vec<String>,
    rows: Vec<String>,
}

impl Rows for Noted {
    fn wants(&self, _: usize) -> bool {
        true
    }

    fn value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit> {
        let value = match (column, value) {
            (_, Value::Null) => "null".to_owned(),
            (0, value) => value.int()?.to_string(),
            (_, value) => String::from_utf8_lossy(&value.bytes()?).into_owned(),
        };
        self.row.push(value);
        Ok(())
    }

    fn row_ended(&mut self, _: usize) {
        self.rows.push(std::mem::take(&mut self.row).join("|"));
    }

    fn row_dropped(&mut self) {
        self.row.clear();
    }
}

fn parse(text: &str) -> (Vec<String>, Vec<(String, usize)>) {
    let mut noted = Noted::default();
    let mut faults = Vec::new();
    let mut fault = |fault: Fault| -> Result<(), ()> {
        faults.push((fault.message, fault.at));
        Ok(())
    };
    parse_run(
        text.as_bytes(),
        0,
        false,
        &[0, 1],
        100,
        &mut noted,
        &mut fault,
    )
    .unwrap();
    (noted.rows, faults)
}

#[test]
fn values_of_all_forms() {
    let (rows, faults) = parse(
        r"(1,'a),(b'),
          (-2,NULL) , (3,_binary 'L\'x'),(4,0x4D4d),(5,x'4d'),(6,'it''s'),(7,1e-05),(8,'')",
    );
    assert_eq!(faults, []);
    assert_eq!(
        rows,
        [
            "1|a),(b", "-2|null", "3|L'x", "4|MM", "5|M", "6|it's", "7|1e-05", "8|"
        ]
    );
}

#[test]
fn a_wrong_row_is_left_out() {
    let (rows, faults) = parse("(1,'a'),('x','b'),(3),(4,'d','e'),(5,'e')");
    assert_eq!(rows, ["1|a", "5|e"]);
    let expected = [
        (
            "value 1 of a row is 'x', and not a whole number of 64 bits with a sign",
            9,
        ),
        (
            "a row has 1 values, and not 2, as its INSERT has columns",
            18,
        ),
        (
            "a row has 3 values, and not 2, as its INSERT has columns",
            22,
        ),
    ];
    let expected = expected.map(|(message, at)| (message.to_owned(), at));
    assert_eq!(faults, expected);
}

#[test]
fn broken_text_ends_the_reading() {
    for (text, message, at) in [
        (
            "(1,'a'),(2,'L'H'),(3,'c')",
            "expected a comma or a parenthesis behind a value, found H')",
            14,
        ),
        (
            "(1,'a'),(2,'b),(3,'c')",
            "expected a comma or a parenthesis behind a value, found c')",
            19,
        ),
        (
            "(1,'a'),(2,'b",
            "a string has no end: a quote is missing",
            11,
        ),
        (
            "(1,'a'),(2",
            "expected a comma or a parenthesis behind a value, found nothing more",
            10,
        ),
        (
            "(1,'a')(2,'b')",
            "expected a comma or a semicolon behind a row, found (2,'b')",
            7,
        ),
        (
            "(1,'a'),(2,_latin1 'b')",
            "a value is in the character set _latin1, which is not read",
            11,
        ),
        ("(1,'a'),(2,foo)", "expected a value, found foo)", 11),
    ] {
        let (rows, faults) = parse(text);
        assert_eq!(rows, ["1|a"], "{text}");
        assert_eq!(faults, [(message.to_owned(), at)], "{text}");
    }
}
