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
    /// Whether anything was shown.
    is_begun: bool,
}

impl Bars {
    /// `has_total`: whether the sizes of all inputs are known.
    pub(super) fn new(has_total: bool) -> Self {
        let group = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let total = ProgressBar::hidden();
        total.set_style(style(match has_total {
            true => "total {wide_bar} {prefix}\n{wide_msg}",
            false => "total {prefix}\n{wide_msg}",
        }));
        Self {
            group,
            inputs: Vec::new(),
            total,
            is_begun: false,
        }
    }

    pub(super) fn show(&mut self, now: &Snapshot<'_>) {
        // A bar is drawn as soon as it is in the group, so it gets its state before.
        if !self.is_begun {
            self.is_begun = true;
            self.show_total(now);
            self.total = self.group.add(self.total.clone());
        }
        let shown = now.running.len().min(MOST_INPUTS);
        while self.inputs.len() > shown {
            if let Some(bar) = self.inputs.pop() {
                self.group.remove(&bar);
            }
        }
        for (index, input) in now.running.iter().take(shown).enumerate() {
            match self.inputs.get(index) {
                Some(bar) => show_input(bar, input),
                None => {
                    let bar = ProgressBar::hidden();
                    show_input(&bar, input);
                    self.inputs.push(self.group.insert_before(&self.total, bar));
                }
            }
        }
        self.show_total(now);
    }

    fn show_total(&self, now: &Snapshot<'_>) {
        let done = match now.all {
            1 => String::new(),
            all => format!(", {} of {all} inputs", now.done),
        };
        let percent = match now.percent() {
            Some(percent) => format!("{percent:.0} %"),
            None => human_bytes(now.taken_bytes),
        };
        let prefix = format!("{percent}{done}{}", now.left());
        self.total.set_prefix(prefix);
        self.total.set_message(now.rates());
        self.total.update(|state| {
            state.set_len(now.all_bytes.unwrap_or(0));
            state.set_pos(now.taken_bytes);
        });
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
    let name = short_name(input.name);
    // A bar can pass from one input to the next.
    if bar.prefix() != name {
        bar.set_style(style(match input.bytes {
            Some(_) => "{prefix:.bold} {wide_bar} {bytes}/{total_bytes}",
            None => "{prefix:.bold} {bytes}",
        }));
        bar.set_prefix(name);
    }
    bar.update(|state| {
        state.set_len(input.bytes.unwrap_or(0));
        state.set_pos(input.taken_bytes);
    });
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
