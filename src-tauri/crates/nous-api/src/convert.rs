//! Domain to contract and back.

use nous_client::client::{OpenFailure, PasswordError, RestoreError};
use nous_client::network::{NameError, SwarmError};
use nous_client::protocol::account::{AccountId, ConversationId as With};
use nous_client::protocol::attachment::MAX_FILE;
use nous_client::protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_client::protocol::identity;
use nous_client::protocol::mnemonic::MnemonicError;
use nous_client::protocol::time::Timestamp;
use nous_client::storage::conversations::ListPlace;
use nous_client::storage::error::StorageError;
use nous_client::storage::ids::{ConversationKey, MessageKey, ReactionKey};
use nous_client::storage::key::{KeyError, Protection as KeyProtection};
use nous_client::storage::messages::TimelinePlace;
use nous_client::storage::migrations::OpenError;
use nous_client::storage::profile::ProfileError;
use nous_client::storage::requests::RequestPlace;
use nous_client::{ClientError, Failure};

use crate::errors::{ApiError, ErrorCode};
use crate::ids::{ConversationId, Cursor, MessageId, TimestampMs};
use crate::rows::Protection;

pub(crate) use crate::row_of::{conversation_row, conversation_rows, message_rows};

/// Something that should not happen: logged with a code that the person can quote.
pub(crate) fn unexpected(what: &dyn std::fmt::Display) -> ApiError {
    use std::hash::{BuildHasher, Hasher};
    let number = std::hash::RandomState::new().build_hasher().finish();
    let incident = format!("{:08X}", number & 0xffff_ffff);
    tracing::error!(incident, %what, "unexpected problem");
    ApiError {
        incident: Some(incident),
        ..ApiError::new(ErrorCode::Unexpected)
    }
}

fn millis(pause: std::time::Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Storage(error) => error.into(),
            ClientError::Swarm(error) => error.into(),
            ClientError::NoAccount => Self::new(ErrorCode::NoAccount),
            ClientError::AccountExists => Self::new(ErrorCode::AccountExists),
            ClientError::Locked => Self::new(ErrorCode::Locked),
            ClientError::Damaged => Self::new(ErrorCode::ProfileDamaged).with("file", "nous.db"),
            ClientError::EmptyText => Self::new(ErrorCode::EmptyText),
            ClientError::TooLong(limit) => Self::new(ErrorCode::TooLarge).with("limit", limit),
            ClientError::Blocked => Self::new(ErrorCode::Blocked),
            ClientError::NotAccepted => Self::new(ErrorCode::NotAccepted),
            ClientError::TooManyReactions(wait) => Self {
                retry_after_ms: Some(millis(wait)),
                ..Self::new(ErrorCode::TooManyReactions)
            },
            ClientError::NotDeletable => Self::new(ErrorCode::NotDeletable),
            ClientError::NothingToSearch => Self::new(ErrorCode::NothingToSearch),
            ClientError::GroupClosed => Self::new(ErrorCode::GroupClosed),
            ClientError::NoConversation => Self::new(ErrorCode::ConversationNotFound),
            ClientError::NoMessage => Self::new(ErrorCode::MessageNotFound),
            ClientError::NoRequest => Self::new(ErrorCode::RequestNotFound),
            ClientError::NoEntry => Self::new(ErrorCode::DirectoryEntryNotFound),
            ClientError::FileTooLarge(limit) => Self::new(ErrorCode::FileTooLarge).with("limit", limit),
            ClientError::TooManyFiles(limit) => Self::new(ErrorCode::TooManyFiles).with("limit", limit),
            ClientError::FileGone => Self::new(ErrorCode::FileGone),
            ClientError::NotOpened(failure) => open_failure(failure),
            error @ (ClientError::NotOpen | ClientError::NotAnEmoji | ClientError::Bug(_)) => {
                unexpected(&error)
            }
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::DiskFull => Self::new(ErrorCode::DiskFull),
            StorageError::ReadOnly => Self::new(ErrorCode::DiskReadOnly),
            StorageError::Damaged => Self::new(ErrorCode::ProfileDamaged).with("file", "nous.db"),
            other => unexpected(&other),
        }
    }
}

