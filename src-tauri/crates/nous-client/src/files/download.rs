//! One try to fetch one file: opened, checked, looked at, sealed on this device.
//!
//! Source: `messages.md` §11.1, §11.2 and §11.6.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{FileError, SwarmApi};
use nous_protocol::attachment::{FileCryptoError, legacy, stream};
use nous_protocol::time::Timestamp;
use nous_storage::attachments::transfers::{self, Download, Kept, Postponed};
use nous_storage::attachments::{FileState, Pointer};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::messages;

use super::running::OnItsWay;
use super::staging::Sealed;
use super::{disk_failure, failure, on_disk, policy, received};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::media::{self, Looked, Ready};
use crate::pictures::remove_files;
use crate::step::step;

/// If nothing is heard of a try (the process died) the file is due again after this. A try that goes on
/// ends no sooner: how long a slow line may take, the network knows.
const UNHEARD: Duration = Duration::from_secs(120);
/// After the first and the second try that failed; the third was the last.
const PAUSES: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(30 * 60)];
/// So many tries that were begun and not heard of again are the last ones, too: the app ends in
/// the middle of each.
const MOST_UNHEARD: u32 = 10;

/// Makes one try. Errors of the network are results; only the database and the disk can fail.
pub(super) async fn one(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    download: Download,
) -> Result<(), ClientError> {
    let Some(Begun { cost }) = begin(core, &download).await? else {
        return Ok(());
    };
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
    let length = carried
        .as_ref()
        .and_then(|carried| carried.as_ref().ok())
        .map_or(0, Vec::len);
    let came = running.progress().came().max(length as u64);
    let cost = cost.map(|cost| Cost { came, ..cost });
    match carried {
        // Whoever stopped it has written that down.
        None => match cost {
            Some(cost) => Ok(core.db.write(move |writer| cost.settle(writer)).await?),
            None => Ok(()),
        },
        // Encrypted, not even an empty file is empty: the server may have it all the same.
        Some(Ok(blob)) if blob.is_empty() => note_failure(core, &download, cost, &FileError::BadAnswer).await,
        Some(Ok(blob)) => {
            step!("download.fetched");
            keep(core, download, cost, blob).await
        }
        Some(Err(error)) => note_failure(core, &download, cost, &error).await,
    }
}

/// A try that was counted.
struct Begun {
    cost: Option<Cost>,
}

/// What a try for which nobody clicked takes from the bytes of the day: before it as much as its sender
/// says, then what came over the line, whatever it was good for.
#[derive(Debug, Clone, Copy)]
struct Cost {
    day: i64,
    counted: u64,
    came: u64,
}

impl Cost {
    /// In the transaction that ends the try, so that it is counted once. A try that nothing is heard of
    /// again has cost the whole.
    fn settle(self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        transfers::settle_automatic(writer, self.day, self.counted, self.came)
    }
}

fn settle(writer: &mut Writer<'_>, cost: Option<Cost>) -> Result<(), StorageError> {
    cost.map_or(Ok(()), |cost| cost.settle(writer))
}

