//! What went wrong, as a code. No sentence crosses: each face has its own texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every reason that a face can be told. The UI has one text for each in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorCode {
    /// No connection: what was asked waits or can be tried again.
    Offline,
    /// The network did not answer in time.
    TimedOut,
    /// The network refused it for good.
    RefusedByNetwork,
    /// The clock of this computer is wrong; `args.deviationMs` says by how much.
    ClockWrong,
    /// Not sent within its 14 days.
    Expired,
    /// It was waiting in an outbox that came back from a backup: it may have been sent.
    MayHaveBeenSent,
    /// Longer than the network takes; `args.limit`.
    TooLarge,
    /// Empty text.
    EmptyText,
    /// A name is empty after cleaning.
    NameEmpty,
    /// A name is over 100 bytes; `args.bytes`.
    NameTooLong,
    /// A note of the directory is over 1,000 bytes; `args.bytes`.
    NoteTooLong,
    /// What a group says of itself is over 2,000 bytes; `args.bytes`.
    DescriptionTooLong,
    /// A group needs another member.
    GroupNeedsMember,
    /// A group has too many members; `args.limit`, with us.
    GroupTooLarge,
    /// Only admins of a group may do so.
    NotGroupAdmin,
    /// The last admin of a group cannot leave it: they end it, or make somebody else an admin.
    LastGroupAdmin,
    /// The group was left, ended, or we were removed from it.
    GroupClosed,
    /// The group has no key here (yet).
    GroupWithoutKey,
    /// Members may not have others added to this group.
    MembersMayNotAdd,
    /// The text holds no account ID and no name.
    NotAnAccountId,
    /// Nearly an account ID: `args.position` (from 1) and `args.character`, or `args.length`.
    AccountIdMistyped,
    /// The ID is a group's.
    GroupId,
    /// The ID is of someone in a community.
    BlindedId,
    /// The ID is the own one.
    OwnAccountId,
    /// Nobody has registered this name.
    NameUnknown,
    /// No name can look like this.
    NameMalformed,
    /// This network has no names.
    NamesUnsupported,
    /// Three nodes did not say the same about the name: none of them is believed.
    NamesDisagree,
    /// The name could not be looked up now: nodes did not answer, or not as they should.
    NameLookupFailed,
    /// There is no such entry in the directory, or it has no name.
    DirectoryEntryNotFound,
    /// There is no such list (any more).
    DirectoryImportNotFound,
    /// A page to print takes fewer entries; `args.limit`.
    TooManyToPrint,
    /// The file is too large; `args.limit` in bytes.
    FileTooLarge,
    /// It is a folder, where a file is needed.
    FileIsFolder,
    /// There is no such file (any more), or it may not be read.
    FileUnreadable,
    /// Several files, where one is needed.
    SeveralFiles,
    /// The picture in which a QR code is looked for is too large.
    QrPictureTooLarge,
    /// The file is no picture of a kind that is known here.
    PictureUnreadable,
    /// There is no QR code in the picture that can be read.
    QrNotFound,
    /// The QR code holds no account ID.
    QrNotAnAccountId,
    /// There is no picture on the clipboard.
    ClipboardWithoutPicture,
    /// Fewer than 13 words; `args.count`.
    PhraseTooShort,
    /// More than 13 words; `args.count`.
    PhraseTooLong,
    /// A word that is not in the list; `args.position` (from 1), `args.word`.
    PhraseUnknownWord,
    /// The words do not belong together (check word).
    PhraseWrong,
    /// The password does not open the profile.
    WrongPassword,
    /// Too many wrong passwords; wait `retryAfterMs`.
    TooManyTries,
    /// The password is shorter than 6 or longer than 256 characters.
    PasswordLength,
    /// The profile is locked: a password is needed.
    Locked,
    /// Another process uses the profile.
    ProfileInUse,
    /// The profile's database is damaged; `args.file`.
    ProfileDamaged,
    /// The profile was written by a newer version.
    ProfileNewer,
    /// There is no account in this profile yet.
    NoAccount,
    /// There is already an account in this profile.
    AccountExists,
    /// The account is being deleted: nothing else can be done with it.
    AccountBeingDeleted,
    /// The disk is full.
    DiskFull,
    /// The disk or folder cannot be written.
    DiskReadOnly,
    /// The message does not exist (any more).
    MessageNotFound,
    /// The conversation does not exist.
    ConversationNotFound,
    /// There is no such message request (any more).
    RequestNotFound,
    /// You blocked this person.
    Blocked,
    /// This person has not accepted us, or we have not accepted them: text only.
    NotAccepted,
    /// Too many reactions within a minute; wait `retryAfterMs`.
    TooManyReactions,
    /// This message cannot be deleted so.
    NotDeletable,
    /// The search has no word of two letters.
    NothingToSearch,
    /// The file is no picture of a known format.
    PictureUnknown,
    /// The picture is cut off or damaged.
    PictureDamaged,
    /// The picture has too many bytes; `args.limitMb`.
    PictureTooLarge,
    /// The picture has too many pixels; `args.limitMegapixels`.
    PictureTooManyPixels,
    /// The picture that was chosen is not here any more: choose it again.
    PictureGone,
    /// There is no microphone.
    NoMicrophone,
    /// The system or another program does not let us have the microphone.
    MicrophoneRefused,
    /// The microphone was there, and failed.
    MicrophoneLost,
    /// There is no loudspeaker.
    NoSpeaker,
    /// The system or another program does not let us have the loudspeaker.
    SpeakerRefused,
    /// The loudspeaker was there, and failed.
    SpeakerLost,
    /// The sound is damaged, or of a kind that is not known here.
    SoundUnreadable,
    /// The sound is not on this device.
    SoundNotHere,
    /// The recording is shorter than a second: it was given up.
    VoiceTooShort,
    /// Nothing is recorded (any more).
    VoiceGone,
    /// More files than go at once; `args.limit`.
    TooManyFiles,
    /// The file is no longer there.
    FileGone,
    /// The file is not on this device: it has to be fetched first.
    FileNotHere,
    /// What came is not the file that was sent.
    FileDamaged,
    /// The link of the file leads to no file server that is known, or is none: nothing is fetched from there.
    FileLinkUnusable,
    /// The person stopped the file on its way.
    TransferStopped,
    /// An address, file or network description cannot be read.
    NetworkFileInvalid,
    /// Anything that should not happen; `incident` is the code to quote.
    Unexpected,
}

/// What every function of the contract answers when it cannot do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
#[error("{code:?}")]
pub struct ApiError {
    /// Which text to show.
    pub code: ErrorCode,
    /// After how long another try makes sense, in ms.
    #[cfg_attr(feature = "bindings", specta(type = Option<u32>))]
    pub retry_after_ms: Option<u64>,
    /// What the text mentions (numbers as decimal text).
    pub args: BTreeMap<String, String>,
    /// Short code of an unexpected problem, as in the log.
    pub incident: Option<String>,
}

impl ApiError {
    /// An error with nothing but its code.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            retry_after_ms: None,
            args: BTreeMap::new(),
            incident: None,
        }
    }

    /// The same error, mentioning `value` as `name` in its text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}
