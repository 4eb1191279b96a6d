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

const PERSONAL_COLUMNS: [(&str, Personal); 22] = [
    ("creator_user_id", Personal::Names),
    ("creator_user_text", Personal::Names),
    ("user_id", Personal::Names),
    ("user_text", Personal::Names),
    ("page_redirect_target", Personal::Titles),
    ("page_title", Personal::Titles),
    ("page_title_after", Personal::Titles),
    ("page_title_before", Personal::Titles),
    ("upload_archive_name", Personal::Titles),
    ("upload_filename", Personal::Titles),
    ("upload_rel", Personal::Titles),
    ("upload_src", Personal::Titles),
    ("log_comment", Personal::Comments),
    ("revision_comment", Personal::Comments),
    ("upload_comment", Personal::Comments),
    ("log_params", Personal::Parameters),
    ("log_params_raw", Personal::Parameters),
    ("content_text", Personal::Texts),
    ("keyframe_text", Personal::Texts),
    ("operations", Personal::Texts),
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
    const OTHERS: [&str; 22] = [
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
        let of_wikis = ["wiki_id", "wiki_name"];
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
                let is_of_user = doc.name.ends_with("user_id") || doc.name.ends_with("user_text");
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
