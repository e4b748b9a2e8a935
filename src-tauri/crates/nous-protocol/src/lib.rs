//! The rules of the Session protocol: bytes, time and randomness come in as
//! arguments, results come out.
//!
//! **Rule of the crate**: no clock, no system randomness, no I/O, no async, no
//! logging, no `unsafe`. Decoders never panic on any input.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`account`] | [`AccountId`](account::AccountId), [`Namespace`](account::Namespace), swarm accounts |
//! | [`attachment`] | how files are encrypted, and pictures of profiles |
//! | [`auth`] | signed texts of storage requests, message hashes |
//! | [`content`] | what messages say, checked |
//! | [`envelope`] | who may read a message and who wrote it |
//! | [`error`] | what went wrong, and when to try again |
//! | [`group`] | groups: keys, members, messages |
//! | [`keys`] | from the seed to the keys of an account |
//! | [`onion`] | requests under layers, and their answers |
//! | [`swarm`] | which swarm keeps an account's messages |
//! | [`blinding`] | ids for communities, and the key for update checks |
//! | [`identity`] | what people are called |
//! | [`mnemonic`] | the recovery phrase |
//! | [`ons`] | names that stand for account IDs |
//! | [`xed25519`] | signatures that are checked with an X25519 key |
//! | [`config`] | what an account keeps the same on all its devices |
//! | [`address`] | account IDs in whatever a person pastes |
//! | [`time`] | [`Timestamp`](time::Timestamp) |
//! | [`wire`] | bytes without meaning: bt-encoding, protobuf, RPC shapes, padding |

#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub mod account;
pub mod address;
pub mod attachment;
pub mod auth;
pub mod blinding;
pub mod config;
pub mod content;
mod curve;
pub mod envelope;
pub mod error;
pub mod group;
mod hash;
pub mod identity;
pub mod keys;
pub mod mnemonic;
pub mod onion;
pub mod ons;
mod signer;
pub mod swarm;
pub mod time;
pub mod wire;
pub mod xed25519;
