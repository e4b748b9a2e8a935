//! The account's session: its keys, its network, its loops.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nous_network::{CachedState, Connectivity, LinkState, Network, SwarmApi, SwarmError, Tasks, clock};
use nous_protocol::keys::IdentityKeys;
use nous_storage::account::{self, Milestone};
use nous_storage::db::Database;
use nous_storage::network_state;
use tokio::sync::OnceCell;

use super::{Client, LINK_PATIENCE, Open, lock, resting_clock};
use crate::config_sync;
use crate::core::Core;
use crate::deleting;
use crate::disappearing;
use crate::engine::{Engine, EngineParts};
use crate::error::ClientError;
use crate::events::Change;
use crate::files;
use crate::groups;
use crate::pictures;
use crate::search;
use crate::space;
use crate::upkeep;

/// How long what the network learnt may wait to be saved.
const SAVE_PAUSE: Duration = Duration::from_secs(2);
/// When old rows are removed first and a backup may be made; then each hour.
const FIRST_UPKEEP: Duration = Duration::from_secs(120);
const UPKEEP: Duration = Duration::from_secs(3_600);
/// The same if nobody had told the time for sure: the machine may just have slept.
const UPKEEP_IF_UNSURE: Duration = Duration::from_secs(600);

/// An account that is open. Clones are handles.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) core: Core,
    /// Running if the client polls; else started by the first question.
    network: Arc<OnceCell<Network>>,
    pub(crate) engine: Option<Engine>,
    tasks: Tasks,
}

impl Session {
    /// The running network, if there is one.
    pub(crate) fn network(&self) -> Option<&Network> {
        self.network.get()
    }

    /// The network, started if need be.
    pub(crate) async fn started_network(&self, client: &Client) -> Result<&Network, ClientError> {
        let start = async {
            let cached = load_state(&self.core.db, client).await?;
            start_network(client, &self.core.db, cached, &self.tasks)
        };
        self.network.get_or_try_init(|| start).await
    }

    /// The network with a path; waits for one a little.
    pub(crate) async fn linked_network(&self, client: &Client) -> Result<&Network, ClientError> {
        let network = self.started_network(client).await?;
        let mut connectivity = network.connectivity();
        let linked = connectivity.wait_for(|now| now.state == LinkState::Connected);
        match tokio::time::timeout(LINK_PATIENCE, linked).await {
            Ok(Ok(_)) => Ok(network),
            Ok(Err(_)) | Err(_) => Err(SwarmError::NoPath.into()),
        }
    }

    /// Polls to the end, and shares what changed; answers how many new messages there were.
    pub(crate) async fn poll_once(&self, client: &Client) -> Result<u32, ClientError> {
        let network = self.linked_network(client).await?;
        let core = self.core.with_clock(network.clock());
        let swarm: Arc<dyn SwarmApi> = Arc::new(network.clone());
        let mut again = 2;
        loop {
            match crate::poll::poll_to_the_end(&core, &swarm).await {
                Err(ClientError::Swarm(_)) if again > 0 => again -= 1,
                Ok(arrived) => {
                    // What fails stays written down, for the next time.
                    let mut arrived = arrived;
                    if self.engine.is_none() {
                        disappearing::worker::once(&core, &swarm).await?;
                        deleting::worker::once(&core, &swarm).await?;
                        arrived += groups::worker::once(&core, &swarm).await?;
                        files::tidy::once(&core).await?;
                        upkeep::forget_old(&core).await?;
                        pictures::worker::once(&core, &swarm).await?;
                        config_sync::push::push(&core, &swarm).await?;
                    }
                    return Ok(arrived);
                }
                result => return result,
            }
        }
    }
}

