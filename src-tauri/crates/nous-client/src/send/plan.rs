//! A draft becomes messages, with everything that has to go out: inside one transaction.
//!
//! Source: `architecture.md` §5.1, `messages.md` §11.5.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use nous_storage::account;
use nous_storage::conversations::{self, Approval, Standing};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::{details, tasks};
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::messages::{self, MessageKind, NewMessage, Quote, SendState};
use nous_storage::outbox::{self, CopyKind, NewOutboxRow};

use super::MESSAGE_LIFE;
use super::chosen::{self, Chosen, Part};
use super::response::{Acceptance, BEFORE_THE_ANSWER};
use crate::config_sync::actions;
use crate::disappearing;
use crate::error::ClientError;
use crate::previews::{self, Waiting};
use crate::receipts;
use crate::step::step;

/// What became of a draft.
pub(super) enum Written {
    Down(Vec<MessageKey>),
    /// The person is blocked.
    Blocked,
    /// Nothing can be written in the group (any more).
    Closed,
    /// What it answers is not there, or was deleted.
    WithoutOriginal,
    /// A file that was chosen is not there any more.
    WithoutFile,
    /// A face wants a text to go with a voice message.
    VoiceWithText,
    /// Files go to those only who accepted us, and whom we accepted.
    ToStranger,
}

impl Written {
    /// The messages, in order, or why there are none.
    pub(super) fn keys(self) -> Result<Vec<MessageKey>, ClientError> {
        Err(match self {
            Self::Down(keys) => return Ok(keys),
            Self::Blocked => ClientError::Blocked,
            Self::Closed => ClientError::GroupClosed,
            Self::WithoutOriginal => ClientError::NoMessage,
            Self::WithoutFile => ClientError::FileGone,
            Self::VoiceWithText => ClientError::Bug("a voice message with a text"),
            Self::ToStranger => ClientError::NotAccepted,
        })
    }
}

/// What a draft needs to be written down.
pub(super) struct Plan {
    pub(super) own: AccountId,
    pub(super) to: ConversationId,
    pub(super) body: String,
    pub(super) token: Option<String>,
    pub(super) quote: Option<MessageKey>,
    /// The name of that.
    pub(super) quoted: Option<Quote>,
    /// Chosen files.
    pub(super) files: Vec<String>,
    /// What was found of the page behind a link.
    pub(super) preview: Option<Waiting>,
    /// What is being written there stays.
    pub(super) keeps_typed: bool,
    pub(super) now: Timestamp,
    /// What this machine's clock says.
    pub(super) local: Timestamp,
    /// In this run: what an earlier one learnt may no longer hold.
    pub(super) is_time_known: bool,
}

