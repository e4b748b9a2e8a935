//! A device of somebody: a database, a clock, an engine.

use std::sync::Arc;
use std::time::Duration;

use nous_client::core::Core;
use nous_client::engine::{Engine, EngineParts};
use nous_client::events::Hub;
use nous_client::privacy::{self, Privacy};
use nous_client::send;
use nous_network::{NetworkClock, SwarmApi, Tasks};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::account::{self, NewAccount};
use nous_storage::db::{Database, DatabaseOptions, Reader};
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Message, MessageKind, SendState};
use nous_storage::secret::DatabaseKey;
use nous_storage::{conversations, outbox};
use nous_testkit::{ManualClock, Person, ScriptedSwarm};
use tempfile::TempDir;

use crate::setup::draft;

/// One network and one wall clock for everybody.
///
/// Time stands still unless a test moves it: while a blocking task runs, tokio does not
/// move its paused clock by itself, which it would do whenever all wait for the database.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) swarm: ScriptedSwarm,
    /// Ends the blocking task when it is dropped.
    _stillness: std::sync::mpsc::SyncSender<()>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new();
        let swarm = ScriptedSwarm::new(&clock, &clock.network_clock(Some(0)));
        let (stillness, end) = std::sync::mpsc::sync_channel::<()>(1);
        drop(tokio::task::spawn_blocking(move || end.recv().is_err()));
        Self {
            clock,
            swarm,
            _stillness: stillness,
        }
    }

    pub(crate) async fn device(&self, person: Person) -> Device {
        self.device_with_clock(person, self.clock.network_clock(Some(0)))
            .await
    }

    /// A device on which somebody has typed their phrase.
    pub(crate) async fn restored_device(&self, person: Person) -> Device {
        self.restored_device_named(person, "").await
    }

    /// A device on which somebody has typed their phrase and a name.
    pub(crate) async fn restored_device_named(&self, person: Person, name: &str) -> Device {
        let clock = self.clock.network_clock(Some(0));
        self.device_of(person, name.to_owned(), true, clock).await
    }

    pub(crate) async fn device_with_clock(&self, person: Person, clock: NetworkClock) -> Device {
        self.device_of(person, person.name().to_owned(), false, clock)
            .await
    }

    async fn device_of(
        &self,
        person: Person,
        display_name: String,
        is_restored: bool,
        clock: NetworkClock,
    ) -> Device {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir).await;
        let new = NewAccount {
            seed: person.seed(),
            id: person.id(),
            is_restored,
            display_name,
            profile_updated_s: 1_000,
            created: clock.now(),
        };
        db.write(move |writer| account::create(writer, &new))
            .await
            .unwrap();
        Device::on(dir, db, person, clock, self.swarm.clone())
    }
}

