//! Key messages, read: structure, signature, and what is in them for us.
//!
//! Source: `groups.md` §3.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use zeroize::Zeroizing;

use super::{FOR_ADMINS, FOR_MEMBERS, GroupKey, KeyReader};
use crate::account::GroupId;
use crate::curve;
use crate::envelope::multi;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::group::secret::GroupSecret;
use crate::time::Timestamp;
use crate::wire::bt::{BtError, Limits, Reader};

/// An encrypted key: key and tag.
pub(super) const ENCRYPTED_KEY: usize = 48;
/// The number of keys in a message is a multiple of this, so that it tells less.
pub(super) const ENTRIES: usize = 75;
/// The shortest encrypted list of keys: a list of one, and the tag.
const SHORTEST_LIST: usize = 68;
/// The most receivers that are looked at; a message of the network is shorter.
const LIMITS: Limits = Limits {
    depth: 4,
    values: 1 << 14,
    string: 1 << 20,
};

/// Why bytes are no key message of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyMessageError {
    /// The encoding is broken.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// Something is missing or has a wrong size; holds its key.
    #[error("`{0}` is missing or wrong")]
    Field(char),
    /// An admin of the group did not sign it.
    #[error("not signed by the group")]
    Signature,
    /// An admin's copy of the key does not open.
    #[error("the key does not open")]
    Key,
}

impl HasKind for KeyMessageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Encoding(_) | Self::Field(_) | Self::Key => ErrorKind::Damaged,
            Self::Signature => ErrorKind::NotAllowed,
        }
    }
}

impl HasRetry for KeyMessageError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// What a message brings.
#[derive(Debug)]
enum Body<'a> {
    /// A new key.
    Rekey {
        for_admins: &'a [u8],
        for_members: Vec<&'a [u8]>,
    },
    /// Older keys.
    Supplement(Vec<&'a [u8]>),
}

/// A key message with a good signature.
#[derive(Debug)]
pub(super) struct KeyMessage<'a> {
    nonce: &'a [u8; 24],
    generation: i64,
    body: Body<'a>,
}

/// The keys of the outermost dict, as they stand.
#[derive(Default)]
struct Fields<'a> {
    nonce: Option<&'a [u8]>,
    supplement: Option<Vec<&'a [u8]>>,
    generation: Option<i64>,
    for_admins: Option<&'a [u8]>,
    for_members: Option<Vec<&'a [u8]>>,
}

impl<'a> KeyMessage<'a> {
    /// Reads a message and checks its signature. Keys that we do not know are passed over.
    pub(super) fn parse(data: &'a [u8], group: &GroupId) -> Result<Self, KeyMessageError> {
        let mut reader = Reader::new(data, LIMITS);
        let mut fields = Fields::default();
        let mut signed = None;
        reader.begin_dict()?;
        loop {
            let place = reader.offset();
            let Some(key) = reader.next_key()? else { break };
            // Nothing may stand behind the signature.
            if signed.is_some() {
                return Err(KeyMessageError::Field('~'));
            }
            match key {
                b"#" => fields.nonce = Some(reader.string()?),
                b"+" => fields.supplement = Some(strings(&mut reader)?),
                b"G" => fields.generation = Some(reader.integer()?),
                b"K" => fields.for_admins = Some(reader.string()?),
                b"k" => fields.for_members = Some(strings(&mut reader)?),
                b"~" => signed = Some((place, reader.string()?)),
                _ => drop(reader.raw()?),
            }
        }
        reader.finish()?;
        let (place, signature) = signed.ok_or(KeyMessageError::Field('~'))?;
        let message = Self::check(fields)?;
        let text = data.get(..place).unwrap_or_default();
        let signature = signature.try_into().map_err(|_| KeyMessageError::Field('~'))?;
        if curve::verify_ed25519(group.ed25519(), text, signature) {
            Ok(message)
        } else {
            Err(KeyMessageError::Signature)
        }
    }

