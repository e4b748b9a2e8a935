//! The windows: built here and not in the configuration, because each profile has its own
//! folder for what the webview writes.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::spelling;

/// The label of the main window, as in its capability file.
pub(crate) const MAIN: &str = "main";
/// The origin of the app's own pages, as the web engine names it.
pub(crate) const OWN_ORIGIN: &str = if cfg!(any(windows, target_os = "android")) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};
const BETWEEN_LOOKS: Duration = Duration::from_millis(40);
const LOOKS_QUIET: u32 = 4;
const LOOKS_AT_MOST: u32 = 40;

/// Opens the main window. The webview writes into `webview_folder`, which is emptied first.
///
/// # Errors
/// When the system has no window for us.
pub(crate) fn open_main(app: &AppHandle, webview_folder: &Path) -> tauri::Result<()> {
    erase(webview_folder);
    let _ = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(webview_folder);
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Entre Nous")
        .inner_size(1080.0, 720.0)
        .min_inner_size(360.0, 480.0)
        .data_directory(webview_folder.to_owned())
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(|window| spelling::allow(&window))
}

/// Brings the main window forward.
pub(crate) fn show_main(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Remembers size and place of windows in the profile.
pub(crate) fn remember(profile: &Path) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let file: PathBuf = profile.join("windows.json");
    tauri_plugin_window_state::Builder::new()
        .with_filename(file.to_string_lossy())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Removes what the webview wrote.
pub(crate) fn erase(webview_folder: &Path) {
    if let Err(error) = fs::remove_dir_all(webview_folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(kind = ?error.kind(), "the webview's folder could not be erased");
    }
}

/// Removes what the webview wrote, at the end. Its processes outlive the window and write once
/// more when they close, so they are ended first, and this looks until nothing comes back.
#[expect(
    clippy::disallowed_methods,
    reason = "after the event loop, and nothing says when they are gone"
)]
pub(crate) fn erase_at_end(webview_folder: &Path) {
    for process in webview_processes() {
        let _ = kill_process(process, Signal::KILL);
    }
    let mut quiet = 0;
    for _ in 0..LOOKS_AT_MOST {
        if webview_folder.exists() {
            erase(webview_folder);
            quiet = 0;
        } else {
            quiet += 1;
        }
        if quiet > LOOKS_QUIET {
            return;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Our own child processes that draw pages and load them.
fn webview_processes() -> Vec<Pid> {
    let own = std::process::id();
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let stats = processes
        .flatten()
        .filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    stats.filter_map(|stat| webview_child(&stat, own)).collect()
}

/// Reads `41 (WebKitWebProcess) S 12 …`: the process id, if it is a child of `parent`.
fn webview_child(stat: &str, parent: u32) -> Option<Pid> {
    let (id, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let is_child = rest.split(' ').nth(1)?.parse() == Ok(parent);
    if is_child && name.starts_with("WebKit") {
        Pid::from_raw(id.parse().ok()?)
    } else {
        None
    }
}

/// The webview stays on the app's own pages, whatever a text or link tries.
fn is_own_page(url: &Url) -> bool {
    url.scheme() == "tauri" || (url.scheme() == "http" && url.host_str() == Some("tauri.localhost"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use super::*;

    #[test]
    fn window_stays_on_own_pages() {
        let own = |text: &str| is_own_page(&Url::parse(text).unwrap());
        assert!(own("tauri://localhost/index.html"));
        assert!(own(OWN_ORIGIN));
        for text in [
            "https://example.org/",
            "http://localhost/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!own(text), "{text}");
        }
    }

    #[test]
    fn only_own_webview_processes_are_found() {
        let id = |stat: &str| webview_child(stat, 12).map(|pid| pid.as_raw_nonzero().get());
        assert_eq!(id("41 (WebKitNetworkProcess) S 12 1 1 0"), Some(41));
        assert_eq!(id("41 (WebKitNetworkProcess) S 13 1 1 0"), None);
        assert_eq!(id("41 (dbus-daemon) S 12 1 1 0"), None);
        assert_eq!(id("41 (WebKit) (x) S 12 1 1 0"), Some(41));
        assert_eq!(id(""), None);
    }

    #[test]
    fn erasing_leaves_nothing_and_can_be_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let webview = folder.path().join("webview");
        fs::create_dir_all(webview.join("storage/deep")).unwrap();
        fs::write(webview.join("storage/deep/file"), "x").unwrap();
        erase(&webview);
        erase(&webview);
        assert!(!webview.exists());
    }
}
