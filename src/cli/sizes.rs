//! Sizes as people write and read them.

const EXPECTED: &str = "expected a size such as 64KiB, 512MiB or 1.5GiB";

/// Reads `512MiB`, `1.5G`, `64k` or a number of bytes.  All units count by 1024.
pub(super) fn parse_bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(EXPECTED.to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| EXPECTED.to_owned())?;
    let bytes = number * (1u64 << shift) as f64;
    if !(1.0..=u64::MAX as f64 / 2.0).contains(&bytes) {
        return Err(EXPECTED.to_owned());
    }
    Ok(bytes as u64)
}

/// A size for people: `1.4 GiB`.
pub(super) fn human_bytes(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// A number with separators: `1,234,567`.
pub(super) fn human_count(count: u64) -> String {
    indicatif::HumanCount(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("1", 1),
            ("64k", 65536),
            ("512MiB", 512 << 20),
            ("1.5G", 3 << 29),
            ("2 gb", 2 << 30),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "x", "1X", "-1", "0", "1e99", "99999999999T"] {
            assert!(parse_bytes(text).is_err(), "{text}");
        }
    }
}
