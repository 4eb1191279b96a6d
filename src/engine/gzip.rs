//! A blocked gzip file on all cores: its members say how long they are, so each can be decoded by itself.

use std::collections::VecDeque;
use std::io::Read;

use bytes::Bytes;

use super::decode::Feed;
use super::lane::Lane;
use super::pool::Pending;
use crate::container::gzip;
use crate::error::{Error, FilePlace, Result};
use crate::source::Reader;

/// Members that are decoded by one task.
const TOGETHER: usize = 16;

/// Decodes all members.
pub(super) fn decode(reader: Reader, lane: &Lane<'_>, feed: &mut dyn Feed) -> Result<()> {
    let mut members = Members {
        reader,
        lane,
        ahead: VecDeque::new(),
    };
    while feed.wants_more() {
        members.refill()?;
        match members.ahead.pop_front() {
            Some(group) => hand_on(group.wait()?, feed)?,
            // The end, or a member that does not say how long it is.
            None if !gzip::comes_next(&mut members.reader, feed)? => return Ok(()),
            None if members.next_size()?.is_some() => {}
            None => gzip::decode_member(&mut members.reader, Reader::offset_bytes, feed)?,
        }
    }
    Ok(())
}

/// A member that says how long it is.
struct Member {
    offset_bytes: u64,
    bytes: Vec<u8>,
    /// What it holds, if all is well.
    content: Option<Vec<u8>>,
}

struct Members<'l> {
    reader: Reader,
    lane: &'l Lane<'l>,
    /// Groups of members that are being decoded.
    ahead: VecDeque<Pending<Vec<Member>>>,
}

impl Members<'_> {
    /// Keeps the workers busy.
    fn refill(&mut self) -> Result<()> {
        while self.ahead.len() < self.lane.pieces_ahead() {
            let mut group = self.next_group()?;
            if group.is_empty() {
                break;
            }
            let task = move || {
                for member in &mut group {
                    member.content = gzip::sized_content(&member.bytes);
                }
                Ok(group)
            };
            self.ahead.push_back(self.lane.pool.spawn(task));
        }
        Ok(())
    }

    /// Reads members up to one that does not say how long it is.
    fn next_group(&mut self) -> Result<Vec<Member>> {
        let mut group = Vec::new();
        while group.len() < TOGETHER
            && let Some(size) = self.next_size()?
        {
            let offset_bytes = self.reader.offset_bytes();
            let mut bytes = Vec::with_capacity(size);
            (&mut self.reader)
                .take(size as u64)
                .read_to_end(&mut bytes)
                .map_err(cannot_read)?;
            group.push(Member {
                offset_bytes,
                bytes,
                content: None,
            });
        }
        Ok(group)
    }

    /// The size of the next member, if it says so.
    fn next_size(&mut self) -> Result<Option<usize>> {
        let header = self.reader.peek(gzip::SIZED_HEADER_BYTES);
        Ok(gzip::member_size(header.map_err(cannot_read)?))
    }
}

fn cannot_read(error: std::io::Error) -> Error {
    Error::io("cannot read the file", error)
}

/// Hands on what members hold, in order.
fn hand_on(group: Vec<Member>, feed: &mut dyn Feed) -> Result<()> {
    for member in group {
        match member.content {
            Some(content) => {
                if !content.is_empty() {
                    feed.data(Bytes::from(content), FilePlace::About(member.offset_bytes))?;
                }
                feed.piece_ended();
            }
            None => hand_on_slowly(&member, feed)?,
        }
    }
    Ok(())
}

/// The same of a member that is broken: what can be decoded, and then what is wrong.
fn hand_on_slowly(member: &Member, feed: &mut dyn Feed) -> Result<()> {
    let mut rest = &member.bytes[..];
    let end_bytes = member.offset_bytes + member.bytes.len() as u64;
    let offset_bytes = |rest: &&[u8]| end_bytes - rest.len() as u64;
    gzip::decode_member(&mut rest, offset_bytes, feed)?;
    match rest.is_empty() {
        true => Ok(()),
        false => Err(gzip::longer_than_its_content().at_file_byte(offset_bytes(&rest))),
    }
}
