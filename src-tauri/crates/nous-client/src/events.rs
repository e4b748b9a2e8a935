//! What changed: a bounded set, not a queue.
//!
//! Ten changes of one row are one entry, and more than [`MOST_IDS`] ids of a topic become
//! “all”, so a frozen screen costs nothing. A stream gives one batch, then waits until it
//! was acknowledged or one second has passed; batches are at least 50 ms apart.
//!
//! Source: `architecture.md` §8.3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_storage::ids::MessageKey;
use tokio::sync::Notify;
use tokio::time::Instant;

/// More ids of one topic than this become [`Ids::All`].
pub const MOST_IDS: usize = 100;
/// More conversations with changed messages than this become a resync.
const MOST_CONVERSATIONS: usize = 100;
/// Between two batches.
const APART: Duration = Duration::from_millis(50);
/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Ids that changed, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ids<T: Ord> {
    /// These, at most [`MOST_IDS`].
    Some(BTreeSet<T>),
    /// More than that.
    All,
}

impl<T: Ord> Default for Ids<T> {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl<T: Ord> Ids<T> {
    fn add(&mut self, more: impl IntoIterator<Item = T>) {
        if let Self::Some(ids) = self {
            ids.extend(more);
            if ids.len() > MOST_IDS {
                *self = Self::All;
            }
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Some(ids) if ids.is_empty())
    }
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Going on.
    Running,
    /// Done.
    Done {
        /// No display name was found.
        needs_name: bool,
        /// The network did not answer in time; it goes on in the background.
        continues: bool,
    },
    /// Stopped by the person.
    Cancelled,
}

/// A job's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobProgress {
    /// Steps done.
    pub done: u32,
    /// Steps in all, if known.
    pub total: Option<u32>,
    /// How it stands.
    pub state: JobState,
}

/// How far a file of a message is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferProgress {
    /// Which message.
    pub message: MessageKey,
    /// The file's place in it.
    pub place: u32,
    /// Bytes of the file that left or came.
    pub done: u64,
    /// Bytes of the file.
    pub size: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Rows of the conversation list.
    Conversations(Vec<ConversationId>),
    /// Messages of one conversation.
    Messages(ConversationId, Vec<MessageKey>),
    /// Every message of one conversation.
    AllMessages(ConversationId),
    /// The message requests: one came, changed or went.
    Requests,
    /// Connectivity or queue counts.
    Connectivity,
    /// Who types.
    Typing,
    /// A job.
    Job(u64, JobProgress),
    /// Account or stage.
    Account,
    /// Settings.
    Settings,
    /// Groups and communities.
    Groups,
    /// The directory of this device.
    Directory,
    /// What is recorded or plays: it goes on, or it stands otherwise.
    Voice,
    /// How far a file is.
    Transfer(TransferProgress),
    /// Show a conversation.
    Navigate(ConversationId),
    /// Forget everything and ask again.
    Resync,
}

/// Everything that changed since the last batch, merged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dirty {
    /// Rows of the conversation list.
    pub conversations: Ids<ConversationId>,
    /// Messages by conversation.
    pub messages: BTreeMap<ConversationId, Ids<MessageKey>>,
    /// Message requests.
    pub requests: bool,
    /// Connectivity or queue counts.
    pub connectivity: bool,
    /// Who types.
    pub typing: bool,
    /// Jobs: the newest progress of each.
    pub jobs: BTreeMap<u64, JobProgress>,
    /// Account or stage.
    pub account: bool,
    /// Settings.
    pub settings: bool,
    /// Groups and communities.
    pub groups: bool,
    /// The directory of this device.
    pub directory: bool,
    /// What is recorded or plays.
    pub voice: bool,
    /// Files on their way: the newest progress of each.
    pub transfers: BTreeMap<(MessageKey, u32), TransferProgress>,
    /// Show this conversation.
    pub navigate: Option<ConversationId>,
    /// Forget everything and ask again.
    pub resync: bool,
}

