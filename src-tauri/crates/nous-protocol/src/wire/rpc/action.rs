//! What can be asked about an account's messages, and how a request says who asks.
//!
//! Source: `network.md` §4.2 and §4.3.

use std::fmt;

use crate::account::Namespace;
use crate::time::Timestamp;

/// The length of a subaccount token in bytes: prefix ‖ flags ‖ `0000` ‖ Ed25519 key.
pub const SUBACCOUNT_TOKEN: usize = 36;

/// One namespace or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespaces {
    /// This one.
    One(Namespace),
    /// All of the account.
    All,
}

impl Namespaces {
    /// The form inside signed texts: empty for 0, else decimal, or `all`.
    #[must_use]
    pub fn signed_text(self) -> String {
        match self {
            Self::One(namespace) => namespace.signed_text(),
            Self::All => "all".to_owned(),
        }
    }
}

/// How a `store` says when its message ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// So many milliseconds after the message's timestamp.
    Ttl(u64),
    /// At this moment.
    At(Timestamp),
}

/// In which direction an `expire` may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpireMode {
    /// Sets the expiry.
    Set,
    /// Only makes it later.
    Extend,
    /// Only makes it earlier.
    Shorten,
}

impl ExpireMode {
    /// The word inside the signed text: `extend`, `shorten`, or nothing.
    #[must_use]
    pub const fn signed_text(self) -> &'static str {
        match self {
            Self::Set => "",
            Self::Extend => "extend",
            Self::Shorten => "shorten",
        }
    }
}

/// A request about one account's messages, without the account and the signature.
///
/// Moments are network time.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Keeps `data` in the account's box.
    Store {
        /// Which box.
        namespace: Namespace,
        /// Time of the attempt.
        timestamp: Timestamp,
        /// When it ends.
        expiry: Expiry,
        /// The message, at most 76,800 bytes.
        data: Vec<u8>,
        /// The time in the signed text, if it is not `timestamp`.
        sig_timestamp: Option<Timestamp>,
    },
    /// Reads messages in order of arrival.
    Retrieve {
        /// Which box.
        namespace: Namespace,
        /// Time of the request.
        timestamp: Timestamp,
        /// The last hash that this node gave.
        last_hash: Option<String>,
        /// At most so many messages.
        max_count: Option<u64>,
        /// At most so many bytes; −n means 7,800,000 / n.
        max_size: Option<i64>,
    },
    /// Deletes messages by hash.
    Delete {
        /// Their hashes.
        messages: Vec<String>,
        /// Whether deleting none is a failure (404).
        required: bool,
    },
    /// Deletes everything.
    DeleteAll {
        /// Where.
        namespaces: Namespaces,
        /// Time of the request.
        timestamp: Timestamp,
    },
    /// Deletes what was stored at or before a moment.
    DeleteBefore {
        /// Where.
        namespaces: Namespaces,
        /// The moment.
        before: Timestamp,
    },
    /// Changes when messages end.
    Expire {
        /// Their hashes.
        messages: Vec<String>,
        /// One moment for all, or one for each.
        expiry: Vec<Timestamp>,
        /// Whether `expiry` is written as a list.
        each: bool,
        /// In which direction.
        mode: ExpireMode,
    },
    /// Makes everything end at `expiry` that would end later.
    ExpireAll {
        /// Where.
        namespaces: Namespaces,
        /// The moment.
        expiry: Timestamp,
    },
    /// Asks when messages end.
    GetExpiries {
        /// Their hashes.
        messages: Vec<String>,
        /// Time of the request.
        timestamp: Timestamp,
    },
    /// Makes tokens void.
    RevokeSubaccount {
        /// The tokens, at most 50.
        tokens: Vec<[u8; SUBACCOUNT_TOKEN]>,
        /// Time of the request.
        timestamp: Timestamp,
    },
    /// Makes tokens valid again.
    UnrevokeSubaccount {
        /// The tokens.
        tokens: Vec<[u8; SUBACCOUNT_TOKEN]>,
        /// Time of the request.
        timestamp: Timestamp,
    },
}

impl Action {
    /// The time that a node compares with its own clock; `None` where there is no time of the
    /// request.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Store {
                sig_timestamp: Some(time),
                ..
            } => Some(*time),
            Self::Store { timestamp, .. }
            | Self::Retrieve { timestamp, .. }
            | Self::DeleteAll { timestamp, .. }
            | Self::GetExpiries { timestamp, .. }
            | Self::RevokeSubaccount { timestamp, .. }
            | Self::UnrevokeSubaccount { timestamp, .. } => Some(*timestamp),
            Self::Delete { .. }
            | Self::DeleteBefore { .. }
            | Self::Expire { .. }
            | Self::ExpireAll { .. } => None,
        }
    }

    /// The name of the method.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Store { .. } => "store",
            Self::Retrieve { .. } => "retrieve",
            Self::Delete { .. } => "delete",
            Self::DeleteAll { .. } => "delete_all",
            Self::DeleteBefore { .. } => "delete_before",
            Self::Expire { .. } => "expire",
            Self::ExpireAll { .. } => "expire_all",
            Self::GetExpiries { .. } => "get_expiries",
            Self::RevokeSubaccount { .. } => "revoke_subaccount",
            Self::UnrevokeSubaccount { .. } => "unrevoke_subaccount",
        }
    }

    /// Whether nodes pass it to the whole swarm.
    #[must_use]
    pub const fn is_for_swarm(&self) -> bool {
        !matches!(self, Self::Retrieve { .. } | Self::GetExpiries { .. })
    }
}

/// Shows the method only.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({})", self.method())
    }
}

/// Who asks: a signature and the key it is by.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// Over the text of `auth::signed_text`.
    pub signature: [u8; 64],
    /// The owner's Ed25519 key; for `05` accounts only, whose own key is X25519.
    pub ed25519: Option<[u8; 32]>,
    /// If somebody else asks with the owner's permission.
    pub subaccount: Option<Subaccount>,
}

/// Shows no bytes.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof(…)")
    }
}

/// The owner's permission for another key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subaccount {
    /// prefix ‖ flags ‖ `0000` ‖ Ed25519 key.
    pub token: [u8; SUBACCOUNT_TOKEN],
    /// The owner's signature over the token.
    pub owner_signature: [u8; 64],
}
