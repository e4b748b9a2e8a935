//! Each named step of the programs is one at which a test kills the process, or stands here with why not.
//! A new one makes this test fail until somebody has thought of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Steps at which no test kills, and why.
const NOT_KILLED: [(&str, &str); 5] = [
    // All of it is one transaction, so nothing of it is left to do: the engine's tests.
    ("forward.sent", "everything is written down"),
    // They are done again with the next poll of a day: the tests of groups on the network.
    ("group.extended", "nothing is written down yet"),
    ("group.extending", "nothing is written down yet"),
    ("group.restored", "nothing is written down yet"),
    ("poll.begun", "nothing has been asked yet"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts of all Rust files below a folder.
fn texts(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(fs::read_to_string(&path).expect("a source"));
        }
    }
    found
}

/// Whether a text is the name of a step.
fn is_name(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphabetic());
    text.split_once('.')
        .is_some_and(|(area, step)| is_word(area) && is_word(step))
}

/// The steps that the programs tell.
fn told() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let crates = fs::read_dir(root().join("src-tauri/crates")).expect("the crates");
    for folder in crates {
        for text in texts(&folder.expect("a crate").path().join("src")) {
            for before in ["step!(\"", "target: \"step\", name = \""] {
                let rest = text.split(before).skip(1);
                let found = rest.filter_map(|rest| rest.split('"').next());
                names.extend(found.filter(|name| is_name(name)).map(str::to_owned));
            }
        }
    }
    names
}

/// The names that stand in the tests.
fn known() -> BTreeSet<String> {
    let mut tests = texts(&root().join("tests/integration"));
    // The story of groups, which is told here too.
    tests.extend(texts(&root().join("tests/soak")));
    let own = include_str!("kill_steps.rs");
    let others = tests.iter().filter(|text| text.as_str() != own);
    let words = others.flat_map(|text| text.split('"'));
    words.filter(|word| is_name(word)).map(str::to_owned).collect()
}

#[test]
fn at_every_named_step_a_test_kills_the_process() {
    let (told, mut known) = (told(), known());
    assert!(told.len() > 80, "{told:?}");
    for (name, why) in NOT_KILLED {
        assert!(
            told.contains(name) && !why.is_empty(),
            "{name} is no step any more"
        );
        known.insert(name.to_owned());
    }
    let unknown: Vec<&String> = told.difference(&known).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "at these nobody kills");
}