impl Dirty {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
            || (self.conversations.is_empty() && self.messages.is_empty() && self.has_no_flags())
    }

    fn has_no_flags(&self) -> bool {
        let flags = self.requests || self.connectivity || self.typing || self.account;
        let flags = flags || self.settings || self.groups || self.directory || self.voice || self.resync;
        !flags && self.jobs.is_empty() && self.transfers.is_empty() && self.navigate.is_none()
    }

    /// Adds a change. The order of changes does not matter, but for jobs and navigation,
    /// where the last one counts.
    pub fn add(&mut self, change: Change) {
        match change {
            Change::Conversations(ids) => self.conversations.add(ids),
            Change::Messages(conversation, ids) => self.messages.entry(conversation).or_default().add(ids),
            Change::AllMessages(conversation) => {
                self.messages.insert(conversation, Ids::All);
            }
            Change::Requests => self.requests = true,
            Change::Connectivity => self.connectivity = true,
            Change::Typing => self.typing = true,
            Change::Job(job, progress) => {
                self.jobs.insert(job, progress);
            }
            Change::Account => self.account = true,
            Change::Settings => self.settings = true,
            Change::Groups => self.groups = true,
            Change::Directory => self.directory = true,
            Change::Voice => self.voice = true,
            Change::Transfer(progress) => {
                // Nobody listens: how far these are will be asked.
                if self.transfers.len() > MOST_IDS {
                    self.transfers.clear();
                }
                self.transfers
                    .insert((progress.message, progress.place), progress);
            }
            Change::Navigate(conversation) => self.navigate = Some(conversation),
            Change::Resync => self.resync = true,
        }
        if self.messages.len() > MOST_CONVERSATIONS {
            self.messages.clear();
            self.resync = true;
        }
    }
}

#[derive(Debug, Default)]
struct Mailbox {
    dirty: Dirty,
    /// The last batch given and the last acknowledged.
    given: u32,
    acknowledged: u32,
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Subscriber {
    mailbox: Mutex<Mailbox>,
    stirred: Notify,
}

impl Subscriber {
    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Shared {
    subscribers: Vec<Weak<Subscriber>>,
    /// What changed before anybody listened.
    early: Dirty,
    is_closed: bool,
}

/// Where changes are announced. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    shared: Arc<Mutex<Shared>>,
    /// Whose picture is wanted may have changed.
    pictures: Arc<Notify>,
    /// Messages may end at other times.
    lives: Arc<Notify>,
    /// Messages may have come, or gone, with their files.
    files: Arc<Notify>,
    /// The index of messages may have something to do.
    index: Arc<Notify>,
    /// The file of a sound that plays may have gone.
    sounds: Arc<Notify>,
}

impl Hub {
    /// A hub without listeners.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces changes. Never waits.
    pub fn announce(&self, changes: impl IntoIterator<Item = Change>) {
        let mut shared = self.lock();
        shared
            .subscribers
            .retain(|subscriber| subscriber.strong_count() > 0);
        let listeners: Vec<_> = shared.subscribers.iter().filter_map(Weak::upgrade).collect();
        for change in changes {
            if matches!(
                change,
                Change::Conversations(_) | Change::Account | Change::Resync
            ) {
                self.stir_pictures();
            }
            if matches!(
                change,
                Change::Messages(..) | Change::AllMessages(_) | Change::Resync
            ) {
                self.stir_lives();
                self.files.notify_one();
                self.stir_sounds();
            }
            if matches!(change, Change::Conversations(_) | Change::Resync) {
                self.index.notify_one();
            }
            if listeners.is_empty() {
                shared.early.add(change);
                continue;
            }
            for listener in &listeners {
                listener.lock().dirty.add(change.clone());
            }
        }
        listeners
            .iter()
            .for_each(|listener| listener.stirred.notify_one());
    }

