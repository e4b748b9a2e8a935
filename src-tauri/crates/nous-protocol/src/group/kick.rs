//! Telling those who were removed: a message in namespace −11 that each of them finds by
//! trying, also when their permission is already revoked.
//!
//! Source: `groups.md` §13.

use std::collections::BTreeSet;

use rand_core::CryptoRng;

use super::secret::GroupSecret;
use crate::account::{AccountId, GroupId};
use crate::envelope::multi::{decrypt_simple, encrypt_one};
use crate::keys::IdentityKeys;
use crate::wire::bt::{self, Value};

const DOMAIN: &str = "SessionGroupKickedMessage";

/// We were removed from a group, says one of its admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kick {
    /// The generation of the group's keys when it was said; 0 or greater.
    pub generation: i64,
}

impl Kick {
    /// Whether it is meant now: an older one is from before we were invited again.
    ///
    /// `current`: the generation of the newest loaded key, pending ones not counted; 0
    /// without keys.
    #[must_use]
    pub const fn counts_against(self, current: i64) -> bool {
        self.generation >= current
    }
}

/// The message to those who are removed: a bt dict, for namespace −11.
///
/// `generation`: the current one; one below 0 counts as 0. Members whose id is no usable key
/// are left out: they could not read it.
///
/// Source: `groups.md` §13.
#[must_use]
pub fn seal(
    secret: &GroupSecret,
    members: &[AccountId],
    generation: i64,
    rng: &mut impl CryptoRng,
) -> Vec<u8> {
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let generation = generation.max(0).to_string();
    let members: BTreeSet<&AccountId> = members.iter().collect();
    let list = members
        .into_iter()
        .filter_map(|member| {
            let text = [member.x25519().as_slice(), generation.as_bytes()].concat();
            encrypt_one(secret.keys(), member.x25519(), &nonce, DOMAIN, &text).ok()
        })
        .map(Value::owned_string)
        .collect();
    bt::encode(&Value::dict([
        (b"#".as_slice(), Value::string(&nonce)),
        (b"e".as_slice(), Value::List(list)),
    ]))
}

/// What [`seal`] made, if it tells us; `None` if it is for others, or not of this group.
///
/// `data`: a message of namespace −11. Whether it counts is asked with
/// [`Kick::counts_against`].
///
/// Source: `groups.md` §13.
#[must_use]
pub fn open(keys: &IdentityKeys, group: &GroupId, data: &[u8]) -> Option<Kick> {
    let text = decrypt_simple(keys, group.ed25519(), data, DOMAIN).ok()?;
    let digits = text.strip_prefix(&keys.x25519_public())?;
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| all_digits)?;
    let generation = digits.parse().ok()?;
    Some(Kick { generation })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::envelope::multi::encrypt_simple;
    use crate::keys::Seed;

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn group() -> GroupSecret {
        GroupSecret::from_seed(&[1; 32])
    }

    /// As the group would say it to person 2, with any text behind the id.
    fn said(id: &[u8], rest: &[u8]) -> Option<Kick> {
        let mut rng = StdRng::seed_from_u64(1);
        let (to, text) = ([person(2).x25519_public()], [id, rest].concat());
        let data = encrypt_simple(group().keys(), &to, &text, DOMAIN, &[5; 24], 0, &mut rng).unwrap();
        open(&person(2), &group().id(), &data)
    }

    #[test]
    fn those_who_are_removed_read_the_generation() {
        let ids = [2, 3].map(|byte| person(byte).account_id());
        let data = seal(&group(), &ids, 12, &mut StdRng::seed_from_u64(1));
        for byte in [2, 3] {
            let found = open(&person(byte), &group().id(), &data);
            assert_eq!(found, Some(Kick { generation: 12 }));
        }
        assert_eq!(open(&person(4), &group().id(), &data), None);
        let other = GroupSecret::from_seed(&[2; 32]);
        assert_eq!(open(&person(2), &other.id(), &data), None);
    }

    #[test]
    fn a_member_without_a_usable_key_is_left_out() {
        let ids = [AccountId::from_x25519([0; 32]), person(2).account_id()];
        let data = seal(&group(), &ids, -3, &mut StdRng::seed_from_u64(1));
        let parsed = bt::read(&data, &bt::Limits::default()).unwrap();
        assert_eq!(parsed.get(b"e").and_then(Value::as_list).unwrap().len(), 1);
        let found = open(&person(2), &group().id(), &data);
        assert_eq!(found, Some(Kick { generation: 0 }));
    }

    #[test]
    fn the_text_must_be_our_id_and_digits() {
        let own = person(2).x25519_public();
        assert_eq!(said(&own, b"0"), Some(Kick { generation: 0 }));
        let most = i64::MAX.to_string();
        assert_eq!(said(&own, most.as_bytes()), Some(Kick { generation: i64::MAX }));
        assert_eq!(said(&person(3).x25519_public(), b"0"), None);
        let wrong = ["", "-1", "+1", "1 ", "1a", "9223372036854775808", "\u{663}"];
        for rest in wrong {
            assert_eq!(said(&own, rest.as_bytes()), None, "{rest}");
        }
        assert_eq!(said(&own[..31], b""), None);
    }

    #[test]
    fn an_older_kick_does_not_count() {
        let kick = Kick { generation: 4 };
        assert_eq!([3, 4, 5].map(|now| kick.counts_against(now)), [true, true, false]);
    }
}
