//! Progress on a terminal: a bar an input that is being read, and one for all.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::progress::{RunningInput, Snapshot};
use super::sizes::human_bytes;

/// More bars than this hide what is above them.
const MOST_INPUTS: usize = 8;
/// Characters of an input's name; of a longer one the end, which tells files of a dump apart.
const NAME_CHARACTERS: usize = 32;

pub(super) struct Bars {
    group: MultiProgress,
    /// The first running inputs, a bar each, from the top.
    inputs: Vec<ProgressBar>,
    total: ProgressBar,
}

impl Bars {
    pub(super) fn new() -> Self {
        let group = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let total = group.add(ProgressBar::new(0));
        Self {
            group,
            inputs: Vec::new(),
            total,
        }
    }

    pub(super) fn show(&mut self, now: &Snapshot<'_>) {
        let shown = now.running.len().min(MOST_INPUTS);
        while self.inputs.len() > shown {
            if let Some(bar) = self.inputs.pop() {
                self.group.remove(&bar);
            }
        }
        while self.inputs.len() < shown {
            let bar = self.group.insert_before(&self.total, ProgressBar::new(0));
            self.inputs.push(bar);
        }
        for (bar, input) in self.inputs.iter().zip(&now.running) {
            show_input(bar, input);
        }
        self.show_total(now);
    }

    fn show_total(&self, now: &Snapshot<'_>) {
        let done = match now.all {
            1 => String::new(),
            all => format!(", {} of {all} inputs", now.done),
        };
        let (template, percent) = match now.percent() {
            Some(percent) => (
                "total {wide_bar} {prefix}\n{wide_msg}",
                format!("{percent:.0} %"),
            ),
            None => ("total {prefix}\n{wide_msg}", human_bytes(now.taken_bytes)),
        };
        self.total.set_style(style(template));
        self.total
            .set_prefix(format!("{percent}{done}{}", now.left()));
        self.total.set_length(now.all_bytes.unwrap_or(0));
        self.total.set_message(now.rates());
        self.total.set_position(now.taken_bytes);
    }

    /// Takes all bars away.
    pub(super) fn clear(&mut self) {
        for bar in self.inputs.drain(..) {
            self.group.remove(&bar);
        }
        self.total.finish_and_clear();
        let _ = self.group.clear();
    }
}

fn show_input(bar: &ProgressBar, input: &RunningInput<'_>) {
    let template = match input.bytes {
        Some(_) => "{prefix:.bold} {wide_bar} {msg}",
        None => "{prefix:.bold} {msg}",
    };
    let taken = human_bytes(input.taken_bytes);
    bar.set_style(style(template));
    bar.set_prefix(short_name(input.name));
    bar.set_message(match input.bytes {
        Some(bytes) => format!("{taken} / {}", human_bytes(bytes)),
        None => taken,
    });
    bar.set_length(input.bytes.unwrap_or(0));
    bar.set_position(input.taken_bytes);
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A name without control characters, all of the same width.
fn short_name(name: &str) -> String {
    let clean: Vec<char> = name
        .chars()
        .map(|character| match character.is_control() {
            true => '?',
            false => character,
        })
        .collect();
    match clean.len() > NAME_CHARACTERS {
        false => format!("{:NAME_CHARACTERS$}", clean.iter().collect::<String>()),
        true => {
            let end = &clean[clean.len() - NAME_CHARACTERS + 1..];
            format!("…{}", end.iter().collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn names_fit_and_keep_their_end() {
        let name = short_name("enwiki-20260101-pages-meta-history1.xml-p1p812.bz2");
        assert_eq!(name.chars().count(), 32);
        assert!(
            name.starts_with('…') && name.ends_with("history1.xml-p1p812.bz2"),
            "{name}"
        );
        assert_eq!(short_name("a\x1b.gz"), format!("{:32}", "a?.gz"));
    }
}
