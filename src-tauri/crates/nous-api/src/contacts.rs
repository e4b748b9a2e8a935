//! People: the list of contacts, what is decided about one, Note to Self.

use std::time::Duration;

use nous_client::client::Mute as ClientMute;
use nous_client::protocol::account::{AccountId, ConversationId as With};
use nous_client::protocol::config::fields;
use nous_client::protocol::identity::typed_name;
use nous_client::protocol::time::Timestamp;
use nous_client::storage::contacts::{ContactPlace, Which};
use nous_client::storage::ids::ConversationKey;
use nous_client::storage::people::Person;

use crate::app::App;
use crate::convert::{account_of, conversation_of, moment, unexpected};
use crate::errors::ApiError;
use crate::ids::{ConversationId, Cursor, PictureId, TimestampMs};
use crate::requests::{
    ContactList, ListContactsRequest, MuteFor, SetMuteRequest, SetNicknameRequest, SetNotifyRequest,
};
use crate::rows::{ContactDetails, ContactPage, ContactRow, Mute, NotifyMode};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;

/// A page of people, in the order of their names.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn list_contacts(app: &App, request: ListContactsRequest) -> Result<ContactPage, ApiError> {
    let which = match request.list {
        ContactList::Contacts => Which::Contacts,
        ContactList::Blocked => Which::Blocked,
        ContactList::Everybody => Which::Everybody,
    };
    let after = request.cursor.as_ref().map(place_of).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let filter = request.filter.trim().to_owned();
    let rows = app.client.contacts(which, after, filter, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| is_full).map(|(place, _)| cursor_of(place));
    let people = rows.into_iter().map(|(_, person)| person).collect();
    Ok(ContactPage {
        rows: contact_rows(app, people).await?,
        next,
    })
}

/// Everything about one person.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn get_contact(app: &App, conversation: ConversationId) -> Result<ContactDetails, ApiError> {
    let account = account_of(&conversation)?;
    let found = app.client.contact(account).await?;
    let contact = contact_rows(app, vec![found.person]).await?.pop();
    Ok(ContactDetails {
        conversation,
        contact: contact.ok_or_else(|| unexpected(&"a person without a row"))?,
        common_groups: found.common_groups,
    })
}

/// Gives or (empty) takes back a nickname, on all devices.
///
/// # Errors
/// `NameTooLong`, `ConversationNotFound`, or what the database said.
pub async fn set_nickname(app: &App, request: SetNicknameRequest) -> Result<(), ApiError> {
    let nickname = match request.nickname.trim() {
        "" => String::new(),
        text => typed_name(text)?,
    };
    let account = account_of(&request.conversation)?;
    Ok(app.client.set_nickname(account, nickname).await?)
}

/// Blocks or unblocks, on all devices. What waits for somebody who is blocked fails.
///
/// # Errors
/// `ConversationNotFound`, also for Note to Self; or what the database said.
pub async fn set_blocked(app: &App, conversation: ConversationId, blocked: bool) -> Result<(), ApiError> {
    Ok(app
        .client
        .set_blocked(account_of(&conversation)?, blocked)
        .await?)
}

/// Sets what may disturb, on all devices.
///
/// # Errors
/// `ConversationNotFound`, also for Note to Self; or what the database said.
pub async fn set_notify(app: &App, request: SetNotifyRequest) -> Result<(), ApiError> {
    let mode = match request.mode {
        NotifyMode::Default => fields::NotifyMode::Default,
        NotifyMode::All => fields::NotifyMode::All,
        NotifyMode::Mentions => fields::NotifyMode::MentionsOnly,
        NotifyMode::None => fields::NotifyMode::Disabled,
    };
    let id = conversation_of(&request.conversation)?;
    Ok(app.client.set_notify(id, mode).await?)
}

