//! The protobuf messages, generated from `proto/session.proto` by `cargo xtask codegen`.
//!
//! Every field is optional or repeated: what must be there is checked by `content::parse`.
//! The derived `Debug` shows contents: never log these types.
//!
//! Source: `messages.md` §2.3 and §4.

#![allow(
    missing_docs,
    clippy::must_use_candidate,
    reason = "generated code; the fields are documented in proto/session.proto's source tables"
)]

#[rustfmt::skip]
mod generated;

pub use generated::*;
pub use prost::Message;
