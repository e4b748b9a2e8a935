//! The groups whose messages are looked at: they do not wait for the pace of quiet ones. Nor does any
//! after the machine slept.

use std::collections::BTreeSet;
use std::sync::Mutex;

use nous_protocol::account::GroupId;

/// Groups at which somebody began to look since this was taken last.
#[derive(Debug, Default)]
pub(crate) struct LookedAt(Mutex<Noted>);

/// What was noted.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) groups: BTreeSet<GroupId>,
    /// The machine slept: what all of them brought meanwhile is to be fetched.
    pub(super) is_all: bool,
}

impl LookedAt {
    /// Somebody looks at a group.
    pub(crate) fn note(&self, id: GroupId) {
        self.noted().groups.insert(id);
    }

    /// The machine slept.
    pub(crate) fn note_all(&self) {
        self.noted().is_all = true;
    }

    /// What was noted since.
    pub(super) fn take(&self) -> Noted {
        std::mem::take(&mut *self.noted())
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
