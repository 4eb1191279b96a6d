//! Parameters of log entries: an array in PHP's serialisation or, in the first years, a line each.
//!
//! Grammar: the part of PHP's `serialize` that logs use (null, boolean, integer, float, string,
//! array).  Objects and references do not occur in logs and are not read.

use std::collections::HashMap;

/// Parameters, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct LogParams {
    /// How they are written.
    pub form: ParamsForm,
    /// Name and value of each, in the order of writing; lines are named by their number from 0.
    pub entries: Vec<(String, ParamValue)>,
}

/// How parameters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamsForm {
    /// There are none.
    Empty,
    /// An array in PHP's serialisation.
    Php,
    /// The same, but the lengths of some strings are not what they say: characters were replaced
    /// when the dump was written.
    PhpRepaired,
    /// A parameter a line.
    Lines,
    /// Begun as an array in PHP's serialisation, and not legible as such.
    Broken,
}

impl ParamsForm {
    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Php => "php",
            Self::PhpRepaired => "php-repaired",
            Self::Lines => "lines",
            Self::Broken => "broken",
        }
    }
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// PHP's null.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, as it is written.
    Float(String),
    /// A string.
    String(String),
    /// An array: keys and values.
    Array(Vec<(String, ParamValue)>),
}

impl ParamValue {
    /// The value as a string: arrays as JSON, null as none.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Boolean(value) => Some(value.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::Float(value) | Self::String(value) => Some(value.clone()),
            Self::Array(_) => {
                let mut json = String::new();
                self.write_json(&mut json);
                Some(json)
            }
        }
    }

    fn write_json(&self, json: &mut String) {
        match self {
            Self::Null => json.push_str("null"),
            Self::Boolean(value) => json.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => json.push_str(&value.to_string()),
            // JSON knows no infinity, and its numbers are not written as PHP's are.
            Self::Float(value) => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => json.push_str(&number.to_string()),
                _ => write_json_string(value, json),
            },
            Self::String(value) => write_json_string(value, json),
            Self::Array(entries) => {
                let is_list = entries
                    .iter()
                    .enumerate()
                    .all(|(index, (key, _))| *key == index.to_string());
                json.push(if is_list { '[' } else { '{' });
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    if !is_list {
                        write_json_string(key, json);
                        json.push(':');
                    }
                    value.write_json(json);
                }
                json.push(if is_list { ']' } else { '}' });
            }
        }
    }
}

fn write_json_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\0'..='\x1f' => json.push_str(&format!("\\u{:04x}", character as u32)),
            _ => json.push(character),
        }
    }
    json.push('"');
}

impl LogParams {
    /// Takes parameters apart.
    pub fn of(text: &str) -> Self {
        let told = |form, entries| Self { form, entries };
        if text.is_empty() {
            return told(ParamsForm::Empty, Vec::new());
        }
        if !begins_as_array(text) {
            let lines = text.split('\n').enumerate();
            let entries = lines.map(|(index, line)| {
                let line = line.strip_suffix('\r').unwrap_or(line);
                (index.to_string(), ParamValue::String(line.to_owned()))
            });
            return told(ParamsForm::Lines, entries.collect());
        }
        for (repairs, form) in [(false, ParamsForm::Php), (true, ParamsForm::PhpRepaired)] {
            if repairs && text.len() > REPAIR_MAX_BYTES {
                break;
            }
            let mut reader = PhpReader {
                rest: text,
                repairs,
            };
            if let Some(ParamValue::Array(entries)) = reader.value(0)
                && reader.rest.is_empty()
            {
                return told(form, entries);
            }
        }
        told(ParamsForm::Broken, Vec::new())
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&ParamValue> {
        let found = self.entries.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }
}

/// `a:`, digits, `:{`.
fn begins_as_array(text: &str) -> bool {
    text.strip_prefix("a:").is_some_and(|rest| {
        let behind = rest.trim_start_matches(|byte: char| byte.is_ascii_digit());
        behind.len() < rest.len() && behind.starts_with(":{")
    })
}

/// Longest parameters whose lengths are repaired, which takes the square of the time.  MediaWiki
/// stores 64 KiB at most.
const REPAIR_MAX_BYTES: usize = 128 << 10;

/// Arrays in arrays: no log has more than three.
const MAX_DEPTH: usize = 16;

struct PhpReader<'t> {
    rest: &'t str,
    /// Whether strings whose length is wrong are looked for.
    repairs: bool,
}

