//! A screen for pictures of the app, the same on every machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{Outcome, clock, command};

/// How long a window may take to be painted.
const PAINTED_WITHIN: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);
/// A window with fewer colours has not been painted: background and frame only.
const COLOURS: u32 = 24;

/// A screen of the size of the app's window, that nobody sees.
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one.
    ///
    /// # Errors
    /// A sentence, when Xvfb does not start.
    pub(crate) fn open() -> Outcome<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1080x720x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start Xvfb: {error}"))?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut number);
        }
        let display = Self {
            server,
            name: format!(":{}", number.trim()),
        };
        if number.trim().is_empty() {
            Err("Xvfb gave no display".to_owned())
        } else {
            Ok(display)
        }
    }

    /// Sends a program to this screen.
    pub(crate) fn set(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY");
        command
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
    }

    /// Waits until the app's window is painted, and saves its picture.
    ///
    /// # Errors
    /// A sentence, when there is no painted window in time, or `is_running` says that the app ended.
    pub(crate) fn picture(&self, file: &Path, mut is_running: impl FnMut() -> bool) -> Outcome {
        let start = clock::now();
        let mut before = None;
        while start.elapsed() < PAINTED_WITHIN {
            clock::wait(BETWEEN_LOOKS);
            if !is_running() {
                return Err("the app ended before its window was painted".to_owned());
            }
            let look = self.look(file);
            if look.is_some() && look == before {
                return Ok(());
            }
            before = look;
        }
        // Something moves all the time: it is painted all the same.
        if before.is_some() {
            Ok(())
        } else {
            Err("the window was not painted in time".to_owned())
        }
    }

    /// Takes a picture; answers its fingerprint if the window is painted.
    fn look(&self, file: &Path) -> Option<String> {
        let mut import = Command::new("import");
        import
            .args(["-silent", "-window", "root"])
            .arg(file)
            .stderr(Stdio::null());
        self.set(&mut import);
        if !import.status().ok()?.success() {
            return None;
        }
        let mut identify = Command::new("identify");
        let text = command::output(identify.args(["-format", "%k %#"]).arg(file)).ok()?;
        let (colours, fingerprint) = text.trim().split_once(' ')?;
        let is_painted = colours.parse::<u32>().ok()? >= COLOURS;
        is_painted.then(|| fingerprint.to_owned())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
