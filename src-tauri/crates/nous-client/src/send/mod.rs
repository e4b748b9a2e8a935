//! Sending: written down first, then tried.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`submit`]: one transaction for the message and what has to go out |
//! | `again` | what failed goes out again |
//! | [`attempt`] | one attempt of one row: seal, store, commit |
//! | [`block`] | what waits for somebody who is blocked |
//! | [`cancel`] | deleting what may be on its way |
//! | `chosen` | the chosen files of a message |
//! | [`departures`] | the attempts that run |
//! | `forward` | what was said is said again to others |
//! | `group` | what goes to a group |
//! | [`response`] | telling somebody that we accepted them |
//! | [`retry`] | when it is tried again |
//! | `sealing` | the bytes of an attempt |
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
pub(crate) mod response;
pub mod retry;
pub(crate) mod sealing;
mod share;
mod take_back;
pub mod worker;

use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use nous_storage::account;
use nous_storage::attachments::transfers;
use nous_storage::conversations::{self, Approval, Standing};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::{details, tasks};
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::messages::{self, MessageKind, NewMessage, Quote, SendState};
use nous_storage::outbox::{self, CopyKind, NewOutboxRow};

use self::chosen::Chosen;
use self::response::{Acceptance, BEFORE_THE_ANSWER};
use crate::config_sync::actions;
use crate::core::Core;
use crate::disappearing;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::files::MOST_FILES;
use crate::previews::{self, Waiting};
use crate::receipts;
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
    /// Chosen files that go with it, in order.
    pub attachments: Vec<String>,
    /// The preview that was made for a link in it.
    pub preview: Option<String>,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft(…)")
    }
}

/// Writes a message down with everything that has to go out; the worker does the rest.
/// Asked again with the same token it answers the message that there is.
///
/// # Errors
/// [`ClientError::EmptyText`], [`ClientError::TooLong`], [`ClientError::Blocked`],
/// [`ClientError::NoMessage`] if it answers one that is gone; with files
/// [`ClientError::TooManyFiles`], [`ClientError::FileGone`] or [`ClientError::NotAccepted`]; or
/// what the database said.
pub async fn submit(
    core: &Core,
    to: impl Into<ConversationId>,
    draft: Draft,
) -> Result<MessageKey, ClientError> {
    write(core, to.into(), draft, false).await
}

/// The same beside what is being written there, which stays.
///
/// # Errors
/// As [`submit`].
pub(crate) async fn submit_beside(
    core: &Core,
    to: ConversationId,
    draft: Draft,
) -> Result<MessageKey, ClientError> {
    write(core, to, draft, true).await
}

async fn write(
    core: &Core,
    to: ConversationId,
    draft: Draft,
    keeps_typed: bool,
) -> Result<MessageKey, ClientError> {
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
        keeps_typed,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    step!("send.submitting");
    let written = core.db.write(move |writer| plan.write_down(writer)).await?;
    let key = match written {
        Written::Down(key) => key,
        Written::Blocked => return Err(ClientError::Blocked),
        Written::Closed => return Err(ClientError::GroupClosed),
        Written::WithoutOriginal => return Err(ClientError::NoMessage),
        Written::WithoutFile => return Err(ClientError::FileGone),
        Written::OfDifferentKinds => return Err(ClientError::TooManyFiles(MOST_FILES)),
        Written::VoiceWithText => return Err(ClientError::Bug("a voice message with a text")),
        Written::ToStranger => return Err(ClientError::NotAccepted),
    };
    step!("send.submitted");
    core.announce_messages(to, vec![key]);
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
    if let Some(id) = draft.preview {
        previews::let_go(core, &id).await;
    }
    Ok(key)
}

/// What became of a draft.
enum Written {
    Down(MessageKey),
    /// The person is blocked.
    Blocked,
    /// Nothing can be written in the group (any more).
    Closed,
    /// What it answers is not there, or was deleted.
    WithoutOriginal,
    /// A file that was chosen is not there any more.
    WithoutFile,
    /// Its files do not go into one message.
    OfDifferentKinds,
    /// A face wants a text to go with a voice message.
    VoiceWithText,
    /// Files go to those only who accepted us, and whom we accepted.
    ToStranger,
}

