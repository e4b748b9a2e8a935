//! Why something could not be done, and why a message does not go out.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::client::OpenFailure;
use nous_network::SwarmError;
use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_storage::error::StorageError;

/// Why the engine could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The database said no.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The network said no.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
    /// There is no account yet.
    #[error("no account")]
    NoAccount,
    /// There is an account already.
    #[error("there is an account")]
    AccountExists,
    /// The profile is behind a password.
    #[error("locked")]
    Locked,
    /// The profile is damaged: nothing of it can be used before it is restored.
    #[error("profile damaged")]
    Damaged,
    /// The profile is not open (any more).
    #[error("profile not open")]
    NotOpen,
    /// The profile could not be opened.
    #[error("profile not opened: {0:?}")]
    NotOpened(OpenFailure),
    /// The text is empty after trimming.
    #[error("empty text")]
    EmptyText,
    /// The text is too long; holds the limit in code points.
    #[error("longer than {0} code points")]
    TooLong(usize),
    /// The person is blocked.
    #[error("blocked")]
    Blocked,
    /// The person has not accepted us, or we have not accepted them.
    #[error("not accepted")]
    NotAccepted,
    /// A message cannot be deleted so, or not any more.
    #[error("not deletable")]
    NotDeletable,
    /// So many reactions were sent that the next one has to wait; holds for how long.
    #[error("too many reactions")]
    TooManyReactions(Duration),
    /// It is not one emoji.
    #[error("not an emoji")]
    NotAnEmoji,
    /// A search without a word of two letters, and without anything else to go by.
    #[error("nothing to search for")]
    NothingToSearch,
    /// No such conversation.
    #[error("no such conversation")]
    NoConversation,
    /// No such message.
    #[error("no such message")]
    NoMessage,
    /// No such message request (any more).
    #[error("no such request")]
    NoRequest,
    /// No such entry of the directory, or no such list.
    #[error("no such entry")]
    NoEntry,
    /// The file is too large; holds the limit in bytes.
    #[error("larger than {0} bytes")]
    FileTooLarge(usize),
    /// More files than go at once; holds the limit.
    #[error("more than {0} files")]
    TooManyFiles(usize),
    /// A file that was chosen is not here any more.
    #[error("a file is gone")]
    FileGone,
    /// Nothing can be written in the group (any more).
    #[error("the group is closed")]
    GroupClosed,
    /// A broken invariant of ours; says where.
    #[error("unexpected: {0}")]
    Bug(&'static str),
}

impl HasKind for ClientError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Storage(error) => error.kind(),
            Self::Swarm(error) => error.kind(),
            Self::NoAccount | Self::NoConversation | Self::NoMessage | Self::NoRequest | Self::NoEntry => {
                ErrorKind::NotFound
            }
            Self::AccountExists | Self::EmptyText | Self::NothingToSearch | Self::NotAnEmoji => {
                ErrorKind::InvalidInput
            }
            Self::Locked => ErrorKind::WrongPassword,
            Self::Damaged | Self::NotOpen | Self::NotOpened(_) => ErrorKind::Damaged,
            Self::TooLong(_) | Self::FileTooLarge(_) | Self::TooManyFiles(_) => ErrorKind::TooLarge,
            Self::FileGone => ErrorKind::NotFound,
            Self::Blocked | Self::GroupClosed | Self::NotDeletable => ErrorKind::NotAllowed,
            Self::NotAccepted | Self::TooManyReactions(_) => ErrorKind::NotAllowed,
            Self::Bug(_) => ErrorKind::Bug,
        }
    }
}

impl HasRetry for ClientError {
    fn retry(&self) -> Retry {
        match self {
            Self::Storage(error) => error.retry(),
            Self::Swarm(error) => error.retry(),
            Self::TooManyReactions(wait) => Retry::After(*wait),
            Self::Locked | Self::Damaged | Self::NotOpen | Self::NotOpened(_) | Self::Blocked => {
                Retry::AfterChange(Cause::Person)
            }
            _ => Retry::Never,
        }
    }
}

/// Why a message waits or failed. Rows keep its text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection.
    Offline,
    /// Nobody answered in time, or nodes are in trouble.
    TimedOut,
    /// Refused for good.
    Refused,
    /// Our clock is wrong by so many milliseconds.
    ClockWrong(i64),
    /// Not sent within its life.
    Expired,
    /// Larger than the network takes.
    TooLarge,
    /// The recipient is blocked by us.
    Blocked,
    /// It was in an outbox that was restored from a backup.
    MayHaveBeenSent,
    /// There is no key of the group here.
    WithoutKey,
    /// The group was left, or ended, or we were removed.
    GroupClosed,
    /// A file is larger than the server takes, or than may come from it.
    FileTooLarge,
    /// A file is not here any more, or not at the server.
    FileGone,
    /// What came is not the file that its message names.
    FileDamaged,
    /// The link of a file leads nowhere that is gone to.
    LinkUnusable,
    /// The person stopped it.
    Stopped,
    /// There is no room on the disk for it.
    DiskFull,
    /// The disk does not take it, or does not give it back.
    DiskReadOnly,
    /// A mistake of ours.
    Unexpected,
}

