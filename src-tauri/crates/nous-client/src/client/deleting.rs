//! Deleting for everyone and on all devices, and taking back what has not gone out.

use std::collections::BTreeMap;
use std::sync::Arc;

use nous_network::SwarmApi;
use nous_protocol::account::{ConversationId, GroupId};
use nous_storage::deletions::Extent;
use nous_storage::ids::MessageKey;
use nous_storage::messages::MessageKind;

use super::Client;
use crate::deleting;
use crate::error::ClientError;
use crate::groups::error::GroupError;
use crate::groups::facts;
use crate::send::{self, TakenBack};

impl Client {
    /// Deletes messages for everyone: own ones, in a group as an admin anybody's. What has not left
    /// this device never will; what was deleted already goes from here.
    ///
    /// # Errors
    /// As [`deleting::begin`] and [`deleting::finish`], and without a connection; of groups as
    /// [`facts::delete_for_all`].
    pub async fn delete_for_everyone(&self, keys: Vec<MessageKey>) -> Result<(), GroupError> {
        let core = self.session()?.core;
        let mut in_groups: BTreeMap<GroupId, Vec<MessageKey>> = BTreeMap::new();
        let (mut between_two, mut gone) = (Vec::new(), Vec::new());
        for row in self.messages_by_key(keys).await? {
            match (row.peer, row.kind) {
                (_, kind) if kind.is_deleted() => gone.push(row.key),
                (ConversationId::Person(_), _) => between_two.push(row.key),
                (ConversationId::Group(id), MessageKind::Text | MessageKind::Unsupported) => {
                    in_groups.entry(id).or_default().push(row.key);
                }
                (ConversationId::Group(_), _) => return Err(ClientError::NotDeletable.into()),
            }
        }
        self.delete_beyond(between_two, Extent::Everyone).await?;
        for (id, keys) in in_groups {
            facts::delete_for_all(&core, id, keys).await?;
        }
        if !gone.is_empty() {
            self.delete_messages(gone).await?;
        }
        Ok(())
    }

    /// Deletes notes to ourselves on all devices of the account.
    ///
    /// # Errors
    /// As [`deleting::begin`] and [`deleting::finish`], and without a connection.
    pub async fn delete_on_all_devices(&self, keys: Vec<MessageKey>) -> Result<(), ClientError> {
        self.delete_beyond(keys, Extent::OwnDevices).await
    }

    async fn delete_beyond(&self, keys: Vec<MessageKey>, extent: Extent) -> Result<(), ClientError> {
        if keys.is_empty() {
            return Ok(());
        }
        let session = self.session()?;
        let begun = deleting::begin(&session.core, keys, extent).await?;
        if begun.is_empty() {
            return Ok(());
        }
        let network = match session.linked_network(self).await {
            Ok(network) => network,
            Err(error) => {
                deleting::give_up(&session.core, begun).await?;
                return Err(error);
            }
        };
        let core = session.core.with_clock(network.clock());
        let swarm: Arc<dyn SwarmApi> = Arc::new(network.clone());
        deleting::finish(&core, &swarm, begun).await
    }

    /// Takes back a message of which nothing has left this device.
    ///
    /// # Errors
    /// As [`send::take_back`].
    pub async fn take_back_queued(&self, key: MessageKey) -> Result<TakenBack, ClientError> {
        send::take_back(&self.session()?.core, key).await
    }
}
