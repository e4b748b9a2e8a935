//! What the profile takes up on the disk, and what makes it less: files that go while their messages
//! stay, old messages of a conversation, and pages of the database that hold nothing any more.
//!
//! Source: `product.md` §14.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::FileKind;
use nous_storage::attachments::freeing::{self, Removable, Which};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{AttachmentKey, MessageKey};
use nous_storage::usage::{self, Part};
use nous_storage::{backup, conversations, db, messages};

use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::files::tidy;

/// So many files go in one transaction.
const FILES: u32 = 500;
/// So many messages do.
const MESSAGES: u32 = 500;
/// So many pages of the database are given back at once: a few milliseconds.
const PAGES: u32 = 128;
/// Between two portions, so that others have their turn.
const APART: Duration = Duration::from_millis(20);

/// Some files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Files {
    /// How many.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
}

impl Files {
    fn add(&mut self, bytes: u64) {
        self.files = self.files.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// What takes up space, in bytes on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Used {
    /// The database, with what belongs to it.
    pub database: u64,
    /// Of that what holds nothing.
    pub free: u64,
    /// Of that the index of messages.
    pub index: u64,
    /// Copies of the database.
    pub backups: Files,
    /// Small pictures of files.
    pub thumbnails: Files,
    /// Pictures of profiles.
    pub portraits: Files,
    /// Files that were chosen, or are on their way.
    pub waiting: Files,
    /// Files of messages, by what they are.
    pub kinds: BTreeMap<FileKind, Files>,
    /// What each conversation holds, the largest first.
    pub conversations: Vec<(ConversationId, Held)>,
}

/// What one conversation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Files of its messages.
    pub files: Files,
    /// Messages, and lines between them.
    pub messages: u32,
}

/// Which files of messages. Those that still have to be uploaded are never among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Only there; `None`: everywhere.
    pub conversation: Option<ConversationId>,
    /// Only of messages before this moment.
    pub before: Option<Timestamp>,
    /// Only files of more bytes.
    pub larger_than: u64,
}

/// What takes up space. `backups`: the folder with the copies of the database.
///
/// # Errors
/// What the database or the disk said.
pub async fn used(core: &Core, backups: PathBuf) -> Result<Used, ClientError> {
    let (space, index, parts, messages) = core
        .db
        .read(|reader| {
            Ok((
                db::space(reader)?,
                usage::index_bytes(reader)?,
                usage::parts(reader)?,
                usage::messages(reader)?,
            ))
        })
        .await?;
    let (files, database) = (core.files.clone(), core.db.path().to_owned());
    let looked = tokio::task::spawn_blocking(move || {
        let sizes = files.sizes()?;
        Ok::<_, StorageError>((sizes, database_bytes(&database), backups_in(&backups)?))
    });
    let (sizes, database, backups) = looked.await.map_err(|_| ClientError::Bug("sizes of files"))??;
    Ok(Used {
        database,
        free: space.free_bytes(),
        index,
        backups,
        ..sorted(sizes, &parts, messages)
    })
}

/// The files by what they are, and what conversations hold.
fn sorted(
    sizes: BTreeMap<String, u64>,
    parts: &BTreeMap<String, Part>,
    messages: BTreeMap<ConversationId, u32>,
) -> Used {
    let mut used = Used::default();
    let mut conversations: BTreeMap<ConversationId, Held> = BTreeMap::new();
    for (id, messages) in messages {
        conversations.entry(id).or_default().messages = messages;
    }
    for (name, bytes) in sizes {
        match parts.get(&name) {
            Some(Part::File { conversation, kind }) => {
                used.kinds.entry(*kind).or_default().add(bytes);
                conversations.entry(*conversation).or_default().files.add(bytes);
            }
            Some(Part::Thumbnail) => used.thumbnails.add(bytes),
            Some(Part::Waiting) => used.waiting.add(bytes),
            None => used.portraits.add(bytes),
        }
    }
    used.conversations = conversations.into_iter().collect();
    used.conversations
        .sort_by_key(|(_, held)| Reverse((held.files.bytes, held.messages)));
    used
}

