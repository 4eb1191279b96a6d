//! The references that MediaWiki writes, decoded 64 bytes at a time in the vectors of AVX-512.
//!
//! In each block the `&` becomes what its reference means, and the bytes behind it that belong to the reference
//! are squeezed out.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_mask_cmpeq_epi8_mask, _mm512_mask_shuffle_epi8,
    _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_srli_epi16, _mm512_storeu_si512,
};
use std::mem::MaybeUninit;

use crate::marks::{AHEAD_BYTES, BLOCK_BYTES, prefetch};
use crate::processor::avx512::{Avx512, load, table};

/// From so many bytes on it pays to decode by blocks.
const LONG_BYTES: usize = 256;
/// How far behind a block a reference that begins in it can reach.
const REACH_BYTES: usize = "&quot;".len() - 1;
type Window = [u8; BLOCK_BYTES + REACH_BYTES];

/// For a text of so many bytes, on a processor that is apt.
pub(super) fn detect(bytes: usize) -> Option<Avx512> {
    (bytes >= LONG_BYTES).then(Avx512::detect)?
}

/// Room for what is decoded, as it comes from the stack or the allocator.
type Room = [MaybeUninit<u8>];
/// So much that it stays in the nearest cache.
const NEAR_BYTES: usize = 4096;

/// Room for a part of a text that is handed on at once.
pub(super) fn near_room() -> [MaybeUninit<u8>; NEAR_BYTES] {
    [MaybeUninit::uninit(); NEAR_BYTES]
}

/// Decodes what the room holds, up to a block with another reference, a CR, or the text's end.  Gives how many bytes
/// were read, and what they mean; `raw` holds no `&` but those of references.
pub(super) fn decode<'r>(avx512: Avx512, raw: &str, room: &'r mut Room) -> (usize, &'r str) {
    let (read, written) = decode_bytes(avx512, raw.as_bytes(), room);
    // SAFETY: these are the characters of `raw`, but for references, which are of ASCII as is what they mean.
    (read, unsafe { str::from_utf8_unchecked(written) })
}

/// The same at the end of a string, in the room that it has; gives how many bytes were read.
pub(super) fn append(avx512: Avx512, raw: &str, to: &mut String) -> usize {
    // SAFETY: what is appended is UTF-8, as above.
    let to = unsafe { to.as_mut_vec() };
    let (read, written) = decode_bytes(avx512, raw.as_bytes(), to.spare_capacity_mut());
    let length = written.len();
    // SAFETY: so many bytes have just been written behind those that were there.
    unsafe { to.set_len(to.len() + length) };
    read
}

/// The same of bytes that need not be UTF-8.
pub(super) fn decode_bytes<'r>(_: Avx512, raw: &[u8], room: &'r mut Room) -> (usize, &'r [u8]) {
    // SAFETY: the processor has what the function was compiled for.
    let (mut read, mut written) = unsafe { decode_blocks(raw, room) };
    // A character whose end is in the next block is left to it.
    while written > 0 && raw.get(read).is_some_and(|byte| goes_on(*byte)) {
        read -= 1;
        written -= 1;
    }
    // SAFETY: so many bytes, or more, have been written from the room's begin on.
    (read, unsafe { room[..written].assume_init_ref() })
}

/// Whether decoding that filled so much of the near room came to the text's end, or to a block with something else.
pub(super) fn has_stopped(written: usize) -> bool {
    written + 2 * BLOCK_BYTES <= NEAR_BYTES
}

/// Whether a byte goes on with a character.
pub(super) fn goes_on(byte: u8) -> bool {
    matches!(byte, 0x80..=0xbf)
}

/// How many bytes were read, and how many written.  The last of those read may be a part of a character.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn decode_blocks(raw: &[u8], room: &mut Room) -> (usize, usize) {
    let meant = meant_by();
    let (mut read, mut written) = (0, 0);
    // A bit for each byte of the next block that belongs to a reference of this.
    let mut gone_ahead = 0_u64;
    while let (Some(window), Some(to)) = (
        raw[read..].first_chunk::<{ BLOCK_BYTES + REACH_BYTES }>(),
        room[written..].first_chunk_mut::<BLOCK_BYTES>(),
    ) {
        prefetch(raw, read + AHEAD_BYTES);
        let block = load::<0, _>(window);
        let Some(references) = references(block, window) else {
            break;
        };
        let (gone, gone_behind) = references.behind();
        // Halves of the letters behind `&` tell them from each other, but for their lowest bits.
        let letters = _mm512_and_si512(
            _mm512_srli_epi16::<1>(load::<1, _>(window)),
            _mm512_set1_epi8(0x0f),
        );
        let decoded = _mm512_mask_shuffle_epi8(block, references.all, meant, letters);
        let kept = !(gone | gone_ahead);
        // SAFETY: the store fills the 64 bytes of `to`, however they are aligned.
        unsafe {
            _mm512_storeu_si512(
                to.as_mut_ptr().cast(),
                _mm512_maskz_compress_epi8(kept, decoded),
            );
        }
        gone_ahead = gone_behind;
        read += BLOCK_BYTES;
        written += kept.count_ones() as usize;
    }
    (read + gone_ahead.trailing_ones() as usize, written)
}

