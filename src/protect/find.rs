//! Finding addresses inside texts.
//!
//! Whatever may be an address is taken for one: four numbers below 256 with dots between are, though
//! they can be a version of a program.  Nobody can tell these apart, and one that stays is worse than
//! one too many.

use std::ops::Range;

use memchr::memchr3_iter;

use crate::model::Address;

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, with the prefix of a range.
    pub range: Range<usize>,
    /// The address.
    pub address: Address,
    /// Bits of the prefix, if it is a range.
    pub prefix: Option<u8>,
}

/// The first address at or behind `from`.
///
/// Of version 6 it finds eight groups, or fewer with one `::` behind the first if that has four digits
/// or there are three groups; colons can be written as `%3A`, as in URLs.  What is shorter, such as
/// `::1`, is found in talk that is indented, and means nothing.
pub fn find_address(text: &str, from: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    memchr3_iter(b'.', b':', b'%', bytes.get(from..)?).find_map(|at| {
        let around = Around {
            bytes,
            from,
            mark: from + at,
        };
        let found = match bytes.get(from + at) {
            Some(b'.') => around.v4(),
            _ => around.v6(),
        };
        found.map(|found| first_of_glued(text, from, found))
    })
}

/// What is found before an address of which only the first digits made it none, or else the address.
fn first_of_glued(text: &str, from: usize, found: Found) -> Found {
    let before = text.get(from..found.range.start).unwrap_or_default();
    let is_glued = before.ends_with(|last: char| last.is_ascii_hexdigit() || last == ':');
    let first = is_glued.then(|| find_address(text.get(..found.range.start)?, from));
    first.flatten().unwrap_or(found)
}

/// What stands round the first mark of what may be an address.
struct Around<'t> {
    bytes: &'t [u8],
    from: usize,
    mark: usize,
}

