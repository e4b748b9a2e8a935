//! One try to upload one file: encrypted once and kept, so that each try sends the same bytes.
//!
//! Source: `messages.md` §11.1, §11.2 and §11.5.

use std::sync::Arc;
use std::time::Duration;

use nous_network::file_server::REQUEST_ROOM;
use nous_network::{FileError, StoredFile, SwarmApi};
use nous_protocol::attachment::stream::{self, Domain};
use nous_protocol::attachment::{FileCryptoError, legacy};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::OF_PREVIEW;
use nous_storage::attachments::transfers::{self, BlobKey, Postponed, Upload};
use nous_storage::error::StorageError;
use nous_storage::ids::AttachmentKey;
use nous_storage::outbox;
use nous_storage::sealed_files::{SealedFile, SealedFiles};

use super::running::OnItsWay;
use super::{disk_failure, failure, on_disk};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::pictures::remove_files;
use crate::send;
use crate::step::step;

/// If nothing is heard of a try (the process died) the file is due again after this. A try that goes on
/// ends no sooner: how long a slow line may take, the network knows.
const UNHEARD: Duration = Duration::from_secs(120);
/// After the first try that failed; then twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The same for a server that takes the whole file and answers what cannot be: each try costs as much.
const LONGEST_OF_BROKEN: Duration = Duration::from_secs(6 * 3_600);
/// No server keeps a file so short a time: it tells another time than the nodes.
const SHORTEST_LIFE: Duration = Duration::from_secs(3_600);

/// Makes one try. Errors of the network are results; only the database and the disk can fail.
pub(super) async fn one(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    mut upload: Upload,
) -> Result<(), ClientError> {
    if !begin(core, &upload).await? {
        return Ok(());
    }
    step!("upload.begun");
    let running = core.transfers.begin(OnItsWay {
        key: upload.attachment,
        message: upload.message,
        place: upload.place,
        size: upload.size,
        is_upload: true,
    });
    let (bytes, is_stream) = match encrypted(core, swarm, &mut upload).await {
        Ok(Encrypted::Here(bytes, is_stream)) => (bytes, is_stream),
        Ok(Encrypted::Lost) => return fail(core, &upload, Failure::FileGone).await,
        Ok(Encrypted::Unwanted) => return Ok(()),
        Err(error) => return note_disk(core, &upload, error).await,
    };
    step!("upload.storing");
    let work = swarm.carry_up(bytes, is_stream, running.progress());
    let carried = running.carry(core, work).await;
    drop(running);
    match carried {
        // Whoever stopped it has written that down.
        None => Ok(()),
        Some(Ok(stored)) => {
            step!("upload.stored");
            commit(core, upload, stored).await
        }
        Some(Err(error)) => note_failure(core, &upload, &error).await,
    }
}

async fn begin(core: &Core, upload: &Upload) -> Result<bool, ClientError> {
    let (key, next) = (upload.attachment, core.clock.now() + UNHEARD);
    let begun = core
        .db
        .write(move |writer| transfers::begin(writer, key, next))
        .await?;
    if begun {
        core.announce_messages(upload.peer, vec![upload.message]);
    }
    Ok(begun)
}

/// What goes up.
enum Encrypted {
    /// The bytes, and whether they are of the newer form.
    Here(Vec<u8>, bool),
    /// The file is not on this disk.
    Lost,
    /// It was stopped meanwhile.
    Unwanted,
}

async fn encrypted(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    upload: &mut Upload,
) -> Result<Encrypted, ClientError> {
    if let Some(name) = upload.blob_name.clone() {
        let (files, digest) = (core.files.clone(), upload.digest);
        let read = move || {
            let bytes = files.get_plain_with_room(&name, REQUEST_ROOM);
            // Damaged on the disk, it would go out, and nobody could open it.
            Ok(bytes.filter(|bytes| digest.is_none_or(|digest| legacy::is_whole(bytes, &digest))))
        };
        if let Some(bytes) = on_disk(read).await? {
            return Ok(Encrypted::Here(bytes, upload.is_stream));
        }
    }
    let form = match upload.place {
        OF_PREVIEW => Form::Unpadded,
        _ if swarm.wants_deterministic() => Form::Stream,
        _ => Form::Padded,
    };
    let Some(local) = upload.local.take() else {
        return Ok(Encrypted::Lost);
    };
    let made = encrypt(core, upload.attachment, local, form).await?;
    // Its row names another one now.
    if let (Encrypted::Here(..), Some(old)) = (&made, upload.blob_name.take()) {
        remove_files(core, vec![old]).await?;
    }
    Ok(made)
}

