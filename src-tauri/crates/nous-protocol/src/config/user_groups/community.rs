//! Rooms of communities.

use std::fmt;

use super::{GroupSettings, UserGroups};
use crate::config::community::{CommunityError, RoomAddress, canonical_room};
use crate::config::data::Dict;
use crate::config::fields::{EntryEditor, Fields};
use crate::config::server::{INSIDE, SERVER_KEY, on_servers, remove_from_server};

/// The dict of communities.
const COMMUNITIES: &[u8] = b"o";

/// A room of a community.
#[derive(Clone, PartialEq, Eq)]
pub struct Community {
    /// Which.
    pub address: RoomAddress,
    /// The token of the room as it was written.
    pub token: String,
    /// The public key of the community.
    pub server_key: [u8; 32],
    /// What all kinds have.
    pub settings: GroupSettings,
}

/// Shows nothing that names a person.
impl fmt::Debug for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Community")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Community {
    /// A room that was not joined yet; address and token in any form.
    ///
    /// # Errors
    /// [`CommunityError`] if they are none.
    pub fn new(base_url: &str, token: &str, server_key: [u8; 32]) -> Result<Self, CommunityError> {
        Ok(Self {
            address: RoomAddress::new(base_url, token)?,
            token: token.to_owned(),
            server_key,
            settings: GroupSettings::default(),
        })
    }

    /// The address that others can join with.
    #[must_use]
    pub fn full_url(&self) -> String {
        let key = hex::encode(self.server_key);
        format!("{}/{}?public_key={key}", self.address.base_url(), self.token)
    }

    fn read(address: RoomAddress, server_key: [u8; 32], entry: &Dict) -> Self {
        let written = entry
            .string(b"n")
            .and_then(|token| std::str::from_utf8(token).ok());
        let is_ours = |token: &&str| canonical_room(token).as_deref() == Ok(address.room());
        let token = written.filter(is_ours).unwrap_or(address.room()).to_owned();
        Self {
            address,
            token,
            server_key,
            settings: GroupSettings::read(entry),
        }
    }
}

impl UserGroups {
    /// A room, if it is there.
    #[must_use]
    pub fn community(&self, address: &RoomAddress) -> Option<Community> {
        let base_url = address.base_url().as_bytes();
        let community = self.state.data().dict_at(&[COMMUNITIES, base_url])?;
        let key = community.fixed(SERVER_KEY)?;
        let entry = community.dict_at(&[INSIDE, address.room().as_bytes()])?;
        Some(Community::read(address.clone(), key, entry))
    }

    /// All rooms, by community.
    pub fn communities(&self) -> impl Iterator<Item = Community> {
        on_servers(self.state.data(), COMMUNITIES).filter_map(|room| {
            let address = RoomAddress::from_keys(room.base_url, room.key)?;
            Some(Community::read(address, room.server_key?, room.entry))
        })
    }

    /// Sets a room; fields that we do not know stay. The key counts for all rooms of the
    /// community.
    ///
    /// Source: `config.md` §13.
    pub fn set_community(&mut self, community: &Community) {
        let (base_url, room) = (community.address.base_url(), community.address.room());
        let mut editor = self.state.edit_own();
        editor.string(
            &[COMMUNITIES, base_url.as_bytes(), SERVER_KEY],
            &community.server_key,
        );
        let path: [&[u8]; 4] = [COMMUNITIES, base_url.as_bytes(), INSIDE, room.as_bytes()];
        let mut entry = EntryEditor { editor, path: &path };
        community.settings.write(&mut entry);
        entry.string(b"n", community.token.as_bytes());
    }

    /// Removes a room, and its community with its last one; whether it was there.
    ///
    /// Source: `config.md` §13.
    pub fn erase_community(&mut self, address: &RoomAddress) -> bool {
        let (base_url, room) = (address.base_url().as_bytes(), address.room().as_bytes());
        remove_from_server(&mut self.state.edit_own(), COMMUNITIES, base_url, room)
    }
}
