//! `mwparquet cat`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::args::{CatArguments, CatFormat, CatShape, OnDamage};
use super::convert::{filters, history, limits, pool};
use super::inputs::find;
use crate::engine::{
    DocumentOptions, DocumentShape, PeerFormat, Stop, cat_documents, cat_json, cat_xml, sequences,
    wikiq_header,
};
use crate::error::{Error, ErrorKind, Result};
use crate::source::Input;

pub(super) fn run(arguments: &CatArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let filters = filters(&arguments.filters)?;
    let history = history(&arguments.history);
    let has_shape = peer_format(arguments.format).is_some_and(|format| format != PeerFormat::Wikiq);
    if arguments.shape.is_some() && !has_shape {
        return Err(Error::usage(
            "--shape is for the formats mwxml, mwdiffs, mwreverts and mwpersistence",
        ));
    }
    let wikiq_tokens = arguments.wikiq.matching();
    if wikiq_tokens.is_some() && arguments.format != CatFormat::Wikiq {
        return Err(Error::usage(
            "--persistence is for the format wikiq; that of the program mwpersistence is --format mwpersistence",
        ));
    }
    let found = find(&arguments.inputs, &arguments.runs)?;
    let cannot = |error| Error::io("cannot write to standard output", error);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    if arguments.format == CatFormat::Wikiq {
        let header = wikiq_header(wikiq_tokens.is_some());
        out.write_all(header.as_bytes()).map_err(cannot)?;
    }
    let named = found.named.len();
    let inputs: Vec<_> = found.named.into_iter().chain(found.in_folders).collect();
    for sequence in sequences(&inputs, &limits, &pool, stop)? {
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot);
        let each = |cat: &mut dyn FnMut(&Input) -> Result<()>| {
            let numbers = sequence.files().iter().map(|file| file.number);
            numbers
                .filter_map(|number| inputs.get(number))
                .try_for_each(cat)
        };
        let outcome = match peer_format(arguments.format) {
            Some(format) => {
                let options = DocumentOptions {
                    format,
                    shape: shape(format, arguments.shape),
                    filters: filters.clone(),
                    history,
                    wikiq_tokens,
                };
                cat_documents(
                    &sequence, &inputs, &options, &limits, &pool, stop, &mut write,
                )
            }
            None if arguments.format == CatFormat::Xml => {
                each(&mut |input| cat_xml(input, &limits, &pool, stop, &mut write))
            }
            None => each(&mut |input| cat_json(input, &filters, &limits, &pool, stop, &mut write)),
        };
        match outcome {
            // What lies in a folder need not be a dump.
            Err(error) if sequence.number() >= named && error.kind() == ErrorKind::NotADump => {}
            outcome => outcome?,
        }
    }
    out.flush().map_err(cannot)?;
    Ok(ExitCode::SUCCESS)
}

/// Whose documents are wanted; `None` where it is nobody's but ours.
fn peer_format(format: CatFormat) -> Option<PeerFormat> {
    match format {
        CatFormat::Json | CatFormat::Xml => None,
        CatFormat::Mwxml => Some(PeerFormat::Mwxml),
        CatFormat::Mwdiffs => Some(PeerFormat::Mwdiffs),
        CatFormat::Mwreverts => Some(PeerFormat::Mwreverts),
        CatFormat::Mwpersistence => Some(PeerFormat::Mwpersistence),
        CatFormat::Wikiq => Some(PeerFormat::Wikiq),
    }
}

/// Without a word, the shape that the program itself writes today.
fn shape(format: PeerFormat, asked: Option<CatShape>) -> DocumentShape {
    match asked {
        Some(CatShape::Slots) => DocumentShape::Slots,
        Some(CatShape::Flat) => DocumentShape::Flat,
        None if format == PeerFormat::Mwxml => DocumentShape::Slots,
        None => DocumentShape::Flat,
    }
}
