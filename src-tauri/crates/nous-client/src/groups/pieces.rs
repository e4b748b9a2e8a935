//! The requests of one push of a group, in their order.
//!
//! Source: `groups.md` §9, §13, §15 and §16.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId, Namespace};
use nous_protocol::auth::Access as Permission;
use nous_protocol::auth::SUBACCOUNT_TOKEN;
use nous_protocol::config::state::PendingPush;
use nous_protocol::group::message;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::{GroupPush, GroupState};
use nous_protocol::group::subaccount;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, Namespaces};
use nous_storage::groups::tasks::{NewTask, Task, TaskKey, TaskKind};

use super::access::Access;
use crate::config_sync::push::store;

/// Tokens in one request: nodes take at most 50.
const MOST_TOKENS: usize = 50;
/// News in one push.
const MOST_NEWS: usize = 6;
/// The most requests of one push.
const MOST: usize = 20;
/// After a first push that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// The longest pause between two.
const LONGEST: Duration = Duration::from_secs(600);

/// When a task that failed is tried again; `attempts`: those made before.
pub(super) fn later(now: Timestamp, attempts: u32) -> Timestamp {
    now + AFTER_FAILURE.saturating_mul(1 << attempts.min(8)).min(LONGEST)
}

/// One request of a push.
pub(super) enum Piece {
    /// Members may ask the swarm again.
    Unrevoke {
        tokens: Vec<[u8; SUBACCOUNT_TOKEN]>,
        tasks: Vec<TaskKey>,
    },
    /// Older keys for new members.
    Supplement { data: Vec<u8>, task: TaskKey },
    /// The next key.
    Keys(Vec<u8>),
    /// Information or members, or a part of them.
    Config {
        namespace: Namespace,
        seqno: i64,
        parts: usize,
        data: Vec<u8>,
    },
    /// News for all.
    Announce {
        sealed: Vec<u8>,
        sent: Timestamp,
        ttl_ms: i64,
        task: TaskKey,
    },
    /// What configs replaced.
    Obsolete(Vec<String>),
    /// Messages that were deleted for all.
    DeleteHashes { hashes: Vec<String>, task: TaskKey },
    /// Everything that was said.
    DeleteAll { task: TaskKey },
}

impl Piece {
    /// The request, with the time of the attempt.
    pub(super) fn action(&self, now: Timestamp) -> Action {
        match self {
            Self::Unrevoke { tokens, .. } => Action::UnrevokeSubaccount {
                tokens: tokens.clone(),
                timestamp: now,
            },
            Self::Supplement { data, .. } | Self::Keys(data) => store(Namespace::GROUP_KEYS, data, now),
            Self::Config { namespace, data, .. } => store(*namespace, data, now),
            Self::Announce { sealed, ttl_ms, .. } => Action::Store {
                namespace: Namespace::GROUP_MESSAGES,
                timestamp: now,
                expiry: Expiry::Ttl(ttl_ms.unsigned_abs()),
                data: sealed.clone(),
                sig_timestamp: None,
            },
            Self::Obsolete(hashes) | Self::DeleteHashes { hashes, .. } => Action::Delete {
                messages: hashes.clone(),
                required: false,
            },
            Self::DeleteAll { .. } => Action::DeleteAll {
                namespaces: Namespaces::One(Namespace::GROUP_MESSAGES),
                timestamp: now,
            },
        }
    }

    /// Whether the push is not whole without it.
    pub(super) const fn is_required(&self) -> bool {
        !matches!(self, Self::Obsolete(_))
    }

    /// The tasks that it does.
    pub(super) fn tasks(&self) -> Vec<TaskKey> {
        match self {
            Self::Unrevoke { tasks, .. } => tasks.clone(),
            Self::Supplement { task, .. }
            | Self::Announce { task, .. }
            | Self::DeleteHashes { task, .. }
            | Self::DeleteAll { task } => vec![*task],
            Self::Keys(_) | Self::Config { .. } | Self::Obsolete(_) => Vec::new(),
        }
    }

    /// The box where what it stores is no news for us. Keys count when they come back: that is
    /// also their confirmation.
    pub(super) const fn own_box(&self) -> Option<Namespace> {
        match self {
            Self::Config { namespace, .. } => Some(*namespace),
            Self::Announce { .. } => Some(Namespace::GROUP_MESSAGES),
            _ => None,
        }
    }
}

/// The requests of a push. Members have news only.
pub(super) fn of(
    group: &GroupState,
    account: &IdentityKeys,
    access: &Access,
    push: Option<GroupPush>,
    due: Vec<Task>,
) -> Vec<Piece> {
    let (mut pieces, mut obsolete) = (Vec::new(), None);
    if let Some(secret) = access.secret() {
        pieces.extend(unrevoke(secret, &due));
        pieces.extend(supplements(&due));
        if let Some(push) = push {
            let (stores, replaced) = configs(push);
            pieces.extend(stores);
            obsolete = Some(replaced);
        }
    }
    pieces.extend(news(group, account, &due));
    pieces.extend(obsolete.filter(|hashes| !hashes.is_empty()).map(Piece::Obsolete));
    if access.secret().is_some() {
        pieces.extend(deletions(&due));
    }
    pieces.truncate(MOST);
    pieces
}