async fn open(dir: &TempDir) -> Database {
    let path = dir.path().join("nous.db");
    let work = move || {
        Database::open(
            &path,
            &DatabaseKey::from_bytes([7; 32]),
            DatabaseOptions::default(),
        )
        .unwrap()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub(crate) struct Device {
    dir: TempDir,
    pub(crate) person: Person,
    pub(crate) core: Core,
    pub(crate) swarm: ScriptedSwarm,
    clock: NetworkClock,
    engine: Option<Engine>,
    tasks: Tasks,
}

impl Device {
    fn on(dir: TempDir, db: Database, person: Person, clock: NetworkClock, swarm: ScriptedSwarm) -> Self {
        let core = Core::new(db, Hub::new(), clock.clone(), Arc::new(person.keys()));
        let swarm = swarm.for_clock(&clock);
        Self {
            dir,
            person,
            core,
            swarm,
            clock,
            engine: None,
            tasks: Tasks::new(),
        }
    }

    fn parts(&self) -> EngineParts {
        EngineParts {
            core: self.core.clone(),
            swarm: Arc::new(self.swarm.clone()),
            connectivity: self.swarm.connectivity(),
            on_resume: Arc::new(|| ()),
        }
    }

    pub(crate) fn api(&self) -> Arc<dyn SwarmApi> {
        Arc::new(self.swarm.clone())
    }

    /// Starts the loops.
    pub(crate) fn start(&mut self) -> &Engine {
        let engine = Engine::start(self.parts(), &self.tasks);
        self.engine.insert(engine)
    }

    pub(crate) fn started(mut self) -> Self {
        self.start();
        self
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    /// Ends the process, as far as the database can tell, and begins another.
    pub(crate) async fn reopened(self) -> Self {
        let clock = self.clock.clone();
        self.reopened_with_clock(clock).await
    }

    /// The same; the new process has another clock.
    pub(crate) async fn reopened_with_clock(self, clock: NetworkClock) -> Self {
        self.tasks.cancel();
        self.tasks.shutdown().await;
        let Self {
            dir,
            person,
            core,
            swarm,
            ..
        } = self;
        core.db.close().await;
        drop(core);
        let db = open(&dir).await;
        Self::on(dir, db, person, clock, swarm)
    }

    pub(crate) async fn write(&self, to: Person, text: &str) -> MessageKey {
        send::submit(&self.core, to.id(), draft(text)).await.unwrap()
    }

    /// Turns receipts and typing on or off.
    pub(crate) async fn allow(&self, read_receipts: bool, typing_indicators: bool) {
        let privacy = Privacy {
            read_receipts,
            typing_indicators,
        };
        privacy::set(&self.core, privacy).await.unwrap();
    }

    pub(crate) async fn allow_all(&self) {
        self.allow(true, true).await;
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> T {
        self.core.db.read(work).await.unwrap()
    }

    pub(crate) async fn message(&self, key: MessageKey) -> Option<Message> {
        self.read(move |reader| messages::by_keys(reader, &[key]))
            .await
            .pop()
    }

    pub(crate) async fn state(&self, key: MessageKey) -> Option<SendState> {
        self.message(key).await.and_then(|message| message.state)
    }

    /// The conversation with somebody, oldest first.
    pub(crate) async fn timeline(&self, with: AccountId) -> Vec<Message> {
        self.read(move |reader| {
            let Some(key) = conversations::find(reader, with)? else {
                return Ok(Vec::new());
            };
            let mut all = messages::before(reader, key, None, 1_000)?;
            all.reverse();
            Ok(all)
        })
        .await
    }

    /// What was written in the conversation with somebody; rows about it are left out.
    pub(crate) async fn texts(&self, with: Person) -> Vec<String> {
        self.timeline(with.id())
            .await
            .into_iter()
            .filter(|message| message.kind != MessageKind::Accepted)
            .map(|message| message.body)
            .collect()
    }

    pub(crate) async fn outbox_rows(&self) -> Vec<outbox::OutboxRow> {
        self.read(outbox::list).await
    }

    /// Lets time pass in steps until `is_so`. An hour of the test's time is too long.
    pub(crate) async fn until<F>(&self, what: &str, mut is_so: impl FnMut() -> F)
    where
        F: Future<Output = bool>,
    {
        let end = tokio::time::Instant::now() + Duration::from_secs(3_600);
        while !is_so().await {
            assert!(tokio::time::Instant::now() < end, "never: {what}");
            self.settle().await;
            tokio::time::advance(Duration::from_millis(20)).await;
        }
    }

    /// Lets time pass in steps of `step`.
    pub(crate) async fn pass(&self, time: Duration, step: Duration) {
        let end = tokio::time::Instant::now() + time;
        while tokio::time::Instant::now() < end {
            self.settle().await;
            tokio::time::advance(step).await;
        }
        self.settle().await;
    }

    /// Gives everything that waits for the database or works in the pool time to get it done,
    /// without moving time.
    pub(crate) async fn settle(&self) {
        self.finish_work().await;
        for _ in 0..8 {
            tokio::task::yield_now().await;
            self.core.db.write(|_| Ok(())).await.unwrap();
            self.core.db.read(|_| Ok(())).await.unwrap();
        }
    }

    /// Waits until nothing works in the pools: all places of each meet.
    async fn finish_work(&self) {
        for pool in [&self.core.cpu, &self.core.media] {
            let width = pool.width();
            let barrier = Arc::new(std::sync::Barrier::new(width));
            let places = (0..width).map(|_| {
                let barrier = Arc::clone(&barrier);
                pool.run(move || barrier.wait())
            });
            futures_util::future::join_all(places).await;
        }
    }

    pub(crate) async fn until_state(&self, key: MessageKey, state: SendState) {
        self.until(&format!("{state:?}"), || async {
            self.state(key).await == Some(state)
        })
        .await;
    }

    pub(crate) async fn until_outbox_is_empty(&self) {
        self.until("empty outbox", || async { self.outbox_rows().await.is_empty() })
            .await;
    }

    pub(crate) async fn until_texts(&self, with: Person, texts: &[&str]) {
        self.until("texts", || async { self.texts(with).await == texts })
            .await;
    }

    /// Nodes are asked from the beginning again.
    pub(crate) async fn forget_cursors(&self) {
        let own = nous_protocol::account::SwarmAccount::from(self.core.own);
        self.core
            .db
            .write(move |writer| nous_storage::cursors::forget_account(writer, &own))
            .await
            .unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.core.clock.now()
    }
}
