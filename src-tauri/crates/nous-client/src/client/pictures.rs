//! Pictures of profiles, as a face asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use nous_protocol::account::ConversationId;
use nous_protocol::attachment::picture::Form;
use nous_storage::pictures::{self, OwnPicture};

use super::Client;
use crate::cpu::CpuPool;
use crate::error::ClientError;
use crate::pictures::process::{self, Crop, in_pool};
use crate::pictures::staged::StagedPicture;
use crate::pictures::{PictureError, PictureSize, own};

impl Client {
    /// Opens a picture that a person chose, and keeps it in memory until it is taken.
    ///
    /// # Errors
    /// [`PictureError`]: what is wrong with it.
    pub async fn stage_picture(&self, bytes: Vec<u8>) -> Result<StagedPicture, PictureError> {
        self.session().map_err(PictureError::from)?;
        let work = move || {
            let opened = process::open(&bytes)?;
            let preview = opened.preview()?;
            Ok((opened, preview))
        };
        let (opened, preview) = in_pool(&self.media()?, work).await?;
        Ok(self.inner.staged.put(opened, preview))
    }

    fn media(&self) -> Result<CpuPool, ClientError> {
        Ok(self.session()?.core.media)
    }

    /// What a page shows of a staged picture, a JPEG; `None` if it is not there any more.
    #[must_use]
    pub fn staged_preview(&self, id: &str) -> Option<Arc<Vec<u8>>> {
        self.session().ok()?;
        self.inner.staged.preview(id)
    }

    /// Forgets a staged picture.
    pub fn unstage_picture(&self) {
        self.inner.staged.clear();
    }

    /// Takes a staged picture as our own. It is on the disk before this returns, and goes out
    /// by itself.
    ///
    /// # Errors
    /// [`PictureError::NotStaged`], [`PictureError::Crop`], or what the disk said.
    pub async fn set_picture(&self, staged: &str, crop: Option<Crop>) -> Result<(), PictureError> {
        let opened = self.inner.staged.get(staged)?;
        let core = self.session()?.core;
        let finished = in_pool(&core.cpu, move || opened.finish(crop)).await?;
        own::choose(&core, finished, self.picture_form()).await?;
        self.inner.staged.clear();
        Ok(())
    }

    /// How this network wants pictures encrypted.
    pub(super) fn picture_form(&self) -> Form {
        if self.inner.network.file.deterministic_files {
            Form::Stream
        } else {
            Form::Legacy
        }
    }

    /// Removes our own picture, on all devices.
    ///
    /// # Errors
    /// What the database said.
    pub async fn remove_picture(&self) -> Result<(), ClientError> {
        own::remove(&self.session()?.core).await
    }

    /// Our own picture: how screens call it, and how far its upload is.
    ///
    /// # Errors
    /// What the database said.
    pub async fn own_picture(&self) -> Result<(Option<String>, Option<OwnPicture>), ClientError> {
        let own = self.own_id()?;
        Ok(self
            .db()?
            .read(move |reader| Ok((pictures::name_of(reader, own)?, pictures::own(reader)?)))
            .await?)
    }

    /// How screens call the pictures of some people, of whom one is here and may be shown.
    ///
    /// # Errors
    /// What the database said.
    pub async fn pictures_of(
        &self,
        ids: Vec<ConversationId>,
    ) -> Result<BTreeMap<ConversationId, String>, ClientError> {
        let db = self.db()?;
        Ok(db.read(move |reader| pictures::names_of(reader, &ids)).await?)
    }

    /// The bytes of a picture, a JPEG; `None` if it is not there or may not be shown any more.
    ///
    /// # Errors
    /// What the database said.
    pub async fn picture(&self, name: String, size: PictureSize) -> Result<Option<Vec<u8>>, ClientError> {
        let core = self.session()?.core;
        let found = core
            .db
            .read(move |reader| pictures::by_name(reader, &name))
            .await?;
        let Some(found) = found else { return Ok(None) };
        let files = core.files.clone();
        let read = tokio::task::spawn_blocking(move || match size {
            PictureSize::Small => files.get(&found.small),
            PictureSize::Large => files.get(&found.large),
        });
        read.await.map_err(|_| ClientError::Bug("reading a picture"))
    }
}
