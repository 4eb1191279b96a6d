//! Looking an output through, a part a task.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::changes::{Changes, Rows};
use super::facts::{Facts, Lost};
use super::found::{Found, Gathered};
use super::newer::Newer;
use super::output::{Output, OutputTable};
use super::report::TablePurge;
use crate::engine::pool::{Pending, Pool};
use crate::engine::progress::Stop;
use crate::error::{Error, ErrorKind, Result};
use crate::sink::{PartReader, Wanted};

const BATCH_ROWS: usize = 8192;
/// Parts at the workers, beside one a thread.
const PARTS_AHEAD: usize = 2;

/// Parts in which anything changes, by table and place.
pub(super) type Touched = BTreeSet<(usize, usize)>;

pub(super) struct Survey<'s> {
    pub(super) output: &'s Output,
    pub(super) newer: &'s Arc<Newer>,
    pub(super) pool: &'s Pool,
    pub(super) stop: &'s Stop,
    pub(super) most_bytes: usize,
}

impl Survey<'_> {
    /// Learns what of the output is gone, before any row is judged by its neighbours.
    pub(super) fn learn(&self) -> Result<Lost> {
        let look = |table: &OutputTable, part: &Path, newer: &Newer| {
            let mut found = Found::default();
            let lost = Lost::default();
            judge_part(
                table,
                part,
                &Facts { newer, lost: &lost },
                |changes, rows| {
                    found.take(table, &changes, rows);
                },
            )?;
            Ok(found)
        };
        let tells = |table: &OutputTable| table.rule.tells_of_revisions;
        let mut all = Found::default();
        self.each_part(tells, look, |_, _, found: Found| {
            all.add(found);
            self.check_memory(all.bytes())
        })?;
        let mut lists = self.output.tables().iter();
        let knows_parents = lists.any(|table| {
            let mut columns = table.judged.iter();
            table.rule.lists.is_some() && columns.any(|column| column == "revision_parent_id")
        });
        let mut tables = self.output.tables().iter();
        let knows_texts = tables.any(|table| table.text_columns().is_some());
        // Where no table tells which texts are hidden already, any may be so since.
        let mut tables = self.output.tables().iter();
        if !tables.any(OutputTable::tells_hidden_texts) {
            all.pages.add_all(&all.perhaps);
        }
        let mut lost = Lost {
            gone: Arc::new(all.gone),
            pages: Arc::new(all.pages),
            thinned: Arc::new(all.thinned),
            unnamed: Arc::new(all.unnamed),
            orphans: knows_parents.then(|| Arc::new(all.orphans)),
            texts: knows_texts.then(|| Arc::new(all.texts)),
            has_sums: self.output.list().is_some(),
            ..Lost::default()
        };
        self.look_again(&mut lost)?;
        self.check_memory(lost.bytes())?;
        Ok(lost)
    }

    /// Gathers what follows from what is gone: what is left of pages, of places in their history, and of the
    /// sessions of users.
    fn look_again(&self, lost: &mut Lost) -> Result<()> {
        let list = self.output.list();
        let list = list.map(|(name, columns)| (name.to_owned(), columns));
        let known = lost.clone();
        let look = move |table: &OutputTable, part: &Path, newer: &Newer| {
            let facts = Facts {
                newer,
                lost: &known,
            };
            let counted = list.as_ref().filter(|(name, _)| *name == table.name);
            let counted = counted.map(|(_, columns)| *columns);
            let mut found = Gathered::default();
            judge_part(table, part, &facts, |changes, rows| {
                found.take(table, counted, &facts, &changes, rows);
            })?;
            Ok(found)
        };
        let mut all = Gathered::default();
        self.each_part(Gathered::is_of, look, |_, _, found: Gathered| {
            all.add(found);
            self.check_memory(all.bytes() + lost.bytes())
        })?;
        all.end(lost);
        Ok(())
    }

    /// Judges all rows: what changes, table by table, and in which parts.
    pub(super) fn judge(
        &self,
        lost: &Arc<Lost>,
    ) -> Result<(BTreeMap<String, TablePurge>, Touched)> {
        let mut purged: BTreeMap<String, TablePurge> = BTreeMap::new();
        let mut touched = Touched::new();
        let lost = Arc::clone(lost);
        let look = move |table: &OutputTable, part: &Path, newer: &Newer| {
            let facts = Facts { newer, lost: &lost };
            let (mut counts, mut is_touched) = (TablePurge::default(), false);
            judge_part(table, part, &facts, |changes, _| {
                counts.count(&changes);
                is_touched |= !changes.is_none();
            })?;
            Ok((counts, is_touched))
        };
        self.each_part(
            |_| true,
            look,
            |place, table, (counts, is_touched)| {
                purged.entry(table.name.clone()).or_default().add(&counts);
                touched.extend(is_touched.then_some(place));
                Ok(())
            },
        )?;
        Ok((purged, touched))
    }

    /// Looks at the parts of some tables, several at once, and takes what was found in their order.
    fn each_part<T: Send + 'static>(
        &self,
        is_wanted: impl Fn(&OutputTable) -> bool,
        look: impl Fn(&OutputTable, &Path, &Newer) -> Result<T> + Send + Sync + 'static,
        mut take: impl FnMut((usize, usize), &OutputTable, T) -> Result<()>,
    ) -> Result<()> {
        let look = Arc::new(look);
        let mut looking: VecDeque<(Place<'_>, Pending<T>)> = VecDeque::new();
        for (number, table) in self.output.tables().iter().enumerate() {
            for (part_number, part) in table.parts.iter().enumerate().filter(|_| is_wanted(table)) {
                self.stop.check()?;
                while looking.len() >= self.pool.threads() + PARTS_AHEAD {
                    if let Some(((place, table), oldest)) = looking.pop_front() {
                        take(place, table, oldest.wait()?)?;
                    }
                }
                let (look, newer) = (Arc::clone(&look), Arc::clone(self.newer));
                let (theirs, part): (_, PathBuf) = (table.clone(), part.clone());
                let task = self.pool.spawn(move || look(&theirs, &part, &newer));
                looking.push_back((((number, part_number), table), task));
            }
        }
        for ((place, table), task) in looking {
            self.stop.check()?;
            take(place, table, task.wait()?)?;
        }
        Ok(())
    }

    fn check_memory(&self, bytes: usize) -> Result<()> {
        match bytes > self.most_bytes {
            true => Err(Error::new(
                ErrorKind::Environment,
                "what is gone takes more than half of the memory: give more with --memory",
            )),
            false => Ok(()),
        }
    }
}

/// A part: its table by number and itself, and its number in that.
type Place<'t> = ((usize, usize), &'t OutputTable);

/// Judges the rows of a part by the columns that tell.
fn judge_part(
    table: &OutputTable,
    part: &Path,
    facts: &Facts<'_>,
    mut take: impl FnMut(Changes, &Rows<'_>),
) -> Result<()> {
    let columns: Vec<_> = table.judged.iter().map(String::as_str).collect();
    let wanted = Wanted {
        columns: &columns,
        purpose: "which the manifest names",
        batch_rows: BATCH_ROWS,
        row_group: None,
    };
    let mut reader = PartReader::open(part, &table.name, &wanted)?;
    while let Some(batch) = reader.next_batch()? {
        let rows = Rows::new(&batch, &table.written);
        take(table.rule.judge(facts, &rows), &rows);
    }
    Ok(())
}
