//! `namespaces`: a row a namespace of a dump file's wiki.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::Namespace;

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct NamespaceRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// Display name of the wiki.
    pub wiki_name: Option<&'r str>,
    /// The namespace.
    pub namespace: &'r Namespace,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "namespaces",
    version: 1,
    row: "a namespace of a wiki",
    is_default: true,
    order: &[],
    docs: docs::<Namespaces>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Namespaces;

impl Table for Namespaces {
    type Row<'r> = NamespaceRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Namespaces>; 5] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: ColumnDoc {
            name: "namespace_id",
            kind: Kind::Int32,
            nullable: false,
            unit: "",
            meaning: "Its number.",
            source: "siteinfo/namespaces/namespace/@key",
        },
        put: |row, cells| cells.int(Some(row.namespace.id.into())),
    },
    Column {
        doc: ColumnDoc {
            name: "namespace_name",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "Its local name; empty for the main namespace.",
            source: "siteinfo/namespaces/namespace",
        },
        put: |row, cells| cells.string(Some(&row.namespace.name)),
    },
    Column {
        doc: ColumnDoc {
            name: "namespace_case",
            kind: Kind::String,
            nullable: true,
            unit: "first-letter, case-sensitive",
            meaning: "Whether its titles begin with a capital; null before schema 0.5.",
            source: "siteinfo/namespaces/namespace/@case",
        },
        put: |row, cells| cells.string(row.namespace.case.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "wiki_name",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Display name of the wiki.",
            source: "siteinfo/sitename",
        },
        put: |row, cells| cells.string(row.wiki_name),
    },
];
