//! What each table is judged by.

use super::changes::{Changes, Reason, Rows};
use super::facts::Facts;
use super::newer::Fate;
use super::ranks::Ranked;
use super::{judge, judge_derived, judge_logs, judge_profiles, judge_sessions};

/// What newer dumps have to tell for a table to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: it tells of nobody.
    Nothing,
    Pages,
    Uploads,
    LogEntries,
    /// Either may be named.
    PagesAndLogEntries,
}

/// How the rows of a table are judged.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    OurTable(fn(&Facts<'_>, &Rows<'_>, &mut Changes)),
    /// A table of a database, by columns with ids.
    SqlTable(&'static [(&'static str, Subject)]),
}

/// What an id is that of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Page,
    Revision,
    LogEntry,
}

/// A table that can be purged.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) needs: Needs,
    /// Columns without which it cannot.
    pub(super) columns: &'static [&'static str],
    pub(super) judge: Judge,
    /// Whether its rows tell of revisions on pages: what is gone is learnt from them.
    pub(super) tells_of_revisions: bool,
    /// The columns of a table that has a row for each revision.
    pub(super) lists: Option<RevisionColumns>,
    /// Whose rows know their place in the page's history.
    pub(super) ranked: Option<Ranked>,
    /// Whether rows are the sessions of users.
    pub(super) are_sessions: bool,
}

/// Columns that tell of a revision.
#[derive(Debug, Clone, Copy)]
pub(super) struct RevisionColumns {
    pub(super) page: &'static str,
    pub(super) id: &'static str,
    pub(super) time: &'static str,
    /// The checksum of its text.
    pub(super) sha1: &'static str,
}

impl RevisionColumns {
    const fn named(time: &'static str, sha1: &'static str) -> Self {
        Self {
            page: "page_id",
            id: "revision_id",
            time,
            sha1,
        }
    }

    /// Whether pages can be counted anew by these columns of a table.
    pub(super) fn are_among(&self, columns: &[String]) -> bool {
        let needed = [self.page, self.id, self.time];
        needed
            .iter()
            .all(|column| columns.iter().any(|name| name == column))
    }
}

const fn of_pages(
    columns: &'static [&'static str],
    judge: fn(&Facts<'_>, &Rows<'_>, &mut Changes),
) -> Rule {
    Rule {
        needs: Needs::Pages,
        columns,
        judge: Judge::OurTable(judge),
        tells_of_revisions: true,
        lists: None,
        ranked: None,
        are_sessions: false,
    }
}

const fn other(
    needs: Needs,
    columns: &'static [&'static str],
    judge: fn(&Facts<'_>, &Rows<'_>, &mut Changes),
) -> Rule {
    Rule {
        needs,
        columns,
        judge: Judge::OurTable(judge),
        tells_of_revisions: false,
        lists: None,
        ranked: None,
        are_sessions: false,
    }
}

const fn sql(needs: Needs, ids: &'static [(&'static str, Subject)]) -> Rule {
    Rule {
        needs,
        columns: &[],
        judge: Judge::SqlTable(ids),
        tells_of_revisions: false,
        lists: None,
        ranked: None,
        are_sessions: false,
    }
}

const HARMLESS: Rule = sql(Needs::Nothing, &[]);
const REVISION: &[&str] = &["revision_id"];

/// The rule for a table; `None` for one whose rows cannot be told from each other.
pub(super) fn rule_of(table: &str) -> Option<Rule> {
    Some(match table {
        "pages" => other(Needs::Pages, &["page_id"], judge::pages),
        "revisions" => of_pages(REVISION, judge::revisions).listing("revision_dt", "revision_sha1"),
        "content" => of_pages(REVISION, judge::content),
        "revision_history" => {
            of_pages(REVISION, judge_derived::revision_history).ranked(Ranked::RevisionHistory)
        }
        "persistence" => of_pages(REVISION, judge_derived::persistence),
        "tokens" => of_pages(&["origin_revision_id"], judge_derived::tokens),
        "diffs" => of_pages(&["revision_id", "previous_revision_id"], judge::diffs),
        "reverts" => of_pages(
            &[
                "revision_id",
                "reverted_to_revision_id",
                "reverted_revision_ids",
            ],
            judge_derived::reverts,
        ),
        "sessions" => Rule {
            are_sessions: true,
            ..other(
                Needs::Pages,
                &["revision_ids", "session_events"],
                judge_sessions::sessions,
            )
        },
        "uploads" => other(Needs::Uploads, &["page_id", "upload_dt"], judge::uploads),
        "log_events" => other(Needs::LogEntries, &["log_id"], judge_logs::log_events),
        "user_creations" => other(Needs::LogEntries, &["log_id"], judge_logs::user_creations),
        "page_moves" => other(Needs::LogEntries, &["log_id"], judge_logs::page_moves),
        "rejects" | "differing_texts" => {
            other(Needs::Pages, &["page_id", "revision_id"], judge::rejects)
        }
        "namespaces" => HARMLESS,
        "mediawiki_wikitext_history" => of_pages(REVISION, judge_profiles::wikitext_history)
            .listing("revision_timestamp", "revision_text_sha1"),
        "mediawiki_wikitext_history_wiki_id" => {
            of_pages(REVISION, judge_profiles::wikitext_history)
                .listing("revision_dt", "revision_text_sha1")
        }
        "mediawiki_content_history_v1" => of_pages(REVISION, judge_profiles::content_history)
            .listing("revision_dt", "revision_sha1"),
        "mediawiki_content_current_v1" => of_pages(REVISION, judge_profiles::content_current),
        "mediawiki_history" => of_pages(REVISION, judge_profiles::mediawiki_history)
            .listing("event_timestamp", "revision_text_sha1")
            .ranked(Ranked::MediawikiHistory),
        "wikiq" => Rule {
            lists: Some(judge_profiles::WIKIQ),
            ..of_pages(&["revid"], judge_profiles::wikiq)
        },
        _ => return sql_rule_of(table.strip_prefix("sql_")?),
    })
}

