//! Running programs.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Outcome, place};

/// `cargo`, in the checkout, building outside of it.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        .current_dir(place::root())
        .env("CARGO_TARGET_DIR", place::target());
    forget_ours(&mut command);
    command
}

/// `cargo`, started by another program (a message bus, a screen).
pub(crate) fn cargo_inside(outer: &mut Command, cargo: &Command) {
    outer
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .current_dir(place::root())
        .env("CARGO_TARGET_DIR", place::target());
    forget_ours(outer);
}

/// Takes away what cargo told this program about itself: build scripts that look at it would
/// run again, and with them everything above would be built again.
fn forget_ours(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_us) {
            command.env_remove(name);
        }
    }
}

fn is_about_us(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// `npm`, in `ui/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command
        .args(arguments)
        .current_dir(place::ui())
        .env("NO_COLOR", "1");
    command
}

/// Runs a program to its end.
///
/// # Errors
/// A sentence, when it cannot be started or ends with an error.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let name = shown(command);
    let status = command
        .status()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name}: {status}"))
    }
}

/// Runs a program, shows its output while it comes, and answers it with whether all went well.
///
/// # Errors
/// A sentence, when it cannot be started.
pub(crate) fn watch(command: &mut Command) -> Outcome<(String, bool)> {
    let name = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|error| format!("{name}: {error}"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
    }
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    let _ = std::io::stdout().flush();
    Ok((text, status.success()))
}

/// Runs a program and answers its output.
///
/// # Errors
/// A sentence, when it cannot be started or ends with an error.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let name = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name}: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name is there.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_file(&folder.join(program)))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_this_program_is_taken_away_and_no_more() {
        let stays = ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR", "PATH"];
        assert!(!stays.into_iter().any(is_about_us));
        assert!(is_about_us("CARGO_PKG_VERSION_MAJOR") && is_about_us("CARGO_MANIFEST_DIR"));
        let cargo = cargo(&["--version"]);
        assert!(
            cargo
                .get_envs()
                .any(|(name, value)| name == "CARGO_PKG_NAME" && value.is_none())
        );
    }
}
