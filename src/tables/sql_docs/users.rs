//! Files, users, tags and reviews.

use super::{SqlTableDoc, note};

pub(super) static TABLES: [SqlTableDoc; 11] = [
    SqlTableDoc {
        name: "image",
        row: "a file, in its latest version",
        columns: &[
            note(
                "img_name",
                "varbinary(255) NOT NULL",
                "Its name, which is the title of its page.",
            ),
            note("img_size", "bigint unsigned NOT NULL", "Its bytes."),
            note("img_width", "int NOT NULL", "Width in pixels."),
            note("img_height", "int NOT NULL", "Height in pixels."),
            note(
                "img_metadata",
                "mediumblob NOT NULL",
                "What was read from it: JSON or serialised PHP.",
            ),
            note("img_bits", "int NOT NULL", "Bits a colour."),
            note(
                "img_media_type",
                "enum('UNKNOWN','BITMAP','DRAWING','AUDIO','VIDEO','MULTIMEDIA','OFFICE','TEXT','EXECUTABLE','ARCHIVE','3D')",
                "What kind of file it is.",
            ),
            note(
                "img_major_mime",
                "enum('unknown','application','audio','image','text','video','message','model','multipart','chemical') NOT NULL",
                "First half of its MIME type.",
            ),
            note("img_minor_mime", "varbinary(100) NOT NULL", "Second half."),
            note(
                "img_description_id",
                "bigint unsigned NOT NULL",
                "The comment on the upload, in the table comment, which is not published.",
            ),
            note(
                "img_actor",
                "bigint unsigned NOT NULL",
                "Who uploaded it, in the table actor, which is not published.",
            ),
            note(
                "img_timestamp",
                "binary(14) NOT NULL",
                "When it was uploaded.",
            ),
            note(
                "img_sha1",
                "varbinary(32) NOT NULL",
                "SHA-1 in 31 digits of base 36.",
            ),
        ],
    },
    SqlTableDoc {
        name: "user_groups",
        row: "a user in a group",
        columns: &[
            note("ug_user", "int unsigned NOT NULL", "Id of the user."),
            note("ug_group", "varbinary(255) NOT NULL", "Name of the group."),
            note(
                "ug_expiry",
                "varbinary(14)",
                "When that ends; NULL for never.",
            ),
        ],
    },
    SqlTableDoc {
        name: "user_former_groups",
        row: "a group that a user was in",
        columns: &[
            note("ufg_user", "int unsigned NOT NULL", "Id of the user."),
            note("ufg_group", "varbinary(255) NOT NULL", "Name of the group."),
        ],
    },
    SqlTableDoc {
        name: "change_tag",
        row: "a tag on a revision, log entry or recent change",
        columns: &[
            note("ct_id", "int unsigned NOT NULL", "Id of the row."),
            note("ct_rc_id", "int unsigned", "Id of the recent change."),
            note("ct_log_id", "int unsigned", "Id of the log entry."),
            note("ct_rev_id", "int unsigned", "Id of the revision."),
            note("ct_params", "blob", "What the tag says more."),
            note(
                "ct_tag_id",
                "int unsigned NOT NULL",
                "The tag: ctd_id in change_tag_def.",
            ),
        ],
    },
    SqlTableDoc {
        name: "change_tag_def",
        row: "a tag",
        columns: &[
            note("ctd_id", "int unsigned NOT NULL", "Id of the tag."),
            note("ctd_name", "varbinary(255) NOT NULL", "Its name."),
            note(
                "ctd_user_defined",
                "tinyint NOT NULL",
                "1 where users may set it.",
            ),
            note(
                "ctd_count",
                "bigint unsigned NOT NULL",
                "How often it was set.",
            ),
        ],
    },
    SqlTableDoc {
        name: "babel",
        row: "a language that a user knows",
        columns: &[
            note(
                "babel_user",
                "int unsigned NOT NULL",
                "Id of the user; on some wikis that of the central account.",
            ),
            note(
                "babel_lang",
                "varbinary(35) NOT NULL",
                "Code of the language.",
            ),
            note(
                "babel_level",
                "varbinary(2) NOT NULL",
                "How well: 0 to 5, or N for natives.",
            ),
        ],
    },
    SqlTableDoc {
        name: "flaggedpages",
        row: "the review of a page",
        columns: &[
            note("fp_page_id", "int unsigned NOT NULL", "Id of the page."),
            note(
                "fp_reviewed",
                "tinyint NOT NULL",
                "1 where its latest revision is reviewed.",
            ),
            note(
                "fp_pending_since",
                "varbinary(14)",
                "When the first revision was saved that waits for a review; NULL where none does.",
            ),
            note(
                "fp_stable",
                "int unsigned NOT NULL",
                "Id of the latest reviewed revision.",
            ),
            note("fp_quality", "tinyint", "Level of that review."),
        ],
    },
    SqlTableDoc {
        name: "flaggedrevs",
        row: "a reviewed revision",
        columns: &[
            note("fr_rev_id", "int unsigned NOT NULL", "Id of the revision."),
            note(
                "fr_rev_timestamp",
                "varbinary(14) NOT NULL",
                "When it was saved.",
            ),
            note("fr_page_id", "int unsigned NOT NULL", "Id of its page."),
            note(
                "fr_user",
                "int unsigned NOT NULL",
                "Id of the user who reviewed it.",
            ),
            note(
                "fr_timestamp",
                "varbinary(14) NOT NULL",
                "When it was reviewed.",
            ),
            note("fr_quality", "tinyint NOT NULL", "Level of the review."),
            note("fr_tags", "mediumblob NOT NULL", "The levels by name."),
            note(
                "fr_flags",
                "tinyblob NOT NULL",
                "How it came about, such as auto.",
            ),
        ],
    },
    SqlTableDoc {
        name: "flaggedpage_config",
        row: "which version of a page readers see",
        columns: &[
            note("fpc_page_id", "int unsigned NOT NULL", "Id of the page."),
            note(
                "fpc_override",
                "tinyint NOT NULL",
                "1 where they see the reviewed one.",
            ),
            note("fpc_level", "varbinary(60)", "Who may review it."),
            note("fpc_expiry", "varbinary(14) NOT NULL", "When that ends."),
        ],
    },
    SqlTableDoc {
        name: "flaggedrevs_promote",
        row: "how far a user is on the way to reviewing",
        columns: &[
            note("frp_user_id", "int unsigned NOT NULL", "Id of the user."),
            note(
                "frp_user_params",
                "mediumblob NOT NULL",
                "What was counted.",
            ),
        ],
    },
    SqlTableDoc {
        name: "flaggedrevs_statistics",
        row: "a count of reviews",
        columns: &[
            note(
                "frs_timestamp",
                "varbinary(14) NOT NULL",
                "When it was taken.",
            ),
            note(
                "frs_stat_key",
                "varbinary(255) NOT NULL",
                "What was counted.",
            ),
            note("frs_stat_val", "bigint NOT NULL", "How much."),
        ],
    },
];
