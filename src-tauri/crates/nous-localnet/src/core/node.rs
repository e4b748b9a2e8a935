//! One storage node: what it checks, and what it does with its rows.
//!
//! Whether the account belongs here, and what the other members do, is decided above, in
//! the cluster.
//!
//! Source: `network.md` §4.3 to §4.6, §9.1, §9.3.

use nous_protocol::account::SwarmAccount;
use serde_json::{Map, Value, json};

use super::auth::{self, allows, has};
use super::identity::NodeKeys;
use super::reply::Reply;
use super::request::{
    Action, Auth, Direction, Retrieve, Store, dated_text, is_inbox, is_open_to_read, is_outbox,
    is_unrevocable,
};
use super::rows::{Change, Limits, Row, Rows};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

const SECOND: i64 = 1000;
const DAY: i64 = 86_400 * SECOND;
/// The shortest life of a message.
const LIFE_MIN: i64 = 10 * SECOND;
/// The longest life in a public inbox.
const LIFE_MAX_INBOX: i64 = 14 * DAY;
/// The longest life elsewhere, and what `expire` cuts to.
const LIFE_MAX: i64 = 30 * DAY;
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

    /// Stores; the flat result of this node, with `failed` if it is full.
    pub(crate) fn store(&mut self, store: &Store) -> Map<String, Value> {
        let hash = message_hash(store);
        let size = store.data.len() as u64;
        let known = self.rows.row(&store.account, &hash).map(|row| row.expiry);
        if known.is_none() && self.rows.bytes().saturating_add(size) > self.capacity {
            return object(json!({ "failed": true, "query_failure": true }));
        }
        if is_outbox(store.namespace) {
            self.clear_outbox(store, &hash);
        }
        let expiry = match known {
            None => {
                self.rows.apply(Change::Put(
                    store.account,
                    Row {
                        namespace: store.namespace,
                        hash: hash.clone(),
                        timestamp: store.timestamp,
                        expiry: store.expiry,
                        data: store.data.clone(),
                    },
                ));
                store.expiry
            }
            Some(old) if old < store.expiry => {
                let change = Change::Expiry(store.account, hash.clone(), store.expiry);
                self.rows.apply(change);
                store.expiry
            }
            Some(old) => old,
        };
        let mut result = json!({ "signature": self.sign(hash.as_bytes()), "expiry": expiry });
        result["hash"] = hash.into();
        if known.is_some() {
            result["already"] = true.into();
        }
        object(result)
    }

    fn clear_outbox(&mut self, store: &Store, hash: &str) {
        let spaces = super::params::Spaces::One(store.namespace);
        let others = self.rows.of(&store.account, spaces).into_iter();
        let others: Vec<_> = others
            .filter(|row| row.hash != hash)
            .map(|row| row.hash.clone())
            .collect();
        for other in others {
            self.rows.apply(Change::Remove(store.account, other));
        }
    }

    fn sign(&self, text: &[u8]) -> String {
        STANDARD.encode(self.keys.sign(text))
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

    /// Does a checked request; the flat result of this node.
    pub(crate) fn act(&mut self, auth: &Auth, action: &Action, now: i64) -> Map<String, Value> {
        let account = auth.account;
        match action {
            Action::Delete { hashes, .. } => self.delete(account, hashes),
            Action::DeleteAll { spaces, timestamp } => {
                let hit = self.hit(&account, *spaces, |_| true);
                self.bulk(account, *spaces, *timestamp, "deleted", hit, |account, hash| {
                    Change::Remove(account, hash)
                })
            }
            Action::DeleteBefore { spaces, before } => {
                let hit = self.hit(&account, *spaces, |row| row.timestamp <= *before);
                self.bulk(account, *spaces, *before, "deleted", hit, |account, hash| {
                    Change::Remove(account, hash)
                })
            }
            Action::ExpireAll { spaces, expiry } => {
                let at = *expiry;
                let hit = self.hit(&account, *spaces, |row| row.expiry > at);
                self.bulk(account, *spaces, at, "updated", hit, |account, hash| {
                    Change::Expiry(account, hash, at)
                })
            }
            Action::Expire {
                hashes,
                expiry,
                direction,
            } => self.expire(auth, hashes, expiry, *direction, now),
            Action::Revoke { tokens, timestamp } => {
                for token in tokens {
                    self.rows.apply(Change::Revoke(account, *token, now));
                }
                self.token_result(&account, tokens, *timestamp)
            }
            Action::Unrevoke { tokens, timestamp } => {
                let mut count = 0;
                for token in tokens {
                    if self.rows.is_revoked(&account, token) {
                        self.rows.apply(Change::Unrevoke(account, *token));
                        count += 1;
                    }
                }
                let mut result = self.token_result(&account, tokens, *timestamp);
                result.insert("count".to_owned(), count.into());
                result
            }
        }
    }

    fn token_result(
        &self,
        account: &SwarmAccount,
        tokens: &[[u8; 36]],
        time: i64,
    ) -> Map<String, Value> {
        let mut text = format!("{}{time}", account_text(account)).into_bytes();
        text.extend_from_slice(&tokens.concat());
        object(json!({ "signature": self.sign(&text) }))
    }

    fn delete(&mut self, account: SwarmAccount, hashes: &[String]) -> Map<String, Value> {
        let mut deleted = Vec::new();
        for hash in hashes {
            if self.rows.row(&account, hash).is_some() {
                self.rows.apply(Change::Remove(account, hash.clone()));
                deleted.push(hash.clone());
            }
        }
        deleted.sort();
        let text = [account_text(&account), hashes.concat(), deleted.concat()].concat();
        object(json!({ "signature": self.sign(text.as_bytes()), "deleted": deleted }))
    }

    /// Namespace and hash of the rows that `which` picks, sorted by hash.
    fn hit(
        &self,
        account: &SwarmAccount,
        spaces: super::params::Spaces,
        which: impl Fn(&Row) -> bool,
    ) -> Vec<(i16, String)> {
        let rows = self.rows.of(account, spaces).into_iter();
        let mut hit: Vec<_> = rows
            .filter(|row| which(row))
            .map(|row| (row.namespace.0, row.hash.clone()))
            .collect();
        hit.sort_by(|a, b| a.1.cmp(&b.1));
        hit
    }

    fn bulk(
        &mut self,
        account: SwarmAccount,
        spaces: super::params::Spaces,
        time: i64,
        key: &str,
        hit: Vec<(i16, String)>,
        change: impl Fn(SwarmAccount, String) -> Change,
    ) -> Map<String, Value> {
        let hashes: Vec<String> = hit.iter().map(|(_, hash)| hash.clone()).collect();
        for hash in &hashes {
            self.rows.apply(change(account, hash.clone()));
        }
        let text = format!("{}{time}{}", account_text(&account), hashes.concat());
        let mut result = object(json!({ "signature": self.sign(text.as_bytes()) }));
        let list = match spaces {
            super::params::Spaces::One(_) => json!(hashes),
            super::params::Spaces::All => by_namespace(hit),
        };
        result.insert(key.to_owned(), list);
        result
    }

    fn expire(
        &mut self,
        auth: &Auth,
        hashes: &[String],
        wanted: &[i64],
        direction: Direction,
        now: i64,
    ) -> Map<String, Value> {
        let account = auth.account;
        let limited: Vec<i64> = wanted.iter().map(|at| (*at).min(now + LIFE_MAX)).collect();
        let only = match direction {
            Direction::Both if lacks_delete(auth) => Direction::Extend,
            direction => direction,
        };
        let updated = self.move_expiries(account, hashes, &limited, only);
        let names: Vec<String> = updated.iter().map(|(hash, _)| hash.clone()).collect();
        let left = hashes.iter().filter(|hash| !names.contains(hash));
        let unchanged = match direction {
            Direction::Both => Map::new(),
            _ => known_expiries(&self.rows, &account, left),
        };
        let applied: Vec<i64> = if wanted.len() > 1 {
            updated.iter().map(|(_, at)| *at).collect()
        } else {
            limited
        };
        let times: String = applied.iter().map(i64::to_string).collect();
        let rest: String = unchanged.iter().map(|(hash, at)| format!("{hash}{at}")).collect();
        let parts = [account_text(&account), times, hashes.concat(), names.concat(), rest];
        let mut result = json!({ "signature": self.sign(parts.concat().as_bytes()) });
        result["updated"] = json!(names);
        result["expiry"] = match applied.as_slice() {
            [one] if wanted.len() == 1 => json!(one),
            list => json!(list),
        };
        if direction != Direction::Both {
            result["unchanged"] = Value::Object(unchanged);
        }
        object(result)
    }

    /// Sets expiries where `only` allows it: what was set, sorted by hash.
    fn move_expiries(
        &mut self,
        account: SwarmAccount,
        hashes: &[String],
        times: &[i64],
        only: Direction,
    ) -> Vec<(String, i64)> {
        let mut updated: Vec<(String, i64)> = Vec::new();
        for (index, hash) in hashes.iter().enumerate() {
            let Some(at) = times.get(index).or_else(|| times.first()).copied() else {
                continue;
            };
            let again = times.len() == 1 && updated.iter().any(|(done, _)| done == hash);
            let Some(old) = self.rows.row(&account, hash).map(|row| row.expiry) else {
                continue;
            };
            let is_allowed = match only {
                Direction::Both => true,
                Direction::Extend => old < at,
                Direction::Shorten => old > at,
            };
            if is_allowed && !again {
                self.rows.apply(Change::Expiry(account, hash.clone(), at));
                updated.push((hash.clone(), at));
            }
        }
        updated.sort_by(|a, b| a.0.cmp(&b.0));
        updated
    }
}

