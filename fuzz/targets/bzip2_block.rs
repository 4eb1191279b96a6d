//! A bzip2 block whose checksum is made to fit: what is decoded then is held against libbz2's answer.

use std::cell::RefCell;

use bzip2::{Decompress, Status};
use mwparquet::container::bzip2::block::{Block, Decoder, Failure};

use super::seeds;

const HEADER: &[u8] = b"BZh1";
/// Most bytes that libbz2 takes for a block of this level, before runs are put back.
const SORTED_MAX_BYTES: usize = 100_000;
const BLOCK_MARK: &[u8] = &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const END_MARK: u64 = 0x1772_4538_5090;
/// Where the bits behind the checksum begin.
const BODY: usize = HEADER.len() + BLOCK_MARK.len() + 4;
const MOST_BYTES: usize = 1 << 20;

thread_local! {
    static DECODERS: RefCell<[Decoder; 2]> = RefCell::new([Decoder::new(), Decoder::portable()]);
    static ROOM: RefCell<Vec<u8>> = RefCell::new(vec![0; MOST_BYTES]);
}

/// The input is a block from behind its checksum on.
pub fn check(data: &[u8]) {
    let mut stream = [HEADER, BLOCK_MARK, &[0; 4], data].concat();
    let Some(decoded) = decoded_by_libbz2(&stream) else {
        return;
    };
    let sum = checksum(&decoded);
    stream[10..14].copy_from_slice(&sum.to_be_bytes());
    let [fast, portable] = DECODERS.with_borrow_mut(|decoders| {
        decoders
            .each_mut()
            .map(|decoder| decoder.decode(&stream, 32, MOST_BYTES))
    });
    assert_eq!(fast, portable, "AVX2 and portable code disagree");
    match fast {
        Ok(block) if block.sorted_bytes > SORTED_MAX_BYTES => {}
        Ok(block) => {
            assert!(block.bytes == decoded, "decoded to other bytes");
            assert!(accepted_by_libbz2(&stream, &block), "libbz2 refuses it");
        }
        Err(Failure::TooLarge | Failure::Cut) => {}
        Err(Failure::Broken(why)) => {
            // Where it would end is not known: within the last bytes that libbz2 has looked at.
            let end = (BODY + data.len()) as u64 * 8;
            for end_bits in end.saturating_sub(64).max(BODY as u64 * 8)..=end {
                let block = Block {
                    end_bits,
                    checksum: sum,
                    sorted_bytes: 0,
                    bytes: decoded.clone(),
                };
                let accepted = !decoded.is_empty() && accepted_by_libbz2(&stream, &block);
                assert!(!accepted, "libbz2 accepts what is told to be broken: {why}");
            }
        }
    }
}

/// What libbz2 makes of the first block before it looks at its checksum; none where it is too long.
fn decoded_by_libbz2(stream: &[u8]) -> Option<Vec<u8>> {
    ROOM.with_borrow_mut(|room| decoded_into(room, stream))
}

fn decoded_into(decoded: &mut [u8], stream: &[u8]) -> Option<Vec<u8>> {
    let mut libbz2 = Decompress::new(false);
    loop {
        let (taken, given) = (libbz2.total_in() as usize, libbz2.total_out() as usize);
        let outcome = libbz2.decompress(&stream[taken..], &mut decoded[given..]);
        let progress = libbz2.total_in() as usize > taken || libbz2.total_out() as usize > given;
        let given = libbz2.total_out() as usize;
        if given == MOST_BYTES {
            return None;
        }
        if !matches!(outcome, Ok(Status::Ok | Status::MemNeeded)) || !progress {
            return Some(decoded[..given].to_vec());
        }
    }
}

/// Whether libbz2 decodes a stream of this block alone, which ends where it is said to.
fn accepted_by_libbz2(stream: &[u8], block: &Block) -> bool {
    let mut whole: Vec<u8> = stream[..block.end_bits.div_ceil(8) as usize].to_vec();
    let mut put = |value: u64, count: u32, mut at: u64| {
        for bit in (0..count).rev() {
            let byte = (at / 8) as usize;
            if byte == whole.len() {
                whole.push(0);
            }
            let mask = 0x80 >> (at % 8);
            whole[byte] = whole[byte] & !mask | if value >> bit & 1 == 1 { mask } else { 0 };
            at += 1;
        }
    };
    put(END_MARK, 48, block.end_bits);
    put(u64::from(block.checksum), 32, block.end_bits + 48);
    let mut decoded = Vec::with_capacity(block.bytes.len() + 1);
    let outcome = Decompress::new(false).decompress_vec(&whole, &mut decoded);
    matches!(outcome, Ok(Status::StreamEnd)) && decoded == block.bytes
}

/// CRC-32, most significant bit first, a bit at a time.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            crc = crc << 1 ^ (if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 });
        }
    }
    !crc
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        &b"a"[..],
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"the quick brown fox jumps over the lazy dog, and the dog does not care",
        &[0, 255, 0, 255, 7, 7, 7, 7, 7, 7, 7, 7, 9],
    ];
    let short = texts.into_iter().map(<[u8]>::to_vec);
    let all = short.chain(seeds::samples("", &["-0.3.xml", "slots.xml", "utf-16.xml"]));
    all.map(|text| packed(&text)[BODY..].to_vec()).collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}
