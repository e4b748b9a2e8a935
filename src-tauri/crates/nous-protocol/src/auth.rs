//! Who may ask storage nodes what: the texts that are signed, on both sides, subaccounts,
//! and the hash that names a message.
//!
//! Source: `network.md` §4.2, §4.3, §9.2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::account::{Namespace, SwarmAccount};
use crate::keys::IdentityKeys;
use crate::time::Timestamp;
use crate::wire::rpc::{AccountRequest, Action, MemberDone, Namespaces, Proof, StorageRequest, Subaccount};
use crate::{curve, hash};

pub use crate::wire::rpc::SUBACCOUNT_TOKEN;

/// The hash of a stored message: unpadded base64 of BLAKE2b-256(account ‖ namespace ‖ data),
/// 43 characters. There is no time in it, so the same bytes have the same hash.
#[must_use]
pub fn message_hash(account: &SwarmAccount, namespace: Namespace, data: &[u8]) -> String {
    let namespace = namespace.signed_text();
    let parts = [account.as_bytes().as_slice(), namespace.as_bytes(), data];
    STANDARD_NO_PAD.encode(hash::blake2b_32(&[], &[], &parts))
}

/// What the client signs for `action`.
#[must_use]
pub fn signed_text(action: &Action) -> Vec<u8> {
    let method = action.method();
    let dated =
        |namespace: String, time: Timestamp| format!("{method}{namespace}{}", time.as_wire()).into_bytes();
    match action {
        Action::Store {
            namespace,
            timestamp,
            sig_timestamp,
            ..
        } => dated(namespace.signed_text(), sig_timestamp.unwrap_or(*timestamp)),
        Action::Retrieve {
            namespace, timestamp, ..
        } => dated(namespace.signed_text(), *timestamp),
        Action::Delete { messages, .. } => format!("{method}{}", messages.concat()).into_bytes(),
        Action::DeleteAll {
            namespaces,
            timestamp,
        } => dated(namespaces.signed_text(), *timestamp),
        Action::DeleteBefore { namespaces, before } => dated(namespaces.signed_text(), *before),
        Action::Expire {
            messages,
            expiry,
            mode,
            ..
        } => {
            let (mode, expiry, messages) = (mode.signed_text(), joined(expiry), messages.concat());
            format!("{method}{mode}{expiry}{messages}").into_bytes()
        }
        Action::ExpireAll { namespaces, expiry } => dated(namespaces.signed_text(), *expiry),
        Action::GetExpiries { messages, timestamp } => {
            format!("{method}{}{}", timestamp.as_wire(), messages.concat()).into_bytes()
        }
        Action::RevokeSubaccount { tokens, timestamp } | Action::UnrevokeSubaccount { tokens, timestamp } => {
            let mut text = format!("{method}{}", timestamp.as_wire()).into_bytes();
            tokens.iter().for_each(|token| text.extend_from_slice(token));
            text
        }
    }
}

fn joined(moments: &[Timestamp]) -> String {
    moments
        .iter()
        .map(|moment| moment.as_wire().to_string())
        .collect()
}

/// What a member of the swarm signs for what it did; `None` for methods that members do not sign.
#[must_use]
pub fn member_text(account: &SwarmAccount, action: &Action, done: &MemberDone) -> Option<Vec<u8>> {
    let moment = |time: Timestamp, hashes: &[String]| {
        format!("{account}{}{}", time.as_wire(), hashes.concat()).into_bytes()
    };
    Some(match action {
        Action::Store { .. } => done.hash.clone()?.into_bytes(),
        Action::Delete { messages, .. } => {
            format!("{account}{}{}", messages.concat(), done.deleted.concat()).into_bytes()
        }
        Action::DeleteAll { timestamp, .. } => moment(*timestamp, &done.deleted),
        Action::DeleteBefore { before, .. } => moment(*before, &done.deleted),
        Action::Expire { messages, .. } => {
            let unchanged = done.unchanged.iter();
            let unchanged: String = unchanged
                .map(|(hash, at)| format!("{hash}{}", at.as_wire()))
                .collect();
            let (expiry, updated) = (joined(&done.expiry), done.updated.concat());
            format!("{account}{expiry}{}{updated}{unchanged}", messages.concat()).into_bytes()
        }
        Action::ExpireAll { expiry, .. } => moment(*expiry, &done.updated),
        Action::RevokeSubaccount { tokens, timestamp } | Action::UnrevokeSubaccount { tokens, timestamp } => {
            let mut text = moment(*timestamp, &[]);
            tokens.iter().for_each(|token| text.extend_from_slice(token));
            text
        }
        Action::Retrieve { .. } | Action::GetExpiries { .. } => return None,
    })
}

