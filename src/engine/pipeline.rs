//! One input through framer and workers, results in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::decode::{Feed, decode};
use super::document::Document;
use super::lane::Lane;
use super::pool::Pending;
use crate::container::{Format, Sink, Trailing};
use crate::error::{Error, ErrorKind, FilePlace, Result};
use crate::frame::{Chunk, Frame, Framer, FramerOptions, Header, History, Lost, Transcoder};
use crate::model::SiteInfo;
use crate::source::Input;
use crate::xml;

/// The work on a chunk, done by any thread.
pub type Work<T> = Arc<dyn Fn(&Document, Chunk) -> Result<T> + Send + Sync>;

/// What becomes of chunks.
pub trait Consumer {
    /// What a worker makes of a chunk.
    type Output: Send + 'static;

    /// The work on a chunk, done by any thread.
    fn work(&self) -> Work<Self::Output>;

    /// A document begins.
    fn begin(&mut self, document: &Arc<Document>) -> Result<()>;

    /// The outcome of a chunk, in the order of the document.
    fn collect(&mut self, output: Self::Output) -> Result<()>;

    /// Bytes were left out because of damage; `lost_bytes` of XML where that is known.
    fn lost(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()>;

    /// Finishes what is half done and holds memory, where it can.
    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    /// Called now and then.
    fn tick(&mut self) {}

    /// Whether chunks are to know of the revision before their first.
    fn wants_history(&self) -> bool {
        false
    }

    /// How often what is made of a chunk has its texts.
    fn text_copies(&self) -> usize {
        1
    }
}

/// What was found out about an input's container.
#[derive(Debug, Clone, Copy)]
pub struct Passed {
    /// What it is packed in.
    pub format: Format,
    /// Pieces that came to their proven end.
    pub pieces: u64,
    /// Bytes of decoded XML, or SQL.
    pub xml_bytes: u64,
    /// Zeros behind the container's end.
    pub trailing_zero_bytes: u64,
    /// Whether it is a dump of SQL tables.
    pub is_sql: bool,
}

/// Drives one XML dump through the workers.
pub fn run_input<C: Consumer>(input: &Input, lane: &Lane<'_>, consumer: &mut C) -> Result<Passed> {
    let mut pipeline = Pipeline::new(input, lane, consumer);
    let decoded = decode(input, lane, &mut pipeline);
    pipeline.end(decoded)
}

pub(super) struct Pipeline<'r, C: Consumer> {
    name: Arc<str>,
    file_name: String,
    lane: &'r Lane<'r>,
    work: Work<C::Output>,
    consumer: &'r mut C,
    transcoder: Transcoder,
    framer: Framer,
    document: Arc<Document>,
    queue: VecDeque<Queued<C::Output>>,
    in_flight_bytes: usize,
    pieces: u64,
    trailing_zero_bytes: u64,
}

enum Queued<T> {
    Begin(Arc<Document>),
    Chunk { bytes: usize, task: Pending<T> },
    Lost { why: Error, bytes: Option<u64> },
}

impl<'r, C: Consumer> Pipeline<'r, C> {
    pub(super) fn new(input: &Input, lane: &'r Lane<'r>, consumer: &'r mut C) -> Self {
        let name = input.name();
        let framer_options = framer_options(lane, consumer);
        Self {
            name: Arc::clone(&name),
            file_name: input.file_name(),
            lane,
            work: consumer.work(),
            consumer,
            transcoder: Transcoder::default(),
            framer: Framer::new(framer_options),
            document: Arc::new(Document::new(name, "", Default::default())),
            queue: VecDeque::new(),
            in_flight_bytes: 0,
            pieces: 0,
            trailing_zero_bytes: 0,
        }
    }

    /// Goes on with the page that the input before has ended with, if this one begins with the same.
    pub(super) fn go_on(&mut self, history: Option<History>) {
        if let Some(history) = history {
            self.framer.go_on(history);
        }
    }

