//! One .bz2 file on all cores: candidates are decoded ahead, the chain confirms them in order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::decode::Feed;
use super::lane::Lane;
use super::pool::Pending;
use crate::container::Trailing;
use crate::container::bzip2::block::{self, Block, Failure};
use crate::container::bzip2::chain::{Chain, Link};
use crate::container::bzip2::scan::{self, Mark};
use crate::container::bzip2::{BLOCK_SORTED_MAX_BYTES, BLOCK_STORED_MAX_BYTES};
use crate::error::{Error, Result};
use crate::source::{Reader, Window, Windows};

/// Compressed bytes looked through at once.
const WINDOW_BYTES: usize = 2 << 20;
/// Largest block when decoded: 900,000 bytes, of which each five can stand for 259.
const BLOCK_MAX_BYTES: usize = BLOCK_SORTED_MAX_BYTES / 5 * 259 + BLOCK_SORTED_MAX_BYTES;

pub(super) fn decode(reader: Reader, lane: &Lane<'_>, feed: &mut dyn Feed) -> Result<()> {
    let windows = Windows::new(reader, WINDOW_BYTES, BLOCK_STORED_MAX_BYTES);
    let mut decoder = Decoder {
        lane,
        decoders: Decoders::default(),
        source: windows,
        windows: VecDeque::new(),
        candidates: VecDeque::new(),
        ahead: VecDeque::new(),
    };
    decoder.run(feed)
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
}

type Outcome = std::result::Result<Block, Failure>;

impl Decoder<'_> {
    fn run(&mut self, feed: &mut dyn Feed) -> Result<()> {
        let mut chain = Chain::default();
        loop {
            let Some(window) = self.window_at(chain.place_bits())? else {
                return Err(
                    Error::damaged("the file ends inside a bzip2 stream: it is cut")
                        .at_file_bit(chain.place_bits()),
                );
            };
            let mut lost = None;
            match chain.look(&window) {
                Ok(Link::Block) => {
                    let begin_bits = chain.place_bits();
                    match self.block_at(&window, begin_bits)? {
                        Ok(block) => {
                            let end_bits = window.begin_bytes * 8 + block.end_bits;
                            match chain.accept(&block, end_bits) {
                                Ok(()) => feed.data(Bytes::from(block.bytes), begin_bits / 8)?,
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
                Ok(Link::FileEnd) => return Ok(()),
                Ok(Link::NoStream) => return self.trailing(chain.place_bits() / 8, feed),
                Err(why) => lost = Some((why, chain.place_bits() + 1)),
            }
            if let Some((why, from_bits)) = lost
                && !self.resume(why, from_bits, &mut chain, feed)?
            {
                return Ok(());
            }
        }
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

    /// Keeps the workers busy with the next candidates; inputs that are read at once share them.
    fn refill(&mut self) -> Result<()> {
        let most = self
            .lane
            .pool
            .threads()
            .div_ceil(self.lane.budget.running())
            + 2;
        while self.ahead.len() < most {
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