impl Plan {
    /// Writes all of its messages down, or none.
    pub(super) fn write_down(mut self, writer: &mut Writer<'_>) -> Result<Written, StorageError> {
        let before = self.written_before(writer)?;
        if !before.is_empty() {
            return Ok(Written::Down(before));
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
        let parts = match chosen::look(writer, &self.files, &self.body)? {
            Chosen::Fine(parts) => parts,
            Chosen::Voice(parts) => {
                // It was spoken beside what is being written.
                self.keeps_typed = true;
                parts
            }
            Chosen::VoiceWithText => return Ok(Written::VoiceWithText),
            Chosen::Missing => return Ok(Written::WithoutFile),
        };
        match self.to {
            ConversationId::Person(person) => self.to_person(writer, person, &parts),
            ConversationId::Group(_) => self.to_group(writer, &parts),
        }
    }

    /// What was written with this token already, in order.
    fn written_before(&self, writer: &Writer<'_>) -> Result<Vec<MessageKey>, StorageError> {
        let mut keys = Vec::new();
        while let Some(token) = self.token_of(keys.len())
            && let Some(key) = messages::by_token(writer, &token)?
        {
            keys.push(key);
        }
        Ok(keys)
    }

    /// The token of one of the messages, from 0.
    fn token_of(&self, number: usize) -> Option<String> {
        let token = self.token.as_ref()?;
        Some(match number {
            0 => token.clone(),
            _ => format!("{token}.{number}"),
        })
    }

    fn to_person(
        &self,
        writer: &mut Writer<'_>,
        person: AccountId,
        parts: &[Part],
    ) -> Result<Written, StorageError> {
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
        let asks = |standing: &Standing| !standing.is_approved && standing.has_approved_me;
        let mut answers = standing.as_ref().is_some_and(asks) && !is_note;
        let mut keys = Vec::with_capacity(parts.len());
        for part in parts {
            let sent = self.sent_time(writer, conversation)?;
            let response = std::mem::take(&mut answers)
                .then(|| self.accept(writer, person, conversation, sent))
                .transpose()?;
            let message = self.insert(writer, conversation, (keys.len(), part), sent)?;
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
            self.attach(writer, message, part, is_friend)?;
            step!("send.writing");
            keys.push(message);
        }
        conversations::approve(writer, conversation, Approval::Ours)?;
        let priority = standing.as_ref().map_or(0, |standing| standing.priority);
        let was_hidden = actions::show_hidden(writer, conversation, priority)?;
        if was_hidden || is_note || standing.is_none_or(|standing| !standing.is_approved) {
            actions::share(writer, &self.own, [&person])?;
        }
        self.end(writer, conversation)?;
        Ok(Written::Down(keys))
    }

    fn to_group(&self, writer: &mut Writer<'_>, parts: &[Part]) -> Result<Written, StorageError> {
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
        let mut keys = Vec::with_capacity(parts.len());
        for part in parts {
            let sent = self.sent_time(writer, conversation)?;
            let message = self.insert(writer, conversation, (keys.len(), part), sent)?;
            let timer = disappearing::give_written(writer, message, conversation, true, self.now)?;
            let row = NewOutboxRow {
                kind: CopyKind::Group,
                ttl_ms: disappearing::rules::ttl_ms(timer, false),
                ..self.copy(message, conversation, sent)
            };
            outbox::enqueue(writer, &row)?;
            self.attach(writer, message, part, true)?;
            step!("send.writing");
            keys.push(message);
        }
        self.end(writer, conversation)?;
        Ok(Written::Down(keys))
    }

    /// Gives a message its files, and the preview of a link in its text. `has_picture`: with its picture.
    fn attach(
        &self,
        writer: &mut Writer<'_>,
        message: MessageKey,
        part: &Part,
        has_picture: bool,
    ) -> Result<(), StorageError> {
        let ids = part.files.iter().filter_map(|place| self.files.get(*place));
        chosen::attach(writer, message, &ids.cloned().collect::<Vec<_>>())?;
        let preview = self.preview.as_ref().filter(|_| !part.text.is_empty());
        previews::attach(writer, message, preview, has_picture)
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

    /// Writes one of the messages, with its number from 0. The first has what the draft answers.
    fn insert(
        &self,
        writer: &mut Writer<'_>,
        conversation: ConversationKey,
        (number, part): (usize, &Part),
        sent: Option<Timestamp>,
    ) -> Result<MessageKey, StorageError> {
        let sent = match sent {
            Some(sent) => sent,
            None => messages::unused_time(writer, conversation, &self.own, self.now)?,
        };
        let new = NewMessage {
            conversation,
            author: self.own,
            is_own: true,
            is_received: false,
            kind: MessageKind::Text,
            body: part.text.clone(),
            sent,
            received: self.now,
            order: sent.min(self.now),
            state: Some(SendState::Queued),
            is_unread: false,
            client_token: self.token_of(number),
            server_hash: String::new(),
            expires: None,
            content: None,
            event: None,
            mentions_us: false,
            quote: self.quoted.filter(|_| number == 0),
        };
        messages::insert(writer, &new)
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
