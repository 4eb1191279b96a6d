//! Points in time as MediaWiki writes them.

use std::fmt;

use crate::digits::four_pairs;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A second in UTC, of the years 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
}

impl Timestamp {
    /// Reads `YYYY-MM-DDTHH:MM:SSZ`, the one form that dumps have; `None` for any other form and
    /// for days and times that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_bytes(text.as_bytes().try_into().ok()?)
    }

    /// The same of the bytes of a text.
    #[inline]
    pub(crate) fn parse_bytes(bytes: &[u8; 20]) -> Option<Self> {
        let digit = |at: usize| bytes[at].wrapping_sub(b'0');
        // All are looked at, without a branch for each: nearly all times are sound.
        let mut is_of_form = true;
        for (at, expected) in b"0000-00-00T00:00:00Z".iter().enumerate() {
            is_of_form &= match expected {
                b'0' => digit(at) <= 9,
                separator => bytes[at] == *separator,
            };
        }
        if !is_of_form {
            return None;
        }
        let two = |at: usize| i64::from(digit(at) * 10 + digit(at + 1));
        Self::of(
            [two(0) * 100 + two(2), two(5), two(8)],
            [two(11), two(14), two(17)],
        )
    }

    /// Reads `YYYYMMDDhhmmss`, the form that MediaWiki's database has.
    #[inline(never)]
    pub fn parse_digits(text: &[u8]) -> Option<Self> {
        let bytes: &[u8; 14] = text.try_into().ok()?;
        let [century, year, month, day] = four_pairs(*bytes.first_chunk()?)?;
        let [_, hour, minute, second] = four_pairs(*bytes.last_chunk()?)?;
        Self::of([century * 100 + year, month, day], [hour, minute, second])
    }

    /// Reads `YYYY-MM-DD hh:mm:ss`, the form that databases have.
    pub fn parse_spaced(text: &[u8]) -> Option<Self> {
        let bytes: &[u8; 19] = text.try_into().ok()?;
        let separators = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
        if separators.iter().any(|(at, byte)| bytes[*at] != *byte) {
            return None;
        }
        let number = |from: usize, to: usize| digits(&bytes[from..to]);
        Self::of(
            [number(0, 4)?, number(5, 7)?, number(8, 10)?],
            [number(11, 13)?, number(14, 16)?, number(17, 19)?],
        )
    }

    /// A day and a time of it, should they exist.
    #[inline]
    fn of([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<Self> {
        // One branch for all: nearly all times are sound.
        let exists = (1..=12).contains(&month)
            & (1..=days_in_month(year, month)).contains(&day)
            & (hour < 24)
            & (minute < 60)
            & (second < 60);
        exists.then(|| Self {
            seconds: days_from_civil(year, month, day) * DAY
                + hour * HOUR
                + minute * MINUTE
                + second,
        })
    }

    /// Reads a day, `YYYY-MM-DD`, as its first second, or all that [`parse`](Self::parse) reads.
    pub fn parse_day_or_time(text: &str) -> Option<Self> {
        match text.len() {
            10 => Self::parse(&format!("{text}T00:00:00Z")),
            _ => Self::parse(text),
        }
    }

    /// The inverse of [`seconds`](Self::seconds); `None` beyond the year 9999 and before the year 0.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let years = days_from_civil(0, 1, 1) * DAY..days_from_civil(10_000, 1, 1) * DAY;
        years.contains(&seconds).then_some(Self { seconds })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Year, month and day in UTC.
    pub fn date(self) -> (i64, i64, i64) {
        civil_from_days(self.seconds.div_euclid(DAY))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn microseconds(self) -> i64 {
        self.seconds * 1_000_000
    }
}

impl Timestamp {
    /// The form that [`parse`](Self::parse) reads, in ASCII.
    pub fn to_ascii(self) -> [u8; 20] {
        let (days, second) = (self.seconds.div_euclid(DAY), self.seconds.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        let mut text = *b"0000-00-00T00:00:00Z";
        for (at, number) in [
            (0, year / 100),
            (2, year % 100),
            (5, month),
            (8, day),
            (11, second / HOUR),
            (14, second % HOUR / MINUTE),
            (17, second % MINUTE),
        ] {
            // Years have four digits, and so all of these are below 100.
            text[at] += (number / 10) as u8;
            text[at + 1] += (number % 10) as u8;
        }
        text
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_ascii();
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// A number of digits alone.
fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// 0 for what is no month.
#[inline]
fn days_in_month(year: i64, month: i64) -> i64 {
    const DAYS: [u8; 16] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0];
    // Of the years that 4 divides, 400 divides those hundreds that 16 divides.
    let is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 16 == 0));
    i64::from(DAYS[(month & 15) as usize]) + i64::from(is_leap & (month == 2))
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar, from the year 0 on.
///
/// Years are counted from March, so that the leap day is a year's last.
#[inline]
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Counted from the year -400, and so never below zero: machines divide such numbers in fewer steps.
    const DAYS_OF_400_YEARS: u32 = 146_097;
    const TO_1970: i64 = 719_468 + DAYS_OF_400_YEARS as i64;
    let [year, month] = [year, month].map(|number| number as u32);
    let is_before_march = u32::from(month <= 2);
    let year = year + 400 - is_before_march;
    let month_from_march = month + 12 * is_before_march - 3;
    let days_before_month = (153 * month_from_march + 2) / 5;
    let leap_days = year / 4 - year / 100 + year / 400;
    i64::from(year * 365 + leap_days + days_before_month) + day - 1 - TO_1970
}

/// The inverse of [`days_from_civil`]: year, month, day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_seconds() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2001-01-15T13:15:00Z", 979_564_500),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("1969-12-31T23:59:59Z", -1),
            ("0000-03-01T00:00:00Z", -62_162_035_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let time = Timestamp::parse(text).unwrap();
            assert_eq!(time.seconds(), seconds, "{text}");
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn every_day_of_a_thousand_years_goes_there_and_back() {
        let mut before = None;
        for year in 1600..2600 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let days = days_from_civil(year, month, day);
                    assert_eq!(civil_from_days(days), (year, month, day));
                    assert!(before.is_none_or(|before| before + 1 == days));
                    before = Some(days);
                }
            }
        }
    }

    #[test]
    fn forms_of_databases() {
        let time = Timestamp::parse("2001-01-15T13:15:00Z");
        assert_eq!(Timestamp::parse_digits(b"20010115131500"), time);
        assert_eq!(Timestamp::parse_spaced(b"2001-01-15 13:15:00"), time);
        for text in ["20010230000000", "2001011513150", "2001011513150x", ""] {
            assert_eq!(Timestamp::parse_digits(text.as_bytes()), None, "{text}");
        }
        for text in ["2001-01-15T13:15:00", "0000-00-00 00:00:00", "2001-01-15"] {
            assert_eq!(Timestamp::parse_spaced(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "2007-02-30T25:61:00Z",
            "2007-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2007-13-01T00:00:00Z",
            "2007-00-01T00:00:00Z",
            "2007-01-00T00:00:00Z",
            "2007-01-01T24:00:00Z",
            "2007-01-01T00:60:00Z",
            "2007-01-01T00:00:60Z",
            "2007-01-01T00:00:00",
            "2007-01-01 00:00:00Z",
            "2007-01-01T00:00:00z",
            "2007-01-01T00:00:00.5Z",
            "+007-01-01T00:00:00Z",
            "20070101000000",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
