//! Answers of storage nodes, read tolerantly.
//!
//! Source: `network.md` §4.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use serde_json::Value;

use super::nodes::{ServiceNodes, SwarmMembers};
use super::read::{self, BASE64};
use super::swarm_reply::SwarmReply;
use super::{HASH_LENGTH, RETRIEVE_SIZE};
use crate::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// No success; holds the status.
    #[error("status {0}")]
    Status(u16),
    /// A field is absent or of another type; names it.
    #[error("no usable `{0}`")]
    Field(&'static str),
    /// Larger than a node may answer.
    #[error("answer too large")]
    TooLarge,
}

impl HasKind for ReplyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Status(401) => ErrorKind::NotAllowed,
            Self::Status(404) => ErrorKind::NotFound,
            Self::Status(406 | 425) => ErrorKind::ClockSkew,
            Self::Status(421 | 429 | 500..) => ErrorKind::NodeTrouble,
            Self::Status(_) => ErrorKind::NodeRefused,
            Self::Field(_) | Self::TooLarge => ErrorKind::NodeTrouble,
        }
    }
}

impl HasRetry for ReplyError {
    fn retry(&self) -> Retry {
        match self {
            Self::Status(406 | 425) => Retry::AfterChange(Cause::Clock),
            Self::Status(421 | 429 | 500..) | Self::Field(_) | Self::TooLarge => Retry::Now,
            Self::Status(_) => Retry::Never,
        }
    }
}

/// A status and the body that came with it.
#[derive(Clone, PartialEq)]
pub struct StorageReply {
    /// As in HTTP.
    pub code: u16,
    /// JSON, or a string where the body is none.
    pub body: Value,
}

/// Shows the status only.
impl fmt::Debug for StorageReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StorageReply({})", self.code)
    }
}

impl StorageReply {
    /// From the status and body of an answer; text that is no JSON object or list stays text.
    #[must_use]
    pub fn from_text(code: u16, body: &str) -> Self {
        let body = match serde_json::from_str(body) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
            _ => Value::String(body.to_owned()),
        };
        Self { code, body }
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.code, 200..=299)
    }

    /// The body of a success.
    ///
    /// # Errors
    /// [`ReplyError::Status`] if it is none.
    pub const fn success(&self) -> Result<&Value, ReplyError> {
        if self.is_success() {
            Ok(&self.body)
        } else {
            Err(ReplyError::Status(self.code))
        }
    }

    /// The node's time, at the top level of every single answer but `get_expiries`.
    #[must_use]
    pub fn t(&self) -> Option<Timestamp> {
        self.body.get("t").and_then(read::moment)
    }

    /// The hard fork and its revision.
    #[must_use]
    pub fn hard_fork(&self) -> Option<(u64, u64)> {
        match self.body.get("hf")?.as_array()?.as_slice() {
            [major, minor] => Some((read::number(major)?, read::number(minor)?)),
            _ => None,
        }
    }

    /// The text of an error, at most 300 characters.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.body.as_str().map(|text| text.chars().take(300).collect())
    }

    /// The results of a `batch` or `sequence`; a sequence may have fewer than asked.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or has no results.
    pub fn results(&self) -> Result<Vec<Self>, ReplyError> {
        let results = self.success()?.get("results").and_then(Value::as_array);
        let results = results.ok_or(ReplyError::Field("results"))?.iter().map(|result| {
            let code = result
                .get("code")
                .and_then(read::small)
                .ok_or(ReplyError::Field("code"))?;
            match result.get("body") {
                Some(Value::String(text)) => Ok(Self::from_text(code, text)),
                other => Ok(Self {
                    code,
                    body: other.cloned().unwrap_or(Value::Null),
                }),
            }
        });
        results.collect()
    }

    /// The answer to `store`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or not of that form.
    pub fn store(&self) -> Result<StoreReply, ReplyError> {
        let swarm = SwarmReply::read(self)?;
        let hash = swarm
            .hash
            .clone()
            .or_else(|| swarm.done().find_map(|(_, done)| done.hash.clone()));
        Ok(StoreReply {
            hash: hash.ok_or(ReplyError::Field("hash"))?,
            swarm,
        })
    }

    /// The answer to a swarm method.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or not of that form.
    pub fn swarm(&self) -> Result<SwarmReply, ReplyError> {
        SwarmReply::read(self)
    }

    /// The answer to `retrieve`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or not of that form.
    pub fn retrieve(&self) -> Result<RetrieveReply, ReplyError> {
        RetrieveReply::read(self)
    }

    /// The answer to `get_expiries`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or not of that form.
    pub fn expiries(&self) -> Result<ExpiriesReply, ReplyError> {
        let map = self.success()?.get("expiries").and_then(Value::as_object);
        let entries = map.ok_or(ReplyError::Field("expiries"))?.iter();
        let expiries = entries.filter_map(|(hash, at)| Some((hash.clone(), read::moment(at)?)));
        Ok(ExpiriesReply {
            expiries: expiries.collect(),
        })
    }

    /// The answer to `get_swarm`, also the body of a status 421.
    ///
    /// # Errors
    /// [`ReplyError`] for another status or form.
    pub fn members(&self) -> Result<SwarmMembers, ReplyError> {
        if !self.is_success() && self.code != 421 {
            return Err(ReplyError::Status(self.code));
        }
        SwarmMembers::read(&self.body)
    }

    /// The answer to `info`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or tells no time.
    pub fn info(&self) -> Result<InfoReply, ReplyError> {
        let body = self.success()?;
        let timestamp = body
            .get("timestamp")
            .or_else(|| body.get("t"))
            .and_then(read::moment);
        let version = body
            .get("version")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        Ok(InfoReply {
            timestamp: timestamp.ok_or(ReplyError::Field("timestamp"))?,
            version: version.filter_map(read::number).collect(),
        })
    }

    /// The answer to `oxend_request` with `get_service_nodes`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or no list.
    pub fn service_nodes(&self) -> Result<ServiceNodes, ReplyError> {
        ServiceNodes::read(self.success()?)
    }

    /// The answer to `oxend_request` with `ons_resolve`.
    ///
    /// # Errors
    /// [`ReplyError`] if it is no success or not of that form.
    pub fn name(&self) -> Result<NameReply, ReplyError> {
        let result = self.success()?.get("result").ok_or(ReplyError::Field("result"))?;
        let hex = |name: &'static str| match result.get(name).and_then(Value::as_str) {
            None | Some("") => Ok(None),
            Some(text) => hex::decode(text).map(Some).map_err(|_| ReplyError::Field(name)),
        };
        Ok(NameReply {
            encrypted_value: hex("encrypted_value")?,
            nonce: hex("nonce")?,
        })
    }
}

