use std::io::{Read, Write};
use std::time::{Duration, Instant};

use bytes::Bytes;
use mwparquet::container::bzip2::block::{Decoder, Failure};
use mwparquet::container::bzip2::chain::{Chain, Link};
use mwparquet::source::Window;
use proptest::prelude::*;

use super::reference;
use super::writer::{self, Random, RawBlock};

/// Whole streams by our decoder.
fn ours(decoder: &mut Decoder, stored: &[u8]) -> Option<Vec<u8>> {
    let window = Window {
        begin_bytes: 0,
        bytes: Bytes::copy_from_slice(stored),
        own_bytes: stored.len(),
        is_last: true,
    };
    let mut chain = Chain::default();
    let mut decoded = Vec::new();
    loop {
        match chain.look(&window).ok()? {
            Link::Block => {
                let block = decoder
                    .decode(stored, chain.place_bits(), usize::MAX)
                    .ok()?;
                decoded.extend_from_slice(&block.bytes);
                chain.accept(&block, block.end_bits).ok()?;
            }
            Link::StreamEnd => {}
            Link::FileEnd | Link::NoStream => return Some(decoded),
        }
    }
}

/// Whole streams by the crate, which ignores what comes behind the first, as bzip2 does.
fn theirs(stored: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut decoder = bzip2::read::BzDecoder::new(stored);
    decoder.read_to_end(&mut decoded).ok()?;
    Some(decoded)
}

fn decoders() -> [Decoder; 2] {
    [Decoder::new(), Decoder::portable()]
}

