//! Showing a running job: bars, lines or events on standard error.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::args::ProgressStyle;
use super::bars::Bars;
use super::sizes::{human_bytes, human_count};
use crate::engine::Progress;
use crate::source::Input;

/// Shows a job's progress as it is observed.
pub(super) struct Display {
    progress: Arc<Progress>,
    /// Names and stored bytes.
    inputs: Vec<(String, Option<u64>)>,
    /// Inputs of whose begin an event has told and not yet of their end.
    told: BTreeSet<usize>,
    began: Instant,
    shown: Option<Instant>,
    how: How,
}

enum How {
    Bars(Bars),
    Lines,
    Events,
    Nothing,
}

/// How far a job is.
pub(super) struct Snapshot<'d> {
    /// The inputs being read, in their order.
    pub(super) running: Vec<RunningInput<'d>>,
    /// How many inputs have been read, and how many there are.
    pub(super) done: usize,
    pub(super) all: usize,
    /// Stored bytes taken of all inputs, and how many there are, where all sizes are known.
    pub(super) taken_bytes: u64,
    /// What this run has taken of them.
    now_taken_bytes: u64,
    pub(super) all_bytes: Option<u64>,
    pub(super) xml_bytes: u64,
    pub(super) written_bytes: u64,
    pub(super) revisions: u64,
    pub(super) sql_rows: u64,
    /// Wall time so far, and about what is left.
    pub(super) seconds: f64,
    pub(super) eta_seconds: Option<f64>,
}

/// An input being read.
pub(super) struct RunningInput<'d> {
    pub(super) number: usize,
    pub(super) name: &'d str,
    pub(super) taken_bytes: u64,
    /// Stored bytes, where known.
    pub(super) bytes: Option<u64>,
}

impl Display {
    pub(super) fn new(style: ProgressStyle, inputs: &[Input], progress: Arc<Progress>) -> Self {
        let inputs: Vec<_> = inputs
            .iter()
            .map(|input| (input.file_name(), input.size_bytes()))
            .collect();
        let how = match style {
            ProgressStyle::Off => How::Nothing,
            ProgressStyle::Json => How::Events,
            ProgressStyle::Auto if io::stderr().is_terminal() => {
                How::Bars(Bars::new(inputs.iter().all(|(_, size)| size.is_some())))
            }
            ProgressStyle::Auto | ProgressStyle::Plain => How::Lines,
        };
        Self {
            progress,
            inputs,
            told: BTreeSet::new(),
            began: Instant::now(),
            shown: None,
            how,
        }
    }

    /// Called often; shows something now and then.
    pub(super) fn observe(&mut self) {
        let every = match self.how {
            How::Bars(_) => Duration::from_millis(100),
            How::Lines => Duration::from_secs(5),
            How::Events => Duration::from_secs(1),
            How::Nothing => return,
        };
        if matches!(self.how, How::Events) {
            self.tell_inputs();
        }
        let now = Instant::now();
        if now - self.shown.unwrap_or(self.began) < every {
            return;
        }
        self.shown = Some(now);
        let now = snapshot(&self.progress, &self.inputs, self.seconds());
        match &mut self.how {
            How::Bars(bars) => bars.show(&now),
            How::Lines => line(&describe(&now)),
            How::Events => event(&progress_event(&now)),
            How::Nothing => {}
        }
    }

    /// Tells which inputs have begun and ended.
    fn tell_inputs(&mut self) {
        let running = self.progress.running();
        let now: BTreeSet<_> = running.inputs.iter().map(|(number, _)| *number).collect();
        let tell = |what: &str, number: usize| {
            let (name, bytes) = &self.inputs[number];
            event(&json!({"event": what, "number": number, "input": name, "bytes": bytes}));
        };
        for number in self.told.difference(&now) {
            tell("input_end", *number);
        }
        for number in now.difference(&self.told) {
            tell("input", *number);
        }
        self.told = now;
    }

    /// The job has ended, well or not.
    pub(super) fn end(&mut self) {
        match &mut self.how {
            How::Bars(bars) => bars.clear(),
            How::Events => self.tell_inputs(),
            How::Lines | How::Nothing => {}
        }
    }

