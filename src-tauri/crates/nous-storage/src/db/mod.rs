//! The database: one writer thread, a few reader threads, one encrypted file.
//!
//! [`Database`] is a cheap handle. [`Database::read`] and [`Database::write`] send a
//! closure to a thread and wait for its result; the closure calls functions of this
//! crate's table modules with the [`Reader`] or [`Writer`] it gets. Only this crate can
//! reach the SQL behind them.
//!
//! Invariants:
//! - Writes happen in order of arrival. Writes that wait together are one transaction,
//!   each in a savepoint of its own: a failed one leaves no trace and harms no other.
//! - A result is told only after the transaction that holds it is committed.
//! - What a read closure sees is one moment of the database.
//! - A panic in a write ends the writer: nothing of its group is kept,
//!   [`Health::WriterGone`] is announced and every later write fails.
//! - What was erased stands on no page: see `gaps` and `log`.
//!
//! Source: `architecture.md` §7, §10.

mod access;
mod cells;
mod connection;
mod gaps;
mod handle;
mod health;
mod log;
mod plan;
mod readers;
mod space;
mod writer;

#[cfg(test)]
mod tests;

pub use access::{Reader, Writer};
pub use cells::{Cell, every_cell};
pub use handle::{Database, DatabaseOptions};
pub use health::Health;
pub use plan::explain_uses_index;
pub use space::{Space, space};

pub(crate) use connection::{Mode, adopt, is_sound, open_connection, open_writer};
pub(crate) use gaps::clear_all as clear_gaps;
pub(crate) use health::suspicion_of;
pub(crate) use space::write_anew;
