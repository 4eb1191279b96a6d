//! Several inputs at once: which are read when, and what happens where one fails.

use std::collections::BTreeMap;
use std::thread;
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
/// [`cores_for`]).  `take` gets each outcome as it comes, with the number of its input.
///
/// Where an input fails, those behind it are stopped and those before it are seen through, so that
/// the error told is always that of the first input that is bad.
pub(super) fn convert_inputs(
    plan: &Plan<'_>,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
    take: &mut dyn FnMut(usize, Converted),
) -> Result<()> {
    let means = Means {
        plan,
        pool,
        progress,
        stop,
        budget: Budget::new(&plan.job.limits),
        failed: FirstFailed::none_yet(),
    };
    let most = plan.job.limits.lanes(pool.threads());
    thread::scope(|scope| {
        let (send, receive) = unbounded();
        let mut waiting = plan.job.inputs.iter().enumerate();
        let mut next = waiting.next();
        // The cores of each input being read, by its number.
        let mut running = BTreeMap::new();
        let mut errors = BTreeMap::new();
        loop {
            let used: usize = running.values().sum();
            let has_room = running.is_empty() || (running.len() < most && used < pool.threads());
            match next {
                Some((number, input)) if has_room && errors.is_empty() => {
                    running.insert(number, cores_for(input, pool.threads()));
                    means.budget.set_running(running.len());
                    let (means, send) = (&means, send.clone());
                    let spawned = thread::Builder::new()
                        .name(format!("input-{number}"))
                        .spawn_scoped(scope, move || means.run(number, input, &send));
                    if let Err(error) = spawned {
                        running.remove(&number);
                        means.failed.note(number);
                        errors.insert(number, Error::io("cannot start a thread", error));
                    }
                    next = waiting.next();
                    continue;
                }
                _ if running.is_empty() => break,
                _ => {}
            }
            observe();
            let (number, outcome) = match receive.recv_timeout(OBSERVE_EVERY) {
                Ok(told) => told,
                Err(RecvTimeoutError::Timeout) => continue,
                // Cannot be, for this thread holds a sender itself.
                Err(RecvTimeoutError::Disconnected) => break,
            };
            running.remove(&number);
            means.budget.set_running(running.len());
            match outcome {
                Ok(converted) => take(number, converted),
                Err(error) => {
                    errors.insert(number, error);
                }
            }
        }
        match errors.into_values().next() {
            // Which input was stopped tells nobody anything.
            Some(error) if error.kind() == ErrorKind::Cancelled => Err(Error::cancelled()),
            Some(error) => Err(error),
            None => Ok(()),
        }
    })
}

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
    /// Runs one input and sends the outcome, whatever happens.
    fn run(&self, number: usize, input: &Input, send: &Sender<(usize, Result<Converted>)>) {
        let outcome = caught("the reading of an input", || self.convert(number, input))
            .map_err(|error| error.in_input(&input.name()));
        if outcome.is_err() {
            // At once, so that those behind it stop.
            self.failed.note(number);
        }
        self.progress.end_input(number);
        let _ = send.send((number, outcome));
    }

    fn convert(&self, number: usize, input: &Input) -> Result<Converted> {
        let lane = Lane {
            limits: &self.plan.job.limits,
            pool: self.pool,
            budget: &self.budget,
            progress: self.progress,
            taken_bytes: self.progress.begin_input(number),
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
