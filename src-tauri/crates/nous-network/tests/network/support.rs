//! What every test needs: a network, a client in it, accounts and requests.

use std::time::Duration;

use nous_localnet::{Localnet, LocalnetControl, LocalnetOptions};
use nous_network::{
    CachedState, Connectivity, LinkState, Network, NetworkConfig, NodeKey, Snode, Surroundings, SwarmApi,
    Tasks,
};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};

/// A day.
pub(crate) const DAY_MS: u64 = 86_400_000;
/// The longest a test waits for anything that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Scene {
    pub(crate) localnet: Localnet,
    pub(crate) control: LocalnetControl,
    pub(crate) network: Network,
}

pub(crate) async fn localnet(nodes: usize) -> Localnet {
    let options = LocalnetOptions {
        nodes,
        swarms: nodes.div_ceil(3).min(3),
        ..LocalnetOptions::default()
    };
    Localnet::start(options).await.unwrap()
}

pub(crate) fn config(localnet: &Localnet) -> NetworkConfig {
    NetworkConfig::from_file(localnet.network_file()).unwrap()
}

impl Scene {
    /// Nine nodes in three swarms, and a client with two paths.
    pub(crate) async fn new() -> Self {
        Self::with(localnet(9).await, None, Surroundings::default()).await
    }

    pub(crate) async fn with(localnet: Localnet, cached: Option<CachedState>, around: Surroundings) -> Self {
        let network = Network::start_with(config(&localnet), cached, &Tasks::new(), around).unwrap();
        let wanted = usize::from(localnet.control().nodes().len() >= 7) + 1;
        until(&network, |now| now.paths.len() >= wanted).await;
        Self {
            control: localnet.control(),
            localnet,
            network,
        }
    }

    /// A request to store `text` for an account in namespace 0.
    pub(crate) fn store_request(&self, account: SwarmAccount, text: &str) -> StorageRequest {
        let action = Action::Store {
            namespace: Namespace::MESSAGES,
            timestamp: self.network.clock().now(),
            expiry: Expiry::Ttl(DAY_MS),
            data: text.as_bytes().to_vec(),
            sig_timestamp: None,
        };
        StorageRequest::unsigned(account, action)
    }

    pub(crate) fn retrieve_request(&self, keys: &IdentityKeys, namespace: Namespace) -> StorageRequest {
        retrieve_at(keys, namespace, self.network.clock().now())
    }

    pub(crate) fn index_of(&self, key: NodeKey) -> usize {
        let name = key.to_string();
        self.control
            .nodes()
            .iter()
            .position(|node| node.ed25519 == name)
            .unwrap()
    }

    pub(crate) async fn member(&self, account: &SwarmAccount) -> Snode {
        self.network.members(account).await.unwrap()[0]
    }

    /// The numbers of the nodes in the paths, path by path.
    pub(crate) fn paths(&self) -> Vec<Vec<usize>> {
        let now = self.network.connectivity().borrow().clone();
        now.paths
            .iter()
            .map(|path| path.hops.iter().map(|hop| self.index_of(hop.key)).collect())
            .collect()
    }
}

pub(crate) fn retrieve_at(keys: &IdentityKeys, namespace: Namespace, timestamp: Timestamp) -> StorageRequest {
    let action = Action::Retrieve {
        namespace,
        timestamp,
        last_hash: None,
        max_count: None,
        max_size: None,
    };
    Signing::User(keys).request(keys.account_id().into(), action)
}

/// Waits until the connectivity is as wanted.
pub(crate) async fn until(network: &Network, wanted: impl FnMut(&Connectivity) -> bool) {
    let mut connectivity = network.connectivity();
    tokio::time::timeout(PATIENCE, connectivity.wait_for(wanted))
        .await
        .unwrap()
        .unwrap();
}

pub(crate) async fn until_connected(network: &Network) {
    until(network, |now| now.state == LinkState::Connected).await;
}

/// A person; `number` makes the seed.
pub(crate) fn person(number: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([number; 16]))
}

/// Somebody's address.
pub(crate) fn somebody(number: u8) -> SwarmAccount {
    AccountId::from_x25519([number; 32]).into()
}
