//! Addresses are found as a slow plain model finds them, and nothing is left that would be found.

use std::net::{Ipv4Addr, Ipv6Addr};

use mwparquet::model::Address;
use mwparquet::protect::{AddressRule, Key, Protection, UserRule, find_address};
use proptest::prelude::*;
use regex::Regex;

fn protection(rule: AddressRule) -> Protection {
    let key = Key::new(&[7; 32]).unwrap();
    let key = (rule == AddressRule::Hash).then_some(key);
    Protection::new(rule, UserRule::Keep, key, false).unwrap()
}

fn addresses_in(text: &str) -> Vec<Address> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(found) = find_address(text, from) {
        from = found.range.end;
        all.push(found.address);
    }
    all
}

/// Pieces of which addresses are made, and what stands near them.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[0-9]{1,4}",
        4 => Just(".".to_owned()),
        4 => Just(":".to_owned()),
        3 => "[0-9a-fA-F]{1,5}",
        1 => Just("::".to_owned()),
        1 => Just("%3A".to_owned()),
        1 => Just("%20".to_owned()),
        1 => Just("/".to_owned()),
        1 => "[ g-zé\n\\-]",
        2 => Just("192.0.2.55".to_owned()),
        2 => Just("2001:DB8:0:0:0:0:0:1".to_owned()),
        1 => Just("2001:db8::1".to_owned()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// What is left round a replaced address can look like another one, but like none of the text's.
    #[test]
    fn no_address_is_left(text in texts()) {
        for rule in [AddressRule::Drop, AddressRule::Hash] {
            let Some(changed) = protection(rule).without_addresses(&text) else {
                continue;
            };
            let (before, after) = (addresses_in(&text), addresses_in(&changed));
            prop_assert!(!after.iter().any(|address| before.contains(address)), "{} in {}", text, changed);
        }
    }

    /// Numbers behind an address make no other one with the digits of its hash.
    #[test]
    fn a_hash_makes_no_address(octets: [u8; 4], behind: [u8; 3]) {
        let [a, b, c] = behind;
        let text = format!("{}.{a}.{b}.{c}", Ipv4Addr::from(octets));
        let changed = protection(AddressRule::Hash).without_addresses(&text).unwrap();
        prop_assert_eq!(addresses_in(&changed), [], "{}", changed);
    }

    #[test]
    fn what_stands_apart_is_found(groups: [u16; 8], octets: [u8; 4], before in "[^0-9a-fA-F:.%/]{0,4}", after in "[^0-9a-zA-Z:.%/]{0,4}") {
        let long = groups.map(|group| format!("{group:x}")).join(":");
        for (name, address) in [(long, Address::V6(groups)), (Ipv4Addr::from(octets).to_string(), Address::V4(octets))] {
            let text = format!("{before}{name}{after}");
            prop_assert_eq!(addresses_in(&text), [address], "{}", text);
        }
    }

    #[test]
    fn only_networks_are_left(octets: [u8; 4], groups: [u16; 8]) {
        let (v4, v6) = (Ipv4Addr::from(octets), Ipv6Addr::from(groups));
        let text = format!("[[User:{v4}]] as {v6} (//w.example/{v4})");
        let changed = protection(AddressRule::Truncate).without_addresses(&text).unwrap();
        let [a, b, c, _] = octets;
        prop_assert_eq!(changed.matches(&format!("{a}.{b}.{c}.0/24")).count(), 2, "{}", changed);
        let long = v6.to_string().split(':').count() > 3;
        if long {
            let [a, b, c, ..] = groups;
            prop_assert!(changed.contains(&format!("{a:X}:{b:X}:{c:X}:0:0:0:0:0/48")), "{}", changed);
        }
    }

    /// Version 4, by a regular expression and the parser of Rust's own library.
    #[test]
    fn version_4_as_a_plain_model_finds_it(text in "([0-9]{1,4}|[.]|[ a-z/]){0,30}") {
        let numbers = Regex::new(r"[0-9]+(\.[0-9]+)+").unwrap();
        let mut expected = Vec::new();
        for run in numbers.find_iter(&text) {
            let parts: Vec<_> = run.as_str().split('.').collect();
            let mut at = 0;
            while at + 4 <= parts.len() {
                let plain: Vec<_> = parts[at..at + 4]
                    .iter()
                    .filter(|part| part.len() <= 3)
                    .map(|part| part.parse::<u16>().unwrap().to_string())
                    .collect();
                match plain.join(".").parse::<Ipv4Addr>() {
                    Ok(address) if plain.len() == 4 => {
                        expected.push(Address::V4(address.octets()));
                        at += 4;
                    }
                    _ => at += 1,
                }
            }
        }
        prop_assert_eq!(addresses_in(&text), expected, "{}", text);
    }

    /// Names as the parser of Rust's own library reads them.
    #[test]
    fn version_6_as_a_plain_model_reads_it(text in "([0-9a-fA-F]{1,4}|:|::){0,16}") {
        let expected = text.parse::<Ipv6Addr>().ok().map(|address| address.segments());
        let found = match Address::parse(&text) {
            Some(Address::V6(groups)) => Some(groups),
            _ => None,
        };
        prop_assert_eq!(found, expected, "{}", text);
    }
}
