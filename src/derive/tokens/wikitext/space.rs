//! White space: paragraph breaks, line ends, and what stands inside a line.

use super::super::classes::{SPACE, classes_at, run_end};

/// Where the white space at `at` ends.
///
/// With two line ends or more it is a break up to the last of them.  Else a LF is a token, with a CR
/// behind it if there is one; so is a run without LF and CR, and a single CR.
pub(super) fn end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let first_line_end = match bytes[at..] {
        [b'\n', b'\r', ..] | [b'\r', b'\n', ..] => at + 2,
        [b'\n', ..] => at + 1,
        [b'\r', ..] => return at + 1,
        _ => return blank_end(text, at),
    };
    let all = run_end(text, first_line_end, |classes| classes & SPACE != 0);
    match memchr::memrchr(b'\n', &bytes[first_line_end..all]) {
        Some(last) => {
            let behind = first_line_end + last + 1;
            behind + usize::from(bytes.get(behind) == Some(&b'\r'))
        }
        // A CR before the LF is a token of its own.
        None if bytes[at] == b'\r' => at + 1,
        None => first_line_end,
    }
}

fn blank_end(text: &str, mut at: usize) -> usize {
    while let Some((classes, length)) = classes_at(text, at) {
        if classes & SPACE == 0 || matches!(text.as_bytes()[at], b'\n' | b'\r') {
            break;
        }
        at += length;
    }
    at
}
