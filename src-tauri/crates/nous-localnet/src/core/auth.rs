//! Whether a request may be served: signatures and subaccounts, checked as nodes do.
//!
//! Source: `network.md` §4.2.

use ed25519_dalek::{Signature, VerifyingKey};

use super::request::{Auth, Token};

/// Read messages.
pub(crate) const READ: u8 = 1;
/// Write messages.
pub(crate) const WRITE: u8 = 2;
/// Delete messages.
pub(crate) const DELETE: u8 = 4;
/// Holds for accounts of any prefix.
const ANY_PREFIX: u8 = 8;

/// Reads a key as libsodium does: canonical, on the curve, not of small order.
fn public_key(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes).ok()?;
    let canonical = key.to_edwards().compress().as_bytes() == bytes;
    (canonical && !key.is_weak()).then_some(key)
}

/// Whether `signature` over `message` is of the key `public`.
pub(crate) fn is_signed(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    public_key(public).is_some_and(|key| {
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
}

/// The X25519 form of an Ed25519 key that lies in the main subgroup.
pub(crate) fn x25519_form(ed25519: &[u8; 32]) -> Option<[u8; 32]> {
    let point = public_key(ed25519)?.to_edwards();
    point.is_torsion_free().then(|| point.to_montgomery().to_bytes())
}

/// Whether `token` has all of `flags`.
pub(crate) fn has(token: &Token, flags: u8) -> bool {
    token[1] & flags == flags
}

fn token_key(token: &Token) -> [u8; 32] {
    let [_, _, _, _, key @ ..] = *token;
    key
}

/// Whether `auth` proves `text`, with `flags` if it is a subaccount's. `is_revoked` is asked
/// for subaccounts.
pub(crate) fn allows(auth: &Auth, flags: u8, text: &[u8], is_revoked: impl FnOnce(&Token) -> bool) -> bool {
    let owner = match auth.ed25519 {
        Some(key) if x25519_form(&key) != Some(auth.account.key()) => return false,
        Some(key) => key,
        None => auth.account.key(),
    };
    let signer = match &auth.subaccount {
        None => owner,
        Some((token, signature)) => {
            let right_prefix = token[0] == auth.account.prefix() || has(token, ANY_PREFIX);
            let may = !is_revoked(token)
                && right_prefix
                && has(token, flags)
                && is_signed(&owner, token, signature);
            if !may {
                return false;
            }
            token_key(token)
        }
    };
    is_signed(&signer, text, &auth.signature)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use nous_protocol::account::SwarmAccount;

    use super::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn group(owner: &SigningKey) -> SwarmAccount {
        let mut bytes = [3; 33];
        bytes[1..].copy_from_slice(owner.verifying_key().as_bytes());
        SwarmAccount::from_bytes(bytes)
    }

    fn member(owner: &SigningKey, member: &SigningKey, head: [u8; 2], text: &[u8]) -> Auth {
        let mut token = [0; 36];
        token[..2].copy_from_slice(&head);
        token[4..].copy_from_slice(member.verifying_key().as_bytes());
        Auth {
            account: group(owner),
            ed25519: None,
            signature: member.sign(text).to_bytes(),
            subaccount: Some((token, owner.sign(&token).to_bytes())),
        }
    }

    #[test]
    fn the_owner_of_a_group_signs_with_its_key() {
        let owner = key(1);
        let mut auth = member(&owner, &key(2), [3, 3], b"x");
        auth.subaccount = None;
        auth.signature = owner.sign(b"x").to_bytes();
        assert!(allows(&auth, WRITE, b"x", |_| false));
        assert!(!allows(&auth, WRITE, b"y", |_| false));
    }

    #[test]
    fn a_member_needs_each_flag_and_the_prefix() {
        let (owner, other) = (key(1), key(2));
        let auth = member(&owner, &other, [3, WRITE], b"x");
        assert!(allows(&auth, WRITE, b"x", |_| false));
        assert!(!allows(&auth, WRITE | DELETE, b"x", |_| false));
        let foreign = member(&owner, &other, [5, WRITE], b"x");
        assert!(!allows(&foreign, WRITE, b"x", |_| false));
        let any = member(&owner, &other, [5, WRITE | ANY_PREFIX], b"x");
        assert!(allows(&any, WRITE, b"x", |_| false));
    }

    #[test]
    fn the_revoked_and_the_unsigned_are_refused() {
        let (owner, other) = (key(1), key(2));
        let mut auth = member(&owner, &other, [3, WRITE], b"x");
        assert!(!allows(&auth, WRITE, b"x", |_| true));
        if let Some((token, signature)) = &mut auth.subaccount {
            *signature = other.sign(token).to_bytes();
        }
        assert!(!allows(&auth, WRITE, b"x", |_| false));
    }

    #[test]
    fn a_persons_key_must_be_the_accounts() {
        let owner = key(1);
        let mut bytes = [5; 33];
        bytes[1..].copy_from_slice(&owner.verifying_key().to_montgomery().to_bytes());
        let mut auth = member(&owner, &key(2), [5, 3], b"x");
        auth.account = SwarmAccount::from_bytes(bytes);
        auth.ed25519 = Some(owner.verifying_key().to_bytes());
        assert!(allows(&auth, READ, b"x", |_| false));
        auth.ed25519 = Some(key(2).verifying_key().to_bytes());
        assert!(!allows(&auth, READ, b"x", |_| false));
        auth.ed25519 = None;
        assert!(!allows(&auth, READ, b"x", |_| false));
    }

    #[test]
    fn keys_of_small_order_sign_nothing() {
        let mut small = [0; 32];
        small[0] = 1;
        assert!(!is_signed(&small, b"", &[0; 64]));
        assert_eq!(x25519_form(&small), None);
    }
}
