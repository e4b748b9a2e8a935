//! What closures get in their hands.

use rusqlite::Connection;

/// Reads one moment of the database. Its connection refuses to write.
#[derive(Debug)]
pub struct Reader<'c> {
    conn: &'c Connection,
}

impl<'c> Reader<'c> {
    pub(crate) const fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    /// The connection, for the table modules of this crate.
    pub(crate) const fn conn(&self) -> &'c Connection {
        self.conn
    }
}

/// Writes inside one transaction; all of a closure's changes are kept, or none.
#[derive(Debug)]
pub struct Writer<'c> {
    conn: &'c Connection,
}

impl<'c> Writer<'c> {
    pub(crate) const fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    /// The connection, for the table modules of this crate. They must not begin or
    /// end transactions on it.
    pub(crate) const fn conn(&self) -> &'c Connection {
        self.conn
    }

    /// The same transaction for functions that only read: they see what was written so far.
    #[must_use]
    pub const fn reader(&self) -> Reader<'c> {
        Reader { conn: self.conn }
    }
}
