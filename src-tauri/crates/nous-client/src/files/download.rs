//! One try to fetch one file: opened, checked, sealed on this device, looked at.
//!
//! Source: `messages.md` §11.1, §11.2 and §11.6.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use nous_network::{FileError, SwarmApi};
use nous_protocol::attachment::{FileCryptoError, legacy, stream};
use nous_protocol::time::Timestamp;
use nous_storage::attachments::transfers::{self, Download, Kept, Postponed};
use nous_storage::attachments::{FileState, Pointer};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::sealed_files::{SealedFile, SealedFiles};

use super::running::OnItsWay;
use super::{failure, on_disk, policy, received};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::media::{self, Looked};
use crate::pictures::remove_files;
use crate::step::step;

/// If nothing is heard of a try (the process died) the file is due again after this.
const UNHEARD: Duration = Duration::from_secs(120);
/// After the first and the second try that failed; the third was the last.
const PAUSES: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(30 * 60)];

/// Makes one try. Errors of the network are results; only the database and the disk can fail.
pub(super) async fn one(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    download: Download,
) -> Result<(), ClientError> {
    if !begin(core, &download).await? {
        return Ok(());
    }
    step!("download.begun");
    let running = core.transfers.begin(OnItsWay {
        key: download.attachment,
        message: download.message,
        place: download.place,
        size: download.facts.size.unwrap_or(0),
        is_upload: false,
    });
    let work = swarm.carry_down(&download.pointer.url, running.progress());
    let carried = running.carry(core, work).await;
    match carried {
        // Whoever stopped it has written that down.
        None => Ok(()),
        Some(Ok(blob)) => {
            step!("download.fetched");
            keep(core, download, blob).await
        }
        Some(Err(error)) => note_failure(core, &download, &error).await,
    }
}

/// Counts the try. `false` if it is not to be made.
async fn begin(core: &Core, download: &Download) -> Result<bool, ClientError> {
    let (asked, now) = (download.clone(), core.clock.now());
    let begun = core
        .db
        .write(move |writer| {
            let key = asked.attachment;
            if let Some(failure) = refusal(&asked) {
                transfers::give_up(writer, key, FileState::Failed, &failure.to_string())?;
                return Ok(false);
            }
            let is_first = asked.is_automatic && asked.attempts == 0;
            if is_first && !may_come(writer, &asked, now)? {
                transfers::give_up(writer, key, FileState::Remote, "")?;
                return Ok(false);
            }
            transfers::begin(writer, key, now + UNHEARD)
        })
        .await?;
    core.announce_messages(download.peer, vec![download.message]);
    Ok(begun)
}

/// Why nothing of a file is asked for: nobody can have it, or nobody can open it.
fn refusal(download: &Download) -> Option<Failure> {
    let (pointer, size) = (&download.pointer, download.facts.size);
    if !policy::may_exist(size) {
        return Some(Failure::FileTooLarge);
    }
    let can_be_opened = match pointer.key.as_deref().map(<[u8]>::len) {
        Some(stream::KEY) => true,
        Some(legacy::KEY) => pointer.digest.is_some() && size.is_some(),
        _ => false,
    };
    (!can_be_opened).then_some(Failure::FileDamaged)
}

/// Whether a file still comes by itself, and so many bytes today.
fn may_come(writer: &mut Writer<'_>, download: &Download, now: Timestamp) -> Result<bool, StorageError> {
    if !received::comes_by_itself(&writer.reader(), download.conversation, download.is_own)? {
        return Ok(false);
    }
    let bytes = download.facts.size.unwrap_or(policy::LARGEST);
    transfers::take_automatic(writer, policy::day(now.as_ms()), bytes, policy::MOST_A_DAY)
}

/// What came and was opened; or why it is not what the message names.
type Opened = Result<(SealedFile, Vec<u8>), FileCryptoError>;

async fn keep(core: &Core, download: Download, blob: Vec<u8>) -> Result<(), ClientError> {
    let came = blob.len() as u64;
    let _turn = core.files.writing().await;
    let (files, pointer, size) = (core.files.clone(), download.pointer.clone(), download.facts.size);
    let work = move || open_and_seal(&files, blob, &pointer, size);
    let (local, plain) = match core.cpu.run(work).await?? {
        Ok(opened) => opened,
        Err(error) => {
            tracing::debug!(%error, "a file does not open");
            return give_up(core, &download, FileState::Failed, Failure::FileDamaged).await;
        }
    };
    step!("download.sealed");
    let Looked { facts, thumbnail } = media::look(&core.cpu, download.facts.clone(), plain).await;
    let files = core.files.clone();
    let put = move || thumbnail.map(|jpeg| files.put(&jpeg)).transpose();
    let thumbnail = on_disk(put).await?;
    step!("download.looked");
    let names = names_of(&local, thumbnail.as_ref());
    let (peer, message, now) = (download.peer, download.message, core.clock.now());
    let is_wanted = core
        .db
        .write(move |writer| {
            count_rest(writer, &download, came, now)?;
            let kept = Kept {
                local: &local,
                thumbnail: thumbnail.as_ref(),
                facts: &facts,
            };
            let is_wanted = transfers::downloaded(writer, download.attachment, &kept)?;
            step!("download.committing");
            Ok(is_wanted)
        })
        .await?;
    step!("download.committed");
    if !is_wanted {
        return remove_files(core, names).await;
    }
    core.announce_messages(peer, vec![message]);
    Ok(())
}

fn names_of(local: &SealedFile, thumbnail: Option<&SealedFile>) -> Vec<String> {
    let thumbnail = thumbnail.map(|file| file.name.clone());
    std::iter::once(local.name.clone()).chain(thumbnail).collect()
}

