//! The options of a job as its manifest keeps them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{sql_wanted, wants_diffs};
use crate::cli::args::{ConvertArguments, LayoutName, OnDamage, RevertOrder, SQL_PREFIX, Verify};
use crate::engine::DiffOptions;
use crate::protect::Protection;
use crate::tables::Selection;

/// Those that shape the output, by name.
pub(super) fn describe(
    arguments: &ConvertArguments,
    selections: &[Selection],
    diffs: &DiffOptions,
    protection: &Protection,
) -> BTreeMap<String, Value> {
    let ours = selections.iter().map(|selection| selection.table.name);
    let named = arguments.tables.iter().map(String::as_str);
    let of_sql = named.filter(|name| name.starts_with(SQL_PREFIX));
    let names: Vec<_> = ours.chain(of_sql).collect();
    let sql_columns = sql_wanted(arguments).columns;
    let filters = &arguments.filters;
    let mut described = BTreeMap::from([
        ("tables".to_owned(), json!(names)),
        ("sql_columns".to_owned(), json!(sql_columns)),
        ("namespaces".to_owned(), json!(filters.namespaces)),
        ("page_ids".to_owned(), json!(filters.page_ids)),
        (
            "since".to_owned(),
            json!(filters.since.map(|time| time.to_string())),
        ),
        (
            "until".to_owned(),
            json!(filters.until.map(|time| time.to_string())),
        ),
        (
            "revert_radius".to_owned(),
            json!(arguments.history.revert_radius),
        ),
        (
            "session_cutoff_seconds".to_owned(),
            json!(arguments.table_history.session_cutoff),
        ),
        (
            "revert_order".to_owned(),
            json!(match arguments.table_history.revert_order {
                RevertOrder::Dump => "dump",
                RevertOrder::Time => "time",
            }),
        ),
        (
            "persistence_window".to_owned(),
            json!(arguments.history.persistence_window),
        ),
        (
            "persistence_min_revisions".to_owned(),
            json!(arguments.history.persistence_min_revisions),
        ),
        (
            "persistence_min_days".to_owned(),
            json!(arguments.history.persistence_min_days),
        ),
        (
            "sunset".to_owned(),
            json!(arguments.history.sunset.map(|time| time.to_string())),
        ),
        (
            "compression".to_owned(),
            json!(arguments.packing.compression.to_string()),
        ),
        (
            "encodings".to_owned(),
            json!(arguments.packing.encodings.to_string()),
        ),
        (
            "row_group_bytes".to_owned(),
            json!(arguments.row_group_bytes),
        ),
        ("part_bytes".to_owned(), json!(arguments.part_bytes)),
        ("memory_bytes".to_owned(), json!(arguments.work.memory)),
        (
            "max_record_bytes".to_owned(),
            json!(arguments.work.max_record_bytes),
        ),
        (
            "on_damage".to_owned(),
            json!(if arguments.on_damage == OnDamage::Skip {
                "skip"
            } else {
                "fail"
            }),
        ),
    ]);
    if arguments.layout.layout == LayoutName::Hive {
        described.insert("layout".to_owned(), json!("hive"));
        described.insert("snapshot".to_owned(), json!(arguments.layout.snapshot));
    }
    let rules = protection.described().into_iter();
    described.extend(rules.map(|(name, value)| (name.to_owned(), json!(value))));
    if wants_diffs(selections) {
        let of_diffs = diffs.described().into_iter();
        described.extend(of_diffs.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    if selections.iter().any(Selection::has_on_request) {
        let matching = arguments.wikiq.matching().unwrap_or_default();
        described.insert("wikiq_persistence".to_owned(), json!(matching.name()));
    }
    let limits = arguments.work.limits.described().into_iter();
    described.extend(limits.map(|(name, value)| (name.to_owned(), json!(value))));
    let verified = &arguments.verify.verify;
    if !verified.is_empty() {
        let names = [(Verify::Sha1, "sha1"), (Verify::Checksums, "checksums")];
        let names = names.iter().filter(|(what, _)| verified.contains(what));
        let names: Vec<_> = names.map(|(_, name)| name).collect();
        described.insert("verify".to_owned(), json!(names));
    }
    described
}
