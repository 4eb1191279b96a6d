//! SHA-1's compression in the sixteen lanes of AVX-512: a message in each.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_loadu_si512, _mm512_rol_epi32, _mm512_set1_epi32,
    _mm512_set4_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_shuffle_i32x4,
    _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::{Block, State};

/// How many messages stand side by side.
pub(super) const LANES: usize = 16;

/// Shows that the machine has what is needed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avx512(());

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        let is_there = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw");
        is_there.then_some(Self(()))
    }

    /// Takes the blocks of sixteen messages into their states, as many of each as the shortest has.
    pub(super) fn compress(self, states: &mut [State; LANES], messages: &[&[Block]; LANES]) {
        // SAFETY: only `detect` makes one of these, where it has seen the features.
        unsafe { compress(states, messages) }
    }
}

/// The functions of three words, as tables of three bits, and the constants of the four times twenty rounds.
const CHOOSE: i32 = 0xca;
const PARITY: i32 = 0x96;
const MAJORITY: i32 = 0xe8;
const CONSTANTS: [u32; 4] = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6];

#[target_feature(enable = "avx512f,avx512bw")]
fn compress(states: &mut [State; LANES], messages: &[&[Block]; LANES]) {
    let mut state = gathered(states);
    let count = messages.iter().map(|blocks| blocks.len()).min();
    for index in 0..count.unwrap_or_default() {
        let words = words_of(messages, index);
        let worked = rounds(state, words);
        for (word, worked) in state.iter_mut().zip(worked) {
            *word = _mm512_add_epi32(*word, worked);
        }
    }
    scatter(state, states);
}

/// The eighty rounds.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn rounds(state: [__m512i; 5], mut words: [__m512i; 16]) -> [__m512i; 5] {
    let [mut a, mut b, mut c, mut d, mut e] = state;
    // Macros, so that all indexes are constants and all words stay in registers.
    macro_rules! round {
        ($round:expr, $function:expr, $constant:expr) => {{
            const AT: usize = $round % 16;
            if $round >= 16 {
                let (w2, w8, w13) = ((AT + 2) % 16, (AT + 8) % 16, (AT + 13) % 16);
                let three = _mm512_ternarylogic_epi32::<PARITY>(words[AT], words[w2], words[w8]);
                words[AT] = _mm512_rol_epi32::<1>(_mm512_xor_si512(three, words[w13]));
            }
            let mixed = _mm512_ternarylogic_epi32::<{ $function }>(b, c, d);
            let known = _mm512_add_epi32(_mm512_add_epi32(e, $constant), words[AT]);
            let sum = _mm512_add_epi32(known, mixed);
            let turned = _mm512_rol_epi32::<30>(b);
            (b, c, d, e) = (a, turned, c, d);
            a = _mm512_add_epi32(sum, _mm512_rol_epi32::<5>(a));
        }};
    }
    macro_rules! twenty_rounds {
        ($part:literal, $function:expr) => {{
            let constant = _mm512_set1_epi32(CONSTANTS[$part] as i32);
            twenty_rounds!($part, $function, constant,
                0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19);
        }};
        ($part:literal, $function:expr, $constant:expr, $($round:literal)*) => {
            $(round!(20 * $part + $round, $function, $constant);)*
        };
    }
    twenty_rounds!(0, CHOOSE);
    twenty_rounds!(1, PARITY);
    twenty_rounds!(2, MAJORITY);
    twenty_rounds!(3, PARITY);
    [a, b, c, d, e]
}

/// The sixteen words of each message's block, the first words of all in the first vector and so on.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn words_of(messages: &[&[Block]; LANES], index: usize) -> [__m512i; 16] {
    let big_endian = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    let mut rows = [_mm512_setzero_si512(); 16];
    for (row, blocks) in rows.iter_mut().zip(messages) {
        *row = _mm512_shuffle_epi8(load(&blocks[index]), big_endian);
    }
    transposed(rows)
}

/// Rows become columns: of single words, of pairs, then of quarters of a vector.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed(rows: [__m512i; 16]) -> [__m512i; 16] {
    let mut pairs = rows;
    for (to, from) in pairs.chunks_exact_mut(2).zip(rows.chunks_exact(2)) {
        to[0] = _mm512_unpacklo_epi32(from[0], from[1]);
        to[1] = _mm512_unpackhi_epi32(from[0], from[1]);
    }
    // The vector `j` of a group has in its quarter `k` the word `4 * k + j` of four rows.
    let mut groups = pairs;
    for (to, from) in groups.chunks_exact_mut(4).zip(pairs.chunks_exact(4)) {
        to[0] = _mm512_unpacklo_epi64(from[0], from[2]);
        to[1] = _mm512_unpackhi_epi64(from[0], from[2]);
        to[2] = _mm512_unpacklo_epi64(from[1], from[3]);
        to[3] = _mm512_unpackhi_epi64(from[1], from[3]);
    }
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    let mut columns = groups;
    for j in 0..4 {
        let [a, b, c, d] = [groups[j], groups[4 + j], groups[8 + j], groups[12 + j]];
        let even = [
            _mm512_shuffle_i32x4::<EVEN>(a, b),
            _mm512_shuffle_i32x4::<EVEN>(c, d),
        ];
        let odd = [
            _mm512_shuffle_i32x4::<ODD>(a, b),
            _mm512_shuffle_i32x4::<ODD>(c, d),
        ];
        columns[j] = _mm512_shuffle_i32x4::<EVEN>(even[0], even[1]);
        columns[4 + j] = _mm512_shuffle_i32x4::<EVEN>(odd[0], odd[1]);
        columns[8 + j] = _mm512_shuffle_i32x4::<ODD>(even[0], even[1]);
        columns[12 + j] = _mm512_shuffle_i32x4::<ODD>(odd[0], odd[1]);
    }
    columns
}

/// The states of all lanes, word by word.
#[target_feature(enable = "avx512f")]
fn gathered(states: &[State; LANES]) -> [__m512i; 5] {
    let mut words = [_mm512_setzero_si512(); 5];
    for (index, word) in words.iter_mut().enumerate() {
        *word = load(&states.map(|state| state[index]));
    }
    words
}

/// The other way.
#[target_feature(enable = "avx512f")]
fn scatter(words: [__m512i; 5], states: &mut [State; LANES]) {
    for (index, word) in words.into_iter().enumerate() {
        let mut lanes = [0_u32; LANES];
        // SAFETY: the store fills the 64 bytes of `lanes`, however they are aligned.
        unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), word) };
        for (state, lane) in states.iter_mut().zip(lanes) {
            state[index] = lane;
        }
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load<T: Vector>(from: &T) -> __m512i {
    // SAFETY: the load takes the 64 bytes of `from`, however they are aligned.
    unsafe { _mm512_loadu_si512(std::ptr::from_ref(from).cast()) }
}

/// What is 64 bytes, each of which means something.
trait Vector {}
impl Vector for Block {}
impl Vector for [u32; LANES] {}
