use super::*;

fn head(inputs: &[&str], radius: u64) -> JournalHead {
    let inputs = inputs.iter().map(|name| (*name).to_owned()).collect();
    let options = BTreeMap::from([
        ("days".to_owned(), Value::from(0.1 + 0.2)),
        ("radius".to_owned(), Value::from(radius)),
    ]);
    JournalHead::new(inputs, options, BTreeMap::new()).unwrap()
}

fn input(number: usize) -> FinishedInput {
    FinishedInput {
        number,
        is_kept: false,
        entry: InputEntry::default(),
        parts: BTreeMap::new(),
        runs: Vec::new(),
        rest: Value::Null,
    }
}

fn numbers(folder: &Path) -> Vec<usize> {
    let recorded = Recorded::read(folder).unwrap().unwrap();
    recorded.finished.into_keys().collect()
}

#[test]
fn a_line_that_was_cut_counts_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(JOURNAL_NAME);
    assert!(Recorded::read(folder.path()).unwrap().is_none());
    let mut journal =
        Journal::begin(folder.path(), Access::Shared, &head(&["a", "b"], 15), []).unwrap();
    journal.add(&input(1)).unwrap();
    let first = fs::read(&path).unwrap().len();
    journal.add(&input(0)).unwrap();
    assert_eq!(numbers(folder.path()), [0, 1]);
    let whole = fs::read(&path).unwrap();
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let recorded = Recorded::read(folder.path()).unwrap().unwrap();
        let begin = whole.iter().position(|byte| *byte == b'\n').unwrap();
        assert_eq!(recorded.head.is_some(), end > begin, "{end}");
        let expected: &[usize] = if end < first { &[] } else { &[1] };
        let found: Vec<_> = recorded.finished.into_keys().collect();
        assert_eq!(found, expected, "{end}");
    }
    // Zeros are what some file systems leave where power was lost.
    let mut zeros = whole[..first].to_vec();
    zeros.resize(whole.len() - 1, 0);
    zeros.push(b'\n');
    fs::write(&path, zeros).unwrap();
    assert_eq!(numbers(folder.path()), [1]);
}

#[test]
fn a_cut_line_is_forgotten_before_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal =
        Journal::begin(folder.path(), Access::Shared, &head(&["a", "b"], 15), []).unwrap();
    journal.file.write_all(b"{\"number\":7,\"ent").unwrap();
    journal.forget_cut_line().unwrap();
    journal.add(&input(1)).unwrap();
    assert_eq!(numbers(folder.path()), [1]);
}

#[test]
fn differences_are_told() {
    let one = head(&["a", "b"], 15);
    assert_eq!(one.difference_from(&head(&["a", "b"], 15)), None);
    for (earlier, told) in [
        (head(&["a", "c"], 15), "input 2 was c and is now b"),
        (head(&["a"], 15), "it had 1 inputs and has now 2"),
        (head(&["a", "b"], 3), "radius was 3 and is now 15"),
    ] {
        assert_eq!(one.difference_from(&earlier).as_deref(), Some(told));
    }
}
