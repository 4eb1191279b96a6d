//! What the benches read.

use std::io::Read;

/// The XML of the sample history.
pub fn history() -> Vec<u8> {
    let mut xml = Vec::new();
    bzip2::read::MultiBzDecoder::new(&history_bz2()[..])
        .read_to_end(&mut xml)
        .unwrap();
    xml
}

/// The sample history as it is stored.
pub fn history_bz2() -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-dumps");
    std::fs::read(folder.join("samplewiki-20260101-pages-meta-history.xml.bz2")).unwrap()
}
