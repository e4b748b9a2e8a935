//! Previews of links, made by the sender only, and only where the person wants it: the site sees our
//! address. What was found of a page is kept until the message with its link goes, or is given up.
//!
//! Source: `messages.md` §13, `product.md` §13.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nous_network::preview::Page;
use nous_storage::attachments::staged;
use nous_storage::attachments::{FileFacts, FileKind};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Card};
use nous_storage::outbox;

use crate::cards::line;
use crate::core::Core;
use crate::error::ClientError;
use crate::files::{FilesError, staging};
use crate::media::{self, Ready};

/// The setting for making previews; if it was never set, it is off.
pub const MADE: &str = "previews.made";
/// So many are kept at a time, of several conversations; older ones make room.
const MOST: usize = 16;

/// What was found of a page, for who writes its link.
#[derive(Clone, PartialEq, Eq)]
pub struct MadePreview {
    /// Its name until the message goes.
    pub id: String,
    /// The link, as it stands in the text.
    pub url: String,
    /// The page's title; empty: none.
    pub title: String,
    /// How screens call the picture, if there is one.
    pub picture: Option<String>,
}

/// Shows nothing of the page.
impl std::fmt::Debug for MadePreview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MadePreview(…)")
    }
}

/// A preview that waits for its message.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    id: String,
    url: String,
    title: String,
    /// Its picture, among the files that were chosen.
    file: Option<String>,
}

/// Those that wait. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Previews(Arc<Mutex<VecDeque<Waiting>>>);

impl Previews {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps one; answers the one that makes room for it.
    fn put(&self, waiting: Waiting) -> Option<Waiting> {
        let mut all = self.lock();
        all.push_back(waiting);
        if all.len() > MOST { all.pop_front() } else { None }
    }

    /// The one of this name, for a text that holds its link.
    pub(crate) fn of_text(&self, id: &str, text: &str) -> Option<Waiting> {
        let all = self.lock();
        all.iter()
            .find(|one| one.id == id && text.contains(&one.url))
            .cloned()
    }

    fn take(&self, id: &str) -> Option<Waiting> {
        let mut all = self.lock();
        let place = all.iter().position(|one| one.id == id)?;
        all.remove(place)
    }
}

/// Keeps what was found of a page: its title in one line, its picture small and without metadata. `None`
/// if nothing of it can be shown.
///
/// # Errors
/// What the database or the disk said.
pub async fn keep(core: &Core, page: Page) -> Result<Option<MadePreview>, FilesError> {
    let Page { url, title, picture } = page;
    let title = title.as_deref().map(line).unwrap_or_default();
    let ready = match picture {
        Some(file) => made_small(core, file).await,
        None => None,
    };
    if title.is_empty() && ready.is_none() {
        return Ok(None);
    }
    let staged = match ready {
        Some(ready) => Some(staging::stage_ready(core, None, ready).await?),
        None => None,
    };
    let (file, picture) = staged.map(|file| (file.id, file.thumbnail)).unzip();
    let waiting = Waiting {
        id: hex::encode(rand::random::<[u8; 16]>()),
        url: url.clone(),
        title: title.clone(),
        file,
    };
    let made = MadePreview {
        id: waiting.id.clone(),
        url,
        title,
        picture: picture.flatten(),
    };
    if let Some(oldest) = core.previews.put(waiting) {
        forget(core, oldest).await?;
    }
    Ok(Some(made))
}

/// The picture of a page as it is sent; `None` if it is none, or is too much to read.
async fn made_small(core: &Core, file: Vec<u8>) -> Option<Ready> {
    let made = media::preview(&core.media, file).await;
    let (jpeg, width, height) = made
        .inspect_err(|error| tracing::debug!(%error, "the picture of a page is not used"))
        .ok()?;
    Some(Ready {
        facts: FileFacts {
            name: String::new(),
            content_type: "image/jpeg".to_owned(),
            kind: FileKind::Picture,
            size: Some(jpeg.len() as u64),
            width: Some(width),
            height: Some(height),
            duration_ms: None,
            waveform: Vec::new(),
            is_animated: false,
            is_program: false,
            caption: String::new(),
        },
        // It is small already.
        thumbnail: Some(jpeg.clone()),
        bytes: jpeg,
    })
}

/// Gives up a preview that waits.
///
/// # Errors
/// What the database said.
pub async fn discard(core: &Core, id: &str) -> Result<(), ClientError> {
    match core.previews.take(id) {
        Some(waiting) => forget(core, waiting).await,
        None => Ok(()),
    }
}

/// Its message was written down: what that has not taken goes.
pub(crate) async fn let_go(core: &Core, id: &str) {
    if let Err(error) = discard(core, id).await {
        tracing::warn!(%error, "a preview cannot be given up");
    }
}

/// A picture that a message has taken is not chosen any more, and stays.
async fn forget(core: &Core, waiting: Waiting) -> Result<(), ClientError> {
    match waiting.file {
        Some(file) => staging::discard(core, vec![file]).await,
        None => Ok(()),
    }
}

/// Gives an own message its preview, if it has one. `has_picture`: its picture goes along, and the
/// message waits until that is uploaded; people who have not accepted us get the title only.
///
/// # Errors
/// What the database said.
pub(crate) fn attach(
    writer: &mut Writer<'_>,
    message: MessageKey,
    waiting: Option<&Waiting>,
    has_picture: bool,
) -> Result<(), StorageError> {
    let Some(waiting) = waiting else {
        return Ok(());
    };
    let file = waiting.file.as_ref().filter(|_| has_picture);
    if waiting.title.is_empty() && file.is_none() {
        return Ok(());
    }
    let card = Card::Preview {
        url: waiting.url.clone(),
        title: waiting.title.clone(),
    };
    messages::set_card(writer, message, &card)?;
    if let Some(file) = file
        && staged::attach_to_preview(writer, message, file)?
    {
        outbox::await_uploads(writer, message)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn waiting(n: usize) -> Waiting {
        Waiting {
            id: n.to_string(),
            url: format!("https://example.org/{n}"),
            title: "t".into(),
            file: None,
        }
    }

    #[test]
    fn a_preview_goes_with_a_text_that_holds_its_link_only() {
        let previews = Previews::default();
        assert!(previews.put(waiting(1)).is_none());
        assert!(previews.of_text("1", "see https://example.org/1!").is_some());
        assert!(previews.of_text("1", "see nothing").is_none());
        assert!(previews.of_text("2", "see https://example.org/1").is_none());
        assert!(previews.take("1").is_some() && previews.take("1").is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let previews = Previews::default();
        for n in 0..MOST {
            assert!(previews.put(waiting(n)).is_none());
        }
        assert_eq!(previews.put(waiting(MOST)).unwrap().id, "0");
    }
}
