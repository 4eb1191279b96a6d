//! Records on their way into tables, changed by the rules of a job.

use crate::model::{LogItem, Page, Revision, SiteInfo, Upload};
use crate::protect::{PageRooms, Protection, RevisionRooms, Rooms};
use crate::xml::{Fault, PageAt, Records, UnknownElement};

/// Changes records and hands them on.  Where no rule changes anything it looks at no text.
pub(super) struct Protected<'p, R> {
    protection: &'p Protection,
    site: &'p SiteInfo,
    to: &'p mut R,
}

impl<'p, R> Protected<'p, R> {
    pub(super) fn new(protection: &'p Protection, site: &'p SiteInfo, to: &'p mut R) -> Self {
        Self {
            protection,
            site,
            to,
        }
    }
}

impl<R: Records> Records for Protected<'_, R> {
    type Error = R::Error;

    fn revision_begins(&mut self, at: usize) {
        self.to.revision_begins(at);
    }

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), R::Error> {
        let replaces = self.protection.replaces();
        if !replaces && !self.protection.hides(revision) {
            return self.to.revision(page, revision);
        }
        let (mut of_page, mut of_revision) = (PageRooms::default(), RevisionRooms::default());
        let revision = self.protection.revision(revision, &mut of_revision);
        match replaces {
            true => {
                let page = self.protection.page(page, self.site, &mut of_page);
                self.to.revision(&page, &revision)
            }
            false => self.to.revision(page, &revision),
        }
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<(), R::Error> {
        if !self.protection.replaces() {
            return self.to.upload(page, upload);
        }
        let (mut of_page, mut rooms) = (PageRooms::default(), Rooms::default());
        let page = self.protection.page(page, self.site, &mut of_page);
        let upload = self.protection.upload(upload, &mut rooms);
        self.to.upload(&page, &upload)
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<(), R::Error> {
        if !self.protection.replaces() {
            return self.to.page_ended(at);
        }
        let mut rooms = PageRooms::default();
        let page = self.protection.page(at.page, self.site, &mut rooms);
        self.to.page_ended(PageAt {
            page: &page,
            began_before: at.began_before,
            continues: at.continues,
        })
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<(), R::Error> {
        if !self.protection.replaces() {
            return self.to.log_item(item);
        }
        let mut rooms = Rooms::default();
        let item = self.protection.log_item(item, self.site, &mut rooms);
        self.to.log_item(&item)
    }

    /// Messages quote values of the input.
    fn fault(&mut self, mut fault: Fault) -> Result<(), R::Error> {
        if let Some(message) = self.protection.without_addresses(&fault.message) {
            fault.message = message;
        }
        self.to.fault(fault)
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        let changed = self.protection.without_addresses(name);
        self.to
            .skipped(changed.as_deref().unwrap_or(name), elements);
    }
}
