//! The JSON shapes of storage requests and their answers.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`action`] | what can be asked about an account's messages |
//! | [`request`] | [`StorageRequest`]: writing and reading whole requests |
//! | [`reply`] | [`StorageReply`] and the typed answers of single methods |
//! | [`swarm_reply`] | answers that come from each member of a swarm |
//! | [`nodes`] | lists of storage nodes |
//! | [`read`] | tolerant reading of numbers and keys |
//!
//! Answers are read tolerantly: unknown fields are ignored, numbers may be strings.
//! Requests are read as strictly as nodes do. Who may ask what is in `auth`.
//!
//! Source: `network.md` §4.

pub mod action;
pub mod nodes;
pub mod read;
pub mod reply;
pub mod request;
pub mod swarm_reply;

mod parse;

pub use action::{Action, ExpireMode, Expiry, Namespaces, Proof, SUBACCOUNT_TOKEN, Subaccount};
pub use nodes::{ServiceNode, ServiceNodes, SwarmMembers};
pub use reply::{
    ExpiriesReply, InfoReply, NameReply, ReplyError, RetrieveReply, StorageReply, StoreReply, StoredMessage,
};
pub use request::{AccountRequest, RequestError, StorageRequest};
pub use swarm_reply::{MemberDone, MemberFailure, MemberReply, SwarmReply};

/// The longest `data` of a stored message, in bytes before base64.
pub const MAX_DATA: usize = 76_800;
/// The most requests in a batch.
pub const MAX_BATCH: usize = 20;
/// The length of a message hash in characters.
pub const HASH_LENGTH: usize = 43;
/// The size of an answer to `retrieve` that nodes do not exceed, in bytes.
pub const RETRIEVE_SIZE: u64 = 7_800_000;
