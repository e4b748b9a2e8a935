//! Conversations and messages as rows.

use nous_client::protocol::account::ConversationId as With;
use nous_client::protocol::time::Timestamp;
use nous_client::storage::attachments::FileKind;
use nous_client::storage::conversations::{Conversation, LastMessage as KeptLast};
use nous_client::storage::messages::{Message, MessageKind, Quoted, SendState};
use nous_client::storage::reactions::Reacted;

use crate::app::App;
use crate::convert::{conversation_id, kept_failure, message_id, moment};
use crate::errors::ApiError;
use crate::ids::PictureId;
use crate::people_names::PeopleNames;
use crate::rows::{
    ConversationKind, ConversationRow, LastMessage, LastMessageKind, MessageBody, MessageRow, MessageState,
    PersonRef, QuoteRow, ReactionRow,
};
use crate::{attachments, contacts, groups, previews, timers};

const fn state(state: SendState) -> MessageState {
    match state {
        SendState::Queued => MessageState::Queued,
        SendState::Sending => MessageState::Sending,
        SendState::Sent => MessageState::Sent,
        SendState::NotSynced => MessageState::NotSynced,
        SendState::Read => MessageState::Read,
        SendState::Failed => MessageState::Failed,
    }
}

const fn last_kind(kind: MessageKind) -> LastMessageKind {
    match kind {
        MessageKind::Text => LastMessageKind::Text,
        MessageKind::Deleted => LastMessageKind::Deleted,
        MessageKind::Unsupported => LastMessageKind::Unsupported,
        MessageKind::Accepted => LastMessageKind::RequestAccepted,
        MessageKind::GroupEvent => LastMessageKind::GroupEvent,
        MessageKind::DeletedForAll => LastMessageKind::DeletedForAll,
        MessageKind::TimerChanged => LastMessageKind::TimerChanged,
        MessageKind::MediaSaved => LastMessageKind::MediaSaved,
    }
}

/// A line that tells of something shows only that it could not be sent.
fn shown_state(kind: MessageKind, kept: Option<SendState>) -> Option<MessageState> {
    let is_line = matches!(kind, MessageKind::TimerChanged | MessageKind::MediaSaved);
    let shown = kept.filter(|kept| !is_line || *kept == SendState::Failed);
    shown.map(state)
}

/// Rows of the list, with the names of whom they tell.
///
/// # Errors
/// What the database said.
pub(crate) async fn conversation_rows(
    app: &App,
    rows: Vec<Conversation>,
) -> Result<Vec<ConversationRow>, ApiError> {
    let names = PeopleNames::of_list(app, &rows).await?;
    let now = app.client.now();
    Ok(rows
        .into_iter()
        .map(|row| conversation_row(row, &names, now))
        .collect())
}

/// A conversation's row.
pub(crate) fn conversation_row(row: Conversation, names: &PeopleNames, now: Timestamp) -> ConversationRow {
    let is_self = row.id == *names.own();
    let is_group = row.group.is_some();
    let is_request = row.is_request() && !is_self;
    let is_pinned = row.is_pinned();
    let last_message = row.last_message.map(|last| last_message(last, names, is_group));
    ConversationRow {
        id: conversation_id(row.id),
        kind: match row.id {
            _ if is_self => ConversationKind::NoteToSelf,
            With::Person(_) => ConversationKind::Person,
            With::Group(_) => ConversationKind::Group,
        },
        account_id: row.id.to_string(),
        group: row.group.as_ref().map(|group| groups::summary(group, now)),
        name: Some(row.name).filter(|name| !name.is_empty()),
        is_directory_name: row.is_directory_name,
        picture: row.picture.map(PictureId),
        last_message,
        last_activity_at: moment(row.last_activity),
        unread_count: row.unread_count,
        is_marked_unread: row.is_marked_unread,
        notify: contacts::notify_mode(row.notify),
        mute: contacts::mute(row.mute_until_s),
        draft: row.draft,
        draft_quote: row.draft_quote.map(message_id),
        is_pinned,
        pin_rank: u32::try_from(row.pin_rank).unwrap_or(u32::MAX),
        is_listed: row.is_listed,
        is_request,
        is_approved: row.is_approved || is_self,
        has_approved_me: row.has_approved_me || is_self,
        is_blocked: row.is_blocked,
        timer: timers::timer_row(row.timer),
        auto_download: row.auto_download,
        staged_files: row.staged_files,
    }
}

/// A text is told by itself, and without one an invitation, or the first of the files.
fn last_shown(last: &KeptLast) -> LastMessageKind {
    let has_text = last.kind != MessageKind::Text || !last.preview.is_empty();
    match last.file {
        _ if has_text => last_kind(last.kind),
        _ if last.is_invitation => LastMessageKind::CommunityInvitation,
        Some(file) => file_shown(file),
        None => last_kind(last.kind),
    }
}

