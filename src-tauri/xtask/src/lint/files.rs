//! Rules about the text of files.

use std::fs;
use std::path::Path;

use super::sources;
use crate::{Outcome, place};

/// Lines of a file, not counting tests.
const LONGEST: usize = 500;
/// Files that a program writes.
const GENERATED: &[&str] = &["ui/src/ipc/bindings.ts", "ui/src/i18n/ids.ts"];
/// Modules of `nous-protocol` that its `wire` may use: types without meaning of their own.
const BASE: &[&str] = &["account", "error", "time", "wire"];

fn shown(path: &Path) -> String {
    path.strip_prefix(place::root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", shown(path)))
}

fn is_generated(path: &Path) -> bool {
    let name = shown(path);
    GENERATED.contains(&name.as_str()) || name.ends_with("/generated.rs")
}

fn is_test(path: &Path) -> bool {
    let name = shown(path);
    name.contains("/tests/")
        || name.contains("/testing/")
        || name.ends_with("tests.rs")
        || name.ends_with(".test.ts")
}

/// Files that are too long.
pub(super) fn lengths() -> Outcome<Vec<String>> {
    let root = place::root();
    let mut files = sources(&root.join("src-tauri"), &[".rs"]);
    files.extend(sources(&root.join("tests"), &[".rs"]));
    files.extend(sources(&root.join("ui/src"), &[".ts", ".svelte", ".css"]));
    let mut against = Vec::new();
    for path in files.iter().filter(|path| !is_generated(path) && !is_test(path)) {
        let text = read(path)?;
        let lines = own_lines(&text);
        if lines > LONGEST && !text.starts_with("// @generated") {
            against.push(format!("{}: {lines} lines", shown(path)));
        }
    }
    Ok(against)
}

/// Lines before the tests that stand at a file's end.
fn own_lines(text: &str) -> usize {
    let is_start = |pair: &[&str]| pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ");
    let lines: Vec<&str> = text.lines().collect();
    let inline = lines
        .windows(2)
        .position(|pair| is_start(pair) && pair[1].ends_with('{'));
    inline.unwrap_or(lines.len())
}

/// What of `nous-protocol::wire` reaches up.
pub(super) fn wire() -> Outcome<Vec<String>> {
    let source = place::root().join("src-tauri/crates/nous-protocol/src");
    let mut files = sources(&source.join("wire"), &[".rs"]);
    files.push(source.join("wire.rs"));
    let mut against = Vec::new();
    for path in files.iter().filter(|path| !is_generated(path) && !is_test(path)) {
        for module in crate_paths(&read(path)?) {
            if !BASE.contains(&module.as_str()) {
                against.push(format!("{} uses crate::{module}", shown(path)));
            }
        }
    }
    Ok(against)
}

/// The first names after `crate::`, outside comments.
fn crate_paths(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let name = |rest: &str| {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    code.flat_map(|line| line.split("crate::").skip(1).map(name).collect::<Vec<_>>())
        .collect()
}

/// What the screens must not do: keep something in the webview, or read texts as HTML or code.
pub(super) fn webview() -> Outcome<Vec<String>> {
    let words = [
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "{@html",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function(",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket(",
    ];
    let files = sources(&place::ui().join("src"), &[".ts", ".svelte"]);
    find(
        files.iter().filter(|path| !is_test(path)).map(AsRef::as_ref),
        &words,
    )
}

/// SQL text outside `nous-storage`.
pub(super) fn sql() -> Outcome<Vec<String>> {
    let words = [
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"UPDATE ",
        "\"DELETE FROM ",
        "\"PRAGMA ",
        "\"CREATE TABLE ",
    ];
    let files = sources(&place::root().join("src-tauri"), &[".rs"]);
    let others = files.iter().filter(|path| {
        let name = shown(path);
        !name.contains("/nous-storage/") && !name.contains("/xtask/") && !is_test(path)
    });
    find(others.map(AsRef::as_ref), &words)
}

fn find<'a>(files: impl Iterator<Item = &'a Path>, words: &[&str]) -> Outcome<Vec<String>> {
    let mut against = Vec::new();
    for path in files {
        for (number, line) in read(path)?.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| holds(line, word)) {
                against.push(format!(
                    "{}:{}: {}",
                    shown(path),
                    number + 1,
                    word.trim_start_matches('"').trim_end()
                ));
            }
        }
    }
    Ok(against)
}

/// Whether a word stands in a line, not as the end of a longer one (`refetch(`).
fn holds(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let is_bare = word.starts_with(char::is_alphabetic);
    line.match_indices(word)
        .any(|(at, _)| !is_bare || !line[..at].ends_with(is_name) || word.contains("HTML"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_at_the_end_are_not_counted() {
        assert_eq!(own_lines("a\nb\n\n#[cfg(test)]\nmod tests {\n}\n"), 3);
        assert_eq!(own_lines("a\n#[cfg(test)]\nmod tests;\nb\n"), 4);
    }

    #[test]
    fn words_are_found_alone() {
        assert!(holds("x = fetch(\"/\")", "fetch("));
        assert!(!holds("this.refetch(ids)", "fetch("));
        assert!(holds("node.innerHTML = x", "innerHTML"));
        assert!(holds("<p>{@html x}</p>", "{@html"));
    }

    #[test]
    fn paths_of_the_own_crate_are_found_outside_comments() {
        assert_eq!(
            crate_paths("// crate::no\nuse crate::time::Timestamp;\nlet a = crate::keys::b();"),
            ["time", "keys"]
        );
    }
}