    /// There may be something to do about pictures of profiles.
    pub(crate) fn stir_pictures(&self) {
        self.pictures.notify_one();
    }

    /// Waits until people or the account may have changed.
    pub(crate) async fn pictures_stirred(&self) {
        self.pictures.notified().await;
    }

    /// Messages may end at other times, or the machine woke.
    pub(crate) fn stir_lives(&self) {
        self.lives.notify_one();
    }

    /// Waits until messages may end at other times.
    pub(crate) async fn lives_stirred(&self) {
        self.lives.notified().await;
    }

    /// Waits until messages may have come or gone.
    pub(crate) async fn files_stirred(&self) {
        self.files.notified().await;
    }

    /// Waits until the index of messages may have something to do.
    pub(crate) async fn index_stirred(&self) {
        self.index.notified().await;
    }

    /// The file of a sound that plays may have gone.
    pub(crate) fn stir_sounds(&self) {
        self.sounds.notify_one();
    }

    /// Waits until the file of a sound that plays may have gone.
    pub(crate) async fn sounds_stirred(&self) {
        self.sounds.notified().await;
    }

    /// Opens a stream. What changed before anybody listened comes first.
    #[must_use]
    pub fn subscribe(&self) -> Stream {
        let mut shared = self.lock();
        let mailbox = Mailbox {
            dirty: std::mem::take(&mut shared.early),
            is_closed: shared.is_closed,
            ..Mailbox::default()
        };
        let subscriber = Arc::new(Subscriber {
            mailbox: Mutex::new(mailbox),
            stirred: Notify::new(),
        });
        shared.subscribers.push(Arc::downgrade(&subscriber));
        Stream {
            subscriber,
            last: None,
        }
    }

    /// The batch with this number was taken.
    pub fn acknowledge(&self, seq: u32) {
        for listener in self.lock().subscribers.iter().filter_map(Weak::upgrade) {
            let mut mailbox = listener.lock();
            if seq <= mailbox.given {
                mailbox.acknowledged = mailbox.acknowledged.max(seq);
            }
            drop(mailbox);
            listener.stirred.notify_one();
        }
    }

    /// Ends every stream.
    pub fn close(&self) {
        let mut shared = self.lock();
        shared.is_closed = true;
        for listener in shared.subscribers.iter().filter_map(Weak::upgrade) {
            listener.lock().is_closed = true;
            listener.stirred.notify_one();
        }
    }
}

/// Batches of changes for one listener.
#[derive(Debug)]
pub struct Stream {
    subscriber: Arc<Subscriber>,
    /// When the last batch was given.
    last: Option<Instant>,
}

impl Stream {
    /// The next batch with its number, which grows by one. `None` when the hub was closed.
    /// May be dropped at any time: nothing is lost.
    pub async fn next(&mut self) -> Option<(u32, Dirty)> {
        loop {
            let wait = {
                let mut mailbox = self.subscriber.lock();
                if mailbox.is_closed {
                    return None;
                }
                let ready = self.ready_at(&mailbox);
                match ready {
                    _ if mailbox.dirty.is_empty() => None,
                    Some(at) if at > Instant::now() => Some(at),
                    _ => {
                        mailbox.given = mailbox.given.wrapping_add(1);
                        self.last = Some(Instant::now());
                        return Some((mailbox.given, std::mem::take(&mut mailbox.dirty)));
                    }
                }
            };
            match wait {
                None => self.subscriber.stirred.notified().await,
                Some(at) => {
                    tokio::select! {
                        () = self.subscriber.stirred.notified() => {}
                        () = tokio::time::sleep_until(at) => {}
                    }
                }
            }
        }
    }

    /// When the next batch may go.
    fn ready_at(&self, mailbox: &Mailbox) -> Option<Instant> {
        let pause = if mailbox.acknowledged == mailbox.given {
            APART
        } else {
            PATIENCE
        };
        self.last.map(|last| last + pause)
    }
}

#[cfg(test)]
mod tests;