const fn file_shown(kind: FileKind) -> LastMessageKind {
    match kind {
        FileKind::Picture => LastMessageKind::Picture,
        FileKind::Video => LastMessageKind::Video,
        FileKind::Audio => LastMessageKind::Audio,
        FileKind::Voice => LastMessageKind::Voice,
        FileKind::File => LastMessageKind::File,
    }
}

fn last_message(last: KeptLast, names: &PeopleNames, is_in_group: bool) -> LastMessage {
    LastMessage {
        kind: last_shown(&last),
        event: last.event.as_ref().map(|event| names.event(event)),
        author: (is_in_group && !last.is_own).then(|| names.person(&last.author)),
        mentions: if is_in_group {
            names.mentions(&last.preview)
        } else {
            Vec::new()
        },
        preview: last.preview,
        is_own: last.is_own,
        state: shown_state(last.kind, last.state),
        error: kept_failure(&last.error),
        sent_at: moment(last.sent),
    }
}

/// Rows of the timeline, with the names of whom they tell.
///
/// # Errors
/// What the database said.
pub(crate) async fn message_rows(app: &App, messages: Vec<Message>) -> Result<Vec<MessageRow>, ApiError> {
    let names = PeopleNames::of_messages(app, &messages).await?;
    Ok(messages
        .into_iter()
        .map(|message| message_row(app, message, &names))
        .collect())
}

/// Whom a message mentions, and what it answers; in a group only.
fn mentions(message: &Message, names: &PeopleNames) -> Vec<PersonRef> {
    if message.peer.group().is_none() {
        return Vec::new();
    }
    let mut people = names.mentions(&message.body);
    let quoted = message
        .quote
        .iter()
        .flat_map(|quoted| names.mentions(&quoted.preview));
    for person in quoted {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

fn quote_row(quoted: Quoted, names: &PeopleNames) -> QuoteRow {
    QuoteRow {
        author: quoted.quote.author.to_string(),
        author_name: names.name(&quoted.quote.author),
        is_own: quoted.is_own,
        sent_at: moment(quoted.quote.sent),
        message: quoted.message.map(message_id),
        preview: Some(quoted.preview).filter(|text| !text.is_empty()),
        is_deleted: quoted.is_deleted,
        file: quoted.file.map(attachments::kind),
        thumbnail: quoted.thumbnail.map(PictureId),
    }
}

fn reaction_row(reacted: Reacted, names: &PeopleNames) -> ReactionRow {
    ReactionRow {
        emoji: reacted.emoji,
        count: reacted.count,
        is_own: reacted.is_own,
        people: reacted.people.iter().map(|id| names.person(id)).collect(),
    }
}

/// A message's row.
fn message_row(app: &App, message: Message, names: &PeopleNames) -> MessageRow {
    let is_in_group = message.peer.group().is_some();
    let mentions = mentions(&message, names);
    let reactions = message.reactions.into_iter();
    let files = message.attachments.into_iter();
    let (preview, invitation) = previews::rows(message.card, message.card_picture);
    let author_name = if is_in_group {
        names.name(&message.author)
    } else {
        Some(message.author_name).filter(|name| !name.is_empty())
    };
    let body = match message.kind {
        MessageKind::Text => MessageBody::Text {
            text: message.body,
            truncated: message.is_truncated,
        },
        MessageKind::Deleted => MessageBody::Deleted,
        MessageKind::DeletedForAll => MessageBody::DeletedForAll,
        MessageKind::TimerChanged => MessageBody::TimerChanged {
            timer: timers::timer_row(message.timer),
            is_followed: message.is_timer_followed,
        },
        MessageKind::Unsupported => MessageBody::Unsupported {
            count: message.folded_count.max(1),
        },
        MessageKind::Accepted => MessageBody::RequestAccepted,
        MessageKind::MediaSaved => MessageBody::MediaSaved,
        MessageKind::GroupEvent => match &message.event {
            Some(event) => MessageBody::GroupEvent {
                event: names.event(event),
            },
            // Of a newer version.
            None => MessageBody::Unsupported { count: 1 },
        },
    };
    MessageRow {
        id: message_id(message.key),
        conversation: conversation_id(message.peer),
        author: message.author.to_string(),
        author_name,
        author_picture: names.picture(&message.author).filter(|_| is_in_group),
        mentions,
        mentions_us: message.mentions_us,
        is_own: message.is_own,
        body,
        sent_at: moment(message.sent),
        received_at: moment(message.received),
        state: shown_state(message.kind, message.state),
        error: kept_failure(&message.error),
        next_attempt_at: message.next_attempt.map(moment).filter(|_| message.attempts > 0),
        may_have_left: message.may_have_left,
        read_at: message.read.map(moment),
        is_unread: message.is_unread,
        quote: message.quote.map(|quoted| quote_row(quoted, names)),
        reactions: reactions.map(|reacted| reaction_row(reacted, names)).collect(),
        disappears: timers::disappears_row(message.timer, message.ends),
        attachments: files.map(|file| attachments::attachment_row(app, file)).collect(),
        preview,
        invitation,
    }
}