impl Around<'_> {
    fn at(&self, place: usize) -> Option<u8> {
        self.bytes.get(place).copied()
    }

    fn is(&self, place: usize, class: fn(&u8) -> bool) -> bool {
        self.at(place).is_some_and(|byte| class(&byte))
    }

    /// The byte before a place, if it belongs to what is searched.
    fn before(&self, place: usize) -> Option<u8> {
        (place > self.from).then(|| self.at(place - 1))?
    }

    fn v4(&self) -> Option<Found> {
        if !self.is(self.mark + 1, u8::is_ascii_digit) {
            return None;
        }
        let begin = self.run_begin(u8::is_ascii_digit, 3)?;
        let (octets, end) = self.octets(begin)?;
        let (prefix, end) = self.prefix(end, 32);
        Some(Found {
            range: begin..end,
            address: Address::V4(octets),
            prefix,
        })
    }

    /// The four octets from `begin` on, and where they end.
    fn octets(&self, begin: usize) -> Option<([u8; 4], usize)> {
        let (mut octets, mut place) = ([0; 4], begin);
        for (index, octet) in octets.iter_mut().enumerate() {
            if index > 0 {
                place += (self.at(place)? == b'.').then_some(1)?;
            }
            let (value, digits) = self.number(place)?;
            *octet = u8::try_from(value).ok()?;
            place += digits;
        }
        Some((octets, place))
    }

    /// Where the digits before the mark begin; `None` if there are none or too many.  Digits of an
    /// escape such as `%20` are none of them.
    fn run_begin(&self, class: fn(&u8) -> bool, most: usize) -> Option<usize> {
        const ESCAPE_DIGITS: usize = 2;
        let mut begin = self.mark;
        while self.before(begin).is_some_and(|byte| class(&byte)) {
            begin -= 1;
            if self.mark - begin > most + ESCAPE_DIGITS {
                return None;
            }
        }
        let before = |count: usize| begin.checked_sub(count).and_then(|at| self.before(at));
        let of_escape = match (before(1), before(0)) {
            (_, Some(b'%')) => ESCAPE_DIGITS,
            (Some(b'%'), Some(byte)) if byte.is_ascii_hexdigit() => 1,
            _ => 0,
        };
        // Without a digit behind it, it is no escape before an address.
        if self.mark - begin > of_escape {
            begin += of_escape;
        }
        (begin < self.mark && self.mark - begin <= most).then_some(begin)
    }

    /// A decimal number of one to three digits, and how many it has.
    fn number(&self, place: usize) -> Option<(u16, usize)> {
        let (mut value, mut digits) = (0, 0);
        while let Some(digit) = self.at(place + digits).filter(u8::is_ascii_digit) {
            value = value * 10 + u16::from(digit - b'0');
            digits += 1;
            if digits > 3 {
                return None;
            }
        }
        (digits > 0).then_some((value, digits))
    }

    /// The prefix of a range, and where the range ends.  That of a single address is none.
    fn prefix(&self, end: usize, most: u8) -> (Option<u8>, usize) {
        let told = || {
            let (bits, digits) = (self.at(end)? == b'/').then(|| self.number(end + 1))??;
            let behind = end + 1 + digits;
            let goes_on = self.is(behind, u8::is_ascii_alphanumeric)
                || (self.at(behind) == Some(b'.') && self.is(behind + 1, u8::is_ascii_digit));
            let bits = u8::try_from(bits).ok().filter(|bits| *bits <= most)?;
            (!goes_on).then_some(((bits < most).then_some(bits), behind))
        };
        told().unwrap_or((None, end))
    }

    fn v6(&self) -> Option<Found> {
        self.colon(self.mark)?;
        let begin = self.run_begin(u8::is_ascii_hexdigit, 4)?;
        let (groups, end) = self.groups(begin)?;
        let (prefix, end) = self.prefix(end, 128);
        Some(Found {
            range: begin..end,
            address: Address::V6(groups),
            prefix,
        })
    }

    /// Bytes of the colon at a place, if there is one.
    fn colon(&self, place: usize) -> Option<usize> {
        match (self.at(place)?, self.at(place + 1), self.at(place + 2)) {
            (b':', ..) => Some(1),
            (b'%', Some(b'3'), Some(b'A' | b'a')) => Some(3),
            _ => None,
        }
    }

    /// The groups from `begin` on, and where they end.
    fn groups(&self, begin: usize) -> Option<([u16; 8], usize)> {
        let (mut groups, mut count, mut gap) = ([0; 8], 0, None);
        let mut place = begin;
        let mut last;
        let first_digits = self.group(begin)?.1;
        loop {
            let (value, digits) = self.group(place)?;
            *groups.get_mut(count)? = value;
            count += 1;
            last = place;
            place += digits;
            let Some(colon) = self.colon(place) else {
                break;
            };
            let second = self
                .colon(place + colon)
                .filter(|_| gap.is_none() && count < 8);
            if let Some(second) = second {
                gap = Some(count);
                place += colon + second;
            } else if count < 8 && self.group(place + colon).is_some() {
                place += colon;
                continue;
            }
            if !(second.is_some() && self.group(place).is_some()) {
                break;
            }
        }
        let Some(gap) = gap else {
            return (count == 8).then_some((groups, place));
        };
        // The last group can begin an address of version 4, which stands for two.
        if let Some(([a, b, c, d], end)) = self.octets(last)
            && (gap < count && count < 7)
        {
            groups[count - 1] = u16::from_be_bytes([a, b]);
            groups[count] = u16::from_be_bytes([c, d]);
            (count, place) = (count + 1, end);
        }
        // As in face::off.
        let goes_on = gap == count && self.is(place, u8::is_ascii_alphanumeric);
        let is_address = count < 8 && (count >= 3 || first_digits == 4) && !goes_on;
        groups[gap..].rotate_right(8 - count);
        is_address.then_some((groups, place))
    }

    /// A group of one to four hexadecimal digits, and how many it has.
    fn group(&self, place: usize) -> Option<(u16, usize)> {
        let (mut value, mut digits) = (0, 0);
        while let Some(digit) = self.at(place + digits).filter(u8::is_ascii_hexdigit) {
            value = value << 4 | (digit as char).to_digit(16)? as u16;
            digits += 1;
            if digits > 4 {
                return None;
            }
        }
        (digits > 0).then_some((value, digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is found, as it stands in the text.
    fn found(text: &str) -> Vec<&str> {
        let mut all = Vec::new();
        let mut from = 0;
        while let Some(found) = find_address(text, from) {
            from = found.range.end;
            all.push(&text[found.range]);
        }
        all
    }

    #[test]
    fn addresses_of_version_4() {
        for (text, expected) in [
            (
                "by 192.0.2.1, and 198.51.100.77.",
                &["192.0.2.1", "198.51.100.77"][..],
            ),
            ("[[User talk:192.0.2.1|x]]", &["192.0.2.1"]),
            (
                "%20192.0.2.1 %2C10.0.0.1 %2F9.8.7.6",
                &["192.0.2.1", "10.0.0.1", "9.8.7.6"],
            ),
            ("v1.2.3.4.5", &["1.2.3.4"]),
            ("300.1.2.3.4", &["1.2.3.4"]),
            ("1.2.3.4.5.6.7.8", &["1.2.3.4", "5.6.7.8"]),
            (
                "192.0.2.0/24 192.0.2.1/32.",
                &["192.0.2.0/24", "192.0.2.1/32"],
            ),
            ("192.0.2.1/2010 192.0.2.1/12th", &["192.0.2.1", "192.0.2.1"]),
            ("010.001.002.003", &["010.001.002.003"]),
            ("é192.0.2.1é", &["192.0.2.1"]),
            (
                "192.0.2.256 1192.0.2.1 192.0.2.1234 1.2.3 1..2.3.4 3.14",
                &[],
            ),
            ("192.0.2.1", &["192.0.2.1"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_of_version_6() {
        for (text, expected) in [
            (
                "[[User:2001:DB8:0:0:0:0:0:1]]",
                &["2001:DB8:0:0:0:0:0:1"][..],
            ),
            ("at 2001:db8::1: no", &["2001:db8::1"]),
            ("fe80::, 64:ff9b::5.", &["fe80::", "64:ff9b::5"]),
            (
                "2001:db8::/32 1:2:3:4:5:6:7::",
                &["2001:db8::/32", "1:2:3:4:5:6:7::"],
            ),
            ("/2001%3ADB8%3a0:0:0:0:0:1?x", &["2001%3ADB8%3a0:0:0:0:0:1"]),
            (
                "User%3A1%3A2%3A3%3A4%3A5%3A6%3A7%3A8",
                &["1%3A2%3A3%3A4%3A5%3A6%3A7%3A8"],
            ),
            ("::ffff:192.0.2.7", &["192.0.2.7"]),
            (
                "64:ff9b::192.0.2.33. 2001:db8::1.2001",
                &["64:ff9b::192.0.2.33", "2001:db8::1"],
            ),
            (
                "::added, std::abc ::1 a::b 12:30:45 :: Foo::Bar abc::def",
                &[],
            ),
            (
                "face::off 1:2:3:4:5:6:7 12345:1:2:3:4:5:6:7:8 1::2::3",
                &["1:2:3:4:5:6:7:8"],
            ),
            (
                "20::f:fff192.0.2.1A 20::f:ffffe192.0.2.1",
                &["20::f:fff", "192.0.2.1", "192.0.2.1"],
            ),
            (
                "1db8::1:8:0:0:0:1:d::1 User:192.0.2.1",
                &["1db8::1", "8:0:0:0:1:d::1", "192.0.2.1"],
            ),
            ("0:0:0:0:0:0:0:1", &["0:0:0:0:0:0:0:1"]),
            ("1:2:3:4:5:6:7:8:: so", &["1:2:3:4:5:6:7:8"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_found_is_read_as_names_are() {
        for text in [
            "2001:db8::1",
            "1:2:3:4:5:6:7::",
            "2001:DB8::8:800:200C:417A",
            "9.08.007.6",
        ] {
            let found = find_address(text, 0).unwrap();
            assert_eq!(Some(found.address), Address::parse(text), "{text}");
        }
    }
}
