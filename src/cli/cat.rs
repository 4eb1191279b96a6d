//! `mwparquet cat`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::args::{CatArguments, CatFormat, OnDamage};
use super::convert::{filters, limits, pool};
use crate::engine::{Stop, cat_json, cat_xml};
use crate::error::{Error, Result};
use crate::source::discover;

pub(super) fn run(arguments: &CatArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let filters = filters(&arguments.filters)?;
    let found = discover(&arguments.inputs)?;
    let cannot = |error| Error::io("cannot write to standard output", error);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for input in found.named.iter().chain(&found.in_folders) {
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot);
        match arguments.format {
            CatFormat::Json => cat_json(input, &filters, &limits, &pool, stop, &mut write)?,
            CatFormat::Xml => cat_xml(input, &limits, &pool, stop, &mut write)?,
        }
    }
    out.flush().map_err(cannot)?;
    Ok(ExitCode::SUCCESS)
}
