//! Which columns tell of people.

/// What a column tells of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// Users' names and ids, or addresses in their place.
    Names,
    /// Titles, which name users and addresses in some namespaces.
    Titles,
    /// What people said about their edits, uploads and actions.
    Comments,
    /// Parameters of log entries.
    Parameters,
    /// What people wrote on pages.
    Texts,
}

impl Personal {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Titles => "titles",
            Self::Comments => "comments",
            Self::Parameters => "parameters",
            Self::Texts => "texts",
        }
    }
}

const PERSONAL_COLUMNS: [(&str, Personal); 33] = [
    ("creator_user_id", Personal::Names),
    ("creator_user_text", Personal::Names),
    ("editor", Personal::Names),
    ("editor_id", Personal::Names),
    ("event_user_id", Personal::Names),
    ("event_user_text", Personal::Names),
    ("event_user_text_historical", Personal::Names),
    ("user_id", Personal::Names),
    ("user_text", Personal::Names),
    ("user_text_historical", Personal::Names),
    ("page_redirect_target", Personal::Titles),
    ("page_title", Personal::Titles),
    ("page_redirect_title", Personal::Titles),
    ("page_title_after", Personal::Titles),
    ("page_title_before", Personal::Titles),
    ("title", Personal::Titles),
    ("upload_archive_name", Personal::Titles),
    ("upload_filename", Personal::Titles),
    ("upload_rel", Personal::Titles),
    ("upload_src", Personal::Titles),
    ("event_comment", Personal::Comments),
    ("log_comment", Personal::Comments),
    ("revision_comment", Personal::Comments),
    ("upload_comment", Personal::Comments),
    ("log_params", Personal::Parameters),
    ("log_params_raw", Personal::Parameters),
    ("content_text", Personal::Texts),
    ("keyframe_text", Personal::Texts),
    ("operations", Personal::Texts),
    ("revision_content_slots", Personal::Texts),
    ("revision_text", Personal::Texts),
    ("token_text", Personal::Texts),
    // It quotes a few values of what is damaged.
    ("reason", Personal::Texts),
];

/// What a column tells of people, by its name; `None` for none.
pub fn personal(column: &str) -> Option<Personal> {
    let found = PERSONAL_COLUMNS.iter().find(|(name, _)| *name == column);
    found.map(|(_, personal)| *personal)
}

#[cfg(test)]
mod tests {
    use super::super::{ALL, Kind};
    use super::*;

    /// Columns of strings that tell of nobody.
    const OTHERS: [&str; 58] = [
        // Of profiles; those without values are null in all rows.
        "event_entity",
        "event_timestamp",
        "event_type",
        "event_user_blocks",
        "event_user_blocks_historical",
        "event_user_creation_timestamp",
        "event_user_first_edit_timestamp",
        "event_user_groups",
        "event_user_groups_historical",
        "event_user_is_bot_by",
        "event_user_is_bot_by_historical",
        "event_user_registration_timestamp",
        "page_artificial_id",
        "page_creation_timestamp",
        "page_first_edit_timestamp",
        "page_title_historical",
        "reverteds",
        "revision_content_format",
        "revision_content_model",
        "revision_deleted_by_page_deletion_timestamp",
        "revision_deleted_parts",
        "revision_tags",
        "revision_text_sha1",
        "revision_timestamp",
        "sha1",
        "user_blocks",
        "user_blocks_historical",
        "user_creation_timestamp",
        "user_first_edit_timestamp",
        "user_groups",
        "user_groups_historical",
        "user_is_bot_by",
        "user_is_bot_by_historical",
        "user_registration_timestamp",
        "cause",
        "content_format",
        "content_model",
        "content_sha1",
        "content_state",
        "input",
        "log_action",
        "log_params_form",
        "log_type",
        "namespace_case",
        "namespace_name",
        "page_restrictions",
        "previous_text_state",
        "revert_definition",
        "revision_dt",
        "revision_sha1",
        "slot_role",
        "slot_roles",
        "text_id",
        "text_location",
        "text_sha1",
        "text_state",
        "upload_sha1",
        "user_kind",
    ];

    /// A new column has to be looked at: whoever adds it says what it tells.
    #[test]
    fn every_column_of_strings_is_known() {
        let of_wikis = ["wiki_id", "wiki_db", "wiki_name"];
        let mut seen = Vec::new();
        for table in ALL {
            for doc in table.columns() {
                seen.push(doc.name);
                let is_number = matches!(
                    doc.kind,
                    Kind::Int32
                        | Kind::Int64
                        | Kind::Int64List
                        | Kind::Float64
                        | Kind::Boolean
                        | Kind::Timestamp
                );
                let is_known = personal(doc.name).is_some()
                    || OTHERS.contains(&doc.name)
                    || of_wikis.contains(&doc.name);
                assert!(is_number || is_known, "{} of {}", doc.name, table.name);
                let is_of_user = ["user_id", "user_text", "user_text_historical"]
                    .iter()
                    .any(|end| doc.name.ends_with(end))
                    || doc.name.starts_with("editor");
                assert_eq!(
                    personal(doc.name) == Some(Personal::Names),
                    is_of_user,
                    "{}",
                    doc.name
                );
            }
        }
        for name in PERSONAL_COLUMNS.map(|(name, _)| name).iter().chain(&OTHERS) {
            assert!(seen.contains(name), "no table has {name}");
        }
    }
}