fn bytes_at(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

/// The file, its log and the memory that its connections share.
fn database_bytes(path: &Path) -> u64 {
    let beside = ["", "-wal", "-shm"].map(|suffix| {
        let mut name = OsString::from(path);
        name.push(suffix);
        bytes_at(Path::new(&name))
    });
    beside.iter().sum()
}

fn backups_in(folder: &Path) -> Result<Files, StorageError> {
    let mut found = Files::default();
    for copy in backup::list(folder)? {
        found.add(bytes_at(&copy.path));
    }
    Ok(found)
}

/// `None` if there is no such conversation.
fn which(reader: &Reader<'_>, chosen: &Chosen) -> Result<Option<Which>, StorageError> {
    let conversation = match chosen.conversation {
        None => None,
        Some(id) => match conversations::find(reader, id)? {
            Some(key) => Some(key),
            None => return Ok(None),
        },
    };
    Ok(Some(Which {
        conversation,
        before: chosen.before.unwrap_or(Timestamp::from_ms(i64::MAX)),
        larger_than: chosen.larger_than,
    }))
}

/// How many files would go, and their bytes.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn count_files(core: &Core, chosen: Chosen) -> Result<Files, ClientError> {
    let counted = core.db.read(move |reader| match which(reader, &chosen)? {
        Some(which) => freeing::count(reader, &which).map(Some),
        None => Ok(None),
    });
    let (files, bytes) = counted.await?.ok_or(ClientError::NoConversation)?;
    Ok(Files { files, bytes })
}

/// Removes files from this device; their messages stay, with small pictures of them, and what the server
/// still has can be fetched again. Answers what went.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn delete_files(core: &Core, chosen: Chosen) -> Result<Files, ClientError> {
    let found = core.db.read(move |reader| which(reader, &chosen));
    let which = found.await?.ok_or(ClientError::NoConversation)?;
    let now = core.clock.now();
    let mut gone = Files::default();
    let mut behind = AttachmentKey(0);
    loop {
        let portion = core
            .db
            .write(move |writer| forget_some(writer, &which, behind, now));
        let portion = portion.await?;
        let Some(last) = portion.last() else { break };
        behind = last.key;
        portion.iter().for_each(|file| gone.add(file.bytes));
        tidy::remove_gone(core).await?;
        announce(core, &portion);
    }
    if gone.files > 0 {
        // Their keys may still stand in the database's log.
        core.deletions_stirred.notify_one();
    }
    Ok(gone)
}

fn forget_some(
    writer: &mut Writer<'_>,
    which: &Which,
    behind: AttachmentKey,
    now: Timestamp,
) -> Result<Vec<Removable>, StorageError> {
    let files = freeing::page(&writer.reader(), which, behind, FILES)?;
    let keys: Vec<AttachmentKey> = files.iter().map(|file| file.key).collect();
    freeing::forget(writer, &keys, now)?;
    Ok(files)
}

fn announce(core: &Core, files: &[Removable]) {
    let mut messages: BTreeMap<ConversationId, Vec<MessageKey>> = BTreeMap::new();
    for file in files {
        messages.entry(file.peer).or_default().push(file.message);
    }
    let changes = messages.into_iter().map(|(id, keys)| Change::Messages(id, keys));
    core.hub.announce(changes);
}

/// How many messages of a conversation stand before a moment and have nothing to do any more.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn count_old(core: &Core, id: ConversationId, before: Timestamp) -> Result<u32, ClientError> {
    let counted = core
        .db
        .read(move |reader| match conversations::find(reader, id)? {
            Some(key) => messages::old_count(reader, key, before).map(Some),
            None => Ok(None),
        });
    counted.await?.ok_or(ClientError::NoConversation)
}

