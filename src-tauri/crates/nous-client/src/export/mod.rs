//! A conversation as files that a person keeps: pages to read, or one document for programs, and its
//! files beside them.
//!
//! Written message by message, so memory never holds more than a page of them. Nothing is overwritten:
//! each export has a folder of its own. What is not whole yet is called `….part`, and what is stopped or
//! fails leaves nothing behind. Messages that disappear are left out: a copy of them would stay.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what is asked, and the way through the timeline |
//! | `entry` | a message with the names of whom it tells |
//! | `folder` | the folder and its files |
//! | `html` | pages to read; pure |
//! | `json` | the document for programs; pure |
//! | `read` | a page of the timeline with all that it needs |
//! | `write` | what was read, into the files |
//!
//! Source: `product.md` §14.

mod entry;
mod folder;
mod html;
mod json;
mod read;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, TimelinePlace};
use tokio_util::sync::CancellationToken;

use crate::core::Core;
use crate::error::ClientError;
use crate::files::on_disk;
use write::{Setup, Writing};

/// Messages of one read.
const PAGE: u32 = 100;
/// Before every message.
const BEGINNING: TimelinePlace = TimelinePlace {
    order: Timestamp::from_ms(i64::MIN),
    received: Timestamp::from_ms(i64::MIN),
    key: MessageKey(i64::MIN),
};

/// As what a conversation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Pages to read.
    Html,
    /// One document for programs.
    Json,
}

/// Words of the pages, in the person's language. In braces: what is put in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The language as a BCP 47 tag.
    pub language: String,
    /// The heading: what the conversation is called.
    pub title: String,
    /// `{date}`: when this was written.
    pub lead: String,
    /// What we are called.
    pub you: String,
    /// In the place of what was deleted for everyone.
    pub deleted: String,
    /// In the place of what was deleted on this device.
    pub deleted_here: String,
    /// In the place of what this version does not know.
    pub unsupported: String,
    /// A request was accepted.
    pub accepted: String,
    /// Somebody set how long messages stay.
    pub timer: String,
    /// A file was saved outside of the app.
    pub media_saved: String,
    /// A quoted message that is not here.
    pub quote_missing: String,
    /// A quoted message that was deleted.
    pub quote_deleted: String,
    /// `{name}`: a file that is not on this device.
    pub file_missing: String,
    /// Link to the page before.
    pub earlier: String,
    /// Link to the page after.
    pub later: String,
    /// `{count}`: messages that disappear, and are left out.
    pub left_out: String,
    /// What happened in a group.
    pub events: EventWords,
}

/// What happened in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWords {
    /// It was made.
    pub created: String,
    /// We were invited.
    pub invited: String,
    /// We joined.
    pub joined: String,
    /// `{people}`: who was added.
    pub added: String,
    /// `{people}`: who was removed.
    pub removed: String,
    /// `{people}`: who became an admin.
    pub promoted: String,
    /// The author left.
    pub left: String,
    /// `{name}`: what it is called now.
    pub named: String,
    /// It has another name, and nobody said which.
    pub named_unknown: String,
    /// It has another picture.
    pub picture: String,
}

/// What is written, and where.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which conversation.
    pub conversation: ConversationId,
    /// As what.
    pub format: Format,
    /// Where the folder is made.
    pub parent: PathBuf,
    /// What the folder is called, before the day: harmless as a name.
    pub name: String,
    /// Words of the pages.
    pub words: Words,
    /// Whether who has no name here is called as they call themselves in groups.
    pub with_member_names: bool,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Messages that were looked at.
    pub done: u32,
    /// Messages in all.
    pub total: u32,
    /// Files that were written.
    pub files: u32,
    /// Files that are not on this device.
    pub missing: u32,
    /// Messages that disappear, and were left out.
    pub left_out: u32,
}

/// Told how far it is, from any thread.
pub type Tell = Arc<dyn Fn(Progress) + Send + Sync>;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The folder, and what is in it.
    Done(PathBuf, Progress),
    /// It was stopped: nothing is left of it.
    Stopped,
}

/// Writes a conversation.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database or the disk said; nothing is left of it then.
pub async fn run(
    core: &Core,
    plan: Plan,
    stop: &CancellationToken,
    tell: Tell,
) -> Result<Outcome, ClientError> {
    let id = plan.conversation;
    let found = core
        .db
        .read(move |reader| match conversations::find(reader, id)? {
            Some(key) => Ok(Some((key, messages::shown_count(reader, key)?))),
            None => Ok(None),
        });
    let (key, total) = found.await?.ok_or(ClientError::NoConversation)?;
    let with_member_names = plan.with_member_names;
    let setup = Setup {
        plan,
        zone: TimeZone::system(),
        own: core.own,
        now: core.clock.now(),
        files: core.files.clone(),
        total,
        tell,
    };
    let begun = on_disk(move || Ok(Writing::begin(setup)?)).await?;
    let folder = begun.folder();
    let written = write_all(core, begun, (key, with_member_names), stop).await;
    if !matches!(written, Ok(Outcome::Done(..))) {
        on_disk(move || {
            folder::remove(&folder);
            Ok(())
        })
        .await?;
    }
    written
}

async fn write_all(
    core: &Core,
    mut writing: Writing,
    (key, with_member_names): (ConversationKey, bool),
    stop: &CancellationToken,
) -> Result<Outcome, ClientError> {
    let mut after = BEGINNING;
    loop {
        let read = core
            .db
            .read(move |reader| read::page(reader, key, after, with_member_names));
        let page = read.await?;
        let Some(last) = page.last() else { break };
        after = last;
        let token = stop.clone();
        let (returned, is_stopped) = on_disk(move || {
            let is_stopped = !writing.take(page, &token)?;
            Ok((writing, is_stopped))
        })
        .await?;
        writing = returned;
        if is_stopped || stop.is_cancelled() {
            return Ok(Outcome::Stopped);
        }
    }
    let (folder, progress) = on_disk(move || Ok(writing.finish()?)).await?;
    Ok(Outcome::Done(folder, progress))
}

/// A template with a value in its place.
fn put_in(template: &str, name: &str, value: &str) -> String {
    template.replace(&format!("{{{name}}}"), value)
}
