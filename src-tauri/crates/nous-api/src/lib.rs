//! The contract of the client: every face (window, command line, tests) calls these
//! functions with these types.
//!
//! **Rule of the crate**: no tauri, and no logic beyond checking, calling, converting.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`requests`] | what faces ask for |
//! | [`rows`] | what faces show |
//! | [`events`] | what changed |
//! | [`errors`] | what went wrong, as codes |
//! | [`ids`] | opaque ids and units |

pub mod errors;
pub mod events;
pub mod ids;
pub mod requests;
pub mod rows;

pub use errors::{ApiError, ErrorCode};
