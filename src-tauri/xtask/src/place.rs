//! Where things are: the checkout, and the folder that cargo builds into.

use std::env;
use std::path::PathBuf;

/// The top of the checkout.
pub(crate) fn root() -> PathBuf {
    let own =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.ancestors().nth(2).map_or_else(|| own.clone(), PathBuf::from)
}

/// The folder that cargo builds into: `CARGO_TARGET_DIR`, else one outside the checkout.
pub(crate) fn target() -> PathBuf {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
        return std::path::absolute(&folder).unwrap_or_else(|_| folder.into());
    }
    let own_cache = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let base = cache.or_else(own_cache).unwrap_or_else(env::temp_dir);
    base.join("entre-nous/target")
}

/// The folder of the screens' sources.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}
