//! A window of the same toolkit with an empty page: the ground above which the app's memory is
//! measured.

use std::borrow::Cow;
use std::process::ExitCode;

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// From a scheme of its own, as the app's page is: `about:blank` starts no web process.
const SCHEME: &str = "bare";
const PAGE: &[u8] = b"<!doctype html><title>Bare</title>";

fn main() -> ExitCode {
    let built = tauri::Builder::default()
        .register_uri_scheme_protocol(SCHEME, |_, _| {
            let mut page = Response::new(Cow::Borrowed(PAGE));
            let html = tauri::http::HeaderValue::from_static("text/html");
            page.headers_mut().insert("content-type", html);
            page
        })
        .setup(|app| {
            let page = WebviewUrl::CustomProtocol(format!("{SCHEME}://localhost/").parse()?);
            WebviewWindowBuilder::new(app, "bare", page)
                .inner_size(1080.0, 720.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("tauri.conf.json"));
    if built.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
