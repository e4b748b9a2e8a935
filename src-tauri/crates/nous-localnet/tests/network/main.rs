//! The local network over real TLS, asked by a plain HTTP client and by onion requests.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod control;
mod files;
mod limits;
mod onions;
mod restart;
mod servers;
mod support;
