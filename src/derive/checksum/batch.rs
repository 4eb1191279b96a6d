//! Texts that are hashed together.

use std::ops::Range;

use super::Sha1;
use super::lanes::{Block, digest_all};
use crate::model::Text;

/// Texts that wait for their checksums, decoded, each with what its owner knows of it.
///
/// They stay in the cache of a core, and what they take up is bounded: whoever fills a batch empties it where it
/// is full, and only texts that it [takes](Self::takes) are put in.
#[derive(Debug)]
pub struct TextBatch<T> {
    /// The messages: texts with the padding of SHA-1 behind each, in whole blocks.
    bytes: Vec<u8>,
    /// Where the texts are in it.
    texts: Vec<Range<usize>>,
    known: Vec<T>,
}

const BLOCK_BYTES: usize = size_of::<Block>();
/// More than that would not stay in the cache.
const FULL_BYTES: usize = 1 << 20;
/// More texts are not hashed any faster.
const FULL_TEXTS: usize = 64;

impl<T> Default for TextBatch<T> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            texts: Vec::new(),
            known: Vec::new(),
        }
    }
}

impl<T> TextBatch<T> {
    /// Whether a text is small enough.
    pub fn takes(text: Text<'_>) -> bool {
        // None is longer than it is spelt.
        text.spelt_bytes() <= FULL_BYTES
    }

    /// Puts a text in.
    pub fn push(&mut self, text: Text<'_>, known: T) {
        if self.bytes.is_empty() {
            self.bytes.reserve(FULL_BYTES + FULL_BYTES / 4);
        }
        let begin = self.bytes.len();
        text.for_each_piece(|piece| self.bytes.extend_from_slice(piece.as_bytes()));
        let text = begin..self.bytes.len();
        self.pad(text.len());
        self.texts.push(text);
        self.known.push(known);
    }

    /// What SHA-1 puts behind a message: a bit, zeros, and its length in bits.
    fn pad(&mut self, length_bytes: usize) {
        const LENGTH_BYTES: usize = size_of::<u64>();
        self.bytes.push(0x80);
        let end = (self.bytes.len() + LENGTH_BYTES).next_multiple_of(BLOCK_BYTES);
        self.bytes.resize(end - LENGTH_BYTES, 0);
        let length_bits = 8 * length_bytes as u64;
        self.bytes.extend_from_slice(&length_bits.to_be_bytes());
    }

    /// Whether it should be emptied.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= FULL_BYTES || self.texts.len() >= FULL_TEXTS
    }

    /// Empties it: tells what is known of each text, its checksum and its bytes, in the order in which they
    /// came.
    pub fn drain(&mut self, mut take: impl FnMut(T, Sha1, &[u8])) {
        let messages: Vec<_> = self.texts.iter().map(blocks_of).collect();
        let states = digest_all(self.bytes.as_chunks().0, &messages);
        let texts = self.texts.drain(..).zip(self.known.drain(..));
        for ((text, known), state) in texts.zip(states) {
            take(known, Sha1::of_state(state), &self.bytes[text]);
        }
        self.bytes.clear();
    }
}

/// The blocks of a text, padding and all: up to where the next one begins.
fn blocks_of(text: &Range<usize>) -> Range<usize> {
    let end_bytes = text.end + 1 + size_of::<u64>();
    text.start / BLOCK_BYTES..end_bytes.div_ceil(BLOCK_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Puts texts through batches as their users do.
    fn through_batches(texts: &[String]) -> Vec<Sha1> {
        let mut batch = TextBatch::default();
        let mut checksums = Vec::new();
        let mut take = |known: &[u8], sha1, bytes: &[u8]| {
            assert_eq!(known, bytes);
            checksums.push(sha1);
        };
        for text in texts {
            batch.push(Text::plain(text), text.as_bytes());
            if batch.is_full() {
                batch.drain(&mut take);
            }
        }
        batch.drain(&mut take);
        checksums
    }

    /// As the library hashes them.
    fn one_by_one(texts: &[String]) -> Vec<Sha1> {
        let texts = texts.iter();
        texts.map(|text| Sha1::of_text(Text::plain(text))).collect()
    }

    /// A text in which no block is like another.
    fn text_of(bytes: usize, seed: usize) -> String {
        let numbers = (seed..).map(|number| format!("{number},"));
        let mut text: String = numbers.take(bytes / 2 + 1).collect();
        text.truncate(bytes);
        text
    }

    #[test]
    fn every_length_of_a_last_block() {
        let texts: Vec<_> = (0..200).map(|bytes| text_of(bytes, bytes)).collect();
        assert_eq!(through_batches(&texts), one_by_one(&texts));
    }

    #[test]
    fn any_number_of_texts() {
        for count in 0..40 {
            let lengths = (0..count).map(|index| 37 * index * (count - index) % 1999);
            let texts: Vec<_> = lengths.map(|bytes| text_of(bytes, bytes)).collect();
            assert_eq!(through_batches(&texts), one_by_one(&texts), "{count}");
        }
    }

    #[test]
    fn long_texts_among_short_ones() {
        let lengths = [
            0, 300_000, 5, 1_000_000, 64, 300_001, 9000, 1_000_001, 55, 56,
        ];
        let texts: Vec<_> = lengths.map(|bytes| text_of(bytes, bytes)).into();
        assert_eq!(through_batches(&texts), one_by_one(&texts));
    }

    #[test]
    fn a_text_is_hashed_as_it_reads() {
        let mut batch = TextBatch::default();
        batch.push(Text::from_element("a&lt;b&#233;\r\n").unwrap(), ());
        let mut told = Vec::new();
        batch.drain(|(), sha1, bytes| told.push((sha1, bytes.to_vec())));
        let read = "a<bé\n";
        let sha1 = Sha1::of_text(Text::plain(read));
        assert_eq!(told, [(sha1, read.as_bytes().to_vec())]);
        batch.drain(|(), _, _| panic!("it is empty"));
    }

    #[test]
    fn what_it_holds_is_bounded() {
        let [largest, larger] = [FULL_BYTES, FULL_BYTES + 1].map(|bytes| text_of(bytes, 0));
        assert!(TextBatch::<()>::takes(Text::plain(&largest)));
        assert!(!TextBatch::<()>::takes(Text::plain(&larger)));
        let mut batch = TextBatch::default();
        assert!(!batch.is_full());
        batch.push(Text::plain(&largest), ());
        assert!(batch.is_full());
        batch.drain(|(), _, _| ());
        for _ in 0..FULL_TEXTS {
            assert!(!batch.is_full());
            batch.push(Text::plain(""), ());
        }
        assert!(batch.is_full());
    }

    proptest! {
        #[test]
        fn lanes_agree_with_the_library(
            lengths in prop::collection::vec(
                prop_oneof![0..200_usize, 0..5000_usize, Just(64), Just(4096)],
                0..150,
            ),
            seed in 0..1000_usize,
        ) {
            let texts: Vec<_> = lengths.into_iter().enumerate()
                .map(|(index, bytes)| text_of(bytes, seed + index))
                .collect();
            prop_assert_eq!(through_batches(&texts), one_by_one(&texts));
        }
    }
}
