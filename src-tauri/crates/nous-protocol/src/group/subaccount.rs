//! A member's permission to ask the swarm: what an admin hands out, and how a member signs
//! with it.
//!
//! The token names a key that only the admins and the member can connect with the member:
//! k·T, where T is the member's key and k a factor that the admins derive. The member signs
//! with k·t, where t is the secret of T.
//!
//! Source: `groups.md` §5.

use std::fmt;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::secret::GroupSecret;
use crate::account::{AccountId, GroupId};
use crate::auth::{Access, SUBACCOUNT_TOKEN, subaccount_token};
use crate::curve;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::hash::{blake2b_32, blake2b_64};
use crate::keys::IdentityKeys;
use crate::wire::rpc::Subaccount;

/// The length of auth data, in bytes.
pub const AUTH_DATA: usize = 100;

/// prefix ‖ flags ‖ `0000` ‖ factor (32) ‖ the group's signature over the token (64): what a
/// member needs to ask the swarm. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AuthData([u8; AUTH_DATA]);

impl AuthData {
    /// From its 100 bytes, unchecked: [`MemberAuth::open`] checks. The caller wipes its own
    /// copy.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; AUTH_DATA]) -> Self {
        Self(bytes)
    }

    /// The 100 bytes, for the invitation and for the entry in `user_groups`; for nothing else.
    #[must_use]
    pub const fn expose(&self) -> &[u8; AUTH_DATA] {
        &self.0
    }
}

impl fmt::Debug for AuthData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthData(…)")
    }
}

/// Makes the permission of `member`. The same every time.
///
/// `access`: [`Access::MEMBER`] for members. `None` if the account ID is no usable key: such
/// a member could never sign.
///
/// Source: `groups.md` §5.
#[must_use]
pub fn issue(secret: &GroupSecret, member: &AccountId, access: Access) -> Option<AuthData> {
    let factor = factor(secret, member);
    let token = masked_token(&factor, member, access)?;
    let (head, _) = token.split_first_chunk::<4>()?;
    let k = Zeroizing::new(factor.to_bytes());
    let signature = secret.sign(&token);
    let mut data = AuthData([0; AUTH_DATA]);
    let parts = head.iter().chain(k.iter()).chain(&signature);
    for (target, byte) in data.0.iter_mut().zip(parts) {
        *target = *byte;
    }
    Some(data)
}

/// The token of `member`, to revoke it or to allow it again.
///
/// `access`: as it was issued; other flags make another token. `None` as with [`issue`].
///
/// Source: `groups.md` §5.
#[must_use]
pub fn token(secret: &GroupSecret, member: &AccountId, access: Access) -> Option<[u8; SUBACCOUNT_TOKEN]> {
    masked_token(&factor(secret, member), member, access)
}

/// The factor k between a member's key and the key in the token.
fn factor(secret: &GroupSecret, member: &AccountId) -> Zeroizing<Scalar> {
    let key = secret.derive("SessionGroupSubaccountMask");
    let parts: [&[u8]; 2] = [&member.to_bytes(), &secret.id().to_bytes()];
    let wide = Zeroizing::new(blake2b_64(key.as_slice(), &[], &parts));
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide))
}

fn masked_token(factor: &Scalar, member: &AccountId, access: Access) -> Option<[u8; SUBACCOUNT_TOKEN]> {
    let encoded = curve::x25519_to_edwards(member.x25519())?.compress();
    let point = curve::main_subgroup_point(encoded.as_bytes())?;
    Some(token_of(&curve::multiply(factor, &point)?, access))
}

fn token_of(masked: &EdwardsPoint, access: Access) -> [u8; SUBACCOUNT_TOKEN] {
    subaccount_token(GroupId::PREFIX, access, masked.compress().as_bytes())
}

/// Why auth data is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthDataError {
    /// Not 100 bytes; holds the number found.
    #[error("{0} bytes instead of 100")]
    Length(usize),
    /// For accounts of another kind than groups.
    #[error("the permission is for another kind of account")]
    Prefix,
    /// It does not permit to read and to write.
    #[error("the permission lacks reading or writing")]
    Access,
    /// The factor is no number below the order, or 0.
    #[error("the factor is not valid")]
    Factor,
    /// Not signed by this group for this member.
    #[error("not signed by the group for this account")]
    Signature,
}

impl HasKind for AuthDataError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Length(_) | Self::Factor => ErrorKind::Damaged,
            Self::Prefix | Self::Access | Self::Signature => ErrorKind::NotAllowed,
        }
    }
}

