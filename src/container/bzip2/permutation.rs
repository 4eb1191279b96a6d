//! Undoing the sort: the inverse of the Burrows–Wheeler transform.
//!
//! Each row of the sorted rotations knows its first byte and the row of the rotation that begins
//! one byte later, so following rows from the origin spells the block.  Every step of that walk
//! waits for memory.  But a walk from *any* row spells a true piece of the block, and it has come
//! to its end when it arrives where another walk began.  So many walks begin at once, at rows at
//! regular distances, and their waits overlap; then the pieces are strung together from the
//! origin's on.
//!
//! Rows of one first byte are a bucket.  Buckets stand apart in the table, so that rows can be
//! written eight at a time and what is written too much harms no other bucket.

use super::BLOCK_SORTED_MAX_BYTES;
use super::block::Failure;
use super::header::Header;
use super::tokens::{TOO_MANY, Token};

/// Places in the table: a power of two, so that twenty bits are always a place in it.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 20;
/// Rows written at once.
const WRITE_ROWS: usize = 8;
/// Buckets begin at multiples of this, and end this much or more before the next.
const BUCKET_ALIGN: usize = 64;
const BUCKET_GAP: usize = WRITE_ROWS;
const _: () = assert!(BLOCK_SORTED_MAX_BYTES + 256 * (BUCKET_ALIGN + BUCKET_GAP) < PLACES - 1);

/// A place that is never a row's.  A walk that has nothing left to do stays there.
const REST: u32 = PLACES as u32 - 1;

/// Walks at once.
const WALKS: usize = 20;
/// Pieces that a block is walked in, about.
const PIECES: usize = 512;
/// Rows between the beginnings of pieces, at least.
const PIECE_ROWS_MIN: usize = 64;
/// Blocks of fewer rows are walked from the origin alone.
const ROWS_MIN: usize = 2048;
/// Room for the bytes of a walk: three times its share of the largest block.  Not a multiple of a
/// page, lest the walks' bytes contend for the same lines of the cache.
const WALK_BYTES: usize = (1 << 17) + (1 << 12) + 704;

/// A row: its first byte, a mark if the next row is where a piece begins, the place of the next.
#[derive(Clone, Copy, Default)]
struct Row(u32);

impl Row {
    const MARK: u32 = 1 << 8;
    const NEXT_SHIFT: u32 = 32 - PLACE_BITS;

    #[inline(always)]
    fn new(byte: u8, next: u32) -> Self {
        Self(next << Self::NEXT_SHIFT | u32::from(byte))
    }

    #[inline(always)]
    fn byte(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    fn next(self) -> u32 {
        self.0 >> Self::NEXT_SHIFT
    }

    #[inline(always)]
    fn is_marked(self) -> bool {
        self.0 & Self::MARK != 0
    }
}

/// The rows of a block, and room to walk them.  One is used for many blocks.
pub(super) struct Permutation {
    rows: Box<[Row; PLACES]>,
    walked: Box<[[u8; WALK_BYTES]; WALKS]>,
    borders: Vec<Border>,
    /// Places where pieces begin, in ascending order.
    beginnings: Vec<u32>,
    pieces: Vec<Piece>,
    /// Place of the origin, which is a beginning.
    origin: u32,
    len: usize,
}

/// A row from which on something is different.
#[derive(Clone, Copy)]
struct Border {
    row: u32,
    /// Distance from the rows of this bucket to their places.
    shift: u32,
    begins_piece: bool,
}

impl Border {
    /// Behind all rows.
    const NONE: Self = Self {
        row: u32::MAX,
        shift: 0,
        begins_piece: false,
    };
}

/// A stretch of the block: where its bytes were written, and where the one behind it begins.
#[derive(Clone, Copy, Default)]
struct Piece {
    walk: usize,
    begin: usize,
    end: usize,
    next: u32,
}

impl Permutation {
    pub(super) fn new() -> Self {
        let mut rows = boxed(vec![Row::default(); PLACES]);
        rows[REST as usize] = Row::new(0, REST);
        Self {
            rows,
            walked: boxed(vec![[0; WALK_BYTES]; WALKS]),
            borders: Vec::new(),
            beginnings: Vec::new(),
            pieces: Vec::new(),
            origin: 0,
            len: 0,
        }
    }

