//! The archive: entries of long ago, on this device only.
//!
//! Source: `config.md` §12.

use super::{ConvoInfoVolatile, Place, ReadState, convos};
use crate::config::data::Entry;
use crate::config::sealing::{ConfigKeys, SealingError};
use crate::config::state::{MergeOutcome, PendingPush};
use crate::time::Timestamp;

impl ConvoInfoVolatile {
    /// Moves what is of long ago from the shared config into the archive; whether there was
    /// any.
    ///
    /// Source: `config.md` §12.
    pub fn archive(&mut self, now: Timestamp) -> bool {
        let all = convos(self.state.data()).into_iter();
        let stale: Vec<_> = all
            .filter(|(_, entry)| ReadState::read(entry).is_stale(now))
            .map(|(convo, entry)| (convo, entry.clone()))
            .collect();
        for (convo, entry) in &stale {
            let place = Place::of(convo);
            let entry = Entry::Dict(entry.clone());
            self.state.local_mut().put(&place.path(), entry);
            self.erase_shared(convo);
        }
        !stale.is_empty()
    }

    /// Takes away from the archive what is shared again.
    fn forget_shared(&mut self) {
        let archived: Vec<_> = convos(self.state.local())
            .into_iter()
            .map(|(convo, _)| convo)
            .collect();
        for convo in archived {
            if self.state.data().dict_at(&Place::of(&convo).path()).is_some() {
                self.erase_archived(&convo);
            }
        }
    }

    /// [`ConfigState::push`](crate::config::state::ConfigState::push), after what is of long
    /// ago went into the archive.
    ///
    /// # Errors
    /// [`SealingError`] if it cannot be sealed.
    pub fn push(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
        self.archive(now);
        self.state.push(keys, now)
    }

    /// [`ConfigState::merge`](crate::config::state::ConfigState::merge); then what is of long
    /// ago goes into the archive, and what is shared again leaves it.
    pub fn merge<'m>(
        &mut self,
        stored: impl IntoIterator<Item = (&'m str, &'m [u8])>,
        keys: &ConfigKeys<'_>,
        now: Timestamp,
    ) -> MergeOutcome {
        let mut outcome = self.state.merge(stored, keys, now);
        self.forget_shared();
        outcome.changed |= self.archive(now);
        outcome
    }
}
