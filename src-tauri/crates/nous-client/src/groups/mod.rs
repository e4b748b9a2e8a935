//! Groups: what their swarms keep of keys, information and members, and what we store there.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`access`] | as whom we ask a group's swarm |
//! | [`create`] | a new group |
//! | `kept` | a group's row, read and written |
//! | [`keep_alive`] | lives extended, what was lost stored again |
//! | [`poll`] | one poll of a group's swarm |
//! | [`push`] | what is not stored, stored |
//! | [`worker`] | the loop over all groups |
//!
//! Source: `groups.md`.

pub mod access;
pub mod create;
pub mod keep_alive;
mod kept;
pub mod poll;
pub mod push;
pub mod worker;

use std::time::Duration;

use nous_protocol::account::Namespace;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry};

/// How long keys, information and members live in the swarm.
///
/// Source: `groups.md` §1.
pub(crate) const GROUP_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// Stores a key message, information or members for as long as they live.
fn store(namespace: Namespace, data: &[u8], now: Timestamp) -> Action {
    Action::Store {
        namespace,
        timestamp: now,
        expiry: Expiry::Ttl(u64::try_from(GROUP_LIFE.as_millis()).unwrap_or(u64::MAX)),
        data: data.to_vec(),
        sig_timestamp: None,
    }
}
