//! Parameters of logs in PHP's serialisation: what is read of them, written again, is read the same.

use mwparquet::model::{LogParams, ParamValue, ParamsForm};

use super::controls::text;

pub fn check(data: &[u8]) {
    let Some(raw) = text(data) else {
        return;
    };
    let params = LogParams::of(raw);
    for (_, value) in &params.entries {
        let told = value.to_text();
        if matches!(value, ParamValue::Array(_)) {
            serde_json::from_str::<serde_json::Value>(&told.unwrap()).expect("an array as JSON");
        }
    }
    match params.form {
        ParamsForm::Php | ParamsForm::PhpRepaired => {
            let again = LogParams::of(&serialised(&ParamValue::Array(params.entries.clone())));
            assert_eq!(
                (again.form, &again.entries),
                (ParamsForm::Php, &params.entries)
            );
        }
        ParamsForm::Lines => {
            let lines: Vec<_> = raw
                .split('\n')
                .map(|line| line.strip_suffix('\r').unwrap_or(line))
                .collect();
            let values: Vec<_> = params
                .entries
                .iter()
                .filter_map(|(_, value)| value.to_text())
                .collect();
            assert_eq!(values, lines);
        }
        ParamsForm::Empty => assert!(raw.is_empty()),
        ParamsForm::Broken => assert!(params.entries.is_empty() && raw.starts_with("a:")),
    }
}

/// As PHP's `serialize` writes it, with all keys as strings.
fn serialised(value: &ParamValue) -> String {
    match value {
        ParamValue::Null => "N;".to_owned(),
        ParamValue::Boolean(value) => format!("b:{};", u8::from(*value)),
        ParamValue::Integer(number) => format!("i:{number};"),
        ParamValue::Float(number) => format!("d:{number};"),
        ParamValue::String(text) => format!("s:{}:\"{text}\";", text.len()),
        ParamValue::Array(entries) => {
            let entry = |(key, value): &(String, ParamValue)| {
                serialised(&ParamValue::String(key.clone())) + &serialised(value)
            };
            let entries_text: String = entries.iter().map(entry).collect();
            format!("a:{}:{{{entries_text}}}", entries.len())
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let params = [
        r#"a:2:{s:9:"4::target";s:8:"Nordholm";s:10:"5::noredir";s:1:"0";}"#,
        r#"a:3:{s:1:"a";a:2:{i:0;s:5:"sysop";i:1;s:5:"a"b\c";}s:1:"b";a:1:{s:1:"k";b:1;}i:7;d:0.5;}"#,
        "a:3:{i:0;N;i:0;i:-3;i:1;a:0:{}}",
        "a:2:{i:0;s:4:\"é\u{fffd}\";i:1;s:3:\"a;b\";}",
        "24 hours\r\nanononly,nocreate",
        "a:1:{i:0;d:NAN;}a:1:{i:0;d:INF;}",
    ];
    params.iter().map(|text| text.as_bytes().to_vec()).collect()
}
