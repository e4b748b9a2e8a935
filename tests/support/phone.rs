//! Phones, running another client: what they store, our devices read.

use std::time::Duration;

use anyhow::{Context as _, Result};
use nous_network::{Departure, FileApi as _, Network, NetworkConfig, SwarmApi as _, Tasks};
use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::attachment::legacy;
use nous_protocol::auth::Signing;
use nous_protocol::config::group_members::GroupMember;
use nous_protocol::config::message::Authority;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::user_groups::{Community, Group, UserGroups};
use nous_protocol::content::{self, Attachment, Disappearing, Outgoing, OutgoingBody};
use nous_protocol::envelope;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::mnemonic;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};

/// 30 days.
const LIFE_MS: u64 = 30 * 86_400_000;
/// 14 days.
const MESSAGE_LIFE_MS: u64 = 14 * 86_400_000;

/// A phone in a network, for whichever account it is asked to act.
pub struct Phone {
    network: Network,
    tasks: Tasks,
}

impl Phone {
    /// Switches it on.
    ///
    /// # Errors
    /// If the network cannot be set up.
    pub fn start(network: NetworkConfig) -> Result<Self> {
        let tasks = Tasks::new();
        let network = Network::start(network, None, &tasks)?;
        Ok(Self { network, tasks })
    }

    /// So long ago.
    #[must_use]
    pub fn ago(&self, time: Duration) -> Timestamp {
        self.network.clock().now().earlier(time)
    }

    /// Stores which groups the account of these words has.
    ///
    /// # Errors
    /// If the words are none, or the network does not take it.
    pub async fn keep_groups(&self, words: &str, mut groups: UserGroups) -> Result<()> {
        let keys = IdentityKeys::from_seed(&mnemonic::decode(words)?);
        let pushed = groups.state_mut().push(
            &ConfigKeys::own(UserGroups::KIND, &keys),
            self.network.clock().now(),
        )?;
        let account = SwarmAccount::from(keys.account_id());
        for data in pushed.messages {
            self.store(account, &Signing::User(&keys), UserGroups::KIND.namespace(), data)
                .await?;
        }
        Ok(())
    }

    /// Makes a group: its first key, its information and its members are in its swarm. Nobody
    /// is invited.
    ///
    /// # Errors
    /// If it may not be, or the network does not take it.
    pub async fn found_group(
        &self,
        secret: &GroupSecret,
        name: &str,
        created: Timestamp,
        members: &[GroupMember],
    ) -> Result<()> {
        let mut group = GroupState::found(secret, name, created, members)?;
        let push = group.push(secret, self.network.clock().now())?;
        let key = push.keys.map(|data| (Namespace::GROUP_KEYS, data));
        let info = push.info.map(|info| info.messages).unwrap_or_default();
        let members = push.members.map(|members| members.messages).unwrap_or_default();
        let stored = key
            .into_iter()
            .chain(info.into_iter().map(|data| (Namespace::GROUP_INFO, data)))
            .chain(members.into_iter().map(|data| (Namespace::GROUP_MEMBERS, data)));
        let (account, signing) = (SwarmAccount::from(secret.id()), Signing::Owner(secret.keys()));
        for (namespace, data) in stored {
            self.store(account, &signing, namespace, data).await?;
        }
        Ok(())
    }

    /// Says something to somebody, for whoever has these keys. `sent`: when it was said, as it tells.
    ///
    /// # Errors
    /// If the network does not take it.
    pub async fn say(
        &self,
        keys: &IdentityKeys,
        to: AccountId,
        sent: Timestamp,
        body: OutgoingBody,
    ) -> Result<()> {
        let outgoing = Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body,
        };
        let padded = padding::pad(&content::encode(&outgoing));
        let sealed = envelope::seal(keys, &to, &padded, sent, &mut rand::rng())?;
        let action = Action::Store {
            namespace: Namespace::MESSAGES,
            timestamp: self.network.clock().now(),
            expiry: Expiry::Ttl(MESSAGE_LIFE_MS),
            data: sealed.0,
            sig_timestamp: None,
        };
        let account = SwarmAccount::from(to);
        let request = StorageRequest::unsigned(account, action);
        self.network.store(&account, request, &Departure::new()).await?;
        Ok(())
    }

    /// Uploads a file, encrypted. Answers what a message tells of it.
    ///
    /// # Errors
    /// If it is too large, or the file server does not take it.
    pub async fn upload(&self, name: &str, content_type: &str, file: &[u8]) -> Result<Attachment> {
        let sealed = legacy::encrypt(file, &mut rand::rng())?;
        let stored = self.network.upload_file(sealed.blob, false).await?;
        Ok(Attachment {
            url: stored.url,
            content_type: Some(content_type.to_owned()),
            key: Some(sealed.key.to_vec()),
            size: Some(u32::try_from(file.len())?),
            digest: Some(sealed.digest),
            file_name: Some(name.to_owned()),
            ..Attachment::default()
        })
    }

    async fn store(
        &self,
        account: SwarmAccount,
        signing: &Signing<'_>,
        namespace: Namespace,
        data: Vec<u8>,
    ) -> Result<()> {
        let action = Action::Store {
            namespace,
            timestamp: self.network.clock().now(),
            expiry: Expiry::Ttl(LIFE_MS),
            data,
            sig_timestamp: None,
        };
        let request = signing.request(account, action);
        self.network.store(&account, request, &Departure::new()).await?;
        Ok(())
    }

    /// Switches it off.
    pub async fn end(self) {
        self.network.shutdown().await;
        self.tasks.shutdown().await;
    }
}

/// Joins a group, pinned, and a room, and stores that for the account of these words, with a
/// key that no other version knows.
///
/// # Errors
/// If the words are none, or the network does not take it.
pub async fn join_groups(network: NetworkConfig, words: &str) -> Result<()> {
    let phone = Phone::start(network)?;
    phone.keep_groups(words, groups()?).await?;
    phone.end().await;
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