impl From<SwarmError> for ApiError {
    fn from(error: SwarmError) -> Self {
        let retry_after_ms = match error.retry() {
            Retry::After(pause) => Some(millis(pause)),
            _ => None,
        };
        Self {
            retry_after_ms,
            ..Failure::from(&error).into()
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Offline => Self::new(ErrorCode::Offline),
            Failure::TimedOut => Self::new(ErrorCode::TimedOut),
            Failure::Refused => Self::new(ErrorCode::RefusedByNetwork),
            Failure::ClockWrong(deviation_ms) => {
                Self::new(ErrorCode::ClockWrong).with("deviationMs", deviation_ms)
            }
            Failure::Expired => Self::new(ErrorCode::Expired),
            Failure::TooLarge => Self::new(ErrorCode::TooLarge).with("limit", nous_client::send::MAX_TEXT),
            Failure::Blocked => Self::new(ErrorCode::Blocked),
            Failure::MayHaveBeenSent => Self::new(ErrorCode::MayHaveBeenSent),
            Failure::WithoutKey => Self::new(ErrorCode::GroupWithoutKey),
            Failure::GroupClosed => Self::new(ErrorCode::GroupClosed),
            Failure::FileTooLarge => Self::new(ErrorCode::FileTooLarge).with("limit", MAX_FILE),
            Failure::FileGone => Self::new(ErrorCode::FileGone),
            Failure::FileDamaged => Self::new(ErrorCode::FileDamaged),
            Failure::LinkUnusable => Self::new(ErrorCode::FileLinkUnusable),
            Failure::Stopped => Self::new(ErrorCode::TransferStopped),
            Failure::DiskFull => Self::new(ErrorCode::DiskFull),
            Failure::DiskReadOnly => Self::new(ErrorCode::DiskReadOnly),
            Failure::Unexpected => Self::new(ErrorCode::Unexpected),
        }
    }
}

/// A failure as rows keep it; `None` if there is none.
pub(crate) fn kept_failure(text: &str) -> Option<ApiError> {
    if text.is_empty() {
        return None;
    }
    Some(
        text.parse::<Failure>()
            .map_or_else(|_| ApiError::new(ErrorCode::Unexpected), ApiError::from),
    )
}

impl From<identity::NameError> for ApiError {
    fn from(error: identity::NameError) -> Self {
        match error {
            identity::NameError::Empty => Self::new(ErrorCode::NameEmpty),
            identity::NameError::TooLong(bytes) => Self::new(ErrorCode::NameTooLong).with("bytes", bytes),
        }
    }
}

/// What is wrong with a phrase. `word`: the word at a place, from 0.
pub(crate) fn phrase_error(error: MnemonicError, word: impl Fn(usize) -> String) -> ApiError {
    match error {
        MnemonicError::TooShort(count) => ApiError::new(ErrorCode::PhraseTooShort).with("count", count),
        MnemonicError::TooLong(count) => ApiError::new(ErrorCode::PhraseTooLong).with("count", count),
        MnemonicError::UnknownWord(place) => ApiError::new(ErrorCode::PhraseUnknownWord)
            .with("position", place + 1)
            .with("word", word(place)),
        MnemonicError::Overflow | MnemonicError::Checksum => ApiError::new(ErrorCode::PhraseWrong),
    }
}

/// Why an account was not made. `phrase`: as typed.
pub(crate) fn restore_error(error: RestoreError, phrase: &str) -> ApiError {
    match error {
        RestoreError::Name(error) => error.into(),
        RestoreError::Phrase(error) => phrase_error(error, |place| word_of(phrase, place)),
        RestoreError::Client(error) => error.into(),
    }
}

