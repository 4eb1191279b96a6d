//! Decodes a .bz2 file on one thread with the block decoder alone: `bunzip2 FILE > OUT`.
use std::io::Write;

use mwparquet::container::bzip2::block::Decoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file")?;
    let stored = std::fs::read(path)?;
    let mut out = std::io::stdout().lock();
    let mut decoder = if std::env::var_os("PORTABLE").is_some() {
        Decoder::portable()
    } else {
        Decoder::new()
    };
    let mut at = 32u64;
    let mark = |at: u64| {
        let first = (at / 8) as usize;
        let mut word = [0; 8];
        let n = (stored.len() - first).min(8);
        word[..n].copy_from_slice(&stored[first..first + n]);
        u64::from_be_bytes(word) << (at % 8) >> 16
    };
    loop {
        if mark(at) == 0x1772_4538_5090 {
            at = (at + 80).next_multiple_of(8) + 32;
            if at >= stored.len() as u64 * 8 {
                return Ok(());
            }
            continue;
        }
        let block = decoder.decode(&stored, at, 1 << 30)?;
        out.write_all(&block.bytes)?;
        at = block.end_bits;
    }
}
