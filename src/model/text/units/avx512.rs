//! UTF-8 to UTF-16 in the vectors of AVX-512.
//!
//! Each byte that ends a character becomes a unit of 16 bits, together with the two bytes before it; the units of
//! bytes that end none are squeezed out.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_castsi512_si256, _mm512_cmpge_epu8_mask,
    _mm512_cmplt_epi8_mask, _mm512_cvtepu8_epi16, _mm512_extracti64x4_epi64, _mm512_mask_sub_epi16,
    _mm512_maskz_compress_epi16, _mm512_maskz_mov_epi16, _mm512_movepi8_mask, _mm512_set1_epi8,
    _mm512_set1_epi16, _mm512_slli_epi16, _mm512_storeu_si512, _mm512_ternarylogic_epi32,
};

use crate::marks::BLOCK_BYTES;
use crate::model::text::references::goes_on;
use crate::processor::avx512::{Avx512, load};

/// Units that are written together.
const LANES: usize = 32;
/// The bytes of a character before its last that a unit is made of.
pub(super) const BEFORE_BYTES: usize = 2;
/// A block, the bytes before it, and the one behind it.
type Window = [u8; BEFORE_BYTES + BLOCK_BYTES + 1];

/// Writes the units of `bytes` from the offset `BEFORE_BYTES` on, where a character begins, up to the first that takes
/// two units or to the last bytes.  Gives the offset of the first byte that was not read, where a character begins too,
/// and how many units there are.
pub(super) fn transcode(_: Avx512, bytes: &[u8], out: &mut [u16]) -> (usize, usize) {
    // SAFETY: the processor has what the function was compiled for.
    let (mut read, written) = unsafe { transcode_blocks(bytes, out) };
    // Of a character whose end was not reached nothing was written.
    while read > BEFORE_BYTES && bytes.get(read).is_some_and(|byte| goes_on(*byte)) {
        read -= 1;
    }
    (read, written)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn transcode_blocks(bytes: &[u8], out: &mut [u16]) -> (usize, usize) {
    let (mut read, mut written) = (BEFORE_BYTES, 0);
    while let (Some(window), Some(to)) = (
        bytes
            .get(read - BEFORE_BYTES..)
            .and_then(|rest| rest.first_chunk::<{ size_of::<Window>() }>()),
        out.get_mut(written..)
            .and_then(|rest| rest.first_chunk_mut::<BLOCK_BYTES>()),
    ) {
        let block = load::<BEFORE_BYTES, _>(window);
        let last = halves(block);
        let is_ascii = _mm512_movepi8_mask(block) == 0;
        let count = if is_ascii {
            store(last[0], to, 0);
            store(last[1], to, LANES);
            BLOCK_BYTES
        } else {
            if _mm512_cmpge_epu8_mask(block, _mm512_set1_epi8(0xf0_u8 as i8)) != 0 {
                break;
            }
            let ends = !continuations(load::<{ BEFORE_BYTES + 1 }, _>(window));
            let second = continuations(block);
            let before = load::<{ BEFORE_BYTES - 1 }, _>(window);
            let third = second & continuations(before);
            let first = halves(load::<{ BEFORE_BYTES - 2 }, _>(window));
            let middle = halves(before);
            let mut count = 0;
            for half in 0..2 {
                let of_half = |mask: u64| (mask >> (LANES * half)) as u32;
                let bytes = [first[half], middle[half], last[half]];
                let units = units(bytes, of_half(second), of_half(third));
                store(_mm512_maskz_compress_epi16(of_half(ends), units), to, count);
                count += of_half(ends).count_ones() as usize;
            }
            count
        };
        read += BLOCK_BYTES;
        written += count;
    }
    (read, written)
}

/// The units of characters whose last bytes are these 32, by the bytes themselves, those before them and those before
/// these.  Bits tell which of them are the second of a character or a later one, and which the third.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn units([first, middle, last]: [__m512i; 3], second: u32, third: u32) -> __m512i {
    let six_bits = _mm512_set1_epi16(0x3f);
    let middle = _mm512_slli_epi16::<6>(_mm512_and_si512(middle, six_bits));
    let last = _mm512_mask_sub_epi16(last, second, last, _mm512_set1_epi16(0x80));
    // Of the first of three bytes only the four bits that count are left.
    let first = _mm512_maskz_mov_epi16(third, _mm512_slli_epi16::<12>(first));
    _mm512_ternarylogic_epi32::<ANY>(last, _mm512_maskz_mov_epi16(second, middle), first)
}

/// Of three bits, as `ternarylogic` has it.
const ANY: i32 = 0xfe;

/// Which bytes go on with a character.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn continuations(bytes: __m512i) -> u64 {
    _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(0xc0_u8 as i8))
}

/// The halves of a block, each byte as a unit.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn halves(bytes: __m512i) -> [__m512i; 2] {
    let (low, high) = (
        _mm512_castsi512_si256(bytes),
        _mm512_extracti64x4_epi64::<1>(bytes),
    );
    [_mm512_cvtepu8_epi16(low), _mm512_cvtepu8_epi16(high)]
}

/// Writes units behind so many others.
#[target_feature(enable = "avx512f")]
#[inline]
fn store(units: __m512i, to: &mut [u16; BLOCK_BYTES], at: usize) {
    if let Some(to) = to[at..].first_chunk_mut::<LANES>() {
        // SAFETY: the store fills the 64 bytes of 32 units, however they are aligned.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), units) };
    }
}
