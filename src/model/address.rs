//! What MediaWiki takes for an IP address.

/// A single IP address, whatever its spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    /// Version 4: four octets.
    V4([u8; 4]),
    /// Version 6: eight groups of 16 bits.
    V6([u16; 8]),
}

impl Address {
    /// Reads a name that is a single address by the rules of MediaWiki's IPUtils: four decimal octets
    /// (leading zeros allowed), or eight groups of hexadecimal digits of either case, or fewer with
    /// one `::`.  Ranges, zones and embedded IPv4 addresses are none.
    pub fn parse(name: &str) -> Option<Self> {
        match name.contains(':') {
            true => parse_v6(name).map(Self::V6),
            false => parse_v4(name).map(Self::V4),
        }
    }
}

/// Whether `name` is a single IP address, as [`Address::parse`] reads it.
pub fn is_ip_address(name: &str) -> bool {
    Address::parse(name).is_some()
}

/// Reads byte by byte: many revisions have an address for a name.
fn parse_v4(name: &str) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let (mut index, mut value, mut digits) = (0, 0, 0);
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                value = 10 * value + u16::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && index < 3 => {
                octets[index] = u8::try_from(value).ok()?;
                index += 1;
                (value, digits) = (0, 0);
            }
            _ => return None,
        }
    }
    octets[3] = u8::try_from(value).ok()?;
    (digits > 0 && index == 3).then_some(octets)
}

fn parse_v6(name: &str) -> Option<[u16; 8]> {
    let mut address = [0; 8];
    let Some((before, after)) = name.split_once("::") else {
        return (parse_groups(name, &mut address)? == 8).then_some(address);
    };
    let mut tail = [0; 8];
    let part = |part: &str, groups: &mut [u16; 8]| match part {
        "" => Some(0),
        part => parse_groups(part, groups),
    };
    let (before, after) = (part(before, &mut address)?, part(after, &mut tail)?);
    // The two colons stand for at least one group; a second pair makes an empty group.
    if before + after > 7 {
        return None;
    }
    address[8 - after..].copy_from_slice(&tail[..after]);
    Some(address)
}

/// Reads groups, and tells how many there are if all are well formed and no more than eight.
fn parse_groups(part: &str, groups: &mut [u16; 8]) -> Option<usize> {
    let mut count = 0;
    for group in part.split(':') {
        let is_group =
            (1..=4).contains(&group.len()) && group.bytes().all(|digit| digit.is_ascii_hexdigit());
        let value = u16::from_str_radix(group, 16).ok().filter(|_| is_group)?;
        *groups.get_mut(count)? = value;
        count += 1;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{Address, is_ip_address};

    #[test]
    fn addresses_and_what_only_looks_like_them() {
        for name in [
            "192.0.2.7",
            "010.001.002.003",
            "255.255.255.255",
            "2001:DB8:0:0:0:0:0:1",
            "2001:db8::1",
            "::",
            "::1",
            "1::",
            "1:2:3:4:5:6:7::",
        ] {
            assert!(is_ip_address(name), "{name}");
        }
        for name in [
            "",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.7.1",
            "192.0.2.0/24",
            "24.2.3.xxx",
            "1234.1.1.1",
            "2001:DB8:0:0:0:0:0",
            "2001:DB8:0:0:0:0:0:0:1",
            "1::2::3",
            "12345::",
            ":1",
            ":::",
            "1:2:3:4:5:6:7:8::",
            "::ffff:192.0.2.7",
            "fe80::1%eth0",
            "2001:db8::/32",
            "User:X",
        ] {
            assert!(!is_ip_address(name), "{name}");
        }
    }

    #[test]
    fn four_octets_as_the_standard_library_reads_them() {
        const PARTS: [&str; 10] = ["", "0", "9", "25", "99", "255", "256", "999", "1000", "x"];
        let mut names = vec![String::new()];
        for dot in ["", ".", ".", ".", "."] {
            let longer = |name: &String| PARTS.map(|part| format!("{name}{dot}{part}"));
            names = names.iter().flat_map(longer).collect();
            for name in &names {
                let address = name.parse().ok().map(|ip: Ipv4Addr| ip.octets());
                assert_eq!(Address::parse(name), address.map(Address::V4), "{name}");
            }
        }
    }

    #[test]
    fn spellings_of_one_address() {
        let address = Address::V6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
        for name in ["2001:DB8:0:0:0:0:0:1", "2001:db8::1", "2001:0db8::0:0001"] {
            assert_eq!(Address::parse(name), Some(address), "{name}");
        }
        let address = Address::V4([10, 1, 2, 3]);
        assert_eq!(Address::parse("010.001.002.003"), Some(address));
        let ends = Address::V6([1, 2, 3, 4, 5, 6, 7, 0]);
        assert_eq!(Address::parse("1:2:3:4:5:6:7::"), Some(ends));
    }
}
