//! Checksums as MediaWiki writes them.

use sha1::{Digest, Sha1};

const DIGITS: usize = 31;

/// SHA-1 of a text in base 36, 31 digits.
pub fn sha1_base36(text: &str) -> String {
    let mut number: [u8; 20] = Sha1::digest(text.as_bytes()).into();
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 36) as u8;
            rest = value % 36;
        }
        *digit = match rest {
            0..=9 => b'0' + rest as u8,
            _ => b'a' + (rest - 10) as u8,
        };
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::sha1_base36;

    /// As dumps have them.
    #[test]
    fn known_checksums() {
        assert_eq!(sha1_base36(""), "phoiac9h4m842xq45sp7s6u21eteeq1");
        assert_eq!(sha1_base36("a"), "frkhg3ewxov0h1g2eh87fri7z1g12ns");
    }
}
