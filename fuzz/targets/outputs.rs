//! What a job left, as the next one finds it: journals and manifests.  Whatever is in them, nothing outside
//! the folder is touched, and nothing that mwparquet did not write is removed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mwparquet::sink::{
    Access, Cleaning, FinishedInput, JournalHead, Manifest, OutputFolder, find_jobs,
};

use super::controls::Controls;

const JOURNAL: &str = ".mwparquet-journal.tmp";

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let is_journal = controls.byte().is_multiple_of(2);
    let place = tempfile::tempdir().unwrap();
    let (folder, precious) = (place.path().join("out"), place.path().join("precious"));
    let (table, mine) = (folder.join("pages"), folder.join("mine"));
    fs::create_dir_all(&table).unwrap();
    for path in [&precious, &mine, &table.join(".part-00000.parquet.tmp")] {
        fs::write(path, "precious").unwrap();
    }
    if is_journal {
        let first = serde_json::to_vec(&head()).unwrap();
        let journal = [&first[..], b"\n", controls.rest].concat();
        fs::write(folder.join(JOURNAL), journal).unwrap();
        let resumed = OutputFolder::resume(&folder, Access::Shared, &head(), &|_| Ok(()));
        drop(resumed);
    } else {
        fs::write(folder.join("manifest.json"), controls.rest).unwrap();
        let read = Manifest::of_finished(&folder);
        assert!(read.is_ok() || Manifest::read(&folder).is_none());
        drop(OutputFolder::resume(
            &folder,
            Access::Shared,
            &head(),
            &|_| Ok(()),
        ));
    }
    find_jobs(place.path()).unwrap();
    if let Ok(cleaning) = Cleaning::plan(&folder) {
        let is_inside =
            |path: &Path| path.starts_with(&folder) && !path.to_string_lossy().contains("..");
        assert!(
            cleaning.files.iter().all(|(path, _)| is_inside(path)),
            "{cleaning:?}"
        );
        assert!(
            cleaning.folders.iter().all(|path| is_inside(path)),
            "{cleaning:?}"
        );
        cleaning.run().unwrap();
    }
    assert!(precious.exists(), "a file outside the folder is gone");
    assert!(mine.exists(), "a file that no job wrote is gone");
}

fn head() -> JournalHead {
    JournalHead::new(vec!["a.xml".to_owned()], BTreeMap::new(), BTreeMap::new()).unwrap()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let line = |name: &str| {
        format!(
            r#"{{"number":0,"entry":{{"name":"a.xml","bytes":8,"container":"plain","container_pieces":1,
            "schema_version":null,"generator":null,"wiki_id":null,"seen":{}}},
            "parts":{{"pages":[{{"name":"{name}","rows":1,"bytes":8,"sha256":"00"}}]}},"runs":[],"rest":null}}"#,
            serde_json::to_string(&mwparquet::sink::Seen::default()).unwrap()
        )
        .replace('\n', "")
    };
    let names = ["part-00000.parquet", "../../precious", "../mine"];
    let journals = names.iter().map(|name| {
        let line = line(name);
        serde_json::from_str::<FinishedInput>(&line).expect("a line of a journal");
        format!("\0{line}\n").into_bytes()
    });
    let manifests = names.iter().map(|name| {
        let manifest = serde_json::json!({
            "manifest_version": 1, "program": Manifest::PROGRAM, "options": {}, "inputs": [], "left_out": {},
            "tables": {"pages": {"version": 1, "rows": 1, "parts":
                [{"path": format!("pages/{name}"), "rows": 1, "bytes": 8, "sha256": "00"}]}},
            "complete": true, "run": {},
        });
        [&[1], manifest.to_string().as_bytes()].concat()
    });
    journals.chain(manifests).collect()
}
