//! What links to what.

use super::{SqlTableDoc, note};

pub(super) static TABLES: [SqlTableDoc; 9] = [
    SqlTableDoc {
        name: "categorylinks",
        row: "a page in a category",
        columns: &[
            note("cl_from", "int unsigned NOT NULL", "Id of the page."),
            note(
                "cl_to",
                "varbinary(255) NOT NULL",
                "Title of the category (dumps before 2025).",
            ),
            note(
                "cl_sortkey",
                "varbinary(230) NOT NULL",
                "What the page is sorted by: a key of a collation, bytes and no text.",
            ),
            note(
                "cl_timestamp",
                "timestamp NOT NULL",
                "When the page came into the category, or the row was last made.",
            ),
            note(
                "cl_sortkey_prefix",
                "varbinary(255) NOT NULL",
                "The key that the page itself asks for; cut at 255 bytes, within a character at times.",
            ),
            note(
                "cl_type",
                "enum('page','subcat','file') NOT NULL",
                "What kind of page it is.",
            ),
            note(
                "cl_collation",
                "varbinary(32) NOT NULL",
                "Name of the collation (dumps before 2025).",
            ),
            note(
                "cl_collation_id",
                "smallint unsigned NOT NULL",
                "The collation, in a table that is not published.",
            ),
            note(
                "cl_target_id",
                "bigint unsigned NOT NULL",
                "The category: lt_id in linktarget.",
            ),
        ],
    },
    SqlTableDoc {
        name: "pagelinks",
        row: "a link from a page to another",
        columns: &[
            note(
                "pl_from",
                "int unsigned NOT NULL",
                "Id of the page that links.",
            ),
            note("pl_from_namespace", "int NOT NULL", "Its namespace."),
            note(
                "pl_target_id",
                "bigint unsigned NOT NULL",
                "Where it links to: lt_id in linktarget.",
            ),
            note(
                "pl_namespace",
                "",
                "Namespace of the target (dumps before 2024).",
            ),
            note("pl_title", "", "Title of the target (dumps before 2024)."),
        ],
    },
    SqlTableDoc {
        name: "templatelinks",
        row: "a page that includes another",
        columns: &[
            note(
                "tl_from",
                "int unsigned NOT NULL",
                "Id of the page that includes.",
            ),
            note("tl_from_namespace", "int NOT NULL", "Its namespace."),
            note(
                "tl_target_id",
                "bigint unsigned NOT NULL",
                "What it includes: lt_id in linktarget.",
            ),
            note(
                "tl_namespace",
                "",
                "Namespace of what is included (dumps before 2023).",
            ),
            note(
                "tl_title",
                "",
                "Title of what is included (dumps before 2023).",
            ),
        ],
    },
    SqlTableDoc {
        name: "imagelinks",
        row: "a page that shows a file",
        columns: &[
            note("il_from", "int unsigned NOT NULL", "Id of the page."),
            note(
                "il_to",
                "varbinary(255) NOT NULL",
                "Name of the file (older dumps).",
            ),
            note(
                "il_from_namespace",
                "int NOT NULL",
                "Namespace of the page.",
            ),
            note(
                "il_target_id",
                "bigint unsigned",
                "The file: lt_id in linktarget.",
            ),
        ],
    },
    SqlTableDoc {
        name: "linktarget",
        row: "a title that something links to",
        columns: &[
            note(
                "lt_id",
                "bigint unsigned NOT NULL",
                "Id of the target, which other tables name.",
            ),
            note("lt_namespace", "int NOT NULL", "Number of its namespace."),
            note(
                "lt_title",
                "varbinary(255) NOT NULL",
                "Its title, with underscores for spaces; the page need not exist.",
            ),
        ],
    },
    SqlTableDoc {
        name: "externallinks",
        row: "a link from a page to the web",
        columns: &[
            note("el_id", "int unsigned NOT NULL", "Id of the row."),
            note("el_from", "int unsigned NOT NULL", "Id of the page."),
            note(
                "el_to_domain_index",
                "varbinary(255) NOT NULL",
                "Scheme and host, the host's parts turned round: https://org.example.www.",
            ),
            note("el_to_path", "blob", "What follows the host."),
            note("el_to", "", "The address (dumps before 2023)."),
            note(
                "el_index",
                "",
                "The address with its host turned round (dumps before 2023).",
            ),
            note(
                "el_index_60",
                "",
                "The first 60 bytes of it (dumps before 2023).",
            ),
        ],
    },
    SqlTableDoc {
        name: "langlinks",
        row: "a link to the same subject in another language",
        columns: &[
            note("ll_from", "int unsigned NOT NULL", "Id of the page."),
            note(
                "ll_lang",
                "varbinary(35) NOT NULL",
                "Code of the other language.",
            ),
            note(
                "ll_title",
                "varbinary(255) NOT NULL",
                "Title there, with its namespace, with spaces.",
            ),
        ],
    },
    SqlTableDoc {
        name: "iwlinks",
        row: "a link to another wiki",
        columns: &[
            note("iwl_from", "int unsigned NOT NULL", "Id of the page."),
            note(
                "iwl_prefix",
                "varbinary(32) NOT NULL",
                "Prefix of the other wiki.",
            ),
            note("iwl_title", "varbinary(255) NOT NULL", "Title there."),
        ],
    },
    SqlTableDoc {
        name: "globalimagelinks",
        row: "a page of any wiki that shows a file",
        columns: &[
            note(
                "gil_wiki",
                "varbinary(32) NOT NULL",
                "Database name of the wiki.",
            ),
            note("gil_page", "int unsigned NOT NULL", "Id of the page there."),
            note(
                "gil_page_namespace_id",
                "int NOT NULL",
                "Number of its namespace.",
            ),
            note(
                "gil_page_namespace",
                "varbinary(255) NOT NULL",
                "Name of its namespace.",
            ),
            note("gil_page_title", "varbinary(255) NOT NULL", "Its title."),
            note("gil_to", "varbinary(255) NOT NULL", "Name of the file."),
        ],
    },
];
