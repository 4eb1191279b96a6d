//! One .bz2 file on all cores: candidates are decoded ahead, the chain confirms them in order.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::decode::Feed;
use super::lane::Lane;
use super::pool::Pending;
use crate::container::Trailing;
use crate::container::bzip2::block::{self, Block, Failure};
use crate::container::bzip2::chain::{Chain, Link, OpenStream, StreamRest};
use crate::container::bzip2::scan::{self, Mark};
use crate::container::bzip2::{BLOCK_SORTED_MAX_BYTES, BLOCK_STORED_MAX_BYTES};
use crate::error::{Error, FilePlace, Result};
use crate::source::{Reader, Window, Windows};

/// Compressed bytes looked through at once.
const WINDOW_BYTES: usize = 2 << 20;
/// Largest block when decoded: 900,000 bytes, of which each five can stand for 259.
const BLOCK_MAX_BYTES: usize = BLOCK_SORTED_MAX_BYTES / 5 * 259 + BLOCK_SORTED_MAX_BYTES;

/// Decodes a file from its begin.
pub(super) fn decode(reader: Reader, lane: &Lane<'_>, feed: &mut dyn Feed) -> Result<()> {
    Decoder::new(reader, 0, lane).run(Chain::default(), feed)
}

/// Decodes the blocks that begin in a region of a file, at whose begin the reader stands, and those
/// behind it for as long as they are wanted.
///
/// The first block is the first that can be decoded: that it is a true one is proven by the region
/// before, whose walk has to come to it.
pub(super) fn decode_region(
    reader: Reader,
    region: &Range<u64>,
    lane: &Lane<'_>,
    feed: &mut dyn Feed,
) -> Result<BlockWalk> {
    let mut decoder = Decoder::new(reader, region.start, lane);
    let end_bits = region.end * 8;
    decoder.region_end_bits = Some(end_bits);
    let mut first_bits = None;
    let chain = match region.start {
        0 => Chain::default(),
        _ => match decoder.enter(end_bits)? {
            Some(place_bits) => {
                first_bits = Some(place_bits);
                Chain::entering_at(place_bits)
            }
            None => return Ok(BlockWalk::default()),
        },
    };
    decoder.run(chain, feed)?;
    let walk = decoder.walk.unwrap_or_default();
    Ok(BlockWalk { first_bits, ..walk })
}

/// Which blocks begin in a region, and what was seen of their streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BlockWalk {
    /// Where the first block begins, in bits; `None` at the file's begin, and where there is none.
    pub(super) first_bits: Option<u64>,
    /// Where the first block behind the region begins, in bits; `None` where there is none.
    pub(super) next_bits: Option<u64>,
    /// The rest of the stream in which the region begins.
    pub(super) entered: Option<StreamRest>,
    /// The stream in which the region ends, if it begins in it, too.
    pub(super) open: Option<OpenStream>,
    /// Streams that end in the region.
    pub(super) streams: u64,
}

impl BlockWalk {
    fn of(chain: &Chain, next_bits: Option<u64>) -> Self {
        Self {
            first_bits: None,
            next_bits,
            entered: chain.entered(),
            open: chain.open_stream(),
            streams: chain.streams(),
        }
    }
}

/// Block decoders that are not at work, to be used again.
#[derive(Clone, Default)]
struct Decoders(Arc<Mutex<Vec<block::Decoder>>>);

impl Decoders {
    fn decode(&self, bytes: &[u8], begin_bits: u64) -> Outcome {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut decoder = idle().pop().unwrap_or_default();
        let outcome = decoder.decode(bytes, begin_bits, BLOCK_MAX_BYTES);
        idle().push(decoder);
        outcome
    }
}

