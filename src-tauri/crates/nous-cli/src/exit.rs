//! How a command ends: its code for scripts, its sentence for people.

use nous_api::{ApiError, ErrorCode};

/// Why a command did not do its work, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Wrong arguments or input.
    Usage = 2,
    /// No connection, or not in time; what was queued stays queued.
    Offline = 3,
    /// The network or a rule refused it.
    Refused = 4,
    /// A password is missing or wrong.
    Locked = 5,
    /// Another process uses the profile.
    InUse = 6,
    /// Anything else, such as a full disk.
    Other = 1,
}

/// The end of a command that did not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    pub(crate) code: ExitCode,
    pub(crate) message: String,
    pub(crate) error: Option<ErrorCode>,
}

impl Failure {
    pub(crate) fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            error: None,
        }
    }

    pub(crate) fn timed_out(message: impl Into<String>) -> Self {
        Self {
            error: Some(ErrorCode::TimedOut),
            ..Self::new(ExitCode::Offline, message)
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            code: exit_code(error.code),
            message: sentence(&error),
            error: Some(error.code),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(ExitCode::Other, error.to_string())
    }
}

fn exit_code(code: ErrorCode) -> ExitCode {
    use ErrorCode as E;
    match code {
        E::Offline | E::TimedOut | E::NameLookupFailed | E::NamesDisagree => ExitCode::Offline,
        E::RefusedByNetwork | E::ClockWrong | E::Expired | E::Blocked | E::NameUnknown => ExitCode::Refused,
        E::NotAccepted | E::TooManyReactions => ExitCode::Refused,
        E::NotDeletable | E::NotGroupAdmin | E::GroupClosed => ExitCode::Refused,
        E::FileGone | E::FileDamaged | E::FileLinkUnusable | E::TransferStopped => ExitCode::Refused,
        E::WrongPassword | E::TooManyTries | E::Locked => ExitCode::Locked,
        E::ProfileInUse => ExitCode::InUse,
        E::ProfileDamaged | E::ProfileNewer | E::DiskFull | E::DiskReadOnly | E::Unexpected => {
            ExitCode::Other
        }
        _ => ExitCode::Usage,
    }
}

/// What happened, in a sentence.
pub(crate) fn sentence(error: &ApiError) -> String {
    use ErrorCode as E;
    let argument = |name: &str| error.args.get(name).map_or("?", String::as_str);
    match error.code {
        E::Offline => "No connection. What was queued stays queued.".to_owned(),
        E::TimedOut => "The network did not answer in time. What was queued stays queued.".to_owned(),
        E::RefusedByNetwork => "The network refused it.".to_owned(),
        E::ClockWrong => format!(
            "The clock of this computer is wrong by {} ms.",
            argument("deviationMs")
        ),
        E::Expired => "Not sent within its 14 days.".to_owned(),
        E::TooLarge => format!("Too long: at most {}.", argument("limit")),
        E::EmptyText => "There is no text to send.".to_owned(),
        E::PictureUnknown => "The file is no JPEG, PNG, WebP or GIF.".to_owned(),
        E::PictureDamaged => "The picture is damaged or cut off.".to_owned(),
        E::PictureTooLarge => format!("The picture is larger than {} MB.", argument("limitMb")),
        E::PictureTooManyPixels => format!(
            "The picture has more than {} megapixels.",
            argument("limitMegapixels")
        ),
        E::NameEmpty => "The name is empty.".to_owned(),
        E::NoteTooLong => "The note is longer than 1,000 bytes.".to_owned(),
        E::NameTooLong => "The name is longer than 100 bytes.".to_owned(),
        E::NotAnAccountId | E::AccountIdMistyped => {
            "This is not an account ID: 66 hexadecimal digits, starting with 05.".to_owned()
        }
        E::GroupId => "This is the ID of a group.".to_owned(),
        E::BlindedId => "This is an ID of a community, not an account ID.".to_owned(),
        E::NameUnknown => "Nobody has registered this name.".to_owned(),
        E::NameMalformed => "No name looks like this.".to_owned(),
        E::NamesUnsupported => "This network has no names.".to_owned(),
        E::NamesDisagree => "Three nodes did not say the same about this name. Try again.".to_owned(),
        E::NameLookupFailed => "The name could not be looked up.".to_owned(),
        E::OwnAccountId => "This is the own account ID.".to_owned(),
        E::DirectoryEntryNotFound => "There is no such entry in the directory.".to_owned(),
        E::FileTooLarge => format!("The file is larger than {} bytes.", argument("limit")),
        E::FileIsFolder => "This is a folder, not a file.".to_owned(),
        E::FileUnreadable => "The file is gone, or may not be read.".to_owned(),
        E::SeveralFiles => "One file at a time.".to_owned(),
        E::PhraseTooShort => "The recovery phrase has fewer than 13 words.".to_owned(),
        E::PhraseTooLong => "The recovery phrase has more than 13 words.".to_owned(),
        E::PhraseUnknownWord => format!(
            "Word {} of the recovery phrase is not in the list.",
            argument("position")
        ),
        E::PhraseWrong => "The words of the recovery phrase do not belong together.".to_owned(),
        E::WrongPassword => "Wrong password.".to_owned(),
        E::TooManyTries => "Too many wrong passwords. Wait a little.".to_owned(),
        E::PasswordLength => "A password has 6 to 256 characters.".to_owned(),
        E::Locked => "The profile is locked: give its password by --password-file.".to_owned(),
        E::ProfileInUse => "Another process uses this profile.".to_owned(),
        E::ProfileDamaged => format!(
            "The file {} is damaged. Nothing was overwritten.",
            argument("file")
        ),
        E::ProfileNewer => "This profile was written by a newer version. Nothing was changed.".to_owned(),
        E::NoAccount => {
            "There is no account in this profile: use `account create` or `account restore`.".to_owned()
        }
        E::AccountBeingDeleted => "This account is being deleted: finish with `account delete`.".to_owned(),
        E::AccountExists => "There is already an account in this profile.".to_owned(),
        E::DiskFull => "The disk is full.".to_owned(),
        E::DiskReadOnly => "The folder of the profile cannot be written.".to_owned(),
        E::MessageNotFound => "There is no such message.".to_owned(),
        E::ConversationNotFound => "There is no such conversation.".to_owned(),
        E::RequestNotFound => "There is no such message request.".to_owned(),
        E::Blocked => "You blocked this person.".to_owned(),
        E::NotAccepted => "Not before both have accepted each other.".to_owned(),
        E::TooManyFiles => format!("At most {} files go at once.", argument("limit")),
        E::FileGone => "There is no such file, or the server has it no more.".to_owned(),
        E::FileNotHere => "The file is not on this device: fetch it with `download`.".to_owned(),
        E::FileDamaged => "What came is not the file that was sent.".to_owned(),
        E::FileLinkUnusable => "The link of the file leads to no file server that is gone to.".to_owned(),
        E::TransferStopped => "The file was stopped on its way.".to_owned(),
        E::NotDeletable => "This message cannot be deleted there.".to_owned(),
        E::NotGroupAdmin => "Only admins of the group may do that.".to_owned(),
        E::GroupClosed => "The group was left, or it is no more.".to_owned(),
        E::NothingToSearch => "There is nothing to search for: give two letters of a word.".to_owned(),
        E::TooManyReactions => "Too many reactions within a minute. Wait a little.".to_owned(),
        E::NetworkFileInvalid => "The network file cannot be read.".to_owned(),
        E::Unexpected => format!("Unexpected problem {}.", error.incident.as_deref().unwrap_or("")),
        other => format!("{other:?}"),
    }
}
