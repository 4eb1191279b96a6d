//! The key of hashes, and the hashes.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

/// A secret that hashes are made with (HMAC with SHA-256, RFC 2104).  It is never shown.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Shorter keys can be tried one by one.
    pub const LEAST_BYTES: usize = 16;

    /// A key of bytes, all of which count; 16 at least.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        if bytes.len() < Self::LEAST_BYTES {
            return Err(Error::usage(format!(
                "a key of {} bytes can be guessed: {} random ones or more are needed",
                bytes.len(),
                Self::LEAST_BYTES
            )));
        }
        Hmac::new_from_slice(bytes)
            .map(Self)
            .map_err(|error| Error::internal("a key has no length").with_source(error))
    }

    /// The hash of a kind of thing: no two kinds have the same.
    fn hash(&self, what: &str, bytes: &[u8]) -> [u8; 32] {
        let mut hash = self.0.clone();
        hash.update(what.as_bytes());
        hash.update(&[0]);
        hash.update(bytes);
        hash.finalize().into_bytes().into()
    }

    /// 128 bits of the hash, in hexadecimal.
    pub(super) fn digits(&self, what: &str, bytes: &[u8]) -> String {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        let hash = self.hash(what, bytes);
        let pairs = hash.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
        pairs.map(|digit| DIGITS[usize::from(digit)]).collect()
    }

    /// 62 bits of the hash, and never 0.
    pub(super) fn number(&self, what: &str, number: i64) -> i64 {
        let hash = self.hash(what, &number.to_be_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash[..8]);
        ((u64::from_be_bytes(bytes) >> 2) as i64).max(1)
    }

    /// Tells keys apart and nothing else: outputs with the same can be joined.
    pub fn fingerprint(&self) -> String {
        self.digits("key", b"")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_keys_are_refused_and_none_is_shown() {
        let error = Key::new(b"0123456789abcde").unwrap_err();
        assert!(error.message().contains("15 bytes"), "{error}");
        let key = Key::new(b"0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "Key");
    }

    /// By Python: hmac.new(b"0123456789abcdef", b"ip\0\xc0\0\x02\x01", "sha256").
    #[test]
    fn a_hash_by_another_program() {
        let key = Key::new(b"0123456789abcdef").unwrap();
        assert_eq!(
            key.digits("ip", &[192, 0, 2, 1]),
            "f3b5a32bf99c3046f519111da92f8bf2"
        );
        assert_eq!(key.number("id", 7), 1235934015047236667);
    }
}