struct Plan {
    own: AccountId,
    to: ConversationId,
    body: String,
    token: Option<String>,
    quote: Option<MessageKey>,
    /// The name of that.
    quoted: Option<Quote>,
    /// Chosen files.
    files: Vec<String>,
    /// What was found of the page behind a link.
    preview: Option<Waiting>,
    /// What is being written there stays.
    keeps_typed: bool,
    now: Timestamp,
    /// What this machine's clock says.
    local: Timestamp,
    /// In this run: what an earlier one learnt may no longer hold.
    is_time_known: bool,
}

impl Plan {
    fn write_down(mut self, writer: &mut Writer<'_>) -> Result<Written, StorageError> {
        if let Some(token) = &self.token
            && let Some(key) = messages::by_token(writer, token)?
        {
            return Ok(Written::Down(key));
        }
        if let Some(key) = self.quote {
            self.quoted = match conversations::find(&writer.reader(), self.to)? {
                Some(conversation) => messages::quote_of(&writer.reader(), conversation, key)?,
                None => None,
            };
            if self.quoted.is_none() {
                return Ok(Written::WithoutOriginal);
            }
        }
        match chosen::look(writer, &self.files, !self.body.is_empty())? {
            Chosen::Fine => {}
            // It was spoken beside what is being written.
            Chosen::Voice => self.keeps_typed = true,
            Chosen::VoiceWithText => return Ok(Written::VoiceWithText),
            Chosen::OfDifferentKinds => return Ok(Written::OfDifferentKinds),
            Chosen::Missing => return Ok(Written::WithoutFile),
        }
        match self.to {
            ConversationId::Person(person) => self.to_person(writer, person),
            ConversationId::Group(_) => self.to_group(writer),
        }
    }

    fn to_person(&self, writer: &mut Writer<'_>, person: AccountId) -> Result<Written, StorageError> {
        let conversation = conversations::ensure(writer, person, self.now)?;
        let standing = conversations::standings(&writer.reader(), &[person])?.remove(&person);
        if standing.as_ref().is_some_and(|standing| standing.is_blocked) {
            return Ok(Written::Blocked);
        }
        let is_note = person == self.own;
        let is_friend = is_note || standing.as_ref().is_some_and(receipts::is_friend);
        if !self.files.is_empty() && !is_friend {
            return Ok(Written::ToStranger);
        }
        let sent = self.sent_time(writer, conversation)?;
        let asks = |standing: &Standing| !standing.is_approved && standing.has_approved_me;
        let answers = standing.as_ref().is_some_and(asks) && !is_note;
        let response = answers
            .then(|| self.accept(writer, person, conversation, sent))
            .transpose()?;
        let written = self.message(writer, conversation, sent)?;
        let message = messages::insert(writer, &written)?;
        let timer = disappearing::give_written(writer, message, conversation, is_friend, self.now)?;
        let row = NewOutboxRow {
            ttl_ms: disappearing::rules::ttl_ms(timer, is_note),
            kind: if is_note {
                CopyKind::NoteToSelf
            } else {
                CopyKind::Recipient
            },
            // Times that are fixed later are fixed in this order.
            after: response.filter(|_| sent.is_none()),
            ..self.copy(message, conversation, sent)
        };
        let first = outbox::enqueue(writer, &row)?;
        if !is_note {
            let own_copy = NewOutboxRow {
                ttl_ms: disappearing::rules::ttl_ms(timer, true),
                kind: CopyKind::Own,
                destination: self.own.into(),
                after: Some(first),
                ..row
            };
            outbox::enqueue(writer, &own_copy)?;
        }
        chosen::attach(writer, message, &self.files)?;
        previews::attach(writer, message, self.preview.as_ref(), is_friend)?;
        conversations::approve(writer, conversation, Approval::Ours)?;
        let priority = standing.as_ref().map_or(0, |standing| standing.priority);
        let was_hidden = actions::show_hidden(writer, conversation, priority)?;
        if was_hidden || is_note || standing.is_none_or(|standing| !standing.is_approved) {
            actions::share(writer, &self.own, [&person])?;
        }
        self.end(writer, conversation)?;
        Ok(Written::Down(message))
    }