/// The answer to `store`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreReply {
    /// The message's hash.
    pub hash: String,
    /// What each member did: a status 200 alone says nothing.
    pub swarm: SwarmReply,
}

/// One message of a box.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its hash, 43 characters.
    pub hash: String,
    /// The time its sender gave.
    pub timestamp: Timestamp,
    /// When it ends.
    pub expiration: Timestamp,
    /// Its bytes; empty if they were no base64, which no decoder takes.
    pub data: Vec<u8>,
}

/// Shows the length only.
impl fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredMessage({} bytes)", self.data.len())
    }
}

/// The answer to `retrieve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveReply {
    /// In order of arrival at that node.
    pub messages: Vec<StoredMessage>,
    /// Whether there is more behind the last one.
    pub more: bool,
    /// The node's time.
    pub t: Option<Timestamp>,
}

impl RetrieveReply {
    fn read(reply: &StorageReply) -> Result<Self, ReplyError> {
        let body = reply.success()?;
        let list = body
            .get("messages")
            .and_then(Value::as_array)
            .ok_or(ReplyError::Field("messages"))?;
        let messages: Vec<StoredMessage> = list.iter().filter_map(stored_message).collect();
        let size = |message: &StoredMessage| u64::try_from(message.data.len()).unwrap_or(u64::MAX);
        let total = messages.iter().map(size).fold(0_u64, u64::saturating_add);
        // One message always comes, whatever its size.
        if total > RETRIEVE_SIZE && messages.len() > 1 {
            return Err(ReplyError::TooLarge);
        }
        let more = body.get("more").and_then(Value::as_bool).unwrap_or(false);
        Ok(Self {
            messages,
            more,
            t: reply.t(),
        })
    }

    /// The next `last_hash` for this node.
    #[must_use]
    pub fn last_hash(&self) -> Option<&str> {
        self.messages.last().map(|message| message.hash.as_str())
    }
}

/// Entries without a usable hash are left out: nothing could be remembered about them.
fn stored_message(value: &Value) -> Option<StoredMessage> {
    let hash = value.get("hash")?.as_str()?;
    if hash.len() != HASH_LENGTH {
        return None;
    }
    let moment = |name: &str| value.get(name).and_then(read::moment).unwrap_or_default();
    let data = value
        .get("data")
        .and_then(Value::as_str)
        .and_then(|text| BASE64.decode(text).ok());
    Some(StoredMessage {
        hash: hash.to_owned(),
        timestamp: moment("timestamp"),
        expiration: moment("expiration"),
        data: data.unwrap_or_default(),
    })
}

/// The answer to `get_expiries`: unknown hashes are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiriesReply {
    /// Hash to expiry.
    pub expiries: BTreeMap<String, Timestamp>,
}

/// The answer to `info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfoReply {
    /// The node's time.
    pub timestamp: Timestamp,
    /// Its version, `[2, 8, 0]`.
    pub version: Vec<u64>,
}

/// The answer to `ons_resolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameReply {
    /// Absent: no such name.
    pub encrypted_value: Option<Vec<u8>>,
    /// Absent: the old format.
    pub nonce: Option<Vec<u8>>,
}
