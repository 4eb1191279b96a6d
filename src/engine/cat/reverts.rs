//! Documents of reverts.

use std::collections::VecDeque;

use super::Out;
use super::chunk::ChunkDocuments;
use crate::derive::Sha1;
use crate::engine::histories::Piece;
use crate::error::Result;
use crate::tables::PageHeader;

/// Finds reverts in a page's last documents.
#[derive(Debug)]
pub(super) struct Reverts {
    radius: usize,
    page: Option<PageHeader>,
    /// The latest at the back; one more than may be reverted.
    last: VecDeque<(Option<Sha1>, Box<[u8]>)>,
    line: Vec<u8>,
}

impl Reverts {
    pub(super) fn new(radius: usize) -> Self {
        Self {
            radius,
            page: None,
            last: VecDeque::new(),
            line: Vec::new(),
        }
    }

    /// A document begins.
    pub(super) fn begin(&mut self) {
        self.page = None;
    }

    /// Takes a chunk, in the order of the dump.
    pub(super) fn add(&mut self, chunk: ChunkDocuments, out: &mut Out<'_>) -> Result<()> {
        let Some(history) = chunk.history else {
            return Ok(());
        };
        for piece in history.pages {
            let goes_on = self.page.as_ref().is_some_and(|page| piece.is_of(page));
            if !goes_on {
                self.last.clear();
            }
            let Piece { header, range, .. } = piece;
            self.page = Some(header);
            for number in range {
                let (Some(fact), Some(document)) =
                    (history.facts.get(number), chunk.documents.get(number))
                else {
                    continue;
                };
                if fact.is_wanted() {
                    self.write_revert(fact.sha1(), document, out)?;
                }
                self.last.push_back((fact.sha1(), document.into()));
                if self.last.len() > self.radius + 1 {
                    self.last.pop_front();
                }
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
        let is_equal = |(other, _): &(Option<Sha1>, _)| sha1.is_some() && *other == sha1;
        let Some(at) = self.last.iter().rposition(is_equal) else {
            return Ok(());
        };
        let between = self.last.len() - at - 1;
        let Some((_, reverted_to)) = self.last.get(at).filter(|_| between > 0) else {
            return Ok(());
        };
        let line = &mut self.line;
        line.clear();
        line.extend(b"{\"reverting\":");
        line.extend(reverting);
        line.extend(b",\"reverteds\":[");
        // The latest first, as mwreverts has them.
        for (number, (_, reverted)) in self.last.iter().rev().take(between).enumerate() {
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
