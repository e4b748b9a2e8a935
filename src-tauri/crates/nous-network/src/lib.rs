//! Reaching storage nodes and servers through onion requests.
//!
//! **Rule of the crate**: sockets, TLS and waiting live here; it knows no SQL, no meaning of
//! messages and no words for people. No request that names an account is ever sent directly.
//! Every request has a time limit, nothing is sent while the system is offline, and nothing
//! repeats without a pause.
//!
//! Main types: [`NetworkConfig`] (which network), [`SwarmApi`] (what the engine asks),
//! [`Connectivity`] (what the screen shows), [`CachedState`] (what is kept).
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`api`] | the seam between engine and network |
//! | [`cached_state`] | what is kept between two runs |
//! | [`clock`] | network time; the only reader of the system's clocks |
//! | [`config`] | which network: seeds, pins, sizes |
//! | [`error`] | why a request failed, and when to try again |
//! | [`health`] | snapshot for the screen |
//! | [`interval`] | time limits and pauses |
//! | [`node`] | storage nodes and their names |
//! | [`tasks`] | tracked tasks |

pub mod api;
pub mod cached_state;
pub mod clock;
pub mod config;
pub mod error;
pub mod health;
pub mod interval;
pub mod node;
pub mod tasks;

pub use api::{StoreReceipt, SwarmApi};
pub use cached_state::{CachedState, SavedSwarm};
pub use clock::NetworkClock;
pub use config::{ConfigError, NetworkConfig};
pub use error::{SwarmError, check};
pub use health::{Connectivity, HopView, LinkState, PathView};
pub use node::{NodeKey, Snode};
pub use tasks::{TaskPanic, Tasks};
