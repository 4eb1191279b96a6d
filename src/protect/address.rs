//! Addresses as bytes, and their networks.

use crate::model::Address;

/// Bits of a network of version 4 that stay where addresses are truncated.
const V4_BITS: u8 = 24;
/// The same of version 6: what a provider gives to one place, or more.
const V6_BITS: u8 = 48;

/// The bytes of an address, equal for all spellings, with those behind the prefix zero and the prefix
/// behind them.
pub(super) fn bytes(address: Address, prefix: Option<u8>) -> Vec<u8> {
    let mut bytes = match address {
        Address::V4(octets) => octets.to_vec(),
        Address::V6(groups) => groups
            .iter()
            .flat_map(|group| group.to_be_bytes())
            .collect(),
    };
    if let Some(bits) = prefix {
        clear_behind(&mut bytes, bits);
        bytes.push(bits);
    }
    bytes
}

/// The network of an address, as MediaWiki writes ranges; a wider one stays as wide as it is.
pub(super) fn network(address: Address, prefix: Option<u8>) -> String {
    let most = match address {
        Address::V4(_) => V4_BITS,
        Address::V6(_) => V6_BITS,
    };
    let bits = prefix.map_or(most, |prefix| prefix.min(most));
    let mut bytes = bytes(address, None);
    clear_behind(&mut bytes, bits);
    let parts: Vec<String> = match address {
        Address::V4(_) => bytes.iter().map(u8::to_string).collect(),
        Address::V6(_) => bytes
            .chunks_exact(2)
            .map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])))
            .collect(),
    };
    let mark = if matches!(address, Address::V4(_)) {
        "."
    } else {
        ":"
    };
    format!("{}/{bits}", parts.join(mark))
}

fn clear_behind(bytes: &mut [u8], bits: u8) {
    for (index, byte) in bytes.iter_mut().enumerate() {
        let kept = (usize::from(bits)).saturating_sub(index * 8).min(8);
        *byte &= !(0xff_u16 >> kept) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (name, prefix, expected) in [
            ("192.0.2.77", None, "192.0.2.0/24"),
            ("192.0.2.77", Some(30), "192.0.2.0/24"),
            ("192.0.255.77", Some(17), "192.0.128.0/17"),
            ("192.0.2.77", Some(0), "0.0.0.0/0"),
            ("2001:db8:1:2:3:4:5:6", None, "2001:DB8:1:0:0:0:0:0/48"),
            ("2001:db8:1:2:3:4:5:6", Some(64), "2001:DB8:1:0:0:0:0:0/48"),
            ("2001:db8:1:2:3:4:5:6", Some(32), "2001:DB8:0:0:0:0:0:0/32"),
            ("::1", None, "0:0:0:0:0:0:0:0/48"),
        ] {
            let address = Address::parse(name).unwrap();
            assert_eq!(network(address, prefix), expected, "{name}");
        }
    }

    #[test]
    fn equal_addresses_and_ranges_have_equal_bytes() {
        let of = |name, prefix| bytes(Address::parse(name).unwrap(), prefix);
        assert_eq!(of("2001:db8::1", None), of("2001:DB8:0:0:0:0:0:1", None));
        assert_eq!(of("192.0.2.1", Some(24)), of("192.0.2.99", Some(24)));
        assert_ne!(of("192.0.2.0", Some(24)), of("192.0.2.0", None));
        assert_ne!(of("192.0.0.0", Some(24)), of("192.0.0.0", Some(16)));
    }
}
