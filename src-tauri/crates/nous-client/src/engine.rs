//! The loops of one account: outbox, deletions, configs, pictures, groups and poller, over the one seam to
//! the network.

use std::sync::Arc;

use nous_network::{Connectivity, LinkState, SwarmApi, Tasks};
use nous_storage::settings;
use tokio::sync::watch;

use crate::config_sync::worker::ConfigSync;
use crate::core::Core;
use crate::deleting::worker::DeletionWorker;
use crate::disappearing::worker::DisappearingWorker;
use crate::error::ClientError;
use crate::files::reread;
use crate::files::worker::FileWorker;
use crate::groups;
use crate::groups::worker::GroupWorker;
use crate::pictures::worker::PictureWorker;
use crate::poll::{self, OnResume, PollControl, Poller};
use crate::receive::pipeline;
use crate::send::worker::{self, OutboxWorker};
use crate::typing;

/// The setting that remembers which version has looked at the parked contents.
const PARKED_VERSION: &str = "engine.parkedVersion";

/// What the loops run over.
#[derive(Clone)]
pub struct EngineParts {
    /// The account.
    pub core: Core,
    /// The network, or the scripted one of tests.
    pub swarm: Arc<dyn SwarmApi>,
    /// Whether requests can be sent.
    pub connectivity: watch::Receiver<Connectivity>,
    /// Called after sleep.
    pub on_resume: OnResume,
}

impl std::fmt::Debug for EngineParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EngineParts(…)")
    }
}

/// The running loops. Clones are handles.
#[derive(Debug, Clone)]
pub struct Engine {
    parts: EngineParts,
    control: Arc<PollControl>,
    rounds: watch::Receiver<u64>,
    tasks: Tasks,
}

impl Engine {
    /// Starts the loops in a child of `tasks`.
    #[must_use]
    pub fn start(parts: EngineParts, tasks: &Tasks) -> Self {
        let tasks = tasks.child();
        let control = Arc::new(PollControl::default());
        let (told, rounds) = watch::channel(0);
        let sender = parts.clone();
        drop(tasks.supervise("outbox", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = sender.clone();
            OutboxWorker::new(core, swarm, connectivity).run()
        }));
        let deleting = parts.clone();
        drop(tasks.supervise("deletions", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = deleting.clone();
            DeletionWorker::new(core, swarm, connectivity).run()
        }));
        let ending = parts.clone();
        drop(tasks.supervise("disappearing", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = ending.clone();
            DisappearingWorker::new(core, swarm, connectivity).run()
        }));
        let (configs, polled) = (parts.clone(), rounds.clone());
        drop(tasks.supervise("configs", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = configs.clone();
            ConfigSync::new(core, swarm, connectivity, polled.clone()).run()
        }));
        let (pictured, polled) = (parts.clone(), rounds.clone());
        drop(tasks.supervise("pictures", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = pictured.clone();
            PictureWorker::new(core, swarm, connectivity, polled.clone()).run()
        }));
        let filed = parts.clone();
        drop(tasks.supervise("files", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = filed.clone();
            FileWorker::new(core, swarm, connectivity).run()
        }));
        let (grouped, polled) = (parts.clone(), rounds.clone());
        drop(tasks.supervise("groups", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = grouped.clone();
            GroupWorker::new(core, swarm, connectivity, polled.clone()).run()
        }));
        let (poller, poll_control) = (parts.clone(), Arc::clone(&control));
        drop(tasks.supervise("poller", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                on_resume,
            } = poller.clone();
            Poller::new(
                core,
                swarm,
                connectivity,
                Arc::clone(&poll_control),
                on_resume,
                told.clone(),
            )
            .run()
        }));
        let (core, connectivity, told) = (
            parts.core.clone(),
            parts.connectivity.clone(),
            Arc::clone(&control),
        );
        drop(tasks.supervise("link", move || {
            follow_link(core.clone(), connectivity.clone(), Arc::clone(&told))
        }));
        let typing = parts.clone();
        drop(tasks.supervise("typing", move || {
            let EngineParts {
                core,
                swarm,
                connectivity,
                ..
            } = typing.clone();
            typing::run(core, swarm, connectivity)
        }));
        let core = parts.core.clone();
        drop(tasks.spawn("parked", async move {
            if let Err(error) = look_at_parked(&core, env!("CARGO_PKG_VERSION")).await {
                tracing::warn!(%error, "parked contents cannot be tried again");
            }
            if let Err(error) = reread::once(&core).await {
                tracing::warn!(%error, "earlier messages cannot be read again");
            }
        }));
        Self {
            parts,
            control,
            rounds,
            tasks,
        }
    }

    /// The account.
    #[must_use]
    pub const fn core(&self) -> &Core {
        &self.parts.core
    }

    /// The pace of polling.
    #[must_use]
    pub fn control(&self) -> &PollControl {
        &self.control
    }

    /// How many polls went to the end in this run.
    #[must_use]
    pub fn rounds(&self) -> watch::Receiver<u64> {
        self.rounds.clone()
    }

    /// Polls now, to the end; answers how many new messages there were.
    ///
    /// # Errors
    /// As [`poll::poll_to_the_end`].
    pub async fn poll_once(&self) -> Result<u32, ClientError> {
        poll::poll_to_the_end(&self.parts.core, &self.parts.swarm).await
    }

    /// Tries everything that waits at once.
    ///
    /// # Errors
    /// What the database said.
    pub async fn send_now(&self) -> Result<(), ClientError> {
        worker::make_due(&self.parts.core).await
    }

    /// Stops the loops and waits until they have ended. What waits stays written down.
    pub async fn shutdown(&self) {
        self.tasks.shutdown().await;
    }
}

/// When the first path stands again, everything that waits is due and a poll is made. Its
/// own task, so that no path is missed while a poll hangs.
async fn follow_link(core: Core, mut connectivity: watch::Receiver<Connectivity>, control: Arc<PollControl>) {
    let is_linked = |now: &Connectivity| now.state == LinkState::Connected;
    loop {
        if connectivity.wait_for(|now| !is_linked(now)).await.is_err()
            || connectivity.wait_for(is_linked).await.is_err()
        {
            return;
        }
        if let Err(error) = worker::make_due(&core).await {
            tracing::warn!(%error, "the outbox cannot be written");
        }
        control.poll_now();
    }
}

/// Tries parked contents again at the first start of each version.
///
/// `version`: of this app.
///
/// # Errors
/// What the database said.
pub async fn look_at_parked(core: &Core, version: &'static str) -> Result<u32, ClientError> {
    let seen = core
        .db
        .read(|reader| settings::get::<String>(reader, PARKED_VERSION))
        .await?;
    if seen.as_deref() == Some(version) {
        return Ok(0);
    }
    let mut shown = pipeline::retry_parked(core).await?;
    shown += groups::messages::retry_later(core).await?;
    core.db
        .write(move |writer| settings::set(writer, PARKED_VERSION, &version))
        .await?;
    Ok(shown)
}
