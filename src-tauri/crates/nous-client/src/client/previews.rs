//! Previews of links, as a face asks for them.

use nous_network::preview::{Fetcher, Page, PreviewError};
use tokio::sync::OnceCell;

use super::Client;
use crate::error::ClientError;
use crate::files::FilesError;
use crate::previews::{self, MADE, MadePreview};

/// What looks at pages, once somebody wants it.
#[derive(Debug, Default)]
pub(crate) struct Looking(OnceCell<Fetcher>);

impl Looking {
    /// Begins with the first page: reading the certificates of the system takes a while.
    async fn look(&self, url: &str) -> Result<Page, PreviewError> {
        let begin = || async {
            let begun = tokio::task::spawn_blocking(Fetcher::for_the_web).await;
            begun.unwrap_or(Err(PreviewError::Setup))
        };
        self.0.get_or_try_init(begin).await?.look(url).await
    }
}

impl Client {
    /// Looks at the page behind a link, directly: its site sees our address. `None` if the person does
    /// not want that, if the link is not one to look at, or if nothing can be shown.
    ///
    /// # Errors
    /// What the database or the disk said.
    pub async fn make_preview(&self, url: &str) -> Result<Option<MadePreview>, FilesError> {
        let core = self.session()?.core;
        if self.setting::<bool>(MADE).await? != Some(true) {
            return Ok(None);
        }
        match self.inner.looking.look(url).await {
            Ok(page) => previews::keep(&core, page).await,
            Err(error) => {
                tracing::debug!(%error, "a link has no preview");
                Ok(None)
            }
        }
    }

    /// Gives up a preview that is not sent.
    ///
    /// # Errors
    /// What the database said.
    pub async fn discard_preview(&self, id: &str) -> Result<(), ClientError> {
        previews::discard(&self.session()?.core, id).await
    }
}
