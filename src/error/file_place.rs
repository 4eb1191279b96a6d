//! Where bytes of a dump stand in the file that holds it.

/// Where decoded bytes stood in the stored file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePlace {
    /// At this offset in bytes, each of them: the file is not packed.
    At(u64),
    /// They were decoded from what stands about there.
    About(u64),
}

impl FilePlace {
    /// The offset in bytes, or about that.
    pub fn offset_bytes(self) -> u64 {
        match self {
            Self::At(offset) | Self::About(offset) => offset,
        }
    }

    /// The place of what came so many bytes behind.
    #[must_use]
    pub fn behind(self, bytes: u64) -> Self {
        match self {
            Self::At(offset) => Self::At(offset + bytes),
            Self::About(offset) => Self::About(offset),
        }
    }

    /// The place of the same bytes in another encoding.
    #[must_use]
    pub fn recoded(self) -> Self {
        Self::About(self.offset_bytes())
    }
}
