//! The rules of `ARCHITECTURE.md` that a machine can see.

use std::path::{Path, PathBuf};

use crate::steps::{command, root, run};

/// Which crates of the workspace each crate may depend on, tests aside.
const EDGES: [(&str, &[&str]); 9] = [
    ("nous-protocol", &[]),
    ("nous-network", &["nous-protocol"]),
    ("nous-storage", &["nous-protocol"]),
    ("nous-client", &["nous-network", "nous-protocol", "nous-storage"]),
    ("nous-api", &["nous-client"]),
    ("nous-localnet", &["nous-protocol"]),
    ("nous-cli", &["nous-api", "nous-localnet"]),
    (
        "nous-testkit",
        &[
            "nous-network",
            "nous-protocol",
            "nous-storage",
            "nous-client",
            "nous-localnet",
            "nous-api",
        ],
    ),
    ("xtask", &[]),
];
/// Longest file without tests, in lines.
const LONGEST_FILE: usize = 600;

/// All of it: form, clippy, edges, file lengths.
pub(crate) fn all() -> Result<(), String> {
    edges()?;
    wire_stands_alone()?;
    lengths()?;
    run(&mut command("cargo", &["fmt", "--all", "--check"]))?;
    run(&mut command(
        "cargo",
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Dependencies point down: compares `[dependencies]` of each manifest with the table.
fn edges() -> Result<(), String> {
    let mut wrong = Vec::new();
    for (name, allowed) in EDGES {
        let folder = if name == "xtask" {
            "src-tauri/xtask".into()
        } else {
            format!("src-tauri/crates/{name}")
        };
        let manifest = read(&root().join(folder).join("Cargo.toml"))?;
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = line.split(['.', '=', ' ']).next().unwrap_or_default();
            let is_ours = dependency.starts_with("nous-");
            if section == "[dependencies]" && is_ours && !allowed.contains(&dependency) {
                wrong.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

/// `wire` imports nothing from its siblings.
fn wire_stands_alone() -> Result<(), String> {
    let folder = root().join("src-tauri/crates/nous-protocol/src/wire");
    for file in rust_files(&folder)? {
        for (number, line) in read(&file)?.lines().enumerate() {
            let sibling = line.trim_start().strip_prefix("use crate::");
            let is_base = |path: &str| {
                ["wire", "account", "time", "error"]
                    .iter()
                    .any(|base| path.starts_with(base))
            };
            if sibling.is_some_and(|path| !is_base(path)) {
                return Err(format!(
                    "{}:{}: wire must not use its siblings",
                    file.display(),
                    number + 1
                ));
            }
        }
    }
    Ok(())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Lists files that are too long; generated ones and tests may be.
fn lengths() -> Result<(), String> {
    let mut long = Vec::new();
    for file in rust_files(&root().join("src-tauri"))? {
        let name = file.to_string_lossy().into_owned();
        let text = read(&file)?;
        let lines = text
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"))
            .count();
        let is_free =
            name.contains("/tests") || name.ends_with("tests.rs") || text.starts_with("// @generated");
        if lines > LONGEST_FILE && !is_free {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    if long.is_empty() {
        Ok(())
    } else {
        Err(long.join("\n"))
    }
}
