//! The stage: a local network in this process, and folders for profiles.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nous_localnet::{Level, Localnet, LocalnetControl, LocalnetOptions, Place};
use nous_network::NetworkConfig;
use nous_protocol::account::{Namespace, SwarmAccount};
use tempfile::TempDir;

use crate::window::{Start, Window};

/// What the network keeps of a group beside its messages.
const GROUP_STATE: [Namespace; 3] = [
    Namespace::GROUP_KEYS,
    Namespace::GROUP_INFO,
    Namespace::GROUP_MEMBERS,
];
/// A little less than the 30 days for which it keeps that.
const LONG_LIFE_MS: i64 = 29 * 86_400_000;

pub(crate) struct Scene {
    folder: TempDir,
    localnet: Localnet,
    network: PathBuf,
}

impl Scene {
    pub(crate) async fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("nous-e2e-").tempdir()?;
        let localnet = Localnet::start(LocalnetOptions::default()).await?;
        let network = folder.path().join("network.json");
        localnet.write_network_file(&network)?;
        Ok(Self {
            folder,
            localnet,
            network,
        })
    }

    pub(crate) fn control(&self) -> LocalnetControl {
        self.localnet.control()
    }

    /// The network as every client reads it.
    pub(crate) fn network(&self) -> Result<NetworkConfig> {
        Ok(NetworkConfig::from_json(&self.localnet.network_file().to_json())?)
    }

    /// Whether nodes refuse what is stored for this account.
    pub(crate) fn refuse_stores(&self, account_id: &str, refuse: bool) -> Result<()> {
        let account = SwarmAccount::from_hex(account_id).context("an account ID")?;
        self.control().refuse_stores(account, refuse);
        Ok(())
    }

    /// Every node answers so much later.
    pub(crate) fn slow_down(&self, by: Duration) {
        for node in self.control().nodes() {
            self.control().add_delay(node.index, Level::Destination, by);
        }
    }

    /// The file server answers so much later.
    pub(crate) fn slow_files_down(&self, by: Duration) {
        self.control()
            .add_delay(Place::FileServer, Level::Destination, by);
    }

    /// Nodes, and the file server, answer as soon as they can again.
    pub(crate) fn speed_up(&self) {
        self.control().clear_all_faults();
    }

    /// How many messages an account's swarm keeps in its inbox.
    pub(crate) fn stored(&self, account_id: &str) -> Result<usize> {
        let account = SwarmAccount::from_hex(account_id).context("an account ID")?;
        let stored = self.control().stored(&account);
        let hashes: BTreeSet<_> = stored
            .iter()
            .filter(|message| message.namespace == Namespace::MESSAGES)
            .map(|message| &message.hash)
            .collect();
        Ok(hashes.len())
    }

    /// Waits until the lives of what the network keeps of a group were extended by whoever is there.
    pub(crate) async fn wait_long_lived(&self, group_id: &str) -> Result<()> {
        let group = SwarmAccount::from_hex(group_id).context("a group ID")?;
        let end = self.control().now_ms() + LONG_LIFE_MS;
        let is_long_lived = || {
            let stored = self.control().stored(&group);
            GROUP_STATE.iter().all(|namespace| {
                let mut of_kind = stored.iter().filter(|message| message.namespace == *namespace);
                of_kind.any(|message| message.expiry > end)
            })
        };
        let waiting = async {
            while !is_long_lived() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting)
            .await
            .context("nobody extended the life of the group")
    }

    pub(crate) fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn open(&self, name: &str) -> Result<Window> {
        self.open_with(name, &Start::default()).await
    }

    pub(crate) async fn open_with(&self, name: &str, start: &Start) -> Result<Window> {
        Window::open(&self.profile(name), &self.network, start).await
    }

    /// Two windows, two accounts made by clicking: (window, account ID) of each.
    pub(crate) async fn two_people(&self) -> Result<((Window, String), (Window, String))> {
        let alice = self.open("alice").await?;
        let alice_id = alice.create_account("Alice").await?;
        let bob = self.open("bob").await?;
        let bob_id = bob.create_account("Bob").await?;
        Ok(((alice, alice_id), (bob, bob_id)))
    }
}

/// One writes to somebody who answers: each is a contact of the other, and the list of both stands
/// beside their conversation.
pub(crate) async fn befriend(asking: &Window, asked: &Window, asked_id: &str) -> Result<()> {
    asking.write_to(asked_id).await?;
    asking.send("Hello there").await?;
    asked.open_request("Hello there").await?;
    asked.send("Hello yourself").await?;
    asking
        .wait_text("[data-testid='message'][data-own='false']", "Hello yourself")
        .await?;
    asked.wait("conversation-row").await?;
    Ok(())
}
