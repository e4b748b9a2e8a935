//! One storage node: what it checks, and what it tells.
//!
//! Whether the account belongs here, and what the other members do, is decided above, in
//! the cluster.
//!
//! Source: `network.md` §4.3 to §4.6, §9.1, §9.3.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nous_protocol::account::SwarmAccount;
use serde_json::{Map, Value, json};

use super::auth::{self, allows, has};
use super::identity::NodeKeys;
use super::reply::Reply;
use super::request::{
    Action, Auth, Direction, Retrieve, Store, dated_text, is_inbox, is_open_to_read, is_outbox,
    is_unrevocable,
};
use super::rows::{Limits, Rows};

const SECOND: i64 = 1000;
const DAY: i64 = 86_400 * SECOND;
/// The shortest life of a message.
const LIFE_MIN: i64 = 10 * SECOND;
/// The longest life in a public inbox.
const LIFE_MAX_INBOX: i64 = 14 * DAY;
/// The longest life elsewhere, and what `expire` cuts to.
pub(super) const LIFE_MAX: i64 = 30 * DAY;
/// How far a stored time may be ahead.
const STORE_TOLERANCE: i64 = 10 * SECOND;
/// How far a signed time may be off.
const TOLERANCE: i64 = 60 * SECOND;
/// The same for what another member passed on.
const TOLERANCE_FORWARDED: i64 = 70 * SECOND;
/// The most that one retrieve brings, in bytes.
const RETRIEVE_MAX: usize = 7_800_000;

/// Who sent a request to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    Client,
    Member,
}

/// A node's keys, rows and limits.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) keys: NodeKeys,
    pub(crate) rows: Rows,
    /// Stores fail when so many bytes are held.
    pub(crate) capacity: u64,
}

type Checked = Result<(), Reply>;

fn refuse(status: u16, text: &str) -> Checked {
    Err(Reply::error(status, text))
}

fn is_near(time: i64, now: i64, tolerance: i64) -> bool {
    time >= now - tolerance && time <= now + tolerance
}

impl Node {
    fn allows(&self, auth: &Auth, flags: u8, text: &[u8]) -> bool {
        allows(auth, flags, text, |token| {
            self.rows.is_revoked(&auth.account, token)
        })
    }

    /// Whether a store may be done.
    pub(crate) fn check_store(&self, store: &Store, now: i64) -> Checked {
        let inbox = is_inbox(store.namespace);
        let life = store.expiry.saturating_sub(store.timestamp);
        let longest = if inbox { LIFE_MAX_INBOX } else { LIFE_MAX };
        if !(LIFE_MIN..=longest).contains(&life) {
            return refuse(403, "Provided expiry/TTL is not valid.");
        }
        if store.timestamp > now + STORE_TOLERANCE || store.expiry < now - STORE_TOLERANCE {
            return refuse(406, "Timestamp error: check your clock");
        }
        if inbox {
            return Ok(());
        }
        let Some((auth, time)) = &store.auth else {
            return refuse(401, "store: signature required for this namespace");
        };
        if !is_near(*time, now, TOLERANCE) {
            return refuse(406, "store signature timestamp too far from current time");
        }
        let flags = if is_outbox(store.namespace) {
            auth::WRITE | auth::DELETE
        } else {
            auth::WRITE
        };
        if !self.allows(auth, flags, &dated_text("store", store.namespace, *time)) {
            return refuse(401, "store signature verification failed");
        }
        Ok(())
    }

    /// Whether a signed request may be served.
    pub(crate) fn check(&self, auth: &Auth, action: &Action, now: i64, from: Sender) -> Checked {
        self.check_time(action, now, from)?;
        let owner_only = Auth {
            subaccount: None,
            ..auth.clone()
        };
        let (auth, flags) = match action {
            Action::Revoke { .. } | Action::Unrevoke { .. } => (&owner_only, 0),
            Action::Expire { .. } => (auth, auth::WRITE),
            _ => (auth, auth::DELETE),
        };
        if !self.allows(auth, flags, &action.signed_text()) {
            return refuse(401, &format!("{} signature verification failed", name(action)));
        }
        if let Action::Expire { direction, .. } = action
            && *direction == Direction::Shorten
            && lacks_delete(auth)
        {
            return refuse(400, "expire: this subaccount may not shorten");
        }
        Ok(())
    }

