//! The attempts that run now, so that a deleted message can be called back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nous_network::Departure;
use nous_storage::ids::OutboxKey;

/// The departures of the attempts that run. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Departures(Arc<Mutex<BTreeMap<OutboxKey, Arc<Departure>>>>);

/// One attempt; it is no longer among those that run when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    all: Departures,
    key: OutboxKey,
    departure: Arc<Departure>,
}

impl Departures {
    /// An attempt begins. To be called before its row is taken, and to be kept until its result
    /// is written: who looks here in the transaction that deletes the row misses no attempt.
    pub(crate) fn begin(&self, key: OutboxKey) -> Running {
        let departure = Arc::new(Departure::new());
        self.lock().insert(key, Arc::clone(&departure));
        Running {
            all: self.clone(),
            key,
            departure,
        }
    }

    /// The attempt of this row, if one runs.
    pub(crate) fn of(&self, key: OutboxKey) -> Option<Arc<Departure>> {
        self.lock().get(&key).cloned()
    }

    /// Keeps what has not left of these rows from leaving: their messages were deleted.
    pub(crate) fn call_back(&self, keys: &[OutboxKey]) {
        for departure in keys.iter().filter_map(|key| self.of(*key)) {
            departure.call_back();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OutboxKey, Arc<Departure>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    pub(crate) fn departure(&self) -> &Departure {
        &self.departure
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.lock().remove(&self.key);
    }
}
