//! Documents of reverts.

use super::Out;
use super::chunk::ChunkDocuments;
use super::latest::Latest;
use crate::derive::Sha1;
use crate::error::Result;

/// Finds reverts in a page's last documents.
#[derive(Debug)]
pub(super) struct Reverts {
    latest: Latest<Box<[u8]>>,
    line: Vec<u8>,
}

impl Reverts {
    pub(super) fn new(radius: usize) -> Self {
        Self {
            latest: Latest::new(radius),
            line: Vec::new(),
        }
    }

    /// A document begins.
    pub(super) fn begin(&mut self) {
        self.latest.end_page();
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        let Some(history) = chunk.history else {
            return Ok(());
        };
        for piece in history.pages {
            self.latest.enter(&piece);
            for number in piece.range {
                let (Some(fact), Some(document)) =
                    (history.facts.get(number), chunk.documents.get(number))
                else {
                    continue;
                };
                if fact.is_wanted() {
                    self.write_revert(fact.sha1(), document, out)?;
                }
                self.latest.push(fact.sha1(), document.into());
            }
        }
        Ok(())
    }

    /// Writes a revert to the latest revision that is equal, if one at least lies between.
    fn write_revert(
        &mut self,
        sha1: Option<Sha1>,
        reverting: &[u8],
        out: &mut Out<'_>,
    ) -> Result<()> {
        let Some((reverted_to, reverted)) = self.latest.reverted_by(sha1) else {
            return Ok(());
        };
        let line = &mut self.line;
        line.clear();
        line.extend(b"{\"reverting\":");
        line.extend(reverting);
        line.extend(b",\"reverteds\":[");
        // The latest first, as mwreverts has them.
        for (number, reverted) in reverted.enumerate() {
            if number > 0 {
                line.push(b',');
            }
            line.extend(&reverted[..]);
        }
        line.extend(b"],\"reverted_to\":");
        line.extend(&reverted_to[..]);
        line.extend(b"}\n");
        out(line)
    }
}
