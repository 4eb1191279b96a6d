//! One target a layer that bytes reach: what a fuzzer runs millions of times, and the tests a few hundred
//! times on seeds and what comes of them when bytes are changed.
//!
//! A target takes any bytes.  The first few say how the layer is driven (sizes of chunks and pieces, which
//! form), the others are what it reads.  It panics where a law of the layer is broken.

mod addresses;
mod bzip2_block;
mod bzip2_file;
mod containers;
mod controls;
mod diff;
mod framer;
mod lists;
mod log_params;
mod outputs;
mod records;
mod seeds;
mod sql;
mod text;
mod tokens;
mod utf16;

/// A layer under test.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Panics if the bytes break a law.
    pub check: fn(&[u8]),
    /// What to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const ALL: [Target; 14] = [
    Target {
        name: "bzip2_block",
        check: bzip2_block::check,
        seeds: bzip2_block::seeds,
    },
    Target {
        name: "bzip2_file",
        check: bzip2_file::check,
        seeds: bzip2_file::seeds,
    },
    Target {
        name: "containers",
        check: containers::check,
        seeds: containers::seeds,
    },
    Target {
        name: "utf16",
        check: utf16::check,
        seeds: utf16::seeds,
    },
    Target {
        name: "framer",
        check: framer::check,
        seeds: framer::seeds,
    },
    Target {
        name: "records",
        check: records::check,
        seeds: records::seeds,
    },
    Target {
        name: "text",
        check: text::check,
        seeds: text::seeds,
    },
    Target {
        name: "sql",
        check: sql::check,
        seeds: sql::seeds,
    },
    Target {
        name: "log_params",
        check: log_params::check,
        seeds: log_params::seeds,
    },
    Target {
        name: "lists",
        check: lists::check,
        seeds: lists::seeds,
    },
    Target {
        name: "outputs",
        check: outputs::check,
        seeds: outputs::seeds,
    },
    Target {
        name: "addresses",
        check: addresses::check,
        seeds: addresses::seeds,
    },
    Target {
        name: "tokens",
        check: tokens::check,
        seeds: tokens::seeds,
    },
    Target {
        name: "diff",
        check: diff::check,
        seeds: diff::seeds,
    },
];