fn of_kind(due: &[Task], kind: TaskKind) -> impl Iterator<Item = &Task> {
    due.iter().filter(move |task| task.kind == kind)
}

fn unrevoke(secret: &GroupSecret, due: &[Task]) -> Vec<Piece> {
    let about: Vec<(&Task, AccountId)> = of_kind(due, TaskKind::Unrevoke)
        .filter_map(|task| Some((task, task.member?)))
        .collect();
    let piece = |part: &[(&Task, AccountId)]| Piece::Unrevoke {
        // Whose ID is no usable key has no token, and cannot ask anything.
        tokens: part
            .iter()
            .filter_map(|(_, member)| subaccount::token(secret, member, Permission::MEMBER))
            .collect(),
        tasks: part.iter().map(|(task, _)| task.key).collect(),
    };
    let has_token = |piece: &Piece| !matches!(piece, Piece::Unrevoke { tokens, .. } if tokens.is_empty());
    about.chunks(MOST_TOKENS).map(piece).filter(has_token).collect()
}

fn supplements(due: &[Task]) -> Vec<Piece> {
    let piece = |task: &Task| Piece::Supplement {
        data: task.data.clone(),
        task: task.key,
    };
    of_kind(due, TaskKind::Supplement)
        .take(MOST_NEWS)
        .map(piece)
        .collect()
}

fn configs(push: GroupPush) -> (Vec<Piece>, Vec<String>) {
    let mut pieces: Vec<Piece> = push.keys.into_iter().map(Piece::Keys).collect();
    let mut obsolete = Vec::new();
    let configs = [
        (Namespace::GROUP_INFO, push.info),
        (Namespace::GROUP_MEMBERS, push.members),
    ];
    for (namespace, pending) in configs {
        let Some(PendingPush {
            seqno,
            messages,
            obsolete: replaced,
            ..
        }) = pending
        else {
            continue;
        };
        let parts = messages.len();
        pieces.extend(messages.into_iter().map(|data| Piece::Config {
            namespace,
            seqno,
            parts,
            data,
        }));
        obsolete.extend(replaced);
    }
    (pieces, obsolete)
}

/// Sealed with the newest key, which is stored before them.
fn news(group: &GroupState, account: &IdentityKeys, due: &[Task]) -> Vec<Piece> {
    let keys = group.keys().all();
    let Some(key) = keys.first() else {
        return Vec::new();
    };
    let piece = |task: &Task| {
        let sent = task.sent?;
        let mut rng = rand::rng();
        let sealed = message::seal_content(account, &group.id(), key, &task.data, sent, &mut rng).ok()?;
        Some(Piece::Announce {
            sealed,
            sent,
            ttl_ms: task.ttl_ms,
            task: task.key,
        })
    };
    of_kind(due, TaskKind::Announce)
        .take(MOST_NEWS)
        .filter_map(piece)
        .collect()
}

/// What an admin's app deletes from the swarm. [`deletions`] reads it.
pub(super) fn deletion<S: AsRef<str>>(
    id: GroupId,
    hashes: impl IntoIterator<Item = S>,
    now: Timestamp,
) -> NewTask {
    let hashes: Vec<String> = hashes.into_iter().map(|hash| hash.as_ref().to_owned()).collect();
    NewTask {
        data: serde_json::to_vec(&hashes).unwrap_or_default(),
        ..NewTask::new(id, TaskKind::DeleteHashes, now)
    }
}

fn deletions(due: &[Task]) -> Vec<Piece> {
    let hashes = of_kind(due, TaskKind::DeleteHashes)
        .take(MOST_NEWS)
        .map(|task| Piece::DeleteHashes {
            hashes: serde_json::from_slice(&task.data).unwrap_or_default(),
            task: task.key,
        });
    let all = of_kind(due, TaskKind::DeleteAll).map(|task| Piece::DeleteAll { task: task.key });
    hashes.chain(all).collect()
}

/// What most members have stored and deleted.
#[derive(Default)]
pub(super) struct Done<'p> {
    /// By box and sequence number: how many parts there are, and the hashes of those stored.
    stored: BTreeMap<(Namespace, i64), (usize, BTreeSet<String>)>,
    deleted: Vec<&'p str>,
}

impl<'p> Done<'p> {
    /// Notes a piece that was done; `hash`: of what it stored.
    pub(super) fn note(&mut self, piece: &'p Piece, hash: Option<String>) {
        match piece {
            Piece::Config {
                namespace,
                seqno,
                parts,
                ..
            } => {
                let of = self.stored.entry((*namespace, *seqno)).or_default();
                of.0 = *parts;
                of.1.extend(hash);
            }
            Piece::Obsolete(hashes) => self.deleted.extend(hashes.iter().map(String::as_str)),
            _ => {}
        }
    }

    /// Confirms what is whole.
    pub(super) fn confirm(self, group: &mut GroupState) {
        for ((namespace, seqno), (parts, hashes)) in self.stored {
            if hashes.len() != parts {
                continue;
            }
            let state = match namespace {
                Namespace::GROUP_INFO => group.info_mut().state_mut(),
                _ => group.members_mut().state_mut(),
            };
            state.confirm_pushed(seqno, hashes);
        }
        let deleted = || self.deleted.iter().copied();
        group.info_mut().state_mut().confirm_deleted(deleted());
        group.members_mut().state_mut().confirm_deleted(deleted());
    }
}