impl<'t> PhpReader<'t> {
    fn value(&mut self, depth: usize) -> Option<ParamValue> {
        let kind = self.rest.as_bytes().first()?;
        match kind {
            b'N' => {
                self.skip("N;")?;
                Some(ParamValue::Null)
            }
            b'b' => {
                self.skip("b:")?;
                match self.until(';')? {
                    "0" => Some(ParamValue::Boolean(false)),
                    "1" => Some(ParamValue::Boolean(true)),
                    _ => None,
                }
            }
            b'i' => {
                self.skip("i:")?;
                Some(ParamValue::Integer(self.until(';')?.parse().ok()?))
            }
            b'd' => {
                self.skip("d:")?;
                let number = self.until(';')?;
                let is_number = number.parse::<f64>().is_ok();
                is_number.then(|| ParamValue::Float(number.to_owned()))
            }
            b's' => Some(ParamValue::String(self.string()?.to_owned())),
            b'a' if depth < MAX_DEPTH => self.array(depth),
            _ => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<ParamValue> {
        self.skip("a:")?;
        let count: usize = self.until(':')?.parse().ok()?;
        self.skip("{")?;
        let mut entries: Vec<(String, ParamValue)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for _ in 0..count {
            let key = match self.value(MAX_DEPTH)? {
                ParamValue::Integer(number) => number.to_string(),
                ParamValue::String(text) => text,
                _ => return None,
            };
            let value = self.value(depth + 1)?;
            // As in PHP, the last value of a key counts, at the place of the first.
            let place = *places.entry(key.clone()).or_insert(entries.len());
            match entries.get_mut(place) {
                Some((_, earlier)) => *earlier = value,
                None => entries.push((key, value)),
            }
        }
        self.skip("}")?;
        Some(ParamValue::Array(entries))
    }

    fn string(&mut self) -> Option<&'t str> {
        const END: &str = "\";";
        self.skip("s:")?;
        let length: usize = self.until(':')?.parse().ok()?;
        self.skip("\"")?;
        let rest = self.rest;
        let is_end = |at: usize| {
            rest.get(at..)
                .and_then(|behind| behind.strip_prefix(END))
                .filter(|behind| may_follow(behind))
        };
        let end = match is_end(length) {
            Some(_) => length,
            None if self.repairs => rest
                .match_indices(END)
                .map(|(at, _)| at)
                .filter(|at| is_end(*at).is_some())
                .min_by_key(|at| at.abs_diff(length))?,
            None => return None,
        };
        self.rest = is_end(end)?;
        rest.get(..end)
    }

    fn skip(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    fn until(&mut self, end: char) -> Option<&'t str> {
        let (before, behind) = self.rest.split_once(end)?;
        self.rest = behind;
        Some(before)
    }
}

/// Whether `rest` can stand behind a string: another value, or the end of an array.
fn may_follow(rest: &str) -> bool {
    matches!(
        rest.as_bytes(),
        [b'}', ..] | [b'N', b';', ..] | [b'b' | b'i' | b'd' | b's' | b'a', b':', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(params: &str) -> (ParamsForm, Vec<(String, Option<String>)>) {
        let params = LogParams::of(params);
        let entries = params.entries.into_iter();
        let entries = entries.map(|(key, value)| (key, value.to_text()));
        (params.form, entries.collect())
    }

    fn entry(key: &str, value: &str) -> (String, Option<String>) {
        (key.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn serialised_by_php() {
        assert_eq!(
            texts(r#"a:2:{s:9:"4::target";s:8:"Nordholm";s:10:"5::noredir";s:1:"0";}"#),
            (
                ParamsForm::Php,
                vec![entry("4::target", "Nordholm"), entry("5::noredir", "0")]
            )
        );
        assert_eq!(
            texts(
                r#"a:3:{s:1:"a";a:2:{i:0;s:5:"sysop";i:1;s:5:"a"b\c";}s:1:"b";a:1:{s:1:"k";b:1;}i:7;d:0.5;}"#
            ),
            (
                ParamsForm::Php,
                vec![
                    entry("a", r#"["sysop","a\"b\\c"]"#),
                    entry("b", r#"{"k":true}"#),
                    entry("7", "0.5"),
                ]
            )
        );
        assert_eq!(
            texts("a:3:{i:0;N;i:0;i:-3;i:1;a:0:{}}").1,
            vec![entry("0", "-3"), entry("1", "[]")]
        );
        assert_eq!(texts("a:1:{i:0;N;}").1, vec![("0".to_owned(), None)]);
    }

    #[test]
    fn lengths_count_bytes_and_may_be_wrong() {
        let params = "a:2:{i:0;s:4:\"é\u{fffd}\";i:1;s:3:\"a;b\";}";
        assert_eq!(
            texts(params),
            (
                ParamsForm::PhpRepaired,
                vec![entry("0", "é\u{fffd}"), entry("1", "a;b")]
            )
        );
        // The end that the length tells counts, whatever stands before it.
        assert_eq!(
            texts("a:1:{i:0;s:9:\"a\";i:1;\"b\";}"),
            (ParamsForm::Php, vec![entry("0", "a\";i:1;\"b")])
        );
    }

    #[test]
    fn lines() {
        assert_eq!(
            texts("24 hours\r\nanononly,nocreate"),
            (
                ParamsForm::Lines,
                vec![entry("0", "24 hours"), entry("1", "anononly,nocreate")]
            )
        );
        assert_eq!(
            texts("\nsysop").1,
            vec![entry("0", ""), entry("1", "sysop")]
        );
        assert_eq!(texts("a:b").0, ParamsForm::Lines);
        assert_eq!(texts("").0, ParamsForm::Empty);
    }

    #[test]
    fn what_is_not_legible() {
        let deep = format!("{}N;{}", "a:1:{i:0;".repeat(40), "}".repeat(40));
        for broken in [
            "a:1:{",
            "a:1:{}",
            "a:2:{i:0;N;}",
            "a:1:{i:0;N;}x",
            "a:1:{i:0;i:x;}",
            "a:1:{i:0;O:1:\"A\":0:{}}",
            "a:1:{a:0:{}N;}",
            "a:1:{i:0;s:99999999999999999999:\"\";}",
            "a:1:{i:0;s:18446744073709551615:\"",
            "a:18446744073709551615:{i:0;N;}",
            &deep,
        ] {
            assert_eq!(texts(broken), (ParamsForm::Broken, vec![]), "{broken}");
        }
    }
}
