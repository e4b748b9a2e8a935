//! The program `entre-nous`.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    entre_nous::run(&entre_nous::options::Options::parse())
}
