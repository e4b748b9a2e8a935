//! Answers that carry one result for each member of a swarm.
//!
//! Source: `network.md` §4.2 and §4.3.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::read;
use super::reply::{ReplyError, StorageReply};
use crate::time::Timestamp;

/// What one member did. Fields that its method does not have are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDone {
    /// The member's signature over the text of `auth::member_text`.
    pub signature: [u8; 64],
    /// `store`: the message's hash.
    pub hash: Option<String>,
    /// `store`: it was there already.
    pub already: bool,
    /// `store`, `expire`: the expiry that now holds; one, or those of `updated`.
    pub expiry: Vec<Timestamp>,
    /// `delete…`: hashes, ascending.
    pub deleted: Vec<String>,
    /// `expire…`: hashes, ascending.
    pub updated: Vec<String>,
    /// `expire` with extend or shorten: what stayed, and its expiry.
    pub unchanged: BTreeMap<String, Timestamp>,
    /// `unrevoke_subaccount`: how many tokens.
    pub count: Option<u64>,
}

/// Why one member did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberFailure {
    /// It did not answer in time.
    pub timeout: bool,
    /// Its status.
    pub code: Option<u16>,
    /// Its words, at most 200 characters.
    pub reason: Option<String>,
    /// Its answer could not be understood.
    pub bad_peer_response: bool,
    /// Its database failed.
    pub query_failure: bool,
}

/// The result of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberReply {
    /// It did what was asked; believe it after `auth::verify_member`.
    Done(Box<MemberDone>),
    /// It did not.
    Failed(MemberFailure),
}

/// The results of a swarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmReply {
    /// By the member's Ed25519 key.
    pub members: BTreeMap<[u8; 32], MemberReply>,
    /// The answering node's time.
    pub t: Option<Timestamp>,
    /// `store`: the hash at the top level.
    pub hash: Option<String>,
}

impl SwarmReply {
    /// Reads the body of a swarm method's answer.
    ///
    /// # Errors
    /// [`ReplyError::Status`] if it is no success, [`ReplyError::Field`] without a swarm.
    pub fn read(reply: &StorageReply) -> Result<Self, ReplyError> {
        let body = reply.success()?;
        let swarm = body
            .get("swarm")
            .and_then(Value::as_object)
            .ok_or(ReplyError::Field("swarm"))?;
        let members = swarm
            .iter()
            .filter_map(|(key, value)| Some((read::hex_array(key)?, member(value.as_object()?))));
        Ok(Self {
            members: members.collect(),
            t: reply.t(),
            hash: body.get("hash").and_then(Value::as_str).map(str::to_owned),
        })
    }

    /// The members that did what was asked.
    pub fn done(&self) -> impl Iterator<Item = (&[u8; 32], &MemberDone)> {
        self.members.iter().filter_map(|(key, reply)| match reply {
            MemberReply::Done(done) => Some((key, done.as_ref())),
            MemberReply::Failed(_) => None,
        })
    }
}

fn member(object: &Map<String, Value>) -> MemberReply {
    let is = |name: &str| object.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let failed = || {
        MemberReply::Failed(MemberFailure {
            timeout: is("timeout"),
            code: object.get("code").and_then(read::small),
            reason: text("reason").map(|reason| reason.chars().take(200).collect()),
            bad_peer_response: is("bad_peer_response"),
            query_failure: is("query_failure"),
        })
    };
    if is("failed") {
        return failed();
    }
    let Some(signature) = text("signature").and_then(read::base64_array) else {
        return failed();
    };
    MemberReply::Done(Box::new(MemberDone {
        signature,
        hash: text("hash").map(str::to_owned),
        already: is("already"),
        expiry: moments(object.get("expiry")),
        deleted: hashes(object.get("deleted")),
        updated: hashes(object.get("updated")),
        unchanged: unchanged(object.get("unchanged")),
        count: object.get("count").and_then(read::number),
    }))
}

fn moments(value: Option<&Value>) -> Vec<Timestamp> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(read::moment).collect(),
        Some(value) => read::moment(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A list, or lists by namespace: ascending over all.
fn hashes(value: Option<&Value>) -> Vec<String> {
    let mut found: Vec<String> = match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Object(lists)) => lists.values().flat_map(|list| hashes(Some(list))).collect(),
        _ => Vec::new(),
    };
    found.sort_unstable();
    found
}

fn unchanged(value: Option<&Value>) -> BTreeMap<String, Timestamp> {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries
        .filter_map(|(hash, at)| Some((hash.clone(), read::moment(at)?)))
        .collect()
}
