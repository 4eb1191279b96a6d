//! The list of bytes that symbols are places in.

/// A list of the numbers 0 to 255, of which any can be moved to the front.
pub(super) trait MoveToFront {
    /// Moves what stands at `place` to the front; gives it.
    fn step(&mut self, place: u8) -> u8;
}

const ROW_BYTES: usize = 16;

/// The list for any machine, in rows of sixteen.
pub(super) struct PortableList([u128; 16]);

impl PortableList {
    pub(super) fn new() -> Self {
        Self(rows())
    }
}

impl MoveToFront for PortableList {
    #[inline(always)]
    fn step(&mut self, place: u8) -> u8 {
        let place = usize::from(place);
        let byte = byte_at(&self.0, place);
        move_up(&mut self.0, place, byte);
        byte
    }
}

/// Rows of the numbers in order, the first number in the lowest byte.
fn rows<const ROWS: usize>() -> [u128; ROWS] {
    std::array::from_fn(|row| {
        u128::from_le_bytes(std::array::from_fn(|at| (row * ROW_BYTES + at) as u8))
    })
}

#[inline(always)]
fn byte_at(rows: &[u128], place: usize) -> u8 {
    (rows[place / ROW_BYTES] >> (place % ROW_BYTES * 8)) as u8
}

/// Moves everything before `place` one up, over what stands there, and puts `first` in front.
#[inline(always)]
fn move_up(rows: &mut [u128], place: usize, first: u8) {
    let (before, rest) = rows.split_at_mut(place / ROW_BYTES);
    let mut carried = u128::from(first);
    for row in before {
        let last = *row >> 120;
        *row = *row << 8 | carried;
        carried = last;
    }
    if let Some(row) = rest.first_mut() {
        let kept = u128::MAX << (place % ROW_BYTES * 8) << 8;
        *row = *row & kept | (*row << 8 | carried) & !kept;
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use shuffled::ShuffledList;

#[cfg(target_arch = "x86_64")]
mod shuffled {
    use std::arch::x86_64::{
        __m128i, _mm_alignr_epi8, _mm_cvtsi32_si128, _mm_extract_epi8, _mm_or_si128,
        _mm_shuffle_epi8, _mm_slli_si128,
    };

    use super::{MoveToFront, ROW_BYTES, byte_at, move_up, rows};

    /// The list with its first 32 numbers in two registers: moving one of them is four shuffles
    /// and no branch.
    pub(in super::super) struct ShuffledList {
        low: __m128i,
        high: __m128i,
        rest: [u128; 14],
        _proof: Proof,
    }

    /// That the machine has the instructions.  Only [`ShuffledList::new`] makes one.
    struct Proof;

    /// Numbers in registers.
    const NEAR: usize = 2 * ROW_BYTES;

    impl ShuffledList {
        #[target_feature(enable = "ssse3,sse4.1")]
        pub(in super::super) fn new() -> Self {
            let mut list = Self {
                low: _mm_cvtsi32_si128(0),
                high: _mm_cvtsi32_si128(0),
                rest: [0; 14],
                _proof: Proof,
            };
            let all: [u128; 16] = rows();
            list.rest.copy_from_slice(&all[2..]);
            // Pushing numbers to the front, the last first, builds the registers.
            for number in (0..NEAR as i32).rev() {
                list.push(number);
            }
            list
        }

        /// Puts `byte` in front of the registers; gives what they have no room for.
        #[inline]
        #[target_feature(enable = "ssse3,sse4.1")]
        fn push(&mut self, byte: i32) -> u8 {
            let out = _mm_extract_epi8::<15>(self.high);
            self.high = _mm_alignr_epi8::<15>(self.high, self.low);
            self.low = _mm_or_si128(_mm_slli_si128::<1>(self.low), _mm_cvtsi32_si128(byte));
            out as u8
        }

        #[inline]
        #[target_feature(enable = "ssse3,sse4.1")]
        fn step_near(&mut self, place: usize) -> u8 {
            let [low_low, low_high, high_low, high_high] = SHUFFLES[place % NEAR];
            let (low, high) = (self.low, self.high);
            self.low = _mm_or_si128(
                _mm_shuffle_epi8(low, low_low),
                _mm_shuffle_epi8(high, low_high),
            );
            self.high = _mm_or_si128(
                _mm_shuffle_epi8(low, high_low),
                _mm_shuffle_epi8(high, high_high),
            );
            _mm_extract_epi8::<0>(self.low) as u8
        }

        #[inline]
        #[target_feature(enable = "ssse3,sse4.1")]
        fn step_far(&mut self, place: usize) -> u8 {
            let byte = byte_at(&self.rest, place - NEAR);
            let carried = self.push(i32::from(byte));
            move_up(&mut self.rest, place - NEAR, carried);
            byte
        }
    }

    impl MoveToFront for ShuffledList {
        #[inline(always)]
        fn step(&mut self, place: u8) -> u8 {
            let place = usize::from(place);
            if place < NEAR {
                // SAFETY: a list exists, so `new` was called, on a machine with these features.
                unsafe { self.step_near(place) }
            } else {
                // SAFETY: as above.
                unsafe { self.step_far(place) }
            }
        }
    }

    /// For each place: which bytes of the low and of the high register become the low one's, and
    /// which the high one's.
    static SHUFFLES: [[__m128i; 4]; NEAR] = {
        let mut shuffles = [[[NONE; ROW_BYTES]; 4]; NEAR];
        let mut place = 0;
        while place < NEAR {
            let mut to = 0;
            while to < NEAR {
                let from = match to {
                    0 => place,
                    _ if to <= place => to - 1,
                    _ => to,
                };
                let which = to / ROW_BYTES * 2 + from / ROW_BYTES;
                shuffles[place][which][to % ROW_BYTES] = (from % ROW_BYTES) as u8;
                to += 1;
            }
            place += 1;
        }
        // SAFETY: both are arrays of as many bytes, and any bytes are a register.
        unsafe { std::mem::transmute::<[[[u8; ROW_BYTES]; 4]; NEAR], _>(shuffles) }
    };

    /// Makes a shuffle write a zero.
    const NONE: u8 = 0x80;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut list: impl MoveToFront, name: &str) {
        let mut expected: Vec<u8> = (0..=255).collect();
        let mut random = 12345u32;
        for step in 0..200_000u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Every place, and near ones more often.
            let place = (random >> 24) as u8 >> (random >> 8 & 7);
            let byte = expected.remove(usize::from(place));
            expected.insert(0, byte);
            assert_eq!(list.step(place), byte, "{name}, step {step}, place {place}");
        }
    }

    #[test]
    fn lists_agree_with_a_vector() {
        check(PortableList::new(), "portable");
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("sse4.1") {
            // SAFETY: the machine has SSE4.1, and SSSE3 before it.
            check(unsafe { ShuffledList::new() }, "shuffled");
        }
    }
}
