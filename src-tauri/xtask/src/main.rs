//! `cargo xtask`: set-up, run, test, lint, code generation, benches and packaging.
//!
//! **Rule of the crate**: the standard library and clap only, so that it builds on a machine
//! that has no system library yet.
//!
//! | Module | What it does |
//! | --- | --- |
//! | `doctor`, `setup` | what is missing on this machine; installing it |
//! | `app`, `display` | building and opening the app; a screen for it where there is none |
//! | `test` | everything that must pass, counted |
//! | `lint` | the rules of ARCHITECTURE.md |
//! | `codegen`, `bench`, `package` | the other verbs |
//! | `command`, `place`, `clock` | running programs; folders; time |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod app;
mod bench;
mod clock;
mod codegen;
mod command;
mod display;
mod doctor;
mod lint;
mod package;
mod place;
mod setup;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What every verb answers: nothing, or a sentence that says what went wrong.
type Outcome<T = ()> = Result<T, String>;

/// Work on Entre Nous.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what is missing on this machine, and change nothing
    Doctor,
    /// Install what is missing, build, and open the app on a network inside it
    Run(app::RunOptions),
    /// Everything that must pass; the last line is `N passed, N failed`
    Test {
        /// Leave out the end-to-end tests in real windows
        #[arg(long)]
        quick: bool,
    },
    /// The rules of ARCHITECTURE.md, formats, clippy, eslint, svelte-check
    Lint,
    /// Put all sources into their format
    Fmt,
    /// Write the generated sources: protobuf, TypeScript bindings, ids of texts
    Codegen {
        /// Write nothing; fail if something would change
        #[arg(long)]
        check: bool,
    },
    /// Run vector files: a line per failing case, then `N passed, N failed`
    Conform {
        /// Vector files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Measure; prints a table with the machine, and writes JSON
    Bench {
        /// Only benches whose name contains this
        filter: Option<String>,
    },
    /// Hours of traffic, on demand
    Soak {
        /// For the test
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the Debian package
    Package,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Doctor => doctor::doctor(),
        Verb::Run(options) => app::run(&options),
        Verb::Test { quick } => test::test(quick),
        Verb::Lint => lint::lint(),
        Verb::Fmt => codegen::format(),
        Verb::Codegen { check } => codegen::codegen(check),
        Verb::Conform { files } => return test::conform(&files),
        Verb::Bench { filter } => bench::bench(filter.as_deref()),
        Verb::Soak { arguments } => bench::soak(&arguments),
        Verb::Package => package::package(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // `test` has said everything: its counts are the last line.
            if !sentence.is_empty() {
                eprintln!("xtask: {sentence}");
            }
            ExitCode::FAILURE
        }
    }
}
