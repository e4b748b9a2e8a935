//! Messages with a file: sent, fetched, deleted.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::SendMessageRequest;
use nous_api::rows::AttachmentState;
use nous_api::{App, attachments, conversations, messages, subscriptions};

use crate::{said, sent};

const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a text with a file once, however often it is asked, and waits until nothing of it waits.
pub(crate) async fn send(app: &App, to: String, text: String, file: PathBuf) -> Result<()> {
    let conversation = conversations::open_conversation(app, to.clone()).await?.id;
    if let Some(id) = said(app, &to, &text).await? {
        return sent(app, id).await;
    }
    let id = chosen(app, &conversation, file).await?;
    let request = SendMessageRequest {
        conversation,
        client_token: format!("token of {text}"),
        body: text,
        quote: None,
        attachments: vec![id],
        preview: None,
    };
    sent(app, messages::send_message(app, request).await?.remove(0).id).await
}

/// Sends a text with the same file twice, which goes as two messages, and waits until nothing of them waits.
pub(crate) async fn send_two(app: &App, to: String, text: String, file: PathBuf) -> Result<()> {
    let conversation = conversations::open_conversation(app, to).await?.id;
    let mut staged = attachments::list_staged_files(app, conversation.clone()).await?;
    while staged.len() < 2 {
        let chosen = attachments::stage_path(app, Some(conversation.clone()), file.clone(), false);
        staged.push(chosen.await?);
    }
    let request = SendMessageRequest {
        conversation,
        client_token: format!("token of {text}"),
        body: text,
        quote: None,
        attachments: staged.into_iter().map(|row| row.id).collect(),
        preview: None,
    };
    for row in messages::send_message(app, request).await? {
        sent(app, row.id).await?;
    }
    Ok(())
}

/// Sends a text with all pictures of a folder once, as one message, however often it is asked, and waits
/// until nothing of it waits.
pub(crate) async fn send_album(app: &App, to: String, text: String, folder: PathBuf) -> Result<()> {
    let conversation = conversations::open_conversation(app, to.clone()).await?.id;
    if let Some(id) = said(app, &to, &text).await? {
        return sent(app, id).await;
    }
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut pictures = entries.collect::<std::io::Result<Vec<PathBuf>>>()?;
    pictures.sort();
    let mut staged = attachments::list_staged_files(app, conversation.clone()).await?;
    for picture in pictures.into_iter().skip(staged.len()) {
        let chosen = attachments::stage_path(app, Some(conversation.clone()), picture, true);
        staged.push(chosen.await?);
    }
    let request = SendMessageRequest {
        conversation,
        client_token: format!("token of {text}"),
        body: text,
        quote: None,
        attachments: staged.into_iter().map(|row| row.id).collect(),
        preview: None,
    };
    let mut rows = messages::send_message(app, request).await?;
    if rows.len() != 1 {
        bail!("{} messages", rows.len());
    }
    sent(app, rows.remove(0).id).await
}

/// The file that stands in the draft, or is chosen now.
async fn chosen(
    app: &App,
    conversation: &ConversationId,
    file: PathBuf,
) -> Result<nous_api::ids::StagedFileId> {
    let staged = attachments::list_staged_files(app, conversation.clone()).await?;
    if let Some(row) = staged.into_iter().next() {
        return Ok(row.id);
    }
    Ok(
        attachments::stage_path(app, Some(conversation.clone()), file, false)
            .await?
            .id,
    )
}

/// Chooses a file for somebody, and thinks better of it.
pub(crate) async fn discard(app: &App, to: String, file: PathBuf) -> Result<()> {
    let conversation = conversations::open_conversation(app, to).await?.id;
    let id = chosen(app, &conversation, file).await?;
    Ok(attachments::discard_staged_file(app, id, Some(conversation)).await?)
}

/// Saves the file of a text into a folder once it is here.
pub(crate) async fn save(app: &App, from: &str, text: &str, folder: PathBuf) -> Result<()> {
    tokio::time::timeout(PATIENCE, until_here(app, from, text))
        .await
        .context("waited in vain")??;
    let id = said(app, from, text).await?.context("the message")?;
    attachments::save_attachment(app, id, 0, Some(folder)).await?;
    Ok(())
}

/// Fetches the file of a text once that came, and compares it.
pub(crate) async fn fetch(app: &App, from: &str, text: &str, file: PathBuf) -> Result<()> {
    tokio::time::timeout(PATIENCE, until_here(app, from, text))
        .await
        .context("waited in vain")??;
    let id = said(app, from, text).await?.context("the message")?;
    let folder = tempfile::tempdir()?;
    let saved = attachments::save_attachment(app, id, 0, Some(folder.path().to_owned())).await?;
    if std::fs::read(folder.path().join(saved.name))? != std::fs::read(file)? {
        bail!("another file came");
    }
    Ok(())
}

async fn until_here(app: &App, from: &str, text: &str) -> Result<()> {
    let mut events = app.subscribe();
    loop {
        if let Some(id) = said(app, from, text).await?
            && is_here(app, id).await?
        {
            return Ok(());
        }
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
}

/// Whether the file of a message is here; it is fetched if nobody did yet.
async fn is_here(app: &App, id: MessageId) -> Result<bool> {
    let rows = messages::get_messages(app, vec![id.clone()]).await?;
    let file = rows
        .into_iter()
        .next()
        .and_then(|row| row.attachments.into_iter().next());
    match file.context("the file")?.state {
        AttachmentState::Local => Ok(true),
        AttachmentState::Remote => {
            attachments::download_attachment(app, id, 0).await?;
            Ok(false)
        }
        AttachmentState::Downloading => Ok(false),
        other => bail!("the file is {other:?}"),
    }
}

/// Deletes the message of a text, if it is there.
pub(crate) async fn forget(app: &App, from: &str, text: &str) -> Result<()> {
    if let Some(id) = said(app, from, text).await? {
        messages::delete_messages(app, vec![id]).await?;
    }
    Ok(())
}
