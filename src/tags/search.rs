//! The search for the tags that tell where records are.
//!
//! Every byte of a dump passes here.  Blocks of 64 bytes become masks of `<`, and of those that the two bytes behind
//! them do not rule out, where vectors can tell: in stubs every other element would else be looked at by itself.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use super::may_matter;
use crate::marks::{AHEAD_BYTES, BLOCK_BYTES, hits_in, padded, prefetch};
#[cfg(target_arch = "x86_64")]
use crate::processor::{avx2::Avx2, avx512::Avx512};

/// What a search has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Search {
    /// The first `<` at which [`Tag::of`](super::Tag::of) may tell anything but `Other`.
    pub found: Option<usize>,
    /// Whether other `<` stand before it.
    pub passed_others: bool,
}

/// Searches below the offset `upto`, where the root has no namespace prefix.  What stands behind `upto` tells of the
/// tags before it.
#[inline]
pub(crate) fn search(bytes: &[u8], upto: usize) -> Search {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(avx512) = Avx512::detect() {
            return avx512::search(avx512, bytes, upto);
        }
        if let Some(avx2) = Avx2::detect() {
            return avx2::search(avx2, bytes, upto);
        }
    }
    in_blocks(bytes, upto, by_itself)
}

/// Bytes behind a `<` that vectors look at.
const BEHIND_BYTES: usize = 2;
/// A block, and those that begin with its second and its third byte.
type Blocks<'b> = [&'b [u8; BLOCK_BYTES]; 1 + BEHIND_BYTES];

/// The `<` of a block, a bit for each.
#[derive(Debug, Clone, Copy)]
struct Openers {
    all: u64,
    /// Those that are worth a look.
    suspects: u64,
}

/// Nothing but `<` is told.
#[inline]
fn by_itself([block, ..]: Blocks<'_>) -> Openers {
    Openers::suspected(hits_in::<b'<', b'<'>(block))
}

