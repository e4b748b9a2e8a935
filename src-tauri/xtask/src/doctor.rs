//! What is missing on this machine.

use std::fs;
use std::process::{Command, Stdio};

use crate::{Outcome, command};

/// The oldest Node that the screens build with.
const NODE: (u32, u32) = (20, 19);

/// What a machine is to be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Build the app and open it.
    Build,
    /// Open it without a screen, and take pictures.
    Picture,
    /// Drive it.
    Test,
}

const BUILD: &[&str] = &[
    "build-essential",
    "cmake",
    "fonts-dejavu-core",
    "fonts-noto-color-emoji",
    "libasound2-dev",
    "libdbus-1-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];
const PICTURE: &[&str] = &["dbus", "imagemagick", "xauth", "xvfb"];
const TEST: &[&str] = &["at-spi2-core", "ffmpeg", "webkit2gtk-driver"];

/// Names of the Debian packages that are needed and not installed.
pub(crate) fn missing_packages(purpose: Purpose) -> Vec<&'static str> {
    let mut wanted = BUILD.to_vec();
    if purpose >= Purpose::Picture {
        wanted.extend(PICTURE);
    }
    if purpose >= Purpose::Test {
        wanted.extend(TEST);
    }
    wanted.retain(|package| !is_installed(package));
    wanted
}

fn is_installed(package: &str) -> bool {
    let query = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output();
    query.is_ok_and(|output| output.status.success() && output.stdout == b"installed")
}

/// Whether this system installs packages with apt.
pub(crate) fn has_apt() -> bool {
    command::exists("apt-get") && command::exists("dpkg-query")
}

/// # Errors
/// A sentence, when Node is missing or too old.
pub(crate) fn check_node() -> Outcome {
    let (major, minor) = NODE;
    let wanted = format!("Node {major}.{minor} or newer is needed (https://nodejs.org)");
    if !command::exists("node") || !command::exists("npm") {
        return Err(wanted);
    }
    let text = command::output(Command::new("node").arg("--version"))?;
    match version(&text) {
        Some(found) if found >= NODE => Ok(()),
        _ => Err(format!("{wanted}; this is {}", text.trim())),
    }
}

/// The first two numbers of `v20.19.4`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The name of the system, for people.
pub(crate) fn system_name() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.unwrap_or("unknown system").trim_matches('"').to_owned()
}

/// Prints what is missing.
///
/// # Errors
/// A sentence, when something is.
pub(crate) fn doctor() -> Outcome {
    println!("system    {}", system_name());
    let mut missing = Vec::new();
    for (purpose, what) in [
        (Purpose::Build, "build"),
        (Purpose::Picture, "pictures"),
        (Purpose::Test, "tests"),
    ] {
        missing = missing_packages(purpose);
        let found = if missing.is_empty() {
            "all there".to_owned()
        } else {
            missing.join(" ")
        };
        println!("{what:<9} {found}");
    }
    let node = check_node();
    println!(
        "node      {}",
        node.as_ref().map_or_else(String::as_str, |()| "good")
    );
    match (missing.is_empty(), node) {
        (true, Ok(())) => Ok(()),
        (false, _) if has_apt() => Err(format!("missing: sudo apt-get install {}", missing.join(" "))),
        _ => Err("something is missing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_of_node_is_read() {
        assert_eq!(version("v20.19.4\n"), Some((20, 19)));
        assert_eq!(version("v9.0.0"), Some((9, 0)));
        assert_eq!(version("what"), None);
    }
}
