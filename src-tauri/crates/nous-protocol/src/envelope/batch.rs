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
pub(crate) const CHUNK: usize = 64;

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

/// Who signed what, as a message claims.
pub(crate) struct Statement<'a> {
    /// The Ed25519 key.
    pub(crate) signer: &'a [u8; 32],
    /// What was signed, in parts.
    pub(crate) text: &'a [&'a [u8]],
    /// R ‖ S.
    pub(crate) signature: &'a [u8; 64],
}

/// Why a [`Statement`] is not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The key is no valid one.
    Key,
    /// The signature does not hold.
    Signature,
}

impl Senders {
    /// Checks signatures together, at best [`CHUNK`] of them: for each, in order, the X25519
    /// form of its signer's key.
    pub(crate) fn check(&mut self, statements: &[Statement<'_>]) -> Vec<Result<[u8; 32], Refused>> {
        if let [statement] = statements {
            return vec![self.check_one(statement)];
        }
        let mut claims: Vec<Claim> = Vec::with_capacity(statements.len());
        let prepared: Vec<Result<(Signer, &Statement<'_>), Refused>> = statements
            .iter()
            .map(|statement| {
                let signer = self.get(statement.signer).ok_or(Refused::Key)?;
                let claim = signer.claim(statement.text, statement.signature);
                claims.push(claim.ok_or(Refused::Signature)?);
                Ok((signer.clone(), statement))
            })
            .collect();
        let together = all_hold(&claims);
        prepared
            .into_iter()
            .map(|item| {
                let (signer, statement) = item?;
                let holds = together || signer.verify(statement.text, statement.signature);
                holds.then(|| *signer.x25519()).ok_or(Refused::Signature)
            })
            .collect()
    }

    fn check_one(&mut self, statement: &Statement<'_>) -> Result<[u8; 32], Refused> {
        let signer = self.get(statement.signer).ok_or(Refused::Key)?;
        let holds = signer.verify(statement.text, statement.signature);
        holds.then(|| *signer.x25519()).ok_or(Refused::Signature)
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
    let texts: Vec<_> = opened
        .iter()
        .flatten()
        .map(|parts| (parts, parts.signed_text(&own)))
        .collect();
    let statements: Vec<Statement<'_>> = texts
        .iter()
        .map(|(parts, text)| Statement {
            signer: &parts.sender,
            text,
            signature: &parts.signature,
        })
        .collect();
    let mut checked = senders.check(&statements).into_iter();
    opened
        .into_iter()
        .map(|parts| {
            let parts = parts?;
            match checked.next().unwrap_or(Err(Refused::Signature)) {
                Ok(sender_x25519) => Ok(parts.into_opened(sender_x25519)),
                Err(Refused::Key) => Err(OpenError::SenderKey),
                Err(Refused::Signature) => Err(OpenError::Signature),
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
