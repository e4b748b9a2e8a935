//! The contract of the client: every face (window, command line, tests) calls these
//! functions with these types.
//!
//! **Rule of the crate**: no tauri, and no logic beyond checking, calling, converting.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`app`] | [`App`]: one open profile; events |
//! | [`boot`], [`account`], [`addresses`], [`attachments`], [`contacts`], [`conversations`], [`deleting`], [`directory`], [`export`], [`groups`], [`leaving`], [`message_requests`], [`messages`], [`network`], [`pictures`], [`previews`], [`reactions`], [`reading`], [`search`], [`settings`], [`storage`], [`subscriptions`], [`sync`], [`timers`], [`voice`] | the functions, one module per domain |
//! | [`sample`] | a made-up history in an empty profile, for measuring |
//! | `people_names` | what people are called in rows |
//! | `row_of` | conversations and messages as rows |
//! | `files` | files that the person asked for or dropped |
//! | [`requests`] | what faces ask for |
//! | [`rows`] | what faces show |
//! | [`events`] | what changed |
//! | [`errors`] | what went wrong, as codes |
//! | [`ids`] | opaque ids and units |

pub mod account;
pub mod addresses;
pub mod app;
pub mod attachments;
pub mod boot;
pub mod contacts;
pub mod conversations;
mod convert;
pub mod deleting;
pub mod directory;
pub mod errors;
pub mod events;
pub mod export;
mod files;
pub mod groups;
pub mod ids;
pub mod leaving;
pub mod message_requests;
pub mod messages;
pub mod network;
mod people_names;
pub mod pictures;
pub mod previews;
pub mod reactions;
pub mod reading;
pub mod requests;
mod row_of;
pub mod rows;
pub mod sample;
pub mod search;
pub mod settings;
pub mod storage;
pub mod subscriptions;
pub mod sync;
pub mod timers;
pub mod voice;

pub use app::{App, AppOptions, EventStream};
pub use errors::{ApiError, ErrorCode};
pub use nous_client::{NetworkConfig, NetworkConfigError, Password};