    #[allow(clippy::unused_self, reason = "a check of the node, like the others")]
    fn check_time(&self, action: &Action, now: i64, from: Sender) -> Checked {
        let wide = match from {
            Sender::Client => TOLERANCE,
            Sender::Member => TOLERANCE_FORWARDED,
        };
        let far = |tolerance, time: i64| !is_near(time, now, tolerance);
        let status = match action {
            Action::Delete { .. } => return Ok(()),
            Action::DeleteAll { timestamp, .. } if far(wide, *timestamp) => 406,
            Action::Revoke { timestamp, .. } | Action::Unrevoke { timestamp, .. }
                if far(TOLERANCE, *timestamp) =>
            {
                406
            }
            Action::ExpireAll { expiry, .. } if *expiry < now - wide => 406,
            Action::DeleteBefore { before, .. } if *before > now + TOLERANCE => 401,
            Action::Expire { expiry, .. } if expiry.iter().any(|at| *at < now - TOLERANCE) => 401,
            _ => return Ok(()),
        };
        refuse(status, &format!("{} timestamp out of range", name(action)))
    }

    /// What `retrieve` brings, without the time.
    pub(crate) fn retrieve(&self, request: &Retrieve, now: i64) -> Result<Value, Reply> {
        self.check_retrieve(request, now)?;
        let (rows, more) = self.rows.after(
            &request.account,
            request.namespace,
            request.last_hash.as_deref(),
            limits(request),
        );
        // A count of −1 is a limit of 0 rows in the node's database.
        let (rows, more) = if request.max_count == Some(-1) {
            (Vec::new(), false)
        } else {
            (rows, more)
        };
        let messages: Vec<Value> = rows
            .into_iter()
            .map(|row| {
                json!({
                    "hash": row.hash,
                    "timestamp": row.timestamp,
                    "expiration": row.expiry,
                    "data": STANDARD.encode(&row.data),
                })
            })
            .collect();
        Ok(json!({ "messages": messages, "more": more }))
    }

    fn check_retrieve(&self, request: &Retrieve, now: i64) -> Checked {
        let Some((auth, time)) = &request.auth else {
            if is_open_to_read(request.namespace) {
                return Ok(());
            }
            return refuse(401, "retrieve: request signature required");
        };
        if !is_near(*time, now, TOLERANCE) {
            return refuse(406, "retrieve timestamp too far from current time");
        }
        let text = dated_text("retrieve", request.namespace, *time);
        let is_allowed = allows(auth, auth::READ, &text, |token| {
            !is_unrevocable(request.namespace) && self.rows.is_revoked(&auth.account, token)
        });
        if is_allowed {
            Ok(())
        } else {
            refuse(401, "retrieve signature verification failed")
        }
    }

    /// What `get_expiries` brings.
    pub(crate) fn expiries(
        &self,
        auth: &Auth,
        hashes: &[String],
        time: i64,
        now: i64,
    ) -> Result<Value, Reply> {
        if !is_near(time, now, TOLERANCE) {
            refuse(406, "get_expiries timestamp too far from current time")?;
        }
        let text = format!("get_expiries{time}{}", hashes.concat());
        if !self.allows(auth, auth::READ, text.as_bytes()) {
            refuse(401, "get_expiries signature verification failed")?;
        }
        let found = known_expiries(&self.rows, &auth.account, hashes.iter());
        Ok(json!({ "expiries": found }))
    }
}

/// Whether it is a subaccount that may not delete.
pub(super) fn lacks_delete(auth: &Auth) -> bool {
    auth.subaccount
        .as_ref()
        .is_some_and(|(token, _)| !has(token, auth::DELETE))
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::Delete { .. } => "delete_msgs",
        Action::DeleteAll { .. } => "delete_all",
        Action::DeleteBefore { .. } => "delete_before",
        Action::Expire { .. } => "expire",
        Action::ExpireAll { .. } => "expire_all",
        Action::Revoke { .. } => "revoke_subaccount",
        Action::Unrevoke { .. } => "unrevoke_subaccount",
    }
}

/// The expiries of those hashes that are known.
pub(super) fn known_expiries<'a>(
    rows: &Rows,
    account: &SwarmAccount,
    hashes: impl Iterator<Item = &'a String>,
) -> Map<String, Value> {
    // Sorted, as they are signed: the map itself keeps the order in which it was filled.
    let known: BTreeMap<String, Value> = hashes
        .filter_map(|hash| Some((hash.clone(), rows.row(account, hash)?.expiry.into())))
        .collect();
    known.into_iter().collect()
}

fn limits(request: &Retrieve) -> Limits {
    let count = request.max_count.filter(|count| *count != 0);
    let size = request.max_size.filter(|size| *size != 0);
    let size = match (size, count) {
        (None, None) => RETRIEVE_MAX / 5,
        (None, Some(_)) => RETRIEVE_MAX,
        (Some(size), _) => {
            let amount = usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX);
            if size < 0 {
                RETRIEVE_MAX / amount
            } else {
                amount.min(RETRIEVE_MAX)
            }
        }
    };
    Limits {
        // Other negative counts mean no limit.
        count: count.and_then(|count| usize::try_from(count).ok()),
        size,
    }
}
