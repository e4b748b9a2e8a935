//! The stage of a test: a network in this process, and folders for profiles.

use std::path::PathBuf;

use nous_api::NetworkConfig;
use nous_localnet::{Localnet, LocalnetControl, LocalnetOptions};
use nous_protocol::account::{AccountId, SwarmAccount};
use tempfile::TempDir;

use crate::logs;
use crate::person::Person;

/// A network, and where everybody's profile lies. All is gone when it is dropped.
pub(crate) struct Scene {
    folder: TempDir,
    localnet: Localnet,
}

impl Scene {
    /// Nine nodes in three swarms.
    pub(crate) async fn new() -> Self {
        Self::of(LocalnetOptions::default()).await
    }

    /// Another network.
    pub(crate) async fn of(options: LocalnetOptions) -> Self {
        logs::listen();
        let folder = tempfile::Builder::new()
            .prefix("nous-scene-")
            .tempdir()
            .expect("a temporary folder");
        let localnet = Localnet::start(options).await.expect("a local network");
        Self { folder, localnet }
    }

    /// Alice and Bob, each with an account.
    pub(crate) async fn alice_and_bob() -> (Self, Person, Person) {
        let scene = Self::new().await;
        let alice = scene.person("Alice").await;
        let bob = scene.person("Bob").await;
        (scene, alice, bob)
    }

    pub(crate) fn control(&self) -> LocalnetControl {
        self.localnet.control()
    }

    /// The network as every client reads it.
    pub(crate) fn network(&self) -> NetworkConfig {
        NetworkConfig::from_json(&self.localnet.network_file().to_json()).expect("a network file")
    }

    /// The network's file, for other processes.
    pub(crate) fn network_file(&self) -> PathBuf {
        let file = self.folder.path().join("network.json");
        self.localnet.write_network_file(&file).expect("a file");
        file
    }

    /// Where the profile with this name lies.
    pub(crate) fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Somebody with a new account of this name.
    pub(crate) async fn person(&self, name: &str) -> Person {
        Person::create(self, name).await
    }
}

/// The account as swarms know it.
pub(crate) fn swarm_account(id: &str) -> SwarmAccount {
    SwarmAccount::from(AccountId::from_hex(id).expect("an account ID"))
}
