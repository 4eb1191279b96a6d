//! Several inputs at once: which are read when, and what happens where one fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::{self, Scope};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, unbounded};

use super::budget::Budget;
use super::lane::Lane;
use super::options::Limits;
use super::pool::{Pool, caught};
use super::progress::{FirstFailed, Progress, Stop};
use super::sequences::Sequence;
use crate::container::{Format, HEAD_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::source::Input;

/// How often the caller is told that the job goes on.
const OBSERVE_EVERY: Duration = Duration::from_millis(100);
/// Stored bytes of a splittable input that are worth one more core.
const SPLIT_BYTES_PER_CORE: u64 = 4 << 20;

/// What a job reads, and its means.
#[derive(Clone, Copy)]
pub(super) struct Reading<'j> {
    pub(super) inputs: &'j [Input],
    /// Which of these are read one after another; those of the least numbers come first.
    pub(super) sequences: &'j [Sequence],
    /// Numbers of sequences that are passed over, for they were read before.
    pub(super) finished: &'j BTreeSet<usize>,
    pub(super) limits: &'j Limits,
    pub(super) pool: &'j Pool,
    pub(super) progress: &'j Progress,
    pub(super) stop: &'j Stop,
}

/// What is done with a sequence of inputs, by the lane that reads it.
type Read<'r, T> = dyn Fn(&Lane<'_>, &Sequence) -> Result<T> + Sync + 'r;

/// Reads all inputs of a job, several at once.
///
/// Inputs are begun in their order, each on a thread of its own (those of a sequence on one): the next one while there are fewer
/// than [`Limits::lanes`] and while those being read leave cores to it (see [`cores_for`]).  `take`
/// gets each outcome as it comes, with the number of its first input.
///
/// Where an input fails, those behind it are stopped and those before it are seen through, so that
/// the error told is always that of the first input that is bad.
pub(super) fn read_inputs<T: Send>(
    reading: &Reading<'_>,
    observe: &mut dyn FnMut(),
    read: &Read<'_, T>,
    take: &mut dyn FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let threads = reading.pool.threads();
    let most = reading.limits.lanes(threads);
    let means = Means {
        reading,
        read,
        budget: Budget::new(reading.limits),
        failed: FirstFailed::none_yet(),
    };
    thread::scope(|scope| {
        let (send, receive) = unbounded();
        let sequences = reading.sequences.iter();
        let mut waiting =
            sequences.filter(|sequence| !reading.finished.contains(&sequence.number()));
        // The cores of each input being read, by its number.
        let mut running = BTreeMap::<usize, usize>::new();
        let mut errors = BTreeMap::new();
        loop {
            let leaves_cores = running.len() < most && running.values().sum::<usize>() < threads;
            if (running.is_empty() || leaves_cores)
                && errors.is_empty()
                && let Some(sequence) = waiting.next()
            {
                running.insert(sequence.number(), means.cores_for(sequence));
                means.budget.set_running(running.len());
                means.begin(scope, sequence, &send);
                continue;
            }
            if running.is_empty() {
                return first_error(errors);
            }
            observe();
            let (number, outcome) = match receive.recv_timeout(OBSERVE_EVERY) {
                Ok(told) => told,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::internal("the lanes were lost"));
                }
            };
            running.remove(&number);
            means.budget.set_running(running.len());
            let taken = outcome.and_then(|outcome| take(number, outcome));
            if let Err(error) = taken {
                means.failed.note(number);
                errors.insert(number, error);
            }
        }
    })
}

/// The error of the first input, in their order, that has one.
fn first_error(errors: BTreeMap<usize, Error>) -> Result<()> {
    match errors.into_values().next() {
        // Which input was stopped tells nobody anything.
        Some(error) if error.kind() == ErrorKind::Cancelled => Err(Error::cancelled()),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// What a lane sends at its end: the number of its first input and what became of them.
type Outcome<T> = (usize, Result<T>);

/// What all lanes share.
struct Means<'j, T> {
    reading: &'j Reading<'j>,
    read: &'j Read<'j, T>,
    budget: Budget,
    failed: FirstFailed,
}

impl<T: Send> Means<'_, T> {
    /// Begins a lane, which sends its outcome, whatever happens.
    fn begin<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        sequence: &'s Sequence,
        send: &Sender<Outcome<T>>,
    ) {
        let number = sequence.number();
        // Here and not in the lane, so that the caller sees even the shortest input.
        let taken_bytes = self.reading.progress.begin_input(number);
        let from_lane = send.clone();
        let spawned = thread::Builder::new()
            .name(format!("input-{number}"))
            .spawn_scoped(scope, move || {
                self.run(sequence, taken_bytes, &from_lane);
            });
        if let Err(error) = spawned {
            self.failed.note(number);
            let _ = send.send((number, Err(Error::io("cannot start a thread", error))));
        }
    }

    /// Runs a sequence and sends the outcome, whatever happens.
    fn run(&self, sequence: &Sequence, taken_bytes: Arc<AtomicU64>, send: &Sender<Outcome<T>>) {
        let number = sequence.number();
        let mut outcome = caught("the reading of an input", || {
            self.read(sequence, taken_bytes)
        });
        if let Some(input) = self.reading.inputs.get(number) {
            outcome = outcome.map_err(|error| error.in_input(&input.name()));
        }
        if outcome.is_err() {
            // At once, so that those behind it stop.
            self.failed.note(number);
        }
        for file in sequence.files() {
            self.reading.progress.end_input(file.number);
        }
        let _ = send.send((number, outcome));
    }

    fn read(&self, sequence: &Sequence, taken_bytes: Arc<AtomicU64>) -> Result<T> {
        let lane = Lane {
            limits: self.reading.limits,
            pool: self.reading.pool,
            budget: &self.budget,
            progress: self.reading.progress,
            taken_bytes,
            stop: self.reading.stop.of_input(sequence.number(), &self.failed),
            sums: None,
        };
        let outcome = (self.read)(&lane, sequence)?;
        lane.stop.check()?;
        Ok(outcome)
    }

    /// How many cores the inputs of a sequence keep busy, one after another.
    fn cores_for(&self, sequence: &Sequence) -> usize {
        let inputs = sequence.files().iter();
        let inputs = inputs.filter_map(|file| self.reading.inputs.get(file.number));
        let threads = self.reading.pool.threads();
        inputs
            .map(|input| cores_for(input, threads))
            .max()
            .unwrap_or(1)
    }
}

/// How many cores an input keeps busy: a splittable one more the larger it is, any other one, for
/// one thread decodes it.
fn cores_for(input: &Input, threads: usize) -> usize {
    // What is no regular file can be opened once only.
    let size_bytes = match input {
        Input::File(path) => path.metadata().ok().filter(std::fs::Metadata::is_file),
        Input::Stdin => None,
    }
    .map(|metadata| metadata.len())
    .filter(|bytes| *bytes > SPLIT_BYTES_PER_CORE);
    let (Some(bytes), true) = (size_bytes, threads > 1) else {
        return 1;
    };
    let is_splittable = input
        .open(HEAD_BYTES)
        .is_ok_and(|opened| Format::detect(&opened.head).is_splittable());
    match is_splittable {
        true => usize::try_from(bytes / SPLIT_BYTES_PER_CORE)
            .map_or(threads, |cores| cores.clamp(1, threads)),
        false => 1,
    }
}
