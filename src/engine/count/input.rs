//! One input's counts.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::chunk::{ChunkCounts, Counting, counts_of};
use super::histories::Histories;
use super::spill::{Spill, Spilling};
use crate::engine::document::Document;
use crate::engine::input_tables::REPORTED_REJECTS;
use crate::engine::lane::Lane;
use crate::engine::pipeline::{Consumer, Work, run_input};
use crate::engine::sequences::{Seam, Sequence, read_sequence};
use crate::error::{Error, Result};
use crate::sink::Seen;
use crate::source::Input;
use crate::tables::Reject;

/// What an input gave.
pub(super) struct InputCounts<'s> {
    pub(super) spill: Spill<'s>,
    pub(super) seen: Seen,
    /// What was passed over, the first of many.
    pub(super) rejects: Vec<Reject>,
}

/// Counts the inputs of a sequence.
pub(super) fn count_sequence<'s>(
    counting: &Arc<Counting>,
    spilling: &'s Spilling,
    lane: &Lane<'_>,
    sequence: &Sequence,
    inputs: &[Input],
) -> Result<InputCounts<'s>> {
    let limit_bytes = lane.limits.groups_bytes() / lane.limits.lanes(lane.pool.threads());
    let mut lane_counts = LaneCounts {
        lane,
        counting: Arc::clone(counting),
        document: None,
        histories: counting
            .plan
            .needs_histories()
            .then(|| Histories::new(counting, lane)),
        counts: InputCounts {
            spill: Spill::new(spilling, limit_bytes),
            seen: Seen::default(),
            rejects: Vec::new(),
        },
        input: "".into(),
        seam: Seam::new(sequence),
    };
    read_sequence(sequence, inputs, lane, &mut |lane, file, input| {
        lane_counts.input = input.name();
        lane_counts.seam.begin_file(file, input.name());
        let passed = run_input(input, lane, &mut lane_counts)?;
        let seen = &mut lane_counts.counts.seen;
        seen.xml_bytes += passed.xml_bytes;
        seen.trailing_zero_bytes += passed.trailing_zero_bytes;
        Ok(())
    })?;
    let mut counts = lane_counts.counts;
    if let Some(histories) = lane_counts.histories {
        histories.finish(&mut counts.spill)?;
    }
    counts.spill.settle()?;
    Ok(counts)
}

struct LaneCounts<'l, 's> {
    lane: &'l Lane<'l>,
    counting: Arc<Counting>,
    document: Option<Arc<Document>>,
    histories: Option<Histories<'l>>,
    counts: InputCounts<'s>,
    input: Arc<str>,
    seam: Seam,
}

impl LaneCounts<'_, '_> {
    fn reject(&mut self, reject: Reject) {
        if self.counts.rejects.len() < REPORTED_REJECTS {
            self.counts.rejects.push(reject);
        }
    }
}

impl Consumer for LaneCounts<'_, '_> {
    type Output = ChunkCounts;

    fn work(&self) -> Work<ChunkCounts> {
        let counting = Arc::clone(&self.counting);
        Arc::new(move |document, chunk| counts_of(&counting, document, chunk))
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        let follows = self.seam.begin(document)?;
        if let Some(histories) = self.histories.as_mut().filter(|_| !follows) {
            histories.end_page(&mut self.counts.spill)?;
        }
        self.document = Some(Arc::clone(document));
        Ok(())
    }

    fn collect(&mut self, mut chunk: ChunkCounts) -> Result<()> {
        self.seam.take(&chunk.edges, &mut chunk.seen)?;
        let progress = self.lane.progress;
        progress
            .revisions
            .fetch_add(chunk.seen.revisions, Ordering::Relaxed);
        progress
            .pages
            .fetch_add(chunk.seen.pages, Ordering::Relaxed);
        self.counts.seen.add(&chunk.seen);
        for reject in chunk.rejects {
            self.reject(reject);
        }
        self.counts.spill.add(chunk.groups, self.lane.pool)?;
        match (&mut self.histories, chunk.history) {
            (Some(histories), Some(history)) => histories.add(history, &mut self.counts.spill),
            _ => Ok(()),
        }
    }

    fn lost(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.counts.seen.rejects += 1;
        let document = self.document.as_ref();
        let wiki_id = document.and_then(|document| document.wiki_id.clone());
        self.reject(Reject::of(why, lost_bytes, wiki_id, &self.input));
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        match &mut self.histories {
            Some(histories) => histories.settle(&mut self.counts.spill),
            None => Ok(()),
        }
    }
}