/// Mutes, on all devices.
///
/// # Errors
/// `ConversationNotFound`, also for Note to Self; or what the database said.
pub async fn set_mute(app: &App, request: SetMuteRequest) -> Result<(), ApiError> {
    let mute = match request.mute {
        MuteFor::Off => ClientMute::Off,
        MuteFor::Seconds { seconds } => ClientMute::For(Duration::from_secs(seconds.into())),
        MuteFor::Until { at: TimestampMs(at) } => ClientMute::Until(Timestamp::from_ms(at)),
        MuteFor::Always => ClientMute::Always,
    };
    let id = conversation_of(&request.conversation)?;
    Ok(app.client.set_mute(id, mute).await?)
}

/// Sets how far above the others a conversation stands, on all devices: 0 normal, more: pinned,
/// higher is nearer the top.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn set_priority(app: &App, conversation: ConversationId, priority: u32) -> Result<(), ApiError> {
    Ok(app
        .client
        .set_priority(conversation_of(&conversation)?, priority)
        .await?)
}

/// Marks a conversation as unread, on all devices.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn mark_unread(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.mark_unread(conversation_of(&conversation)?).await?)
}

/// Deletes the messages of a conversation on all devices; it stays in the list. What waited
/// there to go out is cancelled.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn clear_messages(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.clear_messages(conversation_of(&conversation)?).await?)
}

/// Deletes a contact and the conversation, on all devices: a stranger from now on.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn delete_contact(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.delete_contact(account_of(&conversation)?).await?)
}

/// Takes Note to Self out of the list, or puts it there, on all devices. Its messages stay.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn set_note_hidden(app: &App, hidden: bool) -> Result<(), ApiError> {
    Ok(app.client.set_note_hidden(hidden).await?)
}

/// With pictures and names of the directory.
async fn contact_rows(app: &App, people: Vec<Person>) -> Result<Vec<ContactRow>, ApiError> {
    let accounts: Vec<AccountId> = people.iter().map(|person| person.account).collect();
    let ids = accounts.iter().copied().map(With::from).collect();
    let mut pictures = app.client.pictures_of(ids).await?;
    let mut names = app.client.directory_names(accounts).await?;
    let row = |person: Person| {
        let picture = pictures.remove(&person.account.into());
        let directory_name = names.remove(&person.account);
        contact_row(person, picture, directory_name)
    };
    Ok(people.into_iter().map(row).collect())
}

fn contact_row(person: Person, picture: Option<String>, directory_name: Option<String>) -> ContactRow {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let priority = person.priority.clamp(i32::MIN.into(), i32::MAX.into());
    ContactRow {
        account_id: person.account.to_string(),
        name: some(person.told_name().to_owned()),
        nickname: some(person.nickname),
        directory_name,
        picture: picture.map(PictureId),
        is_approved: person.is_approved,
        did_approve_me: person.has_approved_me,
        is_blocked: person.is_blocked,
        priority: i32::try_from(priority).unwrap_or_default(),
    }
}

/// What a row of the list shows of what may disturb.
pub(crate) const fn notify_mode(mode: fields::NotifyMode) -> NotifyMode {
    match mode {
        fields::NotifyMode::Default => NotifyMode::Default,
        fields::NotifyMode::All => NotifyMode::All,
        fields::NotifyMode::MentionsOnly => NotifyMode::Mentions,
        fields::NotifyMode::Disabled => NotifyMode::None,
    }
}

/// How long a conversation is silent, from seconds since 1970.
pub(crate) fn mute(until_s: i64) -> Mute {
    match until_s {
        ..=0 => Mute::Off,
        fields::MUTED_FOR_GOOD.. => Mute::Always,
        _ => Mute::Until {
            at: moment(Timestamp::from_ms(until_s.saturating_mul(1_000))),
        },
    }
}

/// The number, then the name: it may hold any sign.
fn cursor_of(place: &ContactPlace) -> Cursor {
    Cursor(format!("{}.{}", place.key.0, place.folded))
}

fn place_of(cursor: &Cursor) -> Result<ContactPlace, ApiError> {
    let parts = cursor.0.split_once('.');
    let place = parts.and_then(|(key, folded)| {
        Some(ContactPlace {
            folded: folded.to_owned(),
            key: ConversationKey(key.parse().ok()?),
        })
    });
    place.ok_or_else(|| unexpected(&"a cursor that is none"))
}
