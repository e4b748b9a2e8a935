//! The Debian package.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use crate::doctor::Purpose;
use crate::{Outcome, app, command, place, setup};

/// Tauri's bundler, an npm package.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Builds the package and prints where it is.
///
/// # Errors
/// A sentence, when it does not build.
pub(crate) fn package() -> Outcome {
    setup::prepare(Purpose::Build)?;
    app::build_ui()?;
    let mut bundler = Command::new("npx");
    bundler
        .args(["--yes", BUNDLER, "build", "--ci", "--bundles", "deb"])
        .current_dir(place::root());
    bundler
        .env("CARGO_TARGET_DIR", place::target())
        .env_remove("CARGO_MANIFEST_DIR");
    command::run(&mut bundler)?;
    let file = newest(place::target().join("release/bundle/deb")).ok_or("the bundler made no package")?;
    println!("{}", file.display());
    Ok(())
}

fn newest(folder: PathBuf) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let packages = files.filter(|path| path.extension().is_some_and(|extension| extension == "deb"));
    packages.max_by_key(|path| {
        fs::metadata(path)
            .and_then(|data| data.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    })
}
