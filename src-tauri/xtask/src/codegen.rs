//! Generated sources and formats.

use std::fs;
use std::path::Path;

use crate::doctor::Purpose;
use crate::{Outcome, app, command, place, setup};

/// Writes, or only compares, all generated sources.
///
/// # Errors
/// A sentence that says which are stale, or what does not build.
pub(crate) fn codegen(is_check: bool) -> Outcome {
    setup::prepare(Purpose::Build)?;
    let all = [protobuf(is_check), texts(is_check), bindings(is_check)];
    let wrong: Vec<String> = all.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n       "))
    }
}

fn protobuf(is_check: bool) -> Outcome {
    let mut cargo = command::cargo(&[
        "run",
        "--quiet",
        "--package",
        "nous-protocol",
        "--example",
        "codegen",
    ]);
    if is_check {
        cargo.args(["--", "--check"]);
    }
    command::run(&mut cargo)
}

/// The ids of texts and their arguments, as TypeScript types.
fn texts(is_check: bool) -> Outcome {
    let arguments: &[&str] = if is_check {
        &["run", "codegen", "--", "--check"]
    } else {
        &["run", "codegen"]
    };
    command::run(&mut command::npm(arguments))
}

fn bindings(is_check: bool) -> Outcome {
    // The shell embeds the built screens, so there must be some.
    if !place::ui().join("dist/index.html").exists() {
        app::build_ui()?;
    }
    let kept = place::ui().join("src/ipc/bindings.ts");
    let made = place::target().join("bindings.ts");
    let mut cargo = command::cargo(&[
        "run",
        "--quiet",
        "--package",
        "entre-nous",
        "--example",
        "bindings",
        "--",
    ]);
    command::run(cargo.arg(&made))?;
    let text = read(&made)?;
    if read(&kept).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if is_check {
        return Err("ui/src/ipc/bindings.ts is stale: run `cargo xtask codegen`".to_owned());
    }
    fs::write(&kept, text).map_err(|error| format!("{}: {error}", kept.display()))
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Puts all sources into their format.
///
/// # Errors
/// A sentence, when a source cannot be read as what it is.
pub(crate) fn format() -> Outcome {
    setup::prepare(Purpose::Build)?;
    command::run(&mut command::cargo(&["fmt", "--all"]))?;
    command::run(&mut command::npm(&["run", "format"]))
}
