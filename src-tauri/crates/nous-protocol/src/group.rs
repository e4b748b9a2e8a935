//! Groups: their keys, what they say of themselves, who is in them, and what is said in them.
//!
//! A group is an Ed25519 key pair. Its public key is its id, `03…`; its secret is the same for
//! all admins. Members read with symmetric keys that admins hand out, and ask the swarm with a
//! permission of an admin.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`secret`] | the key pair of a group |
//! | [`keys`] | the symmetric keys, the messages that bring them, their rotation |
//! | [`state`] | keys, information and members of one group together |
//! | [`subaccount`] | a member's permission to ask the swarm |
//! | [`message`] | sealing and opening what is said |
//! | [`kick`] | telling those who were removed |
//! | [`update`] | the signatures of news about a group |
//!
//! What a group says of itself and who is in it are configs: [`crate::config::group_info`] and
//! [`crate::config::group_members`].
//!
//! Source: `groups.md`.

pub mod keys;
pub mod kick;
pub mod message;
pub mod secret;
pub mod state;
pub mod subaccount;
pub mod update;
