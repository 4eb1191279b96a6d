//! Showing a running job: bars, lines or events on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};
use serde_json::json;

use super::args::ProgressStyle;
use super::sizes::{human_bytes, human_count};
use crate::engine::Progress;
use crate::source::Input;

/// Shows a job's progress as it is observed.
pub(super) struct Display {
    progress: Arc<Progress>,
    inputs: Vec<(String, Option<u64>)>,
    before_bytes: u64,
    current: Option<usize>,
    began: Instant,
    shown: Option<Instant>,
    how: How,
}

enum How {
    Bars {
        group: MultiProgress,
        total: ProgressBar,
        input: ProgressBar,
    },
    Lines,
    Events,
    Nothing,
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
            ProgressStyle::Auto if io::stderr().is_terminal() => bars(&inputs),
            ProgressStyle::Auto | ProgressStyle::Plain => How::Lines,
        };
        Self {
            progress,
            inputs,
            before_bytes: 0,
            current: None,
            began: Instant::now(),
            shown: None,
            how,
        }
    }

    /// Called often; shows something now and then.
    pub(super) fn observe(&mut self, number: usize) {
        if self.current != Some(number) {
            self.before_bytes = self.inputs[..number]
                .iter()
                .filter_map(|(_, size)| *size)
                .sum();
            self.current = Some(number);
            self.begin_input(number);
        }
        let every = match self.how {
            How::Bars { .. } => Duration::from_millis(100),
            How::Lines => Duration::from_secs(5),
            How::Events => Duration::from_secs(1),
            How::Nothing => return,
        };
        let now = Instant::now();
        if now - self.shown.unwrap_or(self.began) >= every {
            self.shown = Some(now);
            self.show(number);
        }
    }

    fn begin_input(&mut self, number: usize) {
        let (name, size) = &self.inputs[number];
        match &self.how {
            How::Bars { input, .. } => {
                input.reset();
                input.set_length(size.unwrap_or(0));
                input.set_prefix(name.clone());
            }
            How::Events => event(&json!({"event": "input", "input": name, "bytes": size})),
            How::Lines | How::Nothing => {}
        }
    }

    fn show(&self, number: usize) {
        let taken = self.progress.taken_bytes.load(Ordering::Relaxed);
        let taken_all = self.before_bytes + taken;
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let revisions = self.progress.revisions.load(Ordering::Relaxed);
        let xml = self.progress.xml_bytes.load(Ordering::Relaxed);
        let written = self.progress.written_bytes.load(Ordering::Relaxed);
        let total: Option<u64> = self.inputs.iter().map(|(_, size)| *size).sum();
        let eta = total
            .filter(|_| taken_all > 0)
            .map(|total| total.saturating_sub(taken_all) as f64 * seconds / taken_all as f64);
        let message = || {
            format!(
                "{}/s in, {}/s XML, {}/s out, {} revisions/s, peak memory {}",
                human_bytes((taken_all as f64 / seconds) as u64),
                human_bytes((xml as f64 / seconds) as u64),
                human_bytes((written as f64 / seconds) as u64),
                human_count((revisions as f64 / seconds) as u64),
                peak_memory_bytes().map_or_else(|| "unknown".to_owned(), human_bytes),
            )
        };
        let (name, size) = &self.inputs[number];
        match &self.how {
            How::Bars { total, input, .. } => {
                input.set_position(taken);
                total.set_position(taken_all);
                total.set_message(message());
            }
            How::Lines => {
                let percent = total
                    .filter(|total| *total > 0)
                    .map_or_else(String::new, |total| {
                        format!("{:.0} %, ", taken_all as f64 * 100.0 / total as f64)
                    });
                let left =
                    eta.map_or_else(String::new, |eta| format!(", {} left", human_seconds(eta)));
                line(&format!("{name}: {percent}{}{left}", message()));
            }
            How::Events => event(&json!({
                "event": "progress", "input": name, "input_bytes": size, "taken_bytes": taken,
                "all_taken_bytes": taken_all, "all_bytes": total, "xml_bytes": xml,
                "written_bytes": written, "revisions": revisions, "seconds": seconds,
                "eta_seconds": eta, "peak_memory_bytes": peak_memory_bytes(),
            })),
            How::Nothing => {}
        }
    }

    /// The job has ended, well or not.
    pub(super) fn end(&self) {
        if let How::Bars {
            group,
            total,
            input,
        } = &self.how
        {
            input.finish_and_clear();
            total.finish_and_clear();
            let _ = group.clear();
        }
    }

    /// Wall time so far.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

fn bars(inputs: &[(String, Option<u64>)]) -> How {
    let style = |template: &str| {
        BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar())
    };
    let group = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    let input = group.add(ProgressBar::new(0));
    input.set_style(style("{prefix:.bold} {wide_bar} {bytes}/{total_bytes}"));
    let total = group.add(ProgressBar::new(
        inputs.iter().filter_map(|(_, size)| *size).sum(),
    ));
    total.set_style(style("total {wide_bar} {percent} %, {eta} left\n{msg}"));
    How::Bars {
        group,
        total,
        input,
    }
}

fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn event(event: &serde_json::Value) {
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