impl HasRetry for AuthDataError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// A permission of ours that has passed every check, ready to sign with. Secrets are wiped
/// when dropped.
pub struct MemberAuth {
    subaccount: Subaccount,
    /// The secret of the key in the token: k·t mod L.
    secret: Zeroizing<Scalar>,
    nonce_key: Zeroizing<[u8; 32]>,
}

impl MemberAuth {
    /// Checks auth data that we were given.
    ///
    /// `keys`: our own; `data`: 100 bytes, see [`AuthData`].
    ///
    /// # Errors
    /// [`AuthDataError`], in the order of the checks. Refuse the invitation then.
    ///
    /// Source: `groups.md` §5.
    pub fn open(group: &GroupId, keys: &IdentityKeys, data: &[u8]) -> Result<Self, AuthDataError> {
        let data: &[u8; AUTH_DATA] = data.try_into().map_err(|_| AuthDataError::Length(data.len()))?;
        let (head, k, owner_signature) = split(data);
        let [prefix, flags, ..] = head;
        let access = Access(flags);
        if prefix != GroupId::PREFIX && !access.contains(Access::ANY_PREFIX) {
            return Err(AuthDataError::Prefix);
        }
        if !access.contains(Access::MEMBER) {
            return Err(AuthDataError::Access);
        }
        let k = Option::<Scalar>::from(Scalar::from_canonical_bytes(*k)).ok_or(AuthDataError::Factor)?;
        let k = Zeroizing::new(k);
        let masked = own_point(keys).and_then(|point| curve::multiply(&k, &point));
        let masked = masked.ok_or(AuthDataError::Factor)?;
        let mut token = token_of(&masked, access);
        for (target, byte) in token.iter_mut().zip(head) {
            *target = byte;
        }
        if !curve::verify_ed25519(group.ed25519(), &token, &owner_signature) {
            return Err(AuthDataError::Signature);
        }
        let own = Zeroizing::new(signed_scalar(keys));
        Ok(Self {
            subaccount: Subaccount {
                token,
                owner_signature,
            },
            secret: Zeroizing::new(curve::product(&k, &own)),
            nonce_key: Zeroizing::new(blake2b_32(b"SubaccountSeed", &[], &[keys.ed25519_seed()])),
        })
    }

    /// What a request carries besides its signature.
    #[must_use]
    pub const fn subaccount(&self) -> Subaccount {
        self.subaccount
    }

    /// What the permission allows.
    #[must_use]
    pub const fn access(&self) -> Access {
        let [_, flags, ..] = self.subaccount.token;
        Access(flags)
    }

    /// Signs the text of a request with the secret of the key in the token: for
    /// [`Signing::Member`](crate::auth::Signing::Member). The same text gives the same
    /// signature.
    ///
    /// Source: `groups.md` §5.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        let [_, _, _, _, key @ ..] = self.subaccount.token;
        let parts: [&[u8]; 3] = [self.nonce_key.as_slice(), &key, text];
        let nonce = Zeroizing::new(blake2b_64(b"SubaccountSig", &[], &parts));
        curve::schnorr(&nonce, &self.secret, &key, text)
    }
}

/// The secrets wipe themselves.
impl ZeroizeOnDrop for MemberAuth {}

impl fmt::Debug for MemberAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberAuth(…)")
    }
}

/// First four bytes, factor, signature.
fn split(data: &[u8; AUTH_DATA]) -> ([u8; 4], Zeroizing<[u8; 32]>, [u8; 64]) {
    let (mut head, mut factor, mut signature) = ([0; 4], Zeroizing::new([0; 32]), [0; 64]);
    let targets = head.iter_mut().chain(factor.iter_mut()).chain(&mut signature);
    for (target, byte) in targets.zip(data) {
        *target = *byte;
    }
    (head, factor, signature)
}

/// T: our Ed25519 key with its sign bit cleared.
fn own_point(keys: &IdentityKeys) -> Option<EdwardsPoint> {
    let mut public = keys.ed25519_public();
    let [.., last] = &mut public;
    *last &= 0x7f;
    CompressedEdwardsY(public).decompress()
}

