//! Previews of links that are written, and the cards below messages.

use nous_client::previews::MadePreview;
use nous_client::storage::attachments::{Attachment, FileState};
use nous_client::storage::messages::Card;

use crate::app::App;
use crate::errors::ApiError;
use crate::ids::{LinkPreviewId, PictureId};
use crate::rows::{CommunityInvitationRow, LinkPreviewRow, MadePreviewRow};

/// Looks at the page behind a link, directly: its site sees our address. `None` while the person does not
/// want that, for links that are not looked at, and for pages that show nothing. Takes up to 20 seconds.
///
/// # Errors
/// `Locked`, `NoAccount`, or what the database or the disk said.
pub async fn preview_link(app: &App, url: String) -> Result<Option<MadePreviewRow>, ApiError> {
    Ok(app.client.make_preview(&url).await?.map(made))
}

/// Gives up a preview that is not sent.
///
/// # Errors
/// What the database said.
pub async fn discard_link_preview(app: &App, preview: LinkPreviewId) -> Result<(), ApiError> {
    Ok(app.client.discard_preview(&preview.0).await?)
}

fn made(found: MadePreview) -> MadePreviewRow {
    MadePreviewRow {
        id: LinkPreviewId(found.id),
        url: found.url,
        title: Some(found.title).filter(|title| !title.is_empty()),
        image: found.picture.map(PictureId),
    }
}

/// The card of a message, as what faces show.
pub(crate) fn rows(
    card: Option<Card>,
    picture: Option<Attachment>,
) -> (Option<LinkPreviewRow>, Option<CommunityInvitationRow>) {
    match card {
        Some(Card::Preview { url, title }) => {
            let index = picture.as_ref().filter(|picture| can_be_fetched(picture.state));
            let preview = LinkPreviewRow {
                url,
                title: Some(title).filter(|title| !title.is_empty()),
                image_index: index.map(|picture| picture.place),
                image: picture.and_then(|picture| picture.thumbnail).map(PictureId),
            };
            (Some(preview), None)
        }
        Some(Card::Invitation { url, name }) => (None, Some(CommunityInvitationRow { url, name })),
        None => (None, None),
    }
}

const fn can_be_fetched(state: FileState) -> bool {
    matches!(state, FileState::Remote | FileState::Failed)
}
