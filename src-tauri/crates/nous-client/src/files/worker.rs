//! The loops: one file goes up and one comes at a time; what is gone is tidied beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_network::{Connectivity, FileError, LinkState, SwarmApi, clock};
use nous_protocol::time::Timestamp;
use nous_storage::attachments::transfers;
use nous_storage::ids::AttachmentKey;
use nous_storage::outbox;
use tokio::sync::watch;

use super::{download, tidy, upload};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::step::step;

/// After the database or the disk failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// The longest sleep: network time may be corrected meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);
/// Files of messages that still wait are renewed so long before the server forgets them.
const BEFORE_END: Duration = Duration::from_secs(2 * 86_400);
/// How often that is looked at, and how soon again if no node has told the time yet.
const RENEWALS: Duration = Duration::from_secs(3_600);
const UNTIL_KNOWN: Duration = Duration::from_secs(5);

/// Carries files until it is dropped.
pub struct FileWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
}

impl std::fmt::Debug for FileWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileWorker(…)")
    }
}

/// One direction.
struct Lane {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    is_upload: bool,
    was_linked: bool,
    /// When files were renewed.
    renewed: Option<Instant>,
}

impl FileWorker {
    /// A worker that has not begun.
    #[must_use]
    pub fn new(core: Core, swarm: Arc<dyn SwarmApi>, connectivity: watch::Receiver<Connectivity>) -> Self {
        Self {
            core,
            swarm,
            connectivity,
        }
    }

    /// Runs for ever. What a crash interrupted begins anew.
    pub async fn run(self) {
        while let Err(error) = recover(&self.core).await {
            tracing::warn!(%error, "files on their way cannot be read");
            tokio::time::sleep(AFTER_TROUBLE).await;
        }
        let core = self.core.clone();
        tokio::join!(self.lane(true).run(), self.lane(false).run(), tidy::run(&core));
    }

    fn lane(&self, is_upload: bool) -> Lane {
        Lane {
            core: self.core.clone(),
            swarm: Arc::clone(&self.swarm),
            connectivity: self.connectivity.clone(),
            is_upload,
            was_linked: false,
            renewed: None,
        }
    }
}

async fn recover(core: &Core) -> Result<(), ClientError> {
    core.db.write(transfers::recover).await?;
    tidy::forget_stray(core).await
}

impl Lane {
    async fn run(mut self) {
        loop {
            let next = match self.round().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "files cannot be carried");
                    Some(self.core.clock.now() + AFTER_TROUBLE)
                }
            };
            self.wait(next).await;
        }
    }

    /// Answers when something is due; never without a connection.
    async fn round(&mut self) -> Result<Option<Timestamp>, ClientError> {
        let is_linked = self.connectivity.borrow_and_update().state == LinkState::Connected;
        if !is_linked {
            self.was_linked = false;
            return Ok(None);
        }
        if !std::mem::replace(&mut self.was_linked, true) {
            self.core
                .db
                .write(|writer| transfers::make_due(writer, &Failure::Offline.to_string()))
                .await?;
        }
        if self.is_upload {
            self.renew().await?;
            self.upload_due().await?;
        } else {
            self.download_due().await?;
        }
        let is_upload = self.is_upload;
        let next = self
            .core
            .db
            .read(move |reader| transfers::next_due(reader, is_upload));
        let pause = if self.core.clock.is_known() {
            RENEWALS
        } else {
            UNTIL_KNOWN
        };
        let renewal = is_upload.then(|| self.core.clock.now() + pause);
        Ok(next.await?.into_iter().chain(renewal).min())
    }

    async fn upload_due(&self) -> Result<(), ClientError> {
        loop {
            let now = self.core.clock.now();
            let next = self
                .core
                .db
                .read(move |reader| transfers::next_upload(reader, now));
            match next.await? {
                Some(file) => upload::one(&self.core, &self.swarm, file).await?,
                None => return Ok(()),
            }
        }
    }

    async fn download_due(&self) -> Result<(), ClientError> {
        loop {
            let now = self.core.clock.now();
            let next = self
                .core
                .db
                .read(move |reader| transfers::next_download(reader, now));
            match next.await? {
                Some(file) => download::one(&self.core, &self.swarm, file).await?,
                None => return Ok(()),
            }
        }
    }

    /// Lets files live on whose messages still wait to go out.
    async fn renew(&mut self) -> Result<(), ClientError> {
        let is_fresh = |at: Instant| clock::monotonic().duration_since(at) < RENEWALS;
        // By another time nothing seems to end.
        if !self.core.clock.is_known() || self.renewed.is_some_and(is_fresh) {
            return Ok(());
        }
        self.renewed = Some(clock::monotonic());
        let now = self.core.clock.now();
        let ending = self
            .core
            .db
            .read(move |reader| transfers::ending(reader, now, now + BEFORE_END))
            .await?;
        for (key, url) in ending {
            step!("upload.renewing");
            match self.swarm.extend_file(&url).await {
                Ok(expires) => {
                    let end = upload::end_of_life(expires, now, true);
                    self.core
                        .db
                        .write(move |writer| transfers::extended(writer, key, end))
                        .await?;
                    step!("upload.renewed");
                }
                Err(FileError::NotFound) => self.repeat(key).await?,
                // It is uploaded once more when its end has come.
                Err(error) => tracing::debug!(%error, "a file was not renewed"),
            }
        }
        Ok(())
    }

    /// The server has forgotten a file.
    async fn repeat(&self, key: AttachmentKey) -> Result<(), ClientError> {
        self.core
            .db
            .write(move |writer| {
                if let Some(message) = transfers::repeat(writer, key)? {
                    outbox::await_uploads(writer, message)?;
                }
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Sleeps until `at`, something new, or a change of the connection.
    async fn wait(&mut self, at: Option<Timestamp>) {
        let at = at.map(|at| wake_at(at, self.core.clock.now()));
        let stirred = if self.is_upload {
            Arc::clone(&self.core.uploads_stirred)
        } else {
            Arc::clone(&self.core.downloads_stirred)
        };
        tokio::select! {
            () = clock::sleep_until(at) => {}
            () = stirred.notified() => {}
            Ok(()) = self.connectivity.changed() => {}
        }
    }
}

fn wake_at(at: Timestamp, now: Timestamp) -> Instant {
    let pause = if at > now {
        at.since(now).min(LONGEST_SLEEP)
    } else {
        Duration::ZERO
    };
    clock::monotonic() + pause
}
