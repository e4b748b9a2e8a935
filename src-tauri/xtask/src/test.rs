//! Everything that must pass, counted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::doctor::Purpose;
use crate::{Outcome, app, clock, command, lint, place, setup};

/// How many cases passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// The same, with at least one failure if the program said that something went wrong or no
    /// test ran at all: a part that does not even build has no counts of its own.
    fn or_failed(mut self, is_good: bool) -> Self {
        if (!is_good || self.passed == 0) && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// A part: its name and how to run it.
type Part = (&'static str, fn() -> Outcome<Counts>);

/// Sets the machine up and runs all parts, whatever the parts before said.
///
/// # Errors
/// An empty sentence, when something failed: the counts stand in the last line.
pub(crate) fn test(is_quick: bool) -> Outcome {
    let purpose = if is_quick { Purpose::Build } else { Purpose::Test };
    let mut parts: Vec<Part> = vec![
        ("lint", lint::counts),
        ("unit", unit),
        ("vectors", vectors),
        ("integration", integration),
        ("ui", ui),
    ];
    if !is_quick {
        parts.push(("end to end", end_to_end));
    }
    let mut total = Counts::default();
    let mut table = Vec::new();
    let mut done = |name: &str, part: &dyn Fn() -> Outcome<Counts>| {
        println!("\n== {name}");
        let start = clock::now();
        let counts = part().unwrap_or_else(|sentence| {
            println!("{sentence}");
            Counts { passed: 0, failed: 1 }
        });
        total.add(counts);
        table.push((name.to_owned(), counts, start.elapsed()));
        counts.failed == 0
    };
    // Without these nothing below can work.
    let is_ready = done("set-up", &|| {
        setup::prepare(purpose)?;
        app::build_ui()?;
        Ok(Counts::default())
    });
    if is_ready {
        for (name, part) in parts {
            done(name, &part);
        }
    }
    report(&table);
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 {
        Ok(())
    } else {
        Err(String::new())
    }
}

fn report(table: &[(String, Counts, Duration)]) {
    println!(
        "\n{:<12} {:>7} {:>7} {:>8}",
        "part", "passed", "failed", "seconds"
    );
    for (name, counts, time) in table {
        println!(
            "{name:<12} {:>7} {:>7} {:>8.1}",
            counts.passed,
            counts.failed,
            time.as_secs_f64()
        );
    }
}

/// What libtest reads the number of its threads from.
const THREADS: &str = "RUST_TEST_THREADS";

/// Unit, property and engine tests of every crate but the test package.
fn unit() -> Outcome<Counts> {
    let mut cargo = command::cargo(&["test", "--workspace", "--exclude", "nous-tests", "--no-fail-fast"]);
    cargo_test(cargo.env(THREADS, waiting_threads()))
}

/// The vector files that are to pass, each case counted.
fn vectors() -> Outcome<Counts> {
    let folder = place::root().join("tests/vectors");
    let entries = fs::read_dir(&folder).map_err(|error| format!("tests/vectors: {error}"))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if files.is_empty() {
        return Err("tests/vectors is empty".to_owned());
    }
    let (text, is_good) = command::watch(&mut conform_command(&files))?;
    let last = text.lines().rev().find_map(passed_and_failed);
    Ok(last.unwrap_or_default().or_failed(is_good && last.is_some()))
}

/// Runs vector files; its exit code is passed on.
pub(crate) fn conform(files: &[PathBuf]) -> ExitCode {
    let here = std::env::current_dir().unwrap_or_default();
    let files: Vec<PathBuf> = files.iter().map(|file| here.join(file)).collect();
    match conform_command(&files).status() {
        Ok(status) => ExitCode::from(
            status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(2),
        ),
        Err(error) => {
            eprintln!("xtask: cannot start cargo: {error}");
            ExitCode::from(2)
        }
    }
}

fn conform_command(files: &[PathBuf]) -> Command {
    let mut cargo = command::cargo(&[
        "run",
        "--quiet",
        "--package",
        "nous-tests",
        "--bin",
        "conform",
        "--",
    ]);
    cargo.args(files);
    cargo
}

/// The test package, but for what needs a window or hours.
fn integration() -> Outcome<Counts> {
    let mut cargo = command::cargo(&[
        "test",
        "--package",
        "nous-tests",
        "--no-fail-fast",
        "--lib",
        "--bins",
    ]);
    for name in test_names()?
        .iter()
        .filter(|name| !matches!(name.as_str(), "e2e" | "soak"))
    {
        cargo.args(["--test", name]);
    }
    cargo_test(cargo.env(THREADS, waiting_threads()))
}

/// How many tests run at once where most of them wait for the network and for other processes.
fn waiting_threads() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * 2).clamp(2, 16).to_string()
}