impl From<&SwarmError> for Failure {
    fn from(error: &SwarmError) -> Self {
        match error {
            SwarmError::ClockCorrected { deviation_ms } | SwarmError::ClockRefused { deviation_ms } => {
                Self::ClockWrong(*deviation_ms)
            }
            other => match other.kind() {
                ErrorKind::Offline if matches!(other, SwarmError::Timeout) => Self::TimedOut,
                ErrorKind::Offline => Self::Offline,
                ErrorKind::NodeTrouble => Self::TimedOut,
                ErrorKind::TooLarge => Self::TooLarge,
                ErrorKind::Bug => Self::Unexpected,
                _ => Self::Refused,
            },
        }
    }
}

/// The form in rows: the word of the face, for a wrong clock with the deviation behind it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("offline"),
            Self::TimedOut => f.write_str("timedOut"),
            Self::Refused => f.write_str("refusedByNetwork"),
            Self::ClockWrong(deviation_ms) => write!(f, "clockWrong:{deviation_ms}"),
            Self::Expired => f.write_str("expired"),
            Self::TooLarge => f.write_str("tooLarge"),
            Self::Blocked => f.write_str("blocked"),
            Self::MayHaveBeenSent => f.write_str("mayHaveBeenSent"),
            Self::WithoutKey => f.write_str("groupWithoutKey"),
            Self::GroupClosed => f.write_str("groupClosed"),
            Self::FileTooLarge => f.write_str("fileTooLarge"),
            Self::FileGone => f.write_str("fileGone"),
            Self::FileDamaged => f.write_str("fileDamaged"),
            Self::LinkUnusable => f.write_str("linkUnusable"),
            Self::Stopped => f.write_str("stopped"),
            Self::DiskFull => f.write_str("diskFull"),
            Self::DiskReadOnly => f.write_str("diskReadOnly"),
            Self::Unexpected => f.write_str("unexpected"),
        }
    }
}

/// A text that is no failure: the row was written by another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a failure")]
pub struct NotAFailure;

impl FromStr for Failure {
    type Err = NotAFailure;

    fn from_str(text: &str) -> Result<Self, NotAFailure> {
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        match word {
            "offline" => Ok(Self::Offline),
            "timedOut" => Ok(Self::TimedOut),
            "refusedByNetwork" => Ok(Self::Refused),
            "clockWrong" => Ok(Self::ClockWrong(rest.parse().unwrap_or(0))),
            "expired" => Ok(Self::Expired),
            "tooLarge" => Ok(Self::TooLarge),
            "blocked" => Ok(Self::Blocked),
            "mayHaveBeenSent" => Ok(Self::MayHaveBeenSent),
            "groupWithoutKey" => Ok(Self::WithoutKey),
            "groupClosed" => Ok(Self::GroupClosed),
            "fileTooLarge" => Ok(Self::FileTooLarge),
            "fileGone" => Ok(Self::FileGone),
            "fileDamaged" => Ok(Self::FileDamaged),
            "linkUnusable" => Ok(Self::LinkUnusable),
            "stopped" => Ok(Self::Stopped),
            "diskFull" => Ok(Self::DiskFull),
            "diskReadOnly" => Ok(Self::DiskReadOnly),
            "unexpected" => Ok(Self::Unexpected),
            _ => Err(NotAFailure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_survive_their_text_form() {
        let all = [
            Failure::Offline,
            Failure::TimedOut,
            Failure::Refused,
            Failure::ClockWrong(-90_000),
            Failure::Expired,
            Failure::TooLarge,
            Failure::Blocked,
            Failure::MayHaveBeenSent,
            Failure::WithoutKey,
            Failure::GroupClosed,
            Failure::FileTooLarge,
            Failure::FileGone,
            Failure::FileDamaged,
            Failure::LinkUnusable,
            Failure::Stopped,
            Failure::DiskFull,
            Failure::DiskReadOnly,
            Failure::Unexpected,
        ];
        for failure in all {
            assert_eq!(failure.to_string().parse(), Ok(failure));
        }
        assert_eq!("later".parse::<Failure>(), Err(NotAFailure));
    }

    #[test]
    fn a_refused_clock_says_by_how_much() {
        let error = SwarmError::ClockRefused { deviation_ms: 70_000 };
        assert_eq!(Failure::from(&error), Failure::ClockWrong(70_000));
    }
}
