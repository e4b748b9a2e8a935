//! The rules of ARCHITECTURE.md that a program can check, and the usual tools.

mod crates;
mod files;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use crate::doctor::Purpose;
use crate::test::Counts;
use crate::{Outcome, app, codegen, command, setup};

/// A rule: its name, and how to check it. The answer lists what is against it.
type Rule = (&'static str, fn() -> Outcome<Vec<String>>);

const RULES: &[Rule] = &[
    ("crates depend downwards only", crates::edges),
    ("layers do not hold what they must not", crates::forbidden),
    ("one version of each crypto crate", crates::duplicates),
    ("the test kit is for tests only", crates::test_kit),
    ("wire imports base types only", files::wire),
    ("files are at most 500 lines", files::lengths),
    (
        "the webview keeps nothing and makes no HTML of texts",
        files::webview,
    ),
    ("SQL stands in the storage crate only", files::sql),
    ("texts are the same in all languages", texts::languages),
    ("every text is used", texts::unused),
    ("generated sources are fresh", || tool(codegen::codegen(true))),
    ("cargo fmt", || {
        tool(command::run(&mut command::cargo(&["fmt", "--all", "--check"])))
    }),
    ("clippy", clippy),
    ("svelte-check", || {
        tool(command::run(&mut command::npm(&["run", "check"])))
    }),
    ("eslint and prettier", || {
        tool(command::run(&mut command::npm(&["run", "lint"])))
    }),
    ("licences and sources", deny),
];

/// Checks every rule.
///
/// # Errors
/// A sentence, when something is against one.
pub(crate) fn lint() -> Outcome {
    setup::prepare(Purpose::Build)?;
    app::build_ui()?;
    let counts = counts()?;
    println!("{} passed, {} failed", counts.passed, counts.failed);
    if counts.failed == 0 {
        Ok(())
    } else {
        Err("some rules are broken: see above".to_owned())
    }
}

/// Checks every rule, and counts them.
///
/// # Errors
/// None: a rule that cannot be checked is broken.
pub(crate) fn counts() -> Outcome<Counts> {
    let mut counts = Counts::default();
    for (name, rule) in RULES {
        let against = rule().unwrap_or_else(|sentence| vec![sentence]);
        let word = if against.is_empty() { "ok" } else { "BROKEN" };
        println!("rule {name} ... {word}");
        for line in &against {
            println!("    {line}");
        }
        if against.is_empty() {
            counts.passed += 1;
        } else {
            counts.failed += 1;
        }
    }
    Ok(counts)
}

fn tool(outcome: Outcome) -> Outcome<Vec<String>> {
    Ok(outcome.err().into_iter().collect())
}

fn clippy() -> Outcome<Vec<String>> {
    let mut cargo = command::cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--keep-going",
        "--",
    ]);
    tool(command::run(cargo.args(["--deny", "warnings"])))
}

/// Only where it is installed: it is no part of the toolchain.
fn deny() -> Outcome<Vec<String>> {
    if !command::exists("cargo-deny") {
        return Ok(Vec::new());
    }
    let mut cargo = command::cargo(&["deny", "--log-level", "error", "check"]);
    tool(command::run(cargo.args([
        "--config",
        ".cargo/deny.toml",
        "licenses",
        "bans",
        "sources",
    ])))
}

/// Every file below a folder with one of these endings, in order. Leaves out what is not ours.
fn sources(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !matches!(
                name.as_str(),
                "node_modules" | "dist" | "target" | "gen" | "corpus"
            ) {
                found.extend(sources(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found
}
