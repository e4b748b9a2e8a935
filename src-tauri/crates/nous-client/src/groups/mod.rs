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
