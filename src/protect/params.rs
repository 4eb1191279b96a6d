//! Parameters of log entries.

use super::{AddressRule, Protection};

impl Protection {
    /// Parameters without addresses; `None` where nothing changes.  The lengths that PHP writes before
    /// its strings are put right.
    pub(super) fn params(&self, params: &str) -> Option<String> {
        if self.addresses == AddressRule::Keep {
            return None;
        }
        let changed = match params.starts_with("a:") {
            true => self.serialised(params),
            false => {
                let lines = params.split('\n');
                let lines =
                    lines.map(|line| self.without_addresses(line).unwrap_or(line.to_owned()));
                lines.collect::<Vec<_>>().join("\n")
            }
        };
        (changed != params).then_some(changed)
    }

    /// PHP's serialisation: strings are replaced one by one, and what is between them as text.
    fn serialised(&self, params: &str) -> String {
        let mut changed = String::with_capacity(params.len());
        let mut rest = params;
        let mut done = rest;
        while let Some(at) = rest.find("s:") {
            let (before, from) = rest.split_at(at);
            let Some((string, behind)) = php_string(from) else {
                rest = &rest[at + 2..];
                continue;
            };
            let between = &done[..done.len() - rest.len() + before.len()];
            changed += &self
                .without_addresses(between)
                .unwrap_or(between.to_owned());
            let string = self.without_addresses(string).unwrap_or(string.to_owned());
            changed += &format!("s:{}:\"{string}\"", string.len());
            (rest, done) = (behind, behind);
        }
        changed += &self.without_addresses(done).unwrap_or(done.to_owned());
        changed
    }
}

/// Digits of the length of a string; a longer one is in no record.
const MOST_DIGITS: usize = 10;

/// The string that a text begins with, `s:3:"abc"`, and what is behind.
fn php_string(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("s:")?;
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let digits = text.bytes().take(MOST_DIGITS).take_while(is_digit).count();
    let length: usize = text.get(..digits)?.parse().ok()?;
    let rest = text.get(digits..)?.strip_prefix(":\"")?;
    let behind = rest.get(length..)?.strip_prefix('"')?;
    behind
        .starts_with(';')
        .then_some((rest.get(..length)?, behind))
}

#[cfg(test)]
mod tests {
    use super::super::UserRule;
    use super::*;
    use crate::model::{LogParams, ParamsForm};

    fn dropped(params: &str) -> Option<String> {
        Protection::new(AddressRule::Drop, UserRule::Keep, None, false)
            .unwrap()
            .params(params)
    }

    #[test]
    fn serialised_parameters_stay_legible() {
        let params = r#"a:2:{s:9:"4::target";s:14:"User:192.0.2.1";s:8:"5::noted";s:2:"s:";}"#;
        let changed = dropped(params).unwrap();
        assert_eq!(
            changed,
            r#"a:2:{s:9:"4::target";s:16:"User:ip-left-out";s:8:"5::noted";s:2:"s:";}"#
        );
        assert_eq!(LogParams::of(&changed).form, ParamsForm::Php);
    }

    #[test]
    fn other_parameters() {
        assert_eq!(dropped("::1\nx"), Some("ip-left-out\nx".to_owned()));
        assert_eq!(dropped("nothing\n1.2.3"), None);
        // Lengths that are wrong: what follows is replaced all the same.
        let broken = r#"a:1:{s:99:"192.0.2.1";s:x"#;
        assert_eq!(dropped(broken).unwrap(), r#"a:1:{s:99:"ip-left-out";s:x"#);
    }
}