    fn check(fields: Fields<'a>) -> Result<Self, KeyMessageError> {
        let nonce = fields.nonce.and_then(|nonce| nonce.try_into().ok());
        let nonce = nonce.ok_or(KeyMessageError::Field('#'))?;
        let generation = fields.generation.filter(|generation| *generation >= 0);
        let generation = generation.ok_or(KeyMessageError::Field('G'))?;
        let body = if let Some(lists) = fields.supplement {
            if lists.is_empty() || lists.iter().any(|list| list.len() < SHORTEST_LIST) {
                return Err(KeyMessageError::Field('+'));
            }
            Body::Supplement(lists)
        } else {
            let of_key = |text: &&[u8]| text.len() == ENCRYPTED_KEY;
            let for_admins = fields.for_admins.filter(of_key);
            let for_members = fields.for_members.filter(|entries| {
                !entries.is_empty()
                    && entries.len().checked_rem(ENTRIES) == Some(0)
                    && entries.iter().all(of_key)
            });
            Body::Rekey {
                for_admins: for_admins.ok_or(KeyMessageError::Field('K'))?,
                for_members: for_members.ok_or(KeyMessageError::Field('k'))?,
            }
        };
        Ok(Self {
            nonce,
            generation,
            body,
        })
    }

    /// The newest generation of the group when it was made.
    pub(super) const fn generation(&self) -> i64 {
        self.generation
    }

    /// The keys in it that are for the reader. Admins have all: they pass over supplements.
    pub(super) fn keys_for(
        &self,
        reader: &KeyReader<'_>,
        group: &GroupId,
        stored: Timestamp,
    ) -> Result<Vec<GroupKey>, KeyMessageError> {
        let plain = match (&self.body, reader.secret) {
            (Body::Supplement(_), Some(_)) => return Ok(Vec::new()),
            (Body::Supplement(lists), None) => {
                return match self.open(reader, group, lists) {
                    Some(plain) => read_list(&plain),
                    None => Ok(Vec::new()),
                };
            }
            (Body::Rekey { for_admins, .. }, Some(secret)) => Some(
                self.open_as_admin(secret, for_admins)
                    .ok_or(KeyMessageError::Key)?,
            ),
            (Body::Rekey { for_members, .. }, None) => self.open(reader, group, for_members),
        };
        let Some(plain) = plain else {
            return Ok(Vec::new());
        };
        let key = plain.as_slice().try_into().map_err(|_| KeyMessageError::Key)?;
        Ok(vec![GroupKey {
            generation: self.generation,
            stored,
            key,
        }])
    }

    fn open(&self, reader: &KeyReader<'_>, group: &GroupId, texts: &[&[u8]]) -> Option<Zeroizing<Vec<u8>>> {
        let sender = curve::ed25519_to_x25519(group.ed25519())?;
        let texts = texts.iter().copied();
        multi::decrypt_any(reader.account, &sender, self.nonce, FOR_MEMBERS, texts).map(Zeroizing::new)
    }

    fn open_as_admin(&self, secret: &GroupSecret, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = secret.derive(FOR_ADMINS);
        let key: &[u8; 32] = &key;
        let cipher = XChaCha20Poly1305::new(key.into());
        cipher.decrypt(self.nonce.into(), text).ok().map(Zeroizing::new)
    }
}

/// A list of strings.
fn strings<'a>(reader: &mut Reader<'a>) -> Result<Vec<&'a [u8]>, BtError> {
    let mut all = Vec::new();
    reader.begin_list()?;
    while reader.next_item()? {
        all.push(reader.string()?);
    }
    Ok(all)
}

/// The keys of a supplement: list of dicts of `g` generation, `k` key, `t` time in ms.
pub(super) fn read_list(plain: &[u8]) -> Result<Vec<GroupKey>, KeyMessageError> {
    let mut reader = Reader::new(plain, LIMITS);
    // Each takes more than its 32 bytes: the list does not grow, and leaves no keys behind.
    let mut keys = Vec::with_capacity(plain.len().checked_div(32).unwrap_or(0));
    reader.begin_list()?;
    while reader.next_item()? {
        let (mut generation, mut key, mut stored) = (None, None, None);
        reader.begin_dict()?;
        while let Some(name) = reader.next_key()? {
            match name {
                b"g" => generation = Some(reader.integer()?),
                b"k" => key = Some(reader.string()?),
                b"t" => stored = Some(reader.integer()?),
                _ => drop(reader.raw()?),
            }
        }
        let generation = generation.filter(|generation| *generation >= 0);
        keys.push(GroupKey {
            generation: generation.ok_or(KeyMessageError::Field('g'))?,
            stored: Timestamp::from_ms(stored.ok_or(KeyMessageError::Field('t'))?),
            key: key
                .and_then(|key| key.try_into().ok())
                .ok_or(KeyMessageError::Field('k'))?,
        });
    }
    reader.finish()?;
    Ok(keys)
}
