//! `conform FILE…`: runs recorded vectors against this implementation.
//!
//! One line for each failing case, at the end `N passed, N failed`. An operation that is not
//! in the table counts as failed. Exit code 1 if a case failed, 2 if a file cannot be read.
//!
//! A family of operations is one module with a `register` function that adds its
//! operations to the [`table::Table`].

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command that reports in text"
)]

mod blinding;
mod config;
mod configs;
mod fields;
mod groups;
mod identity;
mod messages;
mod mnemonic;
mod onion;
mod protobuf_json;
mod schema;
mod storage;
mod table;
mod wire;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

use table::{Table, Tally};

/// Every operation that this implementation answers.
fn all_operations() -> Table {
    let mut table = Table::default();
    identity::register(&mut table);
    mnemonic::register(&mut table);
    blinding::register(&mut table);
    messages::register(&mut table);
    config::register(&mut table);
    configs::register(&mut table);
    groups::register(&mut table);
    onion::register(&mut table);
    wire::register(&mut table);
    storage::register(&mut table);
    table
}

fn run_file(table: &Table, path: &Path) -> anyhow::Result<Tally> {
    let text = std::fs::read_to_string(path)?;
    let file: Value = serde_json::from_str(&text)?;
    let cases = file
        .get("cases")
        .and_then(Value::as_array)
        .context("no list of cases")?;
    let mut tally = Tally::default();
    for (index, case) in cases.iter().enumerate() {
        let (op, results) = table.run(&file, case);
        for (step, result) in results.iter().enumerate() {
            tally.count(result.is_ok());
            if let Err(reason) = result {
                let step = if results.len() > 1 {
                    format!(" step {step}")
                } else {
                    String::new()
                };
                println!("{}: case {index}{step} {op}: {reason:#}", path.display());
            }
        }
    }
    Ok(tally)
}

fn main() -> ExitCode {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: conform FILE…");
        return ExitCode::from(2);
    }
    let table = all_operations();
    let mut total = Tally::default();
    let mut unreadable = false;
    for file in &files {
        match run_file(&table, Path::new(file)) {
            Ok(tally) => total.add(&tally),
            Err(error) => {
                eprintln!("{}: {error:#}", Path::new(file).display());
                unreadable = true;
            }
        }
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if unreadable {
        ExitCode::from(2)
    } else {
        ExitCode::from(u8::from(total.failed > 0))
    }
}
