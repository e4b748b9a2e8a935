//! What the members of a scripted swarm answer.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nous_network::{NodeKey, SwarmError};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::auth::message_hash;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, ExpireMode, Expiry, StorageReply, StorageRequest};
use serde_json::{Map, Value, json};

use super::{Kept, MEMBERS, ScriptedSwarm};

const fn ok(body: Value) -> StorageReply {
    StorageReply { code: 200, body }
}

impl ScriptedSwarm {
    /// Notes a sequence; whether it fails, and whether its answer is lost.
    pub(super) fn begin_sequence(&self, requests: &[StorageRequest]) -> (bool, bool) {
        let mut state = self.lock();
        let methods = requests.iter().map(StorageRequest::method).collect();
        state.sequences.push(methods);
        let fails = state.failing_sequences > 0 && state.good_sequences == 0;
        state.failing_sequences -= u32::from(fails);
        state.good_sequences = state.good_sequences.saturating_sub(1);
        let is_lost = !fails && state.lost_answers > 0;
        state.lost_answers -= u32::from(is_lost);
        (fails, is_lost)
    }

    pub(super) fn answer(
        &self,
        account: &SwarmAccount,
        node: NodeKey,
        request: StorageRequest,
    ) -> Result<StorageReply, SwarmError> {
        let request = match request {
            StorageRequest::Account(request) => request,
            StorageRequest::Info => return Ok(ok(json!({"t": self.time_of(node).as_wire()}))),
            _ => return Err(SwarmError::Refused(400)),
        };
        match request.action {
            Action::Retrieve {
                namespace, last_hash, ..
            } => self.retrieve(account, namespace, node, last_hash.as_deref()),
            Action::Store {
                namespace,
                timestamp,
                expiry,
                data,
                ..
            } => {
                let expires = match expiry {
                    Expiry::Ttl(ms) => timestamp + Duration::from_millis(ms),
                    Expiry::At(at) => at,
                };
                let hash = self.keep(account, namespace, data, timestamp, expires);
                let body = self.by_member(|_| json!({"hash": hash, "expiry": expires.as_wire()}));
                Ok(ok(
                    json!({"swarm": body, "hash": hash, "t": self.clock.now().as_wire()}),
                ))
            }
            Action::Delete { messages, .. } => Ok(self.delete(account, &messages)),
            Action::DeleteAll { .. } => Ok(self.delete_all(account)),
            Action::Expire {
                messages,
                expiry,
                mode: ExpireMode::Extend,
                ..
            } => Ok(self.extend(account, &messages, expiry.first().copied().unwrap_or_default())),
            Action::Expire {
                messages,
                expiry,
                mode: ExpireMode::Shorten,
                ..
            } => Ok(self.shorten(account, &messages, &expiry)),
            Action::GetExpiries { messages, .. } => Ok(self.expiries(account, node, &messages)),
            _ => Err(SwarmError::Refused(400)),
        }
    }

    /// What each member that is not behind says; the others failed.
    fn by_member(&self, mut says: impl FnMut(NodeKey) -> Value) -> Value {
        let mut swarm = Map::new();
        for n in 1..=MEMBERS {
            let key = NodeKey([n; 32]);
            let is_behind = self.lock().behind.contains(&key);
            let mut said = if is_behind {
                json!({"failed": true, "timeout": true})
            } else {
                says(key)
            };
            said["signature"] = STANDARD.encode([0; 64]).into();
            swarm.insert(key.to_string(), said);
        }
        swarm.into()
    }

    fn delete(&self, account: &SwarmAccount, hashes: &[String]) -> StorageReply {
        let swarm = self.by_member(|node| {
            let mut deleted = Vec::new();
            for ((owner, _, member), kept) in &mut self.lock().boxes {
                if owner == account && *member == node {
                    let is_gone = |message: &Kept| hashes.contains(&message.hash);
                    deleted.extend(
                        kept.iter()
                            .filter(|message| is_gone(message))
                            .map(|message| message.hash.clone()),
                    );
                    kept.retain(|message| !is_gone(message));
                }
            }
            deleted.sort_unstable();
            json!({"deleted": deleted})
        });
        ok(json!({"swarm": swarm, "t": self.clock.now().as_wire()}))
    }

    fn delete_all(&self, account: &SwarmAccount) -> StorageReply {
        let swarm = self.by_member(|node| {
            let mut deleted = Map::new();
            for ((owner, namespace, member), kept) in &mut self.lock().boxes {
                if owner == account && *member == node {
                    let hashes: Vec<String> = kept.drain(..).map(|message| message.hash).collect();
                    deleted.insert(namespace.to_string(), hashes.into());
                }
            }
            json!({"deleted": deleted})
        });
        ok(json!({"swarm": swarm, "t": self.clock.now().as_wire()}))
    }

