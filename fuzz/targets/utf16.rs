//! UTF-16 to UTF-8, in any pieces, as the standard library has it.

use bytes::Bytes;
use mwparquet::frame::Transcoder;

use super::controls::{Controls, pieces};
use super::seeds;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let seed = controls.byte();
    let bytes = controls.rest;
    let mut transcoder = Transcoder::default();
    let mut given = Vec::new();
    let mut push = |piece: &[u8]| {
        let piece = transcoder.push(Bytes::copy_from_slice(piece)).ok()?;
        given.extend_from_slice(&piece);
        Some(())
    };
    let pushed = pieces(bytes, seed).into_iter().try_for_each(&mut push);
    let given = pushed
        .and_then(|()| transcoder.finish().ok())
        .map(|()| given);
    // A file that is nothing but the first half of a mark is not worth a rule.
    if bytes.len() > 1 {
        assert_eq!(given, expected(bytes));
    }
}

fn expected(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Some(bytes.to_vec()),
    };
    let units = bytes[2..].chunks(2);
    let units: Option<Vec<u16>> = units
        .map(|pair| Some(unit(pair.try_into().ok()?)))
        .collect();
    String::from_utf16(&units?).ok().map(String::into_bytes)
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut files = seeds::samples("", &["utf-16.xml"]);
    files.push([&[0xfe, 0xff, 0xd8, 0x3d, 0xde, 0x00], &b"\0a"[..]].concat());
    seeds::with_controls(&[&[1], &[9]], files)
}
