//! Installing what is missing.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::doctor::{self, Purpose};
use crate::{Outcome, command, place};

/// Makes the machine able to do this: system packages, then the screens' packages.
///
/// # Errors
/// A sentence, when something cannot be installed.
pub(crate) fn prepare(purpose: Purpose) -> Outcome {
    install_packages(&doctor::missing_packages(purpose))?;
    doctor::check_node()?;
    install_npm()
}

fn install_packages(missing: &[&str]) -> Outcome {
    if missing.is_empty() {
        return Ok(());
    }
    if !doctor::has_apt() {
        // Other systems name their packages otherwise: the build says what it lacks.
        eprintln!(
            "xtask: cannot install here; on Debian these would be: {}",
            missing.join(" ")
        );
        return Ok(());
    }
    println!("Installing system packages: {}", missing.join(" "));
    apt(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(missing);
    apt(&arguments)
}

fn apt(arguments: &[&str]) -> Outcome {
    // `sudo` forgets the environment, so it is set behind it.
    let mut command = if is_root()? {
        Command::new("env")
    } else if command::exists("sudo") {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err(format!("run as root: apt-get {}", arguments.join(" ")));
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    command::run(&mut command)
}

fn is_root() -> Outcome<bool> {
    Ok(command::output(Command::new("id").arg("-u"))?.trim() == "0")
}

/// `npm ci`, when what is installed is not what the lock file says.
fn install_npm() -> Outcome {
    let lock = place::ui().join("package-lock.json");
    let installed = place::ui().join("node_modules/.installed-lock.json");
    if is_same(&lock, &installed) {
        return Ok(());
    }
    command::run(&mut command::npm(&["ci"]))?;
    fs::copy(&lock, &installed)
        .map(drop)
        .map_err(|error| format!("cannot write into node_modules: {error}"))
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((fs::read(a), fs::read(b)), (Ok(a), Ok(b)) if a == b)
}
