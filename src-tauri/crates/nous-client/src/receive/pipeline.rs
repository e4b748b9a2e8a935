//! The steps of receiving, in order. What each content does is in [`super::rules`].
//!
//! A cursor moves only in the commit: killed before it, the batch comes again, and
//! `seen_hashes` makes that harmless.
//!
//! Source: `architecture.md` §5.2.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_protocol::account::{ConversationId, Namespace, SwarmAccount};
use nous_protocol::content;
use nous_storage::inbox;
use nous_storage::seen_hashes;

use super::commit::{self, Batch, Changed, Move};
use super::open::{Arrived, open_all};
use super::{Retrieved, Stored};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::step::step;

/// Takes what several nodes answered for one box of ours; answers how many new messages
/// there were.
///
/// # Errors
/// What the database said; then nothing was kept and no cursor moved.
pub async fn process(core: &Core, namespace: Namespace, answers: Vec<Retrieved>) -> Result<u32, ClientError> {
    let cursors = answers.iter().filter_map(last_place).collect();
    let fresh = skip_seen(core, namespace, merge(answers)).await?;
    step!("receive.fetched");
    let opened = open_all(&core.cpu, &core.keys, fresh).await?;
    step!("receive.opened");
    commit_batch(core, namespace, opened, cursors, false).await
}

/// Tries parked contents again: after an update this version may know them.
///
/// # Errors
/// What the database said.
pub async fn retry_parked(core: &Core) -> Result<u32, ClientError> {
    let parked = core.db.read(inbox::parked).await?;
    let again = parked.into_iter().map(|parked| {
        Ok(Arrived {
            parsed: content::parse(&parked.content, parked.envelope),
            hash: parked.hash,
            sender: parked.sender,
            sent: parked.envelope,
            content: parked.content,
            stored: parked.received,
            expires: parked.expires.max(parked.received + inbox::KEPT),
        })
    });
    commit_batch(core, Namespace::MESSAGES, again.collect(), Vec::new(), true).await
}

async fn commit_batch(
    core: &Core,
    namespace: Namespace,
    opened: Vec<Result<Arrived, super::open::Broken>>,
    cursors: Vec<Move>,
    is_second_try: bool,
) -> Result<u32, ClientError> {
    if opened.is_empty() && cursors.is_empty() {
        return Ok(0);
    }
    let batch = Batch {
        own: core.own,
        keys: Arc::clone(&core.keys),
        namespace,
        opened,
        cursors,
        now: core.clock.now(),
        sure: core.clock.sure_now(),
        is_second_try,
    };
    let changed = core.db.write(move |writer| commit::write(writer, &batch)).await?;
    step!("receive.committed");
    Ok(announce(core, changed))
}

/// Each message once, in the order of the first node that has it.
fn merge(answers: Vec<Retrieved>) -> Vec<Stored> {
    let mut taken = BTreeSet::new();
    let all = answers.into_iter().flat_map(|answer| answer.messages);
    all.filter(|message| taken.insert(message.hash.clone())).collect()
}

/// The last hash of an answer as received, with its expiry.
fn last_place(answer: &Retrieved) -> Option<Move> {
    let last = answer.messages.last()?;
    Some(Move {
        node: answer.node.0,
        hash: last.hash.clone(),
        expires: last.expires,
    })
}

async fn skip_seen(
    core: &Core,
    namespace: Namespace,
    messages: Vec<Stored>,
) -> Result<Vec<Stored>, ClientError> {
    if messages.is_empty() {
        return Ok(messages);
    }
    let account = SwarmAccount::from(core.own);
    let hashes: Vec<String> = messages.iter().map(|message| message.hash.clone()).collect();
    let seen = core
        .db
        .read(move |reader| seen_hashes::seen_among(reader, &account, namespace, &hashes))
        .await?;
    Ok(messages
        .into_iter()
        .filter(|message| !seen.contains(&message.hash))
        .collect())
}

fn announce(core: &Core, changed: Changed) -> u32 {
    let conversations = changed
        .messages
        .keys()
        .copied()
        .chain(changed.conversations)
        .map(ConversationId::from)
        .collect();
    let mut changes = vec![Change::Conversations(conversations)];
    changes.extend(
        changed
            .messages
            .into_iter()
            .map(|(peer, keys)| Change::Messages(peer.into(), keys)),
    );
    if changed.has_parked {
        changes.push(Change::Connectivity);
    }
    if changed.has_requests {
        changes.push(Change::Requests);
    }
    if changed.has_deletions {
        core.deletions_stirred.notify_one();
    }
    for (person, is_typing) in changed.typing {
        if core.typing.told(person, is_typing) {
            changes.push(Change::Typing);
        }
    }
    if !changed.groups.is_empty() {
        changes.push(Change::Groups);
        let groups = changed.groups.iter().copied().map(ConversationId::from);
        changes.push(Change::Conversations(groups.clone().collect()));
        changes.extend(groups.map(Change::AllMessages));
        core.groups_stirred.notify_one();
    }
    core.hub.announce(changes);
    if changed.has_shared || !changed.groups.is_empty() {
        core.configs.change();
    }
    step!("receive.announced");
    changed.shown
}
