//! Counts the `<` in a plain XML file: what it costs to look for tags and do nothing with them.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::File;
use std::io::Read;

/// Stays in the second cache. Into buffers from 256 KiB on, which the allocator maps, the kernel copies
/// several times as slowly on some machines.
const BUFFER_BYTES: usize = 64 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: floor-less-than FILE.xml")?;
    let mut file = File::open(path)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut found = 0usize;
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => found += memchr::memchr_iter(b'<', &buffer[..read]).count(),
        }
    }
    println!("{found}");
    Ok(())
}
