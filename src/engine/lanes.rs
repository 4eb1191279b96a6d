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
    /// Numbers of inputs that are passed over, for they were read before.
    pub(super) finished: &'j BTreeSet<usize>,
    pub(super) limits: &'j Limits,
    pub(super) pool: &'j Pool,
    pub(super) progress: &'j Progress,
    pub(super) stop: &'j Stop,
}

/// What is done with an input, by the lane that reads it.
type Read<'r, T> = dyn Fn(&Lane<'_>, usize, &Input) -> Result<T> + Sync + 'r;

/// Reads all inputs of a job, several at once.
///
/// Inputs are begun in their order, each on a thread of its own: the next one while there are fewer
/// than [`Limits::lanes`] and while those being read leave cores to it (see [`cores_for`]).  `take`
/// gets each outcome as it comes, with the number of its input.
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
        let inputs = reading.inputs.iter().enumerate();
        let mut waiting = inputs.filter(|(number, _)| !reading.finished.contains(number));
        // The cores of each input being read, by its number.
        let mut running = BTreeMap::<usize, usize>::new();
        let mut errors = BTreeMap::new();
        loop {
            let leaves_cores = running.len() < most && running.values().sum::<usize>() < threads;
            if (running.is_empty() || leaves_cores)
                && errors.is_empty()
                && let Some((number, input)) = waiting.next()
            {
                running.insert(number, cores_for(input, threads));
                means.budget.set_running(running.len());
                means.begin(scope, number, input, &send);
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
            reading.progress.end_input(number);
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

/// What a lane sends at its end: the number of its input and what became of it.
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
        number: usize,
        input: &'s Input,
        send: &Sender<Outcome<T>>,
    ) {
        // Here and not in the lane, so that the caller sees even the shortest input.
        let taken_bytes = self.reading.progress.begin_input(number);
        let from_lane = send.clone();
        let spawned = thread::Builder::new()
            .name(format!("input-{number}"))
            .spawn_scoped(scope, move || {
                self.run(number, input, taken_bytes, &from_lane);
            });
        if let Err(error) = spawned {
            self.failed.note(number);
            let _ = send.send((number, Err(Error::io("cannot start a thread", error))));
        }
    }

    /// Runs one input and sends the outcome, whatever happens.
    fn run(
        &self,
        number: usize,
        input: &Input,
        taken_bytes: Arc<AtomicU64>,
        send: &Sender<Outcome<T>>,
    ) {
        let outcome = caught("the reading of an input", || {
            self.read(number, input, taken_bytes)
        })
        .map_err(|error| error.in_input(&input.name()));
        if outcome.is_err() {
            // At once, so that those behind it stop.
            self.failed.note(number);
        }
        let _ = send.send((number, outcome));
    }

    fn read(&self, number: usize, input: &Input, taken_bytes: Arc<AtomicU64>) -> Result<T> {
        let lane = Lane {
            limits: self.reading.limits,
            pool: self.reading.pool,
            budget: &self.budget,
            progress: self.reading.progress,
            taken_bytes,
            stop: self.reading.stop.of_input(number, &self.failed),
            sums: None,
        };
        let outcome = (self.read)(&lane, number, input)?;
        lane.stop.check()?;
        Ok(outcome)
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
