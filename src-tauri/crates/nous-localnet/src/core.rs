//! The network without sockets: nodes as state machines, with the time passed in.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | `params`, `parse`, `request` | from JSON to what a client wants |
//! | `auth` | whether it may |
//! | `rows`, `node`, `actions` | what one node keeps, checks and does |
//! | [`cluster`] | all nodes: swarms, replication, batches |
//! | `directory`, `names` | the lists of nodes, the names |

mod actions;
pub(crate) mod auth;
pub(crate) mod cluster;
pub(crate) mod directory;
pub(crate) mod hash;
pub(crate) mod identity;
pub(crate) mod names;
pub(crate) mod node;
pub(crate) mod params;
pub(crate) mod parse;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod rows;
