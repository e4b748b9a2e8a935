//! One box of an account in one poll: what is new in it, and how far it was read.
//!
//! Source: `architecture.md` §5.2, `network.md` §7.2.

use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::time::Timestamp;
use nous_storage::cursors::{self, Place};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::seen_hashes;

use super::{Retrieved, Stored};

/// A box, and what nodes answered for it and for others.
pub(crate) struct PolledBox<'b> {
    /// Whose.
    pub(crate) account: SwarmAccount,
    /// Which.
    pub(crate) namespace: Namespace,
    /// Those for other boxes are left alone.
    pub(crate) answers: &'b [Retrieved],
}

impl<'b> PolledBox<'b> {
    fn answered(&self) -> impl Iterator<Item = &'b Retrieved> {
        let namespace = self.namespace;
        self.answers
            .iter()
            .filter(move |answer| answer.namespace == namespace)
    }

    /// What was not dealt with before, each once.
    ///
    /// # Errors
    /// What the database said.
    pub(crate) fn fresh(&self, reader: &Reader<'_>) -> Result<Vec<&'b Stored>, StorageError> {
        let all: Vec<&Stored> = self.answered().flat_map(|answer| &answer.messages).collect();
        if all.is_empty() {
            return Ok(all);
        }
        let hashes: Vec<&str> = all.iter().map(|stored| stored.hash.as_str()).collect();
        let mut seen = seen_hashes::seen_among(reader, &self.account, self.namespace, &hashes)?;
        let fresh = all.into_iter().filter(|stored| seen.insert(stored.hash.clone()));
        Ok(fresh.collect())
    }

    /// These are dealt with, and the cursors move behind the last message of each answer.
    ///
    /// # Errors
    /// What the database said.
    pub(crate) fn keep_places<'s>(
        &self,
        writer: &mut Writer<'_>,
        dealt_with: impl IntoIterator<Item = &'s Stored>,
    ) -> Result<(), StorageError> {
        let dealt_with = dealt_with.into_iter();
        let hashes: Vec<(&str, Timestamp)> = dealt_with
            .map(|stored| (stored.hash.as_str(), stored.expires))
            .collect();
        if !hashes.is_empty() {
            seen_hashes::note(writer, &self.account, self.namespace, &hashes)?;
        }
        for answer in self.answered() {
            if let Some(last) = answer.messages.last() {
                let place = Place {
                    account: &self.account,
                    node: &answer.node.0,
                    namespace: self.namespace,
                };
                cursors::advance(writer, place, &last.hash, last.expires)?;
            }
        }
        Ok(())
    }
}
