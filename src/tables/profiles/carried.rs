//! What rows of a page's history need of a revision itself, as bytes that wait until its page ends.

use super::values;
use crate::model::{Page, Revision, SiteInfo};

/// Which of the larger things are carried.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carries {
    /// The edit summary.
    pub comments: bool,
    /// How many characters the text has.
    pub characters: bool,
}

/// What is told of a revision beside its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried<'a> {
    /// Whether it was marked as minor.
    pub is_minor: bool,
    /// Whether its page is a redirect.
    pub page_is_redirect: bool,
    /// Whether the user is shown.
    pub user_is_visible: bool,
    /// Whether the user stands in `<ip>`.
    pub is_in_ip_element: bool,
    /// Whether the dump has no id of the user.
    pub user_has_no_id: bool,
    /// Whether the edit summary is shown.
    pub comment_is_visible: bool,
    /// Whether the content is shown.
    pub content_is_visible: bool,
    /// Where the page's title begins behind its namespace, in bytes.
    pub prefix_bytes: usize,
    /// Parent as the dump has it.
    pub parent_id: Option<i64>,
    /// Length of the text.
    pub characters: Option<i64>,
    /// Edit summary, if it is shown.
    pub comment: Option<&'a str>,
    /// Content model of the main slot.
    pub model: Option<&'a str>,
    /// Format of the main slot.
    pub format: Option<&'a str>,
    /// Checksum over all slots.
    pub sha1: Option<&'a str>,
}

/// Length of a string that is not there.
const NO_STRING: u32 = u32::MAX;

/// Writes down what is told of a revision.
pub(super) fn write(carried: &Carried<'_>, out: &mut Vec<u8>) {
    let flags = carried.flags();
    let bits = flags
        .iter()
        .rev()
        .fold(0_u8, |bits, flag| bits << 1 | u8::from(*flag));
    out.push(bits);
    let prefix_bytes = u32::try_from(carried.prefix_bytes).unwrap_or_default();
    out.extend(prefix_bytes.to_le_bytes());
    for number in [carried.parent_id, carried.characters] {
        out.push(u8::from(number.is_some()));
        out.extend(number.unwrap_or_default().to_le_bytes());
    }
    for text in [carried.comment, carried.model, carried.format, carried.sha1] {
        let length = text.map(|text| u32::try_from(text.len()).unwrap_or(NO_STRING));
        out.extend(length.unwrap_or(NO_STRING).to_le_bytes());
        if length.is_some_and(|length| length != NO_STRING) {
            out.extend(text.unwrap_or_default().as_bytes());
        }
    }
}

impl<'a> Carried<'a> {
    fn flags(&self) -> [bool; 7] {
        [
            self.is_minor,
            self.page_is_redirect,
            self.user_is_visible,
            self.is_in_ip_element,
            self.comment_is_visible,
            self.content_is_visible,
            self.user_has_no_id,
        ]
    }

    /// Writes down what rows need of a revision.
    pub fn note(
        carries: Carries,
        site: &SiteInfo,
        page: &Page<'_>,
        revision: &Revision<'_>,
        out: &mut Vec<u8>,
    ) {
        let main = revision.main.as_ref();
        let title = values::cow(page.title).unwrap_or_default();
        let mut namespaces = site.namespaces.iter();
        let namespace = namespaces.find(|namespace| Some(namespace.id) == page.namespace_id);
        let comment = revision.comment.text().filter(|_| carries.comments);
        let text = main.and_then(|slot| slot.visible_text());
        let (comment, model, format, sha1) = (
            values::cow(comment),
            values::cow(main.and_then(values::model)),
            values::cow(main.and_then(values::format)),
            values::cow(revision.known_sha1()),
        );
        let carried = Carried {
            is_minor: revision.is_minor,
            page_is_redirect: page.redirect.is_some(),
            user_is_visible: revision.contributor.is_visible,
            is_in_ip_element: revision.contributor.is_in_ip_element,
            user_has_no_id: values::has_no_id(&revision.contributor),
            comment_is_visible: revision.comment.is_visible(),
            content_is_visible: values::content_is_visible(revision),
            prefix_bytes: values::prefix_bytes(
                &title,
                namespace.map(|namespace| &namespace.name[..]),
            ),
            parent_id: revision.parent_id,
            characters: text
                .filter(|_| carries.characters)
                .map(|text| text.len_characters() as i64),
            comment: comment.as_deref(),
            model: model.as_deref(),
            format: format.as_deref(),
            sha1: sha1.as_deref(),
        };
        write(&carried, out);
    }

    /// Reads what was written down; `None` of anything else.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        let bits = *take(&mut rest, 1)?.first()?;
        let flag = |number: u8| bits >> number & 1 == 1;
        let prefix_bytes = take_u32(&mut rest)? as usize;
        let mut number = || {
            let is_some = *take(&mut rest, 1)?.first()? == 1;
            let value = i64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?);
            Some(is_some.then_some(value))
        };
        let (parent_id, characters) = (number()?, number()?);
        let mut text = || match take_u32(&mut rest)? {
            NO_STRING => Some(None),
            length => {
                let bytes = take(&mut rest, length as usize)?;
                std::str::from_utf8(bytes).ok().map(Some)
            }
        };
        Some(Self {
            is_minor: flag(0),
            page_is_redirect: flag(1),
            user_is_visible: flag(2),
            is_in_ip_element: flag(3),
            comment_is_visible: flag(4),
            content_is_visible: flag(5),
            user_has_no_id: flag(6),
            prefix_bytes,
            parent_id,
            characters,
            comment: text()?,
            model: text()?,
            format: text()?,
            sha1: text()?,
        })
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    Some(taken)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let full = Carried {
            is_minor: true,
            user_has_no_id: true,
            comment_is_visible: true,
            prefix_bytes: 5,
            parent_id: Some(-1),
            characters: Some(7),
            comment: Some("ä"),
            model: Some(""),
            sha1: Some("x"),
            ..Carried::default()
        };
        let other = Carried {
            page_is_redirect: true,
            user_is_visible: true,
            is_in_ip_element: true,
            content_is_visible: true,
            format: Some("text/x-wiki"),
            ..Carried::default()
        };
        for carried in [full, other, Carried::default()] {
            let mut bytes = Vec::new();
            write(&carried, &mut bytes);
            assert_eq!(Carried::read(&bytes), Some(carried));
            assert_eq!(Carried::read(&bytes[..bytes.len() - 1]), None);
        }
    }
}
