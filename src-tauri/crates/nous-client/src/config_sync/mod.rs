//! Synchronised configuration: what all devices of the account share.
//!
//! Tables are projections of the configs. A change writes both in one transaction and leaves
//! the config dirty; a push brings it to the swarm; what other devices stored is merged and
//! projected in the transaction that moves the cursors.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`ConfigSignal`]: what tells the loop that there is something to do |
//! | [`actions`] | what a person does, in the configs |
//! | `groups` | groups and communities, shown while they cannot be opened |
//! | [`keep_alive`] | the life of what is stored is extended |
//! | [`kept`] | configs in the database: read, changed, kept |
//! | [`merge`] | what a poll brought |
//! | `places` | how many requests are shared |
//! | [`projection`] | what the configs say, in the tables |
//! | [`push`] | one push |
//! | [`restore`] | the first look for the profile |
//! | [`schedule`] | when the next push is due; pure |
//! | [`status`] | how each config stands |
//! | [`worker`] | [`ConfigSync`](worker::ConfigSync): the loop |
//!
//! Source: `architecture.md` §5.3, `config.md` §15 to §18.

pub mod actions;
pub(crate) mod groups;
pub(crate) mod keep_alive;
pub(crate) mod kept;
pub mod merge;
mod places;
mod projection;
pub mod push;
pub mod restore;
pub mod schedule;
pub mod status;
pub mod worker;

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Tells the loop that there is something to do. Whether there is, the database knows.
#[derive(Debug, Default)]
pub(crate) struct ConfigSignal {
    changed: AtomicBool,
    read: AtomicBool,
    answered: AtomicBool,
    resumed: AtomicBool,
    /// What other devices stored was asked for: known to be noted.
    is_fetched: AtomicBool,
    stirred: Notify,
}

/// What was told since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    /// A config may have changed.
    pub(crate) changed: bool,
    /// A read position moved.
    pub(crate) read: bool,
    /// The own swarm answered a poll.
    pub(crate) answered: bool,
    /// The machine slept.
    pub(crate) resumed: bool,
}

impl ConfigSignal {
    /// A config may have changed.
    pub(crate) fn change(&self) {
        self.changed.store(true, Ordering::Release);
        self.stirred.notify_one();
    }

    /// A read position moved: it goes out a little later.
    pub(crate) fn read(&self) {
        self.read.store(true, Ordering::Release);
        self.stirred.notify_one();
    }

    /// The own swarm answered a poll: it can be pushed to.
    pub(crate) fn answered(&self) {
        self.answered.store(true, Ordering::Release);
        self.stirred.notify_one();
    }

    /// The machine slept: other devices may have gone on.
    pub(crate) fn resumed(&self) {
        self.resumed.store(true, Ordering::Release);
        self.stirred.notify_one();
    }

    fn is_fetched(&self) -> bool {
        self.is_fetched.load(Ordering::Acquire)
    }

    fn fetched(&self) {
        self.is_fetched.store(true, Ordering::Release);
    }

    fn take(&self) -> Told {
        Told {
            changed: self.changed.swap(false, Ordering::AcqRel),
            read: self.read.swap(false, Ordering::AcqRel),
            answered: self.answered.swap(false, Ordering::AcqRel),
            resumed: self.resumed.swap(false, Ordering::AcqRel),
        }
    }
}
