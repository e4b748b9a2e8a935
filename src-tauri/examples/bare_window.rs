//! An empty window of the same toolkit: the ground above which the app's memory is measured.

use std::process::ExitCode;

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> ExitCode {
    let built = tauri::Builder::default()
        .setup(|app| {
            let blank = WebviewUrl::External("about:blank".parse()?);
            WebviewWindowBuilder::new(app, "bare", blank)
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
