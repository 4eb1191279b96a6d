//! One look at a whole chunk, by which the texts in it need no second one.
//!
//! A chunk has to be proven legal before anything in it is believed.  Processors with AVX-512 or AVX2 note on that
//! way where `<` stands, where something has to be decoded, and whether references are such as MediaWiki writes,
//! and that for all bytes at a fraction of what the looks cost one by one.  A text's end is then found by a bit
//! for each 64 bytes.  Other processors note nothing: [`passage`](super::passage) looks for itself.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod stretches;
#[cfg(target_arch = "x86_64")]
mod wrong_pairs;

use super::legal::legal_prefix;
use super::passage::{Passage, in_part, long_passage, short_passage};
use crate::marks::BLOCK_BYTES;
#[cfg(target_arch = "x86_64")]
use crate::processor::{avx2::Avx2, avx512::Avx512};

/// Blocks that a stretch has: as many as a word has bits.
const STRETCH_BLOCKS: usize = u64::BITS as usize;

/// What is known of some blocks that follow each other: a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stretch {
    /// Those that hold `<`.
    ends: u64,
    /// Those that hold `&` or CR.
    codes: u64,
    /// Those that hold a `&` which begins none of the frequent references.
    odd: u64,
}

/// What has been noted of a chunk; of a chunk with anything illegal nothing is.
#[derive(Debug, Default)]
pub(super) struct Survey(Vec<Stretch>);

impl Survey {
    /// Nothing is known.
    pub(super) const NOTHING: &'static Self = &Self(Vec::new());
}

/// What has been proven of a chunk.
#[derive(Debug)]
pub(super) struct Surveyed<'a> {
    /// Its longest prefix that is legal.
    pub text: &'a str,
    /// What is wrong behind it.
    pub wrong: Option<&'static str>,
    pub survey: Survey,
}

impl<'a> Surveyed<'a> {
    /// Looks at a chunk.
    pub(super) fn of(chunk: &'a [u8]) -> Self {
        if let Some((text, stretches)) = survey(chunk) {
            return Self {
                text,
                wrong: None,
                survey: Survey(stretches),
            };
        }
        let (text, wrong) = legal_prefix(chunk);
        Self {
            text,
            wrong,
            survey: Survey::default(),
        }
    }
}