/// The references of a block: a bit for each, where it begins.
struct References {
    all: u64,
    /// Those of five bytes or more.
    five: u64,
    /// Those of six.
    six: u64,
}

/// The references of a block; `None` if it holds another, or a CR.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn references(block: __m512i, window: &Window) -> Option<References> {
    let all = equal(u64::MAX, block, b'&');
    let next = load::<1, _>(window);
    // By their first letters, for all are references: `&lt;`, `&gt;`, `&quot;`, …
    let four = equal(all, next, b'l') | equal(all, next, b'g');
    let quotes = equal(all, next, b'q');
    // … `&amp;`, not `&apos;`, …
    let ampersands = equal(equal(all, next, b'a'), load::<2, _>(window), b'm');
    // … and `&#039;`, no other number.
    let mut apostrophes = equal(all, next, b'#');
    apostrophes = equal(apostrophes, load::<2, _>(window), b'0');
    apostrophes = equal(apostrophes, load::<3, _>(window), b'3');
    apostrophes = equal(apostrophes, load::<4, _>(window), b'9');
    apostrophes = equal(apostrophes, load::<5, _>(window), b';');
    let six = quotes | apostrophes;
    let five = six | ampersands;
    let is_frequent = (four | five) == all && equal(u64::MAX, block, b'\r') == 0;
    is_frequent.then_some(References { all, five, six })
}

impl References {
    /// What belongs to them behind `&`, a bit for each byte: in the block, and in the next.
    #[inline(always)]
    fn behind(&self) -> (u64, u64) {
        let Self { all, five, six } = self;
        let here = all << 1 | all << 2 | all << 3 | five << 4 | six << 5;
        let ahead = all >> 63 | all >> 62 | all >> 61 | five >> 60 | six >> 59;
        (here, ahead)
    }
}

/// Which bytes are `byte`, of those in `mask`.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn equal(mask: u64, bytes: __m512i, byte: u8) -> u64 {
    _mm512_mask_cmpeq_epi8_mask(mask, bytes, _mm512_set1_epi8(byte as i8))
}

/// What references mean, by half the letter behind `&`.
#[target_feature(enable = "avx512f")]
#[inline]
fn meant_by() -> __m512i {
    const MEANT: [u8; 16] = {
        let mut meant = [0; 16];
        let pairs = [b"l<", b"g>", b"a&", b"q\"", b"#'"];
        let mut index = 0;
        while index < pairs.len() {
            let [letter, character] = *pairs[index];
            meant[(letter / 2 % 16) as usize] = character;
            index += 1;
        }
        meant
    };
    table(&MEANT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule, without haste.
    fn plainly(raw: &str) -> String {
        [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#039;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(raw.to_owned(), |text, (reference, meant)| {
            text.replace(reference, meant)
        })
    }

    #[test]
    fn whatever_stands_at_the_edges_of_blocks() {
        let Some(avx512) = Avx512::detect() else {
            return;
        };
        let pieces = [
            "&lt;",
            "&gt;",
            "&quot;",
            "&#039;",
            "&amp;",
            "é",
            "山",
            "😀",
            "x",
            "lt;",
            "plain words",
        ];
        let mut state = 1_u32;
        for length in 0..300 {
            let mut raw = "x".repeat(length % 70);
            for _ in 0..length {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                raw.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            let mut room = near_room();
            let (read, text) = decode(avx512, &raw, &mut room);
            assert!(raw.len() - read < BLOCK_BYTES + REACH_BYTES + 3 || !has_stopped(text.len()));
            assert_eq!(text, plainly(&raw[..read]));
            assert_eq!(plainly(&raw), [text, &plainly(&raw[read..])].concat());
        }
    }

    #[test]
    fn what_is_not_frequent_is_left() {
        let Some(avx512) = Avx512::detect() else {
            return;
        };
        for rare in [
            "&apos;", "&#39;", "&#0399;", "&#x27;", "&#10;", "\r", "\r\n",
        ] {
            for before in 0..200 {
                let raw = ["é".repeat(before / 2).as_str(), rare, &"&lt;".repeat(100)].concat();
                let mut room = near_room();
                let (read, text) = decode(avx512, &raw, &mut room);
                assert!(read <= before, "{rare}");
                assert_eq!(text, &raw[..read]);
            }
        }
    }
}