    /// Number of rows, which is that of bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Fills the table from the runs of the last column.
    #[inline(always)]
    pub(super) fn build(&mut self, tokens: &[Token], header: &Header) -> Result<(), Failure> {
        let mut counts = [0u32; 256];
        let mut len = 0u64;
        for token in tokens {
            let count = &mut counts[usize::from(token.byte())];
            *count = count.wrapping_add(token.rows());
            len += u64::from(token.rows());
        }
        // Where the sum is in bounds, no count has wrapped.
        if len > BLOCK_SORTED_MAX_BYTES as u64 {
            return Err(TOO_MANY);
        }
        if u64::from(header.origin) >= len {
            return Err(Failure::Broken("its origin lies outside of it"));
        }
        self.len = len as usize;
        let mut next_places = self.set_borders(&counts, header.origin);
        self.write_rows(tokens, &header.bytes, &mut next_places);
        Ok(())
    }

    /// Decides where buckets stand and pieces begin; gives the first place of each bucket.
    fn set_borders(&mut self, counts: &[u32; 256], origin: u32) -> [u32; 256] {
        self.borders.clear();
        self.beginnings.clear();
        let mut piece_rows = piece_rows(self.len as u32, origin).peekable();
        let mut first_places = [0; 256];
        let mut end = 0;
        let mut place = 0u32;
        for (byte, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            first_places[byte] = place;
            let begin = end;
            end += count;
            let shift = place.wrapping_sub(begin);
            if piece_rows.peek().is_none_or(|row| *row > begin) {
                self.borders.push(Border {
                    row: begin,
                    shift,
                    begins_piece: false,
                });
            }
            while let Some(row) = piece_rows.next_if(|row| *row < end) {
                self.borders.push(Border {
                    row,
                    shift,
                    begins_piece: true,
                });
                self.beginnings.push(row.wrapping_add(shift));
                if row == origin {
                    self.origin = row.wrapping_add(shift);
                }
            }
            place = (place + count + BUCKET_GAP as u32).next_multiple_of(BUCKET_ALIGN as u32);
        }
        self.borders.push(Border::NONE);
        first_places
    }

    /// Writes each row to its place: rows of a bucket stand in the order in which the last column
    /// has the bucket's byte.
    #[inline(always)]
    fn write_rows(&mut self, tokens: &[Token], bytes: &[u8; 256], next_places: &mut [u32; 256]) {
        let rows = &mut *self.rows;
        let mut borders = self.borders.iter().copied();
        let mut border = borders.next().unwrap_or(Border::NONE);
        let mut shift = 0;
        let mut row = 0u32;
        for token in tokens {
            let bucket = usize::from(token.byte());
            let byte = bytes[bucket];
            let mut place = next_places[bucket];
            let mut left = token.rows();
            while row + left > border.row {
                let before = border.row - row;
                write_run(rows, place, Row::new(byte, row.wrapping_add(shift)), before);
                shift = border.shift;
                let at_border = &mut rows[(place + before) as usize % PLACES];
                *at_border = Row::new(byte, border.row.wrapping_add(shift));
                at_border.0 |= u32::from(border.begins_piece) * Row::MARK;
                place += before + 1;
                left -= before + 1;
                row = border.row + 1;
                border = borders.next().unwrap_or(Border::NONE);
            }
            write_run(rows, place, Row::new(byte, row.wrapping_add(shift)), left);
            next_places[bucket] = place + left;
            row += left;
        }
    }

