//! System packages: what is needed, what is missing, and its installation.

use std::process::{Command, Stdio};

/// What a build needs (Debian 12 and 13, Ubuntu 24.04).
const BUILD: [&str; 6] = [
    "build-essential",
    "libgtk-3-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "librsvg2-dev",
];
/// What the end-to-end tests need besides.
const WINDOWS: [&str; 4] = ["dbus", "webkit2gtk-driver", "xauth", "xvfb"];
/// The oldest Node that the UI is built with.
const NODE: (u32, u32) = (20, 19);

fn is_installed(package: &str) -> bool {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("ok installed"))
}

fn missing(with_windows: bool) -> Vec<&'static str> {
    let windows: &[&str] = if with_windows { &WINDOWS } else { &[] };
    BUILD
        .iter()
        .chain(windows)
        .copied()
        .filter(|package| !is_installed(package))
        .collect()
}

/// Version of Node as (major, minor), if there is one.
fn node() -> Option<(u32, u32)> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn node_problem() -> Option<String> {
    match node() {
        Some(found) if found >= NODE => None,
        Some((major, minor)) => Some(format!(
            "Node {major}.{minor} is older than {}.{}.",
            NODE.0, NODE.1
        )),
        None => Some(format!(
            "Node is missing: install Node {}.{} or newer.",
            NODE.0, NODE.1
        )),
    }
}

/// Says what is missing; an error if anything is.
pub(crate) fn doctor() -> Result<(), String> {
    let packages = missing(true);
    let node = node_problem();
    for package in &packages {
        println!("missing: {package}");
    }
    if let Some(problem) = &node {
        println!("{problem}");
    }
    if packages.is_empty() && node.is_none() {
        println!("Nothing is missing.");
        return Ok(());
    }
    Err("Something is missing: `cargo xtask test` installs the packages.".to_owned())
}

/// Installs missing packages by apt, by sudo if the caller is not root.
pub(crate) fn install(quick: bool) -> Result<(), String> {
    let packages = missing(!quick);
    if packages.is_empty() {
        return Ok(());
    }
    println!("Installing {}", packages.join(" "));
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&packages);
    apt(&arguments)
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    let mut command = if is_root {
        Command::new("env")
    } else {
        Command::new("sudo")
    };
    if !is_root {
        command.arg("env");
    }
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments)
        .stdin(Stdio::null());
    crate::steps::run(&mut command)
}
