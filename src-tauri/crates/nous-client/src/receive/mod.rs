//! Receiving: opened, understood, decided, committed, announced.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what comes from a poll |
//! | [`boxes`] | one box in one poll: what is new, how far it was read |
//! | [`open`] | seals opened on the CPU pool, contents parsed |
//! | [`rules`] | what a content means here; pure |
//! | [`commit`] | effects carried out inside the transaction; what was unsent |
//! | `view` | what is known when a batch is decided about |
//! | [`pipeline`] | the order of these steps |
//!
//! Source: `architecture.md` §5.2, `messages.md` §5.

pub(crate) mod boxes;
pub(crate) mod commit;
pub(crate) mod open;
pub mod pipeline;
pub mod rules;
mod view;

use nous_network::NodeKey;
use nous_protocol::account::Namespace;
use nous_protocol::time::Timestamp;

/// A message as a node keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its hash, as the node wrote it.
    pub hash: String,
    /// The sealed bytes.
    pub data: Vec<u8>,
    /// The time of the store request.
    pub stored: Timestamp,
    /// When the node forgets it.
    pub expires: Timestamp,
}

/// What one node answered for one box, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
    /// Which node.
    pub node: NodeKey,
    /// Which box.
    pub namespace: Namespace,
    /// In the node's order of arrival.
    pub messages: Vec<Stored>,
    /// Whether the node has more.
    pub has_more: bool,
}
