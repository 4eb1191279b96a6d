//! `mwparquet apply`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use serde_json::json;

use super::args::ApplyArguments;
use super::sizes::human_count;
use super::{WITH_REJECTS, is_closed_pipe};
use crate::derive::Sha1;
use crate::engine::{Rebuilt, Stop, apply, diff_parts};
use crate::error::{Error, Result};
use crate::model::Text;

pub(super) fn run(arguments: &ApplyArguments, stop: &Stop) -> Result<ExitCode> {
    let mut parts = Vec::new();
    for path in &arguments.diffs {
        parts.extend(diff_parts(path)?);
    }
    let mut check = Check::default();
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let outcome = apply(&parts, stop, &mut |revision| {
        if arguments.check {
            check.see(revision);
            return Ok(());
        }
        check.out_of_reach += u64::from(revision.is_out_of_reach());
        write_line(&mut out, revision)
    });
    let outcome = outcome.and_then(|()| out.flush().map_err(cannot_write));
    match outcome {
        Err(error) if is_closed_pipe(&error) => return Ok(ExitCode::SUCCESS),
        outcome => outcome?,
    }
    Ok(match check.tell(arguments.check) {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(WITH_REJECTS),
    })
}

fn write_line(out: &mut impl Write, revision: &Rebuilt<'_>) -> Result<()> {
    let line = json!({
        "wiki_id": revision.wiki_id,
        "page_id": revision.page_id,
        "revision_id": revision.revision_id,
        "text_state": revision.text_state,
        "text_sha1": revision.text_sha1,
        "text": revision.text,
    });
    serde_json::to_writer(&mut *out, &line)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(cannot_write)
}

fn cannot_write(error: io::Error) -> Error {
    Error::io("cannot write to standard output", error)
}

/// How many texts with another checksum are named.
const TOLD: u64 = 20;

fn tell_different(revision: &Rebuilt<'_>, sha1: &str) {
    let id = revision.revision_id;
    let id = id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
    let _ = writeln!(
        io::stderr(),
        "revision {id}: the text does not have the checksum {sha1:?} that the dump declares"
    );
}

/// What was found out about the texts.
#[derive(Debug, Default)]
struct Check {
    equal: u64,
    without_checksum: u64,
    not_in_dump: u64,
    different: u64,
    out_of_reach: u64,
}

/// Whether a checksum as MediaWiki writes it is that of a text.
fn is_sha1_of(sha1: &str, text: &str) -> bool {
    Sha1::from_base36(sha1.as_bytes()) == Some(Sha1::of_text(Text::plain(text)))
}

impl Check {
    fn see(&mut self, revision: &Rebuilt<'_>) {
        let count = match (revision.text, revision.text_sha1) {
            (None, _) if revision.is_out_of_reach() => &mut self.out_of_reach,
            (None, _) => &mut self.not_in_dump,
            (Some(_), None) => &mut self.without_checksum,
            (Some(text), Some(sha1)) if is_sha1_of(sha1, text) => &mut self.equal,
            (Some(_), Some(sha1)) => {
                if self.different < TOLD {
                    tell_different(revision, sha1);
                }
                &mut self.different
            }
        };
        *count += 1;
    }

    /// Tells what there is to tell, and whether all is well.
    fn tell(&self, is_check: bool) -> bool {
        let mut err = io::stderr().lock();
        if is_check {
            for (count, what) in [
                (self.equal, "texts have the checksum that the dump declares"),
                (self.without_checksum, "texts have none to be held against"),
                (self.not_in_dump, "texts are not in the dump"),
                (self.different, "texts have another checksum"),
            ] {
                let _ = writeln!(err, "{:>14} {what}", human_count(count));
            }
        }
        if is_check || self.out_of_reach > 0 {
            let _ = writeln!(
                err,
                "{:>14} texts are out of reach: no keyframe leads to them",
                human_count(self.out_of_reach)
            );
        }
        self.different == 0 && self.out_of_reach == 0
    }
}
