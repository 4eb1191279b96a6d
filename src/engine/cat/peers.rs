//! What the command line tools of the MediaWiki utilities write: documents of JSON, a line each.

use std::sync::Arc;

use super::Out;
use super::chunk::{ChunkDocuments, documents_of};
use super::diffs::Diffs;
use super::documents::DocumentShape;
use super::persistence::PersistenceDocuments;
use super::reverts::Reverts;
use super::wikiq::Wikiq;
use crate::derive::token_revisions::TokenMatching;
use crate::engine::document::Document;
use crate::engine::lane::Lane;
use crate::engine::options::{Filters, HistoryOptions, Limits};
use crate::engine::pipeline::{Consumer, Work, run_input};
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::engine::sequences::{Seam, Sequence, read_sequence};
use crate::error::{Error, Result};
use crate::sink::Seen;
use crate::source::Input;

/// Whose documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerFormat {
    /// A revision a line: `mwxml dump2revdocs`.
    Mwxml,
    /// The same without texts, with operations: `mwdiffs dump2diffs`.
    Mwdiffs,
    /// A revert a line: `mwreverts dump2reverts`.
    Mwreverts,
    /// A revision a line, with statistics: `mwpersistence dump2stats`.
    Mwpersistence,
    /// A revision a line, in columns with tabs between: `wikiq`.
    Wikiq,
}

/// Which documents are wanted.
#[derive(Debug, Clone)]
pub struct DocumentOptions {
    /// Whose.
    pub format: PeerFormat,
    /// Where they have the text.
    pub shape: DocumentShape,
    /// Of which revisions.
    pub filters: Filters,
    /// What counts as a revert, and how long tokens are followed.
    pub history: HistoryOptions,
    /// Whether wikiq's columns of tokens are wanted, and how texts are compared for them.
    pub wikiq_tokens: Option<TokenMatching>,
}

/// Writes the documents of a sequence of inputs.
pub fn cat_documents(
    sequence: &Sequence,
    inputs: &[Input],
    options: &DocumentOptions,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
    out: &mut Out<'_>,
) -> Result<()> {
    let mut consumer = Lines {
        fold: Fold::new(options)?,
        options: options.clone(),
        out,
        seam: Seam::new(sequence),
    };
    Lane::alone(limits, pool, &Progress::default(), stop, |lane| {
        read_sequence(sequence, inputs, lane, &mut |lane, file, input| {
            consumer.seam.begin_file(file, input.name());
            run_input(input, lane, &mut consumer).map(|_| ())
        })
    })?;
    consumer.fold.end_page(consumer.out)
}

/// What follows from more than one revision.
enum Fold {
    Nothing,
    Diffs(Box<Diffs>),
    Reverts(Reverts),
    Wikiq(Box<Wikiq>),
    Persistence(Box<PersistenceDocuments>),
}

impl Fold {
    fn new(options: &DocumentOptions) -> Result<Self> {
        let history = &options.history;
        Ok(match options.format {
            PeerFormat::Mwxml => Self::Nothing,
            PeerFormat::Mwdiffs => Self::Diffs(Box::new(Diffs::new()?)),
            PeerFormat::Mwreverts => Self::Reverts(Reverts::new(history.revert_radius)),
            PeerFormat::Wikiq => {
                let fold = Wikiq::new(history.revert_radius, options.wikiq_tokens)?;
                Self::Wikiq(Box::new(fold))
            }
            PeerFormat::Mwpersistence => {
                Self::Persistence(Box::new(PersistenceDocuments::new(*history)?))
            }
        })
    }

    fn end_page(&mut self, out: &mut Out<'_>) -> Result<()> {
        match self {
            Self::Persistence(fold) => fold.end_page(out),
            Self::Wikiq(fold) => fold.end_page(out),
            _ => Ok(()),
        }
    }
}

struct Lines<'a, 'o> {
    options: DocumentOptions,
    fold: Fold,
    out: &'a mut Out<'o>,
    seam: Seam,
}

impl Consumer for Lines<'_, '_> {
    type Output = ChunkDocuments;

    fn work(&self) -> Work<ChunkDocuments> {
        let options = self.options.clone();
        Arc::new(move |document, chunk| documents_of(&options, document, chunk))
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        let follows = self.seam.begin(document)?;
        if !follows {
            self.fold.end_page(self.out)?;
        }
        match &mut self.fold {
            Fold::Diffs(fold) if !follows => fold.begin(),
            Fold::Reverts(fold) if !follows => fold.begin(),
            Fold::Wikiq(fold) if !follows => fold.begin(),
            Fold::Persistence(fold) => fold.begin(document.dump_day),
            Fold::Nothing | Fold::Diffs(_) | Fold::Reverts(_) | Fold::Wikiq(_) => {}
        }
        Ok(())
    }

    fn collect(&mut self, chunk: ChunkDocuments) -> Result<()> {
        self.seam.take(&chunk.edges, &mut Seen::default())?;
        match &mut self.fold {
            Fold::Nothing => (self.out)(chunk.documents.bytes()),
            Fold::Diffs(fold) => fold.add(chunk, self.out),
            Fold::Reverts(fold) => fold.add(chunk, self.out),
            Fold::Wikiq(fold) => fold.add(chunk, self.out),
            Fold::Persistence(fold) => fold.add(chunk, self.out),
        }
    }

    fn lost(&mut self, why: &Error, _: Option<u64>) -> Result<()> {
        Err(Error::damaged(why.to_string()))
    }
}

/// A document with one more field.
pub(super) fn with_field(document: &[u8], name: &str, value: &[u8], line: &mut Vec<u8>) {
    line.clear();
    line.extend(document.strip_suffix(b"}").unwrap_or(document));
    line.extend(b",\"");
    line.extend(name.as_bytes());
    line.extend(b"\":");
    line.extend(value);
    line.extend(b"}\n");
}
