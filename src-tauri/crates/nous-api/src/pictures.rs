//! Pictures of profiles.

use std::path::PathBuf;

use nous_client::nous_media::pictures::still::{Pixels, file_of};
use nous_client::pictures::process::{Crop, MAX_INPUT_BYTES};
use nous_client::pictures::{PictureError, PictureSize};
use nous_client::storage::pictures::OwnPicture;

use crate::account::get_account;
use crate::app::App;
use crate::convert::{kept_failure, unexpected};
use crate::errors::{ApiError, ErrorCode};
use crate::files::read_dropped;
use crate::ids::PictureId;
use crate::requests::{CropSquare, SetPictureRequest};
use crate::rows::{AccountRow, PictureUpload, StagedPictureRow};

const MEGABYTE: usize = 1_000_000;

impl From<PictureError> for ApiError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Unknown => Self::new(ErrorCode::PictureUnknown),
            PictureError::Damaged | PictureError::TooSlow => Self::new(ErrorCode::PictureDamaged),
            PictureError::TooLarge(bytes) => {
                Self::new(ErrorCode::PictureTooLarge).with("limitMb", bytes / MEGABYTE)
            }
            PictureError::TooManyPixels(limit) => {
                Self::new(ErrorCode::PictureTooManyPixels).with("limitMegapixels", limit)
            }
            PictureError::NotStaged => Self::new(ErrorCode::PictureGone),
            PictureError::Client(error) => error.into(),
            PictureError::Crop => unexpected(&error),
        }
    }
}

/// How far the own picture is.
pub(crate) fn upload(own: Option<OwnPicture>) -> PictureUpload {
    match own {
        // One that is uploaded again is there for others as long as it lives.
        Some(own) if own.is_upload_due && own.url.is_empty() => PictureUpload::Waiting {
            error: kept_failure(&own.error).map(too_large_picture),
        },
        _ => PictureUpload::Done,
    }
}

/// A picture has another text than a message.
fn too_large_picture(error: ApiError) -> ApiError {
    match error.code {
        ErrorCode::TooLarge => {
            let limit = nous_client::pictures::process::MAX_ANIMATED_BYTES;
            PictureError::TooLarge(limit).into()
        }
        _ => error,
    }
}

/// Opens a picture that a person chose; nothing changes before [`set_picture`]. Staging another
/// forgets the one before.
///
/// # Errors
/// `PictureUnknown`, `PictureDamaged`, `PictureTooLarge`, `PictureTooManyPixels`, `NoAccount`.
pub async fn stage_picture(app: &App, bytes: Vec<u8>) -> Result<StagedPictureRow, ApiError> {
    let staged = app.client.stage_picture(bytes).await?;
    Ok(StagedPictureRow {
        id: PictureId(staged.id),
        width_px: staged.width,
        height_px: staged.height,
        is_animated: staged.is_animated,
    })
}

/// The same with the file that was dropped.
///
/// # Errors
/// `SeveralFiles`, `FileIsFolder`, `FileUnreadable`, and those of [`stage_picture`].
pub async fn stage_dropped_picture(app: &App, files: Vec<PathBuf>) -> Result<StagedPictureRow, ApiError> {
    let read = read_dropped(files, MAX_INPUT_BYTES).await;
    let bytes = read.map_err(|error| match error.code {
        ErrorCode::FileTooLarge => PictureError::TooLarge(MAX_INPUT_BYTES).into(),
        _ => error,
    })?;
    stage_picture(app, bytes).await
}

/// Forgets the staged picture.
pub fn discard_staged_picture(app: &App) {
    app.client.unstage_picture();
}

/// Takes the staged picture as our own. It is written down before this returns, and goes out
/// by itself.
///
/// # Errors
/// `PictureGone` if it is not staged any more, or what the disk said.
pub async fn set_picture(app: &App, request: SetPictureRequest) -> Result<AccountRow, ApiError> {
    let crop = request.crop.map(crop_of);
    app.client.set_picture(&request.staged.0, crop).await?;
    get_account(app).await
}

pub(crate) const fn crop_of(crop: CropSquare) -> Crop {
    Crop {
        quarter_turns: crop.quarter_turns,
        x: crop.x_px,
        y: crop.y_px,
        side: crop.side_px,
    }
}

/// Removes our own picture, on all devices and from what contacts see.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn remove_picture(app: &App) -> Result<AccountRow, ApiError> {
    app.client.remove_picture().await?;
    get_account(app).await
}

/// What a page shows under a path of the media scheme, always a JPEG: `/picture/<id>/small`
/// (at most 192 px), `/picture/<id>/large` (at most 600 px), `/staged/<id>` (at most 1,024 px),
/// `/thumbnail/<id>` (at most 704 px, of a file of a message, or one that was chosen).
/// `None` for everything else, and for what may not be shown any more.
///
/// # Errors
/// `Locked`, `NoAccount`, or what the database said.
///
/// Source: `architecture.md` §8.5.
pub async fn get_media(app: &App, path: &str) -> Result<Option<Vec<u8>>, ApiError> {
    let mut parts = path.trim_start_matches('/').split('/');
    let asked = (parts.next(), parts.next(), parts.next(), parts.next());
    let (id, size) = match asked {
        (Some("picture"), Some(id), Some("small"), None) => (id, PictureSize::Small),
        (Some("picture"), Some(id), Some("large"), None) => (id, PictureSize::Large),
        (Some("staged"), Some(id), None, None) => {
            return Ok(app.client.staged_preview(id).map(|preview| preview.to_vec()));
        }
        (Some("thumbnail"), Some(id), None, None) => {
            return Ok(app.client.thumbnail(id.to_owned()).await?);
        }
        _ => return Ok(None),
    };
    Ok(app.client.picture(id.to_owned(), size).await?)
}

/// The file of a picture on the clipboard, as PNG. Blocks. `rgba`: four bytes for each pixel.
///
/// # Errors
/// `PictureDamaged` if there are not as many pixels.
pub fn copied_picture(width: u32, height: u32, rgba: Vec<u8>) -> Result<Vec<u8>, ApiError> {
    let file = file_of(Pixels { width, height, rgba });
    file.ok_or_else(|| ApiError::new(ErrorCode::PictureDamaged))
}
