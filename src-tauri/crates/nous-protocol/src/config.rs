//! Config messages: what an account keeps the same on all its devices.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`crypto`] | padding and encryption |
//! | [`wrap`] | the protobuf layers around the encrypted bytes of an account |
//!
//! Source: `config.md`.

pub mod crypto;
pub mod wrap;