/// Starts the session if the profile has an account.
pub(super) async fn start_if_account(client: &Client, open: &Arc<Open>) -> Result<(), ClientError> {
    let Some(seed) = open.db.read(account::seed).await? else {
        return Ok(());
    };
    let keys = Arc::new(IdentityKeys::from_seed(&seed));
    drop(seed);
    let is_restoring = open
        .db
        .read(account::load)
        .await?
        .is_some_and(|account| account.is_restoring);
    let is_leaving = client.remember_deletion(&open.db).await?;
    let cached = load_state(&open.db, client).await?;
    let tasks = client.inner.tasks.child();
    let network = OnceCell::new();
    let mut clock = resting_clock(cached.as_ref().and_then(|cached| cached.clock_offset_ms));
    if client.inner.is_polling && !is_leaving {
        let running = start_network(client, &open.db, cached, &tasks)?;
        clock = running.clock();
        network
            .set(running)
            .map_err(|_| ClientError::Bug("two networks"))?;
    }
    let core = Core::new(open.db.clone(), client.inner.hub.clone(), clock, keys)
        .with_words(Arc::clone(&client.inner.words));
    let mut session = Session {
        core,
        network: Arc::new(network),
        engine: None,
        tasks,
    };
    // Before anything can be asked: what ended meanwhile is not shown.
    if let Err(error) = disappearing::worker::look(&session.core).await {
        tracing::warn!(%error, "messages that have ended cannot be hidden");
    }
    remove_unfinished(&session).await;
    session.engine = start_engine(client, &session);
    if let Some(engine) = &session.engine {
        engine
            .control()
            .set_used(client.inner.is_used.load(Ordering::Acquire));
    }
    watch_connectivity(client, &session);
    watch_wakes(client, &session);
    keep_up(&session, open);
    drop(session.tasks.spawn("search", search::run(session.core.clone())));
    if is_restoring {
        watch_restore(&session);
    }
    open.set_session(Some(session.clone()));
    if is_leaving && client.inner.is_polling {
        client.go_on_deleting(session);
    }
    Ok(())
}

/// Removes what is left of files that were being saved when the app was killed. What is noted is read before
/// anything can be saved in this run; a disk that is slow holds nobody up.
async fn remove_unfinished(session: &Session) {
    let core = session.core.clone();
    let left = files::unfinished::noted(&core).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "it cannot be read what was being saved");
        Vec::new()
    });
    if left.is_empty() {
        return;
    }
    drop(session.tasks.spawn("unfinished", async move {
        if let Err(error) = files::unfinished::remove(&core, left).await {
            tracing::warn!(%error, "what was being saved stays noted");
        }
    }));
}

fn start_engine(client: &Client, session: &Session) -> Option<Engine> {
    let network = session.network()?.clone();
    let (tasks, resumed) = (session.tasks.clone(), network.clone());
    let idle = Arc::clone(&client.inner.idle);
    let parts = EngineParts {
        core: session.core.clone(),
        connectivity: network.connectivity(),
        swarm: Arc::new(network),
        on_resume: Arc::new(move || {
            idle.stir();
            let network = resumed.clone();
            drop(tasks.spawn("resume", async move { network.resume().await }));
        }),
    };
    Some(Engine::start(parts, &session.tasks))
}

/// How many nodes an earlier run knew.
pub(super) async fn saved_nodes(client: &Client) -> Result<usize, ClientError> {
    let cached = load_state(&client.db()?, client).await?;
    Ok(cached.map_or(0, |cached| cached.directory.len()))
}

/// Forgets whose swarms were asked; the nodes stay known.
pub(super) async fn forget_swarms(client: &Client) -> Result<(), ClientError> {
    let db = client.db()?;
    if let Some(cached) = load_state(&db, client).await? {
        let cached = CachedState {
            swarms: BTreeMap::new(),
            ..cached
        };
        save_state(&db, client.inner.network.storage_key(), &cached).await?;
    }
    Ok(())
}

