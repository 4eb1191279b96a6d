//! Blocked gzip files: members that say how long they are, decoded on all cores.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use bzip2::read::MultiBzDecoder;
use flate2::{Compression, GzBuilder};
use mwparquet::{ErrorKind, tables};

use crate::inputs::files;
use crate::jobs::{HISTORY, job_of, run};
use crate::samples;

fn xml() -> Vec<u8> {
    let stored = fs::read(samples::folder().join(HISTORY)).unwrap();
    let mut xml = Vec::new();
    MultiBzDecoder::new(&stored[..])
        .read_to_end(&mut xml)
        .unwrap();
    xml
}

/// A member that says how long it is, as bgzip writes it.
fn sized(content: &[u8]) -> Vec<u8> {
    let mut writer = GzBuilder::new()
        .extra(&b"BC\x02\0\0\0"[..])
        .write(Vec::new(), Compression::fast());
    writer.write_all(content).unwrap();
    let mut member = writer.finish().unwrap();
    let less_one = u16::try_from(member.len() - 1).unwrap();
    member[16..18].copy_from_slice(&less_one.to_le_bytes());
    member
}

fn unsized_member(content: &[u8]) -> Vec<u8> {
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::fast());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn blocked(xml: &[u8], member_bytes: usize) -> Vec<Vec<u8>> {
    let mut members: Vec<_> = xml.chunks(member_bytes).map(sized).collect();
    // What bgzip ends a file with.
    members.push(sized(b""));
    members
}

/// What is made of a file: all parts, or why there are none.
fn made_of(stored: &[u8], threads: usize) -> mwparquet::Result<Vec<(String, Vec<u8>)>> {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("dump.xml.gz");
    fs::write(&input, stored).unwrap();
    let output = folder.path().join("out");
    let mut job = job_of(vec![input], &output);
    job.selections
        .retain(|selection| selection.table.name == tables::REVISIONS.name);
    let outcome = run(&job, threads);
    assert_eq!(outcome.is_ok(), Path::new(&output).exists());
    outcome.map(|_| files(&output).into_iter().collect())
}

#[test]
fn members_of_any_kind_give_the_same_rows() {
    let xml = xml();
    let expected = made_of(&unsized_member(&xml), 1).unwrap();
    let (head, tail) = xml.split_at(xml.len() / 3);
    let mixed = [
        blocked(head, 999).concat(),
        vec![0; 100],
        unsized_member(&tail[..5000]),
        blocked(&tail[5000..], 40_000).concat(),
    ];
    for stored in [
        blocked(&xml, 65_280).concat(),
        blocked(&xml, 1000).concat(),
        // More than members of a known size should have.
        blocked(&xml, 80_000).concat(),
        mixed.concat(),
    ] {
        for threads in [1, 2, 5] {
            assert!(made_of(&stored, threads).unwrap() == expected);
        }
    }
}

#[test]
fn damage_is_told_where_it_is() {
    let members = blocked(&xml(), 20_000);
    let begins: Vec<_> = members
        .iter()
        .scan(0, |end, member| {
            let begin = *end;
            *end += member.len();
            Some(begin)
        })
        .collect();
    let stored = members.concat();
    // The last two are of a few bytes, and of none.
    for index in [0, 1, members.len() / 2, members.len() - 3] {
        let (begin, length) = (begins[index], members[index].len());
        let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut stored = stored.clone();
            change(&mut stored);
            let error = made_of(&stored, 2).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
            let at_bytes = error.location().file_offset_bits.unwrap() / 8;
            let end = begin + length + members[index + 1].len();
            assert!((begin as u64..=end as u64).contains(&at_bytes), "{error}");
        };
        damaged(&|stored| stored[begin + length / 2] ^= 0x10);
        // The checksum.
        damaged(&|stored| stored[begin + length - 8] ^= 1);
        // It says that it is shorter, or longer, than it is.
        damaged(&|stored| stored[begin + 16] = stored[begin + 16].wrapping_sub(1));
        damaged(&|stored| stored[begin + 16] = stored[begin + 16].wrapping_add(1));
        damaged(&|stored| stored.truncate(begin + length - 1));
    }
}

#[test]
fn what_follows_the_last_member_is_told() {
    let mut stored = blocked(&xml(), 65_280).concat();
    let expected = made_of(&stored, 2).unwrap();
    stored.extend([0; 1000]);
    assert!(made_of(&stored, 2).unwrap() == expected);
}

/// Whatever a header holds: the file's name, a comment, further fields.
#[test]
fn headers_of_any_kind() {
    let xml = xml();
    let expected = made_of(&unsized_member(&xml), 1).unwrap();
    let builders = [
        GzBuilder::new().filename("dump.xml"),
        GzBuilder::new().comment("of a wiki").mtime(1),
        GzBuilder::new().extra(&b"xy\x01\0z"[..]).filename("a"),
    ];
    for builder in builders {
        let mut writer = builder.write(Vec::new(), Compression::none());
        writer.write_all(&xml).unwrap();
        assert!(made_of(&writer.finish().unwrap(), 2).unwrap() == expected);
    }
}

#[test]
fn what_is_wrong_with_a_member_is_named() {
    let whole = unsized_member(&xml());
    let end = whole.len();
    let damaged = |at: usize, bits: u8| {
        let mut stored = whole.clone();
        stored[at] ^= bits;
        made_of(&stored, 2).unwrap_err().to_string()
    };
    for (error, expected) in [
        (damaged(end - 8, 1), "the checksum does not fit"),
        (damaged(end - 1, 1), "the length does not fit"),
        (damaged(2, 1), "unknown compression method"),
        // A block of the kind that there is none of.
        (damaged(10, 0b110 & !whole[10]), "invalid block type"),
    ] {
        let message = format!("a gzip member is broken: {expected} (byte ");
        assert!(error.contains(&message), "{error}");
    }
    let cut = made_of(&whole[..end - 3], 2).unwrap_err().to_string();
    assert!(cut.contains("the file ends inside a gzip member"), "{cut}");
}
