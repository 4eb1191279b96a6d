//! What can be wrong with two bytes of UTF-8.
//!
//! It is checked as by Keiser and Lemire, *Validating UTF-8 in less than one instruction per byte* (2021): three
//! tables, of the halves of a byte and of the half that follows, tell what can be wrong with the two.

/// Values of half a byte: a bit for each.
type Halves = u16;
const ANY: Halves = 0xffff;
/// High halves of bytes that go on with a character.
const ON: Halves = 0x0f00;

/// Pairs of bytes that are wrong: by the high half of the first byte, its low half, the high half of the second.
const WRONG_PAIRS: [[Halves; 3]; 8] = [
    // A character begins and does not go on.
    [0xf000, ANY, !ON],
    // What was ASCII goes on.
    [0x00ff, ANY, ON],
    // Two bytes for what fits in one.
    [1 << 0xc, 0x0003, ON],
    // Three bytes for what fits in two, and surrogates.
    [1 << 0xe, 1 << 0x0, 0x0300],
    [1 << 0xe, 1 << 0xd, 0x0c00],
    // Four bytes for what fits in three (the first of the low halves), and what is above U+10FFFF.
    [1 << 0xf, 0xffe1, 0x0100],
    [1 << 0xf, 0xfff0, 0x0e00],
    // A character goes on twice, which is right behind the begin of three bytes or more.
    [ON, ANY, ON],
];
/// The bit of the last row.
pub(super) const ON_TWICE: u8 = 1 << 7;

/// The three tables.
pub(super) const TABLES: [[u8; 16]; 3] = [table_of(0), table_of(1), table_of(2)];

/// One of them: by half a byte, a bit for each row of `WRONG_PAIRS` that it is in.
const fn table_of(which: usize) -> [u8; 16] {
    let mut table = [0; 16];
    let mut half = 0;
    while half < table.len() {
        let mut row = 0;
        while row < WRONG_PAIRS.len() {
            let is_in = WRONG_PAIRS[row][which] >> half & 1;
            table[half] |= (is_in as u8) << row;
            row += 1;
        }
        half += 1;
    }
    table
}
