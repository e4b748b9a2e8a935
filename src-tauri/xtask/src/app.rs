//! Building the app and opening it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use clap::Args;

use crate::display::Display;
use crate::doctor::Purpose;
use crate::{Outcome, command, place, setup};

/// What the screens are built from, in `ui/`.
const SOURCES: &[&str] = &[
    "src",
    "messages",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
];

/// How to open the app.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// `mainnet`, `testnet` or a file; without it a network inside the app, with a contact that answers
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<String>,
    /// Keep everything in this folder; without it each start of the inside network is fresh
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Save a picture of the painted window and end
    #[arg(long, value_name = "FILE.png")]
    screenshot: Option<PathBuf>,
    /// Build as it is shipped
    #[arg(long)]
    release: bool,
}

/// Sets the machine up, builds and opens the app.
///
/// # Errors
/// A sentence that says which of these did not work.
pub(crate) fn run(options: &RunOptions) -> Outcome {
    let purpose = if options.screenshot.is_some() {
        Purpose::Picture
    } else {
        Purpose::Build
    };
    setup::prepare(purpose)?;
    build_ui()?;
    let binary = build(options.release)?;
    let arguments = app_arguments(options)?;
    match &options.screenshot {
        Some(file) => screenshot(&binary, &arguments, file),
        None => command::run(Command::new(binary).args(arguments)),
    }
}

fn app_arguments(options: &RunOptions) -> Outcome<Vec<String>> {
    let mut arguments = match &options.network {
        Some(network) => vec!["--network".to_owned(), network.clone()],
        None => vec!["--demo".to_owned()],
    };
    if let Some(profile) = &options.profile {
        let profile = profile.to_str().ok_or("the profile's path is not text")?;
        arguments.extend(["--profile".to_owned(), profile.to_owned()]);
    }
    Ok(arguments)
}

/// Builds the screens, unless they are newer than their sources.
///
/// # Errors
/// A sentence, when they do not build.
pub(crate) fn build_ui() -> Outcome {
    let ui = place::ui();
    let built = changed(&ui.join("dist/index.html"));
    let sources = SOURCES
        .iter()
        .filter_map(|source| changed(&ui.join(source)))
        .max();
    if built.is_some() && built >= sources {
        return Ok(());
    }
    command::run(&mut command::npm(&["run", "build"]))
}

/// When a file, or the newest in a folder, changed last.
fn changed(path: &Path) -> Option<SystemTime> {
    let data = fs::metadata(path).ok()?;
    let own = data.modified().ok()?;
    if !data.is_dir() {
        return Some(own);
    }
    let inside = fs::read_dir(path)
        .ok()?
        .flatten()
        .filter_map(|entry| changed(&entry.path()));
    inside.chain([own]).max()
}

/// Builds the app; answers where it is. The screens must be built before.
///
/// # Errors
/// A sentence, when it does not build.
pub(crate) fn build(is_release: bool) -> Outcome<PathBuf> {
    let mut cargo = command::cargo(&["build", "--package", "entre-nous", "--bin", "entre-nous"]);
    if is_release {
        cargo.arg("--release");
    }
    command::run(&mut cargo)?;
    let profile = if is_release { "release" } else { "debug" };
    Ok(place::target().join(profile).join("entre-nous"))
}

fn screenshot(binary: &Path, arguments: &[String], file: &Path) -> Outcome {
    let display = Display::open()?;
    let mut app = OpenApp::start(&display, binary, arguments)?;
    let taken = display.picture(file, || app.is_running());
    app.end()?;
    taken?;
    println!("{}", file.display());
    Ok(())
}

/// The app, on a message bus of its own.
struct OpenApp {
    session: Child,
    /// The app's own, inside the session.
    process_id: String,
}

impl OpenApp {
    fn start(display: &Display, binary: &Path, arguments: &[String]) -> Outcome<Self> {
        let mut command = Command::new("dbus-run-session");
        // The shell says its process id, then becomes the app.
        command
            .args(["--", "sh", "-c", r#"echo $$; exec "$@""#, "sh"])
            .arg(binary)
            .args(arguments);
        display.set(&mut command);
        let mut session = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start dbus-run-session: {error}"))?;
        let mut process_id = String::new();
        if let Some(output) = session.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut process_id);
        }
        Ok(Self {
            session,
            process_id: process_id.trim().to_owned(),
        })
    }

    fn is_running(&mut self) -> bool {
        matches!(self.session.try_wait(), Ok(None))
    }

    /// Asks the app to end, as closing its window does, and waits.
    fn end(mut self) -> Outcome {
        if self.is_running() {
            command::run(Command::new("kill").args(["-TERM", &self.process_id]))?;
        }
        let status = self.session.wait().map_err(|error| error.to_string())?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the app: {status}"))
        }
    }
}