/// Removes those messages from this device, with all that belongs to them; our other devices, and the
/// others, keep them. Answers how many went.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said; what went before stays away.
pub async fn clear_old(core: &Core, id: ConversationId, before: Timestamp) -> Result<u32, ClientError> {
    let now = core.clock.now();
    let mut gone: u32 = 0;
    loop {
        let portion = core
            .db
            .write(move |writer| clear_some(writer, id, before, now))
            .await?
            .ok_or(ClientError::NoConversation)?;
        if portion.removed == 0 {
            break;
        }
        gone = gone.saturating_add(portion.removed);
        tidy::stop_unwanted(core).await?;
        tidy::remove_gone(core).await?;
        core.announce_messages(id, portion.changed);
    }
    if gone > 0 {
        core.hub.announce([Change::Requests, Change::Connectivity]);
        core.deletions_stirred.notify_one();
    }
    Ok(gone)
}

/// What one transaction removed.
struct Cleared {
    removed: u32,
    /// The rows that went, and those that answer them.
    changed: Vec<MessageKey>,
}

/// `None` if there is no such conversation.
fn clear_some(
    writer: &mut Writer<'_>,
    id: ConversationId,
    before: Timestamp,
    now: Timestamp,
) -> Result<Option<Cleared>, StorageError> {
    let Some(key) = conversations::find(&writer.reader(), id)? else {
        return Ok(None);
    };
    let keys = messages::old(&writer.reader(), key, before, MESSAGES)?;
    let mut changed = messages::quoting(&writer.reader(), &keys)?;
    messages::remove(writer, &keys, now)?;
    conversations::refresh(writer, &[key])?;
    let removed = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    changed.extend(keys);
    Ok(Some(Cleared { removed, changed }))
}

/// Gives pages of the database back that hold nothing, in portions, if there are many.
///
/// # Errors
/// What the database said.
pub async fn trim(core: &Core) -> Result<(), ClientError> {
    let mut left = core.db.read(db::space).await?.surplus();
    while left > 0 {
        let portion = u32::try_from(left).map_or(PAGES, |left| left.min(PAGES));
        core.db.give_back(portion).await?;
        left -= u64::from(portion);
        tokio::time::sleep(APART).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use nous_protocol::account::AccountId;

    use super::*;

    #[test]
    fn files_are_counted_as_what_they_are_and_the_largest_conversation_comes_first() {
        let [bob, chloe] = [2, 3].map(|id| ConversationId::from(AccountId::from_x25519([id; 32])));
        let file = |conversation, kind| Part::File { conversation, kind };
        let files = [
            ("a", 10, Some(file(bob, FileKind::Picture))),
            ("b", 20, Some(file(bob, FileKind::File))),
            ("c", 500, Some(file(chloe, FileKind::Picture))),
            ("d", 3, Some(Part::Thumbnail)),
            ("e", 4, Some(Part::Waiting)),
            ("f", 5, None),
        ];
        let sizes = files.iter().map(|(name, bytes, _)| ((*name).to_owned(), *bytes));
        let parts = files
            .iter()
            .filter_map(|(name, _, part)| Some(((*name).to_owned(), (*part)?)));
        let dan = ConversationId::from(AccountId::from_x25519([4; 32]));
        let messages = BTreeMap::from([(bob, 9), (dan, 70)]);
        let used = sorted(sizes.collect(), &parts.collect(), messages);
        let of = |files, bytes| Files { files, bytes };
        let held = |files, messages| Held { files, messages };
        let expected = [
            (chloe, held(of(1, 500), 0)),
            (bob, held(of(2, 30), 9)),
            (dan, held(Files::default(), 70)),
        ];
        assert_eq!(used.conversations, expected);
        assert_eq!(used.kinds.get(&FileKind::Picture), Some(&of(2, 510)));
        assert_eq!(used.thumbnails, of(1, 3));
        assert_eq!((used.waiting, used.portraits), (of(1, 4), of(1, 5)));
    }
}
