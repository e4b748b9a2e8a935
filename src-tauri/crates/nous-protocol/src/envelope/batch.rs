//! Opening many messages at once, and remembering the keys of their senders.
//!
//! The key of a sender is checked and converted once. The signatures of a batch are checked
//! together; if they do not all hold, each is checked alone, so that a bad one harms itself
//! only.

use std::collections::BTreeMap;

use super::{OpenError, OpenedSigned, SignedParts};
use crate::keys::IdentityKeys;
use crate::signer::{Claim, Signer, all_hold};

/// Signatures that are checked together.
const CHUNK: usize = 64;

/// Keys remembered in each of two generations: 224 bytes each.
const GENERATION: usize = 512;

/// The keys of senders that have passed their checks: public data, of bounded size, the
/// longest unused forgotten first.
#[derive(Default)]
pub struct Senders {
    young: BTreeMap<[u8; 32], Signer>,
    old: BTreeMap<[u8; 32], Signer>,
}

impl Senders {
    /// Knows nobody yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }
    }

    /// How many keys are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len().saturating_add(self.old.len())
    }

    /// Whether no key is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }

    fn get(&mut self, ed25519: &[u8; 32]) -> Option<&Signer> {
        if !self.young.contains_key(ed25519) {
            let signer = match self.old.remove(ed25519) {
                Some(signer) => signer,
                None => Signer::new(ed25519)?,
            };
            if self.young.len() >= GENERATION {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(*ed25519, signer);
        }
        self.young.get(ed25519)
    }
}

impl std::fmt::Debug for Senders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Senders({})", self.len())
    }
}

/// [`open_signed`](super::open_signed) that remembers the sender's key.
///
/// # Errors
/// [`OpenError`] says which check failed.
///
/// Source: `messages.md` §2.2.
pub fn open_signed_with(
    recipient: &IdentityKeys,
    sealed: &[u8],
    senders: &mut Senders,
) -> Result<OpenedSigned, OpenError> {
    let parts = SignedParts::open(recipient, sealed)?;
    let signer = senders.get(&parts.sender).ok_or(OpenError::SenderKey)?;
    finish(recipient, signer, parts)
}

fn finish(recipient: &IdentityKeys, signer: &Signer, parts: SignedParts) -> Result<OpenedSigned, OpenError> {
    if signer.verify(&parts.signed_text(&recipient.x25519_public()), &parts.signature) {
        Ok(parts.into_opened(*signer.x25519()))
    } else {
        Err(OpenError::Signature)
    }
}

/// [`open_signed`](super::open_signed) for many messages, in order.
///
/// Source: `messages.md` §2.2.
#[must_use]
pub fn open_signed_batch<D: AsRef<[u8]>>(
    recipient: &IdentityKeys,
    sealed: &[D],
    senders: &mut Senders,
) -> Vec<Result<OpenedSigned, OpenError>> {
    sealed
        .chunks(CHUNK)
        .flat_map(|chunk| open_chunk(recipient, chunk, senders))
        .collect()
}

fn open_chunk<D: AsRef<[u8]>>(
    recipient: &IdentityKeys,
    sealed: &[D],
    senders: &mut Senders,
) -> Vec<Result<OpenedSigned, OpenError>> {
    let own = recipient.x25519_public();
    let opened: Vec<_> = sealed
        .iter()
        .map(|data| SignedParts::open(recipient, data.as_ref()))
        .collect();
    let mut claims: Vec<Claim> = Vec::with_capacity(opened.len());
    let prepared: Vec<Result<(SignedParts, Signer), OpenError>> = opened
        .into_iter()
        .map(|parts| {
            let parts = parts?;
            let signer = senders.get(&parts.sender).ok_or(OpenError::SenderKey)?;
            let claim = signer.claim(&parts.signed_text(&own), &parts.signature);
            claims.push(claim.ok_or(OpenError::Signature)?);
            let signer = signer.clone();
            Ok((parts, signer))
        })
        .collect();
    let together = all_hold(&claims);
    prepared
        .into_iter()
        .map(|item| {
            let (parts, signer) = item?;
            if together {
                Ok(parts.into_opened(*signer.x25519()))
            } else {
                finish(recipient, &signer, parts)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::super::{open_signed, seal_signed};
    use super::*;
    use crate::keys::Seed;

    fn person(number: u16) -> IdentityKeys {
        let mut seed = [0; 16];
        seed[..2].copy_from_slice(&number.to_le_bytes());
        IdentityKeys::from_seed(&Seed::from_bytes(seed))
    }

    fn messages(count: u16) -> Vec<Vec<u8>> {
        let mut rng = StdRng::seed_from_u64(1);
        let to = person(1_000).account_id();
        let seal = |n: u16| seal_signed(&person(n % 7), &to, &n.to_le_bytes(), &mut rng).unwrap();
        (0..count).map(seal).collect()
    }

    #[test]
    fn a_batch_opens_as_each_message_alone() {
        let (recipient, messages, mut senders) = (person(1_000), messages(150), Senders::new());
        let opened = open_signed_batch(&recipient, &messages, &mut senders);
        assert_eq!(opened.len(), 150);
        for (message, opened) in messages.iter().zip(&opened) {
            assert_eq!(open_signed(&recipient, message), *opened);
            assert_eq!(open_signed_with(&recipient, message, &mut senders), *opened);
            assert!(opened.is_ok());
        }
        assert_eq!(senders.len(), 7);
    }

    #[test]
    fn broken_messages_of_every_kind_harm_themselves_only() {
        let (recipient, mut messages) = (person(1_000), messages(10));
        let mut rng = StdRng::seed_from_u64(2);
        let key = recipient.x25519_public();
        let forged = [
            b"x".as_slice(),
            &person(1).ed25519_public(),
            &person(1).sign(b"y"),
        ]
        .concat();
        messages[2] = super::super::sealed_box(&key, &forged, &mut rng).unwrap();
        let no_key = [b"x".as_slice(), &[0; 96]].concat();
        messages[4] = super::super::sealed_box(&key, &no_key, &mut rng).unwrap();
        messages[6].truncate(100);
        messages[8][60] ^= 1;
        let bad_half = [b"x".as_slice(), &person(1).ed25519_public(), &[0xff; 64]].concat();
        messages[9] = super::super::sealed_box(&key, &bad_half, &mut rng).unwrap();
        let opened = open_signed_batch(&recipient, &messages, &mut Senders::new());
        for (message, opened) in messages.iter().zip(&opened) {
            assert_eq!(open_signed(&recipient, message), *opened);
        }
        let errors = [2, 4, 6, 8, 9].map(|at: usize| opened[at].clone().unwrap_err());
        use OpenError::{Seal, SenderKey, Signature, TooShort};
        assert_eq!(errors, [Signature, SenderKey, TooShort, Seal, Signature]);
        assert_eq!(opened.iter().filter(|result| result.is_ok()).count(), 5);
    }

    #[test]
    fn the_memory_of_senders_is_bounded_and_keeps_who_writes() {
        let mut senders = Senders::new();
        let regular = person(0).ed25519_public();
        for number in 0..1_500 {
            assert!(senders.get(&person(number).ed25519_public()).is_some());
            if number % 100 == 0 {
                assert!(senders.get(&regular).is_some());
            }
            assert!(senders.len() <= 2 * GENERATION);
        }
        assert!(senders.young.contains_key(&regular) || senders.old.contains_key(&regular));
    }

    #[test]
    fn nothing_gives_nothing() {
        let none: [&[u8]; 0] = [];
        assert!(open_signed_batch(&person(1), &none, &mut Senders::new()).is_empty());
    }
}
