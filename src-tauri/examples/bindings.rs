//! Writes the TypeScript side of the contract: `cargo run --example bindings -- FILE`.

use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a tool for the terminal")]
fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1) else {
        eprintln!("which file?");
        return ExitCode::from(2);
    };
    match entre_nous::bindings::export(file.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
