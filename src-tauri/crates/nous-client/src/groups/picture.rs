//! A group's picture: chosen by an admin, uploaded in the background, then known to all.
//!
//! Source: `groups.md` §15, `network.md` §8.

use std::sync::Arc;
use std::time::Duration;

use nous_network::SwarmApi;
use nous_protocol::account::GroupId;
use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::config::fields::Picture;
use nous_protocol::content::group::InfoChange;
use nous_storage::groups::tasks::{self, NewTask, Task, TaskKind};
use nous_storage::messages::GroupEvent;
use serde::{Deserialize, Serialize};

use super::edit::{Edit, edit};
use super::error::GroupError;
use super::facts::signed;
use crate::core::Core;
use crate::error::ClientError;
use crate::pictures::process::{Finished, in_pool};
use crate::pictures::{PictureError, remove_files};
use crate::step::step;

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(600);

/// A picture that waits to be uploaded.
#[derive(Serialize, Deserialize)]
struct Waiting {
    /// Its file in `attachments/`, encrypted as it is uploaded.
    blob: String,
    /// 64 hex digits.
    key: String,
    is_stream: bool,
}

/// Why a group has no other picture.
#[derive(Debug, thiserror::Error)]
pub enum GroupPictureError {
    /// Something is wrong with the picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Something is wrong with the group.
    #[error(transparent)]
    Group(#[from] GroupError),
}

/// A picture on the disk, encrypted as it is uploaded, that no group has yet.
pub(super) struct Prepared {
    /// Its file in `attachments/`.
    pub(super) blob: String,
    /// Of the task that uploads it.
    pub(super) data: Vec<u8>,
}

/// Writes a finished picture to the disk. To be called in a turn of the files, in which a task
/// names the file or it is removed.
///
/// # Errors
/// [`GroupPictureError`].
pub(super) async fn prepare(
    core: &Core,
    finished: Finished,
    form: Form,
) -> Result<Prepared, GroupPictureError> {
    let (files, keys) = (core.files.clone(), Arc::clone(&core.keys));
    let work = move || {
        let encrypted = picture::encrypt(&finished.sent, form, &keys, &mut rand::rng())?;
        let blob = files.put_plain(&encrypted.blob).map_err(ClientError::from)?;
        Ok((encrypted.key, blob))
    };
    let (key, blob) = in_pool(&core.cpu, work).await?;
    let waiting = Waiting {
        blob: blob.clone(),
        key: hex::encode(key),
        is_stream: form == Form::Stream,
    };
    let data = serde_json::to_vec(&waiting).unwrap_or_default();
    Ok(Prepared { blob, data })
}

/// Takes a finished picture as a group's: on the disk before this returns, known to all once it
/// is uploaded.
///
/// # Errors
/// [`GroupPictureError`].
pub async fn choose(
    core: &Core,
    id: GroupId,
    finished: Finished,
    form: Form,
) -> Result<(), GroupPictureError> {
    let _turn = core.files.writing().await;
    let Prepared { blob, data } = prepare(core, finished, form).await?;
    let chosen = edit(core, id, move |group| {
        if let Err(refusal) = group.admin() {
            return Ok(Err(refusal));
        }
        let replaced = forget_waiting(group)?;
        let mut task = NewTask::new(group.id, TaskKind::Picture, group.now);
        task.data = data;
        group.task(&task)?;
        Ok(Ok(replaced))
    });
    match chosen.await {
        Ok(replaced) => remove_files(core, replaced).await.map_err(GroupError::from)?,
        Err(refusal) => {
            remove_files(core, vec![blob]).await.map_err(GroupError::from)?;
            return Err(refusal.into());
        }
    }
    step!("group.pictureChosen");
    Ok(())
}

/// Takes a group's picture away.
///
/// # Errors
/// [`GroupError::NotAdmin`], or what the database said.
pub async fn remove(core: &Core, id: GroupId) -> Result<(), GroupError> {
    let replaced = edit(core, id, move |group| {
        if let Err(refusal) = group.admin() {
            return Ok(Err(refusal));
        }
        let replaced = forget_waiting(group)?;
        if group.state.info().picture().is_some() {
            set(group, None)?;
        }
        Ok(Ok(replaced))
    });
    let replaced = replaced.await?;
    Ok(remove_files(core, replaced).await?)
}

/// Pictures that waited are not uploaded any more: answers the names of their files.
fn forget_waiting(group: &mut Edit<'_, '_>) -> Result<Vec<String>, nous_storage::error::StorageError> {
    let waiting: Vec<Task> = tasks::of_group(&group.writer.reader(), &group.id)?
        .into_iter()
        .filter(|task| task.kind == TaskKind::Picture)
        .collect();
    tasks::done(group.writer, waiting.iter().map(|task| task.key))?;
    let file = |task: &Task| serde_json::from_slice::<Waiting>(&task.data).ok();
    Ok(waiting
        .iter()
        .filter_map(file)
        .map(|waiting| waiting.blob)
        .collect())
}

fn set(group: &mut Edit<'_, '_>, picture: Option<&Picture>) -> Result<(), nous_storage::error::StorageError> {
    group.change_state(|state, secret| state.info_mut().edit(secret).picture(picture));
    group.announce(
        |secret, sent| signed(secret, InfoChange::Avatar, sent),
        true,
        Some(GroupEvent::PictureChanged),
    )
}

/// Uploads what waits, if it is due.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub(super) async fn upload_due(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<(), ClientError> {
    let now = core.clock.now();
    let read = core.db.read(move |reader| {
        let mut all = tasks::of_group(reader, &id)?.into_iter();
        Ok(all.find(|task| task.kind == TaskKind::Picture && task.due <= now))
    });
    let Some(task) = read.await? else {
        return Ok(());
    };
    let key = task.key;
    let Some(picture) = upload(core, swarm, &task).await? else {
        let pause = Duration::from_secs(4 << task.attempts.min(8)).min(LONGEST);
        core.db
            .write(move |writer| tasks::postpone(writer, key, now + pause))
            .await?;
        return Ok(());
    };
    step!("group.pictureUploaded");
    let noted = edit(core, id, move |group| {
        // Another one was chosen meanwhile, or none.
        if tasks::done(group.writer, [key])? > 0
            && let Some(picture) = picture
        {
            set(group, Some(&picture))?;
        }
        Ok(Ok(()))
    });
    match noted.await {
        Ok(()) => {}
        Err(GroupError::Client(error)) => return Err(error),
        Err(error) => tracing::debug!(%error, "a group's picture cannot be changed"),
    }
    if let Ok(waiting) = serde_json::from_slice::<Waiting>(&task.data) {
        remove_files(core, vec![waiting.blob]).await?;
    }
    Ok(())
}

