//! How much of what no dump has much of is read.
//!
//! Whoever writes XML can make it cost more than it is worth: attributes are compared with each other, names
//! of unknown elements are kept, titles stand in every row of a page.  What is beyond a limit is damage.

use super::chunk::Fault;
use super::cursor::Element;
use crate::model::{SiteInfo, Text};

/// Limits of what stands in records, in bytes of XML where they are of length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Attributes of a tag that is read; at least [`Self::LEAST_ATTRIBUTES`].
    pub attributes: usize,
    /// Elements inside each other, in one that is passed over.
    pub depth: usize,
    /// Length of a title.
    pub title_bytes: usize,
    /// Length of a comment.
    pub comment_bytes: usize,
}

impl XmlLimits {
    /// Where nothing else is said.  MediaWiki has titles of 255 bytes and comments of 500 characters, old ones
    /// of 64 KiB at most; a byte can be spelt in six.
    pub const DEFAULT: Self = Self {
        attributes: 64,
        depth: 64,
        title_bytes: 16 << 10,
        comment_bytes: 1 << 20,
    };
    /// Fewer are not counted.
    pub const LEAST_ATTRIBUTES: usize = 8;
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a document says of itself, and what is read of it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'d> {
    /// The site information.
    pub site: &'d SiteInfo,
    /// The limits.
    pub limits: &'d XmlLimits,
}

impl<'d> From<&'d SiteInfo> for Reading<'d> {
    /// With the limits that hold where nothing else is said.
    fn from(site: &'d SiteInfo) -> Self {
        Self {
            site,
            limits: &XmlLimits::DEFAULT,
        }
    }
}

/// Refuses a text whose XML is longer than that of any dump.
#[inline]
pub(super) fn refuse_longer(
    text: Text<'_>,
    at: usize,
    (what, max_bytes, option): (&str, usize, &str),
) -> Result<(), Fault> {
    match text.spelt_bytes() > max_bytes {
        true => Err(too_long(text, at, (what, max_bytes, option))),
        false => Ok(()),
    }
}

#[cold]
fn too_long(text: Text<'_>, at: usize, (what, max_bytes, option): (&str, usize, &str)) -> Fault {
    let bytes = text.spelt_bytes();
    Fault::new(
        at,
        format!("a {what} of {bytes} bytes, and {max_bytes} are the limit of {option}"),
    )
}

/// An element with too many attributes.
#[cold]
pub(super) fn too_many_attributes(element: &Element<'_>, most: usize) -> Fault {
    Fault::new(
        element.at,
        format!(
            "<{}> has more than {most} attributes, the limit of --max-attributes",
            element.name
        ),
    )
}

/// Elements too deep in one that is passed over.
#[cold]
pub(super) fn too_deep(element: &Element<'_>, most: usize) -> Fault {
    Fault::new(
        element.at,
        format!(
            "in <{}> elements stand deeper than {most} in each other, the limit of --max-depth",
            super::cursor::excerpt(element.name)
        ),
    )
}