struct Decoder<'l> {
    lane: &'l Lane<'l>,
    decoders: Decoders,
    source: Windows,
    /// Windows that the chain has not left behind.
    windows: VecDeque<Window>,
    /// Candidates that nobody decodes yet: their window and offset in the file.
    candidates: VecDeque<(Window, u64)>,
    /// Candidates being decoded, by offset in the file.
    ahead: VecDeque<(u64, Pending<Outcome>)>,
    /// Where the region ends that is asked for, if not all of the file is.
    region_end_bits: Option<u64>,
    /// What was seen up to there.
    walk: Option<BlockWalk>,
    /// A block that was decoded to see whether it is one.
    entered: Option<(u64, Block)>,
}

type Outcome = std::result::Result<Block, Failure>;

impl<'l> Decoder<'l> {
    fn new(reader: Reader, begin_bytes: u64, lane: &'l Lane<'l>) -> Self {
        let windows = Windows::new(reader, WINDOW_BYTES, BLOCK_STORED_MAX_BYTES);
        Self {
            lane,
            decoders: Decoders::default(),
            source: windows.starting_at(begin_bytes),
            windows: VecDeque::new(),
            candidates: VecDeque::new(),
            ahead: VecDeque::new(),
            region_end_bits: None,
            walk: None,
            entered: None,
        }
    }

    /// Finds the first candidate that is a block, if one begins before `end_bits`.
    fn enter(&mut self, end_bits: u64) -> Result<Option<u64>> {
        loop {
            self.refill()?;
            let Some((offset, task)) = self.ahead.pop_front() else {
                return Ok(None);
            };
            if offset >= end_bits {
                return Ok(None);
            }
            // What cannot be decoded is a mark by chance, or a damaged block that the region before
            // comes to.
            if let Ok(block) = task.wait()? {
                self.entered = Some((offset, block));
                return Ok(Some(offset));
            }
        }
    }

    /// Takes note where the chain leaves the region.
    fn look_for_region_end(&mut self, chain: &Chain, feed: &mut dyn Feed) {
        let place_bits = chain.place_bits();
        let is_behind = self.region_end_bits.is_some_and(|end| place_bits >= end);
        if is_behind && self.walk.is_none() {
            self.walk = Some(BlockWalk::of(chain, Some(place_bits)));
            feed.region_ends();
        }
    }

    /// Takes note that there is no block behind.
    fn end_walk(&mut self, chain: &Chain) {
        self.walk.get_or_insert_with(|| BlockWalk::of(chain, None));
    }

