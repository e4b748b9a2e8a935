//! The groups whose messages are looked at: they do not wait for the pace of quiet ones.

use std::collections::BTreeSet;
use std::sync::Mutex;

use nous_protocol::account::GroupId;

/// Groups at which somebody began to look since this was taken last.
#[derive(Debug, Default)]
pub(crate) struct LookedAt(Mutex<BTreeSet<GroupId>>);

impl LookedAt {
    /// Somebody looks at a group.
    pub(crate) fn note(&self, id: GroupId) {
        self.groups().insert(id);
    }

    /// Which were looked at.
    pub(super) fn take(&self) -> BTreeSet<GroupId> {
        std::mem::take(&mut *self.groups())
    }

    fn groups(&self) -> std::sync::MutexGuard<'_, BTreeSet<GroupId>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
