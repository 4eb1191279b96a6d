//! What is said of rows that damage has cost.

use std::io::{self, Write};

use crate::tables::Reject;

/// Names the rejects that are told one by one; if `all` are more, says how many, and where they are.
pub(super) fn tell_rejects(rejects: &[Reject], all: u64, where_all_are: &str) {
    let mut err = io::stderr().lock();
    for reject in rejects {
        let place = reject
            .xml_offset_bytes
            .map_or_else(String::new, |at| match reject.sql_line {
                Some(line) => format!(" (line {line}, byte {at} of the SQL)"),
                None => format!(" (byte {at} of the XML)"),
            });
        let _ = writeln!(err, "skipped: {}: {}{place}", reject.input, reject.reason);
    }
    if all > rejects.len() as u64 {
        let _ = writeln!(err, "skipped: {all} in all{where_all_are}");
    }
}
