//! Our own picture: chosen, removed, uploaded, kept alive.
//!
//! Source: `messages.md` §12, `config.md` §10, `network.md` §8 and §10.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{FileError, StoredFile, SwarmApi};
use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::config::fields::Picture;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::error::{HasKind, HasRetry, Retry};
use nous_protocol::time::Timestamp;
use nous_storage::account;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::pictures::{self, OwnPicture, PictureFiles, PictureLink};

use super::process::{Finished, in_pool};
use super::{PictureError, remove_files};
use crate::config_sync::kept;
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::step::step;

/// A picture that was renewed so recently is left alone at the start.
const FRESH: Duration = Duration::from_secs(2 * 3_600);
/// Before its end a picture is renewed by so much.
const BEFORE_END: Duration = Duration::from_secs(2 * 86_400);
/// A picture whose life cannot be extended is uploaded again after so long.
const OLD: Duration = Duration::from_secs(12 * 86_400);
/// If nothing is heard of an attempt (the process died) it is due again after this.
const UNHEARD: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// What the server refuses for good is tried again so rarely.
const AFTER_REFUSAL: Duration = Duration::from_secs(6 * 3_600);

/// Takes a finished picture as ours: on the disk before this returns, shown here at once, and
/// known to devices and contacts once it is uploaded.
///
/// `form`: how it is encrypted.
///
/// # Errors
/// [`PictureError::TooLarge`], or what the disk said.
pub async fn choose(core: &Core, finished: Finished, form: Form) -> Result<(), PictureError> {
    step!("picture.choosing");
    let _turn = core.files.writing().await;
    let (files, keys) = (core.files.clone(), Arc::clone(&core.keys));
    let work = move || {
        let encrypted = picture::encrypt(&finished.sent, form, &keys, &mut rand::rng())?;
        let put = |bytes: &[u8]| files.put(bytes).map_err(ClientError::from);
        let shown = PictureFiles {
            small: put(&finished.small)?,
            large: put(&finished.large)?,
        };
        let blob = files.put_plain(&encrypted.blob).map_err(ClientError::from)?;
        Ok((encrypted.key, shown, blob))
    };
    let (key, shown, blob_name) = in_pool(&core.cpu, work).await?;
    step!("picture.sealed");
    let (own, now) = (core.own, core.clock.now());
    let written = core.db.write(move |writer| {
        let mut replaced = pictures::forget_own(writer)?;
        replaced.extend(pictures::show_own(writer, &own, &key, &shown)?);
        pictures::save_own(writer, &chosen(blob_name, key, form, now))?;
        Ok(replaced)
    });
    let replaced = written.await.map_err(ClientError::from)?;
    step!("picture.chosen");
    remove_files(core, replaced).await?;
    core.hub
        .announce([Change::Account, Change::Conversations(vec![core.own.into()])]);
    core.hub.stir_pictures();
    Ok(())
}

fn chosen(blob_name: String, key: [u8; 32], form: Form, now: Timestamp) -> OwnPicture {
    let never = Timestamp::from_ms(0);
    OwnPicture {
        blob_name,
        key,
        is_stream: form == Form::Stream,
        url: String::new(),
        chosen: now,
        is_upload_due: true,
        uploaded: never,
        renewed: never,
        expires: None,
        attempts: 0,
        next_attempt: never,
        error: String::new(),
    }
}

/// Removes our picture: here, on all devices, and from the profile that messages carry.
///
/// # Errors
/// What the database said.
pub async fn remove(core: &Core) -> Result<(), ClientError> {
    let (own, now) = (core.own, core.clock.now());
    let removed = core
        .db
        .write(move |writer| {
            let mut names = pictures::forget_own(writer)?;
            names.extend(pictures::hide_own(writer, &own)?);
            if account::load(&writer.reader())?.is_some_and(|account| account.picture.is_some()) {
                share(writer, None, now)?;
            }
            step!("picture.removing");
            Ok(names)
        })
        .await?;
    step!("picture.removed");
    remove_files(core, removed).await?;
    core.hub
        .announce([Change::Account, Change::Conversations(vec![core.own.into()])]);
    core.configs.change();
    Ok(())
}

/// Puts the picture into the profile, for devices and messages alike: later than whatever the
/// profile was before.
fn share(writer: &mut Writer<'_>, link: Option<&PictureLink>, now: Timestamp) -> Result<(), StorageError> {
    let Some(own) = account::load(&writer.reader())? else {
        return Ok(());
    };
    let seconds = (now.as_wire() / 1_000).max(own.profile_updated_s.saturating_add(1));
    let at = kept::seconds(seconds);
    let picture = link.map(config_picture);
    kept::change(writer, |profile: &mut UserProfile| {
        profile.set_picture(picture.as_ref(), Some(at));
    })?;
    account::set_picture(writer, link, seconds)
}