/// The rule for a table of a wiki's database.
fn sql_rule_of(table: &str) -> Option<Rule> {
    macro_rules! of_page {
        ($column:literal) => {
            sql(Needs::Pages, &[($column, Subject::Page)])
        };
    }
    Some(match table {
        "page" => of_page!("page_id"),
        "page_props" => of_page!("pp_page"),
        "page_restrictions" => of_page!("pr_page"),
        "redirect" => of_page!("rd_from"),
        "categorylinks" => of_page!("cl_from"),
        "pagelinks" => of_page!("pl_from"),
        "templatelinks" => of_page!("tl_from"),
        "imagelinks" => of_page!("il_from"),
        "externallinks" => of_page!("el_from"),
        "langlinks" => of_page!("ll_from"),
        "iwlinks" => of_page!("iwl_from"),
        "geo_tags" => of_page!("gt_page_id"),
        "flaggedpages" => of_page!("fp_page_id"),
        "flaggedpage_config" => of_page!("fpc_page_id"),
        "wbc_entity_usage" => of_page!("eu_page_id"),
        "flaggedrevs" => sql(
            Needs::Pages,
            &[
                ("fr_page_id", Subject::Page),
                ("fr_rev_id", Subject::Revision),
            ],
        ),
        "change_tag" => sql(
            Needs::PagesAndLogEntries,
            &[
                ("ct_rev_id", Subject::Revision),
                ("ct_log_id", Subject::LogEntry),
            ],
        ),
        "site_stats" | "sites" | "change_tag_def" | "flaggedrevs_statistics" | "wbt_type" => {
            HARMLESS
        }
        _ => return None,
    })
}

impl Rule {
    /// The rule of a table with a row for each revision, whose time and checksum are in columns.
    const fn listing(mut self, time: &'static str, sha1: &'static str) -> Self {
        self.lists = Some(RevisionColumns::named(time, sha1));
        self
    }

    /// The rule of a table whose rows know their place in the page's history.
    const fn ranked(mut self, ranked: Ranked) -> Self {
        self.ranked = Some(ranked);
        self
    }

    /// Judges the rows of a batch.
    pub(super) fn judge(&self, facts: &Facts<'_>, rows: &Rows<'_>) -> Changes {
        let mut changes = Changes::default();
        match self.judge {
            Judge::OurTable(judge) => judge(facts, rows, &mut changes),
            Judge::SqlTable(ids) => judge_sql(ids, facts, rows, &mut changes),
        }
        // Where a row goes, nothing else is to be told of it.
        let Changes {
            removed, changed, ..
        } = &mut changes;
        changed.retain(|row, _| !removed.contains_key(row));
        changes
            .unknown
            .retain(|row| !changes.removed.contains_key(row));
        changes
    }

    /// The columns without which a table cannot be judged.
    pub(super) fn needed_columns(&self) -> Vec<&'static str> {
        match self.judge {
            Judge::OurTable(_) => self.columns.to_vec(),
            Judge::SqlTable(ids) => ids.iter().map(|(column, _)| *column).collect(),
        }
    }
}

/// A row goes with whatever it belongs to.
fn judge_sql(
    ids: &[(&'static str, Subject)],
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    changes: &mut Changes,
) {
    for row in 0..rows.count() {
        for (column, subject) in ids {
            // Of the tags of an edit none is that of a log entry.
            let Some(id) = rows.int(column, row).filter(|id| *id > 0) else {
                continue;
            };
            let (fate, reason) = match subject {
                Subject::Page => (facts.newer.page(id), Reason::PageGone),
                Subject::Revision => (facts.revision(None, id), Reason::RevisionGone),
                Subject::LogEntry => (facts.newer.log_entry(id), Reason::LogEntryGone),
            };
            match fate {
                Fate::Gone => changes.remove(row, reason),
                Fate::Unknown => {
                    changes.unknown.insert(row);
                }
                Fate::Kept(_) => {}
            }
        }
    }
}