/// A sender who said too little does not get more than others.
fn count_rest(
    writer: &mut Writer<'_>,
    download: &Download,
    came: u64,
    now: Timestamp,
) -> Result<(), StorageError> {
    let said = download.facts.size.unwrap_or(policy::LARGEST);
    let rest = came.saturating_sub(said);
    if download.is_automatic && rest > 0 {
        transfers::take_automatic(writer, policy::day(now.as_ms()), rest, u64::MAX)?;
    }
    Ok(())
}

/// Blocks.
fn open_and_seal(
    files: &SealedFiles,
    blob: Vec<u8>,
    pointer: &Pointer,
    size: Option<u64>,
) -> Result<Opened, StorageError> {
    let plain = match open(blob, pointer, size) {
        Ok(plain) => plain,
        Err(error) => return Ok(Err(error)),
    };
    let mut writer = files.writer()?;
    writer.write_all(&plain)?;
    Ok(Ok((writer.finish()?, plain)))
}

fn open(blob: Vec<u8>, pointer: &Pointer, size: Option<u64>) -> Result<Vec<u8>, FileCryptoError> {
    let key = pointer.key.as_deref().ok_or(FileCryptoError::Key)?;
    if let Ok(key) = <&[u8; stream::KEY]>::try_from(key) {
        return stream::open_in_place(blob, key);
    }
    let digest = pointer.digest.ok_or(FileCryptoError::Digest)?;
    let size = size.and_then(|size| usize::try_from(size).ok());
    legacy::open_in_place(blob, key, &digest, size.ok_or(FileCryptoError::Short)?)
}

/// What follows a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It is made again after a pause.
    Again {
        pause: Duration,
        /// The try counts.
        counts: bool,
    },
    /// The person may try again.
    GiveUp(FileState),
}

/// `attempts`: those before this one that counted.
fn next(error: &FileError, attempts: u32) -> Next {
    let [first, _] = PAUSES;
    match error {
        FileError::NotFound => return Next::GiveUp(FileState::Expired),
        FileError::TooLarge | FileError::Input | FileError::Refused(_) => {
            return Next::GiveUp(FileState::Failed);
        }
        FileError::ServerTrouble(_) | FileError::BadAnswer | FileError::Network(_) => {}
    }
    if failure(error) == Failure::Offline {
        return Next::Again {
            pause: first,
            counts: false,
        };
    }
    let attempts = usize::try_from(attempts).unwrap_or(usize::MAX);
    PAUSES
        .get(attempts)
        .map_or(Next::GiveUp(FileState::Failed), |pause| Next::Again {
            pause: *pause,
            counts: true,
        })
}

async fn note_failure(core: &Core, download: &Download, error: &FileError) -> Result<(), ClientError> {
    tracing::debug!(%error, attempts = download.attempts, "a file was not fetched");
    let failure = failure(error);
    let (pause, counts) = match next(error, download.attempts) {
        Next::GiveUp(state) => return give_up(core, download, state, failure).await,
        Next::Again { pause, counts } => (pause, counts),
    };
    let (key, next) = (download.attachment, core.clock.now() + pause);
    core.db
        .write(move |writer| {
            let postponed = Postponed {
                next,
                error: &failure.to_string(),
                counts,
            };
            transfers::postpone(writer, key, postponed)
        })
        .await?;
    step!("download.failed");
    core.announce_messages(download.peer, vec![download.message]);
    Ok(())
}

async fn give_up(
    core: &Core,
    download: &Download,
    state: FileState,
    failure: Failure,
) -> Result<(), ClientError> {
    let key = download.attachment;
    core.db
        .write(move |writer| transfers::give_up(writer, key, state, &failure.to_string()))
        .await?;
    step!("download.failed");
    core.announce_messages(download.peer, vec![download.message]);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use nous_network::SwarmError;

    use super::*;

    fn again(pause: Duration, counts: bool) -> Next {
        Next::Again { pause, counts }
    }

    #[test]
    fn the_third_failure_is_the_last() {
        let error = FileError::Network(SwarmError::Timeout);
        let [first, second] = PAUSES;
        assert_eq!(next(&error, 0), again(first, true));
        assert_eq!(next(&error, 1), again(second, true));
        assert_eq!(next(&error, 2), Next::GiveUp(FileState::Failed));
    }

    #[test]
    fn without_a_connection_no_try_counts() {
        let error = FileError::Network(SwarmError::Offline);
        assert_eq!(next(&error, 7), again(PAUSES[0], false));
    }

    #[test]
    fn what_is_gone_has_expired_and_what_is_too_large_has_failed() {
        assert_eq!(next(&FileError::NotFound, 0), Next::GiveUp(FileState::Expired));
        assert_eq!(next(&FileError::TooLarge, 0), Next::GiveUp(FileState::Failed));
        assert_eq!(next(&FileError::Refused(400), 0), Next::GiveUp(FileState::Failed));
    }

    #[test]
    fn the_key_says_which_form_a_file_has() {
        let sealed = legacy::encrypt(b"hello", &mut rand::rng()).unwrap();
        let mut pointer = Pointer {
            url: String::new(),
            key: Some(sealed.key.to_vec()),
            digest: Some(sealed.digest),
        };
        assert_eq!(
            open(sealed.blob.clone(), &pointer, Some(5)),
            Ok(b"hello".to_vec())
        );
        assert_eq!(
            open(sealed.blob.clone(), &pointer, None),
            Err(FileCryptoError::Short)
        );
        pointer.digest = Some([0; 32]);
        assert_eq!(
            open(sealed.blob.clone(), &pointer, Some(5)),
            Err(FileCryptoError::Digest)
        );
        pointer.key = Some(vec![0; stream::KEY]);
        assert!(open(sealed.blob, &pointer, Some(5)).is_err());
    }
}
