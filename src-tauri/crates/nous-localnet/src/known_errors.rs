//! The errors of `network.md` §3.6 with the texts that clients look at.

use crate::faults::Effect;

/// An error that servers give in reality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownError {
    /// 400.
    BadRequest,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 406: the client's clock.
    Clock,
    /// 413.
    TooLarge,
    /// 421 without naming a swarm. With one: move the account.
    WrongSwarm,
    /// 425: the client's clock.
    TooEarly,
    /// 429.
    TooFast,
    /// 500.
    Internal,
    /// 502 `Next node not found: ` and the name of this node.
    NextNodeNotFound(usize),
    /// 503 `Snode not ready: ` and the name of this node.
    SnodeNotReady(usize),
    /// 503 of a node about itself.
    ServiceNodeNotReady,
    /// 504.
    TimeOut,
}

impl KnownError {
    /// From the name that commands use. `node`: whom the error names.
    #[must_use]
    pub fn from_name(name: &str, node: usize) -> Option<Self> {
        Some(match name {
            "bad-request" => Self::BadRequest,
            "unauthorized" => Self::Unauthorized,
            "forbidden" => Self::Forbidden,
            "not-found" => Self::NotFound,
            "clock" => Self::Clock,
            "too-large" => Self::TooLarge,
            "wrong-swarm" => Self::WrongSwarm,
            "too-early" => Self::TooEarly,
            "too-fast" => Self::TooFast,
            "internal" => Self::Internal,
            "next-node-not-found" => Self::NextNodeNotFound(node),
            "snode-not-ready" => Self::SnodeNotReady(node),
            "service-node-not-ready" => Self::ServiceNodeNotReady,
            "timeout" => Self::TimeOut,
            _ => return None,
        })
    }

    /// The effect; `name_of` gives the Ed25519 key of a node in hex.
    pub(crate) fn effect(self, name_of: impl Fn(usize) -> String) -> Effect {
        let (status, text) = match self {
            Self::BadRequest => (400, "Invalid ciphertext".to_owned()),
            Self::Unauthorized => (401, "signature verification failed".to_owned()),
            Self::Forbidden => (403, "Provided expiry/TTL is not valid.".to_owned()),
            Self::NotFound => (404, "Not Found".to_owned()),
            Self::Clock => (406, "Timestamp error: check your clock".to_owned()),
            Self::TooLarge => (413, "Request body too large".to_owned()),
            Self::WrongSwarm => (421, r#"{"snodes":[],"swarm":"ffffffffffffffff"}"#.to_owned()),
            Self::TooEarly => (425, "Too Early".to_owned()),
            Self::TooFast => (429, "Too Many Requests".to_owned()),
            Self::Internal => (500, "Invalid response from snode".to_owned()),
            Self::NextNodeNotFound(node) => (502, format!("Next node not found: {}", name_of(node))),
            Self::SnodeNotReady(node) => (503, format!("Snode not ready: {}", name_of(node))),
            Self::ServiceNodeNotReady => (
                503,
                "Service node is not ready: not yet synchronised\n".to_owned(),
            ),
            Self::TimeOut => (504, "Request time out".to_owned()),
        };
        Effect::Status(status, text)
    }
}