    /// Wall time so far.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

fn snapshot<'d>(
    progress: &Progress,
    inputs: &'d [(String, Option<u64>)],
    seconds: f64,
) -> Snapshot<'d> {
    let running = progress.running();
    let all_bytes: Option<u64> = inputs.iter().map(|(_, size)| *size).sum();
    let taken = running.taken_bytes;
    let now_taken = taken.saturating_sub(running.earlier_bytes);
    let left = all_bytes.map(|all| all.saturating_sub(taken));
    Snapshot {
        running: running
            .inputs
            .into_iter()
            .map(|(number, taken_bytes)| RunningInput {
                number,
                name: &inputs[number].0,
                taken_bytes,
                bytes: inputs[number].1,
            })
            .collect(),
        done: running.done,
        all: inputs.len(),
        taken_bytes: taken,
        now_taken_bytes: now_taken,
        all_bytes,
        xml_bytes: progress.xml_bytes.load(Ordering::Relaxed),
        written_bytes: progress.written_bytes.load(Ordering::Relaxed),
        revisions: progress.revisions.load(Ordering::Relaxed),
        sql_rows: progress.sql_rows.load(Ordering::Relaxed),
        seconds,
        eta_seconds: left
            .filter(|_| now_taken > 0)
            .map(|left| left as f64 * seconds / now_taken as f64),
    }
}

impl Snapshot<'_> {
    /// Rates since the begin, and memory.
    pub(super) fn rates(&self) -> String {
        let a_second = |count: u64| (count as f64 / self.seconds.max(0.001)) as u64;
        let (count, what) = match (self.revisions, self.sql_rows) {
            (0, 1..) => (self.sql_rows, "rows"),
            _ => (self.revisions, "revisions"),
        };
        format!(
            "{}/s in, {}/s out, {} {what}/s, peak memory {}",
            human_bytes(a_second(self.now_taken_bytes)),
            human_bytes(a_second(self.written_bytes)),
            human_count(a_second(count)),
            peak_memory_bytes().map_or_else(|| "unknown".to_owned(), human_bytes),
        )
    }

    /// How much of all inputs has been taken, in percent.
    pub(super) fn percent(&self) -> Option<f64> {
        self.all_bytes
            .and_then(|all| percent(self.taken_bytes, all))
    }

    /// About how long it will take yet.
    pub(super) fn left(&self) -> String {
        self.eta_seconds
            .map_or_else(String::new, |eta| format!(", {} left", human_seconds(eta)))
    }
}

/// How many running inputs a line names.
const NAMED_INPUTS: usize = 4;

fn describe(now: &Snapshot<'_>) -> String {
    let mut inputs: Vec<_> = now
        .running
        .iter()
        .take(NAMED_INPUTS)
        .map(|input| {
            let percent = input
                .bytes
                .and_then(|bytes| percent(input.taken_bytes, bytes))
                .map_or_else(String::new, |percent| format!(" {percent:.0} %"));
            format!("{}{percent}", input.name)
        })
        .collect();
    if now.running.len() > NAMED_INPUTS {
        inputs.push(format!("{} more", now.running.len() - NAMED_INPUTS));
    }
    let total = now
        .percent()
        .map_or_else(String::new, |percent| format!("{percent:.0} %, "));
    let done = match now.all {
        1 => String::new(),
        all => format!("{} of {all} inputs, ", now.done),
    };
    let rates = now.rates();
    let left = now.left();
    format!("{}: {done}{total}{rates}{left}", inputs.join(", "))
}

fn percent(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| (part as f64 * 100.0 / all as f64).min(100.0))
}

/// `input`, `input_bytes` and `taken_bytes` are of the first input being read, `running` has all.
fn progress_event(now: &Snapshot<'_>) -> Value {
    let running: Vec<_> = now
        .running
        .iter()
        .map(|input| {
            json!({
                "number": input.number, "input": input.name, "input_bytes": input.bytes,
                "taken_bytes": input.taken_bytes,
            })
        })
        .collect();
    let first = now.running.first();
    json!({
        "event": "progress",
        "input": first.map(|input| input.name),
        "input_bytes": first.and_then(|input| input.bytes),
        "taken_bytes": first.map(|input| input.taken_bytes),
        "running": running,
        "done_inputs": now.done, "all_inputs": now.all,
        "all_taken_bytes": now.taken_bytes, "all_bytes": now.all_bytes,
        "xml_bytes": now.xml_bytes, "written_bytes": now.written_bytes,
        "revisions": now.revisions, "sql_rows": now.sql_rows, "seconds": now.seconds,
        "eta_seconds": now.eta_seconds, "peak_memory_bytes": peak_memory_bytes(),
    })
}

fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn event(event: &Value) {
    line(&event.to_string());
}

fn human_seconds(seconds: f64) -> String {
    indicatif::HumanDuration(Duration::from_secs_f64(seconds.min(1e9))).to_string()
}

/// The most memory that this process has held at once, where the system tells.
pub(super) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
