//! What two texts begin and end with.

const BLOCK_BYTES: usize = 64;

/// How many bytes two texts both begin with, and how many of the rest they both end with.
pub(super) fn common(before: &str, after: &str) -> (usize, usize) {
    let (before, after) = (before.as_bytes(), after.as_bytes());
    let begin = common_begin(before, after);
    let end = common_end(&before[begin..], &after[begin..]);
    (begin, end)
}

/// How many bytes both begin with.
fn common_begin(before: &[u8], after: &[u8]) -> usize {
    let blocks = before
        .chunks_exact(BLOCK_BYTES)
        .zip(after.chunks_exact(BLOCK_BYTES))
        .take_while(|(before, after)| before == after)
        .count();
    let done = blocks * BLOCK_BYTES;
    let rest = before[done..].iter().zip(&after[done..]);
    done + rest.take_while(|(before, after)| before == after).count()
}

/// How many bytes both end with.
fn common_end(before: &[u8], after: &[u8]) -> usize {
    let blocks = before
        .rchunks_exact(BLOCK_BYTES)
        .zip(after.rchunks_exact(BLOCK_BYTES))
        .take_while(|(before, after)| before == after)
        .count();
    let done = blocks * BLOCK_BYTES;
    let before = &before[..before.len() - done];
    let after = &after[..after.len() - done];
    let rest = before.iter().rev().zip(after.iter().rev());
    done + rest.take_while(|(before, after)| before == after).count()
}
