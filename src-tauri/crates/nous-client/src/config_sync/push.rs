//! One push: everything that is not stored, then what it supersedes is deleted.
//!
//! The configs are sealed and noted as pending before anything leaves, and confirmed in one
//! transaction after. Killed in between, the same bytes go out again, under the same hash.
//!
//! Source: `config.md` §7, §16.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::sealing::{ConfigKeys, SealingError};
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, MAX_BATCH, StorageReply};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::{configs, seen_hashes};
use rand::seq::SliceRandom;

use super::actions;
use super::kept::{self, Config, IN_ORDER, with_config};
use super::schedule::Ended;
use crate::core::Core;
use crate::error::ClientError;
use crate::step::step;

/// How long a config lives in the swarm, a group's too.
pub(super) const CONFIG_LIFE: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);
/// How many members one push asks.
const MEMBERS: usize = 2;

/// What has to go out.
#[derive(Debug, Default)]
struct Load {
    stores: Vec<Store>,
    obsolete: Vec<(ConfigKind, Vec<String>)>,
}

/// One config to store, in several parts perhaps.
#[derive(Debug, Clone)]
struct Store {
    kind: ConfigKind,
    seqno: i64,
    messages: Vec<Vec<u8>>,
}

/// What was stored and deleted.
#[derive(Debug, Default)]
struct Delivered {
    stored: Vec<(ConfigKind, i64, BTreeSet<String>)>,
    deleted: Vec<(ConfigKind, Vec<String>)>,
}

/// Pushes what waits.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub async fn push(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<Ended, ClientError> {
    if !core.db.read(is_needed).await? {
        return Ok(Ended::Idle);
    }
    let (keys, now) = (Arc::clone(&core.keys), core.clock.now());
    let load = core.db.write(move |writer| prepare(writer, &keys, now)).await?;
    if load.stores.is_empty() {
        return Ok(Ended::Idle);
    }
    step!("config.sealed");
    match deliver(core, swarm, &load).await {
        Ok(result) => {
            step!("config.stored");
            let is_all = result.stored.len() == load.stores.len();
            let (own, now) = (SwarmAccount::from(core.own), core.clock.now());
            core.db
                .write(move |writer| confirm(writer, &own, &result, now))
                .await?;
            step!("config.confirmed");
            Ok(if is_all { Ended::Pushed } else { Ended::Failed })
        }
        Err(error) => {
            tracing::debug!(%error, "configs were not stored");
            Ok(Ended::Failed)
        }
    }
}

/// Whether something is not stored, or not even begun.
fn is_needed(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let has_all = configs::standings(reader)?.len() == ConfigKind::ALL.len();
    Ok(!has_all || configs::is_push_needed(reader)?)
}

/// Seals what waits. Nothing before what other devices stored was asked for.
fn prepare(writer: &mut Writer<'_>, keys: &IdentityKeys, now: Timestamp) -> Result<Load, StorageError> {
    let mut load = Load::default();
    if !configs::is_fetched(&writer.reader())? {
        return Ok(load);
    }
    kept::begin_missing(writer)?;
    actions::share_reads(writer, now)?;
    for kind in IN_ORDER {
        with_config!(kind, C => seal::<C>(writer, keys, now, &mut load))?;
    }
    step!("config.sealing");
    Ok(load)
}

fn seal<C: Config>(
    writer: &mut Writer<'_>,
    keys: &IdentityKeys,
    now: Timestamp,
    load: &mut Load,
) -> Result<(), StorageError> {
    let mut config: C = kept::load(&writer.reader())?;
    if config.state().needs_push() {
        let pushed = match config.give(&ConfigKeys::own(C::KIND, keys), now) {
            Ok(pushed) => pushed,
            Err(error) => return cannot_seal(writer, C::KIND, error),
        };
        configs::note_too_large(writer, C::KIND.namespace(), false)?;
        kept::save(writer, &mut config)?;
        load.stores.push(Store {
            kind: C::KIND,
            seqno: pushed.seqno,
            messages: pushed.messages,
        });
    }
    let obsolete: Vec<String> = config.state().obsolete_hashes().iter().cloned().collect();
    if !obsolete.is_empty() {
        load.obsolete.push((C::KIND, obsolete));
    }
    Ok(())
}

