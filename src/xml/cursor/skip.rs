//! Passing over elements that nobody reads, with all that is in them.

use memchr::memchr;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Cursor, Element, excerpt, not_closed};
use crate::xml::chunk::Fault;
use crate::xml::limits::too_deep;
use crate::xml::resume::holds_record;

impl<'a> Cursor<'a> {
    /// Passes over an element with all that is in it.
    pub(in crate::xml) fn skip(&mut self, element: &Element<'a>) -> Result<(), Fault> {
        if element.is_empty {
            return Ok(());
        }
        let begin = element.at - self.base;
        let mut reader = Reader::from_str(&self.text[begin..]);
        let mut depth = 0;
        loop {
            match reader.read_event() {
                Ok(Event::Start(_)) if depth == self.limits.depth => {
                    return Err(too_deep(element, depth));
                }
                Ok(Event::Start(inside)) => {
                    self.refuse_inside(element, &inside, depth)?;
                    depth += 1;
                }
                Ok(Event::Empty(inside)) => {
                    self.refuse_inside(element, &inside, depth)?;
                    if depth == 0 {
                        break;
                    }
                }
                Ok(Event::End(_)) if depth == 1 => break,
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::DocType(_)) => return Err(refused("a DOCTYPE inside", element)),
                Ok(Event::Eof) => {
                    return Err(self.unless_cut(not_closed(element.at, element)));
                }
                Ok(_) => {}
                Err(error) => {
                    let message = format!("the XML is not well formed: {error}");
                    let fault = Fault::new(element.at, message);
                    return Err(match reader.get_ref().is_empty() {
                        true => self.unless_cut(fault),
                        false => fault,
                    });
                }
            }
        }
        self.at = self.text.len() - reader.get_ref().len();
        Ok(())
    }

    /// Refuses a tag, at a depth in the element, that whoever cuts chunks takes for more than one without meaning: of a
    /// record, which would be lost, or not, with the cuts; or with a `<` in quotes, which XML does not allow either.
    fn refuse_inside(
        &self,
        element: &Element<'a>,
        inside: &BytesStart<'_>,
        depth: usize,
    ) -> Result<(), Fault> {
        let name = inside.name();
        let local = name.as_ref().strip_prefix(self.prefix);
        if depth > 0 && local.is_some_and(holds_record) {
            return Err(refused("a record inside", element));
        }
        match memchr(b'<', inside.as_bytes()) {
            Some(_) => Err(refused("`<` inside a tag in", element)),
            None => Ok(()),
        }
    }
}

fn refused(what: &str, element: &Element<'_>) -> Fault {
    let message = format!("{what} <{}>", excerpt(element.name));
    Fault::new(element.at, message)
}
