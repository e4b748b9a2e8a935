//! Requests as a node understands them.
//!
//! Source: `network.md` §4.

use std::fmt::Write as _;

use bytes::Bytes;
use nous_protocol::account::{Namespace, SwarmAccount};
use serde_json::Value;

use super::params::{Spaces, namespace_text};

/// A token: prefix ‖ flags ‖ 2 zero bytes ‖ Ed25519 key.
pub(crate) type Token = [u8; 36];

/// The most tokens in one revocation, and kept for one account.
pub(crate) const MAX_TOKENS: usize = 50;

/// Who asks, and how they prove it.
#[derive(Debug, Clone)]
pub(crate) struct Auth {
    /// Whose box.
    pub(crate) account: SwarmAccount,
    /// The Ed25519 key of a person.
    pub(crate) ed25519: Option<[u8; 32]>,
    /// Over the text of the request.
    pub(crate) signature: [u8; 64],
    /// A token and the owner's signature over it.
    pub(crate) subaccount: Option<(Token, [u8; 64])>,
}

/// `store`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) account: SwarmAccount,
    pub(crate) namespace: Namespace,
    pub(crate) timestamp: i64,
    pub(crate) expiry: i64,
    pub(crate) data: Bytes,
    /// The proof and the time that it signs.
    pub(crate) auth: Option<(Auth, i64)>,
}

/// `retrieve`.
#[derive(Debug, Clone)]
pub(crate) struct Retrieve {
    pub(crate) account: SwarmAccount,
    pub(crate) namespace: Namespace,
    pub(crate) last_hash: Option<String>,
    pub(crate) max_count: Option<i32>,
    pub(crate) max_size: Option<i32>,
    /// The proof and the time that it signs.
    pub(crate) auth: Option<(Auth, i64)>,
}

/// Which way `expire` may move an expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Both,
    Extend,
    Shorten,
}

/// What a signed request that goes to the whole swarm asks for.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Delete {
        hashes: Vec<String>,
        required: bool,
    },
    DeleteAll {
        spaces: Spaces,
        timestamp: i64,
    },
    DeleteBefore {
        spaces: Spaces,
        before: i64,
    },
    Expire {
        hashes: Vec<String>,
        expiry: Vec<i64>,
        direction: Direction,
    },
    ExpireAll {
        spaces: Spaces,
        expiry: i64,
    },
    Revoke {
        tokens: Vec<Token>,
        timestamp: i64,
    },
    Unrevoke {
        tokens: Vec<Token>,
        timestamp: i64,
    },
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    Store(Store),
    Retrieve(Retrieve),
    Swarm(Auth, Action),
    GetExpiries {
        auth: Auth,
        hashes: Vec<String>,
        timestamp: i64,
    },
    GetSwarm(SwarmAccount),
    Info,
    Oxend {
        endpoint: String,
        params: Option<Value>,
    },
}

/// A whole body.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    One(Box<Request>),
    Batch(Vec<Request>),
    Sequence(Vec<Request>),
}

impl Request {
    /// The account it is about, if any.
    pub(crate) fn account(&self) -> Option<SwarmAccount> {
        match self {
            Self::Store(store) => Some(store.account),
            Self::Retrieve(retrieve) => Some(retrieve.account),
            Self::Swarm(auth, _) | Self::GetExpiries { auth, .. } => Some(auth.account),
            Self::GetSwarm(account) => Some(*account),
            Self::Info | Self::Oxend { .. } => None,
        }
    }
}

impl Action {
    /// The text that the client signs.
    pub(crate) fn signed_text(&self) -> Vec<u8> {
        match self {
            Self::Delete { hashes, .. } => format!("delete{}", hashes.concat()).into_bytes(),
            Self::DeleteAll { spaces, timestamp } => {
                format!("delete_all{}{timestamp}", spaces.signed_text()).into_bytes()
            }
            Self::DeleteBefore { spaces, before } => {
                format!("delete_before{}{before}", spaces.signed_text()).into_bytes()
            }
            Self::ExpireAll { spaces, expiry } => {
                format!("expire_all{}{expiry}", spaces.signed_text()).into_bytes()
            }
            Self::Expire {
                hashes,
                expiry,
                direction,
            } => {
                let mut text = "expire".to_owned();
                text.push_str(match direction {
                    Direction::Both => "",
                    Direction::Extend => "extend",
                    Direction::Shorten => "shorten",
                });
                for time in expiry {
                    let _ = write!(text, "{time}");
                }
                text.push_str(&hashes.concat());
                text.into_bytes()
            }
            Self::Revoke { tokens, timestamp } => token_text("revoke", tokens, *timestamp),
            Self::Unrevoke { tokens, timestamp } => token_text("unrevoke", tokens, *timestamp),
        }
    }
}

fn token_text(verb: &str, tokens: &[Token], timestamp: i64) -> Vec<u8> {
    let mut text = format!("{verb}_subaccount{timestamp}").into_bytes();
    text.extend_from_slice(&tokens.concat());
    text
}

/// `store` ‖ namespace ‖ time, and the same for `retrieve`.
pub(crate) fn dated_text(verb: &str, namespace: Namespace, time: i64) -> Vec<u8> {
    format!("{verb}{}{time}", namespace_text(namespace)).into_bytes()
}

/// `-10`, and the outboxes: read without signature.
pub(crate) fn is_open_to_read(namespace: Namespace) -> bool {
    namespace.0 == -10 || is_outbox(namespace)
}

/// `-1`, `-21`, …: one message of the owner for everybody.
pub(crate) fn is_outbox(namespace: Namespace) -> bool {
    namespace.0 < 0 && namespace.0.unsigned_abs() % 20 == 1
}

/// `-11`, `-111`, …: the revoked may read.
pub(crate) fn is_unrevocable(namespace: Namespace) -> bool {
    namespace.0 < 0 && namespace.0.unsigned_abs() % 100 == 11
}

/// Divisible by 10: anyone may store.
pub(crate) fn is_inbox(namespace: Namespace) -> bool {
    namespace.0 % 10 == 0
}