    fn extend(&self, account: &SwarmAccount, hashes: &[String], expiry: Timestamp) -> StorageReply {
        let swarm = self.by_member(|node| {
            let (mut updated, mut unchanged) = (Vec::new(), Map::new());
            for ((owner, _, member), kept) in &mut self.lock().boxes {
                let is_asked = owner == account && *member == node;
                for message in kept
                    .iter_mut()
                    .filter(|message| is_asked && hashes.contains(&message.hash))
                {
                    if message.expires < expiry {
                        message.expires = expiry;
                        updated.push(message.hash.clone());
                    } else {
                        unchanged.insert(message.hash.clone(), message.expires.as_wire().into());
                    }
                }
            }
            updated.sort_unstable();
            json!({"expiry": expiry.as_wire(), "updated": updated, "unchanged": unchanged})
        });
        ok(json!({"swarm": swarm, "t": self.clock.now().as_wire()}))
    }

    /// `expiry`: one for all, or one for each.
    fn shorten(&self, account: &SwarmAccount, hashes: &[String], expiry: &[Timestamp]) -> StorageReply {
        let wanted: BTreeMap<&String, Timestamp> = hashes
            .iter()
            .zip(expiry.iter().chain(expiry.last().into_iter().cycle()))
            .map(|(hash, at)| (hash, *at))
            .collect();
        let swarm = self.by_member(|node| {
            let (mut updated, mut unchanged) = (BTreeMap::new(), Map::new());
            for ((owner, _, member), kept) in &mut self.lock().boxes {
                for message in kept.iter_mut().filter(|_| owner == account && *member == node) {
                    match wanted.get(&message.hash) {
                        Some(at) if *at < message.expires => {
                            message.expires = *at;
                            updated.insert(message.hash.clone(), at.as_wire());
                        }
                        Some(_) => {
                            unchanged.insert(message.hash.clone(), message.expires.as_wire().into());
                        }
                        None => {}
                    }
                }
            }
            let (updated, expiry): (Vec<String>, Vec<u64>) = updated.into_iter().unzip();
            json!({"expiry": expiry, "updated": updated, "unchanged": unchanged})
        });
        ok(json!({"swarm": swarm, "t": self.clock.now().as_wire()}))
    }

    /// What one member says; it tells no time.
    fn expiries(&self, account: &SwarmAccount, node: NodeKey, hashes: &[String]) -> StorageReply {
        let mut expiries = Map::new();
        for ((owner, _, member), kept) in &self.lock().boxes {
            let is_asked = owner == account && *member == node;
            for message in kept
                .iter()
                .filter(|message| is_asked && hashes.contains(&message.hash))
            {
                expiries.insert(message.hash.clone(), message.expires.as_wire().into());
            }
        }
        ok(json!({"expiries": expiries}))
    }

    pub(super) fn keep(
        &self,
        account: &SwarmAccount,
        namespace: Namespace,
        data: Vec<u8>,
        timestamp: Timestamp,
        expires: Timestamp,
    ) -> String {
        let hash = message_hash(account, namespace, &data);
        let kept = Kept {
            hash: hash.clone(),
            data,
            timestamp,
            expires,
        };
        let mut state = self.lock();
        for n in 1..=MEMBERS {
            let key = NodeKey([n; 32]);
            if state.behind.contains(&key) {
                continue;
            }
            let messages = state.boxes.entry((*account, namespace.0, key)).or_default();
            if !messages.iter().any(|message| message.hash == hash) {
                messages.push(kept.clone());
            }
        }
        hash
    }

    fn retrieve(
        &self,
        account: &SwarmAccount,
        namespace: Namespace,
        node: NodeKey,
        last: Option<&str>,
    ) -> Result<StorageReply, SwarmError> {
        let now = self.clock.now();
        let mut state = self.lock();
        if namespace == Namespace::MESSAGES {
            state.retrieves.push((node, last.map(str::to_owned)));
            if state.failing_polls > 0 {
                state.failing_polls -= 1;
                return Err(SwarmError::Timeout);
            }
        }
        let page = state.page;
        let kept = state.boxes.get(&(*account, namespace.0, node));
        let kept = kept.cloned().unwrap_or_default();
        let from = last
            .and_then(|hash| kept.iter().position(|kept| kept.hash == hash))
            .map_or(0, |at| at + 1);
        let messages: Vec<_> = kept
            .iter()
            .skip(from)
            .take(page)
            .map(|kept| {
                let (timestamp, expiration) = (kept.timestamp.as_wire(), kept.expires.as_wire());
                json!({"hash": kept.hash, "timestamp": timestamp, "expiration": expiration, "data": STANDARD.encode(&kept.data)})
            })
            .collect();
        let more = kept.len() > from + messages.len();
        Ok(ok(
            json!({"messages": messages, "more": more, "t": now.as_wire()}),
        ))
    }
}
