//! SHA-1 of many messages at once.
//!
//! The instructions for SHA-1 work on a single message, each on what the one before has made, and one can begin
//! only every few cycles: two messages side by side are done a fifth sooner than one after the other.  Sixteen in
//! the lanes of AVX-512 are done four times as soon.  Machines without it take one after the other.

#[cfg(target_arch = "x86_64")]
mod avx512;

use std::ops::Range;

use sha1::block_api::compress;

/// What SHA-1 takes in one step.
pub(super) type Block = [u8; 64];

/// What it has made of the blocks so far.
pub(super) type State = [u32; 5];

const INITIAL: State = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];

/// The states behind all blocks of each message, which have their padding; in the order of the messages.
pub(super) fn digest_all(blocks: &[Block], messages: &[Range<usize>]) -> Vec<State> {
    let mut states = vec![INITIAL; messages.len()];
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut))]
    let mut rest = messages.to_vec();
    #[cfg(target_arch = "x86_64")]
    if let Some(machine) = avx512::Avx512::detect() {
        in_lanes(machine, blocks, &mut states, &mut rest);
    }
    for (state, rest) in states.iter_mut().zip(rest) {
        compress(state, &blocks[rest]);
    }
    states
}

/// Fewer messages than this are done sooner one by one.
#[cfg(target_arch = "x86_64")]
const WORTHWHILE_MESSAGES: usize = 5;

/// Hashes messages side by side as long as there are enough.  What of each is not hashed then is in `rest`.
#[cfg(target_arch = "x86_64")]
fn in_lanes(
    machine: avx512::Avx512,
    blocks: &[Block],
    states: &mut [State],
    rest: &mut [Range<usize>],
) {
    use avx512::LANES;

    // The longest first, so that few are left at the end.
    let mut waiting: Vec<_> = (0..rest.len()).collect();
    waiting.sort_by_key(|message| rest[*message].len());
    let mut lanes = Vec::with_capacity(LANES);
    loop {
        while lanes.len() < LANES
            && let Some(message) = waiting.pop()
        {
            lanes.push(message);
        }
        if lanes.len() < WORTHWHILE_MESSAGES {
            return;
        }
        let steps = lanes.iter().map(|message| rest[*message].len()).min();
        let steps = steps.unwrap_or_default();
        // Lanes that have nothing to do do what the first one does, for nobody.
        let message_of = |lane: usize| lanes.get(lane).copied().unwrap_or(lanes[0]);
        let mut worked = std::array::from_fn(|lane| states[message_of(lane)]);
        let next = std::array::from_fn(|lane| {
            let begin = rest[message_of(lane)].start;
            &blocks[begin..begin + steps]
        });
        machine.compress(&mut worked, &next);
        for (message, state) in lanes.iter().zip(worked) {
            states[*message] = state;
            rest[*message].start += steps;
        }
        lanes.retain(|message| !rest[*message].is_empty());
    }
}
