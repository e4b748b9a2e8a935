//! One WebKitWebDriver process per window.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use thirtyfour::{Capabilities, WebDriver};

/// The folder that cargo builds into.
pub(crate) fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the running test is known");
    // <target>/debug/deps/e2e-…
    test.ancestors()
        .nth(3)
        .expect("tests run from <target>/<profile>/deps")
        .to_path_buf()
}

/// The built app.
fn app_binary() -> PathBuf {
    std::env::var_os("ENTRE_NOUS_BINARY")
        .map_or_else(|| target_folder().join("debug/entre-nous"), PathBuf::from)
}

/// A port for one driver, which wants to be told a number: each is handed out once, below
/// those that the system gives to whoever asks for any.
fn free_port() -> Result<u16> {
    const FIRST: u16 = 20_000;
    const COUNT: u32 = 10_000;
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let own_start = std::process::id();
    for _ in 0..COUNT {
        let place = own_start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = FIRST + u16::try_from(place)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no free port for WebKitWebDriver")
}

/// A screen of its own for one window: nothing covers it, whatever other tests do.
struct Display {
    process: Child,
    name: String,
}

impl Display {
    fn start() -> Result<Self> {
        let mut process = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x900x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb (package xvfb)")?;
        let mut number = String::new();
        let output = process.stdout.take().context("Xvfb tells its number")?;
        BufReader::new(output).read_line(&mut number)?;
        Ok(Self {
            process,
            name: format!(":{}", number.trim()),
        })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A running driver and the app that it started; both end with it.
pub(crate) struct Driver {
    process: Child,
    display: Display,
    pub(crate) session: WebDriver,
}

impl Driver {
    /// Starts the app with these arguments and waits until its page can be driven.
    pub(crate) async fn start(arguments: &[String], environment: &[(&str, &str)]) -> Result<Self> {
        Self::start_program(&app_binary(), arguments, environment).await
    }

    /// The same with another program that shows a page.
    pub(crate) async fn start_program(
        binary: &Path,
        arguments: &[String],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider().install_default().ok();
        });
        let port = free_port()?;
        let display = Display::start()?;
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("ENTRE_NOUS_KEYRING", "off")
            .env("GDK_BACKEND", "x11")
            .env("DISPLAY", &display.name)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command
            .spawn()
            .context("WebKitWebDriver (package webkit2gtk-driver)")?;
        let capabilities: Capabilities = serde_json::from_value(serde_json::json!({
            "webkitgtk:browserOptions": { "binary": binary, "args": arguments }
        }))?;
        let mut driver = PendingDriver {
            process: Some(process),
        };
        let session = connect(port, capabilities).await?;
        let process = driver.process.take().expect("taken once");
        Ok(Self {
            process,
            display,
            session,
        })
    }

    /// The screen of this window.
    pub(crate) fn display(&self) -> &str {
        &self.display.name
    }

    /// Saves what stands on the screen. (The driver's own screenshot never answers here.)
    pub(crate) fn picture(&self, file: &Path, width: i64, height: i64) -> Result<()> {
        let crop = format!("{width}x{height}+0+0");
        let status = Command::new("import")
            .args([
                "-display",
                &self.display.name,
                "-window",
                "root",
                "-crop",
                &crop,
                "+repage",
            ])
            .arg(file)
            .status()
            .context("import (package imagemagick)")?;
        anyhow::ensure!(status.success(), "import: {status}");
        Ok(())
    }
}

/// Ends the driver process if its session never came to be.
struct PendingDriver {
    process: Option<Child>,
}

impl Drop for PendingDriver {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

async fn connect(port: u16, capabilities: Capabilities) -> Result<WebDriver> {
    let address = format!("http://127.0.0.1:{port}");
    let mut last = None;
    // The driver needs a moment to listen: it says nothing when it does.
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            match WebDriver::new(&address, capabilities.clone()).await {
                Ok(session) => return Ok(session),
                // It listens before it takes sessions.
                Err(error) => last = Some(error),
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(last.map_or_else(|| anyhow::anyhow!("WebKitWebDriver does not listen"), Into::into))
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The process id of the app that uses this profile.
pub(crate) fn app_process(profile: &Path) -> Option<i32> {
    let wanted = profile.to_string_lossy().into_owned();
    std::fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let arguments: Vec<String> = line
            .split(|b| *b == 0)
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect();
        let is_app = arguments.first()?.ends_with("entre-nous");
        (is_app && arguments.contains(&wanted)).then_some(pid)
    })
}