/// The chunk as text with what stands where, if all of it is legal, and the processor apt.
#[cfg(target_arch = "x86_64")]
fn survey(chunk: &[u8]) -> Option<(&str, Vec<Stretch>)> {
    match Avx512::detect() {
        Some(avx512) => avx512::survey(avx512, chunk),
        None => avx2::survey(Avx2::detect()?, chunk),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn survey(_: &[u8]) -> Option<(&str, Vec<Stretch>)> {
    None
}

impl Survey {
    /// Reads the running text that `bytes` begin with, which go from the offset `at` of the chunk up to its end.
    #[inline]
    pub(super) fn passage(&self, bytes: &[u8], at: usize) -> Passage {
        short_passage(bytes)
            .or_else(|| self.noted_passage(bytes, at))
            .unwrap_or_else(|| long_passage(bytes))
    }

    /// The same, if enough is known of it.
    fn noted_passage(&self, bytes: &[u8], at: usize) -> Option<Passage> {
        let first = at / BLOCK_BYTES;
        let mut is_odd =
            self.0.get(first / STRETCH_BLOCKS)?.odd >> (first % STRETCH_BLOCKS) & 1 != 0;
        // Of the first block only a part belongs to the passage.
        let (ends, codes) = in_part(bytes, BLOCK_BYTES - at % BLOCK_BYTES);
        let mut is_coded = codes & below_first(ends) != 0;
        let mut length = ends.trailing_zeros() as usize;
        if ends == 0 {
            let ahead = self.look_ahead(first + 1);
            is_odd |= ahead.is_odd;
            is_coded |= ahead.is_coded;
            length = bytes.len();
            if let Some(block) = ahead.end {
                let begin = block * BLOCK_BYTES - at;
                let (ends, codes) = in_part(&bytes[begin..], BLOCK_BYTES);
                is_coded |= codes & below_first(ends) != 0;
                length = begin + ends.trailing_zeros() as usize;
            }
        }
        (!is_odd).then_some(Passage {
            length,
            is_coded,
            strange_at: None,
        })
    }

    /// What is known of the blocks from this on, up to the first that holds `<`.
    fn look_ahead(&self, from: usize) -> Ahead {
        let mut ahead = Ahead::default();
        let mut wanted = u64::MAX << (from % STRETCH_BLOCKS);
        let first = from / STRETCH_BLOCKS;
        for (index, stretch) in self.0.iter().enumerate().skip(first) {
            let ends = stretch.ends & wanted;
            ahead.is_coded |= stretch.codes & wanted & below_first(ends) != 0;
            ahead.is_odd |= stretch.odd & wanted & up_to_first(ends) != 0;
            if ends != 0 {
                ahead.end = Some(index * STRETCH_BLOCKS + ends.trailing_zeros() as usize);
                break;
            }
            wanted = u64::MAX;
        }
        ahead
    }
}

/// What is known of blocks that follow each other.
#[derive(Debug, Default)]
struct Ahead {
    /// The first that holds `<`.
    end: Option<usize>,
    /// Whether one before it holds `&` or CR.
    is_coded: bool,
    /// Whether one before it, or it, is odd.
    is_odd: bool,
}

/// The bits below the first of `mask`: all, if it has none.
#[inline(always)]
fn below_first(mask: u64) -> u64 {
    up_to_first(mask) & !mask
}

/// The same and the first.
#[inline(always)]
fn up_to_first(mask: u64) -> u64 {
    mask ^ mask.wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::passage::tests::{Dice, plain};
    use super::*;

    /// What each kind of vectors that the processor has tells of a chunk.
    #[cfg(target_arch = "x86_64")]
    fn looks(chunk: &[u8]) -> Vec<Option<(&str, Vec<Stretch>)>> {
        let avx512 = Avx512::detect().map(|avx512| avx512::survey(avx512, chunk));
        let avx2 = Avx2::detect().map(|avx2| avx2::survey(avx2, chunk));
        avx512.into_iter().chain(avx2).collect()
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn looks(_: &[u8]) -> Vec<Option<(&str, Vec<Stretch>)>> {
        Vec::new()
    }

    fn check_passages(chunk: &str, step: usize) {
        let surveyed = Surveyed::of(chunk.as_bytes());
        assert_eq!((surveyed.text, surveyed.wrong), (chunk, None));
        check_survey(&surveyed.survey, chunk, step);
        check_survey(Survey::NOTHING, chunk, step);
        for look in looks(chunk.as_bytes()) {
            let (text, stretches) = look.unwrap();
            assert_eq!(text, chunk);
            check_survey(&Survey(stretches), chunk, step);
        }
    }

    fn check_survey(survey: &Survey, chunk: &str, step: usize) {
        for at in (0..=chunk.len()).step_by(step) {
            let bytes = &chunk.as_bytes()[at..];
            let (found, expected) = (survey.passage(bytes, at), plain(bytes));
            // Nobody asks further where a reference is strange.
            assert_eq!(found.strange_at, expected.strange_at, "{at}");
            if expected.strange_at.is_none() {
                assert_eq!(found, expected, "{at}");
            }
        }
    }

    #[test]
    fn passages_are_what_they_are_by_definition() {
        const PIECES: [&str; 16] = [
            "&lt;",
            "&gt;",
            "&amp;",
            "&quot;",
            "&#039;",
            "&apos;",
            "&#10;",
            "\r\n",
            "\t",
            "é",
            "山",
            "😀",
            "<b>",
            "</b>",
            "words ",
            "a run of words that is longer than a block, in which nothing stands that means anything else. ",
        ];
        let mut dice = Dice(1);
        for seed in 0..60 {
            let mut chunk = String::new();
            // Some have few kinds of pieces, some few ends.
            let kinds = 1 + dice.below(PIECES.len());
            for _ in 0..dice.below(30 * seed + 2) {
                let piece = PIECES[PIECES.len() - 1 - dice.below(kinds)];
                if !piece.starts_with('<') || dice.below(20) == 0 {
                    chunk.push_str(piece);
                }
            }
            check_passages(&chunk, 1 + seed / 20);
        }
        check_passages(&"&lt;".repeat(5000), 7);
        check_passages(
            &format!("{}&apos;{}", "&lt;".repeat(999), "x".repeat(9000)),
            7,
        );
        check_passages(&"\r".repeat(9000), 7);
        check_passages(&"<".repeat(9000), 7);
    }

    #[test]
    fn references_that_are_none_are_seen() {
        for strange in ["&", "& ", "&nbsp;", "&lt", "&#0;", "&lt;&", "&amp&amp;"] {
            for before in [0, 60, 64, 4090, 4096, 5000] {
                let chunk = format!("<a>{}{strange}</a>{}", "x".repeat(before), "y".repeat(70));
                check_passages(&chunk, 1);
            }
        }
        // More than are noted of a block.
        check_passages(&"&".repeat(500), 1);
    }

    /// Whether a chunk is legal, by the standard library and the letter of the rule.
    fn is_legal(bytes: &[u8]) -> bool {
        std::str::from_utf8(bytes).is_ok_and(|text| {
            text.chars().all(|character| {
                !matches!(character, '\0'..'\t' | '\u{b}' | '\u{c}' | '\u{e}'..' ' | '\u{fffe}' | '\u{ffff}')
            })
        })
    }

    fn check_legal(bytes: &[u8]) {
        let surveyed = Surveyed::of(bytes);
        assert_eq!(surveyed.wrong.is_none(), is_legal(bytes), "{bytes:x?}");
        assert_eq!(surveyed.text.as_bytes(), &bytes[..surveyed.text.len()]);
        assert!(is_legal(surveyed.text.as_bytes()));
        assert_eq!(
            legal_prefix(bytes).1.is_none(),
            is_legal(bytes),
            "{bytes:x?}"
        );
        for look in looks(bytes) {
            assert_eq!(look.is_some(), is_legal(bytes), "{bytes:x?}");
        }
    }

    /// Bytes at which rules begin and end.
    const EDGES: [u8; 30] = [
        0x00, 0x08, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x1f, 0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
        0xbd, 0xbe, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
    ];

    #[test]
    fn all_sequences_of_edges() {
        let mut bytes = *b"....................................................................";
        for first in EDGES {
            for second in EDGES {
                for third in EDGES {
                    for fourth in EDGES {
                        bytes[..4].copy_from_slice(&[first, second, third, fourth]);
                        let is_legal = is_legal(&bytes[..4]);
                        for look in looks(&bytes) {
                            assert_eq!(look.is_some(), is_legal, "{:x?}", &bytes[..4]);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn characters_at_every_place_of_blocks_and_stretches() {
        let characters = [
            "é",
            "山",
            "😀",
            "\u{fffd}",
            "\u{fffe}",
            "\u{ffff}",
            "\u{10ffff}",
            "\t",
            "\u{1}",
        ];
        let broken: [&[u8]; 8] = [
            b"\xc3",
            b"\xe5\xb1",
            b"\xf0\x9f\x98",
            b"\xa9",
            b"\xed\xa0\x80",
            b"\xc0\xaf",
            b"\xf4\x90\x80\x80",
            b"\xe0\x80\x80",
        ];
        let all = characters.iter().map(|text| text.as_bytes()).chain(broken);
        for sequence in all {
            for before in (0..70).chain(508..516).chain(4088..4100) {
                for behind in [0, 1, 2, 3, 64, 5000] {
                    let bytes = [&vec![b'x'; before], sequence, &vec![b'y'; behind]].concat();
                    check_legal(&bytes);
                }
            }
        }
        check_legal("山é😀x".repeat(3000).as_bytes());
    }
}