/// The secret of [`own_point`]: our own scalar, negated if the sign bit of our key was set.
fn signed_scalar(keys: &IdentityKeys) -> Scalar {
    let [.., last] = keys.ed25519_public();
    let scalar = Zeroizing::new(curve::clamped_scalar(keys.x25519_secret()));
    curve::negate_if(&scalar, last & 0x80 != 0)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;

    use super::*;
    use crate::account::Namespace;
    use crate::auth::{Signing, verify};
    use crate::keys::Seed;
    use crate::time::Timestamp;
    use crate::wire::rpc::Action;

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn group(byte: u8) -> GroupSecret {
        GroupSecret::from_seed(&[byte; 32])
    }

    fn data(byte: u8) -> [u8; AUTH_DATA] {
        let issued = issue(&group(1), &person(byte).account_id(), Access::MEMBER);
        *issued.unwrap().expose()
    }

    fn open(data: &[u8]) -> Result<MemberAuth, AuthDataError> {
        MemberAuth::open(&group(1).id(), &person(2), data)
    }

    /// Signed by the group, whatever it says.
    fn signed(head: [u8; 4], factor: &Scalar, person: &IdentityKeys) -> Vec<u8> {
        let masked = curve::multiply(factor, &own_point(person).unwrap()).unwrap();
        let token = [head.as_slice(), masked.compress().as_bytes()].concat();
        [head.as_slice(), factor.as_bytes(), &group(1).sign(&token)].concat()
    }

    #[test]
    fn a_member_asks_the_swarm_and_a_node_agrees() {
        for byte in 2..10 {
            let auth = MemberAuth::open(&group(1).id(), &person(byte), &data(byte)).unwrap();
            let action = Action::Retrieve {
                namespace: Namespace(11),
                last_hash: None,
                max_count: None,
                max_size: None,
                timestamp: Timestamp::from_ms(1_700_000_000_000),
            };
            let sign = |text: &[u8]| auth.sign(text);
            let signing = Signing::Member {
                subaccount: auth.subaccount(),
                sign: &sign,
            };
            let proof = signing.prove(&action);
            let account = group(1).id().into();
            assert_eq!(verify(&account, &action, &proof), Ok(Some(Access::MEMBER)));
            assert_eq!(auth.access(), Access::MEMBER);
            let token = token(&group(1), &person(byte).account_id(), Access::MEMBER);
            assert_eq!(token, Some(auth.subaccount().token));
        }
    }

    #[test]
    fn people_with_either_sign_of_key_are_among_those_tested() {
        let signs: std::collections::BTreeSet<u8> = (2..10)
            .map(|byte| person(byte).ed25519_public()[31] & 0x80)
            .collect();
        assert_eq!(signs.len(), 2);
    }

    #[test]
    fn auth_data_of_another_member_or_group_is_refused() {
        assert!(open(&data(2)).is_ok());
        assert_eq!(open(&data(3)).unwrap_err(), AuthDataError::Signature);
        let other = MemberAuth::open(&group(2).id(), &person(2), &data(2));
        assert_eq!(other.unwrap_err(), AuthDataError::Signature);
    }

    #[test]
    fn every_changed_byte_is_refused() {
        for at in 0..AUTH_DATA {
            let mut changed = data(2);
            changed[at] ^= 0x10;
            assert!(open(&changed).is_err(), "{at}");
        }
    }

    #[test]
    fn each_check_has_its_error() {
        let factor = Scalar::from(7_u64);
        let with = |head| signed(head, &factor, &person(2));
        let error = |data: &[u8]| open(data).err();
        assert_eq!(error(&data(2)[..99]), Some(AuthDataError::Length(99)));
        assert_eq!(error(&[0; 101]), Some(AuthDataError::Length(101)));
        assert_eq!(error(&with([3, 3, 0, 0])), None);
        assert_eq!(error(&with([5, 3, 0, 0])), Some(AuthDataError::Prefix));
        assert_eq!(error(&with([5, 11, 0, 0])), None);
        assert_eq!(error(&with([3, 1, 0, 0])), Some(AuthDataError::Access));
        assert_eq!(error(&with([3, 2, 0, 0])), Some(AuthDataError::Access));
        let mut large = with([3, 3, 0, 0]);
        large[4..36].fill(0xff);
        assert_eq!(error(&large), Some(AuthDataError::Factor));
        large[4..36].fill(0);
        assert_eq!(error(&large), Some(AuthDataError::Factor));
    }

    #[test]
    fn nothing_is_issued_for_what_is_no_key() {
        let (mut twist, zero) = ([0; 32], [0; 32]);
        twist[0] = 2;
        let outside = own_point(&person(2)).unwrap() + EIGHT_TORSION[1];
        for key in [twist, zero, outside.to_montgomery().to_bytes()] {
            let id = AccountId::from_x25519(key);
            assert!(issue(&group(1), &id, Access::MEMBER).is_none(), "{key:?}");
            assert!(token(&group(1), &id, Access::MEMBER).is_none(), "{key:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let auth = format!("{:?}", open(&data(2)).unwrap());
        assert_eq!(auth, "MemberAuth(…)");
        assert_eq!(format!("{:?}", AuthData::from_bytes(data(2))), "AuthData(…)");
    }
}
