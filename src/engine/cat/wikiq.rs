//! Tab-separated columns, as wikiq writes them.

use std::collections::VecDeque;

use super::Out;
use super::chunk::ChunkDocuments;
use super::latest::Latest;
use crate::derive::Sha1;
use crate::derive::token_revisions::{TokenMatching, TokenRevisions};
use crate::engine::texts::FollowedTokens;
use crate::error::Result;
use crate::model::{Page, Revision, Text};
use crate::tables::{self, Selection};

/// The names of the columns, as the first line has them; those of tokens where they are wanted.
pub fn wikiq_header(with_tokens: bool) -> String {
    let selection = match with_tokens {
        true => Selection::all(&tables::WIKIQ),
        false => Selection::usual(&tables::WIKIQ),
    };
    let schema = selection.schema();
    let names: Vec<_> = (schema.fields().iter())
        .map(|field| field.name().as_str())
        .collect();
    names.join("\t") + "\n"
}

/// Stands where the columns of reverts belong.  No text has it, for XML cannot hold it.
const GAP: u8 = 0;
/// Stands before it: a revision can be a revert, or its hidden text does not tell.
const MAYBE: u8 = 1;
const NEVER: u8 = 2;

/// Writes the line of a revision, but for what its page's history tells.
pub(super) fn write_line(page: &Page<'_>, revision: &Revision<'_>, line: &mut Vec<u8>) {
    let user = &revision.contributor;
    let is_anonymous = user.is_in_ip_element || user.id.is_none();
    let main = revision.main.as_ref();
    let is_hidden = main.is_some_and(|slot| slot.is_hidden);
    let text = main.and_then(|slot| slot.visible_text());
    let time = revision.timestamp.map(|time| time.to_string());
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let shown = |text: Option<Text<'_>>| text.map(|text| text.to_string());
    let sha1 = revision
        .known_sha1()
        .filter(|_| !revision.slots().any(|slot| slot.is_hidden));
    let before = [
        user.is_visible.then(|| truth(is_anonymous).to_owned()),
        number(page.id),
        time.map(|time| time.trim_end_matches('Z').replacen('T', " ", 1)),
        Some(truth(is_hidden).to_owned()),
        shown(user.name.filter(|_| user.is_visible)),
        number(user.id.filter(|_| user.is_visible)),
        Some(truth(revision.is_minor).to_owned()),
        number(page.namespace_id.map(i64::from)),
    ];
    let behind = [
        number(revision.id),
        shown(sha1),
        text.map(|text| text.len_characters().to_string()),
        shown(page.title),
    ];
    for value in before {
        put(value.as_deref().unwrap_or_default(), line);
        line.push(b'\t');
    }
    // Whether there can be a revert at all.
    line.extend([if is_hidden { NEVER } else { MAYBE }, GAP]);
    for value in behind {
        line.push(b'\t');
        put(value.as_deref().unwrap_or_default(), line);
    }
    line.push(b'\n');
}

fn truth(value: bool) -> &'static str {
    match value {
        true => "TRUE",
        false => "FALSE",
    }
}

/// A value between tabs, in quotes where it has tabs, line ends or quotes itself.
fn put(value: &str, line: &mut Vec<u8>) {
    match value.contains(['\t', '\n', '\r', '"']) {
        true => line.extend(format!("\"{}\"", value.replace('"', "\"\"")).as_bytes()),
        false => line.extend(value.as_bytes()),
    }
}

/// Finds reverts in a page's last revisions, and puts them into lines.
#[derive(Debug)]
pub(super) struct Wikiq {
    /// With their ids.
    latest: Latest<Option<i64>>,
    line: Vec<u8>,
    tokens: Option<FollowedTokens>,
    /// Lines whose tokens are still followed; `None` where the revision is not wanted.
    waiting: VecDeque<Option<Box<[u8]>>>,
}

impl Wikiq {
    pub(super) fn new(radius: usize, tokens: Option<TokenMatching>) -> Result<Self> {
        Ok(Self {
            latest: Latest::new(radius),
            line: Vec::new(),
            tokens: tokens.map(FollowedTokens::new).transpose()?,
            waiting: VecDeque::new(),
        })
    }

    /// A document begins.
    pub(super) fn begin(&mut self) {
        self.latest.end_page();
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, mut chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        if let (Some(tokens), Some(changes)) = (&mut self.tokens, chunk.changes.take()) {
            tokens.add(changes);
        }
        let Some(history) = chunk.history else {
            return Ok(());
        };
        for piece in history.pages {
            self.latest.enter(&piece);
            for number in piece.range {
                let (Some(fact), Some(line)) =
                    (history.facts.get(number), chunk.documents.get(number))
                else {
                    continue;
                };
                if fact.is_wanted() {
                    let reverted = self.reverted_by(fact.sha1());
                    self.fill(line, reverted.as_deref());
                }
                if self.tokens.is_some() {
                    let line = fact.is_wanted().then(|| self.line.as_slice().into());
                    self.waiting.push_back(line);
                } else if fact.is_wanted() {
                    out(&self.line)?;
                }
                self.latest.push(fact.sha1(), fact.id());
            }
        }
        self.hand_on(out)
    }

    /// The open page does not go on.
    pub(super) fn end_page(&mut self, out: &mut Out<'_>) -> Result<()> {
        if let Some(tokens) = &mut self.tokens {
            tokens.end_page();
        }
        self.hand_on(out)
    }

    /// Writes the lines of which all is known.
    fn hand_on(&mut self, out: &mut Out<'_>) -> Result<()> {
        let Some(tokens) = &mut self.tokens else {
            return Ok(());
        };
        let known = tokens.len().min(self.waiting.len());
        for (line, measures) in self.waiting.drain(..known).zip(tokens.take(known)) {
            if let Some(line) = line {
                with_tokens(&line, measures, &mut self.line);
                out(&self.line)?;
            }
        }
        Ok(())
    }

    /// Ids of what lies between a revision and the latest that is equal, the latest first, with commas
    /// between.
    fn reverted_by(&self, sha1: Option<Sha1>) -> Option<String> {
        let (_, reverted) = self.latest.reverted_by(sha1)?;
        let ids: Vec<_> = reverted
            .filter_map(|id| Some(id.as_ref()?.to_string()))
            .collect();
        Some(ids.join(","))
    }

    /// Makes a line whole, but for what is told of tokens.
    fn fill(&mut self, line: &[u8], reverted: Option<&str>) {
        let gap = line.iter().position(|byte| *byte == GAP).unwrap_or(0);
        let (before, behind) = line.split_at(gap);
        let (mark, before) = before.split_last().unwrap_or((&NEVER, before));
        let is_known = *mark == MAYBE;
        self.line.clear();
        self.line.extend(before);
        if is_known {
            self.line.extend(truth(reverted.is_some()).as_bytes());
        }
        self.line.push(b'\t');
        self.line
            .extend(reverted.filter(|_| is_known).unwrap_or_default().as_bytes());
        self.line.extend(behind.get(1..).unwrap_or_default());
    }
}

/// A line with the columns of tokens.
fn with_tokens(line: &[u8], measures: Option<TokenRevisions>, whole: &mut Vec<u8>) {
    whole.clear();
    whole.extend(line.strip_suffix(b"\n").unwrap_or(line));
    match measures {
        Some(tokens) => {
            let values = [
                tokens.token_revs,
                tokens.added,
                tokens.removed,
                tokens.window,
            ];
            for value in values {
                whole.extend(format!("\t{value}").as_bytes());
            }
        }
        None => whole.extend(b"\t\t\t\t"),
    }
    whole.push(b'\n');
}
