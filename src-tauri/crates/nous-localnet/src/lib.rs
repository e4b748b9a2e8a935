//! A whole Session network on loopback in one process: seed, storage nodes in swarms, file
//! server, with TLS, onion layers and the storage nodes' own rules. Built for misbehaviour.
//!
//! **Rule of the crate**: it depends on `nous-protocol` for shapes and primitives, and on
//! no other crate of ours; its checks are written from the servers' side.
//!
//! [`Cluster`] is the network without sockets and without a clock: what real nodes answered
//! is replayed against it. [`Localnet`] puts ports around it, [`LocalnetControl`] directs it.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | `core` | nodes as state machines |
//! | `localnet`, `folder`, `journal` | starting and ending; what stays over restarts |
//! | `world` | what all servers share |
//! | `http`, `tls`, `line`, `answer` | the doors, and how fast bytes pass |
//! | `storage_rpc`, `onion`, `forward` | what a node serves |
//! | `seed`, `file_server`, `file_store` | the other servers |
//! | `control`, `control_json`, `faults`, `known_errors`, `seen` | misbehaviour and records |
//! | `clock`, `tasks`, `rate` | time, tasks, limits |

mod answer;
mod clock;
mod control;
mod control_json;
mod core;
mod error;
mod faults;
mod file_server;
mod file_store;
mod folder;
mod forward;
mod http;
mod journal;
mod known_errors;
mod line;
mod localnet;
mod onion;
mod rate;
mod seed;
mod seen;
mod storage_rpc;
mod tasks;
mod tls;
mod world;

pub use crate::clock::Clock;
pub use crate::control::{LocalnetControl, NodeState, StoredMessage};
pub use crate::core::cluster::{Cluster, Outcome, Replication, Transfer};
pub use crate::core::identity::NodeSpec;
pub use crate::core::reply::{Body, Reply};
pub use crate::error::LocalnetError;
pub use crate::faults::{Effect, Fault, Level, Place};
pub use crate::file_store::FileLimits;
pub use crate::folder::Ports;
pub use crate::known_errors::KnownError;
pub use crate::localnet::{Localnet, LocalnetOptions};
pub use crate::seen::Seen;
pub use crate::world::Timing;
