//! `mwparquet cat`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::args::{CatArguments, CatFormat, OnDamage};
use super::convert::{filters, limits, pool};
use super::inputs::find;
use crate::engine::{Stop, cat_json, cat_xml};
use crate::error::{Error, ErrorKind, Result};

pub(super) fn run(arguments: &CatArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let filters = filters(&arguments.filters)?;
    let found = find(&arguments.inputs, &arguments.runs)?;
    let cannot = |error| Error::io("cannot write to standard output", error);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let named = found.named.iter().map(|input| (input, true));
    let in_folders = found.in_folders.iter().map(|input| (input, false));
    for (input, is_named) in named.chain(in_folders) {
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot);
        let outcome = match arguments.format {
            CatFormat::Json => cat_json(input, &filters, &limits, &pool, stop, &mut write),
            CatFormat::Xml => cat_xml(input, &limits, &pool, stop, &mut write),
        };
        match outcome {
            // What lies in a folder need not be a dump.
            Err(error) if !is_named && error.kind() == ErrorKind::NotADump => {}
            outcome => outcome?,
        }
    }
    out.flush().map_err(cannot)?;
    Ok(ExitCode::SUCCESS)
}
