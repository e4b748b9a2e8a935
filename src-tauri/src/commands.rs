//! The commands of the window, one module per domain. Each is one line that calls
//! [`nous_api`]; what decides is below it.

pub(crate) mod account;
pub(crate) mod addresses;
pub(crate) mod attachments;
pub(crate) mod boot;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod deleting;
pub(crate) mod desktop;
pub(crate) mod directory;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod groups;
pub(crate) mod leaving;
pub(crate) mod message_requests;
pub(crate) mod messages;
pub(crate) mod network;
pub(crate) mod pictures;
pub(crate) mod previews;
pub(crate) mod reactions;
pub(crate) mod reading;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod storage;
pub(crate) mod timers;
pub(crate) mod voice;

use nous_api::ApiError;

/// What every command answers.
pub(crate) type Answer<T> = Result<T, ApiError>;
