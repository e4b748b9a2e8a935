//! The clipboard: copying, and taking a copied secret away again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nous_api::{ApiError, ErrorCode};
use tauri::image::Image;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_clipboard_manager::ClipboardExt;
use zeroize::Zeroizing;

/// How long a secret stays on the clipboard.
const SECRET_STAYS: Duration = Duration::from_secs(60);

/// The secret that was copied last and may still be on the clipboard.
#[derive(Default)]
pub(crate) struct CopiedSecret(Mutex<Copied>);

#[derive(Default)]
struct Copied {
    /// How many were copied: each has its own 60 s.
    count: u64,
    secret: Option<Zeroizing<String>>,
}

/// Puts a text on the clipboard.
///
/// # Errors
/// [`ErrorCode::Unexpected`] when the desktop has no clipboard.
pub(crate) fn copy(app: &AppHandle, text: String) -> Result<(), ApiError> {
    app.clipboard()
        .write_text(text)
        .map_err(|_| ApiError::new(ErrorCode::Unexpected))
}

/// The picture on the clipboard: width, height, and four bytes for each pixel.
///
/// # Errors
/// [`ErrorCode::ClipboardWithoutPicture`].
pub(crate) async fn picture<R: Runtime>(app: &AppHandle<R>) -> Result<(u32, u32, Vec<u8>), ApiError> {
    let app = app.clone();
    // Another program hands it over, and may take its time.
    let read = tauri::async_runtime::spawn_blocking(move || {
        let picture = app.clipboard().read_image().ok()?;
        Some((picture.width(), picture.height(), picture.rgba().to_vec()))
    });
    let picture = read.await.ok().flatten();
    picture.ok_or_else(|| ApiError::new(ErrorCode::ClipboardWithoutPicture))
}

/// The same as a PNG file.
///
/// # Errors
/// [`ErrorCode::ClipboardWithoutPicture`]; [`ErrorCode::PictureDamaged`].
pub(crate) async fn picture_file<R: Runtime>(app: &AppHandle<R>) -> Result<Vec<u8>, ApiError> {
    let (width, height, rgba) = picture(app).await?;
    let written = move || nous_api::pictures::copied_picture(width, height, rgba);
    let written = tauri::async_runtime::spawn_blocking(written).await;
    written.map_err(|_| ApiError::new(ErrorCode::Unexpected))?
}

/// Puts a picture on the clipboard; it has four bytes for each pixel.
///
/// # Errors
/// [`ErrorCode::Unexpected`] when the desktop has no clipboard.
pub(crate) async fn copy_picture(
    app: &AppHandle,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
) -> Result<(), ApiError> {
    let app = app.clone();
    // It is written in the form that other programs read, which takes its time.
    let written = tauri::async_runtime::spawn_blocking(move || {
        let picture = Image::new_owned(rgba, width, height);
        app.clipboard().write_image(&picture).is_ok()
    });
    match written.await {
        Ok(true) => Ok(()),
        _ => Err(ApiError::new(ErrorCode::Unexpected)),
    }
}

/// Puts a secret on the clipboard and takes it away after 60 s.
///
/// # Errors
/// [`ErrorCode::Unexpected`] when the desktop has no clipboard.
pub(crate) fn copy_secret(app: &AppHandle, text: String) -> Result<(), ApiError> {
    let secret = Zeroizing::new(text);
    app.clipboard()
        .write_secret(secret.as_str())
        .map_err(|_| ApiError::new(ErrorCode::Unexpected))?;
    let copied = remember(app, secret);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SECRET_STAYS).await;
        if with(&app, |now| now.count == copied) {
            forget_secret(&app);
        }
    });
    Ok(())
}

/// Empties the clipboard if it still holds the secret that was copied last.
pub(crate) fn forget_secret(app: &AppHandle) {
    let Some(secret) = with(app, |copied| copied.secret.take()) else {
        return;
    };
    let is_there = app
        .clipboard()
        .read_text()
        .map(Zeroizing::new)
        .is_ok_and(|text| *text == *secret);
    if is_there && app.clipboard().clear().is_err() {
        tracing::warn!("the copied secret could not be taken off the clipboard");
    }
}

/// Remembers a secret; answers its number.
fn remember(app: &AppHandle, secret: Zeroizing<String>) -> u64 {
    with(app, |copied| {
        copied.count += 1;
        copied.secret = Some(secret);
        copied.count
    })
}

fn with<T>(app: &AppHandle, use_it: impl FnOnce(&mut Copied) -> T) -> T {
    let state = app.state::<CopiedSecret>();
    let mut copied = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    use_it(&mut copied)
}
