//! Key messages, made. Equal members, generation and secret give equal bytes: two admins who
//! do the same make no conflict.
//!
//! Source: `groups.md` §3.

use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::parse::{ENCRYPTED_KEY, ENTRIES};
use super::{FOR_ADMINS, FOR_MEMBERS, GroupKey, GroupKeys, Pending};
use crate::account::AccountId;
use crate::config::data::{write_integer, write_string};
use crate::envelope::multi;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::group::secret::GroupSecret;
use crate::hash::{blake2b_24, blake2b_32, blake2b_56};
use crate::time::Timestamp;

const OF_SEED: &str = "SessionGroupKeySeed";
const OF_KEYS: &[u8] = b"SessionGroupKeyGen";
const OF_JUNK: &[u8] = b"SessionGroupJunkMembers";

/// The nonce of libsodium's deterministic stream.
const STREAM_NONCE: &[u8; 12] = b"LibsodiumDRG";

/// Why no key message can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RekeyError {
    /// The secret is another group's.
    #[error("the secret is another group's")]
    Secret,
    /// There is nobody to send keys to.
    #[error("nobody to send keys to")]
    Nobody,
    /// There is no key to hand on.
    #[error("no key to hand on")]
    NoKey,
}

impl HasKind for RekeyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Secret => ErrorKind::NotAllowed,
            Self::Nobody => ErrorKind::InvalidInput,
            Self::NoKey => ErrorKind::NotFound,
        }
    }
}

impl HasRetry for RekeyError {
    fn retry(&self) -> Retry {
        match self {
            Self::NoKey => Retry::AfterChange(crate::error::Cause::Keys),
            Self::Secret | Self::Nobody => Retry::Never,
        }
    }
}

impl GroupKeys {
    /// Makes the next key and its message, which is pending until it comes back from the swarm.
    /// Before that, another call takes its place with the same generation.
    ///
    /// `members`: **all** in the members config, admins and us included, in any order. Info and
    /// members must be sealed again with the new key.
    ///
    /// # Errors
    /// [`RekeyError::Secret`] for another group's secret, [`RekeyError::Nobody`] without members.
    ///
    /// Source: `groups.md` §3.
    pub fn rekey(
        &mut self,
        secret: &GroupSecret,
        members: impl IntoIterator<Item = AccountId>,
    ) -> Result<&[u8], RekeyError> {
        if secret.id() != self.group {
            return Err(RekeyError::Secret);
        }
        let members = sorted(members);
        if members.is_empty() {
            return Err(RekeyError::Nobody);
        }
        let generation = self.keys.last().map_or(0, |key| key.generation.saturating_add(1));
        let derived = derive(secret, &members, generation);
        let (key, nonce) = halves(&derived);
        let message = rekey_message(secret, &members, generation, &key, &nonce, &derived);
        let pending = self.pending.insert(Pending {
            message,
            key: GroupKey {
                generation,
                stored: Timestamp::default(),
                key: *key,
            },
        });
        self.needs_dump = true;
        Ok(&pending.message)
    }

    /// Whether the key that seals was made for exactly these members. Where it was not, somebody
    /// who was removed may have it: an admin who did not know of the removal made it. Keys come
    /// from members and generation, so admins can tell.
    ///
    /// Source: `groups.md` §17.
    pub fn is_made_for(&self, secret: &GroupSecret, members: impl IntoIterator<Item = AccountId>) -> bool {
        let pending = self.pending.as_ref().map(|pending| &pending.key);
        let Some(newest) = pending.or_else(|| self.keys.last()) else {
            return false;
        };
        let derived = derive(secret, &sorted(members), newest.generation);
        let (key, _) = halves(&derived);
        key.ct_eq(&newest.key).into()
    }

    /// A message that brings all keys that came from the swarm to somebody new.
    ///
    /// # Errors
    /// [`RekeyError`] for another group's secret, without receivers or keys.
    ///
    /// Source: `groups.md` §3.
    pub fn supplement(&self, secret: &GroupSecret, receivers: &[AccountId]) -> Result<Vec<u8>, RekeyError> {
        self.supplement_since(secret, receivers, Timestamp::from_ms(0))
    }

    /// The same with the keys that the swarm stored since a moment: for who was in the group by
    /// then.
    ///
    /// # Errors
    /// As [`Self::supplement`]; [`RekeyError::NoKey`] if there is none since.
    pub fn supplement_since(
        &self,
        secret: &GroupSecret,
        receivers: &[AccountId],
        since: Timestamp,
    ) -> Result<Vec<u8>, RekeyError> {
        if secret.id() != self.group {
            return Err(RekeyError::Secret);
        }
        let keys: Vec<&GroupKey> = self.keys.iter().filter(|key| key.stored >= since).collect();
        let newest = keys.last().ok_or(RekeyError::NoKey)?;
        let receivers = sorted(receivers.iter().copied());
        let plain = write_list(keys.iter().copied());
        let seed = secret.derive(OF_SEED);
        let ids: String = receivers.iter().map(ToString::to_string).collect();
        let nonce = blake2b_24(OF_KEYS, &[], &[ids.as_bytes(), &plain, seed.as_slice()]);
        let texts = encrypt_to(secret, &receivers, &nonce, &plain);
        if texts.is_empty() {
            return Err(RekeyError::Nobody);
        }
        let mut out = b"d1:#24:".to_vec();
        out.extend_from_slice(&nonce);
        out.extend_from_slice(b"1:+l");
        texts.iter().for_each(|text| write_string(text, &mut out));
        out.extend_from_slice(b"e1:G");
        write_integer(newest.generation, &mut out);
        Ok(signed(secret, out))
    }
}

