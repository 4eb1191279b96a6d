//! Texts as units of UTF-16: what interpreters make strings of that have characters of one width.
//!
//! References and line ends are decoded on the way, so that each byte is looked at once.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod long;

use crate::model::decode_reference;

/// Bytes that are looked at together.
pub(super) const BLOCK_BYTES: usize = 32;
/// Units for which room is kept from one text to the next: most texts have fewer.
const KEPT_UNITS: usize = 1 << 20;

/// Room to decode texts in, one after another.
#[derive(Debug, Default)]
pub struct Utf16Room(Vec<u16>);

impl Utf16Room {
    /// Decodes UTF-8, as the function does.
    pub(super) fn decode(&mut self, bytes: &[u8], is_coded: bool) -> Units<'_> {
        // No character has more units than bytes, and a block is written as a whole.
        let most = bytes.len() + BLOCK_BYTES;
        if self.0.len() < most {
            self.0.resize(most, 0);
        }
        let length = decode(bytes, is_coded, &mut self.0);
        Units {
            all: &self.0[..length.units],
            have_pairs: length.have_pairs,
        }
    }

    /// Lets go of what only a text that is larger than most has needed.
    pub(super) fn shrink(&mut self) {
        if self.0.len() > KEPT_UNITS {
            self.0 = Vec::new();
        }
    }
}

/// What a text consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units<'u> {
    /// One behind the other.
    pub all: &'u [u16],
    /// Whether there are characters of two units; otherwise each unit is a character.
    pub have_pairs: bool,
}

/// How many units a text has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub units: usize,
    /// Whether two of them can be one character.
    pub have_pairs: bool,
}

/// Decodes UTF-8 and tells how many units there are; where it `is_coded`, references and line ends too.  What
/// is not UTF-8 becomes U+FFFD.  There has to be room for as many units as there are bytes, and a block.
pub(super) fn decode(bytes: &[u8], is_coded: bool, out: &mut [u16]) -> Length {
    #[cfg(target_arch = "x86_64")]
    if let Some(long) = long::Long::detect(bytes.len()) {
        return long.decode(bytes, is_coded, out).length();
    }
    let begin = At::default();
    let end = match is_coded {
        true => decode_up_to::<true>(bytes, out, begin, bytes.len()),
        false => decode_up_to::<false>(bytes, out, begin, bytes.len()),
    };
    end.length()
}

/// Where reading and writing are.
#[derive(Clone, Copy, Default)]
struct At {
    bytes: usize,
    units: usize,
    have_pairs: bool,
}

impl At {
    #[inline(always)]
    fn on(self, bytes: usize, units: usize) -> Self {
        Self {
            bytes: self.bytes + bytes,
            units: self.units + units,
            ..self
        }
    }

    /// Behind units of which two can be one character.
    fn with_pairs(self, have_pairs: bool) -> Self {
        let have_pairs = self.have_pairs | have_pairs;
        Self { have_pairs, ..self }
    }

    fn length(self) -> Length {
        Length {
            units: self.units,
            have_pairs: self.have_pairs,
        }
    }
}

/// Writes units to `out` until all bytes before the offset `limit` are read.
fn decode_up_to<const CODED: bool>(bytes: &[u8], out: &mut [u16], mut at: At, limit: usize) -> At {
    while at.bytes < limit
        && let (Some(block), Some(to)) = (
            bytes[at.bytes..].first_chunk::<BLOCK_BYTES>(),
            out[at.units..].first_chunk_mut::<BLOCK_BYTES>(),
        )
    {
        // All of it, whatever it is: what has another meaning is written over.
        widen(block, to);
        let plain = plain_bytes::<CODED>(block);
        at = at.on(plain, plain);
        if plain < BLOCK_BYTES {
            at = special::<CODED>(bytes, out, at);
        }
    }
    while at.bytes < limit
        && let Some(byte) = bytes.get(at.bytes)
    {
        if is_special::<CODED>(*byte) {
            at = special::<CODED>(bytes, out, at);
        } else {
            out[at.units] = u16::from(*byte);
            at = at.on(1, 1);
        }
    }
    at
}

/// Each byte as a unit.  By itself, so that the compiler takes many at once: beside words of the same bytes
/// it would take them from these.
#[inline(never)]
fn widen(bytes: &[u8; BLOCK_BYTES], units: &mut [u16; BLOCK_BYTES]) {
    for (unit, byte) in units.iter_mut().zip(bytes) {
        *unit = u16::from(*byte);
    }
}

fn is_special<const CODED: bool>(byte: u8) -> bool {
    byte >= 0x80 || (CODED && (byte == b'&' || byte == b'\r'))
}

/// How many bytes of a block mean themselves before one that does not; eight are looked at in one step.
#[inline(always)]
fn plain_bytes<const CODED: bool>(block: &[u8; BLOCK_BYTES]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    for (index, word) in block.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte that is `byte`, and perhaps of some behind the first such.
        let is = |byte: u8| {
            let others = word ^ (ONES * u64::from(byte));
            others.wrapping_sub(ONES) & !others
        };
        let coded = if CODED { is(b'&') | is(b'\r') } else { 0 };
        let special = (word | coded) & HIGH;
        if special != 0 {
            return 8 * index + special.trailing_zeros() as usize / 8;
        }
    }
    BLOCK_BYTES
}