/// The word of a phrase at a place, from 0, in lower case.
pub(crate) fn word_of(phrase: &str, place: usize) -> String {
    phrase
        .split_whitespace()
        .nth(place)
        .unwrap_or_default()
        .to_lowercase()
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Locked => Self::new(ErrorCode::Locked),
            KeyError::WrongPassword => Self::new(ErrorCode::WrongPassword),
            KeyError::TooManyTries { wait } => too_many_tries(wait),
            KeyError::PasswordLength => Self::new(ErrorCode::PasswordLength),
            other => match other.kind() {
                ErrorKind::DiskFull => Self::new(ErrorCode::DiskReadOnly),
                ErrorKind::Damaged => Self::new(ErrorCode::ProfileDamaged).with("file", "key.json"),
                ErrorKind::NewerVersion => Self::new(ErrorCode::ProfileNewer),
                _ => unexpected(&other),
            },
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Wrong => Self::new(ErrorCode::WrongPassword),
            PasswordError::TooManyTries(pause) => too_many_tries(pause),
            PasswordError::Length => Self::new(ErrorCode::PasswordLength),
            PasswordError::Key(error) => error.into(),
            PasswordError::Client(error) => error.into(),
        }
    }
}

fn too_many_tries(pause: std::time::Duration) -> ApiError {
    ApiError {
        retry_after_ms: Some(millis(pause)),
        ..ApiError::new(ErrorCode::TooManyTries)
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::InUse { .. } => Self::new(ErrorCode::ProfileInUse),
            ProfileError::Key(error) => error.into(),
            ProfileError::KeyFileMissing => Self::new(ErrorCode::ProfileDamaged).with("file", "key.json"),
            ProfileError::Damaged(_) => Self::new(ErrorCode::ProfileDamaged).with("file", "nous.db"),
            ProfileError::Open(OpenError::NewerVersion { .. }) => Self::new(ErrorCode::ProfileNewer),
            ProfileError::Open(OpenError::Migration(error) | OpenError::Storage(error)) => error.into(),
            ProfileError::Io(error) => match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    Self::new(ErrorCode::DiskFull)
                }
                _ => Self::new(ErrorCode::DiskReadOnly),
            },
        }
    }
}

/// Why a profile stays closed.
pub(crate) fn open_failure(failure: OpenFailure) -> ApiError {
    match failure {
        OpenFailure::Newer => ApiError::new(ErrorCode::ProfileNewer),
        OpenFailure::DiskFull => ApiError::new(ErrorCode::DiskFull),
        OpenFailure::ReadOnly => ApiError::new(ErrorCode::DiskReadOnly),
        OpenFailure::Keyring => ApiError::new(ErrorCode::Locked),
        OpenFailure::Unexpected => ApiError::new(ErrorCode::Unexpected),
    }
}

/// Why a name leads nowhere.
pub(crate) fn name_error(error: NameError) -> ApiError {
    match error {
        NameError::Unknown => ApiError::new(ErrorCode::NameUnknown),
        NameError::Unsupported => ApiError::new(ErrorCode::NamesUnsupported),
        NameError::Name(error) => match error.kind() {
            ErrorKind::NotFound => ApiError::new(ErrorCode::NameUnknown),
            ErrorKind::InvalidInput => ApiError::new(ErrorCode::NameMalformed),
            _ => ApiError::new(ErrorCode::NameLookupFailed),
        },
        NameError::Disagreement => ApiError::new(ErrorCode::NamesDisagree),
        NameError::Swarm(error) if error.kind() == ErrorKind::Offline => ApiError::new(ErrorCode::Offline),
        NameError::Swarm(_) => ApiError::new(ErrorCode::NameLookupFailed),
    }
}

/// The last moment of the year 9999: no face can show what lies after it.
const LAST_SHOWN_MS: i64 = 253_402_300_799_999;

/// A moment as faces show it. Strangers write any number into their messages.
pub(crate) fn moment(at: Timestamp) -> TimestampMs {
    TimestampMs(at.as_ms().clamp(0, LAST_SHOWN_MS))
}