/// One that cannot be sealed does not hold the others.
fn cannot_seal(writer: &mut Writer<'_>, kind: ConfigKind, error: SealingError) -> Result<(), StorageError> {
    tracing::warn!(%error, kind = kind.domain(), "a config cannot be sealed");
    let is_too_large = matches!(error, SealingError::TooLarge(_));
    configs::note_too_large(writer, kind.namespace(), is_too_large)
}

/// Asks members until everything is stored and what it supersedes is deleted.
///
/// # Errors
/// Why the last member did not do it, if nothing was stored at all.
async fn deliver(core: &Core, swarm: &Arc<dyn SwarmApi>, load: &Load) -> Result<Delivered, SwarmError> {
    let own = SwarmAccount::from(core.own);
    let mut members = swarm.members(&own).await?;
    members.shuffle(&mut rand::rng());
    let (mut delivered, mut last) = (Delivered::default(), SwarmError::NoSwarm);
    for node in members.iter().take(MEMBERS) {
        let left = load.without(&delivered);
        match give(core, swarm, node, &left, &mut delivered).await {
            Ok(()) => return Ok(delivered),
            Err(error) => last = error,
        }
        if matches!(last.retry(), Retry::Never) {
            break;
        }
    }
    if delivered.stored.is_empty() {
        return Err(last);
    }
    tracing::debug!(error = %last, "some configs were not stored");
    Ok(delivered)
}

/// Stores at one member, in as many sequences as it takes, each after the one before went
/// well; deletes at the end of the last. What was stored stands in `delivered`, whatever
/// comes after.
async fn give(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    load: &Load,
    delivered: &mut Delivered,
) -> Result<(), SwarmError> {
    let stores = load.stores.iter().flat_map(Store::actions);
    let mut actions: Vec<Task<'_>> = stores.collect();
    let obsolete: Vec<String> = load
        .obsolete
        .iter()
        .flat_map(|(_, hashes)| hashes.clone())
        .collect();
    actions.extend((!obsolete.is_empty()).then_some(Task::Delete(&obsolete)));
    let mut replies = Vec::new();
    let mut result = Ok(());
    for tasks in actions.chunks(MAX_BATCH) {
        result = ask(core, swarm, node, tasks, &mut replies).await;
        if result.is_err() {
            break;
        }
    }
    delivered.note(load, &replies);
    result
}

/// One sequence.
async fn ask(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    tasks: &[Task<'_>],
    replies: &mut Vec<StorageReply>,
) -> Result<(), SwarmError> {
    let own = SwarmAccount::from(core.own);
    // The times in it are those of the attempt: a corrected clock changes them.
    let request = |task: &Task<'_>| Signing::User(&core.keys).request(own, task.action(core.clock.now()));
    let answered = swarm
        .sequence(&own, node, tasks.iter().map(request).collect())
        .await?;
    let is_whole = answered.len() >= tasks.len();
    replies.extend(answered.into_iter().take(tasks.len()));
    if is_whole {
        Ok(())
    } else {
        Err(SwarmError::BadAnswer)
    }
}

/// Stores a message of a config, of an account or a group, for as long as it lives.
pub(crate) fn store(namespace: Namespace, data: &[u8], now: Timestamp) -> Action {
    Action::Store {
        namespace,
        timestamp: now,
        expiry: Expiry::Ttl(u64::try_from(CONFIG_LIFE.as_millis()).unwrap_or(u64::MAX)),
        data: data.to_vec(),
        sig_timestamp: None,
    }
}

/// One request of a push.
enum Task<'a> {
    /// A message, or one of its parts.
    Store(Namespace, &'a [u8]),
    Delete(&'a [String]),
}

impl Task<'_> {
    fn action(&self, now: Timestamp) -> Action {
        match self {
            Self::Store(namespace, data) => store(*namespace, data, now),
            Self::Delete(hashes) => Action::Delete {
                messages: hashes.to_vec(),
                required: false,
            },
        }
    }
}

impl Store {
    fn actions(&self) -> impl Iterator<Item = Task<'_>> {
        let namespace = self.kind.namespace();
        self.messages.iter().map(move |data| Task::Store(namespace, data))
    }
}

