//! The seam for files: what the engine asks of the file server, here and in the scripted
//! network of tests. Links are texts, as profiles carry them.
//!
//! Source: `architecture.md` §4, `messages.md` §11.4.

use async_trait::async_trait;
use nous_protocol::time::Timestamp;

use crate::file_server::{FileError, FileFacts, FileLink};
use crate::network::Network;
use crate::progress::Progress;

/// A file that was uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its link.
    pub url: String,
    /// When the server forgets it.
    pub expires: Timestamp,
}

/// Shows no link: it lets anybody fetch the file.
impl std::fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredFile")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Carrying encrypted files to and from a server.
#[async_trait]
pub trait FileApi: Send + Sync {
    /// Uploads to the network's own server. `is_deterministic`: the link says so.
    ///
    /// # Errors
    /// [`FileError`].
    async fn upload_file(&self, bytes: Vec<u8>, is_deterministic: bool) -> Result<StoredFile, FileError>;

    /// The same; `progress` is told how much has left. Dropped in the middle, it is called off.
    ///
    /// # Errors
    /// [`FileError`].
    async fn carry_up(
        &self,
        bytes: Vec<u8>,
        is_deterministic: bool,
        progress: &Progress,
    ) -> Result<StoredFile, FileError> {
        progress.begin(bytes.len());
        self.upload_file(bytes, is_deterministic).await
    }

    /// Downloads what a link names.
    ///
    /// # Errors
    /// [`FileError`]: [`FileError::Input`] for a link that leads nowhere we go.
    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError>;

    /// The same; `progress` is told how much has come. Dropped in the middle, it is called off.
    ///
    /// # Errors
    /// As [`FileApi::download_file`]; [`FileError::TooLarge`] as soon as more comes than a file
    /// may have.
    async fn carry_down(&self, url: &str, progress: &Progress) -> Result<Vec<u8>, FileError> {
        progress.begin(0);
        self.download_file(url).await
    }

    /// Lets a file live on; answers its new end.
    ///
    /// # Errors
    /// [`FileError`]: [`FileError::NotFound`] once it has ended, [`FileError::Input`] if the
    /// life of such a file cannot be extended.
    async fn extend_file(&self, url: &str) -> Result<Timestamp, FileError>;

    /// Whether this network wants files in the newer, deterministic form.
    fn wants_deterministic(&self) -> bool {
        false
    }
}

#[async_trait]
impl FileApi for Network {
    async fn upload_file(&self, bytes: Vec<u8>, is_deterministic: bool) -> Result<StoredFile, FileError> {
        stored(self, &self.upload(bytes, None).await?, is_deterministic)
    }

    async fn carry_up(
        &self,
        bytes: Vec<u8>,
        is_deterministic: bool,
        progress: &Progress,
    ) -> Result<StoredFile, FileError> {
        let facts = Network::carry_up(self, bytes, None, Some(progress)).await?;
        stored(self, &facts, is_deterministic)
    }

    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError> {
        self.download(&FileLink::parse(self.config(), url)?).await
    }

    async fn carry_down(&self, url: &str, progress: &Progress) -> Result<Vec<u8>, FileError> {
        let link = FileLink::parse(self.config(), url)?;
        Network::carry_down(self, &link, Some(progress)).await
    }

    async fn extend_file(&self, url: &str) -> Result<Timestamp, FileError> {
        let link = FileLink::parse(self.config(), url)?;
        Ok(Network::extend_file(self, &link, None).await?.expires)
    }

    fn wants_deterministic(&self) -> bool {
        self.config().file.deterministic_files
    }
}

fn stored(network: &Network, facts: &FileFacts, is_deterministic: bool) -> Result<StoredFile, FileError> {
    let link = FileLink::on_default(network.config(), &facts.id)?;
    let link = if is_deterministic {
        link.with_flag("d")
    } else {
        link
    };
    Ok(StoredFile {
        url: link.to_text(),
        expires: facts.expires,
    })
}
