//! Pages, their properties, and the wiki as a whole.

use super::{SqlTableDoc, note};

pub(super) static TABLES: [SqlTableDoc; 9] = [
    SqlTableDoc {
        name: "page",
        row: "a page",
        columns: &[
            note("page_id", "int unsigned NOT NULL", "Id of the page."),
            note("page_namespace", "int NOT NULL", "Number of its namespace."),
            note(
                "page_title",
                "varbinary(255) NOT NULL",
                "Title without the namespace, with underscores for spaces.",
            ),
            note(
                "page_is_redirect",
                "tinyint unsigned NOT NULL",
                "1 for a redirect.",
            ),
            note(
                "page_is_new",
                "tinyint unsigned NOT NULL",
                "1 where the page has one revision only.",
            ),
            note(
                "page_random",
                "double unsigned NOT NULL",
                "A number from 0 to 1, by which random pages are found.",
            ),
            note(
                "page_touched",
                "binary(14) NOT NULL",
                "When the page or something that it shows last changed.",
            ),
            note(
                "page_links_updated",
                "binary(14)",
                "When its rows in the tables of links were last made.",
            ),
            note(
                "page_latest",
                "int unsigned NOT NULL",
                "Id of its latest revision.",
            ),
            note(
                "page_len",
                "int unsigned NOT NULL",
                "Bytes of its latest text.",
            ),
            note(
                "page_content_model",
                "varbinary(32)",
                "Model of its content; NULL for the default.",
            ),
            note(
                "page_lang",
                "varbinary(35)",
                "Language of its content; NULL for the wiki's.",
            ),
            note(
                "page_restrictions",
                "",
                "Protections as they were kept before page_restrictions.",
            ),
            note("page_counter", "", "Views, as they were once counted."),
        ],
    },
    SqlTableDoc {
        name: "page_props",
        row: "a property of a page",
        columns: &[
            note("pp_page", "int NOT NULL", "Id of the page."),
            note(
                "pp_propname",
                "varbinary(60) NOT NULL",
                "Name of the property, such as wikibase_item or disambiguation.",
            ),
            note(
                "pp_value",
                "blob NOT NULL",
                "Its value; some, such as templatedata, are packed and no text.",
            ),
            note(
                "pp_sortkey",
                "float",
                "The value as a number, where it is to be sorted by.",
            ),
        ],
    },
    SqlTableDoc {
        name: "page_restrictions",
        row: "a protection of a page",
        columns: &[
            note("pr_id", "int unsigned NOT NULL", "Id of the row."),
            note("pr_page", "int NOT NULL", "Id of the page."),
            note(
                "pr_type",
                "varbinary(60) NOT NULL",
                "The action that is restricted, such as edit or move.",
            ),
            note(
                "pr_level",
                "varbinary(60) NOT NULL",
                "Who may still do it, such as sysop.",
            ),
            note(
                "pr_cascade",
                "tinyint NOT NULL",
                "1 where what the page includes is protected too.",
            ),
            note("pr_expiry", "varbinary(14)", "When the protection ends."),
            note("pr_user", "", "Not used."),
        ],
    },
    SqlTableDoc {
        name: "protected_titles",
        row: "a title that cannot be created",
        columns: &[
            note("pt_namespace", "int NOT NULL", "Number of its namespace."),
            note(
                "pt_title",
                "varbinary(255) NOT NULL",
                "The title, with underscores for spaces.",
            ),
            note(
                "pt_user",
                "int unsigned NOT NULL",
                "Id of the user who protected it.",
            ),
            note(
                "pt_reason_id",
                "bigint unsigned NOT NULL",
                "The reason, in the table comment, which is not published.",
            ),
            note(
                "pt_timestamp",
                "binary(14) NOT NULL",
                "When it was protected.",
            ),
            note(
                "pt_expiry",
                "varbinary(14) NOT NULL",
                "When the protection ends.",
            ),
            note(
                "pt_create_perm",
                "varbinary(60) NOT NULL",
                "Who may still create it.",
            ),
        ],
    },
    SqlTableDoc {
        name: "redirect",
        row: "a redirect",
        columns: &[
            note(
                "rd_from",
                "int unsigned NOT NULL",
                "Id of the page that redirects.",
            ),
            note("rd_namespace", "int NOT NULL", "Namespace of its target."),
            note(
                "rd_title",
                "varbinary(255) NOT NULL",
                "Title of its target.",
            ),
            note(
                "rd_interwiki",
                "varbinary(32)",
                "Prefix of the other wiki, if the target is there.",
            ),
            note("rd_fragment", "varbinary(255)", "Section of the target."),
        ],
    },
    SqlTableDoc {
        name: "category",
        row: "a category that has or had members",
        columns: &[
            note(
                "cat_id",
                "int unsigned NOT NULL",
                "Id of the row; no id of a page.",
            ),
            note(
                "cat_title",
                "varbinary(255) NOT NULL",
                "Title of the category, without the namespace.",
            ),
            note(
                "cat_pages",
                "int NOT NULL",
                "Members of all kinds, as counted; can be wrong, even negative.",
            ),
            note("cat_subcats", "int NOT NULL", "Categories among them."),
            note("cat_files", "int NOT NULL", "Files among them."),
        ],
    },
    SqlTableDoc {
        name: "site_stats",
        row: "the counts of a wiki",
        columns: &[
            note("ss_row_id", "int unsigned NOT NULL", "Id of the row."),
            note("ss_total_edits", "bigint unsigned", "Edits."),
            note(
                "ss_good_articles",
                "bigint unsigned",
                "Pages that count as articles.",
            ),
            note("ss_total_pages", "bigint unsigned", "Pages."),
            note("ss_users", "bigint unsigned", "Accounts."),
            note(
                "ss_active_users",
                "bigint unsigned",
                "Users who did something in the last days.",
            ),
            note("ss_images", "bigint unsigned", "Files."),
            note("ss_temp_users", "", "Temporary accounts."),
            note(
                "ss_active_temp_users",
                "",
                "Temporary accounts that did something in the last days.",
            ),
        ],
    },
    SqlTableDoc {
        name: "sites",
        row: "a wiki that this one knows",
        columns: &[
            note("site_id", "int unsigned NOT NULL", "Id of the row."),
            note(
                "site_global_key",
                "varbinary(64) NOT NULL",
                "Its database name.",
            ),
            note(
                "site_type",
                "varbinary(32) NOT NULL",
                "What kind of site it is.",
            ),
            note(
                "site_group",
                "varbinary(32) NOT NULL",
                "Its project, such as wikipedia.",
            ),
            note(
                "site_source",
                "varbinary(32) NOT NULL",
                "Where the row comes from.",
            ),
            note(
                "site_language",
                "varbinary(35) NOT NULL",
                "Code of its language.",
            ),
            note("site_protocol", "varbinary(32) NOT NULL", "Its protocol."),
            note(
                "site_domain",
                "varbinary(255) NOT NULL",
                "Its host, turned round.",
            ),
            note("site_data", "blob NOT NULL", "More, as serialised PHP."),
            note(
                "site_forward",
                "tinyint NOT NULL",
                "1 where links are handed on to it.",
            ),
            note(
                "site_config",
                "blob NOT NULL",
                "Its settings, as serialised PHP.",
            ),
        ],
    },
    SqlTableDoc {
        name: "geo_tags",
        row: "a place on earth, or elsewhere, that a page speaks of",
        columns: &[
            note("gt_id", "int unsigned NOT NULL", "Id of the row."),
            note("gt_page_id", "int unsigned NOT NULL", "Id of the page."),
            note(
                "gt_globe",
                "varbinary(32) NOT NULL",
                "The body it is on, such as earth.",
            ),
            note(
                "gt_primary",
                "tinyint NOT NULL",
                "1 for the place of the page itself.",
            ),
            note("gt_lat_int", "smallint", "Latitude in tenths of a degree."),
            note("gt_lon_int", "smallint", "Longitude in tenths of a degree."),
            note("gt_lat", "decimal(11,8)", "Latitude in degrees."),
            note("gt_lon", "decimal(11,8)", "Longitude in degrees."),
            note("gt_dim", "int", "Size of the place, in metres."),
            note("gt_type", "varbinary(32)", "What kind of place it is."),
            note("gt_name", "varbinary(255)", "Its name."),
            note("gt_country", "binary(2)", "Code of its country."),
            note("gt_region", "varbinary(3)", "Code of its region."),
        ],
    },
];
