//! A version of an uploaded file.

use super::{Comment, Contributor, Text, Timestamp};

/// An upload, without the file's body.
#[derive(Debug, Clone, Default)]
pub struct Upload<'a> {
    /// When it was uploaded.
    pub timestamp: Option<Timestamp>,
    /// Who uploaded it.
    pub contributor: Contributor<'a>,
    /// What they said about it.
    pub comment: Comment<'a>,
    /// Name of the file.
    pub filename: Option<Text<'a>>,
    /// Name under which a replaced version is kept.
    pub archive_name: Option<Text<'a>>,
    /// URL of the file.
    pub src: Option<Text<'a>>,
    /// Size of the file in bytes.
    pub size_bytes: Option<i64>,
    /// SHA-1 of the file in base 36.
    pub sha1: Option<Text<'a>>,
    /// Path of the file below the wiki's file store.
    pub rel: Option<Text<'a>>,
    /// Whether the dump holds the file's body.
    pub has_contents: bool,
}
