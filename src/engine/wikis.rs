//! The wikis of a job: the files of a dump say the same of theirs; the table says it once.

use std::collections::HashMap;
use std::sync::Arc;

use super::document::Document;
use super::lane::Lane;
use super::plan::Plan;
use super::row_groups::{PartsByTable, RowGroups};
use crate::error::Result;
use crate::model::Namespace;
use crate::tables::{self, NamespaceRow, TableBuilder};

/// Where a wiki is first met: number of the input, and number of the document in it.
type Place = (usize, usize);
/// What makes two documents tell the same.
type Key = (Option<String>, Vec<Namespace>);

/// Different wikis, each with the first document that tells of it.
#[derive(Default)]
pub(super) struct Wikis(HashMap<Key, (Place, Arc<Document>)>);

impl Wikis {
    /// Adds those of an input; inputs may come in any order.
    pub(super) fn add(&mut self, input: usize, documents: Vec<Arc<Document>>) {
        for (index, document) in documents.into_iter().enumerate() {
            let key = (document.wiki_id.clone(), document.site.namespaces.clone());
            let place = (input, index);
            let known = self
                .0
                .entry(key)
                .or_insert_with(|| (place, Arc::clone(&document)));
            if place < known.0 {
                *known = (place, document);
            }
        }
    }

    /// Writes the table `namespaces`, in the order of the inputs.
    pub(super) fn write(self, plan: &Plan<'_>, lane: &Lane<'_>) -> Result<PartsByTable> {
        let Some(selection) = plan.wanted.selection(&tables::NAMESPACES) else {
            return Ok(PartsByTable::new());
        };
        let mut wikis: Vec<_> = self.0.into_values().collect();
        wikis.sort_by_key(|(place, _)| *place);
        let mut groups = RowGroups::of_job(plan, lane, &tables::NAMESPACES)?;
        let mut builder = TableBuilder::<tables::Namespaces>::new(selection);
        for (_, document) in &wikis {
            for namespace in &document.site.namespaces {
                builder.push(&NamespaceRow {
                    wiki_id: document.wiki_id.as_deref(),
                    wiki_name: document.site.site_name.as_deref(),
                    namespace,
                });
            }
        }
        groups.push(&tables::NAMESPACES, builder.finish()?)?;
        groups.finish()
    }
}
