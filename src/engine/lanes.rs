//! Several inputs at once: which are read when, and what happens where one fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::{self, Scope};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, unbounded};

use super::budget::Budget;
use super::input_tables::{Converted, convert_input};
use super::lane::Lane;
use super::plan::Plan;
use super::pool::{Pool, caught};
use super::progress::{FirstFailed, Progress, Stop};
use crate::container::{Format, HEAD_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::source::Input;

/// How often the caller is told that the job goes on.
const OBSERVE_EVERY: Duration = Duration::from_millis(100);
/// Stored bytes of a splittable input that are worth one more core.
const SPLIT_BYTES_PER_CORE: u64 = 4 << 20;

/// Converts all inputs of a job, several at once.
///
/// Inputs are begun in their order, each on a thread of its own: the next one while there are fewer
/// than [`Limits::lanes`](super::Limits::lanes) and while those being read leave cores to it (see
/// [`cores_for`]).  `take` gets each outcome as it comes, with the number of its input.  Those that are
/// `finished` are passed over.
///
/// Where an input fails, those behind it are stopped and those before it are seen through, so that
/// the error told is always that of the first input that is bad.
pub(super) fn convert_inputs(
    plan: &Plan<'_>,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
    finished: &BTreeSet<usize>,
    take: &mut dyn FnMut(usize, Converted) -> Result<()>,
) -> Result<()> {
    let threads = pool.threads();
    let most = plan.job.limits.lanes(threads);
    let means = Means {
        plan,
        pool,
        progress,
        stop,
        budget: Budget::new(&plan.job.limits),
        failed: FirstFailed::none_yet(),
    };
    thread::scope(|scope| {
        let (send, receive) = unbounded();
        let inputs = plan.job.inputs.iter().enumerate();
        let mut waiting = inputs.filter(|(number, _)| !finished.contains(number));
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
            progress.end_input(number);
            if let Err(error) = outcome.and_then(|converted| take(number, converted)) {
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
type Outcome = (usize, Result<Converted>);

/// What all lanes share.
struct Means<'j> {
    plan: &'j Plan<'j>,
    pool: &'j Pool,
    progress: &'j Progress,
    stop: &'j Stop,
    budget: Budget,
    failed: FirstFailed,
}

impl Means<'_> {
    /// Begins a lane, which sends its outcome, whatever happens.
    fn begin<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        number: usize,
        input: &'s Input,
        send: &Sender<Outcome>,
    ) {
        // Here and not in the lane, so that the caller sees even the shortest input.
        let taken_bytes = self.progress.begin_input(number);
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
        send: &Sender<Outcome>,
    ) {
        let outcome = caught("the reading of an input", || {
            self.convert(number, input, taken_bytes)
        })
        .map_err(|error| error.in_input(&input.name()));
        if outcome.is_err() {
            // At once, so that those behind it stop.
            self.failed.note(number);
        }
        let _ = send.send((number, outcome));
    }

    fn convert(
        &self,
        number: usize,
        input: &Input,
        taken_bytes: Arc<AtomicU64>,
    ) -> Result<Converted> {
        let lane = Lane {
            limits: &self.plan.job.limits,
            pool: self.pool,
            budget: &self.budget,
            progress: self.progress,
            taken_bytes,
            stop: self.stop.of_input(number, &self.failed),
        };
        let converted = convert_input(self.plan, &lane, number, input)?;
        lane.stop.check()?;
        Ok(converted)
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