/// How a file is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As clients do today, so that its length tells little.
    Padded,
    /// The same as long as it is: the picture of a preview.
    Unpadded,
    /// The newer form.
    Stream,
}

async fn encrypt(
    core: &Core,
    key: AttachmentKey,
    local: SealedFile,
    form: Form,
) -> Result<Encrypted, ClientError> {
    let _turn = core.files.writing().await;
    let (files, keys) = (core.files.clone(), Arc::clone(&core.keys));
    let made = core.cpu.run(move || make(&files, &keys, &local, form)).await??;
    let Some(Made { bytes, name, with }) = made else {
        return Ok(Encrypted::Lost);
    };
    step!("upload.encrypted");
    let kept_name = name.clone();
    let saved = core
        .db
        .write(move |writer| transfers::save_blob(writer, key, &kept_name, &with))
        .await;
    step!("upload.kept");
    if saved == Ok(true) {
        return Ok(Encrypted::Here(bytes, form == Form::Stream));
    }
    remove_files(core, vec![name]).await?;
    saved?;
    Ok(Encrypted::Unwanted)
}

/// An encrypted file, on the disk too.
struct Made {
    bytes: Vec<u8>,
    name: String,
    with: BlobKey,
}

/// `None` if the file is gone or damaged. Blocks.
fn make(
    files: &SealedFiles,
    keys: &IdentityKeys,
    local: &SealedFile,
    form: Form,
) -> Result<Option<Made>, StorageError> {
    let Some(mut reader) = files.reader(local) else {
        return Ok(None);
    };
    let length = usize::try_from(reader.length()).unwrap_or(usize::MAX);
    let room = legacy::encrypted_length(length).saturating_sub(length);
    let Ok(plain) = reader.read_whole(room.saturating_add(REQUEST_ROOM)) else {
        return Ok(None);
    };
    let of_legacy = |sealed: legacy::Encrypted| {
        let with = BlobKey {
            key: sealed.key.to_vec(),
            digest: Some(sealed.digest),
        };
        (sealed.blob, with)
    };
    let sealed = match form {
        Form::Stream => with_stream(keys, plain),
        Form::Padded => legacy::encrypt_in_place(plain, &mut rand::rng()).map(of_legacy),
        Form::Unpadded => legacy::encrypt_unpadded(plain, &mut rand::rng()).map(of_legacy),
    };
    // No file is chosen that is larger than what can be encrypted.
    let (bytes, with) = sealed.map_err(|_| StorageError::Value("a file"))?;
    let name = files.put_plain(&bytes)?;
    Ok(Some(Made { bytes, name, with }))
}

/// The plain file goes with this: it is not held beside what is made of it.
fn with_stream(keys: &IdentityKeys, plain: Vec<u8>) -> Result<(Vec<u8>, BlobKey), FileCryptoError> {
    let sealed = stream::encrypt(keys, Domain::Attachment, &plain)?;
    drop(plain);
    let with = BlobKey {
        key: sealed.key.to_vec(),
        digest: None,
    };
    Ok((sealed.blob, with))
}

async fn commit(core: &Core, upload: Upload, stored: StoredFile) -> Result<(), ClientError> {
    let (peer, message, now) = (upload.peer, upload.message, core.clock.now());
    let end = end_of_life(stored.expires, now, core.clock.is_known());
    let is_last = core
        .db
        .write(move |writer| {
            let is_last = transfers::uploaded(writer, &upload, &stored.url, end)?;
            if is_last == Some(true) {
                outbox::uploads_done(writer, message, now)?;
            }
            step!("upload.committing");
            Ok(is_last)
        })
        .await?;
    step!("upload.committed");
    if is_last.is_some() {
        core.announce_messages(peer, vec![message]);
    }
    if is_last == Some(true) {
        core.stir_outbox();
    }
    Ok(())
}