/// Link and key of what was uploaded; inside `None` if the file is gone, outside if the server
/// did not take it.
async fn upload(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    task: &Task,
) -> Result<Option<Option<Picture>>, ClientError> {
    let Ok(waiting) = serde_json::from_slice::<Waiting>(&task.data) else {
        return Ok(Some(None));
    };
    let mut key = [0; 32];
    if hex::decode_to_slice(&waiting.key, &mut key).is_err() {
        return Ok(Some(None));
    }
    let (files, name) = (core.files.clone(), waiting.blob);
    let read = tokio::task::spawn_blocking(move || files.get_plain(&name));
    let Some(blob) = read.await.map_err(|_| ClientError::Bug("reading a file"))? else {
        tracing::warn!("the file of a group's picture is gone");
        return Ok(Some(None));
    };
    match swarm.upload_file(blob, waiting.is_stream).await {
        Ok(stored) => Ok(Some(Some(Picture { url: stored.url, key }))),
        Err(error) => {
            tracing::debug!(%error, "a group's picture was not uploaded");
            Ok(None)
        }
    }
}

/// The file server keeps a group's picture for some days only: whoever runs extends its life.
pub(super) async fn renew(swarm: &Arc<dyn SwarmApi>, url: &str) {
    if let Err(error) = swarm.extend_file(url).await {
        tracing::debug!(%error, "the life of a group's picture was not extended");
    }
}
