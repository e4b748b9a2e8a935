//! One running app per profile: a second start asks the first to show its window.
//!
//! The first listens on a local socket in the profile's folder. Which of the two is first is
//! decided by the profile's lock, never by this socket.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The socket's name in the profile's folder.
const SOCKET: &str = "show.sock";
/// What a second start says and hears.
const SHOW: &[u8; 4] = b"show";
/// How long a second start waits for the first to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the app that uses this profile to come forward. Answers whether there is one.
pub(crate) fn show_running(profile: &Path) -> bool {
    ask(profile).is_ok()
}

fn ask(profile: &Path) -> io::Result<()> {
    let folder = Folder::open(profile)?;
    let mut stream = UnixStream::connect(folder.socket())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(SHOW)?;
    let mut heard = [0; SHOW.len()];
    stream.read_exact(&mut heard)?;
    if heard == *SHOW {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// Listens for second starts and calls `show` for each, on a thread of its own that ends with
/// the process. Only for the holder of the profile's lock: a socket left there is replaced.
///
/// # Errors
/// When the folder cannot be written.
#[expect(
    clippy::disallowed_methods,
    reason = "one blocking accept loop, for the life of the process"
)]
pub(crate) fn listen(profile: &Path, show: impl Fn() + Send + 'static) -> io::Result<()> {
    let folder = Folder::open(profile)?;
    match fs::remove_file(folder.socket()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(folder.socket())?;
    fs::set_permissions(folder.socket(), fs::Permissions::from_mode(0o600))?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if answer(&mut stream).is_ok() {
                show();
            }
        }
    });
    Ok(())
}

/// Removes the socket at exit.
pub(crate) fn forget(profile: &Path) {
    let _ = fs::remove_file(profile.join(SOCKET));
}

fn answer(stream: &mut UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut heard = [0; SHOW.len()];
    stream.read_exact(&mut heard)?;
    if heard != *SHOW {
        return Err(io::ErrorKind::InvalidData.into());
    }
    stream.write_all(SHOW)
}

/// An open folder. A socket's address holds about 100 bytes only, so it is reached through the
/// open folder and not by its path.
struct Folder(File);

impl Folder {
    fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    fn socket(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", self.0.as_raw_fd()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn second_start_shows_the_first_and_without_a_first_there_is_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("long".repeat(60));
        fs::create_dir(&profile).unwrap();
        assert!(!show_running(&profile));
        let (send, shown) = sync_channel(1);
        listen(&profile, move || send.send(()).unwrap()).unwrap();
        assert!(show_running(&profile));
        shown.recv_timeout(PATIENCE).unwrap();
        forget(&profile);
        assert!(!show_running(&profile));
    }

    #[test]
    fn socket_left_by_a_killed_app_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        drop(UnixListener::bind(folder.path().join(SOCKET)).unwrap());
        assert!(!show_running(folder.path()));
        listen(folder.path(), || ()).unwrap();
        assert!(show_running(folder.path()));
    }
}
