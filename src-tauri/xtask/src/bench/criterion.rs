//! The benches of the crates, and the files in which criterion leaves its results.

use std::fs;
use std::path::{Path, PathBuf};

use super::report::{Figure, Unit};
use crate::{Outcome, command, place};

/// Runs the benches of every crate that has some; answers what was measured now.
///
/// # Errors
/// A sentence, when one does not build.
pub(super) fn measure(filter: Option<&str>) -> Outcome<Vec<Figure>> {
    let criterion = place::target().join("criterion");
    let modified = |file: &PathBuf| fs::metadata(file).and_then(|data| data.modified()).ok();
    let before: Vec<_> = samples(&criterion)
        .into_iter()
        .map(|file| (modified(&file), file))
        .collect();
    for package in &packages()? {
        let mut cargo = command::cargo(&["bench", "--package", package, "--benches", "--"]);
        command::run(cargo.args(filter))?;
    }
    let is_new = |file: &PathBuf| {
        let now = modified(file);
        !before.iter().any(|(time, path)| path == file && *time == now)
    };
    let fresh = samples(&criterion).into_iter().filter(is_new);
    Ok(fresh.filter_map(|file| figure(&criterion, &file)).collect())
}

fn packages() -> Outcome<Vec<String>> {
    let folder = place::root().join("src-tauri/crates");
    let entries = fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut packages: Vec<String> = entries
        .flatten()
        .filter(|entry| {
            let manifest = fs::read_to_string(entry.path().join("Cargo.toml"));
            manifest.is_ok_and(|text| text.contains("[[bench]]"))
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    packages.sort();
    Ok(packages)
}

/// Every `new/sample.json` below a folder.
fn samples(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(samples(&path));
        } else if path.ends_with("new/sample.json") {
            found.push(path);
        }
    }
    found
}

fn figure(criterion: &Path, file: &Path) -> Option<Figure> {
    let nanoseconds = per_turn(&fs::read_to_string(file).ok()?)?;
    let folder = file.parent()?.parent()?.strip_prefix(criterion).ok()?;
    Figure::of(&folder.to_string_lossy(), Unit::Time, &nanoseconds)
}

/// Nanoseconds of one turn, for each of the samples.
fn per_turn(json: &str) -> Option<Vec<f64>> {
    let (turns, times) = (numbers(json, "\"iters\"")?, numbers(json, "\"times\"")?);
    Some(
        turns
            .iter()
            .zip(&times)
            .map(|(turns, time)| time / turns)
            .collect(),
    )
}

/// The numbers of the list behind a key.
fn numbers(json: &str, key: &str) -> Option<Vec<f64>> {
    let list = json.split_once(key)?.1.split_once('[')?.1.split_once(']')?.0;
    list.split(',').map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_one_turn_are_read() {
        let json = r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[10.0, 30.0]}"#;
        assert_eq!(per_turn(json), Some(vec![10.0, 15.0]));
        assert_eq!(per_turn("{}"), None);
    }
}
