//! People of communities to whom we sent a request: their account ID is not known yet.
//!
//! Source: `config.md` §11.

use std::collections::BTreeSet;
use std::fmt;

use super::Contacts;
use crate::blinding::{BlindedId, BlindedKind};
use crate::config::community::{CommunityError, canonical_base_url};
use crate::config::data::Dict;
use crate::config::fields::{EntryEditor, Fields, Picture};
use crate::config::server::{INSIDE, SERVER_KEY, on_servers, remove_from_server};

/// The dict of communities with such people.
const BLINDED: &[u8] = b"b";

/// A person of a community.
#[derive(Clone, PartialEq, Eq)]
pub struct BlindedContact {
    /// Who.
    pub id: BlindedId,
    /// The address of the community.
    pub base_url: String,
    /// Its public key.
    pub server_key: [u8; 32],
    /// The name they gave themselves, as it came, at most 100 bytes.
    pub name: String,
    /// Their picture.
    pub picture: Option<Picture>,
    /// When their profile was last changed, in seconds; 0 if nobody knows.
    pub profile_updated: i64,
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// When the contact was made, in seconds; 0 if nobody knows.
    pub created: i64,
    /// Their features that are on, by their number.
    pub features: BTreeSet<u8>,
}

/// Shows nothing that names a person.
impl fmt::Debug for BlindedContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlindedContact")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl BlindedContact {
    fn read(base_url: &[u8], server_key: [u8; 32], id: &[u8], entry: &Dict) -> Option<Self> {
        let base_url = std::str::from_utf8(base_url).ok()?.to_owned();
        let mut key = [0; 32];
        hex::decode_to_slice(id, &mut key).ok()?;
        let kind = if entry.is_set(b"y") {
            BlindedKind::B15
        } else {
            BlindedKind::B25
        };
        Some(Self {
            id: BlindedId::new(kind, key),
            base_url,
            server_key,
            name: entry.name(b"n"),
            picture: entry.picture(b"p", b"q"),
            profile_updated: entry.number(b"t").max(0),
            priority: entry.number(b"+"),
            created: entry.moment(b"j"),
            features: entry.bits(b"f"),
        })
    }
}

/// The key of a person inside of a community: the id without its prefix, in hex.
fn key_of(id: &BlindedId) -> String {
    hex::encode(id.key())
}

impl Contacts {
    /// All people of communities, by community.
    pub fn blinded(&self) -> impl Iterator<Item = BlindedContact> {
        on_servers(self.state.data(), BLINDED).filter_map(|person| {
            BlindedContact::read(person.base_url, person.server_key?, person.key, person.entry)
        })
    }

    /// Sets a person of a community; fields that we do not know stay.
    ///
    /// # Errors
    /// [`CommunityError`] if the base url is none.
    ///
    /// Source: `config.md` §11.
    pub fn set_blinded(&mut self, contact: &BlindedContact) -> Result<(), CommunityError> {
        let base_url = canonical_base_url(&contact.base_url)?;
        let (base_url, id) = (base_url.as_bytes(), key_of(&contact.id));
        let mut editor = self.state.edit_own();
        editor.string(&[BLINDED, base_url, SERVER_KEY], &contact.server_key);
        let path: [&[u8]; 4] = [BLINDED, base_url, INSIDE, id.as_bytes()];
        let mut entry = EntryEditor { editor, path: &path };
        entry.name(b"n", &contact.name, true);
        entry.picture(b"p", b"q", contact.picture.as_ref());
        entry.positive(b"t", contact.profile_updated);
        entry.nonzero(b"+", contact.priority);
        entry.positive(b"j", contact.created);
        entry.bits(b"f", &contact.features);
        entry.flag(b"y", contact.id.kind() == BlindedKind::B15);
        Ok(())
    }

    /// Removes a person of a community, and the community with its last one; whether they
    /// were there.
    pub fn erase_blinded(&mut self, base_url: &str, id: &BlindedId) -> bool {
        let (base_url, id) = (base_url.as_bytes(), key_of(id));
        remove_from_server(&mut self.state.edit_own(), BLINDED, base_url, id.as_bytes())
    }
}
