//! Wikidata's terms, and who uses its entities.

use super::{SqlTableDoc, note};

pub(super) static TABLES: [SqlTableDoc; 10] = [
    SqlTableDoc {
        name: "wbc_entity_usage",
        row: "a Wikidata entity that a page uses",
        columns: &[
            note("eu_row_id", "bigint unsigned NOT NULL", "Id of the row."),
            note(
                "eu_entity_id",
                "varbinary(255) NOT NULL",
                "Id of the entity.",
            ),
            note(
                "eu_aspect",
                "varbinary(37) NOT NULL",
                "What of it is used, such as S for its sitelinks.",
            ),
            note("eu_page_id", "int unsigned NOT NULL", "Id of the page."),
        ],
    },
    SqlTableDoc {
        name: "wb_items_per_site",
        row: "a sitelink of a Wikidata item",
        columns: &[
            note("ips_row_id", "bigint unsigned NOT NULL", "Id of the row."),
            note(
                "ips_item_id",
                "int unsigned NOT NULL",
                "Number of the item, without Q.",
            ),
            note(
                "ips_site_id",
                "varbinary(32) NOT NULL",
                "Database name of the wiki.",
            ),
            note(
                "ips_site_page",
                "varbinary(310) NOT NULL",
                "Title there, with its namespace, with spaces.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wb_property_info",
        row: "a Wikidata property",
        columns: &[
            note(
                "pi_property_id",
                "int unsigned NOT NULL",
                "Number of the property, without P.",
            ),
            note("pi_type", "varbinary(32) NOT NULL", "Type of its values."),
            note("pi_info", "blob NOT NULL", "More, as JSON."),
        ],
    },
    SqlTableDoc {
        name: "wb_changes_subscription",
        row: "a wiki that is told of an entity's changes",
        columns: &[
            note("cs_row_id", "bigint NOT NULL", "Id of the row."),
            note(
                "cs_entity_id",
                "varbinary(255) NOT NULL",
                "Id of the entity.",
            ),
            note(
                "cs_subscriber_id",
                "varbinary(255) NOT NULL",
                "Database name of the wiki.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wbt_item_terms",
        row: "a label, description or alias of an item",
        columns: &[
            note("wbit_id", "bigint unsigned NOT NULL", "Id of the row."),
            note(
                "wbit_item_id",
                "int unsigned NOT NULL",
                "Number of the item, without Q.",
            ),
            note(
                "wbit_term_in_lang_id",
                "int unsigned NOT NULL",
                "The term: wbtl_id in wbt_term_in_lang.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wbt_property_terms",
        row: "a label, description or alias of a property",
        columns: &[
            note("wbpt_id", "int unsigned NOT NULL", "Id of the row."),
            note(
                "wbpt_property_id",
                "int unsigned NOT NULL",
                "Number of the property, without P.",
            ),
            note(
                "wbpt_term_in_lang_id",
                "int unsigned NOT NULL",
                "The term: wbtl_id in wbt_term_in_lang.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wbt_term_in_lang",
        row: "a kind of term with its text",
        columns: &[
            note("wbtl_id", "int unsigned NOT NULL", "Id of the row."),
            note(
                "wbtl_type_id",
                "int unsigned NOT NULL",
                "The kind: wby_id in wbt_type.",
            ),
            note(
                "wbtl_text_in_lang_id",
                "int unsigned NOT NULL",
                "The text: wbxl_id in wbt_text_in_lang.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wbt_text_in_lang",
        row: "a text in a language",
        columns: &[
            note("wbxl_id", "int unsigned NOT NULL", "Id of the row."),
            note(
                "wbxl_language",
                "varbinary(20) NOT NULL",
                "Code of the language.",
            ),
            note(
                "wbxl_text_id",
                "int unsigned NOT NULL",
                "The text: wbx_id in wbt_text.",
            ),
        ],
    },
    SqlTableDoc {
        name: "wbt_text",
        row: "a text",
        columns: &[
            note("wbx_id", "int unsigned NOT NULL", "Id of the row."),
            note("wbx_text", "varbinary(255) NOT NULL", "The text."),
        ],
    },
    SqlTableDoc {
        name: "wbt_type",
        row: "a kind of term",
        columns: &[
            note("wby_id", "int unsigned NOT NULL", "Id of the row."),
            note(
                "wby_name",
                "varbinary(45) NOT NULL",
                "Its name: label, description or alias.",
            ),
        ],
    },
];
