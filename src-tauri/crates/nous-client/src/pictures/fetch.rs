//! One picture of somebody, or of ourselves from another device.
//!
//! Counted before it is tried; verified, decrypted, decoded and written anew before it is kept.
//! Whatever fails, the picture there was stays.
//!
//! Source: `messages.md` §12, `architecture.md` §10.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{FileError, SwarmApi};
use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::pictures::{self, OwnPicture, PictureFiles, Wanted};

use super::process::{self, in_pool};
use super::{PictureError, remove_files};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::step::step;

/// After the first, the second and each further try.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(30),
    Duration::from_secs(30 * 60),
    Duration::from_secs(20 * 3_600),
];
/// After so many tries a picture waits for a newer profile.
const MOST_TRIES: u32 = 10;
/// A picture that can never be used waits for another profile.
const NEVER: Timestamp = Timestamp::from_ms(i64::MAX);

/// When the next try is due if this one, the `attempts`-th before, brings nothing.
#[must_use]
pub fn next_try(attempts: u32, now: Timestamp) -> Timestamp {
    if attempts + 1 >= MOST_TRIES {
        return NEVER;
    }
    let place = usize::try_from(attempts)
        .unwrap_or(usize::MAX)
        .min(PAUSES.len() - 1);
    now + PAUSES[place]
}

/// Fetches one picture.
///
/// # Errors
/// What the database said. Everything else is a result that is written down.
pub async fn one(core: &Core, swarm: &Arc<dyn SwarmApi>, wanted: Wanted) -> Result<(), ClientError> {
    note(core, &wanted, next_try(wanted.attempts, core.clock.now())).await?;
    step!("fetch.begun");
    match swarm.download_file(&wanted.link.0).await {
        Ok(blob) => {
            step!("fetch.downloaded");
            match keep(core, &wanted, blob).await {
                Err(PictureError::Client(error)) => Err(error),
                // It is tried again as if it had not come.
                Err(PictureError::TooSlow) => Ok(()),
                Err(error) => {
                    tracing::debug!(%error, "a picture cannot be used");
                    note(core, &wanted, NEVER).await
                }
                Ok(()) => Ok(()),
            }
        }
        Err(error) => {
            tracing::debug!(%error, "a picture was not fetched");
            match error {
                FileError::Input | FileError::TooLarge => note(core, &wanted, NEVER).await,
                _ => Ok(()),
            }
        }
    }
}

async fn note(core: &Core, wanted: &Wanted, next: Timestamp) -> Result<(), ClientError> {
    let wanted = wanted.clone();
    Ok(core
        .db
        .write(move |writer| pictures::note_fetch(writer, &wanted, next))
        .await?)
}

async fn keep(core: &Core, wanted: &Wanted, blob: Vec<u8>) -> Result<(), PictureError> {
    let _turn = core.files.writing().await;
    let (files, (url, key)) = (core.files.clone(), wanted.link.clone());
    let form = Form::of_link(&url);
    let is_own = wanted.id == core.own;
    let work = move || {
        let plain = picture::open(&blob, &key, form)?;
        let (large, small) = process::received(&plain)?;
        let put = |bytes: &[u8]| files.put(bytes).map_err(ClientError::from);
        let kept = PictureFiles {
            small: put(&small)?,
            large: put(&large)?,
        };
        // Each device of ours can upload it again.
        let blob_name = is_own
            .then(|| files.put_plain(&blob))
            .transpose()
            .map_err(ClientError::from)?;
        Ok((kept, blob_name))
    };
    let (kept, blob_name) = in_pool(&core.media, work).await?;
    step!("fetch.sealed");
    let (wanted_now, now) = (wanted.clone(), core.clock.now());
    let gone = core
        .db
        .write(move |writer| commit(writer, &wanted_now, &kept, blob_name, now))
        .await
        .map_err(ClientError::from)?;
    step!("fetch.committed");
    remove_files(core, gone).await?;
    let of_account = is_own.then_some(Change::Account);
    core.hub.announce(
        [Change::Conversations(vec![wanted.id])]
            .into_iter()
            .chain(of_account),
    );
    Ok(())
}

/// Answers the names of files that nothing names any more.
fn commit(
    writer: &mut Writer<'_>,
    wanted: &Wanted,
    kept: &PictureFiles,
    blob_name: Option<String>,
    now: Timestamp,
) -> Result<Vec<String>, StorageError> {
    let Some(mut gone) = pictures::keep_fetched(writer, wanted, kept)? else {
        return Ok(kept.names().into_iter().chain(blob_name).collect());
    };
    if let Some(blob_name) = blob_name {
        gone.extend(pictures::forget_own(writer)?);
        let (url, key) = wanted.link.clone();
        let changed = Timestamp::from_wire(wanted.updated_s.saturating_mul(1_000)).min(now);
        let own = OwnPicture {
            blob_name,
            key,
            is_stream: Form::of_link(&url) == Form::Stream,
            url,
            chosen: changed,
            is_upload_due: false,
            uploaded: changed,
            // The server has just shown that it has it; the device that uploaded it renews it.
            renewed: now,
            expires: None,
            attempts: 0,
            next_attempt: Timestamp::from_ms(0),
            error: String::new(),
        };
        pictures::save_own(writer, &own)?;
    }
    step!("fetch.committing");
    Ok(gone)
}
