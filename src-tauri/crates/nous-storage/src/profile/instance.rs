//! One window per profile: a second start speaks to the first through a local socket.
//!
//! A line to the socket, a line back. The socket lies in the profile folder, so only its
//! owner can reach it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Folder;
use crate::clock::start_thread;
use crate::files;

/// How long one side waits for the other's line.
const LIMIT: Duration = Duration::from_secs(2);
/// The longest line.
const MAX_LINE: u64 = 4096;
/// The longest path that fits into a socket address, with room to spare.
const MAX_PATH: usize = 100;

/// What a second start asks of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceMessage {
    /// Bring the window forward.
    Show,
    /// Bring the window forward and open this link; at most 4,000 bytes, no control
    /// characters. Its content is a stranger's.
    Open(String),
}

impl InstanceMessage {
    fn to_line(&self) -> String {
        match self {
            Self::Show => "show\n".to_owned(),
            Self::Open(link) => format!("open {link}\n"),
        }
    }

    fn from_line(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "show" => Some(Self::Show),
            Some(("open", link)) if is_allowed(link) => Some(Self::Open(link.to_owned())),
            _ => None,
        }
    }
}

fn is_allowed(link: &str) -> bool {
    !link.is_empty() && link.len() <= 4000 && !link.chars().any(char::is_control)
}

/// The first start's ear; it closes when dropped.
#[derive(Debug)]
pub struct Instance {
    socket: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Instance {
    /// Listens in the profile whose lock the caller holds; an old socket is replaced.
    ///
    /// `on_message` runs on the listener's thread: it must return soon.
    ///
    /// # Errors
    /// What the system said.
    pub fn listen(
        folder: &Folder,
        on_message: impl Fn(InstanceMessage) + Send + 'static,
    ) -> io::Result<Self> {
        let socket = socket_of(folder);
        files::remove_if_there(&socket)?;
        let listener = with_short_path(&socket, |path| UnixListener::bind(path))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let body = move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                if let Some(message) = stream.ok().and_then(|stream| answer(stream).ok().flatten()) {
                    on_message(message);
                }
            }
        };
        let thread = start_thread("instance", body)?;
        Ok(Self {
            socket,
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the listener; if that fails it ends with the process.
        if with_short_path(&self.socket, |path| UnixStream::connect(path)).is_ok()
            && let Some(thread) = self.thread.take()
        {
            drop(thread.join());
        }
        drop(files::remove_if_there(&self.socket));
    }
}

/// Speaks to the program that holds the profile; `false` if nobody listens.
///
/// # Errors
/// What the system said when somebody listened but did not answer;
/// [`io::ErrorKind::InvalidInput`] for a link that is too long or has control characters.
pub fn send_to_instance(folder: &Folder, message: &InstanceMessage) -> io::Result<bool> {
    if let InstanceMessage::Open(link) = message
        && !is_allowed(link)
    {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let connected = with_short_path(&socket_of(folder), |path| UnixStream::connect(path));
    let mut stream = match connected {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(false);
        }
        other => other?,
    };
    set_limits(&stream)?;
    stream.write_all(message.to_line().as_bytes())?;
    Ok(read_line(&stream)? == "ok")
}

fn answer(mut stream: UnixStream) -> io::Result<Option<InstanceMessage>> {
    set_limits(&stream)?;
    let message = InstanceMessage::from_line(&read_line(&stream)?);
    stream.write_all(if message.is_some() { b"ok\n" } else { b"no\n" })?;
    Ok(message)
}

fn set_limits(stream: &UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))
}

fn read_line(stream: &UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut line)?;
    Ok(line.trim_end_matches('\n').to_owned())
}

fn socket_of(folder: &Folder) -> PathBuf {
    folder.root().join("socket")
}

/// Socket addresses hold about 100 bytes: a long path goes through the open folder.
fn with_short_path<T>(socket: &Path, use_path: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let (Some(folder), Some(name)) = (socket.parent(), socket.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if socket.as_os_str().len() <= MAX_PATH {
        return use_path(socket);
    }
    let folder = File::open(folder)?;
    use_path(
        &Path::new("/proc/self/fd")
            .join(folder.as_raw_fd().to_string())
            .join(name),
    )
}
