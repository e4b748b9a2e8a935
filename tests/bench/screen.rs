//! A screen of its own whose pixels can be read without asking anybody.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Larger than the window: the pointer, in the middle of the screen, is not in the window,
/// and without a window manager the window has no focus then.
const SIZE: &str = "2600x1500x24";
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// A part of the screen, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// An X server that writes its picture into a file.
pub(crate) struct Screen {
    server: Child,
    name: String,
    picture: Picture,
    _folder: TempDir,
}

impl Screen {
    pub(crate) async fn open() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("nous-screen-").tempdir()?;
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SIZE,
                "-nolisten",
                "tcp",
                "-fbdir",
            ])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("Xvfb (package xvfb)")?;
        let output = server.stdout.take().context("Xvfb tells its number")?;
        let mut lines = BufReader::new(output).lines();
        let number = tokio::time::timeout(STARTS_WITHIN, lines.next_line())
            .await
            .context("Xvfb does not start")??
            .context("Xvfb gave no display")?;
        let picture = Picture::open(folder.path().join("Xvfb_screen0"))?;
        Ok(Self {
            server,
            name: format!(":{}", number.trim()),
            picture,
            _folder: folder,
        })
    }

    /// Sends a program to this screen.
    pub(crate) fn set(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// How many colours stand in a part of the screen, every eighth line of it looked at.
    pub(crate) fn colours(&self, region: Region) -> Result<usize> {
        self.picture.colours(region)
    }

    pub(crate) async fn close(mut self) -> Result<()> {
        self.server.kill().await.context("Xvfb")
    }
}

/// The server's picture: an XWD header, colours, then lines of pixels.
struct Picture {
    file: File,
    /// Where the first pixel is.
    start: u64,
    line_bytes: u64,
}

impl Picture {
    fn open(path: std::path::PathBuf) -> Result<Self> {
        let file = File::open(path)?;
        let mut header = [0; 100];
        file.read_exact_at(&mut header, 0)?;
        // Fields of four bytes, the first byte the highest.
        let field = |at: usize| {
            let bytes: [u8; 4] = header[at * 4..at * 4 + 4].try_into().unwrap_or_default();
            u64::from(u32::from_be_bytes(bytes))
        };
        let (header_bytes, pixel_bits, line_bytes, colours) = (field(0), field(11), field(12), field(19));
        ensure!(pixel_bits == 32, "pixels of {pixel_bits} bits");
        Ok(Self {
            file,
            start: header_bytes + colours * 12,
            line_bytes,
        })
    }

    fn colours(&self, region: Region) -> Result<usize> {
        let mut found = BTreeSet::new();
        let mut line = vec![0; region.width as usize * 4];
        for y in (region.top..region.top + region.height).step_by(8) {
            let at = self.start + u64::from(y) * self.line_bytes + u64::from(region.left) * 4;
            self.file.read_exact_at(&mut line, at)?;
            found.extend(line.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]));
        }
        Ok(found.len())
    }
}