/// By id, each once.
fn sorted(ids: impl IntoIterator<Item = AccountId>) -> Vec<AccountId> {
    let mut ids: Vec<AccountId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// BLAKE2b-56 over members and generation: the key, and the nonce of its message.
fn derive(secret: &GroupSecret, members: &[AccountId], generation: i64) -> Zeroizing<[u8; 56]> {
    let ids: String = members.iter().map(ToString::to_string).collect();
    let generation = generation.to_string();
    let seed = secret.derive(OF_SEED);
    let parts = [ids.as_bytes(), generation.as_bytes(), seed.as_slice()];
    Zeroizing::new(blake2b_56(OF_KEYS, &[], &parts))
}

fn halves(derived: &[u8; 56]) -> (Zeroizing<[u8; 32]>, [u8; 24]) {
    let (mut key, mut nonce) = (Zeroizing::new([0; 32]), [0; 24]);
    for (target, byte) in key.iter_mut().chain(&mut nonce).zip(derived) {
        *target = *byte;
    }
    (key, nonce)
}

fn rekey_message(
    secret: &GroupSecret,
    members: &[AccountId],
    generation: i64,
    key: &[u8; 32],
    nonce: &[u8; 24],
    derived: &[u8; 56],
) -> Vec<u8> {
    let mut entries = encrypt_to(secret, members, nonce, key);
    let rounded = entries.len().max(1).checked_next_multiple_of(ENTRIES);
    let missing = rounded.unwrap_or(0).saturating_sub(entries.len());
    entries.extend(junk(secret, derived, missing));
    let mut out = b"d1:#24:".to_vec();
    out.extend_from_slice(nonce);
    out.extend_from_slice(b"1:G");
    write_integer(generation, &mut out);
    out.extend_from_slice(b"1:K");
    write_string(&encrypt_to_admins(secret, nonce, key), &mut out);
    out.extend_from_slice(b"1:kl");
    entries.iter().for_each(|entry| write_string(entry, &mut out));
    out.push(b'e');
    signed(secret, out)
}

/// To each that has a usable key, in their order.
fn encrypt_to(secret: &GroupSecret, to: &[AccountId], nonce: &[u8; 24], plain: &[u8]) -> Vec<Vec<u8>> {
    let encrypt =
        |id: &AccountId| multi::encrypt_one(secret.keys(), id.x25519(), nonce, FOR_MEMBERS, plain).ok();
    to.iter().filter_map(encrypt).collect()
}

fn encrypt_to_admins(secret: &GroupSecret, nonce: &[u8; 24], key: &[u8; 32]) -> Vec<u8> {
    let sealing = secret.derive(FOR_ADMINS);
    let sealing: &[u8; 32] = &sealing;
    let cipher = XChaCha20Poly1305::new(sealing.into());
    cipher.encrypt(nonce.into(), key.as_slice()).unwrap_or_default()
}

/// What looks like entries of further members, the same whoever makes it.
fn junk(secret: &GroupSecret, derived: &[u8; 56], count: usize) -> Vec<Vec<u8>> {
    let whole_secret = secret.keys().export_ed25519_secret_key();
    let seed = Zeroizing::new(blake2b_32(OF_JUNK, &[], &[derived, whole_secret.as_slice()]));
    let seed: &[u8; 32] = &seed;
    let mut bytes = vec![0; count.saturating_mul(ENCRYPTED_KEY)];
    chacha20::ChaCha20::new(seed.into(), STREAM_NONCE.into()).apply_keystream(&mut bytes);
    bytes.chunks_exact(ENCRYPTED_KEY).map(<[u8]>::to_vec).collect()
}

/// The longest form of one key in a list, in bytes.
const LONGEST_ENTRY: usize = 96;

/// The keys of a supplement, the oldest first.
pub(super) fn write_list<'a>(keys: impl ExactSizeIterator<Item = &'a GroupKey>) -> Zeroizing<Vec<u8>> {
    // A buffer that grows would leave keys behind in memory.
    let room = keys.len().saturating_mul(LONGEST_ENTRY).saturating_add(2);
    let mut out = Zeroizing::new(Vec::with_capacity(room));
    out.push(b'l');
    for key in keys {
        out.extend_from_slice(b"d1:g");
        write_integer(key.generation, &mut out);
        out.extend_from_slice(b"1:k32:");
        out.extend_from_slice(&key.key);
        out.extend_from_slice(b"1:t");
        write_integer(key.stored.as_ms(), &mut out);
        out.push(b'e');
    }
    out.push(b'e');
    out
}

/// Ends a dict with the group's signature over all before it.
fn signed(secret: &GroupSecret, mut dict: Vec<u8>) -> Vec<u8> {
    let signature = secret.sign(&dict);
    dict.extend_from_slice(b"1:~64:");
    dict.extend_from_slice(&signature);
    dict.push(b'e');
    dict
}