/// When the server forgets a file, as its row keeps it: 0 if that is not known. One that was over by its
/// word would be uploaded again and again. While no node has told the time, ours may be what is wrong.
pub(super) fn end_of_life(told: Timestamp, now: Timestamp, is_time_known: bool) -> Timestamp {
    if is_time_known && told < now + SHORTEST_LIFE {
        Timestamp::from_ms(0)
    } else {
        told
    }
}

/// How long a file waits after so many tries.
fn pause(attempts: u32, longest: Duration) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempts.min(16)))
        .min(longest)
}

async fn note_failure(core: &Core, upload: &Upload, error: &FileError) -> Result<(), ClientError> {
    tracing::debug!(%error, attempts = upload.attempts, "a file was not uploaded");
    let failure = failure(error);
    // Nobody waits for the picture of a preview but for a connection.
    let is_dispensable = upload.place == OF_PREVIEW && failure != Failure::Offline;
    if is_dispensable
        || matches!(
            error,
            FileError::Input | FileError::TooLarge | FileError::Refused(_)
        )
    {
        return fail(core, upload, failure).await;
    }
    let longest = match error {
        FileError::BadAnswer => LONGEST_OF_BROKEN,
        _ => LONGEST_PAUSE,
    };
    put_off(core, upload, failure, longest).await
}

/// The disk does not take what is to go up: there may be room later.
async fn note_disk(core: &Core, upload: &Upload, error: ClientError) -> Result<(), ClientError> {
    match disk_failure(&error) {
        Some(failure) if upload.place == OF_PREVIEW => fail(core, upload, failure).await,
        Some(failure) => put_off(core, upload, failure, LONGEST_PAUSE).await,
        None => Err(error),
    }
}

/// The file is tried again after a pause, and its message says why it waits.
async fn put_off(
    core: &Core,
    upload: &Upload,
    failure: Failure,
    longest: Duration,
) -> Result<(), ClientError> {
    let (key, message) = (upload.attachment, upload.message);
    let next = core.clock.now() + pause(upload.attempts, longest);
    core.db
        .write(move |writer| {
            let code = failure.to_string();
            let postponed = Postponed {
                next,
                error: &code,
                counts: failure != Failure::Offline,
            };
            transfers::postpone(writer, key, postponed)?;
            outbox::note_upload_trouble(writer, message, next, &code)
        })
        .await?;
    step!("upload.failed");
    core.announce_messages(upload.peer, vec![message]);
    // Later messages do not wait for it.
    core.stir_outbox();
    Ok(())
}

/// The message does not go out before the person acts; without the picture of a preview it does.
async fn fail(core: &Core, upload: &Upload, failure: Failure) -> Result<(), ClientError> {
    let (message, now) = (upload.message, core.clock.now());
    let is_of_preview = upload.place == OF_PREVIEW;
    core.db
        .write(move |writer| {
            if !is_of_preview {
                return send::fail(writer, message, failure);
            }
            if transfers::drop_of_preview(writer, message)? == Some(true) {
                outbox::uploads_done(writer, message, now)?;
            }
            Ok(())
        })
        .await?;
    step!("upload.failed");
    core.announce_messages(upload.peer, vec![message]);
    core.hub.announce([Change::Connectivity]);
    core.stir_outbox();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_up_to_hours_for_a_broken_server() {
        let seconds = |longest| -> Vec<u64> { (0..8).map(|tries| pause(tries, longest).as_secs()).collect() };
        assert_eq!(seconds(LONGEST_PAUSE), [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(seconds(LONGEST_OF_BROKEN), [5, 10, 20, 40, 80, 160, 320, 640]);
        assert_eq!(pause(u32::MAX, LONGEST_OF_BROKEN), LONGEST_OF_BROKEN);
    }

    #[test]
    fn an_end_that_is_over_or_near_is_not_known_and_without_the_time_any_may_be_right() {
        let (now, unknown) = (Timestamp::from_ms(1_767_225_600_000), Timestamp::from_ms(0));
        let later = now + Duration::from_secs(14 * 86_400);
        let over = now.earlier(Duration::from_secs(1));
        let soon = now + Duration::from_secs(60);
        assert_eq!(end_of_life(later, now, true), later);
        assert_eq!(end_of_life(over, now, true), unknown);
        assert_eq!(end_of_life(soon, now, true), unknown);
        assert_eq!(end_of_life(over, now, false), over);
    }
}
