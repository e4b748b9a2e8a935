//! A whole Session network on loopback in one process.
mod core;

pub use crate::core::cluster::{Cluster, Outcome, Replication, Transfer};
pub use crate::core::identity::NodeSpec;
pub use crate::core::reply::{Body, Reply};