impl Load {
    /// What is left to do.
    fn without(&self, delivered: &Delivered) -> Self {
        let is_left = |store: &&Store| delivered.stored.iter().all(|(kind, ..)| *kind != store.kind);
        Self {
            stores: self.stores.iter().filter(is_left).cloned().collect(),
            obsolete: self.obsolete.clone(),
        }
    }
}

impl Delivered {
    /// Matches answers by their position; fewer than asked: the rest has failed.
    fn note(&mut self, load: &Load, replies: &[StorageReply]) {
        let mut rest = replies;
        for store in &load.stores {
            let Some((parts, others)) = rest.split_at_checked(store.messages.len()) else {
                return;
            };
            rest = others;
            let hashes: Option<BTreeSet<String>> = parts.iter().map(stored_hash).collect();
            self.stored
                .extend(hashes.map(|hashes| (store.kind, store.seqno, hashes)));
        }
        if rest.first().is_some_and(is_by_most) {
            self.deleted.clone_from(&load.obsolete);
        }
    }
}

/// The hash of a message that most members have.
fn stored_hash(reply: &StorageReply) -> Option<String> {
    is_by_most(reply)
        .then(|| reply.store().ok())
        .flatten()
        .map(|store| store.hash)
}

/// Whether most members did what was asked.
pub(crate) fn is_by_most(reply: &StorageReply) -> bool {
    reply
        .swarm()
        .is_ok_and(|swarm| swarm.done().count() * 2 > swarm.members.len())
}

fn confirm(
    writer: &mut Writer<'_>,
    own: &SwarmAccount,
    result: &Delivered,
    now: Timestamp,
) -> Result<(), StorageError> {
    for (kind, seqno, hashes) in &result.stored {
        note_own(writer, own, kind.namespace(), hashes, now)?;
        with_config!(kind, C => confirm_one::<C>(writer, *seqno, hashes))?;
        configs::note_pushed(writer, kind.namespace(), now)?;
    }
    for (kind, hashes) in &result.deleted {
        with_config!(kind, C => forget_one::<C>(writer, hashes))?;
    }
    step!("config.confirming");
    Ok(())
}

/// What we stored does not come back as news.
pub(crate) fn note_own(
    writer: &mut Writer<'_>,
    account: &SwarmAccount,
    namespace: Namespace,
    hashes: &BTreeSet<String>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let hashes: Vec<(&str, Timestamp)> = hashes
        .iter()
        .map(|hash| (hash.as_str(), now + CONFIG_LIFE))
        .collect();
    seen_hashes::note(writer, account, namespace, &hashes)
}

fn confirm_one<C: Config>(
    writer: &mut Writer<'_>,
    seqno: i64,
    hashes: &BTreeSet<String>,
) -> Result<(), StorageError> {
    kept::change(writer, |config: &mut C| {
        config.state_mut().confirm_pushed(seqno, hashes.clone());
    })
}

fn forget_one<C: Config>(writer: &mut Writer<'_>, hashes: &[String]) -> Result<(), StorageError> {
    kept::change(writer, |config: &mut C| {
        let hashes = hashes.iter().map(String::as_str);
        config.state_mut().confirm_deleted(hashes);
    })
}