/// Whether the member with the Ed25519 key `member` signed what it did. For `store` the hash
/// must also be the one of the data. The caller checks that the key is in the directory.
#[must_use]
pub fn verify_member(account: &SwarmAccount, action: &Action, member: &[u8; 32], done: &MemberDone) -> bool {
    if let Action::Store { namespace, data, .. } = action
        && done.hash.as_deref() != Some(message_hash(account, *namespace, data).as_str())
    {
        return false;
    }
    member_text(account, action, done)
        .is_some_and(|text| curve::verify_ed25519(member, &text, &done.signature))
}

/// Who signs a request.
pub enum Signing<'a> {
    /// The person whose `05` account it is.
    User(&'a IdentityKeys),
    /// The owner of an account that is an Ed25519 key: a group's admin.
    Owner(&'a IdentityKeys),
    /// A member with the owner's permission; the closure signs with the token's key.
    Member {
        /// The owner's permission.
        subaccount: Subaccount,
        /// Signs with the secret that belongs to the key in the token.
        sign: &'a dyn Fn(&[u8]) -> [u8; 64],
    },
}

impl Signing<'_> {
    /// Signs `action`.
    #[must_use]
    pub fn prove(&self, action: &Action) -> Proof {
        let text = signed_text(action);
        match self {
            Self::User(keys) => Proof {
                signature: keys.sign(&text),
                ed25519: Some(keys.ed25519_public()),
                subaccount: None,
            },
            Self::Owner(keys) => Proof {
                signature: keys.sign(&text),
                ed25519: None,
                subaccount: None,
            },
            Self::Member { subaccount, sign } => Proof {
                signature: sign(&text),
                ed25519: None,
                subaccount: Some(*subaccount),
            },
        }
    }

    /// A signed request.
    #[must_use]
    pub fn request(&self, account: SwarmAccount, action: Action) -> StorageRequest {
        let proof = Some(self.prove(&action));
        StorageRequest::Account(Box::new(AccountRequest {
            account,
            action,
            proof,
        }))
    }
}

/// What a subaccount may do: the flags in its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access(pub u8);

impl Access {
    /// Read messages.
    pub const READ: Self = Self(1);
    /// Write messages.
    pub const WRITE: Self = Self(2);
    /// Delete messages.
    pub const DELETE: Self = Self(4);
    /// Holds for accounts of any prefix.
    pub const ANY_PREFIX: Self = Self(8);
    /// What a member of a group has.
    pub const MEMBER: Self = Self(3);

    /// Whether all of `other` is in this.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What `action` needs; `None` if only the owner may.
    #[must_use]
    pub const fn needed(action: &Action) -> Option<Self> {
        match action {
            Action::Store { namespace, .. } if is_outbox(*namespace) => {
                Some(Self(Self::WRITE.0 | Self::DELETE.0))
            }
            Action::Store { .. } | Action::Expire { .. } => Some(Self::WRITE),
            Action::Retrieve { .. } | Action::GetExpiries { .. } => Some(Self::READ),
            Action::Delete { .. }
            | Action::DeleteAll { .. }
            | Action::DeleteBefore { .. }
            | Action::ExpireAll { .. } => Some(Self::DELETE),
            Action::RevokeSubaccount { .. } | Action::UnrevokeSubaccount { .. } => None,
        }
    }
}

/// Whether `namespace` is a public outbox: below 0 and −n mod 20 = 1.
#[must_use]
pub const fn is_outbox(namespace: Namespace) -> bool {
    namespace.0 < 0 && namespace.0.unsigned_abs() % 20 == 1
}

/// The token of a subaccount.
#[must_use]
pub const fn subaccount_token(prefix: u8, access: Access, ed25519: &[u8; 32]) -> [u8; SUBACCOUNT_TOKEN] {
    let mut token = [0_u8; SUBACCOUNT_TOKEN];
    if let Some((head, key)) = token.split_first_chunk_mut::<4>()
        && let Some(key) = key.first_chunk_mut::<32>()
    {
        *head = [prefix, access.0, 0, 0];
        *key = *ed25519;
    }
    token
}

/// A token taken apart: prefix, flags, Ed25519 key.
#[must_use]
pub fn read_token(token: &[u8; SUBACCOUNT_TOKEN]) -> (u8, Access, [u8; 32]) {
    let [prefix, flags, _, _, key @ ..] = *token;
    (prefix, Access(flags), key)
}