fn config_picture((url, key): &PictureLink) -> Picture {
    Picture {
        url: url.clone(),
        key: *key,
    }
}

/// What is to be done with our picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Upload it.
    Upload,
    /// Extend its life.
    Renew,
}

/// What is due by `now`. `is_start`: nothing was looked at in this run.
///
/// # Errors
/// When something will be due, if nothing is now.
pub fn due(own: &OwnPicture, now: Timestamp, is_start: bool) -> Result<Due, Timestamp> {
    if own.is_upload_due {
        return if own.next_attempt <= now {
            Ok(Due::Upload)
        } else {
            Err(own.next_attempt)
        };
    }
    let renewed = own.renewed.max(own.uploaded);
    let at = own.expires.map_or(renewed + OLD, |end| end.earlier(BEFORE_END));
    let at = if is_start { at.min(renewed + FRESH) } else { at };
    // A failed attempt is repeated after its pause.
    let at = at.max(own.next_attempt);
    if at <= now { Ok(Due::Renew) } else { Err(at) }
}

/// Does what is due; answers when something is due next.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub async fn tend(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    is_start: bool,
) -> Result<Option<Timestamp>, ClientError> {
    let Some(own) = core.db.read(pictures::own).await? else {
        return Ok(None);
    };
    match due(&own, core.clock.now(), is_start) {
        Err(at) => return Ok(Some(at)),
        Ok(Due::Upload) => upload(core, swarm, own).await?,
        Ok(Due::Renew) => renew(core, swarm, own).await?,
    }
    let next = core.db.read(pictures::own).await?;
    let now = core.clock.now();
    Ok(next.map(|own| due(&own, now, false).err().unwrap_or(now)))
}

/// Counts an attempt before it is made. `None` if the picture was changed meanwhile.
async fn begin(core: &Core, own: &OwnPicture) -> Result<Option<OwnPicture>, ClientError> {
    let (own, next) = (own.clone(), core.clock.now() + UNHEARD);
    let begun = core.db.write(move |writer| {
        if !is_same(&writer.reader(), &own)? {
            return Ok(None);
        }
        let begun = OwnPicture {
            attempts: own.attempts.saturating_add(1),
            next_attempt: next,
            ..own
        };
        pictures::save_own(writer, &begun)?;
        Ok(Some(begun))
    });
    Ok(begun.await?)
}

fn is_same(reader: &Reader<'_>, own: &OwnPicture) -> Result<bool, StorageError> {
    let now = pictures::own(reader)?;
    Ok(now.is_some_and(|now| now.blob_name == own.blob_name))
}

async fn upload(core: &Core, swarm: &Arc<dyn SwarmApi>, own: OwnPicture) -> Result<(), ClientError> {
    let Some(own) = begin(core, &own).await? else {
        return Ok(());
    };
    let (files, name) = (core.files.clone(), own.blob_name.clone());
    let read = tokio::task::spawn_blocking(move || files.get_plain(&name));
    let blob = read.await.map_err(|_| ClientError::Bug("reading a file"))?;
    let Some(blob) = blob else {
        return lost(core).await;
    };
    step!("picture.uploading");
    match swarm.upload_file(blob, own.is_stream).await {
        Ok(stored) => {
            step!("picture.uploaded");
            commit_upload(core, own, stored).await
        }
        Err(error) => note_failure(core, own, &error).await,
    }
}

/// The file is not on this disk: what the network has of it counts.
async fn lost(core: &Core) -> Result<(), ClientError> {
    tracing::warn!("the file of the own picture is gone");
    core.db.write(pictures::forget_own).await?;
    core.hub.announce([Change::Account]);
    Ok(())
}

async fn commit_upload(core: &Core, own: OwnPicture, stored: StoredFile) -> Result<(), ClientError> {
    let (account, now) = (core.own, core.clock.now());
    core.db
        .write(move |writer| {
            if !is_same(&writer.reader(), &own)? {
                // Changed or removed meanwhile: the server forgets the file by itself.
                return Ok(());
            }
            let link = (stored.url.clone(), own.key);
            if own.url.is_empty() {
                share(writer, Some(&link), now)?;
            } else {
                share_again(writer, &link, now)?;
            }
            pictures::name_own(writer, &account, &link)?;
            let kept = OwnPicture {
                url: stored.url,
                is_upload_due: false,
                uploaded: now,
                renewed: now,
                expires: Some(stored.expires),
                attempts: 0,
                next_attempt: Timestamp::from_ms(0),
                error: String::new(),
                ..own
            };
            pictures::save_own(writer, &kept)?;
            step!("picture.committing");
            Ok(())
        })
        .await?;
    step!("picture.committed");
    core.hub.announce([Change::Account]);
    core.configs.change();
    Ok(())
}