/// Walks over blocks, whatever tells of the `<` in the first of three.
#[inline(always)]
fn in_blocks(bytes: &[u8], upto: usize, openers: impl Fn(Blocks<'_>) -> Openers) -> Search {
    let mut search = Search {
        found: None,
        passed_others: false,
    };
    let blocks_from = |at: usize| bytes.get(at..).unwrap_or_default().as_chunks().0;
    let blocks = bytes[..upto].as_chunks().0;
    let mut at = 0;
    for ((first, second), third) in blocks.iter().zip(blocks_from(1)).zip(blocks_from(2)) {
        prefetch(first, AHEAD_BYTES);
        if search.ends_with(openers([first, second, third]), &bytes[at..], at) {
            return search;
        }
        at += BLOCK_BYTES;
    }
    while at < upto && !search.ends_with(last_openers(&bytes[at..upto]), &bytes[at..], at) {
        at += BLOCK_BYTES;
    }
    search
}

impl Search {
    /// Takes note of those in the block that `bytes` begin with, at the offset `at`; tells whether one may matter.
    #[inline(always)]
    fn ends_with(&mut self, openers: Openers, bytes: &[u8], at: usize) -> bool {
        if openers.all == 0 {
            return false;
        }
        let found = openers.first(bytes);
        let before = found.map_or(openers.all, |bit| openers.all & ((1 << bit) - 1));
        self.passed_others |= before != 0;
        self.found = found.map(|bit| at + bit);
        found.is_some()
    }
}

impl Openers {
    /// All are worth a look.
    fn suspected(all: u64) -> Self {
        Self { all, suspects: all }
    }

    /// The first that may matter, of the block that `bytes` begin with.
    #[inline(always)]
    fn first(self, bytes: &[u8]) -> Option<usize> {
        let mut suspects = self.suspects;
        while suspects != 0 {
            let bit = suspects.trailing_zeros() as usize;
            if may_matter(&bytes[bit..]) {
                return Some(bit);
            }
            suspects &= suspects - 1;
        }
        None
    }
}

/// Those of a block that is not full, or behind which too little stands to rule any out.
#[cold]
fn last_openers(bytes: &[u8]) -> Openers {
    let block = padded(&bytes[..bytes.len().min(BLOCK_BYTES)]);
    Openers::suspected(hits_in::<b'<', b'<'>(&block))
}

/// What stands behind the `<` of tags that matter: either of these bytes, and then one of those.
#[cfg(target_arch = "x86_64")]
const BEHIND: [[&[u8]; BEHIND_BYTES]; 7] = [
    [b"p", b"a"],
    [b"r", b"e"],
    [b"l", b"o"],
    [b"u", b"p"],
    [b"c", b"o"],
    // Ends of elements, comments and CDATA.
    [b"/!", b"prlm-["],
    // An instruction has any name.
    [b"?", &[]],
];

/// By half a byte, a bit for each row of `BEHIND` with such a half in this column.  A byte whose halves are both there
/// may nevertheless not be in the row; that costs a look at the tag.
#[cfg(target_arch = "x86_64")]
const fn halves_behind(column: usize, shift: u32) -> [u8; 16] {
    let mut table = [0; 16];
    let mut row = 0;
    while row < BEHIND.len() {
        let wanted = BEHIND[row][column];
        let mut half = 0;
        while half < table.len() {
            let mut is_in = wanted.is_empty();
            let mut index = 0;
            while index < wanted.len() {
                is_in |= (wanted[index] >> shift & 0x0f) as usize == half;
                index += 1;
            }
            table[half] |= (is_in as u8) << row;
            half += 1;
        }
        row += 1;
    }
    table
}

/// For each byte behind a `<` the table of its low halves, and that of the high ones.
#[cfg(target_arch = "x86_64")]
const TABLES: [[[u8; 16]; 2]; BEHIND_BYTES] = [
    [halves_behind(0, 0), halves_behind(0, 4)],
    [halves_behind(1, 0), halves_behind(1, 4)],
];

#[cfg(test)]
mod tests {
    use super::super::Tag;
    use super::*;

    /// The definition, without haste.
    fn plain(bytes: &[u8], upto: usize) -> Search {
        let mut openers = (0..upto).filter(|at| bytes[*at] == b'<');
        let mut passed_others = false;
        let found = openers.find(|at| {
            let matters = Tag::of(&bytes[*at..], b"") != Tag::Other;
            passed_others |= !matters;
            matters
        });
        Search {
            found,
            passed_others,
        }
    }

    /// The same by searches that may also find others.
    fn settled(bytes: &[u8], upto: usize, search: impl Fn(&[u8], usize) -> Search) -> Search {
        let (mut from, mut passed_others) = (0, false);
        loop {
            let next = search(&bytes[from..], upto - from);
            let found = next.found.map(|at| from + at);
            passed_others |= next.passed_others;
            match found {
                Some(at) if Tag::of(&bytes[at..], b"") == Tag::Other => {
                    assert_eq!(bytes[at], b'<');
                    passed_others = true;
                    from = at + 1;
                }
                _ => {
                    return Search {
                        found,
                        passed_others,
                    };
                }
            }
        }
    }

    fn check(bytes: &[u8], upto: usize) {
        let expected = plain(bytes, upto);
        assert_eq!(settled(bytes, upto, search), expected, "{upto}");
        let in_plain_blocks = |bytes: &_, upto| in_blocks(bytes, upto, by_itself);
        assert_eq!(settled(bytes, upto, in_plain_blocks), expected, "{upto}");
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = Avx2::detect() {
            let in_vectors = |bytes: &_, upto| avx2::search(avx2, bytes, upto);
            assert_eq!(settled(bytes, upto, in_vectors), expected, "{upto}");
        }
    }

    /// Tags, and what looks like them, as often as not without their ends.
    fn crowded(seed: usize) -> Vec<u8> {
        const PIECES: [&str; 24] = [
            "<page>",
            "</page>",
            "<revision>",
            "</revision>",
            "<logitem>",
            "</logitem>",
            "<upload>",
            "<contents>",
            "</mediawiki>",
            "<!-- ",
            "<![CDATA[",
            "<?é",
            "<parentid>",
            "</parentid>",
            "<title>",
            "</title>",
            "<redirect />",
            "<contributor>",
            "<model>",
            "</model>",
            "<é>",
            "</é>",
            "山",
            "words ",
        ];
        let mut state = seed as u32;
        let mut dice = |count: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % count
        };
        let mut bytes = Vec::new();
        // Some have few kinds of pieces.
        let kinds = 1 + dice(PIECES.len());
        for _ in 0..2 + dice(400) {
            let piece = PIECES[PIECES.len() - 1 - dice(kinds)].as_bytes();
            let length = if dice(4) == 0 { dice(4) } else { piece.len() };
            bytes.extend_from_slice(&piece[..length.min(piece.len())]);
        }
        bytes
    }

    #[test]
    fn all_that_may_matter_at_every_length() {
        for seed in 0..40 {
            let bytes = crowded(seed);
            for upto in (0..=bytes.len()).step_by(1 + seed) {
                check(&bytes, upto);
                check(&bytes[..upto], upto);
                check(&bytes[upto..], bytes.len() - upto);
            }
        }
    }

    #[test]
    fn every_pair_of_bytes_behind_an_opener() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let mut bytes = vec![b'x'; 100];
                for rest in [&b"ge>"[..], b"vision>", b"ogitem>", b"ediawiki>", b"age>"] {
                    bytes[50..53].copy_from_slice(&[b'<', first, second]);
                    bytes[53..53 + rest.len()].copy_from_slice(rest);
                    check(&bytes, 70);
                }
            }
        }
    }

    #[test]
    fn most_of_a_stub_is_ruled_out() {
        let stub = b"<title>x</title><ns>0</ns><id>1</id><redirect title=\"x\" /><timestamp>x</timestamp>\
            <username>x</username><ip>x</ip></contributor><origin>1</origin><format>x</format><sha1>x</sha1>\
            <text bytes=\"1\" /><minor /></comment><model>x";
        let is_other = |at| Tag::of(&stub[at..], b"") == Tag::Other;
        assert!(memchr::memchr_iter(b'<', stub).all(is_other));
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = Avx2::detect() {
            let bytes = [&stub[..], &[b'x'; 100]].concat();
            let found = avx2::search(avx2, &bytes, stub.len());
            assert_eq!(
                found,
                Search {
                    found: None,
                    passed_others: true
                }
            );
        }
    }
}
