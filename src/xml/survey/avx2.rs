//! The look at a chunk in vectors of 32 bytes.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_andnot_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi8,
    _mm256_cmpeq_epi64, _mm256_loadu_si256, _mm256_max_epu8, _mm256_movemask_epi8,
    _mm256_movemask_pd, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_subs_epu8, _mm256_testz_si256, _mm256_xor_si256,
};

use super::stretches::{BEFORE_BYTES, Offsets, View, Window, stretches};
use super::wrong_pairs::{ON_TWICE, TABLES};
use super::{STRETCH_BLOCKS, Stretch};
use crate::marks::{AHEAD_BYTES, BLOCK_BYTES, prefetch};
use crate::processor::avx2::{Avx2, VECTOR_BYTES, high_half, load, low_half, mask_of, table};
use crate::xml::passage::gather;

/// The bytes as text with what stands where, if all of them are legal.
pub(super) fn survey(_: Avx2, bytes: &[u8]) -> Option<(&str, Vec<Stretch>)> {
    // SAFETY: the processor has what the function was compiled for.
    let stretches = unsafe { survey_bytes(bytes) }?;
    // SAFETY: `survey_bytes` has found the bytes to be UTF-8; tests compare it with the standard library.
    Some((unsafe { str::from_utf8_unchecked(bytes) }, stretches))
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn survey_bytes(bytes: &[u8]) -> Option<Vec<Stretch>> {
    let tables = TABLES.map(|bytes| table(&bytes));
    stretches(bytes, |view, offsets| look(view, &tables, offsets))
}

/// Blocks that are looked at together for control characters, and for what only others than ASCII can do wrong: many
/// have neither, and where the next such block comes cannot be foreseen.
const GROUP_BLOCKS: usize = 8;
const GROUP_BYTES: usize = GROUP_BLOCKS * BLOCK_BYTES;
/// A group and the bytes before it.
type GroupView = [u8; BEFORE_BYTES + GROUP_BYTES];

/// What is in a stretch, and of how many references `offsets` tells, if all is legal.
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn look(view: &View, tables: &[__m256i; 3], offsets: &mut Offsets) -> Option<(Stretch, usize)> {
    let mut ends = [0; STRETCH_BLOCKS];
    let mut codes = [0; STRETCH_BLOCKS];
    let mut wrong = _mm256_setzero_si256();
    let mut count = 0;
    for group in 0..STRETCH_BLOCKS / GROUP_BLOCKS {
        let view: &GroupView = view[group * GROUP_BYTES..].first_chunk()?;
        let mut highest = load::<0, _>(view);
        let mut controls = _mm256_setzero_si256();
        for index in 0..GROUP_BLOCKS {
            let window = view[index * BLOCK_BYTES..].first_chunk()?;
            prefetch(window, AHEAD_BYTES);
            let index = group * GROUP_BLOCKS + index;
            let halves = halves(window);
            ends[index] = has(halves, b'<');
            let references = equal(halves, b'&');
            codes[index] = references;
            let offset_of = |bit| (index * BLOCK_BYTES + bit) as u16;
            count = gather(offsets, count, references, offset_of);
            controls = or(controls, or(unusual(halves[0]), unusual(halves[1])));
            highest = _mm256_max_epu8(highest, _mm256_max_epu8(halves[0], halves[1]));
        }
        if is_any(controls) {
            let codes = codes[group * GROUP_BLOCKS..].first_chunk_mut()?;
            wrong = or(wrong, note_controls(view, codes)?);
        }
        if _mm256_movemask_epi8(highest) != 0 {
            wrong = or(wrong, in_halves(view, |half| broken_utf8(tables, half))?);
            if is_any(_mm256_subs_epu8(highest, all(0xee))) {
                wrong = or(wrong, in_halves(view, |half| noncharacters(half))?);
            }
        }
    }
    if is_any(wrong) {
        return None;
    }
    let stretch = Stretch {
        ends: nonzero(&ends),
        codes: nonzero(&codes),
        odd: 0,
    };
    Some((stretch, count))
}

/// The vectors of a block.
#[target_feature(enable = "avx2")]
#[inline]
fn halves(window: &Window) -> [__m256i; 2] {
    [
        load::<BEFORE_BYTES, _>(window),
        load::<{ BEFORE_BYTES + VECTOR_BYTES }, _>(window),
    ]
}

/// Bits that are set where control characters other than LF stand.
#[target_feature(enable = "avx2")]
#[inline]
fn unusual(half: __m256i) -> __m256i {
    let control = _mm256_subs_epu8(all(b' '), half);
    _mm256_andnot_si256(is(half, b'\n'), control)
}

/// Adds CR to the codes of a group; gives bits that are set where control characters stand that XML does not allow.
#[cold]
#[target_feature(enable = "avx2")]
fn note_controls(view: &GroupView, codes: &mut [u64; GROUP_BLOCKS]) -> Option<__m256i> {
    for (index, codes) in codes.iter_mut().enumerate() {
        *codes |= equal(halves(view[index * BLOCK_BYTES..].first_chunk()?), b'\r');
    }
    in_halves(view, |half| {
        let half = load::<BEFORE_BYTES, _>(half);
        let allowed = or(is(half, b'\t'), is(half, b'\r'));
        _mm256_andnot_si256(allowed, unusual(half))
    })
}

/// Which bytes are `byte`.
#[target_feature(enable = "avx2")]
#[inline]
fn is(half: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(half, all(byte))
}

/// A bit for each byte of a block that is `byte`.
#[target_feature(enable = "avx2")]
#[inline]
fn equal(halves: [__m256i; 2], byte: u8) -> u64 {
    mask_of([is(halves[0], byte), is(halves[1], byte)])
}

/// Not zero if any byte of a block is `byte`.
#[target_feature(enable = "avx2")]
#[inline]
fn has(halves: [__m256i; 2], byte: u8) -> u64 {
    let found = _mm256_movemask_epi8(or(is(halves[0], byte), is(halves[1], byte)));
    u64::from(found as u32)
}

#[target_feature(enable = "avx2")]
#[inline]
fn or(first: __m256i, second: __m256i) -> __m256i {
    _mm256_or_si256(first, second)
}

/// Whether any bit is set.
#[target_feature(enable = "avx2")]
#[inline]
fn is_any(bits: __m256i) -> bool {
    _mm256_testz_si256(bits, bits) == 0
}

/// A bit for each word that is not zero.
#[target_feature(enable = "avx2")]
#[inline]
fn nonzero(words: &[u64; STRETCH_BLOCKS]) -> u64 {
    let mut zeros = 0;
    for (index, four) in words.as_chunks::<4>().0.iter().enumerate() {
        // SAFETY: the load takes the 32 bytes of the words, however they are aligned.
        let four = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
        let are_zero = _mm256_cmpeq_epi64(four, _mm256_setzero_si256());
        let bits = _mm256_movemask_pd(_mm256_castsi256_pd(are_zero)) as u64;
        zeros |= bits << (4 * index);
    }
    !zeros
}

/// Bits that are set where `look` sets them in some half block of a group.
#[target_feature(enable = "avx2")]
#[inline]
fn in_halves(view: &GroupView, look: impl Fn(&HalfWindow) -> __m256i) -> Option<__m256i> {
    let mut bits = _mm256_setzero_si256();
    for at in (0..GROUP_BYTES).step_by(BLOCK_BYTES) {
        bits = or(bits, look(view[at..].first_chunk()?));
        bits = or(bits, look(view[at + VECTOR_BYTES..].first_chunk()?));
    }
    Some(bits)
}

/// Half a block and the bytes before it.
type HalfWindow = [u8; BEFORE_BYTES + VECTOR_BYTES];

/// Bits that are set where the half block has the last byte of U+FFFE or U+FFFF.
#[target_feature(enable = "avx2")]
#[inline]
fn noncharacters(half: &HalfWindow) -> __m256i {
    let first = is(load::<{ BEFORE_BYTES - 2 }, _>(half), 0xef);
    let second = is(load::<{ BEFORE_BYTES - 1 }, _>(half), 0xbf);
    // 0xbe and 0xbf, for nothing above goes on with a character.
    let third = _mm256_subs_epu8(load::<BEFORE_BYTES, _>(half), all(0xbd));
    _mm256_and_si256(_mm256_and_si256(first, second), third)
}

/// Bits that are set where the half block is not UTF-8.
#[target_feature(enable = "avx2")]
#[inline]
fn broken_utf8(tables: &[__m256i; 3], half: &HalfWindow) -> __m256i {
    let block = load::<BEFORE_BYTES, _>(half);
    let one_before = load::<{ BEFORE_BYTES - 1 }, _>(half);
    let [first_high, first_low, second_high] = *tables;
    let first = _mm256_and_si256(
        _mm256_shuffle_epi8(first_high, high_half(one_before)),
        _mm256_shuffle_epi8(first_low, low_half(one_before)),
    );
    let wrong = _mm256_and_si256(first, _mm256_shuffle_epi8(second_high, high_half(block)));
    // A byte two behind the begin of three or more, or three behind that of four, has to go on.
    let third = _mm256_subs_epu8(load::<{ BEFORE_BYTES - 2 }, _>(half), all(0xe0 - ON_TWICE));
    let fourth = _mm256_subs_epu8(load::<{ BEFORE_BYTES - 3 }, _>(half), all(0xf0 - ON_TWICE));
    let goes_on = _mm256_and_si256(or(third, fourth), all(ON_TWICE));
    _mm256_xor_si256(goes_on, wrong)
}

/// A vector of one byte.
#[target_feature(enable = "avx2")]
#[inline]
fn all(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte as i8)
}
