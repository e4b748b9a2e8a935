//! Pictures of profiles: set, and waited for.

use std::io::Cursor;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nous_api::ids::{ConversationId, PictureId};
use nous_api::requests::SetPictureRequest;
use nous_api::rows::PictureUpload;
use nous_api::{App, account, conversations, pictures, subscriptions};

const PATIENCE: Duration = Duration::from_secs(60);

/// Takes a picture of one shade of red as the own one.
pub(crate) async fn choose(app: &App, shade: u8) -> Result<()> {
    let request = stage(app, shade).await?;
    pictures::set_picture(app, request).await?;
    Ok(())
}

/// A picture of one shade of red, ready to be taken.
pub(crate) async fn stage(app: &App, shade: u8) -> Result<SetPictureRequest> {
    let picture = image::RgbImage::from_pixel(300, 200, image::Rgb([shade, 90, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg)?;
    let staged = pictures::stage_picture(app, bytes.into_inner()).await?;
    Ok(SetPictureRequest {
        staged: staged.id,
        crop: None,
    })
}

/// Waits until the own picture is at the server, and everything that devices share in the swarm.
pub(crate) async fn settle(app: &App) -> Result<()> {
    until(app, async || {
        let row = account::get_account(app).await?;
        Ok(row.picture_upload == PictureUpload::Done)
    })
    .await?;
    crate::sync_all(app).await
}

/// Waits until the picture of somebody, or the own one, has this shade.
pub(crate) async fn see(app: &App, of: &str, shade: u8) -> Result<()> {
    until(app, async || {
        let Some(id) = picture_of(app, of).await? else {
            return Ok(false);
        };
        let path = format!("/picture/{id}/large");
        let Some(jpeg) = pictures::get_media(app, &path).await? else {
            return Ok(false);
        };
        let picture = image::load_from_memory(&jpeg)?.to_rgb8();
        Ok(picture.get_pixel(10, 10).0[0].abs_diff(shade) < 8)
    })
    .await
}

async fn picture_of(app: &App, of: &str) -> Result<Option<PictureId>> {
    let own = account::get_account(app).await?;
    if own.account_id == of {
        return Ok(own.picture);
    }
    let asked = vec![ConversationId(of.to_owned())];
    let rows = conversations::get_conversations(app, asked).await?;
    Ok(rows.into_iter().next().and_then(|row| row.picture))
}

/// Looks again with every event until something holds, but not for ever.
async fn until(app: &App, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let waited = tokio::time::timeout(PATIENCE, look(app, holds)).await;
    waited.context("waited in vain")?
}

async fn look(app: &App, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let mut events = app.subscribe();
    while !holds().await? {
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}
