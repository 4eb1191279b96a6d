//! How a target is driven: a few bytes in front of what it reads.

/// Takes numbers off the front of the input; 0 where it is too short.
pub struct Controls<'d> {
    pub rest: &'d [u8],
}

impl<'d> Controls<'d> {
    pub fn new(data: &'d [u8]) -> Self {
        Self { rest: data }
    }

    pub fn byte(&mut self) -> usize {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    pub fn number(&mut self) -> usize {
        self.byte() << 8 | self.byte()
    }
}

/// Cuts bytes into pieces whose lengths look random.
pub fn pieces(mut bytes: &[u8], seed: usize) -> Vec<&[u8]> {
    let mut state = seed as u64 * 2 + 1;
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        // Short ones are the hard ones.
        let most = [1, 3, 17, 90, 600][(state >> 60) as usize % 5];
        let length = 1 + (state >> 33) as usize % most;
        let (piece, rest) = bytes.split_at(length.min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// The input as text; none where it is not UTF-8.
pub fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
