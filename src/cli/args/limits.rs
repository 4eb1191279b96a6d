//! Limits of what no honest dump has much of.

use clap::Args;

use super::super::sizes::parse_bytes;
use crate::engine::{Limits, XmlLimits};

/// What is beyond is damage.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits for hostile dumps")]
pub(in crate::cli) struct LimitArguments {
    /// Largest header of a page, which stands before its first revision, in bytes of XML
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = parse_bytes)]
    pub max_page_header_bytes: u64,
    /// Longest title, in bytes of XML
    #[arg(long, value_name = "SIZE", default_value = "16KiB", value_parser = parse_bytes)]
    pub max_title_bytes: u64,
    /// Longest comment, in bytes of XML
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = parse_bytes)]
    pub max_comment_bytes: u64,
    /// Most attributes of a tag
    #[arg(
        long,
        value_name = "N",
        default_value_t = XmlLimits::DEFAULT.attributes,
        value_parser = parse_attributes
    )]
    pub max_attributes: usize,
    /// How deep elements may stand in each other, in one that is not known
    #[arg(
        long,
        value_name = "N",
        default_value_t = XmlLimits::DEFAULT.depth,
        value_parser = parse_count
    )]
    pub max_depth: usize,
    /// Most names of elements that are not known, in an input
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::DEFAULT_UNKNOWN_ELEMENTS,
        value_parser = parse_count
    )]
    pub max_unknown_elements: usize,
}

impl LimitArguments {
    /// Those of a job, the others as they are.
    pub(in crate::cli) fn apply(&self, limits: Limits) -> Limits {
        let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Limits {
            page_header_max_bytes: bytes(self.max_page_header_bytes),
            xml: XmlLimits {
                attributes: self.max_attributes,
                depth: self.max_depth,
                title_bytes: bytes(self.max_title_bytes),
                comment_bytes: bytes(self.max_comment_bytes),
            },
            unknown_elements: self.max_unknown_elements,
            ..limits
        }
    }

    /// As the manifest keeps them, by name; those that nobody has changed are not told.
    pub(in crate::cli) fn described(&self) -> Vec<(&'static str, u64)> {
        let defaults = XmlLimits::DEFAULT;
        let page_header_bytes = Limits::default().page_header_max_bytes;
        let all = [
            (
                "max_page_header_bytes",
                self.max_page_header_bytes,
                page_header_bytes,
            ),
            (
                "max_title_bytes",
                self.max_title_bytes,
                defaults.title_bytes,
            ),
            (
                "max_comment_bytes",
                self.max_comment_bytes,
                defaults.comment_bytes,
            ),
            (
                "max_attributes",
                self.max_attributes as u64,
                defaults.attributes,
            ),
            ("max_depth", self.max_depth as u64, defaults.depth),
            (
                "max_unknown_elements",
                self.max_unknown_elements as u64,
                Limits::DEFAULT_UNKNOWN_ELEMENTS,
            ),
        ];
        let changed = all.into_iter();
        changed
            .filter(|(_, value, default)| *value != *default as u64)
            .map(|(name, value, _)| (name, value))
            .collect()
    }
}

fn parse_attributes(text: &str) -> Result<usize, String> {
    let least = XmlLimits::LEAST_ATTRIBUTES;
    let count = text.parse().ok().filter(|count| *count >= least);
    count.ok_or_else(|| format!("expected a number, {least} or more"))
}

fn parse_count(text: &str) -> Result<usize, &'static str> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or("expected a number, 1 or more")
}
