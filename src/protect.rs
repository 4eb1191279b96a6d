//! What a job keeps to itself: addresses, names, and what wikis have hidden.
//!
//! Records are changed before anything is made of them, so that no table, no file that is sorted on
//! disk and no statistic sees what was in them.

mod address;
mod find;
mod key;
mod params;
mod person;
mod record;

use crate::error::{Error, Result};
use crate::model::{Address, Text};

pub use self::find::{Found, find_address};
pub use self::key::Key;
pub use self::record::{PageRooms, RevisionRooms, Rooms};

/// What becomes of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressRule {
    /// They stay.
    #[default]
    Keep,
    /// They go.
    Drop,
    /// Their network stays: 24 bits of version 4, 48 of version 6.
    Truncate,
    /// A keyed hash stands for them.
    Hash,
}

/// What becomes of users' names and ids, but for addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserRule {
    /// They stay.
    #[default]
    Keep,
    /// They go.
    Drop,
    /// A keyed hash stands for them.
    Hash,
}

impl AddressRule {
    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Drop => "drop",
            Self::Truncate => "truncate",
            Self::Hash => "hash",
        }
    }
}

impl UserRule {
    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Drop => "drop",
            Self::Hash => "hash",
        }
    }
}

/// The rules of a job.
#[derive(Debug, Clone, Default)]
pub struct Protection {
    addresses: AddressRule,
    users: UserRule,
    key: Option<Key>,
    keeps_hidden_sizes: bool,
}

impl Protection {
    /// Rules; hashes need a key, and nothing else does.  `keeps_hidden_sizes` tells whether sizes and
    /// checksums of hidden texts stay, where the dump has them.
    pub fn new(
        addresses: AddressRule,
        users: UserRule,
        key: Option<Key>,
        keeps_hidden_sizes: bool,
    ) -> Result<Self> {
        let hashes = addresses == AddressRule::Hash || users == UserRule::Hash;
        if hashes && key.is_none() {
            return Err(Error::usage(
                "a hash without a key hides nothing, for all addresses and names can be tried: give --key-file",
            ));
        }
        if key.is_some() && !hashes {
            return Err(Error::usage(
                "--key-file is of use only with --ip hash or --user hash",
            ));
        }
        Ok(Self {
            addresses,
            users,
            key,
            keeps_hidden_sizes,
        })
    }

    /// The rules by name, as the manifest and all parts keep them.
    pub fn described(&self) -> Vec<(&'static str, String)> {
        let mut described = vec![
            ("ip", self.addresses.name().to_owned()),
            ("user", self.users.name().to_owned()),
            ("keep_hidden_sizes", self.keeps_hidden_sizes.to_string()),
        ];
        let fingerprint = self.key.as_ref().map(Key::fingerprint);
        described.extend(fingerprint.map(|digits| ("key_fingerprint", digits)));
        described
    }

    /// Whether addresses or names are replaced.
    pub fn replaces(&self) -> bool {
        self.addresses != AddressRule::Keep || self.users != UserRule::Keep
    }

    /// What stands for an address, or for the network of which `prefix` bits are told.
    fn stand_in(&self, address: Address, prefix: Option<u8>) -> String {
        match self.addresses {
            AddressRule::Truncate => address::network(address, prefix),
            AddressRule::Hash => self.hash("ip", &address::bytes(address, prefix)),
            // Nobody asks where addresses stay.
            AddressRule::Drop | AddressRule::Keep => "ip-left-out".to_owned(),
        }
    }

    /// A keyed hash with the word `what` in front.
    fn hash(&self, what: &str, bytes: &[u8]) -> String {
        let digits = self.key.as_ref().map(|key| key.digits(what, bytes));
        format!("{what}-{}", digits.unwrap_or_default())
    }

    /// A text without addresses; `None` where nothing changes.
    pub fn without_addresses(&self, text: &str) -> Option<String> {
        if self.addresses == AddressRule::Keep {
            return None;
        }
        if let Some(address) = whole(text) {
            return Some(self.stand_in(address, None));
        }
        let mut found = find_address(text, 0)?;
        let mut changed = String::with_capacity(text.len());
        let mut done = 0;
        loop {
            changed.push_str(text.get(done..found.range.start).unwrap_or_default());
            changed.push_str(&self.stand_in(found.address, found.prefix));
            done = found.range.end;
            if self.addresses == AddressRule::Hash && begins_with_numbers(&text.as_bytes()[done..])
            {
                changed.push('-');
            }
            match find_address(text, done) {
                Some(next) => found = next,
                None => break,
            }
        }
        changed.push_str(text.get(done..).unwrap_or_default());
        Some(changed)
    }

    /// The same of a text as the dump spells it, which is decoded only where it has to be.
    fn changed(&self, text: Text<'_>) -> Option<String> {
        if self.addresses == AddressRule::Keep {
            return None;
        }
        if let Some(nearly) = text.nearly()
            && whole(nearly).is_none()
            && find_address(nearly, 0).is_none()
        {
            return None;
        }
        self.without_addresses(&text.to_cow())
    }

    /// A text without addresses, in `room` if it had any.
    fn text<'r>(&self, text: Text<'r>, room: &'r mut String) -> Text<'r> {
        match self.changed(text) {
            Some(changed) => {
                *room = changed;
                Text::plain(room)
            }
            None => text,
        }
    }

    fn optional<'r>(&self, text: Option<Text<'r>>, room: &'r mut String) -> Option<Text<'r>> {
        text.map(|text| self.text(text, room))
    }
}

/// Whether three more numbers come, as in `.7.8.9`: with the last digits of a hash before them, they could spell an
/// address.
fn begins_with_numbers(mut bytes: &[u8]) -> bool {
    (0..3).all(|_| {
        let digits = bytes.strip_prefix(b".").unwrap_or_default();
        let count = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        bytes = &digits[count..];
        count > 0
    })
}

/// The address that is all of a text.
fn whole(text: &str) -> Option<Address> {
    const LONGEST_BYTES: usize = 39;
    let fits = text.len() <= LONGEST_BYTES;
    fits.then(|| Address::parse(text))?
}
