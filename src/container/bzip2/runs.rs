//! The innermost step: four equal bytes are followed by a count of more.

/// A run of four is followed by a count: the fifth byte.
const RUN_BYTES: usize = 4;
/// Bytes looked at together.
const STEP_BYTES: usize = 32;
/// What may be left when more is to come: a step, what a run in it reaches over, and the count.
const LEFT_MAX_BYTES: usize = STEP_BYTES + RUN_BYTES;

/// Bytes end behind four equal ones, where a count should stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CountMissing;

/// Writes `bytes`, with the runs at full length, behind `out`; gives how many were used.
///
/// All of them, if `is_last`; else a few may be left, to be given again in front of what follows.
#[inline(always)]
pub(super) fn expand(
    bytes: &[u8],
    is_last: bool,
    out: &mut Vec<u8>,
) -> Result<usize, CountMissing> {
    let mut written = 0;
    let mut at = 0;
    loop {
        match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(step) if !has_run(step) => {
                at += STEP_BYTES;
                continue;
            }
            None if !is_last => break,
            _ => {}
        }
        // A run begins within a step of here, or the end is near.
        let Some(run) = find_run(&bytes[at..]) else {
            at = bytes.len();
            break;
        };
        let run_end = at + run + RUN_BYTES;
        let count = *bytes.get(run_end).ok_or(CountMissing)?;
        out.extend_from_slice(&bytes[written..run_end]);
        let byte = bytes[run_end - 1];
        out.resize(out.len() + usize::from(count), byte);
        at = run_end + 1;
        written = at;
    }
    out.extend_from_slice(&bytes[written..at]);
    Ok(at)
}

/// Whether four equal bytes begin in the first [`STEP_BYTES`].
#[inline(always)]
fn has_run(step: &[u8; LEFT_MAX_BYTES]) -> bool {
    let mut least = u8::MAX;
    for at in 0..STEP_BYTES {
        let first = step[at];
        let differs = (first ^ step[at + 1]) | (first ^ step[at + 2]) | (first ^ step[at + 3]);
        least = least.min(differs);
    }
    least == 0
}

/// Where four equal bytes begin.
fn find_run(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(RUN_BYTES)
        .position(|four| four.iter().all(|byte| *byte == four[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A byte at a time, as the format is told.
    fn naive(bytes: &[u8]) -> Result<Vec<u8>, CountMissing> {
        let mut out = Vec::new();
        let mut equal = 0;
        for byte in bytes {
            if equal == RUN_BYTES {
                let last = out[out.len() - 1];
                out.resize(out.len() + usize::from(*byte), last);
                equal = 0;
                continue;
            }
            equal = if equal > 0 && out.last() == Some(byte) {
                equal + 1
            } else {
                1
            };
            out.push(*byte);
        }
        if equal == RUN_BYTES {
            Err(CountMissing)
        } else {
            Ok(out)
        }
    }

    fn in_pieces(bytes: &[u8], piece: usize) -> Result<Vec<u8>, CountMissing> {
        let mut out = Vec::new();
        let mut left = Vec::new();
        for piece in bytes.chunks(piece) {
            left.extend_from_slice(piece);
            let used = expand(&left, false, &mut out)?;
            left.drain(..used);
            assert!(left.len() < LEFT_MAX_BYTES);
        }
        assert_eq!(expand(&left, true, &mut out)?, left.len());
        Ok(out)
    }

    proptest! {
        #[test]
        fn as_a_byte_at_a_time(
            bytes in proptest::collection::vec(0u8..3, 0..400),
            piece in 1usize..200,
        ) {
            prop_assert_eq!(in_pieces(&bytes, piece), naive(&bytes));
        }

        #[test]
        fn long_runs_and_none(
            runs in proptest::collection::vec((any::<u8>(), 1usize..70), 0..40),
            piece in 1usize..200,
        ) {
            let bytes: Vec<u8> = runs
                .iter()
                .flat_map(|(byte, count)| std::iter::repeat_n(*byte, *count))
                .collect();
            prop_assert_eq!(in_pieces(&bytes, piece), naive(&bytes));
        }
    }

    #[test]
    fn counts() {
        let mut out = Vec::new();
        assert_eq!(expand(b"aaaa\x00aaaa\x03b", true, &mut out), Ok(11));
        assert_eq!(out, b"aaaaaaaaaaab");
        assert_eq!(expand(b"xaaaa", true, &mut out), Err(CountMissing));
    }
}