/// Why a node refuses who asks; each is a status 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A `05` account without its owner's Ed25519 key, or with another's.
    #[error("the Ed25519 key is not the account's")]
    Key,
    /// The token is for accounts of another prefix.
    #[error("the token is for another kind of account")]
    Prefix,
    /// The token does not permit this.
    #[error("the token does not permit this")]
    Access,
    /// The owner did not sign the token.
    #[error("the owner did not sign the token")]
    Owner,
    /// The signature over the request is wrong.
    #[error("signature verification failed")]
    Signature,
}

impl crate::error::HasKind for AuthError {
    fn kind(&self) -> crate::error::ErrorKind {
        crate::error::ErrorKind::NotAllowed
    }
}

impl crate::error::HasRetry for AuthError {
    fn retry(&self) -> crate::error::Retry {
        crate::error::Retry::Never
    }
}

/// What a node checks about who asks, but for revocations: key of the account, token's
/// prefix and flags, owner's signature, request's signature. Returns what the asker may do
/// (`None`: it is the owner, who may everything).
///
/// # Errors
/// [`AuthError`], in the order of the checks.
pub fn verify(account: &SwarmAccount, action: &Action, proof: &Proof) -> Result<Option<Access>, AuthError> {
    let owner = match (account.prefix(), proof.ed25519) {
        (0x05, Some(key)) if curve::ed25519_to_x25519(&key) == Some(account.key()) => key,
        (0x05, _) => return Err(AuthError::Key),
        _ => account.key(),
    };
    let (signer, access) = match &proof.subaccount {
        None => (owner, None),
        Some(sub) => {
            let (prefix, access, key) = read_token(&sub.token);
            if prefix != account.prefix() && !access.contains(Access::ANY_PREFIX) {
                return Err(AuthError::Prefix);
            }
            if !Access::needed(action).is_some_and(|needed| access.contains(needed)) {
                return Err(AuthError::Access);
            }
            if !curve::verify_ed25519(&owner, &sub.token, &sub.owner_signature) {
                return Err(AuthError::Owner);
            }
            (key, Some(access))
        }
    };
    if !curve::verify_ed25519(&signer, &signed_text(action), &proof.signature) {
        return Err(AuthError::Signature);
    }
    Ok(access)
}

/// `store` ‖ namespace ‖ time.
#[must_use]
pub fn store_text(namespace: Namespace, time: Timestamp) -> Vec<u8> {
    format!("store{}{}", namespace.signed_text(), time.as_wire()).into_bytes()
}

/// `retrieve` ‖ namespace ‖ time.
#[must_use]
pub fn retrieve_text(namespace: Namespace, time: Timestamp) -> Vec<u8> {
    format!("retrieve{}{}", namespace.signed_text(), time.as_wire()).into_bytes()
}

/// `delete_all` ‖ namespace or `all` ‖ time.
#[must_use]
pub fn delete_all_text(namespaces: Namespaces, time: Timestamp) -> Vec<u8> {
    signed_text(&Action::DeleteAll {
        namespaces,
        timestamp: time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_page() {
        let account = "05ffba630924aa1224bb930dde21c0d11bf004608f2812217f8ac812d6c7e3ad48";
        let account = SwarmAccount::from_hex(account).unwrap();
        let of = |namespace| message_hash(&account, Namespace(namespace), b"abc 123");
        assert_eq!(of(0), "IMR0YySXQK/E+Zreo7uKqLcyqiJbwIB8V3U9Keu/uXU");
        assert_eq!(of(42), "Xgm5Z1SLLXqlse4UAM2kEQ/y7rRFEq56iInIiqs3/40");
        assert_eq!(of(-11), "6FJDXihY0WAjnzbiZWmMe1B6IHPB00txdWNe8tAhZ0s");
    }

    #[test]
    fn retrieve_texts_are_those_of_the_page() {
        let time = Timestamp::from_ms(1_700_000_000_000);
        assert_eq!(retrieve_text(Namespace(11), time), b"retrieve111700000000000");
        assert_eq!(retrieve_text(Namespace(0), time), b"retrieve1700000000000");
    }

    #[test]
    fn a_members_token_has_the_form_of_the_page() {
        let token = subaccount_token(3, Access::MEMBER, &[9; 32]);
        assert_eq!(hex::encode(token), format!("03030000{}", "09".repeat(32)));
        assert_eq!(read_token(&token), (3, Access::MEMBER, [9; 32]));
    }
}
