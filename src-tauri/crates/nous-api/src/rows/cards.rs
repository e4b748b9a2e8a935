//! Cards below messages: previews of links, invitations to communities.

use serde::{Deserialize, Serialize};

use crate::ids::{LinkPreviewId, PictureId};

/// The preview of a link, as its sender made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LinkPreviewRow {
    /// Where it leads; opened only when it is clicked.
    pub url: String,
    /// The page's title; `null` if it has none.
    pub title: Option<String>,
    /// Its picture, once it is here.
    pub image: Option<PictureId>,
    /// The picture's place among the files of the message, while it can be fetched.
    pub image_index: Option<u32>,
}

/// An invitation to a community; nothing is joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CommunityInvitationRow {
    /// Its link.
    pub url: String,
    /// What the room is called; may be empty.
    pub name: String,
}

/// What was found of the page behind a link that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MadePreviewRow {
    /// Its name until the message goes.
    pub id: LinkPreviewId,
    /// The link, as it stands in the text.
    pub url: String,
    /// The page's title; `null` if it has none.
    pub title: Option<String>,
    /// Its picture, if there is one.
    pub image: Option<PictureId>,
}