fn compressed(bytes: &[u8], level: u32) -> Vec<u8> {
    let level = bzip2::Compression::new(level);
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Distances between flipped bytes.  The decoder's are tested against the crate's, so it is
/// enough to know the few that short blocks need.
const DISTANCES: [usize; 512] = {
    let mut distances = [619; 512];
    let first = [
        619, 720, 127, 481, 931, 816, 813, 233, 566, 247, 985, 724, 205, 454, 863,
    ];
    let mut at = 0;
    while at < first.len() {
        distances[at] = first[at];
        at += 1;
    }
    distances
};

/// Every decoder gives `decoded`.
fn check(stored: &[u8], decoded: &[u8]) {
    assert!(
        theirs(stored).as_deref() == Some(decoded),
        "the crate disagrees"
    );
    for (mut decoder, name) in decoders().into_iter().zip(["fast", "portable"]) {
        assert!(
            ours(&mut decoder, stored).as_deref() == Some(decoded),
            "{name}"
        );
    }
}

fn check_raw(level: u8, blocks: &[RawBlock]) {
    let Some((stored, decoded)) = writer::stream(level, blocks, &DISTANCES) else {
        return;
    };
    check(&stored, &decoded);
}

fn raw(column: Vec<u8>, origin: usize, seed: u64) -> RawBlock {
    let origin = origin % column.len();
    RawBlock {
        column,
        origin,
        is_randomised: false,
        codes: 2 + seed as usize % 5,
        seed,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_an_encoder_writes(
        pieces in proptest::collection::vec((any::<u8>(), 1usize..600, any::<bool>()), 0..200),
        level in 1u32..10,
    ) {
        let mut random = Random(7);
        let bytes: Vec<u8> = pieces
            .iter()
            .flat_map(|(byte, count, is_run)| {
                let mut piece = vec![*byte; *count];
                if !is_run {
                    piece.iter_mut().for_each(|byte| *byte ^= random.below(256) as u8);
                }
                piece
            })
            .collect();
        check(&compressed(&bytes, level), &bytes);
    }

    #[test]
    fn columns_that_nobody_sorted(
        column in proptest::collection::vec(any::<u8>(), 1..3000),
        origin in any::<usize>(),
        seed in any::<u64>(),
        is_randomised in any::<bool>(),
    ) {
        let block = RawBlock { is_randomised, ..raw(column, origin, seed) };
        check_raw(1, &[block]);
    }

    #[test]
    fn columns_of_runs(
        runs in proptest::collection::vec((0u8..9, 1usize..900), 1..60),
        origin in any::<usize>(),
        seed in any::<u64>(),
    ) {
        let column = runs
            .iter()
            .flat_map(|(byte, count)| std::iter::repeat_n(*byte, *count))
            .collect();
        check_raw(9, &[raw(column, origin, seed)]);
    }

    #[test]
    fn several_blocks(
        columns in proptest::collection::vec(
            (proptest::collection::vec(0u8..5, 1..200), any::<usize>()), 0..6),
        seed in any::<u64>(),
    ) {
        let blocks: Vec<_> = columns
            .into_iter()
            .map(|(column, origin)| raw(column, origin, seed))
            .collect();
        check_raw(3, &blocks);
    }
}

/// Columns with random runs that fill a block of level nine.
fn large_column(seed: u64, bytes: usize, run: usize) -> Vec<u8> {
    let mut random = Random(seed);
    let mut column = Vec::new();
    while column.len() < 900_000 {
        let length = (1 + random.below(run)).min(900_000 - column.len());
        column.extend(std::iter::repeat_n(random.below(bytes) as u8, length));
    }
    column
}

#[test]
fn full_blocks() {
    for (bytes, run) in [(256, 1), (200, 9), (2, 40)] {
        // Many cycles: the walk may come back to its origin early.
        let column = large_column(bytes as u64, bytes, run);
        check_raw(9, &[raw(column, 123_456, 5)]);
    }
}

/// Each row leads to the one that lies as far behind it as one beginning of a piece behind the
/// other: all pieces are one row long, but for one that is the whole rest of the block.
#[test]
fn a_walk_without_end_in_sight() {
    let distance = 900_000 / 512;
    let mut column = vec![1; distance];
    column.resize(900_000, 0);
    check_raw(9, &[raw(column, 7, 3)]);
}

#[test]
fn text_that_repeats_itself() {
    for period in [1, 2, 3, 7, 64, 1000] {
        let bytes: Vec<u8> = (0..300_000).map(|at| (at % period) as u8).collect();
        check(&compressed(&bytes, 9), &bytes);
    }
}

#[test]
fn a_block_that_grows_fiftyfold() {
    let bytes = vec![b'='; 46_000_000];
    check(&compressed(&bytes, 9), &bytes);
}

#[test]
#[expect(
    clippy::unbuffered_bytes,
    reason = "the crate gives nothing of a read that fails"
)]
fn randomised_blocks_longer_than_all_distances() {
    let mut random = Random(11);
    let column: Vec<u8> = (0..700_000).map(|_| random.below(200) as u8).collect();
    let block = RawBlock {
        is_randomised: true,
        ..raw(column, 5, 1)
    };
    // The writer does not know all distances, so its checksum is wrong.  The crate decodes the
    // block all the same, up to its last byte, before it finds that out.
    let (mut stored, wrong) = writer::stream(9, &[block], &DISTANCES).unwrap();
    let theirs = bzip2::read::BzDecoder::new(&stored[..]);
    let mut decoded: Vec<u8> = theirs.bytes().map_while(Result::ok).collect();
    assert_eq!(decoded.len() + 1, wrong.len());
    let last = wrong[decoded.len()];
    let [mut fast, mut portable] = decoders();
    let accepted = [last, last ^ 1].map(|last| {
        decoded.push(last);
        stored[10..14].copy_from_slice(&reference::checksum(&decoded).to_be_bytes());
        let blocks = [&mut fast, &mut portable].map(|decoder| decoder.decode(&stored, 32, 1 << 30));
        let agree = blocks.map(|block| block.is_ok_and(|block| block.bytes == decoded));
        decoded.pop();
        agree
    });
    assert!(
        accepted == [[true, true], [false, false]] || accepted == [[false, false], [true, true]]
    );
}

