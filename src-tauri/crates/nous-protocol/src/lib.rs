//! The rules of the Session protocol: bytes, time and randomness come in as
//! arguments, results come out.
//!
//! **Rule of the crate**: no clock, no system randomness, no I/O, no async, no
//! logging, no `unsafe`. Decoders never panic on any input.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`account`] | [`AccountId`](account::AccountId), [`Namespace`](account::Namespace), swarm accounts |
//! | [`error`] | what went wrong, and when to try again |
//! | [`time`] | [`Timestamp`](time::Timestamp) |
//! | [`wire`] | bytes without meaning: bt-encoding, protobuf, RPC shapes, padding |

pub mod account;
pub mod error;
pub mod time;
pub mod wire;
