//! Somebody's device in a real network.

use std::sync::Arc;
use std::time::Duration;

use nous_client::core::Core;
use nous_client::engine::{Engine, EngineParts};
use nous_client::events::Hub;
use nous_client::groups::access::Access;
use nous_client::groups::poll::{GroupPolled, poll_group};
use nous_client::groups::push::{GroupPushEnded, push_group};
use nous_client::send::{self, Draft};
use nous_localnet::{Localnet, LocalnetControl, LocalnetOptions};
use nous_network::{Connectivity, LinkState, Network, NetworkConfig, Surroundings, SwarmApi, Tasks};
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_protocol::auth;
use nous_protocol::config::group_info::GroupInfo;
use nous_protocol::config::group_members::GroupMembers;
use nous_protocol::config::state::ConfigState;
use nous_protocol::config::user_groups::{Group, Removal, UserGroups};
use nous_protocol::content::{self, Disappearing, Extras, GroupUpdate, Outgoing, OutgoingBody};
use nous_protocol::envelope;
use nous_protocol::group::keys::{GroupKey, GroupKeys};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::group::subaccount;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use nous_storage::account::{self, NewAccount};
use nous_storage::configs::{self, ConfigRow};
use nous_storage::conversations::{self, Approval};
use nous_storage::cursors::{self, Place};
use nous_storage::db::{Database, DatabaseOptions, Reader};
use nous_storage::error::StorageError;
use nous_storage::groups::details::{self, GroupDetails, Standing};
use nous_storage::groups::members::{self, MemberRow};
use nous_storage::groups::{self, GroupRow};
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, GroupEvent, Message, MessageKind};
use nous_storage::secret::DatabaseKey;
use nous_testkit::Person;
use tempfile::TempDir;
use tokio::sync::watch;

/// The longest a test waits for the network.
const PATIENCE: Duration = Duration::from_secs(30);

/// A network in this process: nine nodes in three swarms, over real TLS and onion layers.
pub(crate) struct World {
    localnet: Localnet,
    /// The clocks of devices are those of this machine: they learn from nodes that days passed.
    has_own_clocks: bool,
}

impl World {
    pub(crate) async fn new() -> Self {
        let localnet = Localnet::start(LocalnetOptions::default()).await.unwrap();
        Self {
            localnet,
            has_own_clocks: false,
        }
    }

    /// The same; the devices' clocks stay behind when days pass in the network.
    pub(crate) async fn with_own_clocks() -> Self {
        Self {
            has_own_clocks: true,
            ..Self::new().await
        }
    }

    pub(crate) fn control(&self) -> LocalnetControl {
        self.localnet.control()
    }

    /// The storage hashes of one box, on any node.
    pub(crate) fn hashes(&self, id: GroupId, namespace: Namespace) -> Vec<String> {
        let stored = self.control().stored(&SwarmAccount::from(id));
        let mut hashes: Vec<String> = stored
            .into_iter()
            .filter(|message| message.namespace == namespace)
            .map(|message| message.hash)
            .collect();
        hashes.sort();
        hashes.dedup();
        hashes
    }

    /// Nothing of a group is left on any node.
    pub(crate) fn lose(&self, id: GroupId) {
        let control = self.control();
        for node in control.swarm_of(&SwarmAccount::from(id)) {
            control.lose_data(node).unwrap();
        }
    }

    pub(crate) async fn device(&self, person: Person) -> Device {
        Device::new(self, person).await
    }
}

pub(crate) struct Device {
    _dir: TempDir,
    pub(crate) core: Core,
    pub(crate) swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    engine: Option<Engine>,
    tasks: Tasks,
}

impl Drop for Device {
    fn drop(&mut self) {
        self.tasks.cancel();
    }
}