fn end_to_end() -> Outcome<Counts> {
    if !test_names()?.iter().any(|name| name == "e2e") {
        return Err("the test package has no test `e2e`".to_owned());
    }
    let binary = app::build(false)?;
    let cargo = command::cargo(&[
        "test",
        "--package",
        "nous-tests",
        "--no-fail-fast",
        "--test",
        "e2e",
    ]);
    let mut session = Command::new("dbus-run-session");
    session.args([
        "--",
        "xvfb-run",
        "--auto-servernum",
        "--server-args=-screen 0 2600x1400x24 -nolisten tcp",
    ]);
    command::cargo_inside(&mut session, &cargo);
    session
        .env("ENTRE_NOUS_BINARY", binary)
        .env_remove("WAYLAND_DISPLAY");
    cargo_test(&mut session)
}

/// The names of the test package's tests.
pub(crate) fn test_names() -> Outcome<Vec<String>> {
    let file = place::root().join("tests/Cargo.toml");
    let text = fs::read_to_string(&file).map_err(|error| format!("tests/Cargo.toml: {error}"))?;
    Ok(names_after(&text, "[[test]]"))
}

/// The `name`s of all tables with this head.
fn names_after(manifest: &str, head: &str) -> Vec<String> {
    let tables = manifest.split(head).skip(1);
    let name = |table: &str| {
        let own = table.split("\n[").next()?;
        let line = own.lines().find_map(|line| line.trim().strip_prefix("name"))?;
        Some(line.split('"').nth(1)?.to_owned())
    };
    tables.filter_map(name).collect()
}

fn cargo_test(command: &mut Command) -> Outcome<Counts> {
    let (text, is_good) = command::watch(command)?;
    let mut counts = Counts::default();
    for line in text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result:"))
    {
        counts.add(Counts {
            passed: number_before(line, " passed"),
            failed: number_before(line, " failed"),
        });
    }
    Ok(counts.or_failed(is_good))
}

/// The screens' unit tests.
fn ui() -> Outcome<Counts> {
    let file = place::target().join("vitest.json");
    let _ = fs::remove_file(&file);
    let mut npm = command::npm(&["test", "--", "--reporter=default", "--reporter=json"]);
    npm.arg(format!("--outputFile.json={}", file.display()));
    let (_, is_good) = command::watch(&mut npm)?;
    Ok(vitest_counts(&file)
        .unwrap_or_default()
        .or_failed(is_good && file.exists()))
}

fn vitest_counts(file: &Path) -> Option<Counts> {
    let text = fs::read_to_string(file).ok()?;
    let number = |key: &str| {
        let rest = text.split_once(&format!("\"{key}\":"))?.1;
        let digits: String = rest
            .trim_start()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().ok()
    };
    Some(Counts {
        passed: number("numPassedTests")?,
        failed: number("numFailedTests")?,
    })
}

/// Reads `12 passed, 3 failed`.
fn passed_and_failed(line: &str) -> Option<Counts> {
    let (passed, failed) = line.trim().split_once(" passed, ")?;
    Some(Counts {
        passed: passed.parse().ok()?,
        failed: failed.strip_suffix(" failed")?.parse().ok()?,
    })
}

/// The number that stands before a word.
fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split_once(word).map_or("", |(before, _)| before);
    before
        .rsplit(' ')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_cargo_test_are_read() {
        let line = " FAILED. 14 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.49s";
        assert_eq!(
            (number_before(line, " passed"), number_before(line, " failed")),
            (14, 1)
        );
    }

    #[test]
    fn counts_of_vectors_are_read() {
        assert_eq!(
            passed_and_failed("181 passed, 2 failed"),
            Some(Counts {
                passed: 181,
                failed: 2
            })
        );
        assert_eq!(passed_and_failed("case 3 passed, 1 of them failed"), None);
    }

    #[test]
    fn part_that_does_not_build_or_runs_no_test_counts_as_failed() {
        let nothing = Counts::default();
        let failed = Counts { passed: 0, failed: 1 };
        assert_eq!(
            (nothing.or_failed(false), nothing.or_failed(true)),
            (failed, failed)
        );
        let counted = Counts { passed: 3, failed: 2 };
        assert_eq!(
            (counted.or_failed(false), counted.or_failed(true)),
            (counted, counted)
        );
    }

    #[test]
    fn names_of_tests_are_read() {
        let text = "[[bin]]\nname = \"conform\"\n\n[[test]]\npath = \"e2e/main.rs\"\nname = \"e2e\"\n\n[[test]]\nname = \"integration\"\n[lints]\nname = \"no\"\n";
        assert_eq!(names_after(text, "[[test]]"), ["e2e", "integration"]);
    }
}
