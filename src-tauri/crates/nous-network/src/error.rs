//! What can go wrong on the way to a swarm, and when to try again.
//!
//! Source: `network.md` §3.6 and §10.

use std::time::Duration;

use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::wire::rpc::StorageReply;

/// Why a request to a swarm did not succeed.
///
/// Loops look at [`HasRetry::retry`]; the variants are for tests and diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwarmError {
    /// The system has no network: nothing was sent.
    #[error("offline")]
    Offline,
    /// No onion path stands; they are being built.
    #[error("no path")]
    NoPath,
    /// Paths were there, but nobody answered in time.
    #[error("no answer in time")]
    Timeout,
    /// A node answered that it is in trouble; holds its status.
    #[error("node in trouble: status {0}")]
    NodeTrouble(u16),
    /// What a node answered cannot be what it should be, or no member's signature was right.
    #[error("unusable answer")]
    BadAnswer,
    /// Too many requests: wait.
    #[error("too many requests")]
    TooFast(Duration),
    /// The account's swarm is not known, or none of its members is in the directory.
    #[error("swarm unknown")]
    NoSwarm,
    /// The member no longer keeps this account; the new swarm is known now.
    #[error("not a member of the swarm")]
    WrongSwarm,
    /// A node refused our time; the clock was corrected since, so sign anew.
    #[error("clock corrected, off by {deviation_ms} ms")]
    ClockCorrected {
        /// Local clock minus network time.
        deviation_ms: i64,
    },
    /// A node refuses our time although the clock was corrected.
    #[error("clock refused, off by {deviation_ms} ms")]
    ClockRefused {
        /// Local clock minus network time.
        deviation_ms: i64,
    },
    /// Refused for good: 400, 403 or another status that repeating does not change.
    #[error("refused: status {0}")]
    Refused(u16),
    /// Signature or permission refused: 401.
    #[error("not allowed")]
    NotAllowed,
    /// What was asked for is not there: 404.
    #[error("not found")]
    NotFound,
    /// Larger than nodes take.
    #[error("too large")]
    TooLarge,
    /// More than 20 requests, or none, in one call: a mistake of ours.
    #[error("a call needs 1 to 20 requests")]
    CallSize,
    /// Called back before anything left: see [`Departure`](crate::Departure).
    #[error("called back")]
    CalledBack,
    /// The network was shut down.
    #[error("shut down")]
    ShutDown,
}

/// The pause after which a node in trouble may be asked again.
const AFTER_TROUBLE: Duration = Duration::from_secs(2);

impl HasKind for SwarmError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Offline | Self::NoPath | Self::Timeout | Self::ShutDown | Self::CalledBack => {
                ErrorKind::Offline
            }
            Self::NodeTrouble(_) | Self::BadAnswer | Self::TooFast(_) | Self::NoSwarm | Self::WrongSwarm => {
                ErrorKind::NodeTrouble
            }
            Self::ClockCorrected { .. } | Self::ClockRefused { .. } => ErrorKind::ClockSkew,
            Self::Refused(_) => ErrorKind::NodeRefused,
            Self::NotAllowed => ErrorKind::NotAllowed,
            Self::NotFound => ErrorKind::NotFound,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::CallSize => ErrorKind::Bug,
        }
    }
}

impl HasRetry for SwarmError {
    fn retry(&self) -> Retry {
        match self {
            Self::Offline | Self::NoPath | Self::ShutDown => Retry::WhenOnline,
            Self::Timeout | Self::NodeTrouble(_) | Self::BadAnswer | Self::NoSwarm => {
                Retry::After(AFTER_TROUBLE)
            }
            Self::TooFast(pause) => Retry::After(*pause),
            Self::WrongSwarm | Self::ClockCorrected { .. } => Retry::Now,
            Self::ClockRefused { .. } => Retry::AfterChange(Cause::Clock),
            Self::Refused(_)
            | Self::NotAllowed
            | Self::NotFound
            | Self::TooLarge
            | Self::CallSize
            | Self::CalledBack => Retry::Never,
        }
    }
}

/// Reads the status of one reply, alone or out of a batch, by the table of `network.md` §3.6.
///
/// # Errors
/// What the status means; `None` of them for 2xx. 406, 425 and 421, which
/// [`SwarmApi::call`](crate::SwarmApi::call) treats itself, count as trouble here.
pub fn check(reply: &StorageReply) -> Result<(), SwarmError> {
    match reply.code {
        200..=299 => Ok(()),
        401 => Err(SwarmError::NotAllowed),
        404 => Err(SwarmError::NotFound),
        413 => Err(SwarmError::TooLarge),
        421 => Err(SwarmError::WrongSwarm),
        429 => Err(SwarmError::TooFast(Duration::from_secs(30))),
        code @ (406 | 425 | 500..) => Err(SwarmError::NodeTrouble(code)),
        code => Err(SwarmError::Refused(code)),
    }
}
