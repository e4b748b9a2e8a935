//! Groups: what their swarms keep of keys, information and members, and what we store there.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`access`] | as whom we ask a group's swarm |
//! | [`create`] | a new group |
//! | `event` | rows of the timeline that say what happened |
//! | `invitation` | invitations and promotions, received, accepted, declined |
//! | `kept` | a group's row, read and written |
//! | `looked_at` | the groups whose messages are looked at |
//! | [`keep_alive`] | lives extended, what was lost stored again |
//! | [`poll`] | one poll of a group's swarm |
//! | [`push`] | what is not stored, stored |
//! | `show` | what the tables show of a group |
//! | `turn` | one group's turn: polled, worked on, its life extended |
//! | [`words`] | sentences that are written in our name |
//! | [`worker`] | the loop over all groups |
//!
//! Source: `groups.md`.

pub mod access;
mod commit;
pub mod create;
pub(crate) mod edit;
pub mod error;
pub(crate) mod event;
pub mod facts;
pub(crate) mod invitation;
mod invites;
pub mod keep_alive;
pub(crate) mod kept;
pub mod leaving;
pub(crate) mod looked_at;
pub(crate) mod messages;
pub mod people;
pub mod picture;
mod pieces;
pub mod poll;
pub mod push;
pub mod reconnect;
mod removal;
pub mod rules;
pub(crate) mod show;
pub mod status;
mod take_in;
mod turn;
pub(crate) mod wishes;
pub mod words;
mod work;
pub mod worker;
