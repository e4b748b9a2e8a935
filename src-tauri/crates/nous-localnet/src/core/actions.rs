//! What a node does with its rows, once a request was found to be right.
//!
//! Source: `network.md` §4.3, §4.6, §9.2, §9.3.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use nous_protocol::account::SwarmAccount;
use serde_json::{Map, Value, json};

use super::node::{LIFE_MAX, Node, known_expiries, lacks_delete};
use super::params::{Spaces, namespace_text};
use super::request::{Action, Auth, Direction, Store, Token, is_outbox};
use super::rows::{Change, Row};

impl Node {
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
        let spaces = Spaces::One(store.namespace);
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

    fn token_result(&self, account: &SwarmAccount, tokens: &[Token], time: i64) -> Map<String, Value> {
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
        spaces: Spaces,
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
        spaces: Spaces,
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
            Spaces::One(_) => json!(hashes),
            Spaces::All => by_namespace(hit),
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
        let parts = [
            account_text(&account),
            times,
            hashes.concat(),
            names.concat(),
            rest,
        ];
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

fn by_namespace(hit: Vec<(i16, String)>) -> Value {
    let mut lists: Map<String, Value> = Map::new();
    for (namespace, hash) in hit {
        let list = lists.entry(namespace.to_string()).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(hash.into());
        }
    }
    Value::Object(lists)
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
    let namespace = namespace_text(store.namespace);
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
