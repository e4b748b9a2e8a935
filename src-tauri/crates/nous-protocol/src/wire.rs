//! Bytes without meaning. Imports nothing from its siblings.

pub mod bt;
pub mod network_file;
pub mod padding;
pub mod protobuf;
pub mod rpc;