/// Decodes what does not mean itself, up to what does.
#[inline(always)]
fn special<const CODED: bool>(bytes: &[u8], out: &mut [u16], mut at: At) -> At {
    loop {
        let rest = &bytes[at.bytes..];
        at = match rest {
            // Those that MediaWiki writes.
            [b'&', b'#', b'0', b'3', b'9', b';', ..] if CODED => put(out, at, u16::from(b'\''), 6),
            [b'&', b'q', b'u', b'o', b't', b';', ..] if CODED => put(out, at, u16::from(b'"'), 6),
            [b'&', b'l', b't', b';', ..] if CODED => put(out, at, u16::from(b'<'), 4),
            [b'&', b'g', b't', b';', ..] if CODED => put(out, at, u16::from(b'>'), 4),
            [b'&', b'a', b'm', b'p', b';', ..] if CODED => put(out, at, u16::from(b'&'), 5),
            [b'&', ..] if CODED => rare_reference(rest, out, at),
            [b'\r', b'\n', ..] if CODED => put(out, at, u16::from(b'\n'), 2),
            [b'\r', ..] if CODED => put(out, at, u16::from(b'\n'), 1),
            [a @ 0xc2..=0xdf, b, ..] => put(out, at, bits(*a, 0x1f, 6) | bits(*b, 0x3f, 0), 2),
            [a @ 0xe0..=0xef, b, c, ..] => {
                let unit = bits(*a, 0x0f, 12) | bits(*b, 0x3f, 6) | bits(*c, 0x3f, 0);
                put(out, at, unit, 3)
            }
            [0x80..=0xff, ..] => rare(rest, out, at),
            _ => return at,
        };
    }
}

#[inline(always)]
fn put(out: &mut [u16], at: At, unit: u16, bytes: usize) -> At {
    out[at.units] = unit;
    at.on(bytes, 1)
}

#[inline(always)]
fn bits(byte: u8, mask: u8, shift: u32) -> u16 {
    u16::from(byte & mask) << shift
}

#[cold]
fn rare_reference(rest: &[u8], out: &mut [u16], at: At) -> At {
    match decode_reference(rest) {
        Some((character, length)) => put_character(out, at, character, length),
        // Checked when it was parsed, but a file may have changed since.
        None => put(out, at, u16::from(b'&'), 1),
    }
}

/// A character of two units, or a byte that belongs to none.
#[cold]
fn rare(rest: &[u8], out: &mut [u16], at: At) -> At {
    let four = rest.get(..4).unwrap_or_default();
    match std::str::from_utf8(four)
        .ok()
        .and_then(|text| text.chars().next())
    {
        Some(character) => put_character(out, at, character, 4),
        None => put(out, at, 0xfffd, 1),
    }
}

fn put_character(out: &mut [u16], at: At, character: char, bytes: usize) -> At {
    let units = character.encode_utf16(&mut out[at.units..]).len();
    at.on(bytes, units).with_pairs(units > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    const PIECES: [&str; 16] = [
        "word ",
        "é",
        "я",
        "山",
        "😀",
        "&lt;",
        "&amp;",
        "&quot;",
        "&#039;",
        "&#x1F600;",
        "&#233;",
        "\r",
        "\r\n",
        "\n",
        "a run of words in which nothing stands that could mean anything else ",
        "\u{feff}",
    ];

    /// Pieces in an order that is another one for each seed.
    fn mixed(seed: u32, pieces: usize) -> String {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            PIECES[(state >> 16) as usize % PIECES.len()]
        };
        (0..pieces).map(|_| next()).collect()
    }

    fn check(room: &mut Utf16Room, spelt: &str) {
        let decoded = Text::from_element(spelt).unwrap().to_cow();
        for (is_coded, text) in [(true, &*decoded), (false, spelt)] {
            let expected = Units {
                all: &text.encode_utf16().collect::<Vec<_>>(),
                have_pairs: text.contains('\u{1f600}'),
            };
            assert_eq!(
                room.decode(spelt.as_bytes(), is_coded),
                expected,
                "{spelt:?}"
            );
        }
    }

    #[test]
    fn units_are_those_of_the_decoded_text() {
        let mut room = Utf16Room::default();
        for seed in 0..400 {
            check(&mut room, &mixed(seed, seed as usize));
        }
        for piece in PIECES {
            for length in 0..70 {
                check(
                    &mut room,
                    &format!("{}{piece}{}", "x".repeat(length), "y".repeat(70 - length)),
                );
                check(&mut room, &format!("{}{piece}", "x".repeat(length)));
                let before = "é".repeat(100);
                check(
                    &mut room,
                    &format!("{before}{}{piece}{}", "x".repeat(length), "山".repeat(70)),
                );
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_any_more_do_no_harm() {
        let mut room = Utf16Room::default();
        let mut state = 1_u32;
        for length in (0..300).chain((300..10_000).step_by(97)) {
            let bytes: Vec<_> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    b"\x80\xbf\xc3\xe5\xf0\xff&\r\nx;#9"[(state >> 16) as usize % 13]
                })
                .collect();
            assert!(room.decode(&bytes, true).all.len() <= length);
            assert!(room.decode(&bytes, false).all.len() <= length);
        }
    }

    #[test]
    fn room_for_a_giant_is_let_go() {
        let mut room = Utf16Room::default();
        room.decode(&vec![b'x'; 2 * KEPT_UNITS], true);
        room.shrink();
        assert!(room.0.is_empty());
        room.decode(b"x", true);
        room.shrink();
        assert!(!room.0.is_empty());
    }
}