#[test]
fn blocks_larger_than_their_streams_level_are_refused() {
    let column = large_column(3, 50, 3);
    let (stored, _) = writer::stream(8, &[raw(column, 5, 1)], &DISTANCES).unwrap();
    assert_eq!(theirs(&stored), None);
    for mut decoder in decoders() {
        assert_eq!(ours(&mut decoder, &stored), None);
    }
}

#[test]
fn limits_hold() {
    let stored = compressed(&vec![b'x'; 1_000_000], 9);
    for mut decoder in decoders() {
        assert_eq!(decoder.decode(&stored, 32, 999_999), Err(Failure::TooLarge));
        assert_eq!(
            decoder.decode(&stored, 32, 1_000_000).unwrap().bytes.len(),
            1_000_000
        );
    }
}

#[test]
fn cut_blocks_are_told_from_broken_ones() {
    let text: Vec<u8> = (0..60_000u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    let stored = compressed(&text, 9);
    for mut decoder in decoders() {
        for cut in (11..stored.len() - 10).step_by(97) {
            assert_eq!(
                decoder.decode(&stored[..cut], 32, usize::MAX),
                Err(Failure::Cut),
                "{cut}"
            );
        }
        assert_eq!(
            decoder.decode(&stored, 33, usize::MAX),
            Err(Failure::Broken("it does not begin with its mark"))
        );
    }
}

/// Changes a stream, then compares everyone's opinion of it.
fn fuzz(seed: u64, until: Instant, at_most: u64) -> u64 {
    let mut random = Random(seed);
    let mut decoders = decoders();
    let mut cases = 0;
    while cases < at_most && Instant::now() < until {
        cases += 1;
        let bytes = 1 + random.below(if cases % 2 == 0 { 256 } else { 6 });
        let length = 1 + random.below(if cases % 16 == 0 { 60_000 } else { 2500 });
        let run = 1 + random.below(30);
        let mut column = Vec::new();
        while column.len() < length {
            let byte = random.below(bytes) as u8;
            column.extend(std::iter::repeat_n(byte, 1 + random.below(run)));
        }
        let seed = random.below(1 << 30) as u64;
        let block = raw(column, random.below(1 << 20), seed);
        let Some((mut stored, decoded)) = writer::stream(1, &[block], &DISTANCES) else {
            continue;
        };
        let changes = random.below(4);
        for _ in 0..changes {
            if stored.len() < 2 {
                break;
            }
            // Most of a small block is its header: changes there are the interesting ones.
            let at = match random.below(2) {
                0 => random.below(stored.len()),
                _ => random.below(stored.len().min(200)),
            };
            match random.below(4) {
                0 => stored[at] ^= 1 << random.below(8),
                1 => stored[at] = random.below(256) as u8,
                2 => drop(stored.remove(at)),
                _ => stored.truncate(at.max(1)),
            }
        }
        let expected = theirs(&stored);
        if changes == 0 {
            assert!(expected.as_ref() == Some(&decoded));
        }
        for decoder in &mut decoders {
            let given = ours(decoder, &stored);
            assert!(
                given == expected,
                "seed {seed}, case {cases}: {stored:02x?}"
            );
        }
    }
    cases
}

#[test]
fn changed_streams_are_judged_as_the_crate_judges() {
    let until = Instant::now() + Duration::from_secs(600);
    assert_eq!(fuzz(1, until, 400), 400);
}

/// `FUZZ_SECONDS=3600 cargo test --release -- --ignored fuzz`
#[test]
#[ignore = "runs as long as it is told to"]
#[expect(clippy::print_stderr, reason = "for whoever waits for it")]
fn fuzz_for_long() {
    let seconds = std::env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(60));
    let seed = until.elapsed().as_nanos() as u64 ^ u64::from(std::process::id()) << 20 | 1;
    eprintln!("seed {seed}: {} cases", fuzz(seed, until, u64::MAX));
}