/// Counts the try. `None` if it is not to be made.
async fn begin(core: &Core, download: &Download) -> Result<Option<Begun>, ClientError> {
    let (asked, now) = (download.clone(), core.clock.now());
    let begun = core
        .db
        .write(move |writer| {
            let key = asked.attachment;
            if let Some(failure) = refusal(&asked) {
                transfers::give_up(writer, key, FileState::Failed, &failure.to_string())?;
                return Ok(None);
            }
            if !transfers::begin(writer, key, now + UNHEARD)? {
                return Ok(None);
            }
            if !asked.is_automatic {
                return Ok(Some(Begun { cost: None }));
            }
            let cost = may_come(writer, &asked, now)?;
            if cost.is_none() {
                transfers::give_up(writer, key, FileState::Remote, "")?;
            }
            Ok(cost.is_some().then_some(Begun { cost }))
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
    if download.attempts >= MOST_UNHEARD {
        return Some(Failure::Unexpected);
    }
    let can_be_opened = match pointer.key.as_deref().map(<[u8]>::len) {
        Some(stream::KEY) => true,
        Some(legacy::KEY) => pointer.digest.is_some() && size.is_some(),
        _ => false,
    };
    (!can_be_opened).then_some(Failure::FileDamaged)
}

/// What a try takes from the day; `None` if the file does not come by itself (any more), or not so many
/// bytes today.
fn may_come(
    writer: &mut Writer<'_>,
    download: &Download,
    now: Timestamp,
) -> Result<Option<Cost>, StorageError> {
    if !received::comes_by_itself(&writer.reader(), download.conversation, download.is_own)? {
        return Ok(None);
    }
    let cost = Cost {
        day: policy::day(now.as_ms()),
        counted: download.facts.size.unwrap_or(policy::LARGEST),
        came: 0,
    };
    let has_room = transfers::take_automatic(writer, cost.day, cost.counted, policy::MOST_A_DAY)?;
    Ok(has_room.then_some(cost))
}

async fn keep(core: &Core, download: Download, cost: Option<Cost>, blob: Vec<u8>) -> Result<(), ClientError> {
    let (pointer, size) = (download.pointer.clone(), download.facts.size);
    let opened = core.cpu.run(move || open(blob, &pointer, size)).await?;
    let plain = match opened {
        Ok(plain) => Arc::new(plain),
        Err(error) => {
            tracing::debug!(%error, "a file does not open");
            return give_up(core, &download, cost, FileState::Failed, Failure::FileDamaged).await;
        }
    };
    // Before the disk: however long it takes, it keeps nobody from writing there.
    let Looked { facts, thumbnail } =
        media::look(&core.media, download.facts.clone(), Arc::clone(&plain)).await;
    step!("download.looked");
    let ready = Ready {
        bytes: Arc::unwrap_or_clone(plain),
        facts,
        thumbnail,
    };
    match take_in(core, &download, cost, ready).await {
        Ok(()) => Ok(()),
        Err(error) => match disk_failure(&error) {
            // It would not fit the next time either: the person makes room first.
            Some(failure) => give_up(core, &download, cost, FileState::Failed, failure).await,
            None => Err(error),
        },
    }
}

/// Seals what came and writes it down. If it cannot be, nothing is left of it on the disk.
async fn take_in(
    core: &Core,
    download: &Download,
    cost: Option<Cost>,
    ready: Ready,
) -> Result<(), ClientError> {
    let _turn = core.files.writing().await;
    let files = core.files.clone();
    let sealed = on_disk(move || Sealed::of(&files, ready)).await?;
    step!("download.sealed");
    let names = sealed.names();
    let key = download.attachment;
    let written = core.db.write(move |writer| {
        settle(writer, cost)?;
        let kept = Kept {
            local: &sealed.local,
            thumbnail: sealed.thumbnail.as_ref(),
            facts: &sealed.facts,
        };
        let is_wanted = transfers::downloaded(writer, key, &kept)?;
        step!("download.committing");
        Ok(is_wanted)
    });
    let is_wanted = match written.await {
        Ok(is_wanted) => is_wanted,
        Err(error) => {
            remove_files(core, names).await?;
            return Err(error.into());
        }
    };
    step!("download.committed");
    if !is_wanted {
        return remove_files(core, names).await;
    }
    // What answers it shows its small picture too.
    let message = download.message;
    let quoting = core.db.read(move |reader| messages::quoting(reader, &[message]));
    let quoting = quoting.await?;
    core.announce_messages(download.peer, std::iter::once(message).chain(quoting).collect());
    Ok(())
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

async fn note_failure(
    core: &Core,
    download: &Download,
    cost: Option<Cost>,
    error: &FileError,
) -> Result<(), ClientError> {
    tracing::debug!(%error, attempts = download.attempts, "a file was not fetched");
    let failure = match error {
        FileError::Input => Failure::LinkUnusable,
        error => failure(error),
    };
    let (pause, counts) = match next(error, download.attempts) {
        Next::GiveUp(state) => return give_up(core, download, cost, state, failure).await,
        Next::Again { pause, counts } => (pause, counts),
    };
    let (key, next) = (download.attachment, core.clock.now() + pause);
    core.db
        .write(move |writer| {
            settle(writer, cost)?;
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
    cost: Option<Cost>,
    state: FileState,
    failure: Failure,
) -> Result<(), ClientError> {
    let key = download.attachment;
    core.db
        .write(move |writer| {
            settle(writer, cost)?;
            transfers::give_up(writer, key, state, &failure.to_string())
        })
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
