//! The look at a chunk in vectors of 64 bytes.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask,
    _mm512_cmpneq_epi8_mask, _mm512_cvtepu8_epi16, _mm512_loadu_si512, _mm512_mask_cmpeq_epi8_mask,
    _mm512_mask_cmpge_epu8_mask, _mm512_mask_cmplt_epu8_mask, _mm512_maskz_compress_epi8,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_storeu_si512, _mm512_subs_epu8, _mm512_ternarylogic_epi32,
    _mm512_test_epi8_mask, _mm512_test_epi64_mask, _mm512_xor_si512,
};

use super::stretches::{BEFORE_BYTES, Offsets, View, Window, stretches};
use super::wrong_pairs::{ON_TWICE, TABLES};
use super::{STRETCH_BLOCKS, Stretch};
use crate::marks::{AHEAD_BYTES, BLOCK_BYTES, prefetch};
use crate::processor::avx512::{Avx512, high_half, load, low_half, table};

/// The bytes as text with what stands where, if all of them are legal.
pub(super) fn survey(_: Avx512, bytes: &[u8]) -> Option<(&str, Vec<Stretch>)> {
    // SAFETY: the processor has what the function was compiled for.
    let stretches = unsafe { survey_bytes(bytes) }?;
    // SAFETY: `survey_bytes` has found the bytes to be UTF-8; tests compare it with the standard library.
    Some((unsafe { str::from_utf8_unchecked(bytes) }, stretches))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt")]
fn survey_bytes(bytes: &[u8]) -> Option<Vec<Stretch>> {
    let tables = Tables::new();
    stretches(bytes, |view, offsets| look(view, &tables, offsets))
}

/// What is in a stretch, and of how many references `offsets` tells, if all is legal.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt")]
fn look(view: &View, tables: &Tables, offsets: &mut Offsets) -> Option<(Stretch, usize)> {
    let mut ends = [0; STRETCH_BLOCKS];
    let mut codes = [0; STRETCH_BLOCKS];
    let mut broken = _mm512_setzero_si512();
    let (mut illegal, mut count, mut counts) = (0, 0, 0);
    for index in 0..STRETCH_BLOCKS {
        let window = view[index * BLOCK_BYTES..].first_chunk()?;
        prefetch(window, AHEAD_BYTES);
        let marks = marks(window);
        ends[index] = marks.ends;
        codes[index] = marks.codes;
        let room = offsets[count..].first_chunk_mut()?;
        note_offsets(tables, marks.references, index * BLOCK_BYTES, room);
        let count_here = marks.references.count_ones() as usize;
        count += count_here;
        counts |= count_here;
        illegal |= marks.illegal | noncharacters(window);
        broken = _mm512_or_si512(broken, broken_utf8(tables, window));
    }
    if illegal != 0 || _mm512_test_epi8_mask(broken, broken) != 0 {
        return None;
    }
    let stretch = Stretch {
        ends: nonzero(&ends),
        codes: nonzero(&codes),
        // Where offsets may have been left out, nothing is known.
        odd: if counts >= LANES { u64::MAX } else { 0 },
    };
    Some((stretch, count))
}

/// What stands in a block: a bit for each byte.
struct Marks {
    ends: u64,
    codes: u64,
    references: u64,
    /// Control characters that XML does not allow.
    illegal: u64,
}

#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn marks(window: &Window) -> Marks {
    let block = load::<BEFORE_BYTES, _>(window);
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte as i8));
    let references = is(b'&');
    let mut marks = Marks {
        ends: is(b'<'),
        codes: references,
        references,
        illegal: 0,
    };
    let no_line_end = _mm512_cmpneq_epi8_mask(block, _mm512_set1_epi8(b'\n' as i8));
    let controls = _mm512_mask_cmplt_epu8_mask(no_line_end, block, _mm512_set1_epi8(0x20));
    if controls != 0 {
        marks.codes |= is(b'\r');
        marks.illegal = controls & !is(b'\r') & !is(b'\t');
    }
    marks
}