async fn load_state(db: &Database, client: &Client) -> Result<Option<CachedState>, ClientError> {
    let key = client.inner.network.storage_key();
    let bytes = db.read(move |reader| network_state::load(reader, &key)).await?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn start_network(
    client: &Client,
    db: &Database,
    cached: Option<CachedState>,
    tasks: &Tasks,
) -> Result<Network, ClientError> {
    let network = Network::start(client.inner.network.clone(), cached, tasks)
        .map_err(|_| ClientError::Bug("the network cannot be set up"))?;
    let (db, key) = (db.clone(), client.inner.network.storage_key());
    let mut cached = network.cached_state();
    drop(tasks.spawn("network state", async move {
        while cached.changed().await.is_ok() {
            tokio::time::sleep(SAVE_PAUSE).await;
            let state = cached.borrow_and_update().clone();
            if let Err(error) = save_state(&db, key.clone(), &state).await {
                tracing::warn!(%error, "what the network learnt could not be saved");
            }
        }
    }));
    Ok(network)
}

async fn save_state(db: &Database, key: String, state: &CachedState) -> Result<(), ClientError> {
    let bytes = serde_json::to_vec(state).map_err(|_| ClientError::Bug("network state"))?;
    let now = clock::local();
    db.write(move |writer| network_state::save(writer, &key, &bytes, now))
        .await?;
    Ok(())
}

/// Tells the face when the dot, the paths, the number of nodes or what is known of the time change.
fn watch_connectivity(client: &Client, session: &Session) {
    let Some(network) = session.network() else {
        return;
    };
    let (mut connectivity, hub) = (network.connectivity(), client.inner.hub.clone());
    let shown = |now: &Connectivity| {
        // Countdowns are in whole seconds.
        let deviation = now.clock_offset_ms.unwrap_or_default() / 1_000;
        (
            (now.state, deviation),
            now.paths.clone(),
            now.wanted_paths,
            now.directory_size,
        )
    };
    drop(session.tasks.spawn("connectivity", async move {
        let mut last = shown(&connectivity.borrow_and_update());
        while connectivity.changed().await.is_ok() {
            let now = shown(&connectivity.borrow_and_update());
            if now != last {
                last = now;
                hub.announce([Change::Connectivity]);
            }
        }
    }));
}

/// Polls at once when the machine wakes, where the system tells.
fn watch_wakes(client: &Client, session: &Session) {
    let Some(engine) = session.engine.clone() else {
        return;
    };
    let (idle, hub) = (Arc::clone(&client.inner.idle), session.core.hub.clone());
    drop(session.tasks.spawn("wake", async move {
        let woke = move || {
            idle.stir();
            // A poll that hangs since before the sleep holds up no timer.
            hub.stir_lives();
            engine.control().woke();
        };
        if let Err(error) = nous_network::wake::listen(nous_network::wake::Bus::System, woke).await {
            tracing::debug!(%error, "the system does not tell when it wakes");
        }
    }));
}

/// A restored account is complete after the first poll that went to the end.
fn watch_restore(session: &Session) {
    let Some(engine) = &session.engine else {
        return;
    };
    let (mut rounds, core) = (engine.rounds(), session.core.clone());
    drop(session.tasks.spawn("restore", async move {
        if rounds.wait_for(|rounds| *rounds > 0).await.is_ok()
            && let Err(error) = finish_restore(&core).await
        {
            tracing::warn!(%error, "the end of a restore could not be kept");
        }
    }));
}

pub(super) async fn finish_restore(core: &Core) -> Result<(), ClientError> {
    core.db
        .write(|writer| account::reach(writer, Milestone::RestoreDone))
        .await?;
    core.hub.announce([Change::Account]);
    Ok(())
}

/// Removes old rows, gives back what that leaves empty, and makes the daily backup when nothing waits.
fn keep_up(session: &Session, open: &Arc<Open>) {
    if session.engine.is_none() {
        return;
    }
    let (core, open) = (session.core.clone(), Arc::downgrade(open));
    drop(session.tasks.spawn("upkeep", async move {
        let mut pause = FIRST_UPKEEP;
        loop {
            tokio::time::sleep(pause).await;
            let Some(open) = open.upgrade() else { return };
            pause = match tidy(&core, &open).await {
                Ok(true) => UPKEEP,
                Ok(false) => UPKEEP_IF_UNSURE,
                Err(error) => {
                    tracing::warn!(%error, "upkeep of the database failed");
                    UPKEEP
                }
            };
        }
    }));
}

/// Answers whether the time was sure: what needs it was done.
async fn tidy(core: &Core, open: &Open) -> Result<bool, ClientError> {
    let sure = upkeep::forget_old(core).await?;
    space::trim(core).await?;
    let waiting = core.db.read(nous_storage::outbox::waiting).await?;
    if let Some(now) = sure
        && waiting == 0
    {
        open.profile()?.back_up_if_due(now).await?;
    }
    Ok(sure.is_some())
}

/// Stops network and loops of the account, if they run, and saves what was learnt.
pub(super) async fn stop(open: &Open) {
    let Some(session) = open.set_session(None) else {
        return;
    };
    if let Some(engine) = &session.engine {
        engine.shutdown().await;
    }
    if let Some(network) = session.network() {
        let state = network.cached_state().borrow().clone();
        let key = network.config().storage_key();
        if let Err(error) = save_state(&session.core.db, key, &state).await {
            tracing::warn!(%error, "what the network learnt could not be saved");
        }
        network.shutdown().await;
    }
    session.tasks.shutdown().await;
}

/// Closes the database and gives the lock back.
pub(super) async fn close(open: &Open) {
    let profile = lock(&open.profile).take();
    if let Some(profile) = profile {
        profile.close().await;
    }
}
