//! Results of a job taken one by one: whoever takes them sets the pace.
//!
//! A thread drives the job, some items ahead of its taker and no further.  It ends when nobody wants
//! more.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::pool::caught;
use super::progress::{Progress, Stop};
use crate::error::{Error, Result};

/// Items that wait for being taken; then the job waits.
const ITEMS_AHEAD: usize = 4;

/// What comes next.
#[derive(Debug)]
pub enum Next<T> {
    /// An item.
    Item(T),
    /// Nothing: all inputs came to their proven ends.
    End,
    /// Nothing so far.
    NotYet,
}

/// The items of a job, in their order.
///
/// The end means that all of the inputs was read and proven to be whole; whatever keeps a job from
/// that is an error, and after an error nothing comes.  What is dropped before its end stops.
pub struct Stream<T, R> {
    work: Option<Box<Work<T, R>>>,
    stop: Stop,
    progress: Arc<Progress>,
    running: Option<Running<T, R>>,
    report: Option<R>,
    is_over: bool,
}

type Work<T, R> = dyn FnOnce(Outlet<T, R>, &Progress, &Stop) -> Result<R> + Send;

enum Told<T, R> {
    Item(T),
    End(Result<R>),
}

struct Running<T, R> {
    told: Receiver<Told<T, R>>,
    thread: JoinHandle<()>,
}

/// Where the items of a stream are put.  Who puts one waits until there is room for it.
///
/// Lanes wait here, and workers never do.  A lane that has its turn with a large chunk may wait here
/// too, and others for that turn; but whoever takes items takes those of all lanes, so this ends.
pub(super) struct Outlet<T, R>(Sender<Told<T, R>>);

impl<T, R> Clone for Outlet<T, R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, R> Outlet<T, R> {
    /// Puts an item.
    ///
    /// # Errors
    ///
    /// That the job is stopped, if nobody takes any more.
    pub(super) fn put(&self, item: T) -> Result<()> {
        let sent = self.0.send(Told::Item(item));
        sent.map_err(|_| Error::cancelled())
    }
}

impl<T: Send + 'static, R: Send + 'static> Stream<T, R> {
    /// A stream of what `work` puts.  It begins when the first item is asked for.
    pub(super) fn new(
        work: impl FnOnce(Outlet<T, R>, &Progress, &Stop) -> Result<R> + Send + 'static,
    ) -> Self {
        Self {
            work: Some(Box::new(work)),
            stop: Stop::default(),
            progress: Arc::default(),
            running: None,
            report: None,
            is_over: false,
        }
    }

    /// Ends the job from any thread: an item asked for is one of a few that were ready, and then an
    /// error of [`crate::ErrorKind::Cancelled`].
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Counters of what has been read so far.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// What was read; known at the end.
    pub fn report(&self) -> Option<&R> {
        self.report.as_ref()
    }

    /// The next item, or that none has come within some time.
    ///
    /// # Errors
    ///
    /// What is wrong with an input, after the items before it; or that the job was stopped.
    pub fn next_within(&mut self, time: Duration) -> Result<Next<T>> {
        if self.is_over {
            return Ok(Next::End);
        }
        let outcome = self.receive(time);
        if !matches!(outcome, Ok(Next::Item(_) | Next::NotYet)) {
            self.end();
        }
        outcome
    }

    fn receive(&mut self, time: Duration) -> Result<Next<T>> {
        if let Some(work) = self.work.take() {
            self.running = Some(self.begin(work)?);
        }
        let Some(running) = &self.running else {
            return Err(Error::internal("a stream goes on after its end"));
        };
        match running.told.recv_timeout(time) {
            Ok(Told::Item(item)) => Ok(Next::Item(item)),
            Ok(Told::End(outcome)) => {
                self.report = Some(outcome?);
                Ok(Next::End)
            }
            Err(RecvTimeoutError::Timeout) => Ok(Next::NotYet),
            // An end that is not told is none.
            Err(RecvTimeoutError::Disconnected) => Err(Error::internal("a stream was lost")),
        }
    }

    fn begin(&self, work: Box<Work<T, R>>) -> Result<Running<T, R>> {
        let (send, told) = bounded(ITEMS_AHEAD);
        let outlet = Outlet(send.clone());
        let (progress, stop) = (Arc::clone(&self.progress), self.stop.clone());
        let thread = thread::Builder::new()
            .name("stream".to_owned())
            .spawn(move || {
                let outcome = caught("a stream", || work(outlet, &progress, &stop));
                // Nobody hears it where no more is wanted.
                let _ = send.send(Told::End(outcome));
            })
            .map_err(|error| Error::io("cannot start a thread", error))?;
        Ok(Running { told, thread })
    }
}

impl<T, R> Stream<T, R> {
    /// Lets go of all that the job holds, and waits for its thread.
    fn end(&mut self) {
        self.is_over = true;
        self.work = None;
        if let Some(Running { told, thread }) = self.running.take() {
            self.stop.ask();
            drop(told);
            // A panic in it was told as an error.
            let _ = thread.join();
        }
    }
}

impl<T, R> Drop for Stream<T, R> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<T: Send + 'static, R: Send + 'static> Iterator for Stream<T, R> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        const LOOK_EVERY: Duration = Duration::from_secs(3600);
        loop {
            match self.next_within(LOOK_EVERY) {
                Ok(Next::Item(item)) => return Some(Ok(item)),
                Ok(Next::End) => return None,
                Ok(Next::NotYet) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
