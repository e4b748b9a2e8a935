//! Tells Tauri which commands exist, so that each needs a permission of its own, and
//! builds the app again when the embedded pages changed.

#[path = "src/command_names.rs"]
mod command_names;

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/src/command_names.rs");
    println!("cargo:rerun-if-changed=ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(command_names::COMMANDS);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        for line in format!("{error:#}").lines() {
            println!("cargo:warning={line}");
        }
        std::process::exit(1);
    }
}
