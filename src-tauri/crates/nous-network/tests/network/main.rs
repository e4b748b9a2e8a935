//! The client against the local network: real TLS, real onion layers, real misbehaviour.
#![expect(clippy::unwrap_used, reason = "tests")]

mod blame;
mod calls;
mod files;
mod outages;
mod privacy;
mod starts;
mod support;
mod wake;
