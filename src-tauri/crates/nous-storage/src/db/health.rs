//! Whether the database can be worked with, and the note that survives a restart.

use std::fs;
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::error::StorageError;
use crate::files::with_suffix;

/// Whether the database can be worked with; the worst that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// All is well.
    Good,
    /// It was closed.
    Closed,
    /// A read or write met a damaged page: offer a backup.
    Damaged,
    /// The writer died of a bug: nothing is written any more; say so and stop sending.
    WriterGone,
}

/// Where the threads write the health and others watch it.
#[derive(Debug)]
pub(super) struct Board {
    sender: watch::Sender<Health>,
    suspicion: PathBuf,
}

impl Board {
    pub(super) fn new(database: &Path) -> Self {
        Self {
            sender: watch::Sender::new(Health::Good),
            suspicion: suspicion_of(database),
        }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Health> {
        self.sender.subscribe()
    }

    /// Takes note of an error; damage is announced, and looked into at the next start.
    pub(super) fn report(&self, error: &StorageError) {
        if error.is_damage() && self.raise(Health::Damaged) {
            tracing::warn!("the database is damaged");
            // Without the note the next start finds out by itself, later.
            drop(fs::write(&self.suspicion, b""));
        }
    }

    /// Announces `seen` if it is worse than what was known; `true` if it was.
    pub(super) fn raise(&self, seen: Health) -> bool {
        self.sender.send_if_modified(|current| {
            let worse = seen > *current;
            if worse {
                *current = seen;
            }
            worse
        })
    }

    /// Why the writer answers no more.
    pub(super) fn why_no_writer(&self) -> StorageError {
        match *self.sender.borrow() {
            Health::WriterGone => StorageError::WriterGone,
            Health::Good | Health::Closed | Health::Damaged => StorageError::Closed,
        }
    }
}

/// The empty file that says: check every page at the next start.
pub(crate) fn suspicion_of(database: &Path) -> PathBuf {
    with_suffix(database, ".suspect")
}