/// The same picture, uploaded again: not a choice of the person.
fn share_again(writer: &mut Writer<'_>, link: &PictureLink, now: Timestamp) -> Result<(), StorageError> {
    let Some(own) = account::load(&writer.reader())? else {
        return Ok(());
    };
    let seconds = (now.as_wire() / 1_000).max(own.profile_updated_s.saturating_add(1));
    let updated = kept::change(writer, |profile: &mut UserProfile| {
        profile.set_reuploaded_picture(&config_picture(link), kept::seconds(seconds));
        profile.updated_seconds().unsigned_abs()
    })?;
    account::set_picture(writer, Some(link), updated.max(own.profile_updated_s))
}

async fn renew(core: &Core, swarm: &Arc<dyn SwarmApi>, own: OwnPicture) -> Result<(), ClientError> {
    let Some(own) = begin(core, &own).await? else {
        return Ok(());
    };
    let now = core.clock.now();
    step!("picture.renewing");
    let extended = swarm.extend_file(&own.url).await;
    step!("picture.renewed");
    let next = match extended {
        Ok(expires) => OwnPicture {
            renewed: now,
            expires: Some(expires),
            attempts: 0,
            next_attempt: Timestamp::from_ms(0),
            error: String::new(),
            ..own
        },
        Err(FileError::NotFound) => upload_again(own),
        Err(error) if now.since(own.uploaded) > OLD && matches!(error.retry(), Retry::Never) => {
            upload_again(own)
        }
        Err(error) if matches!(error.retry(), Retry::Never) => OwnPicture {
            // Its life cannot be extended: it is uploaded again when it is old.
            next_attempt: own.uploaded + OLD,
            ..own
        },
        Err(error) => {
            tracing::debug!(%error, "the own picture was not renewed");
            let next_attempt = now + pause(own.attempts);
            OwnPicture { next_attempt, ..own }
        }
    };
    Ok(core
        .db
        .write(move |writer| {
            if is_same(&writer.reader(), &next)? {
                pictures::save_own(writer, &next)?;
            }
            Ok(())
        })
        .await?)
}

fn upload_again(own: OwnPicture) -> OwnPicture {
    tracing::info!("the own picture is uploaded again");
    OwnPicture {
        is_upload_due: true,
        attempts: 0,
        next_attempt: Timestamp::from_ms(0),
        ..own
    }
}

fn pause(attempts: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1).min(10)))
        .min(LONGEST_PAUSE)
}

/// It waits for the next time, and says why.
async fn note_failure(core: &Core, own: OwnPicture, error: &FileError) -> Result<(), ClientError> {
    tracing::debug!(%error, "the own picture was not uploaded");
    let pause = match error.retry() {
        Retry::Never => AFTER_REFUSAL,
        _ => pause(own.attempts),
    };
    let next_attempt = core.clock.now() + pause;
    let error = failure(error).to_string();
    core.db
        .write(move |writer| {
            if is_same(&writer.reader(), &own)? {
                let failed = OwnPicture {
                    next_attempt,
                    error,
                    ..own
                };
                pictures::save_own(writer, &failed)?;
            }
            Ok(())
        })
        .await?;
    core.hub.announce([Change::Account]);
    Ok(())
}

fn failure(error: &FileError) -> Failure {
    use nous_protocol::error::ErrorKind;
    match error {
        FileError::Network(error) => error.into(),
        other => match other.kind() {
            ErrorKind::TooLarge => Failure::TooLarge,
            ErrorKind::NodeTrouble => Failure::TimedOut,
            _ => Failure::Refused,
        },
    }
}

/// Takes what another device has put into the profile. What was chosen here and is not
/// uploaded yet stays if it was chosen later: a picture that was only stored again is not
/// chosen. Answers the names of files to remove.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §10.
pub(crate) fn adopt(writer: &mut Writer<'_>, profile: &UserProfile) -> Result<Vec<String>, StorageError> {
    let link = profile.picture().map(|picture| (picture.url, picture.key));
    let updated = profile.updated_seconds().unsigned_abs();
    let known = account::load(&writer.reader())?.and_then(|own| own.picture);
    account::set_picture(writer, link.as_ref(), updated)?;
    if known == link {
        return Ok(Vec::new());
    }
    let Some(own) = pictures::own(&writer.reader())? else {
        return Ok(Vec::new());
    };
    let is_ours = link
        .as_ref()
        .is_some_and(|(url, key)| *url == own.url && *key == own.key);
    let chosen_there = profile.changed_seconds().unsigned_abs();
    let is_later = own.url.is_empty() && own.chosen.as_wire() / 1_000 >= chosen_there;
    if is_ours || is_later {
        return Ok(Vec::new());
    }
    pictures::forget_own(writer)
}
