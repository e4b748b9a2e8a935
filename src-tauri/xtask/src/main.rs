//! Set-up, tests and checks of Entre Nous: `cargo xtask <verb>`.
//!
//! **Rule of the crate**: standard library and clap only, so that it builds on a
//! machine that has nothing yet.

mod lint;
mod packages;
mod steps;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::steps::{Count, check, command, part, root, run, tests};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, tests and checks of Entre Nous")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Say what is missing on this machine
    Doctor,
    /// Install what is missing, then run every check and test
    Test {
        /// Leave the end-to-end part out
        #[arg(long)]
        quick: bool,
    },
    /// Check forms and rules
    Lint,
    /// Write the sources in their form
    Fmt,
    /// Make generated sources anew
    Codegen {
        /// Only compare
        #[arg(long)]
        check: bool,
    },
    /// Run vector files against the protocol crate
    Conform {
        /// Files of the vectors' schema
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Measure
    Bench,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Doctor => packages::doctor(),
        Verb::Test { quick } => return test(quick),
        Verb::Lint => lint::all(),
        Verb::Fmt => run(&mut command("cargo", &["fmt", "--all"])),
        Verb::Codegen { check } => codegen(check),
        Verb::Conform { files } => return conform(&files),
        Verb::Bench => run(&mut command("cargo", &["bench", "--package", "nous-protocol"])),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn codegen(check: bool) -> Result<(), String> {
    let mut arguments = vec![
        "run",
        "--quiet",
        "--package",
        "nous-protocol",
        "--example",
        "codegen",
        "--",
    ];
    if check {
        arguments.push("--check");
    }
    run(&mut command("cargo", &arguments))
}

/// The runner, with its own exit code: 1 when a case failed.
fn conform(files: &[PathBuf]) -> ExitCode {
    let mut runner = command(
        "cargo",
        &[
            "run",
            "--quiet",
            "--package",
            "nous-tests",
            "--bin",
            "conform",
            "--",
        ],
    );
    // Relative files are meant from where the person stands.
    let here = std::env::current_dir().unwrap_or_else(|_| root());
    runner.args(files.iter().map(|file| here.join(file)));
    match run(&mut runner) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn vectors() -> Result<Vec<PathBuf>, String> {
    let folder = root().join("tests/vectors");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    Ok(files)
}

/// Everything, in the order of what is quick to know. The last line is the sum.
fn test(quick: bool) -> ExitCode {
    let mut total = Count::default();
    part("set-up", &mut total, || {
        packages::install(quick).map(|()| Count::default())
    });
    part("lint", &mut total, || {
        lint::all().map(|()| Count { passed: 1, failed: 0 })
    });
    part("generated sources", &mut total, || {
        check(&mut command(
            "cargo",
            &[
                "run",
                "--quiet",
                "--package",
                "nous-protocol",
                "--example",
                "codegen",
                "--",
                "--check",
            ],
        ))
    });
    part("unit and property tests", &mut total, || {
        tests(&mut command(
            "cargo",
            &[
                "test",
                "--quiet",
                "--workspace",
                "--lib",
                "--bins",
                "--tests",
                "--no-fail-fast",
            ],
        ))
    });
    part("vectors", &mut total, || {
        let mut runner = command(
            "cargo",
            &[
                "run",
                "--quiet",
                "--package",
                "nous-tests",
                "--bin",
                "conform",
                "--",
            ],
        );
        tests(runner.args(vectors()?))
    });
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
