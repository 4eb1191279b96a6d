//! The native half of the Python package `mwparquet`.
//!
//! Options come as the words that the command line has, so that there is one place where they are
//! read and checked; the Python half makes words of keyword arguments.

mod arrow_data;
mod calls;
mod cells;
mod documents;
mod dump;
mod errors;
mod interrupt;
mod log_item;
mod page;
mod revision;
mod scan;
mod strings;
mod values;
mod waiting;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::arrow_data::{Batch, Schema, Table};
    #[pymodule_export]
    use super::calls::{convert, count, inspect, plan, schema};
    #[pymodule_export]
    use super::dump::{Dump, DumpNamespace, SiteInfo};
    #[pymodule_export]
    use super::log_item::{LogItem, LogPage};
    #[pymodule_export]
    use super::page::Page;
    #[pymodule_export]
    use super::revision::{Content, Deleted, Revision, Slots, User};
    #[pymodule_export]
    use super::scan::{Batches, Scan};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
