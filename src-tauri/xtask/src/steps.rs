//! Running programs, and counting what their tests say.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a run of tests came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
}

impl Count {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The top folder of the project.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}

/// The folder that cargo builds into, outside the checkout.
pub(crate) fn target_folder() -> PathBuf {
    if let Some(given) = std::env::var_os("CARGO_TARGET_DIR") {
        return PathBuf::from(given);
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| {
            PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/tmp".into())).join(".cache")
        });
    cache.join("entre-nous/target")
}

/// A program that runs at the top of the project.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target_folder());
    command
}

/// Runs a program; an error names it when it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown}: {status}"))
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// One part of the tests, with its name and time. A part that fails without a failed
/// test (it did not compile, a check refused) counts as one failure.
pub(crate) fn part(name: &str, total: &mut Count, work: impl FnOnce() -> Result<Count, String>) {
    println!("── {name}");
    let start = Instant::now();
    let count = work().unwrap_or_else(|message| {
        println!("{message}");
        Count { passed: 0, failed: 1 }
    });
    println!(
        "── {name}: {} passed, {} failed, {:.0?}",
        count.passed,
        count.failed,
        start.elapsed()
    );
    total.add(count);
}

/// A check without tests of its own: one passed or one failed.
pub(crate) fn check(command: &mut Command) -> Result<Count, String> {
    run(command).map(|()| Count { passed: 1, failed: 0 })
}

/// Runs tests, shows their output as it comes, and counts it.
pub(crate) fn tests(command: &mut Command) -> Result<Count, String> {
    let shown = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{shown}: {error}"))?;
    let mut count = Count::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|error| format!("{shown}: {error}"))?;
            println!("{line}");
            if let Some(more) = counted(&line) {
                count.add(more);
            }
        }
    }
    let status = child.wait().map_err(|error| format!("{shown}: {error}"))?;
    if !status.success() && count.failed == 0 {
        println!("{shown}: {status}");
        count.failed = 1;
    }
    if status.success() && count.passed == 0 {
        return Err(format!("{shown}: no test ran"));
    }
    Ok(count)
}

/// Reads the closing line of cargo's tests, of vitest and of the vector runner.
fn counted(line: &str) -> Option<Count> {
    let line = line.trim();
    let closing = line.starts_with("test result:") || line.starts_with("Tests ") || is_plain(line);
    if !closing {
        return None;
    }
    let words: Vec<&str> = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let number = |what: &str| {
        words.windows(2).find_map(|pair| match pair {
            [number, word] if *word == what => number.parse().ok(),
            _ => None,
        })
    };
    Some(Count {
        passed: number("passed").unwrap_or(0),
        failed: number("failed").unwrap_or(0),
    })
}

/// `N passed, N failed`, alone on its line.
fn is_plain(line: &str) -> bool {
    line.ends_with(" failed") && line.split_whitespace().count() == 4 && line.contains(" passed, ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_all_runners_are_counted() {
        let cargo =
            "test result: ok. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(
            counted(cargo),
            Some(Count {
                passed: 12,
                failed: 1
            })
        );
        assert_eq!(
            counted("      Tests  41 passed (41)"),
            Some(Count {
                passed: 41,
                failed: 0
            })
        );
        assert_eq!(
            counted("      Tests  2 failed | 39 passed (41)"),
            Some(Count {
                passed: 39,
                failed: 2
            })
        );
        assert_eq!(
            counted("181 passed, 0 failed"),
            Some(Count {
                passed: 181,
                failed: 0
            })
        );
        assert_eq!(counted("── lint: 3 passed, 0 failed, 2s"), None);
        assert_eq!(counted("test passes ... ok"), None);
    }
}