    fn to_group(&self, writer: &mut Writer<'_>) -> Result<Written, StorageError> {
        let Some(conversation) = conversations::find(&writer.reader(), self.to)? else {
            return Ok(Written::Closed);
        };
        let details = details::load(&writer.reader(), conversation)?;
        if !details.is_some_and(|details| details.standing.is_open()) {
            return Ok(Written::Closed);
        }
        // Who leaves has said the last word.
        if let Some(group) = self.to.group()
            && tasks::is_ending(&writer.reader(), &group)?
        {
            return Ok(Written::Closed);
        }
        let sent = self.sent_time(writer, conversation)?;
        let written = self.message(writer, conversation, sent)?;
        let message = messages::insert(writer, &written)?;
        let timer = disappearing::give_written(writer, message, conversation, true, self.now)?;
        let row = NewOutboxRow {
            kind: CopyKind::Group,
            ttl_ms: disappearing::rules::ttl_ms(timer, false),
            ..self.copy(message, conversation, sent)
        };
        outbox::enqueue(writer, &row)?;
        chosen::attach(writer, message, &self.files)?;
        previews::attach(writer, message, self.preview.as_ref(), true)?;
        self.end(writer, conversation)?;
        Ok(Written::Down(message))
    }

    /// `None`: fixed at sealing. A guess does not move the counter: the clock may be a year
    /// ahead. Behind a message whose time is still to be fixed, this one is fixed later too: so
    /// their times have the order in which they were written.
    fn sent_time(
        &self,
        writer: &mut Writer<'_>,
        conversation: ConversationKey,
    ) -> Result<Option<Timestamp>, StorageError> {
        if !self.is_time_known || outbox::waits_for_time(writer, conversation)? {
            return Ok(None);
        }
        account::take_sent_time(writer, self.now, self.now).map(Some)
    }

    fn message(
        &self,
        writer: &Writer<'_>,
        conversation: ConversationKey,
        sent: Option<Timestamp>,
    ) -> Result<NewMessage, StorageError> {
        let sent = sent.map_or_else(
            || messages::unused_time(writer, conversation, &self.own, self.now),
            Ok,
        )?;
        Ok(NewMessage {
            conversation,
            author: self.own,
            is_own: true,
            is_received: false,
            kind: MessageKind::Text,
            body: self.body.clone(),
            sent,
            received: self.now,
            order: sent.min(self.now),
            state: Some(SendState::Queued),
            is_unread: false,
            client_token: self.token.clone(),
            server_hash: String::new(),
            expires: None,
            content: None,
            event: None,
            mentions_us: false,
            quote: self.quoted,
        })
    }

    fn copy(
        &self,
        message: MessageKey,
        conversation: ConversationKey,
        sent: Option<Timestamp>,
    ) -> NewOutboxRow {
        NewOutboxRow {
            message,
            conversation,
            kind: CopyKind::Recipient,
            destination: self.to.into(),
            after: None,
            sent,
            written_local: self.local,
            ttl_ms: i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX),
            queued: self.now,
            give_up: self.now + MESSAGE_LIFE,
        }
    }

    fn end(&self, writer: &mut Writer<'_>, conversation: ConversationKey) -> Result<(), StorageError> {
        if !self.keeps_typed {
            conversations::set_draft(writer, conversation, "", None)?;
        }
        conversations::refresh(writer, &[conversation])
    }

    /// Writing to who asked accepts them, just before the message.
    fn accept(
        &self,
        writer: &mut Writer<'_>,
        peer: AccountId,
        conversation: ConversationKey,
        sent: Option<Timestamp>,
    ) -> Result<OutboxKey, StorageError> {
        let acceptance = Acceptance {
            own: self.own,
            peer,
            conversation,
            sent: sent.map(|sent| sent.earlier(BEFORE_THE_ANSWER)),
            now: self.now.earlier(BEFORE_THE_ANSWER),
            local: self.local.earlier(BEFORE_THE_ANSWER),
        };
        acceptance.write_down(writer)
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
