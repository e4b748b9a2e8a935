//! What was read, and what is marked as unread.
//!
//! Entries of long ago leave the config that all devices share and stay here, in an archive
//! of this device.
//!
//! Source: `config.md` §12.

mod archive;

use std::time::Duration;

use super::community::RoomAddress;
use super::data::{Dict, Entry};
use super::fields::{EntryEditor, Fields};
use super::server::{INSIDE, SERVER_KEY, on_servers, remove_from_server};
use super::state::ConfigState;
use crate::account::{AccountId, GroupId};
use crate::blinding::{BlindedId, BlindedKind};
use crate::time::Timestamp;

/// The dict of communities.
const COMMUNITIES: &[u8] = b"o";

/// Entries read longer ago leave the shared config.
pub const ARCHIVE_AFTER: Duration = Duration::from_secs(30 * 86_400);

/// The config of read positions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConvoInfoVolatile {
    state: ConfigState,
}

super::typed!(ConvoInfoVolatile);

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Convo {
    /// With a person; with ourselves, Note to Self.
    Person(AccountId),
    /// A group.
    Group(GroupId),
    /// A group of the old kind.
    LegacyGroup(AccountId),
    /// A room of a community.
    Room(RoomAddress),
    /// With a person of a community.
    Blinded(BlindedId),
}

/// Somebody's proof of a paid account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProProof {
    /// Until when it holds, in ms.
    pub expiry_ms: i64,
    /// The hash of its generation.
    pub generation: [u8; 32],
}

/// How far a conversation was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadState {
    /// The timestamp of the newest message that was read, in ms.
    pub last_read_ms: i64,
    /// Whether it is marked as unread by hand.
    pub is_unread: bool,
    /// Their proof, in conversations between two.
    pub pro: Option<ProProof>,
}

impl ReadState {
    fn read(entry: &Dict) -> Self {
        let expiry_ms = entry.number(b"e");
        let generation = entry.fixed(b"g").filter(|_| expiry_ms > 0);
        Self {
            last_read_ms: entry.number(b"r"),
            is_unread: entry.is_set(b"u"),
            pro: generation.map(|generation| ProProof {
                expiry_ms,
                generation,
            }),
        }
    }

    /// Whether it is of long ago and says nothing else.
    fn is_stale(&self, now: Timestamp) -> bool {
        let cutoff = now.earlier(ARCHIVE_AFTER).as_ms();
        let has_live_proof = self.pro.is_some_and(|pro| pro.expiry_ms >= cutoff);
        self.last_read_ms < cutoff && !self.is_unread && !has_live_proof
    }
}

/// Where a conversation stands in the data.
struct Place {
    keys: Vec<Vec<u8>>,
}

impl Place {
    fn of(convo: &Convo) -> Self {
        let keys = match convo {
            Convo::Person(id) => vec![b"1".to_vec(), id.to_bytes().to_vec()],
            Convo::Group(id) => vec![b"g".to_vec(), id.to_bytes().to_vec()],
            Convo::LegacyGroup(id) => vec![b"C".to_vec(), id.to_bytes().to_vec()],
            Convo::Blinded(id) => vec![b"b".to_vec(), id.to_bytes().to_vec()],
            Convo::Room(address) => vec![
                COMMUNITIES.to_vec(),
                address.base_url().into(),
                INSIDE.to_vec(),
                address.room().into(),
            ],
        };
        Self { keys }
    }

    fn path(&self) -> Vec<&[u8]> {
        self.keys.iter().map(Vec::as_slice).collect()
    }
}

/// The path of a community's public key.
fn server_key_path(address: &RoomAddress) -> [&[u8]; 3] {
    [COMMUNITIES, address.base_url().as_bytes(), SERVER_KEY]
}

/// The conversation of a key.
type ConvoOf = fn(&[u8]) -> Option<Convo>;

/// All conversations in the data, each with its entry.
fn convos(data: &Dict) -> Vec<(Convo, &Dict)> {
    let mut all = Vec::new();
    let plain: [(&[u8], ConvoOf); 4] = [
        (b"1", |key| AccountId::from_bytes(key).map(Convo::Person)),
        (b"C", |key| AccountId::from_bytes(key).map(Convo::LegacyGroup)),
        (b"b", |key| BlindedId::from_bytes(key).map(Convo::Blinded)),
        (b"g", |key| GroupId::from_bytes(key).map(Convo::Group)),
    ];
    for (section, convo_of) in plain {
        for (key, entry) in data.dicts(section) {
            all.extend(convo_of(key).map(|convo| (convo, entry)));
        }
    }
    for room in on_servers(data, COMMUNITIES) {
        let address = RoomAddress::from_keys(room.base_url, room.key);
        all.extend(address.map(|address| (Convo::Room(address), room.entry)));
    }
    all
}

