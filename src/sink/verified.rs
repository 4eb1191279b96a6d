//! What came of holding an input against what is said of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What of an input was verified while it was converted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct VerifiedInput {
    /// Texts of slots against their checksums, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<ProofCounts>,
    /// Checksums of revisions of several slots against those of the slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_checksums: Option<ProofCounts>,
    /// The file against each list that names it, where that was asked for; none if no list does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksums: Option<Vec<CheckedFile>>,
}

/// How often each comes of holding something against its checksum.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct ProofCounts {
    /// It is what the checksum says.
    pub same: u64,
    /// It is not, by the likely cause.
    pub differs: BTreeMap<String, u64>,
    /// The dump has no text: hidden, lost by the wiki, or a stub.
    pub no_text: u64,
    /// The dump declares no checksum.
    pub no_checksum: u64,
}

impl ProofCounts {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.same += other.same;
        self.no_text += other.no_text;
        self.no_checksum += other.no_checksum;
        for (cause, count) in &other.differs {
            *self.differs.entry(cause.clone()).or_default() += count;
        }
    }

    /// How many differ.
    pub fn differing(&self) -> u64 {
        self.differs.values().sum()
    }
}

/// A file's checksum, as listed and as it is.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct CheckedFile {
    /// How it is made: `sha256`, `sha1` or `md5`.
    pub algorithm: String,
    /// What the list says, in hexadecimal digits.
    pub listed: String,
    /// What the file has.
    pub found: String,
    /// The list.
    pub list: String,
}

impl CheckedFile {
    /// Whether the file has the checksum that is listed.
    pub fn agrees(&self) -> bool {
        self.listed == self.found
    }
}