impl Device {
    async fn new(world: &World, person: Person) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let key = DatabaseKey::from_bytes([7; 32]);
        let open = move || Database::open(&path, &key, DatabaseOptions::default()).unwrap();
        let db = tokio::task::spawn_blocking(open).await.unwrap();
        let tasks = Tasks::new();
        let config = NetworkConfig::from_file(world.localnet.network_file()).unwrap();
        // Days pass here as they do in the network.
        let control = world.control();
        let of_network: nous_network::clock::LocalClock =
            Arc::new(move || Timestamp::from_ms(control.now_ms()));
        let around = Surroundings {
            clock: Some(of_network).filter(|_| !world.has_own_clocks),
            ..Surroundings::default()
        };
        let network = Network::start_with(config, None, &tasks, around).unwrap();
        let mut connectivity = network.connectivity();
        let linked = connectivity.wait_for(|now| now.state == LinkState::Connected);
        drop(tokio::time::timeout(PATIENCE, linked).await.unwrap().unwrap());
        let new = NewAccount {
            seed: person.seed(),
            id: person.id(),
            is_restored: false,
            display_name: person.name().to_owned(),
            profile_updated_s: 1_000,
            created: network.clock().now(),
        };
        db.write(move |writer| account::create(writer, &new))
            .await
            .unwrap();
        let core = Core::new(db, Hub::new(), network.clock(), Arc::new(person.keys()));
        Self {
            _dir: dir,
            core,
            connectivity: network.connectivity(),
            swarm: Arc::new(network),
            engine: None,
            tasks,
        }
    }

    /// Starts the loops.
    pub(crate) fn started(mut self) -> Self {
        let parts = EngineParts {
            core: self.core.clone(),
            swarm: Arc::clone(&self.swarm),
            connectivity: self.connectivity.clone(),
            on_resume: Arc::new(|| ()),
        };
        let engine = Engine::start(parts, &self.tasks);
        engine.control().set_used(true);
        self.engine = Some(engine);
        self
    }

    /// Stops the loops: the app is closed.
    pub(crate) async fn stopped(mut self) -> Self {
        if let Some(engine) = self.engine.take() {
            engine.shutdown().await;
        }
        self
    }

    /// Somebody is a contact: both accepted.
    pub(crate) async fn knows(&self, person: Person) {
        let now = self.core.clock.now();
        self.core
            .db
            .write(move |writer| {
                let key = conversations::ensure(writer, person.id(), now)?;
                conversations::approve(writer, key, Approval::Ours)?;
                conversations::approve(writer, key, Approval::Theirs)
            })
            .await
            .unwrap();
    }

    /// Waits until `is_so`.
    pub(crate) async fn until<F>(&self, what: &str, mut is_so: impl FnMut() -> F)
    where
        F: Future<Output = bool>,
    {
        let end = nous_network::clock::monotonic() + Duration::from_secs(180);
        while !is_so().await {
            assert!(nous_network::clock::monotonic() < end, "never: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> T {
        self.core.db.read(work).await.unwrap()
    }

    /// The timeline of a group, oldest first.
    pub(crate) async fn timeline(&self, id: GroupId) -> Vec<Message> {
        self.read(move |reader| {
            let Some(key) = conversations::find(reader, id)? else {
                return Ok(Vec::new());
            };
            let mut all = messages::before(reader, key, None, 1_000)?;
            all.reverse();
            Ok(all)
        })
        .await
    }

    /// What is written in a group.
    pub(crate) async fn texts(&self, id: GroupId) -> Vec<String> {
        let all = self.timeline(id).await;
        let texts = all.into_iter().filter(|row| row.kind == MessageKind::Text);
        texts.map(|row| row.body).collect()
    }

    pub(crate) async fn events(&self, id: GroupId) -> Vec<GroupEvent> {
        self.timeline(id)
            .await
            .into_iter()
            .filter_map(|row| row.event)
            .collect()
    }

    pub(crate) async fn until_texts(&self, id: GroupId, texts: &[&str]) {
        self.until(&format!("texts {texts:?}"), || async {
            self.texts(id).await == texts
        })
        .await;
    }

    pub(crate) async fn write(&self, id: GroupId, text: &str) -> MessageKey {
        let draft = Draft {
            body: text.to_owned(),
            client_token: None,
            quote: None,
            attachments: Vec::new(),
            preview: None,
        };
        send::submit(&self.core, id, draft).await.unwrap()
    }

    /// What is shown of a group.
    pub(crate) async fn details(&self, id: GroupId) -> Option<GroupDetails> {
        self.read(move |reader| match conversations::find(reader, id)? {
            Some(key) => details::load(reader, key),
            None => Ok(None),
        })
        .await
    }

    pub(crate) async fn standing(&self, id: GroupId) -> Option<Standing> {
        self.details(id).await.map(|details| details.standing)
    }

    pub(crate) async fn until_standing(&self, id: GroupId, standing: Standing) {
        self.until(&format!("{standing:?}"), || async {
            self.standing(id).await == Some(standing)
        })
        .await;
    }

    /// A member as the app shows them.
    pub(crate) async fn member(&self, id: GroupId, person: Person) -> Option<MemberRow> {
        let rows = self
            .read(move |reader| match conversations::find(reader, id)? {
                Some(key) => members::list(reader, key),
                None => Ok(Vec::new()),
            })
            .await;
        rows.into_iter().find(|row| row.id == person.id())
    }

    pub(crate) async fn until_member(
        &self,
        id: GroupId,
        person: Person,
        is_so: impl Fn(Option<&MemberRow>) -> bool,
    ) {
        self.until("a member's state", || async {
            is_so(self.member(id, person).await.as_ref())
        })
        .await;
    }

    pub(crate) async fn push(&self, id: GroupId) -> GroupPushEnded {
        push_group(&self.core, &self.swarm, id).await.unwrap()
    }

    pub(crate) async fn poll(&self, id: GroupId) -> Option<GroupPolled> {
        poll_group(&self.core, &self.swarm, id).await.unwrap()
    }

    /// Polls to the end, and stores what must be stored.
    pub(crate) async fn settle(&self, id: GroupId) {
        for _ in 0..10 {
            let polled = self.poll(id).await.unwrap();
            if polled.is_push_due {
                assert_eq!(self.push(id).await, GroupPushEnded::Pushed);
            } else if !polled.has_more && !polled.is_doubtful {
                return;
            }
        }
        panic!("the group does not settle");
    }

    /// Polls until a box was read at every node of the swarm.
    pub(crate) async fn reads_every_node(&self, id: GroupId, namespace: Namespace) {
        let account = SwarmAccount::from(id);
        for node in self.swarm.members(&account).await.unwrap() {
            let (key, now) = (node.key.0, self.core.clock.now());
            let is_read = || {
                self.read(move |reader| {
                    let place = Place {
                        account: &account,
                        node: &key,
                        namespace,
                    };
                    Ok(cursors::last_hash(reader, place, now)?.is_some())
                })
            };
            while !is_read().await {
                self.poll(id).await;
            }
        }
    }

    pub(crate) async fn group(&self, id: GroupId) -> Option<GroupState> {
        let row = self
            .core
            .db
            .read(move |reader| groups::load(reader, &id))
            .await
            .unwrap()?;
        let keys = GroupKeys::load_dump(id, &row.keys).unwrap();
        let (info, members) = (
            GroupInfo::load(&row.info).unwrap(),
            GroupMembers::load(&row.members).unwrap(),
        );
        Some(GroupState::of(keys, info, members))
    }

    /// Changes a group as an admin does.
    pub(crate) async fn change(&self, id: GroupId, change: impl FnOnce(&mut GroupState, &GroupSecret)) {
        let secret = self.secret(id).await;
        let mut group = self.group(id).await.unwrap();
        change(&mut group, &secret);
        let row = GroupRow {
            id,
            keys: group.keys_mut().dump(),
            info: group.info_mut().state_mut().dump(),
            members: group.members_mut().state_mut().dump(),
            is_admin: true,
            is_push_due: true,
            newest_key: group.keys().loaded().next().map(GroupKey::stored),
        };
        self.core
            .db
            .write(move |writer| groups::save(writer, &row))
            .await
            .unwrap();
    }

    pub(crate) async fn entry(&self, id: GroupId) -> Option<Group> {
        self.config().await.group(&id)
    }

    async fn config(&self) -> UserGroups {
        let namespace = Namespace::USER_GROUPS;
        let dump = self
            .core
            .db
            .read(move |reader| configs::dump(reader, namespace))
            .await
            .unwrap();
        dump.map(|dump| UserGroups::load(&dump).unwrap())
            .unwrap_or_default()
    }

    pub(crate) async fn secret(&self, id: GroupId) -> GroupSecret {
        let entry = self.entry(id).await.unwrap();
        GroupSecret::of_group(&id, entry.admin_seed.as_ref().unwrap()).unwrap()
    }

    /// The account's config says that a group was joined, with this permission.
    pub(crate) async fn join_with(&self, id: GroupId, auth_data: [u8; 100]) {
        let mut config = self.config().await;
        let mut entry = config.group(&id).unwrap_or_else(|| Group::new(id));
        entry.auth_data = Some(auth_data);
        entry.removal = Removal::None;
        config.set_group(&entry);
        self.keep(config.state_mut()).await;
    }

    /// The account's config has the group's secret: we are an admin.
    pub(crate) async fn become_admin(&self, admin: &Self, id: GroupId) {
        let secret = admin.secret(id).await;
        let mut config = self.config().await;
        let mut entry = config.group(&id).unwrap_or_else(|| Group::new(id));
        entry.admin_seed = Some(*secret.expose_seed());
        config.set_group(&entry);
        self.keep(config.state_mut()).await;
    }

    async fn keep(&self, state: &mut ConfigState) {
        let row = ConfigRow {
            namespace: Namespace::USER_GROUPS,
            dump: state.dump(),
            seqno: state.seqno(),
            phase: state.phase(),
        };
        self.core
            .db
            .write(move |writer| configs::save(writer, &row))
            .await
            .unwrap();
    }

    /// The account's config does not have the group any more.
    pub(crate) async fn forget_entry(&self, id: GroupId) {
        let mut config = self.config().await;
        config.erase_group(&id);
        self.keep(config.state_mut()).await;
    }

    /// The same with the permission that an admin gives.
    pub(crate) async fn join(&self, admin: &Self, id: GroupId) {
        let secret = admin.secret(id).await;
        let auth_data = subaccount::issue(&secret, &self.core.own, auth::Access::MEMBER).unwrap();
        self.join_with(id, *auth_data.expose()).await;
    }

    /// Stores something in a box of the group, for 14 days.
    pub(crate) async fn store(&self, id: GroupId, namespace: Namespace, data: Vec<u8>) {
        let store = Action::Store {
            namespace,
            timestamp: self.core.clock.now(),
            expiry: Expiry::Ttl(14 * 86_400_000),
            data,
            sig_timestamp: None,
        };
        self.ask(id, store).await;
    }

    /// Has a member of the group's swarm do something; all its members do it.
    pub(crate) async fn ask(&self, id: GroupId, action: Action) {
        let (account, keys) = (SwarmAccount::from(id), Arc::clone(&self.core.keys));
        let access = self.core.db.read(move |reader| Access::read(reader, &id, &keys));
        let request = access.await.unwrap().unwrap().request(&id, action);
        let members = self.swarm.members(&account).await.unwrap();
        let replies = self
            .swarm
            .sequence(&account, &members[0], vec![request])
            .await
            .unwrap();
        nous_network::check(&replies[0]).unwrap();
    }

    /// Tells somebody news about a group, one to one, as another app might.
    pub(crate) async fn tells(&self, to: Person, update: GroupUpdate, sent: Timestamp) {
        let content = content::encode(&Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body: OutgoingBody::GroupUpdate(Box::new(update), Extras::default()),
        });
        let padded = padding::pad(&content);
        let sealed = envelope::seal(&self.core.keys, &to.id(), &padded, sent, &mut rand::rng()).unwrap();
        let account = SwarmAccount::from(to.id());
        let store = Action::Store {
            namespace: Namespace::MESSAGES,
            timestamp: self.core.clock.now(),
            expiry: Expiry::Ttl(14 * 86_400_000),
            data: sealed.0,
            sig_timestamp: None,
        };
        let members = self.swarm.members(&account).await.unwrap();
        let request = StorageRequest::unsigned(account, store);
        self.swarm
            .call(&account, &members[0], vec![request])
            .await
            .unwrap();
    }

    /// Takes somebody's permission away, and tells nobody.
    pub(crate) async fn shut_out(&self, id: GroupId, person: Person) {
        let secret = self.secret(id).await;
        let token = subaccount::token(&secret, &person.id(), auth::Access::MEMBER).unwrap();
        let revoke = Action::RevokeSubaccount {
            tokens: vec![token],
            timestamp: self.core.clock.now(),
        };
        self.ask(id, revoke).await;
    }

    pub(crate) async fn names(&self, id: GroupId) -> Vec<String> {
        let group = self.group(id).await.unwrap();
        let mut names: Vec<String> = group.members().iter().map(|member| member.name).collect();
        names.sort();
        names
    }
}