/// Where a block has the last byte of U+FFFE or U+FFFF.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn noncharacters(window: &Window) -> u64 {
    let vector = |byte: u8| _mm512_set1_epi8(byte as i8);
    let first = _mm512_cmpeq_epi8_mask(load::<{ BEFORE_BYTES - 2 }, _>(window), vector(0xef));
    if first == 0 {
        return 0;
    }
    let second = load::<{ BEFORE_BYTES - 1 }, _>(window);
    let both = _mm512_mask_cmpeq_epi8_mask(first, second, vector(0xbf));
    _mm512_mask_cmpge_epu8_mask(both, load::<BEFORE_BYTES, _>(window), vector(0xbe))
}

/// Bits that are set where the block is not UTF-8.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn broken_utf8(tables: &Tables, window: &Window) -> __m512i {
    let block = load::<BEFORE_BYTES, _>(window);
    let one_before = load::<{ BEFORE_BYTES - 1 }, _>(window);
    let [first_high, first_low, second_high] = tables.wrong_pairs;
    let wrong = _mm512_ternarylogic_epi32::<ALL>(
        _mm512_shuffle_epi8(first_high, high_half(one_before)),
        _mm512_shuffle_epi8(first_low, low_half(one_before)),
        _mm512_shuffle_epi8(second_high, high_half(block)),
    );
    // A byte two behind the begin of three or more, or three behind that of four, has to go on.
    let from = |least: u8| _mm512_set1_epi8((least - ON_TWICE) as i8);
    let third = _mm512_subs_epu8(load::<{ BEFORE_BYTES - 2 }, _>(window), from(0xe0));
    let fourth = _mm512_subs_epu8(load::<{ BEFORE_BYTES - 3 }, _>(window), from(0xf0));
    let on_twice = _mm512_set1_epi8(ON_TWICE as i8);
    let goes_on = _mm512_ternarylogic_epi32::<FIRST_AND_ANY>(on_twice, third, fourth);
    _mm512_xor_si512(goes_on, wrong)
}

/// A bit for each word that is not zero.
#[target_feature(enable = "avx512f")]
#[inline]
fn nonzero(words: &[u64; STRETCH_BLOCKS]) -> u64 {
    let mut bits = 0;
    for (index, eight) in words.as_chunks::<8>().0.iter().enumerate() {
        // SAFETY: the load takes the 64 bytes of the words, however they are aligned.
        let eight = unsafe { _mm512_loadu_si512(eight.as_ptr().cast()) };
        bits |= u64::from(_mm512_test_epi64_mask(eight, eight)) << (8 * index);
    }
    bits
}

/// Offsets are written so many at a time, wanted or not.
const LANES: usize = 32;

/// Writes the offsets of references, a bit for each, that stand in the block at `begin`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
#[inline]
fn note_offsets(tables: &Tables, references: u64, begin: usize, room: &mut [u16; LANES]) {
    let places = _mm512_maskz_compress_epi8(references, tables.places);
    let places = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places));
    let offsets = _mm512_add_epi16(places, _mm512_set1_epi16(begin as i16));
    // SAFETY: the store fills the 64 bytes of `room`, however they are aligned.
    unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), offsets) };
}

// Functions of three bits, as `ternarylogic` has them.
const ALL: i32 = 0x80;
const FIRST_AND_ANY: i32 = 0xe0;

/// What stays in registers.
struct Tables {
    /// `TABLES`.
    wrong_pairs: [__m512i; 3],
    /// Offsets of a block's bytes.
    places: __m512i,
}

impl Tables {
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        let mut places = [0; BLOCK_BYTES];
        for (at, place) in places.iter_mut().enumerate() {
            *place = at as u8;
        }
        Self {
            wrong_pairs: TABLES.map(|bytes| table(&bytes)),
            places: load::<0, _>(&places),
        }
    }
}
