//! Writes bzip2 streams of any kind, those included that no encoder writes.

use super::reference;

/// A block as the format has it, before it is written.
#[derive(Debug, Clone)]
pub struct RawBlock {
    /// The last column of the sorted rotations.
    pub column: Vec<u8>,
    /// Row of the block itself.
    pub origin: usize,
    /// Whether to say that bits are flipped.
    pub is_randomised: bool,
    /// Number of codes, 2 to 6.
    pub codes: usize,
    /// Decides on code lengths and selectors.
    pub seed: u64,
}

/// Bits, most significant first.
#[derive(Default)]
pub struct Bits {
    pub bytes: Vec<u8>,
    free: u32,
}

impl Bits {
    pub fn put(&mut self, value: u64, count: u32) {
        for bit in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << self.free;
        }
    }
}

/// Numbers that look random.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

/// One stream of these blocks.  Gives its bytes and what they decode to; `None` if a block's
/// runs lack a length, so that it decodes to nothing.
pub fn stream(
    level: u8,
    blocks: &[RawBlock],
    distances: &[usize; 512],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut bits = Bits::default();
    bits.put(
        u64::from(u32::from_be_bytes([b'B', b'Z', b'h', b'0' + level])),
        32,
    );
    let mut combined = 0u32;
    let mut decoded = Vec::new();
    for block in blocks {
        let mut sorted = reference::unsort(&block.column, block.origin);
        if block.is_randomised {
            reference::derandomise(&mut sorted, distances);
        }
        let bytes = reference::expand(&sorted)?;
        let checksum = reference::checksum(&bytes);
        combined = combined.rotate_left(1) ^ checksum;
        decoded.extend(bytes);
        put_block(&mut bits, block, checksum);
    }
    bits.put(0x1772_4538_5090, 48);
    bits.put(u64::from(combined), 32);
    Some((bits.bytes, decoded))
}

fn put_block(bits: &mut Bits, block: &RawBlock, checksum: u32) {
    let mut random = Random(block.seed | 1);
    bits.put(0x3141_5926_5359, 48);
    bits.put(u64::from(checksum), 32);
    bits.put(u64::from(block.is_randomised), 1);
    bits.put(block.origin as u64, 24);
    let mut used = block.column.clone();
    used.sort_unstable();
    used.dedup();
    let has = |byte: usize| used.contains(&(byte as u8));
    let ranges = (0..16).map(|range| (range * 16..range * 16 + 16).any(has));
    ranges
        .clone()
        .for_each(|range| bits.put(u64::from(range), 1));
    for range in (0..16).filter(|range| (range * 16..range * 16 + 16).any(has)) {
        (range * 16..range * 16 + 16).for_each(|byte| bits.put(u64::from(has(byte)), 1));
    }
    let symbols = symbols(&block.column, &used);
    let alphabet = used.len() + 2;
    let groups = symbols.len().div_ceil(50);
    bits.put(block.codes as u64, 3);
    bits.put(groups as u64, 15);
    let selectors: Vec<usize> = (0..groups).map(|_| random.below(block.codes)).collect();
    let mut recent: Vec<usize> = (0..block.codes).collect();
    for selector in &selectors {
        let place = recent.iter().position(|code| code == selector).unwrap();
        recent.remove(place);
        recent.insert(0, *selector);
        (0..place).for_each(|_| bits.put(1, 1));
        bits.put(0, 1);
    }
    let codes: Vec<Vec<u32>> = (0..block.codes)
        .map(|_| lengths(alphabet, &mut random))
        .collect();
    for lengths in &codes {
        let mut current = lengths[0];
        bits.put(u64::from(current), 5);
        for length in lengths {
            while current < *length {
                bits.put(0b10, 2);
                current += 1;
            }
            while current > *length {
                bits.put(0b11, 2);
                current -= 1;
            }
            bits.put(0, 1);
        }
    }
    let written: Vec<Vec<u64>> = codes.iter().map(|lengths| canonical(lengths)).collect();
    for (at, symbol) in symbols.iter().enumerate() {
        let code = selectors[at / 50];
        bits.put(written[code][*symbol], codes[code][*symbol]);
    }
}

/// Move-to-front places and runs, and the end.
fn symbols(column: &[u8], used: &[u8]) -> Vec<usize> {
    let mut list = used.to_vec();
    let mut symbols = Vec::new();
    let mut run = 0usize;
    let end_run = |symbols: &mut Vec<usize>, run: &mut usize| {
        // Digits 1 and 2 to the base of two, the lowest first.
        while *run > 0 {
            let digit = if *run % 2 == 1 { 1 } else { 2 };
            symbols.push(digit - 1);
            *run = (*run - digit) / 2;
        }
    };
    for byte in column {
        let place = list.iter().position(|listed| listed == byte).unwrap();
        if place == 0 {
            run += 1;
            continue;
        }
        end_run(&mut symbols, &mut run);
        list.remove(place);
        list.insert(0, *byte);
        symbols.push(place + 1);
    }
    end_run(&mut symbols, &mut run);
    symbols.push(used.len() + 1);
    symbols
}

/// Lengths of some code for so many symbols: full or not, flat or steep.
fn lengths(alphabet: usize, random: &mut Random) -> Vec<u32> {
    let mut leaves = vec![0u32];
    let steep = random.below(3) == 0;
    let spare = random.below(3);
    while leaves.len() < alphabet + spare {
        let which = match steep {
            true => leaves.len() - 1,
            false => random.below(leaves.len()),
        };
        // Never deeper than a code may be.
        let which = match leaves[which] < 20 {
            true => which,
            false => (0..leaves.len()).min_by_key(|leaf| leaves[*leaf]).unwrap(),
        };
        let deeper = leaves.remove(which) + 1;
        leaves.extend([deeper, deeper]);
    }
    for _ in 0..spare {
        leaves.remove(random.below(leaves.len()));
    }
    for at in (1..leaves.len()).rev() {
        leaves.swap(at, random.below(at + 1));
    }
    leaves
}

fn canonical(lengths: &[u32]) -> Vec<u64> {
    let mut codes = vec![0; lengths.len()];
    let mut next = 0u64;
    for length in 1..=20 {
        next <<= 1;
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, of)| **of == length) {
            codes[symbol] = next;
            next += 1;
        }
    }
    codes
}