    fn run(&mut self, mut chain: Chain, feed: &mut dyn Feed) -> Result<()> {
        while feed.wants_more() {
            let Some(window) = self.window_at(chain.place_bits())? else {
                return Err(
                    Error::damaged("the file ends inside a bzip2 stream: it is cut")
                        .at_file_bit(chain.place_bits()),
                );
            };
            let mut lost = None;
            match chain.look(&window) {
                Ok(Link::Block) => {
                    self.look_for_region_end(&chain, feed);
                    let begin_bits = chain.place_bits();
                    match self.block_at(&window, begin_bits)? {
                        Ok(block) => {
                            let end_bits = window.begin_bytes * 8 + block.end_bits;
                            match chain.accept(&block, end_bits) {
                                Ok(()) => feed.data(
                                    Bytes::from(block.bytes),
                                    FilePlace::About(begin_bits / 8),
                                )?,
                                Err(why) => lost = Some((why, end_bits)),
                            }
                        }
                        Err(failure) => {
                            let why = Error::damaged(failure.to_string()).at_file_bit(begin_bits);
                            lost = Some((why, begin_bits + 1));
                        }
                    }
                }
                Ok(Link::StreamEnd) => feed.piece_ended(),
                Ok(Link::FileEnd) => {
                    self.end_walk(&chain);
                    return Ok(());
                }
                Ok(Link::NoStream) => {
                    self.end_walk(&chain);
                    return self.trailing(chain.place_bits() / 8, feed);
                }
                Err(why) => lost = Some((why, chain.place_bits() + 1)),
            }
            if let Some((why, from_bits)) = lost
                && !self.resume(why, from_bits, &mut chain, feed)?
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Goes on at the next block behind damage; `false` if there is none.
    fn resume(
        &mut self,
        why: Error,
        from_bits: u64,
        chain: &mut Chain,
        feed: &mut dyn Feed,
    ) -> Result<bool> {
        if !self.lane.limits.keep_going {
            return Err(why);
        }
        feed.gap(why)?;
        loop {
            self.refill()?;
            match self.ahead.front() {
                Some((offset, _)) if *offset < from_bits => {
                    self.ahead.pop_front();
                }
                Some((offset, _)) => {
                    chain.resume_at(*offset);
                    return Ok(true);
                }
                None => return Ok(false),
            }
        }
    }

    /// The window that owns a bit of the file; the last also owns the file's end.
    fn window_at(&mut self, place_bits: u64) -> Result<Option<Window>> {
        let place = place_bits / 8;
        loop {
            match self.windows.front() {
                Some(window) if place < window.own_end_bytes() => return Ok(Some(window.clone())),
                Some(window) if window.is_last && place == window.own_end_bytes() => {
                    return Ok(Some(window.clone()));
                }
                Some(window) if window.is_last => return Ok(None),
                Some(_) => {
                    self.windows.pop_front();
                }
                None => {
                    if !self.read_window()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn read_window(&mut self) -> Result<bool> {
        let Some(window) = self.source.next_window()? else {
            return Ok(false);
        };
        let own_bits = window.own_bytes as u64 * 8;
        let begin_bits = window.begin_bytes * 8;
        for candidate in scan::candidates(&window.bytes, 0) {
            if candidate.offset_bits >= own_bits {
                break;
            }
            if candidate.mark == Mark::Block {
                self.candidates
                    .push_back((window.clone(), begin_bits + candidate.offset_bits));
            }
        }
        self.windows.push_back(window);
        Ok(true)
    }

    /// Keeps the workers busy with the next candidates.
    fn refill(&mut self) -> Result<()> {
        while self.ahead.len() < self.lane.pieces_ahead() {
            let Some((window, offset_bits)) = self.candidates.pop_front() else {
                if self.read_window()? {
                    continue;
                }
                return Ok(());
            };
            let at = offset_bits - window.begin_bytes * 8;
            let decoders = self.decoders.clone();
            let task = self
                .lane
                .pool
                .spawn(move || Ok(decoders.decode(&window.bytes, at)));
            self.ahead.push_back((offset_bits, task));
        }
        Ok(())
    }

    /// The block at a place that the chain has come to.
    fn block_at(&mut self, window: &Window, begin_bits: u64) -> Result<Outcome> {
        if let Some((offset, block)) = self.entered.take()
            && offset == begin_bits
        {
            return Ok(Ok(block));
        }
        loop {
            self.refill()?;
            match self.ahead.pop_front() {
                // A mark by chance, inside the block before: what it led to is thrown away.
                Some((offset, _)) if offset < begin_bits => {}
                Some((offset, task)) if offset == begin_bits => return task.wait(),
                passed => {
                    if let Some(passed) = passed {
                        self.ahead.push_front(passed);
                    }
                    let at = begin_bits - window.begin_bytes * 8;
                    return Ok(self.decoders.decode(&window.bytes, at));
                }
            }
        }
    }

    /// Tells of bytes behind the last stream.
    fn trailing(&mut self, begin_bytes: u64, feed: &mut dyn Feed) -> Result<()> {
        let mut bytes = 0;
        let mut all_zero = true;
        let mut place = begin_bytes;
        while let Some(window) = self.window_at(place * 8)? {
            let from = (place - window.begin_bytes) as usize;
            let rest = &window.bytes[from..window.own_bytes];
            bytes += rest.len() as u64;
            all_zero &= rest.iter().all(|byte| *byte == 0);
            place = window.own_end_bytes();
            if window.is_last {
                break;
            }
        }
        feed.trailing(Trailing {
            file_offset_bytes: begin_bytes,
            bytes,
            all_zero,
        })
    }
}
