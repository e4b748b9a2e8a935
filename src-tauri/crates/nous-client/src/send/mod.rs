//! Sending: written down first, then tried.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`submit_all`]: written down, the rest follows |
//! | `again` | what failed goes out again |
//! | [`attempt`] | one attempt of one row: seal, store, commit |
//! | [`block`] | what waits for somebody who is blocked |
//! | [`cancel`] | deleting what may be on its way |
//! | `chosen` | the chosen files of a message |
//! | [`departures`] | the attempts that run |
//! | `forward` | what was said is said again to others |
//! | `group` | what goes to a group |
//! | `parcels` | what goes into one message each |
//! | `plan` | one transaction for the messages of a draft and what has to go out |
//! | [`response`] | telling somebody that we accepted them |
//! | [`retry`] | when it is tried again |
//! | `sealing` | the bytes of an attempt |
//! | `several` | what goes to several conversations, in one transaction |
//! | `share` | one text to several conversations |
//! | `take_back` | a message that has not gone out is taken back |
//! | [`worker`] | the loop that takes what is due |
//!
//! Source: `architecture.md` §5.1, `messages.md` §6.

mod again;
pub(crate) mod attempt;
pub mod block;
pub(crate) mod cancel;
mod chosen;
pub(crate) mod departures;
mod forward;
pub(crate) mod group;
mod parcels;
mod plan;
pub(crate) mod response;
pub mod retry;
pub(crate) mod sealing;
mod several;
mod share;
mod take_back;
pub mod worker;

use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_storage::attachments::transfers;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::{messages, outbox};

use self::plan::Plan;
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::files::MOST_FILES;
use crate::previews;
use crate::step::step;

pub use again::{try_again, try_all_again};
pub use block::set_blocked;
pub use cancel::{clear, delete, delete_contact, delete_conversation};
pub use forward::{Forwarded, Refused, forward};
pub use share::share;
pub use take_back::{TakenBack, take_back};

/// The longest text to send, in code points.
pub const MAX_TEXT: usize = 2_000;
/// How long a message lives in a swarm, and how long it is tried.
pub const MESSAGE_LIFE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// A message to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The text as typed.
    pub body: String,
    /// Made by the face: the same token sends once.
    pub client_token: Option<String>,
    /// The message that it answers.
    pub quote: Option<MessageKey>,
    /// Chosen files that go with it, in order. Those that do not go into one message go as several.
    pub attachments: Vec<String>,
    /// The preview that was made for a link in it.
    pub preview: Option<String>,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft(…)")
    }
}

/// Writes a message down with everything that has to go out; the worker does the rest. Files that do not
/// go into one message go as several: pictures and films as an album, every other file alone; the text and
/// what it answers go with the first. All are written down, or none. Asked again with the same token it
/// answers the messages that there are.
///
/// # Errors
/// [`ClientError::EmptyText`], [`ClientError::TooLong`], [`ClientError::Blocked`],
/// [`ClientError::NoMessage`] if it answers one that is gone; with files
/// [`ClientError::TooManyFiles`], [`ClientError::FileGone`] or [`ClientError::NotAccepted`]; or
/// what the database said.
pub async fn submit_all(
    core: &Core,
    to: impl Into<ConversationId>,
    draft: Draft,
) -> Result<Vec<MessageKey>, ClientError> {
    write(core, to.into(), draft).await
}

/// The same; answers the first of the messages.
///
/// # Errors
/// As [`submit_all`].
pub async fn submit(
    core: &Core,
    to: impl Into<ConversationId>,
    draft: Draft,
) -> Result<MessageKey, ClientError> {
    let first = submit_all(core, to, draft).await?.into_iter().next();
    first.ok_or(ClientError::Bug("nothing was written"))
}

async fn write(core: &Core, to: ConversationId, draft: Draft) -> Result<Vec<MessageKey>, ClientError> {
    let body = draft.body.trim().to_owned();
    if body.is_empty() && draft.attachments.is_empty() {
        return Err(ClientError::EmptyText);
    }
    if draft.attachments.len() > MOST_FILES {
        return Err(ClientError::TooManyFiles(MOST_FILES));
    }
    let has_files = !draft.attachments.is_empty() || draft.preview.is_some();
    if body.chars().count() > MAX_TEXT {
        return Err(ClientError::TooLong(MAX_TEXT));
    }
    let preview = draft.preview.as_deref();
    let plan = Plan {
        own: core.own,
        to,
        preview: preview.and_then(|id| core.previews.of_text(id, &body)),
        body,
        token: draft.client_token,
        quote: draft.quote,
        quoted: None,
        files: draft.attachments,
        keeps_typed: false,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    step!("send.submitting");
    let written = core.db.write(move |writer| plan.write_down(writer)).await?;
    let keys = written.keys()?;
    step!("send.submitted");
    tell(core, to, keys.clone(), has_files);
    if let Some(id) = draft.preview {
        previews::let_go(core, &id).await;
    }
    Ok(keys)
}

/// Tells whom it concerns that messages wait to go out.
fn tell(core: &Core, to: ConversationId, keys: Vec<MessageKey>, has_files: bool) {
    core.announce_messages(to, keys);
    core.hub.announce([Change::Requests, Change::Connectivity]);
    core.stir_outbox();
    if has_files {
        core.uploads_stirred.notify_one();
    }
    core.configs.change();
    if to.group().is_some() {
        // Answers are looked for more often.
        core.groups_stirred.notify_one();
    }
}

/// Marks a message as failed and stops its rows until the person acts.
pub(crate) fn fail(
    writer: &mut Writer<'_>,
    message: MessageKey,
    failure: Failure,
) -> Result<(), StorageError> {
    let code = failure.to_string();
    outbox::stop(writer, message, &code)?;
    transfers::stop_uploads(writer, message, &code)?;
    messages::mark_failed(writer, message, &code)?;
    Ok(())
}
