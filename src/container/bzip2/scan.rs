//! Finding where blocks and end marks may begin.

use super::bits;

/// The mark in front of a block: the digits of π.
pub(super) const BLOCK_MARK: u64 = 0x3141_5926_5359;
/// The mark at the end of a stream: the digits of √π.
pub(super) const END_MARK: u64 = 0x1772_4538_5090;
/// Length of either mark.
pub(super) const MARK_BITS: u32 = 48;

/// What a mark announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A block may begin here.
    Block,
    /// A stream may end here.
    End,
}

/// A place where a mark stands, by chance or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Offset of the mark's first bit from the start of the scanned bytes.
    pub offset_bits: u64,
    /// Which mark.
    pub mark: Mark,
}

/// The candidates in `bytes` that begin at or behind `from_bits` and lie whole in `bytes`, in
/// order.
///
/// Wherever a mark begins, at least five whole bytes of it stand in the file.  Among the first
/// four of these is one at an offset divisible by four, so it is enough to look at two bytes in
/// every four and to compare all 48 bits only where these can belong to a mark.
pub fn candidates(bytes: &[u8], from_bits: u64) -> Candidates<'_> {
    Candidates {
        bytes,
        next_bits: from_bits,
        probe: (from_bits / 8) as usize / PROBE_STEP_BYTES * PROBE_STEP_BYTES,
        found: Vec::new(),
    }
}

/// See [`candidates`].
pub struct Candidates<'a> {
    bytes: &'a [u8],
    /// Candidates before this bit have been given out or were not asked for.
    next_bits: u64,
    /// The next byte offset to look at.
    probe: usize,
    /// Found round the last probe and not yet given out, last first.
    found: Vec<Candidate>,
}

const PROBE_STEP_BYTES: usize = 4;

impl Iterator for Candidates<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        loop {
            if let Some(candidate) = self.found.pop() {
                self.next_bits = candidate.offset_bits + 1;
                return Some(candidate);
            }
            let probe = self.next_hit()?;
            self.look_round(probe);
        }
    }
}

impl Candidates<'_> {
    /// The next probed offset whose two bytes can be inside a mark.
    fn next_hit(&mut self) -> Option<usize> {
        let rest = self.bytes.get(self.probe..)?;
        let steps = rest.chunks(PROBE_STEP_BYTES);
        let hit = steps
            .take_while(|step| step.len() >= 2)
            .position(|step| CAN_BE_INSIDE.contains(u16::from_be_bytes([step[0], step[1]])))?;
        let probe = self.probe + hit * PROBE_STEP_BYTES;
        self.probe = probe + PROBE_STEP_BYTES;
        Some(probe)
    }

    /// Compares all bits at the offsets from which a mark's whole bytes reach over `probe` and
    /// for which `probe` is the first divisible by four.
    fn look_round(&mut self, probe: usize) {
        let last = probe as u64 * 8;
        let first = last.saturating_sub(PROBE_STEP_BYTES as u64 * 8 - 1);
        for offset_bits in (first.max(self.next_bits)..=last).rev() {
            let mark = match bits::peek(self.bytes, offset_bits, MARK_BITS) {
                Some(BLOCK_MARK) => Mark::Block,
                Some(END_MARK) => Mark::End,
                _ => continue,
            };
            self.found.push(Candidate { offset_bits, mark });
        }
    }
}

/// The pairs of whole bytes that occur inside either mark at any bit offset.
static CAN_BE_INSIDE: PairSet = PairSet::of_marks();

struct PairSet([u64; 1 << 10]);

impl PairSet {
    const fn of_marks() -> Self {
        let mut set = [0; 1 << 10];
        let marks = [BLOCK_MARK, END_MARK];
        let mut which = 0;
        while which < marks.len() {
            // A pair begins at bit 0 to 32 of the mark.
            let mut bit = 0;
            while bit <= MARK_BITS - 16 {
                let pair = (marks[which] >> (MARK_BITS - 16 - bit)) as u16;
                set[(pair >> 6) as usize] |= 1 << (pair & 63);
                bit += 1;
            }
            which += 1;
        }
        Self(set)
    }

    fn contains(&self, pair: u16) -> bool {
        self.0[usize::from(pair >> 6)] >> (pair & 63) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(bytes: &[u8], from_bits: u64) -> Vec<Candidate> {
        let ends = bytes.len() as u64 * 8;
        (from_bits..ends)
            .filter_map(|offset_bits| {
                let mark = match bits::peek(bytes, offset_bits, MARK_BITS)? {
                    BLOCK_MARK => Mark::Block,
                    END_MARK => Mark::End,
                    _ => return None,
                };
                Some(Candidate { offset_bits, mark })
            })
            .collect()
    }

    fn put(bytes: &mut [u8], offset_bits: u64, mark: u64) {
        for bit in 0..u64::from(MARK_BITS) {
            let at = offset_bits + bit;
            let mask = 0x80 >> (at % 8);
            if mark >> (47 - bit) & 1 == 1 {
                bytes[(at / 8) as usize] |= mask;
            } else {
                bytes[(at / 8) as usize] &= !mask;
            }
        }
    }

    #[test]
    fn every_offset_is_found_once() {
        for mark in [BLOCK_MARK, END_MARK] {
            for offset_bits in 0..200 {
                for length in [25, 31, 32, 33, 64] {
                    let mut bytes = vec![0x5a; length];
                    if offset_bits + 48 > length as u64 * 8 {
                        continue;
                    }
                    put(&mut bytes, offset_bits, mark);
                    let found: Vec<_> = candidates(&bytes, 0).collect();
                    assert_eq!(found, naive(&bytes, 0), "{mark:x} at {offset_bits}");
                    assert_eq!(found.len(), 1);
                    for from in [0, offset_bits, offset_bits + 1, offset_bits + 47] {
                        let found: Vec<_> = candidates(&bytes, from).collect();
                        assert_eq!(found, naive(&bytes, from), "from {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn marks_side_by_side() {
        for gap in 0..40 {
            let mut bytes = vec![0; 40];
            put(&mut bytes, 3, BLOCK_MARK);
            put(&mut bytes, 51 + gap, END_MARK);
            put(&mut bytes, 99 + 2 * gap, BLOCK_MARK);
            let found: Vec<_> = candidates(&bytes, 0).collect();
            assert_eq!(found, naive(&bytes, 0));
            assert_eq!(found.len(), 3);
        }
    }
}
