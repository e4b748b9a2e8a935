//! A phone of an account, running another client: what it stores, our devices read.

use anyhow::{Context as _, Result};
use nous_network::{Departure, Network, NetworkConfig, SwarmApi as _, Tasks};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::message::Authority;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::user_groups::{Community, Group, UserGroups};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::mnemonic;
use nous_protocol::wire::rpc::{Action, Expiry};

/// 30 days.
const LIFE_MS: u64 = 30 * 86_400_000;

/// Joins a group, pinned, and a room, and stores that for the account of these words, with a
/// key that no other version knows.
///
/// # Errors
/// If the words are none, or the network does not take it.
pub async fn join_groups(network: NetworkConfig, words: &str) -> Result<()> {
    let keys = IdentityKeys::from_seed(&mnemonic::decode(words)?);
    let account = SwarmAccount::from(keys.account_id());
    let tasks = Tasks::new();
    let network = Network::start(network, None, &tasks)?;
    let now = network.clock().now();
    let pushed = groups()?
        .state_mut()
        .push(&ConfigKeys::own(UserGroups::KIND, &keys), now)?;
    for data in pushed.messages {
        let action = Action::Store {
            namespace: UserGroups::KIND.namespace(),
            timestamp: now,
            expiry: Expiry::Ttl(LIFE_MS),
            data,
            sig_timestamp: None,
        };
        let request = Signing::User(&keys).request(account, action);
        network.store(&account, request, &Departure::new()).await?;
    }
    network.shutdown().await;
    tasks.shutdown().await;
    Ok(())
}

fn groups() -> Result<UserGroups> {
    let mut groups = UserGroups::default();
    let mut garden = Group::new(GroupId::from_ed25519([0x33; 32]));
    "Jardin partagé".clone_into(&mut garden.name);
    garden.settings.priority = 1;
    garden.settings.joined = 1_790_000_000;
    groups.set_group(&garden);
    groups.set_community(&Community::new("https://chat.example.org", "Seeds", [9; 32])?);
    let mut editor = groups.state_mut().edit(&Authority::None).context("own configs")?;
    editor.string(&[b"g", &garden.id.to_bytes(), b"~later"], b"of a later version");
    Ok(groups)
}
