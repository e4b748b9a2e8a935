//! The seam for files: what the engine asks of the file server, here and in the scripted
//! network of tests. Links are texts, as profiles carry them.
//!
//! Source: `architecture.md` §4, `messages.md` §11.4.

use async_trait::async_trait;
use nous_protocol::time::Timestamp;

use crate::file_server::{FileError, FileLink};
use crate::network::Network;

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

    /// Downloads what a link names.
    ///
    /// # Errors
    /// [`FileError`]: [`FileError::Input`] for a link that leads nowhere we go.
    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError>;

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
        let facts = self.upload(bytes, None).await?;
        let link = FileLink::on_default(self.config(), &facts.id)?;
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

    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError> {
        self.download(&FileLink::parse(self.config(), url)?).await
    }

    async fn extend_file(&self, url: &str) -> Result<Timestamp, FileError> {
        let link = FileLink::parse(self.config(), url)?;
        Ok(Network::extend_file(self, &link, None).await?.expires)
    }

    fn wants_deterministic(&self) -> bool {
        self.config().file.deterministic_files
    }
}