fn lacks_delete(auth: &Auth) -> bool {
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

fn known_expiries<'a>(
    rows: &Rows,
    account: &SwarmAccount,
    hashes: impl Iterator<Item = &'a String>,
) -> Map<String, Value> {
    hashes
        .filter_map(|hash| Some((hash.clone(), rows.row(account, hash)?.expiry.into())))
        .collect()
}

fn by_namespace(hit: Vec<(i16, String)>) -> Value {
    let mut lists: Map<String, Value> = Map::new();
    for (namespace, hash) in hit {
        let list = lists
            .entry(namespace.to_string())
            .or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(hash.into());
        }
    }
    Value::Object(lists)
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

/// The account at the head of a node's signed texts: 66 hex, or 64 for the prefix 0 that a
/// test network leaves out.
fn account_text(account: &SwarmAccount) -> String {
    if account.prefix() == 0 {
        hex::encode(account.key())
    } else {
        hex::encode(account.as_bytes())
    }
}

/// The name of a message: `network.md` §9.2.
fn message_hash(store: &Store) -> String {
    let namespace = super::params::namespace_text(store.namespace);
    let parts = [
        store.account.as_bytes().as_slice(),
        namespace.as_bytes(),
        &store.data,
    ];
    STANDARD_NO_PAD.encode(super::hash::blake2b_32(&[], &parts))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