    /// Gives the block's bytes to `take`, piece by piece.
    #[inline(always)]
    pub(super) fn spell<E>(
        &mut self,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.len < ROWS_MIN || !self.walk_pieces() {
            return self.spell_alone(take);
        }
        let mut left = self.len;
        let mut place = self.origin;
        // A block that repeats itself may come back to its origin before its end.
        while left > 0 {
            let number = self.beginnings.partition_point(|begin| *begin < place);
            let piece = self.pieces[number];
            let bytes = &self.walked[piece.walk][piece.begin..piece.end];
            take(&bytes[..left.min(bytes.len())])?;
            left = left.saturating_sub(bytes.len());
            place = piece.next;
        }
        Ok(())
    }

    /// Walks all pieces; `false` if there is no room for a walk, which skewed blocks can bring
    /// about.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one step counts for all walks")]
    fn walk_pieces(&mut self) -> bool {
        let (rows, walked) = (&*self.rows, &mut *self.walked);
        let mut beginnings = self.beginnings.iter().copied().enumerate();
        self.pieces.clear();
        self.pieces.resize(self.beginnings.len(), Piece::default());
        let mut at = [Row::new(0, REST); WALKS];
        let mut piece = [0; WALKS];
        let mut begin = [0; WALKS];
        let mut walking = 0;
        for (walk, (number, place)) in (0..WALKS).zip(&mut beginnings) {
            at[walk] = Row::new(0, place);
            piece[walk] = number;
            walking += 1;
        }
        for step in 0..WALK_BYTES {
            let mut any = 0;
            for walk in 0..WALKS {
                let row = rows[at[walk].next() as usize];
                walked[walk][step] = row.byte();
                at[walk] = row;
                any |= row.0;
            }
            if !Row(any).is_marked() {
                continue;
            }
            for walk in 0..WALKS {
                if !at[walk].is_marked() {
                    continue;
                }
                self.pieces[piece[walk]] = Piece {
                    walk,
                    begin: begin[walk],
                    end: step + 1,
                    next: at[walk].next(),
                };
                let next = beginnings.next();
                at[walk] = Row::new(0, next.map_or(REST, |(_, place)| place));
                begin[walk] = step + 1;
                match next {
                    Some((number, _)) => piece[walk] = number,
                    None => walking -= 1,
                }
            }
            if walking == 0 {
                return true;
            }
        }
        false
    }

    /// Spells from the origin, a row at a time.
    #[cold]
    fn spell_alone<E>(&self, mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut bytes = [0; 4096];
        let mut row = Row::new(0, self.origin);
        let mut left = self.len;
        while left > 0 {
            let bytes = &mut bytes[..left.min(4096)];
            for byte in bytes.iter_mut() {
                row = self.rows[row.next() as usize];
                *byte = row.byte();
            }
            take(bytes)?;
            left -= bytes.len();
        }
        Ok(())
    }
}

/// The rows at which pieces begin, in order: some at regular distances, and the origin.
fn piece_rows(len: u32, origin: u32) -> impl Iterator<Item = u32> {
    let distance = (len / PIECES as u32).max(PIECE_ROWS_MIN as u32);
    let before = (0..origin).step_by(distance as usize);
    let behind = (0..len).step_by(distance as usize);
    before
        .chain([origin])
        .chain(behind.skip_while(move |row| *row <= origin))
}

/// Writes `count` rows of a bucket, each next row being one further, and some more that are
/// overwritten or lie behind the bucket.
#[inline(always)]
fn write_run(rows: &mut [Row; PLACES], place: u32, first: Row, count: u32) {
    let mut begin = place as usize;
    let end = begin + count as usize;
    let mut value = first.0;
    loop {
        let Some(written) = rows.get_mut(begin..begin + WRITE_ROWS) else {
            return;
        };
        for (row, step) in written.iter_mut().zip(0u32..) {
            row.0 = value.wrapping_add(step << Row::NEXT_SHIFT);
        }
        begin += WRITE_ROWS;
        if begin >= end {
            return;
        }
        value = value.wrapping_add((WRITE_ROWS as u32) << Row::NEXT_SHIFT);
    }
}

fn boxed<T, const LEN: usize>(values: Vec<T>) -> Box<[T; LEN]> {
    let boxed = values.into_boxed_slice().try_into();
    boxed.unwrap_or_else(|_| unreachable!("made with that many"))
}
