//! Properties of messages to groups, permissions of members and kicks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::auth::Access;
use nous_protocol::envelope::Senders;
use nous_protocol::group::kick::{self, Kick};
use nous_protocol::group::message::{
    GroupSignature, OpenGroupError, STEP, open, open_batch_with, open_content, open_many_with, seal,
    seal_content,
};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount::{AuthDataError, MemberAuth, issue};
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn person(byte: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
}

fn secret(byte: u8) -> GroupSecret {
    GroupSecret::from_seed(&[byte; 32])
}

fn group(byte: u8) -> GroupId {
    secret(byte).id()
}

/// Distinct keys, and which of them is used.
fn keys() -> impl Strategy<Value = (Vec<[u8; 32]>, usize)> {
    proptest::collection::btree_set(any::<[u8; 32]>(), 1..6).prop_flat_map(|keys| {
        let count = keys.len();
        (Just(keys.into_iter().collect()), 0..count)
    })
}

/// What compresses and what does not.
fn plaintext() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..2_000),
        (any::<u8>(), 1..100_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

const BOUND: GroupSignature = GroupSignature::Bound;

proptest! {
    #[test]
    fn what_is_sealed_opens_with_any_of_several_keys(
        (keys, used) in keys(), text in plaintext(), from in any::<u8>(), seed in any::<u64>(),
    ) {
        let sealed = seal(&person(from), &group(1), &keys[used], &text, &mut rng(seed)).unwrap();
        prop_assert_eq!(sealed.len() % STEP, 0);
        let opened = open(&group(1), &keys, &sealed, BOUND).unwrap();
        prop_assert_eq!(opened.sender, person(from).account_id());
        prop_assert_eq!(opened.sender_ed25519, person(from).ed25519_public());
        prop_assert_eq!(opened.plaintext, text);
        prop_assert_eq!(opened.key_index, used);
        let others: Vec<_> = keys.iter().filter(|key| **key != keys[used]).collect();
        prop_assert_eq!(open(&group(1), others, &sealed, BOUND), Err(OpenGroupError::NoKey));
    }

    #[test]
    fn a_content_opens_alone_and_in_a_batch(
        content in proptest::collection::vec(any::<u8>(), 0..2_000), ms in 0..i64::MAX,
    ) {
        let (key, sent) = ([3; 32], Timestamp::from_ms(ms));
        let sealed = seal_content(&person(1), &group(1), &key, &content, sent, &mut rng(1)).unwrap();
        let opened = open_content(&group(1), [&key], &sealed).unwrap();
        prop_assert_eq!(&opened.content, &content);
        prop_assert_eq!(opened.envelope_timestamp, sent);
        let batch = open_batch_with(&group(1), [&key], &[sealed], &mut Senders::new());
        prop_assert_eq!(batch, vec![Ok(opened)]);
    }

    #[test]
    fn a_flipped_bit_anywhere_keeps_it_shut(
        text in plaintext(), at in any::<prop::sample::Index>(), bit in 0..8_u32,
    ) {
        let key = [3; 32];
        let mut sealed = seal(&person(1), &group(1), &key, &text, &mut rng(1)).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(open(&group(1), [&key], &sealed, BOUND), Err(OpenGroupError::NoKey));
    }

    #[test]
    fn a_message_of_another_group_does_not_open_even_with_its_key(text in plaintext(), seed in any::<u64>()) {
        let key = [3; 32];
        let sealed = seal(&person(1), &group(1), &key, &text, &mut rng(seed)).unwrap();
        prop_assert_eq!(open(&group(2), [&key], &sealed, BOUND), Err(OpenGroupError::Signature));
        // The bound form is no unbound one either.
        let unbound = open(&group(1), [&key], &sealed, GroupSignature::Unbound);
        prop_assert_eq!(unbound, Err(OpenGroupError::Signature));
    }

    #[test]
    fn arbitrary_bytes_do_not_open_and_do_not_panic(data in proptest::collection::vec(any::<u8>(), 0..600)) {
        let key = [3; 32];
        prop_assert!(open(&group(1), [&key], &data, BOUND).is_err());
        prop_assert!(open_content(&group(1), [&key], &data).is_err());
        let batch = open_many_with(&group(1), [&key], &[&data, &data], BOUND, &mut Senders::new());
        prop_assert!(batch.iter().all(Result::is_err));
        prop_assert_eq!(kick::open(&person(1), &group(1), &data), None);
        prop_assert!(MemberAuth::open(&group(1), &person(1), &data).is_err());
    }

    #[test]
    fn a_permission_is_for_one_member_of_one_group(
        of in any::<u8>(), member in any::<u8>(), asked in any::<u8>(), asking in any::<u8>(),
    ) {
        let data = issue(&secret(of), &person(member).account_id(), Access::MEMBER).unwrap();
        let opened = MemberAuth::open(&group(asked), &person(asking), data.expose());
        if (of, member) == (asked, asking) {
            prop_assert!(opened.is_ok());
        } else {
            prop_assert_eq!(opened.err(), Some(AuthDataError::Signature));
        }
        prop_assert!(MemberAuth::open(&group(of), &person(member), data.expose()).is_ok());
    }

    #[test]
    fn a_changed_permission_is_refused(at in 0..100_usize, bit in 0..8_u32) {
        let data = issue(&secret(1), &person(2).account_id(), Access::MEMBER).unwrap();
        let mut data = *data.expose();
        data[at] ^= 1 << bit;
        prop_assert!(MemberAuth::open(&group(1), &person(2), &data).is_err());
    }

    #[test]
    fn a_kick_opens_for_exactly_those_who_are_removed(
        removed in proptest::collection::btree_set(0..12_u8, 0..6), generation in 0..i64::MAX,
    ) {
        let ids: Vec<AccountId> = removed.iter().map(|byte| person(*byte).account_id()).collect();
        let data = kick::seal(&secret(1), &ids, generation, &mut rng(1));
        for byte in 0..12 {
            let expected = removed.contains(&byte).then_some(Kick { generation });
            prop_assert_eq!(kick::open(&person(byte), &group(1), &data), expected);
            prop_assert_eq!(kick::open(&person(byte), &group(2), &data), None);
        }
    }
}
