//! Days on which outputs are to be removed.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Timestamp;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// When an output is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// So many days from now.
    Days(i64),
    /// On a day.
    Day(Timestamp),
}

/// Reads `90d` or `2027-01-31`.
pub(super) fn parse_expiry(text: &str) -> Result<Expiry, &'static str> {
    const MOST_DAYS: i64 = 36_500;
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    if let Some(days) = days.filter(|days| (1..=MOST_DAYS).contains(days)) {
        return Ok(Expiry::Days(days));
    }
    Timestamp::parse_day_or_time(text)
        .filter(|_| text.len() == "2027-01-31".len())
        .map(Expiry::Day)
        .ok_or("expected a number of days, such as 90d, or a day, such as 2027-01-31")
}

impl Expiry {
    /// The day, as the manifest keeps it.
    pub(super) fn day(self) -> Option<String> {
        let time = match self {
            Self::Days(days) => Timestamp::from_seconds(now_seconds() + days * SECONDS_A_DAY)?,
            Self::Day(time) => time,
        };
        time.to_string().get(..10).map(str::to_owned)
    }
}

/// Whether a day of a manifest is over or has come.
pub(super) fn is_past(day: &str) -> bool {
    let begin = Timestamp::parse_day_or_time(day).map(Timestamp::seconds);
    begin.is_some_and(|begin| begin <= now_seconds())
}

fn now_seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs().try_into().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(parse_expiry("90d"), Ok(Expiry::Days(90)));
        let day = parse_expiry("2027-01-31").unwrap();
        assert_eq!(day.day().unwrap(), "2027-01-31");
        for text in [
            "",
            "d",
            "0d",
            "-1d",
            "90",
            "2027-13-01",
            "2027-01-31T00:00:00Z",
            "99999d",
        ] {
            assert!(parse_expiry(text).is_err(), "{text}");
        }
        assert!(is_past("2001-01-15"));
        assert!(!is_past(&Expiry::Days(2).day().unwrap()));
        assert!(!is_past("some day"));
    }
}
