//! The windows: built here and not in the configuration, because each profile has its own
//! folder for what the webview writes.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

/// The label of the main window, as in its capability file.
const MAIN: &str = "main";

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
        .map(drop)
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
