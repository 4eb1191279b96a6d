//! What MediaWiki takes for an IP address.

/// Whether `name` is a single IP address by the rules of MediaWiki's IPUtils: four decimal octets
/// (leading zeros allowed), or eight groups of hexadecimal digits of either case, or fewer with
/// one `::`.  Ranges, zones and embedded IPv4 addresses are none.
pub fn is_ip_address(name: &str) -> bool {
    if name.contains(':') {
        is_ipv6(name)
    } else {
        is_ipv4(name)
    }
}

fn is_ipv4(name: &str) -> bool {
    let mut octets = 0;
    name.split('.').all(|octet| {
        octets += 1;
        (1..=3).contains(&octet.len())
            && octet.bytes().all(|digit| digit.is_ascii_digit())
            && octet.parse::<u16>().is_ok_and(|octet| octet < 256)
    }) && octets == 4
}

fn is_ipv6(name: &str) -> bool {
    match name.split_once("::") {
        None => groups(name) == Some(8),
        Some((before, after)) => {
            let count = |part: &str| match part {
                "" => Some(0),
                part => groups(part),
            };
            // The two colons stand for at least one group; a second pair makes an empty group.
            matches!((count(before), count(after)), (Some(a), Some(b)) if a + b <= 7)
        }
    }
}

/// How many groups there are, if all are well formed.
fn groups(part: &str) -> Option<usize> {
    part.split(':').try_fold(0, |count, group| {
        let is_group =
            (1..=4).contains(&group.len()) && group.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_group.then_some(count + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::is_ip_address;

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
}
