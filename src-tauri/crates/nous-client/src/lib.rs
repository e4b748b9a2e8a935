//! The engine: decides, orders, retries. Account, sending, receiving, polling.
//!
//! **Rule of the crate**: no tauri, no DTOs, no text for people, no SQL. The database is
//! the truth: work is written down before it is tried, and a cursor moves in the commit of
//! what it covers. One seam to the network ([`nous_network::SwarmApi`]), so tests run the
//! same code over a scripted one.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`cards`] | previews of links and invitations that come with messages |
//! | [`client`] | the facade over a profile |
//! | [`config_sync`] | what all devices of the account share |
//! | [`core`] | what everything about one account shares |
//! | [`cpu`] | the pools for work that keeps a core busy |
//! | [`deleting`] | deleting for everyone, and on all devices |
//! | [`directory`] | lists of account IDs, read and written |
//! | [`disappearing`] | messages that live only so long |
//! | [`engine`] | the loops of one account |
//! | [`error`] | [`ClientError`], [`Failure`] |
//! | [`events`] | what changed, as a bounded set |
//! | [`export`] | a conversation as files that a person keeps |
//! | [`files`] | files of messages: chosen, uploaded, downloaded, saved |
//! | [`groups`] | what groups' swarms keep, and what we store there |
//! | [`leaving`] | deleting everything that the swarm keeps |
//! | `media` | what a file shows, before it is sent and after it came |
//! | [`password`] | how hard one is to guess |
//! | [`pictures`] | pictures of profiles: made, uploaded, fetched |
//! | [`poll`] | asking our swarm what arrived |
//! | [`previews`] | previews of links that we write |
//! | [`privacy`] | what others are told without being asked |
//! | [`reactions`] | an emoji to a message |
//! | [`receipts`] | reading, and the receipts for it |
//! | [`qr`] | QR codes, read and drawn |
//! | [`receive`] | opened, understood, decided, committed |
//! | [`requests`] | message requests: accepted, declined, blocked |
//! | [`sample`] | a made-up history, for measuring |
//! | [`search`] | the index of messages, kept in order |
//! | [`send`] | written down, sealed once, stored |
//! | [`space`] | what the profile takes up, and what makes it less |
//! | [`typing`] | who types |
//! | [`upkeep`] | what is kept for a time only |
//! | [`voice`] | voice messages: recorded, played |

pub mod cards;
pub mod client;
pub mod config_sync;
pub mod core;
pub mod cpu;
pub mod deleting;
pub mod directory;
pub mod disappearing;
pub mod engine;
pub mod error;
pub mod events;
pub mod export;
pub mod files;
pub mod groups;
pub mod leaving;
mod media;
pub mod password;
pub mod pictures;
pub mod poll;
pub mod previews;
pub mod privacy;
pub mod qr;
pub mod reactions;
pub mod receipts;
pub mod receive;
pub mod requests;
pub mod sample;
pub mod search;
pub mod send;
pub mod space;
mod step;
pub mod typing;
pub mod upkeep;
pub mod voice;

pub use client::{Client, ClientOptions};
pub use error::{ClientError, Failure};
pub use nous_network::{ConfigError as NetworkConfigError, NetworkConfig};
pub use nous_storage::secret::Password;
/// The crates below, for whoever converts their types.
pub use {nous_media, nous_network as network, nous_protocol as protocol, nous_storage as storage};
