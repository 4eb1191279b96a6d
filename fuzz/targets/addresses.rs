//! Addresses in texts: what is found is one, and what is replaced is gone.

use mwparquet::model::Address;
use mwparquet::protect::{AddressRule, Protection, UserRule, find_address};

use super::controls::text;
use super::seeds;

pub fn check(data: &[u8]) {
    let Some(text) = text(data) else {
        return;
    };
    let before = addresses_in(text);
    let protection = Protection::new(AddressRule::Drop, UserRule::Keep, None, false).unwrap();
    let changed = protection.without_addresses(text);
    // Such as ::1, which is one only where nothing stands beside it.
    let is_one = Address::parse(text).is_some();
    assert_eq!(
        changed.is_some(),
        is_one || !before.is_empty(),
        "{before:?}"
    );
    if let Some(changed) = changed {
        let left = addresses_in(&changed);
        assert!(
            !left.iter().any(|address| before.contains(address)),
            "{left:?} is left"
        );
    }
}

fn addresses_in(text: &str) -> Vec<Address> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(found) = find_address(text, from) {
        assert!(found.range.start >= from && found.range.end > found.range.start);
        assert!(text.get(found.range.clone()).is_some());
        from = found.range.end;
        all.push(found.address);
    }
    all
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "192.0.2.55 and 2001:DB8:0:0:0:0:0:1, 2001:db8::1/64, ::ffff:192.0.2.1",
        "[[User talk:192.0.2.7]] User%3A2001%3ADB8%3A%3A1 1.2.3 10:20 a::b 999.1.1.1 1.2.3.4.5",
    ];
    let files = seeds::samples("", &["addresses.xml"]);
    texts
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .chain(files)
        .collect()
}
