//! Reaching storage nodes and servers through onion requests.
//!
//! **Rule of the crate**: sockets, TLS and waiting live here; it knows no SQL, no meaning of
//! messages and no words for people. No request that names an account is ever sent directly; pages are
//! asked directly, where the person wants it.
//! Every request has a time limit, nothing is sent while the system is offline, and nothing
//! repeats without a pause.
//!
//! Main types: [`Network`] (the handle), [`NetworkConfig`] (which network), [`SwarmApi`] (what the engine asks),
//! [`Connectivity`] (what the screen shows), [`CachedState`] (what is kept).
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`api`] | the seam between engine and network |
//! | [`cached_state`] | what is kept between two runs |
//! | [`clock`] | network time; the only reader of the system's clocks |
//! | [`config`] | which network: seeds, pins, sizes |
//! | [`departure`] | whether bytes have left, or can be called back |
//! | [`directory`] | all known nodes, strikes, fetching the list |
//! | [`error`] | why a request failed, and when to try again |
//! | [`file_api`] | the seam for files |
//! | [`file_server`] | uploading and downloading files |
//! | [`health`] | snapshot for the screen |
//! | [`interval`] | time limits and pauses |
//! | [`names`] | names that lead to account IDs |
//! | [`network`] | the handle of it all |
//! | [`node`] | storage nodes and their names |
//! | [`offline`] | whether the system has a network |
//! | [`path`] | guards and onion paths: a machine without I/O |
//! | [`preview`] | title and picture of a page, for the preview of a link |
//! | [`progress`] | how far a file is on its way |
//! | [`tasks`] | tracked tasks |
//! | [`transport`] | the two HTTPS clients, and connections that carry files |
//! | [`wake`] | hearing that the machine woke |

pub mod api;
pub mod cached_state;
pub mod clock;
pub mod config;
pub mod departure;
pub mod directory;
mod driver;
pub mod error;
mod exchange;
pub mod file_api;
pub mod file_server;
pub mod health;
pub mod interval;
pub mod names;
pub mod network;
pub mod node;
pub mod offline;
pub mod path;
pub mod preview;
pub mod progress;
mod requester;
mod storage_rpc;
mod store;
mod swarms;
pub mod tasks;
pub mod transport;
pub mod wake;

pub use api::{StoreReceipt, SwarmApi};
pub use cached_state::{CachedState, SavedSwarm};
pub use clock::NetworkClock;
pub use config::{ConfigError, NetworkConfig};
pub use departure::Departure;
pub use error::{SwarmError, check};
pub use file_api::{FileApi, StoredFile};
pub use file_server::FileError;
pub use health::{Connectivity, HopView, LinkState, PathView};
pub use names::NameError;
pub use network::{Network, Surroundings};
pub use node::{NodeKey, Snode};
pub use progress::Progress;
pub use tasks::{TaskPanic, Tasks};
