//! `diffs`: a row a revision, with what changed since the one before it.

use super::column::{Column, ColumnDoc, Kind, Operations, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::derive::diff::{Amount, Counts};
use crate::model::{Page, Revision, Slot, Text};

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct DiffRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The page.
    pub page: &'r Page<'r>,
    /// The revision.
    pub revision: &'r Revision<'r>,
    /// How many revisions of the page stand before it in the dump.
    pub index: u64,
    /// Id of the revision before it.
    pub previous_revision_id: Option<i64>,
    /// Why its text is there or not.
    pub text_state: &'static str,
    /// The same of the revision before it; `None` for the first one.
    pub previous_text_state: Option<&'static str>,
    /// Whether something was too much work.
    pub is_limited: bool,
    /// What changed.
    pub change: Option<(Operations<'r>, Counts)>,
    /// Whether the whole text is wanted.
    pub is_keyframe: bool,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "diffs",
    version: 2,
    row: "a revision against the one before it in its page, in the order of the dump; main slots only",
    is_default: false,
    order: &["page_id", "revision_index"],
    docs: docs::<Diffs>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Diffs;

impl Table for Diffs {
    type Row<'r> = DiffRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

const fn count(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    put: fn(&DiffRow<'_>, &mut super::Cells),
) -> Column<Diffs> {
    Column {
        doc: ColumnDoc {
            name,
            kind: Kind::Int64,
            nullable: true,
            unit,
            meaning,
            source: "operations",
        },
        put,
    }
}

static COLUMNS: [Column<Diffs>; 21] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.id),
    },
    Column {
        doc: shared::PAGE_NAMESPACE_ID,
        put: |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.revision.id),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_index",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many revisions of the page stand before it in the dump file, wanted or not.",
            source: "revision",
        },
        put: |row, cells| cells.int(Some(row.index as i64)),
    },
    Column {
        doc: ColumnDoc {
            name: "previous_revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision right before it in its page, which it is compared with; it need not be its parent. Null for the first, and where that one was lost.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.previous_revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "is_first",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether it is the first of its page in the dump file. It is compared with the empty text.",
            source: "revision",
        },
        put: |row, cells| cells.boolean(row.previous_text_state.is_none()),
    },
    Column {
        doc: ColumnDoc {
            name: "text_state",
            kind: Kind::String,
            nullable: false,
            unit: "present, empty, hidden, missing, stub",
            meaning: "Why its text is there or not, as content_state in content.",
            source: "revision/text",
        },
        put: |row, cells| cells.string(Some(row.text_state)),
    },
    Column {
        doc: ColumnDoc {
            name: "previous_text_state",
            kind: Kind::String,
            nullable: true,
            unit: "present, empty, hidden, missing, stub, lost",
            meaning: "The same of the revision before it; lost if that one could not be read; null for the first.",
            source: "revision/text",
        },
        put: |row, cells| cells.string(row.previous_text_state),
    },
    Column {
        doc: ColumnDoc {
            name: "operations",
            kind: Kind::Operations,
            nullable: true,
            unit: "tokens, half open ranges from zero on",
            meaning: "What makes the text out of the one before: equal takes over tokens a1 to a2, insert adds b1 to b2, delete leaves out a1 to a2; text is what is inserted or deleted. Null where either text is not there.",
            source: "revision/text",
        },
        put: |row, cells| cells.operations(row.change.map(|(operations, _)| operations)),
    },
    Column {
        doc: ColumnDoc {
            name: "is_limited",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the texts were too large or too unlike to be compared in full: operations are right but may delete and insert what stayed, or are null above 8 MiB.",
            source: "revision/text",
        },
        put: |row, cells| cells.boolean(row.is_limited),
    },
    count(
        "tokens_added",
        "tokens",
        "Tokens of all insertions.",
        |row, cells| cells.int(row.tokens(|counts| counts.added)),
    ),
    count(
        "tokens_removed",
        "tokens",
        "Tokens of all deletions.",
        |row, cells| cells.int(row.tokens(|counts| counts.removed)),
    ),
    count(
        "tokens_kept",
        "tokens",
        "Tokens of equal operations that stayed in order: those of them that rise in both texts and have the most tokens.",
        |row, cells| cells.int(row.tokens(|counts| counts.kept)),
    ),
    count(
        "tokens_moved",
        "tokens",
        "Tokens of the other equal operations, moved or copied; 0 but for the algorithm segments.",
        |row, cells| cells.int(row.tokens(|counts| counts.moved)),
    ),
    count(
        "bytes_added",
        "bytes",
        "UTF-8 of the tokens added.",
        |row, cells| cells.int(row.bytes(|counts| counts.added)),
    ),
    count(
        "bytes_removed",
        "bytes",
        "UTF-8 of the tokens removed.",
        |row, cells| cells.int(row.bytes(|counts| counts.removed)),
    ),
    count(
        "bytes_kept",
        "bytes",
        "UTF-8 of the tokens kept.",
        |row, cells| cells.int(row.bytes(|counts| counts.kept)),
    ),
    count(
        "bytes_moved",
        "bytes",
        "UTF-8 of the tokens moved.",
        |row, cells| cells.int(row.bytes(|counts| counts.moved)),
    ),
    Column {
        doc: ColumnDoc {
            name: "text_sha1",
            kind: Kind::String,
            nullable: true,
            unit: "SHA-1, 31 digits of base 36",
            meaning: "Checksum of the text as declared: of the main slot, or of the revision where it has no other slot; null where there is none, if it is hidden (but see --keep-hidden-sizes), and where --ip changed the text.",
            source: "text/@sha1, revision/sha1",
        },
        put: |row, cells| cells.text(row.sha1()),
    },
    Column {
        doc: ColumnDoc {
            name: "keyframe_text",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "With --keyframe-every N the whole text: where N divides revision_index, and where the row before does not lead to it. Null elsewhere, and where the text is not there.",
            source: "revision/text",
        },
        put: |row, cells| cells.text(row.keyframe_text()),
    },
];

impl<'r> DiffRow<'r> {
    fn main(&self) -> Option<&'r Slot<'r>> {
        self.revision.main.as_ref()
    }

    fn tokens(&self, which: fn(&Counts) -> Amount) -> Option<i64> {
        let (_, counts) = self.change.as_ref()?;
        Some(which(counts).tokens as i64)
    }

    fn bytes(&self, which: fn(&Counts) -> Amount) -> Option<i64> {
        let (_, counts) = self.change.as_ref()?;
        Some(which(counts).bytes as i64)
    }

    fn sha1(&self) -> Option<Text<'r>> {
        let of_revision = || {
            let is_alone = self.revision.other_slots.is_empty();
            self.revision.known_sha1().filter(|_| is_alone)
        };
        self.main()?.known_sha1().or_else(of_revision)
    }

    fn keyframe_text(&self) -> Option<Text<'r>> {
        self.main()
            .filter(|_| self.is_keyframe)
            .and_then(Slot::visible_text)
    }
}
