//! What everything about one account shares.

use std::sync::Arc;

use nous_network::NetworkClock;
use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::keys::IdentityKeys;
use nous_storage::db::Database;
use nous_storage::sealed_files::SealedFiles;
use tokio::sync::Notify;

use crate::config_sync::ConfigSignal;
use crate::cpu::CpuPool;
use crate::events::{Change, Hub};
use crate::files::running::Transfers;
use crate::groups::looked_at::LookedAt;
use crate::groups::words::CurrentWords;
use crate::previews::Previews;
use crate::send::departures::Departures;
use crate::typing::Typing;

/// Database, keys, clock and announcements of one account. Clones share them.
#[derive(Clone)]
pub struct Core {
    /// The profile's database.
    pub db: Database,
    /// Where changes are announced.
    pub hub: Hub,
    /// Network time.
    pub clock: NetworkClock,
    /// The account's keys.
    pub keys: Arc<IdentityKeys>,
    /// The account's address.
    pub own: AccountId,
    /// Opens batches of messages, seals what goes out.
    pub cpu: CpuPool,
    /// Reads files of which nobody knows what is in them: what takes long there holds up nothing else.
    pub media: CpuPool,
    /// Who types.
    pub typing: Typing,
    /// Files of the profile, sealed.
    pub files: SealedFiles,
    pub(crate) outbox_stirred: Arc<Notify>,
    /// There may be a file to upload, or to download.
    pub(crate) uploads_stirred: Arc<Notify>,
    pub(crate) downloads_stirred: Arc<Notify>,
    /// Files on their way now.
    pub(crate) transfers: Transfers,
    /// Previews of links in what is being written.
    pub(crate) previews: Previews,
    /// Groups were joined or left.
    pub(crate) groups_stirred: Arc<Notify>,
    /// Something was deleted: our own swarm may have to follow, and no trace may stay.
    pub(crate) deletions_stirred: Arc<Notify>,
    /// Groups at which somebody looks.
    pub(crate) looked_at: Arc<LookedAt>,
    /// Sentences that are written in our name.
    pub(crate) words: Arc<CurrentWords>,
    pub(crate) departures: Departures,
    pub(crate) configs: Arc<ConfigSignal>,
}

impl Core {
    /// For the account with these keys.
    #[must_use]
    pub fn new(db: Database, hub: Hub, clock: NetworkClock, keys: Arc<IdentityKeys>) -> Self {
        let own = keys.account_id();
        Self {
            files: SealedFiles::beside(&db),
            db,
            hub,
            clock,
            keys,
            own,
            cpu: CpuPool::new(),
            media: CpuPool::narrow(),
            typing: Typing::default(),
            outbox_stirred: Arc::default(),
            uploads_stirred: Arc::default(),
            downloads_stirred: Arc::default(),
            transfers: Transfers::default(),
            previews: Previews::default(),
            groups_stirred: Arc::default(),
            deletions_stirred: Arc::default(),
            looked_at: Arc::default(),
            words: Arc::default(),
            departures: Departures::default(),
            configs: Arc::default(),
        }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: NetworkClock) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// The same with other sentences to write in our name.
    #[must_use]
    pub(crate) fn with_words(self, words: Arc<CurrentWords>) -> Self {
        Self { words, ..self }
    }

    /// The outbox has something new to do.
    pub fn stir_outbox(&self) {
        self.outbox_stirred.notify_one();
    }

    /// Announces messages of one conversation, and its row in the list.
    pub(crate) fn announce_messages(
        &self,
        id: impl Into<ConversationId>,
        keys: Vec<nous_storage::ids::MessageKey>,
    ) {
        let id = id.into();
        if !keys.is_empty() {
            self.hub
                .announce([Change::Messages(id, keys), Change::Conversations(vec![id])]);
        }
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core(…)")
    }
}
