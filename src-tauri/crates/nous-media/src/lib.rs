//! Pictures and sound: read within limits, made ready to send, recorded and played.
//!
//! **Rule of the crate**: nothing of ours below it; no network, SQL, async, logging or clock.
//! What comes from strangers is bytes, and each function says how much of a machine it may
//! take. Pictures are plain functions: they block, and belong into a pool. Sound has threads of
//! its own, whose only clock is the number of samples that a device took; only what a file of a
//! stranger may take is told by a real one.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`sniff`] | what a file is, by its first bytes |
//! | [`pictures`] | decoded within limits, prepared for sending, made small |
//! | [`audio`] | decoded, measured, recorded, played |
//!
//! Source: `messages.md` §11.5 and §11.6, `product.md` §13.

pub mod audio;
pub mod pictures;
pub mod sniff;
