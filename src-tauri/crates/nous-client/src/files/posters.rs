//! Small pictures of films, which a page draws: of those that were chosen before they are sent, of
//! others when they are first seen.
//!
//! Source: `messages.md` §11.5.

use nous_protocol::account::ConversationId;
use nous_storage::attachments;
use nous_storage::attachments::posters::{self, Poster};
use nous_storage::ids::MessageKey;
use nous_storage::messages;

use super::{FilesError, on_disk};
use crate::core::Core;
use crate::error::ClientError;
use crate::media;
use crate::pictures::remove_files;

/// Which film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Film {
    /// Of a message.
    Message {
        /// In which conversation.
        peer: ConversationId,
        /// Which message.
        message: MessageKey,
        /// Its place among the files of the message.
        place: u32,
    },
    /// One that was chosen.
    Staged(String),
}

/// Keeps what a page drew of a film. A film that has a picture keeps it.
///
/// # Errors
/// [`FilesError::Picture`] if it is none, or what the database or the disk said.
pub(crate) async fn set(
    core: &Core,
    film: Film,
    drawn: Vec<u8>,
    duration_ms: Option<u32>,
) -> Result<(), FilesError> {
    let (jpeg, width, height) = media::poster(&core.media, drawn).await?;
    let _turn = core.files.writing().await;
    let files = core.files.clone();
    let file = on_disk(move || files.put(&jpeg)).await?;
    let (name, shown) = (file.name.clone(), film.clone());
    let kept = core.db.write(move |writer| {
        let poster = Poster {
            file: &file,
            width,
            height,
            duration_ms,
        };
        match &film {
            Film::Message { message, place, .. } => {
                let found = attachments::find(&writer.reader(), *message, *place)?;
                found.map_or(Ok(false), |found| posters::of_message(writer, found.key, &poster))
            }
            Film::Staged(id) => posters::of_staged(writer, id, &poster),
        }
    });
    if !kept.await.map_err(ClientError::from)? {
        remove_files(core, vec![name]).await?;
        return Ok(());
    }
    if let Film::Message { peer, message, .. } = shown {
        // What answers it shows its small picture too.
        let quoting = core.db.read(move |reader| messages::quoting(reader, &[message]));
        let quoting = quoting.await.map_err(ClientError::from)?;
        core.announce_messages(peer, std::iter::once(message).chain(quoting).collect());
    }
    Ok(())
}