impl ConvoInfoVolatile {
    /// How far a conversation was read, as shared or as archived here.
    #[must_use]
    pub fn get(&self, convo: &Convo) -> Option<ReadState> {
        let place = Place::of(convo);
        let path = place.path();
        let shared = self.state.data().dict_at(&path);
        let entry = shared.or_else(|| self.state.local().dict_at(&path))?;
        Some(ReadState::read(entry))
    }

    /// All conversations of the shared config.
    #[must_use]
    pub fn shared(&self) -> Vec<(Convo, ReadState)> {
        let all = convos(self.state.data()).into_iter();
        all.map(|(convo, entry)| (convo, ReadState::read(entry)))
            .collect()
    }

    /// All conversations of the archive.
    #[must_use]
    pub fn archived(&self) -> Vec<(Convo, ReadState)> {
        let all = convos(self.state.local()).into_iter();
        all.map(|(convo, entry)| (convo, ReadState::read(entry)))
            .collect()
    }

    /// The public key of a community that has a room here.
    #[must_use]
    pub fn server_key(&self, address: &RoomAddress) -> Option<[u8; 32]> {
        let [o, base_url, key] = server_key_path(address);
        self.state.data().dict_at(&[o, base_url])?.fixed(key)
    }

    /// Sets how far a conversation was read. What is of long ago goes into the archive.
    ///
    /// A room needs the public key of its community: see
    /// [`ConvoInfoVolatile::set_server_key`].
    ///
    /// Source: `config.md` §12.
    pub fn set(&mut self, convo: &Convo, read: &ReadState, now: Timestamp) {
        let place = Place::of(convo);
        let path = place.path();
        if read.is_stale(now) {
            self.erase_shared(convo);
            let mut archive = Dict::new();
            archive.insert(b"r", Entry::Scalar(read.last_read_ms.into()));
            self.state.local_mut().put(&path, Entry::Dict(archive));
            return;
        }
        self.erase_archived(convo);
        let mut entry = EntryEditor {
            editor: self.state.edit_own(),
            path: &path,
        };
        entry.integer(b"r", Some(read.last_read_ms));
        entry.flag(b"u", read.is_unread);
        match convo {
            Convo::Person(_) | Convo::Blinded(_) => {
                let pro = read.pro.filter(|pro| pro.expiry_ms > 0);
                entry.integer(b"e", pro.map(|pro| pro.expiry_ms));
                entry.optional(b"g", pro.as_ref().map(|pro| pro.generation.as_slice()));
            }
            Convo::Group(_) | Convo::LegacyGroup(_) | Convo::Room(_) => {}
        }
        if let Convo::Blinded(id) = convo {
            entry.flag(b"y", id.kind() == BlindedKind::B15);
        }
    }

    /// Sets the public key of a room's community.
    pub fn set_server_key(&mut self, address: &RoomAddress, key: &[u8; 32]) {
        self.state.edit_own().string(&server_key_path(address), key);
    }

    /// Removes a conversation, from the archive too; whether it was there.
    pub fn erase(&mut self, convo: &Convo) -> bool {
        let was_archived = self.erase_archived(convo);
        self.erase_shared(convo) || was_archived
    }

    /// Removes a conversation, and its community with its last room.
    fn erase_shared(&mut self, convo: &Convo) -> bool {
        let mut editor = self.state.edit_own();
        match convo {
            Convo::Room(address) => {
                let (base_url, room) = (address.base_url().as_bytes(), address.room().as_bytes());
                remove_from_server(&mut editor, COMMUNITIES, base_url, room)
            }
            Convo::Person(_) | Convo::Group(_) | Convo::LegacyGroup(_) | Convo::Blinded(_) => {
                editor.remove(&Place::of(convo).path())
            }
        }
    }

    fn erase_archived(&mut self, convo: &Convo) -> bool {
        let place = Place::of(convo);
        let path = place.path();
        self.state.local().at(&path).is_some() && self.state.local_mut().take(&path).is_some()
    }
}

#[cfg(test)]
mod tests;
