//! Measuring, and long runs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::doctor::Purpose;
use crate::{Outcome, clock, command, doctor, place, setup, test};

/// One figure.
struct Figure {
    name: String,
    nanoseconds: f64,
}

/// Runs the benches of every crate that has some.
///
/// # Errors
/// A sentence, when one does not build or there is none.
pub(crate) fn bench(filter: Option<&str>) -> Outcome {
    setup::prepare(Purpose::Build)?;
    let packages = packages_with_benches()?;
    let criterion = place::target().join("criterion");
    let before: Vec<PathBuf> = estimates(&criterion);
    let old: Vec<_> = before
        .iter()
        .map(|file| (file.clone(), fs::metadata(file).and_then(|d| d.modified()).ok()))
        .collect();
    let start = clock::now();
    for package in &packages {
        let mut cargo = command::cargo(&["bench", "--package", package, "--benches", "--"]);
        cargo.args(filter);
        command::run(&mut cargo)?;
    }
    let is_new = |file: &PathBuf| {
        let now = fs::metadata(file).and_then(|data| data.modified()).ok();
        !old.iter().any(|(path, time)| path == file && *time == now)
    };
    let fresh = estimates(&criterion).into_iter().filter(is_new);
    let mut figures: Vec<Figure> = fresh.filter_map(|file| figure(&criterion, &file)).collect();
    figures.sort_by(|a, b| a.name.cmp(&b.name));
    if figures.is_empty() {
        return Err("nothing was measured".to_owned());
    }
    let machine = machine();
    println!("\n{machine} · {:.0} s", start.elapsed().as_secs_f64());
    for Figure { name, nanoseconds } in &figures {
        println!(
            "{name:<48} {:>12} {:>14.0}/s",
            shown(*nanoseconds),
            1e9 / nanoseconds
        );
    }
    let file = place::target().join("bench.json");
    fs::write(&file, json(&machine, &figures)).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}

fn packages_with_benches() -> Outcome<Vec<String>> {
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

/// Every `new/estimates.json` below a folder.
fn estimates(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(estimates(&path));
        } else if path.ends_with("new/estimates.json") {
            found.push(path);
        }
    }
    found
}

fn figure(criterion: &Path, file: &Path) -> Option<Figure> {
    let text = fs::read_to_string(file).ok()?;
    let mean = text
        .split_once("\"mean\":")?
        .1
        .split_once("\"point_estimate\":")?
        .1;
    let nanoseconds = mean.split([',', '}']).next()?.trim().parse().ok()?;
    let name = file
        .parent()?
        .parent()?
        .strip_prefix(criterion)
        .ok()?
        .to_string_lossy()
        .into_owned();
    Some(Figure { name, nanoseconds })
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.1} ns"),
        n if n < 1e6 => format!("{:.2} µs", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}

/// Processor, its number of cores, memory, system.
fn machine() -> String {
    let field = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default()
            .to_owned();
        line.split_once(':')
            .map_or_else(|| "?".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kilobytes: u64 = field("/proc/meminfo", "MemTotal")
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let memory = kilobytes / 1_000_000;
    format!(
        "{} · {cores} cores · {memory} GB · {}",
        field("/proc/cpuinfo", "model name"),
        doctor::system_name()
    )
}

fn json(machine: &str, figures: &[Figure]) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = format!(
        "{{\n  \"machine\": \"{}\",\n  \"nanoseconds\": {{",
        escaped(machine)
    );
    for (place, Figure { name, nanoseconds }) in figures.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n    \"{}\": {nanoseconds:.1}", escaped(name));
    }
    text.push_str("\n  }\n}\n");
    text
}

/// Runs the soak test of the test package, as it is shipped.
///
/// # Errors
/// A sentence, when there is none or it fails.
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    if !test::test_names()?.iter().any(|name| name == "soak") {
        return Err("the test package has no test `soak`".to_owned());
    }
    let mut cargo = command::cargo(&[
        "test",
        "--release",
        "--package",
        "nous-tests",
        "--test",
        "soak",
        "--",
        "--nocapture",
    ]);
    command::run(cargo.args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_their_unit() {
        assert_eq!(shown(12.34), "12.3 ns");
        assert_eq!(shown(76_500.0), "76.50 µs");
        assert_eq!(shown(2.5e6), "2.50 ms");
    }
}
