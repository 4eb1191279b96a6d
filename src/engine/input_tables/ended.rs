//! What is done at the end of an input, and of all inputs of a sequence.

use std::sync::atomic::Ordering;

use super::InputTables;
use crate::engine::converted::{Converted, ConvertedFile};
use crate::engine::digest::wrong_checksum;
use crate::engine::lane::Lane;
use crate::engine::pipeline::Passed;
use crate::engine::sessions::Edits;
use crate::error::Result;
use crate::sink::{CheckedFile, InputEntry, VerifiedInput};
use crate::source::Input;
use crate::tables;

impl InputTables<'_> {
    /// Holds the file, which the lane has read, against the lists beside it; `None` if nobody asks for that.
    pub(in crate::engine) fn check_file(
        &mut self,
        lane: &Lane<'_>,
    ) -> Result<Option<Vec<CheckedFile>>> {
        if !self.plan.checks_files() {
            return Ok(None);
        }
        let checked = match &lane.sums {
            Some(sums) => sums.finish(&lane.stop)?,
            None => Vec::new(),
        };
        for wrong in checked.iter().filter(|one| !one.agrees()) {
            let why = wrong_checksum(wrong).in_input(&self.input);
            match self.wanted.keep_going {
                true => self.push_loss(&why, None, None)?,
                false => return Err(why),
            }
        }
        Ok(Some(checked))
    }

    /// What was verified of the file at hand, if anything.
    fn verified(&mut self, checksums: Option<Vec<CheckedFile>>) -> Option<VerifiedInput> {
        let is_wanted = self.wanted.selection(&tables::DIFFERING_TEXTS).is_some();
        let proofs = is_wanted.then(|| self.proofs.take().unwrap_or_default());
        if proofs.is_none() && checksums.is_none() {
            return None;
        }
        let (texts, revision_checksums) = proofs
            .map(|proofs| (proofs.texts, proofs.revision_checksums))
            .unzip();
        Some(VerifiedInput {
            texts,
            revision_checksums,
            checksums,
        })
    }

    /// An input has ended: what the manifest says of it.
    pub(in crate::engine) fn end_file(
        &mut self,
        input: &Input,
        lane: &Lane<'_>,
        passed: Passed,
        checksums: Option<Vec<CheckedFile>>,
    ) -> InputEntry {
        self.has_sql |= passed.is_sql;
        let verified = self.verified(checksums);
        let mut seen = std::mem::take(&mut self.seen);
        match passed.is_sql {
            true => seen.sql_bytes = passed.xml_bytes,
            false => seen.xml_bytes = passed.xml_bytes,
        }
        seen.trailing_zero_bytes = passed.trailing_zero_bytes;
        let document = self.document.as_ref();
        let site = document.map(|document| &document.site);
        InputEntry {
            name: self.input.to_string(),
            bytes: input
                .size_bytes()
                .unwrap_or_else(|| lane.taken_bytes.load(Ordering::Relaxed)),
            container: passed.format.name().to_owned(),
            container_pieces: passed.pieces,
            schema_version: site.and_then(|site| site.schema_version.clone()),
            generator: site
                .and_then(|site| site.generator.clone())
                .or_else(|| self.sql.writer.clone()),
            wiki_id: document
                .and_then(|document| document.wiki_id.clone())
                .or_else(|| self.sql.wiki_id.clone()),
            follows: None,
            seen,
            sql_tables: None,
            verified,
            splits: Vec::new(),
        }
    }

    /// Writes what is left.
    pub(in crate::engine) fn finish(mut self, files: Vec<ConvertedFile>) -> Result<Converted> {
        self.close_page()?;
        self.profiles.close_page(&mut self.groups)?;
        if let Some(mut pages) = self.pages.take() {
            self.groups.push(&tables::PAGES, pages.finish()?)?;
        }
        if let Some(mut rejects) = self.rejects.take() {
            self.groups.push(&tables::REJECTS, rejects.finish()?)?;
        }
        if let Some(histories) = self.histories.take() {
            histories.finish(&mut self.groups)?;
        }
        if let Some(texts) = self.texts.take() {
            texts.finish(&mut self.groups)?;
        }
        let edits = self.edits.take().map_or(Ok(Vec::new()), Edits::finish)?;
        Ok(Converted {
            files,
            parts: self.groups.finish()?,
            rejects: self.reported,
            wikis: self.wikis,
            edits,
            sql: self.has_sql.then_some(self.sql),
            begins_with_stub: self.begins_with_stub,
        })
    }
}
