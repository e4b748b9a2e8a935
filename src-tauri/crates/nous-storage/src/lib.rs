//! The encrypted database and the profile folder.
//!
//! **Rule of the crate**: SQL text lives here and nowhere else. No network, no tokio
//! tasks of its own; database threads are threads. No clock outside `clock`: moments
//! come in as arguments.
//!
//! Main types: [`Database`](db::Database) with [`Reader`](db::Reader) and
//! [`Writer`](db::Writer).
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`db`] | one writer thread, reader threads, transactions |
//! | [`error`] | [`StorageError`](error::StorageError) |
//! | [`migrations`] | the schema's history |
//! | [`secret`] | the database key and passwords |

mod clock;
pub mod db;
pub mod error;
pub mod migrations;
pub mod secret;
