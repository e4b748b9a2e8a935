//! Addresses and files that are opened outside the app.

use std::path::Path;

use nous_api::{ApiError, ErrorCode};
use tauri::Url;

/// Opens a web address in the system's browser.
///
/// # Errors
/// [`ErrorCode::Unexpected`] for any other scheme than `http` and `https`, or when there is
/// no browser.
pub(crate) fn open(text: &str) -> Result<(), ApiError> {
    let url = web_address(text).ok_or_else(|| ApiError::new(ErrorCode::Unexpected))?;
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
        .map_err(|_| ApiError::new(ErrorCode::Unexpected))
}

/// Opens a file in the program that the system has for it.
///
/// # Errors
/// [`ErrorCode::Unexpected`] when it is gone, or nothing opens files.
pub(crate) fn open_file(path: &Path) -> Result<(), ApiError> {
    tauri_plugin_opener::open_path(path, None::<&str>).map_err(|_| ApiError::new(ErrorCode::Unexpected))
}

/// The address, if it is one of the web. Read once here, so that what is checked is what is opened.
fn web_address(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for text in ["https://example.org/a?b#c", "http://example.org"] {
            assert!(web_address(text).is_some(), "{text}");
        }
        for text in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "mailto:a@b.c",
            "/bin/sh",
            "--help",
            "",
        ] {
            assert!(web_address(text).is_none(), "{text}");
        }
    }
}