    /// The pipeline of a region of a document; `header` is what stands at the document's begin, unless the
    /// region begins there, too.
    pub(super) fn of_region(
        input: &Input,
        lane: &'r Lane<'r>,
        consumer: &'r mut C,
        header: Option<&Header>,
        begin_bytes: u64,
    ) -> Result<Self> {
        let mut pipeline = Self::new(input, lane, consumer);
        let options = framer_options(lane, pipeline.consumer);
        let Some(header) = header else {
            pipeline.framer = Framer::of_first_region(options);
            return Ok(pipeline);
        };
        pipeline.framer = Framer::of_region(options, header.prefix.as_bytes(), begin_bytes);
        pipeline.transcoder = Transcoder::of_utf8();
        // What is wrong in it is told by whoever reads the begin.
        let (site, why) = pipeline.site_of(header);
        if let Some((why, _)) = why.filter(|_| !lane.limits.keep_going) {
            return Err(why);
        }
        pipeline.begin_document(site);
        Ok(pipeline)
    }

    pub(super) fn end_region_at(&mut self, xml_offset_bytes: u64) {
        self.framer.end_region_at(xml_offset_bytes);
    }

    pub(super) fn framer(&self) -> &Framer {
        &self.framer
    }

    /// Ends when all is decoded, and tells the first thing that was wrong.
    pub(super) fn end(mut self, decoded: Result<Format>) -> Result<Passed> {
        self.close(decoded)
    }

    /// The same for those who have questions then.
    pub(super) fn close(&mut self, decoded: Result<Format>) -> Result<Passed> {
        let outcome = decoded.and_then(|format| self.end_document().map(|()| format));
        let format = match outcome {
            Ok(format) => {
                self.drain()?;
                format
            }
            Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            Err(error) => {
                // What is wrong earlier in the document is told first, whoever noticed it first.
                self.drain()?;
                return Err(error.in_input(&self.name));
            }
        };
        Ok(Passed {
            format,
            pieces: self.pieces,
            xml_bytes: self.framer.received_bytes(),
            trailing_zero_bytes: self.trailing_zero_bytes,
            is_sql: false,
        })
    }

    /// What an input that has ended leaves to one that goes on with its last page.
    pub(super) fn take_history(&mut self) -> Option<History> {
        self.framer.take_history()
    }

    fn end_document(&mut self) -> Result<()> {
        let outcome = self.transcoder.finish().and_then(|()| self.framer.finish());
        self.transcoder = Transcoder::default();
        self.take_frames()?;
        outcome
    }

    fn take_frames(&mut self) -> Result<()> {
        while let Some(frame) = self.framer.next_frame() {
            match frame {
                Frame::Header(header) => {
                    let (site, why) = self.site_of(&header);
                    if let Some((why, lost_bytes)) = why {
                        if !self.lane.limits.keep_going {
                            return Err(why);
                        }
                        let bytes = Some(lost_bytes);
                        self.queue.push_back(Queued::Lost { why, bytes });
                    }
                    self.begin_document(site);
                }
                Frame::Chunk(chunk) => self.admit(chunk)?,
                Frame::Lost(Lost { why, bytes }) => {
                    let why = why.in_input(&self.name);
                    let bytes = (bytes > 0).then_some(bytes);
                    self.queue.push_back(Queued::Lost { why, bytes });
                }
            }
        }
        Ok(())
    }

    /// What a header tells, and what is wrong in it with how many bytes that takes.
    fn site_of(&self, header: &Header) -> (SiteInfo, Option<(Error, u64)>) {
        let (mut site, fault) = xml::parse_header_so_far(&header.bytes, &self.lane.limits.xml);
        // Also where the root's tag cannot be read.
        site.prefix.clone_from(&header.prefix);
        let why = fault.map(|fault| {
            let lost_bytes = header.bytes.len().saturating_sub(fault.at) as u64;
            let why = Error::damaged(fault.message)
                .in_input(&self.name)
                .at_xml_byte(header.xml_offset_bytes + fault.at as u64);
            (why, lost_bytes)
        });
        (site, why)
    }

    fn begin_document(&mut self, site: SiteInfo) {
        let name = Arc::clone(&self.name);
        self.document = Arc::new(Document {
            limits: self.lane.limits.xml,
            ..Document::new(name, &self.file_name, site)
        });
        self.queue
            .push_back(Queued::Begin(Arc::clone(&self.document)));
    }