pub(crate) const fn protection(protection: KeyProtection) -> Protection {
    match protection {
        KeyProtection::Password => Protection::Password,
        KeyProtection::Keyring => Protection::Keyring,
        KeyProtection::File => Protection::File,
    }
}

/// The person behind a conversation's id.
pub(crate) fn account_of(id: &ConversationId) -> Result<AccountId, ApiError> {
    AccountId::from_hex(&id.0).map_err(|_| ApiError::new(ErrorCode::ConversationNotFound))
}

/// The person or group behind a conversation's id.
pub(crate) fn conversation_of(id: &ConversationId) -> Result<With, ApiError> {
    With::from_hex(&id.0).ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

pub(crate) fn conversation_id(with: impl Into<With>) -> ConversationId {
    ConversationId(with.into().to_string())
}

/// The row behind a message's id.
pub(crate) fn message_key(id: &MessageId) -> Result<MessageKey, ApiError> {
    id.0.parse()
        .map(MessageKey)
        .map_err(|_| ApiError::new(ErrorCode::MessageNotFound))
}

pub(crate) fn message_id(key: MessageKey) -> MessageId {
    MessageId(key.0.to_string())
}

/// A cursor's numbers. Only a face that invents cursors gets an error.
fn numbers<const N: usize>(cursor: &Cursor) -> Result<[i64; N], ApiError> {
    let parsed: Result<Vec<i64>, _> = cursor.0.split('.').map(str::parse).collect();
    let parsed = parsed.ok().and_then(|all| <[i64; N]>::try_from(all).ok());
    parsed.ok_or_else(|| unexpected(&"a cursor that is none"))
}

pub(crate) fn list_cursor(place: &ListPlace) -> Cursor {
    Cursor(format!(
        "{}.{}.{}",
        place.pin_rank,
        place.last_activity.as_ms(),
        place.id
    ))
}

pub(crate) fn list_place(cursor: &Cursor) -> Result<ListPlace, ApiError> {
    let (order, id) = cursor.0.rsplit_once('.').unwrap_or_default();
    let [pin_rank, activity] = numbers(&Cursor(order.to_owned()))?;
    Ok(ListPlace {
        pin_rank,
        last_activity: Timestamp::from_ms(activity),
        id: With::from_hex(id).ok_or_else(|| unexpected(&"a cursor that is none"))?,
    })
}

pub(crate) fn request_cursor(place: RequestPlace) -> Cursor {
    Cursor(format!("{}.{}", place.last_activity.as_ms(), place.key.0))
}

pub(crate) fn request_place(cursor: &Cursor) -> Result<RequestPlace, ApiError> {
    let [activity, key] = numbers(cursor)?;
    Ok(RequestPlace {
        last_activity: Timestamp::from_ms(activity),
        key: ConversationKey(key),
    })
}

pub(crate) fn timeline_cursor(place: TimelinePlace) -> Cursor {
    Cursor(format!(
        "{}.{}.{}",
        place.order.as_ms(),
        place.received.as_ms(),
        place.key.0
    ))
}

pub(crate) fn timeline_place(cursor: &Cursor) -> Result<TimelinePlace, ApiError> {
    let [order, received, key] = numbers(cursor)?;
    Ok(TimelinePlace {
        order: Timestamp::from_ms(order),
        received: Timestamp::from_ms(received),
        key: MessageKey(key),
    })
}

pub(crate) fn reaction_cursor(key: ReactionKey) -> Cursor {
    Cursor(key.0.to_string())
}

pub(crate) fn reaction_key(cursor: &Cursor) -> Result<ReactionKey, ApiError> {
    let [key] = numbers(cursor)?;
    Ok(ReactionKey(key))
}

pub(crate) fn arrival_cursor(key: MessageKey) -> Cursor {
    Cursor(key.0.to_string())
}

pub(crate) fn arrival_key(cursor: &Cursor) -> Result<MessageKey, ApiError> {
    let [key] = numbers(cursor)?;
    Ok(MessageKey(key))
}