    /// Hands a chunk to the workers, when there is room for it.
    fn admit(&mut self, chunk: Chunk) -> Result<()> {
        // The chunk's own bytes, and about as many in each copy of the texts that it becomes.
        let bytes = chunk.held_bytes() * (1 + self.consumer.text_copies());
        let share_bytes = self.lane.budget.chunks_bytes();
        if bytes > share_bytes {
            return self.run_large(bytes, chunk);
        }
        while (self.in_flight_bytes + bytes > share_bytes || self.is_full())
            && !self.queue.is_empty()
        {
            self.collect_oldest()?;
        }
        self.hand_out(bytes, chunk);
        Ok(())
    }

    /// Whether so many chunks wait that more keep no worker busy, but take memory anew where what was
    /// used before is still at hand.
    fn is_full(&self) -> bool {
        const A_THREAD: usize = 2;
        const FOR_ALL: usize = 2;
        self.queue.len() >= A_THREAD * self.lane.pool.threads() + FOR_ALL
    }

    /// Sees a chunk through that is larger than this input's share: nothing else of this input is
    /// held meanwhile, and of the inputs that are read at once one has its turn.
    fn run_large(&mut self, bytes: usize, chunk: Chunk) -> Result<()> {
        self.drain()?;
        self.consumer.settle()?;
        let budget = self.lane.budget;
        let _turn = budget.large_turn();
        self.hand_out(bytes, chunk);
        self.drain()?;
        self.consumer.settle()
    }

    fn hand_out(&mut self, bytes: usize, chunk: Chunk) {
        self.in_flight_bytes += bytes;
        let work = Arc::clone(&self.work);
        let document = Arc::clone(&self.document);
        let task = self.lane.pool.spawn(move || work(&document, chunk));
        self.queue.push_back(Queued::Chunk { bytes, task });
    }

    fn collect_oldest(&mut self) -> Result<()> {
        match self.queue.pop_front() {
            Some(Queued::Begin(document)) => self.consumer.begin(&document),
            Some(Queued::Chunk { bytes, task }) => {
                let output = task.wait()?;
                self.in_flight_bytes -= bytes;
                self.consumer.collect(output)
            }
            Some(Queued::Lost { why, bytes }) => self.consumer.lost(&why, bytes),
            None => Ok(()),
        }
    }

    fn drain(&mut self) -> Result<()> {
        while !self.queue.is_empty() {
            self.lane.stop.check()?;
            self.collect_oldest()?;
        }
        Ok(())
    }
}

fn framer_options<C: Consumer>(lane: &Lane<'_>, consumer: &C) -> FramerOptions {
    FramerOptions {
        with_history: consumer.wants_history(),
        ..lane.limits.framer()
    }
}

impl<C: Consumer> Sink for Pipeline<'_, C> {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        self.lane.stop.check()?;
        self.lane
            .progress
            .xml_bytes
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.consumer.tick();
        let bytes = self.transcoder.push(bytes)?;
        let place = match self.transcoder.is_needed() {
            true => place.recoded(),
            false => place,
        };
        let outcome = self.framer.push(bytes, place);
        self.take_frames()?;
        outcome
    }

    fn next_document(&mut self) -> Result<()> {
        self.end_document()
    }

    fn piece_ended(&mut self) {
        self.pieces += 1;
    }

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        if trailing.all_zero {
            self.trailing_zero_bytes += trailing.bytes;
            return Ok(());
        }
        let why = trailing.damage().in_input(&self.name);
        match self.lane.limits.keep_going {
            true => {
                self.queue.push_back(Queued::Lost { why, bytes: None });
                Ok(())
            }
            false => Err(why),
        }
    }
}

impl<C: Consumer> Feed for Pipeline<'_, C> {
    fn gap(&mut self, why: Error) -> Result<()> {
        let why = why
            .in_input(&self.name)
            .at_xml_byte(self.framer.received_bytes());
        self.framer.gap(why)?;
        self.take_frames()
    }

    fn wants_more(&self) -> bool {
        self.framer.wants_more()
    }

    fn region_ends(&mut self) {
        self.framer.end_region_at(self.framer.received_bytes());
    }
}
