//! Properties of identity, envelopes, names and bt-encoding.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;

use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::address::{Recognised, account_ids, recognise};
use nous_protocol::blinding::{BlindedId, BlindedKind, candidates15, id25, matches};
use nous_protocol::config::{crypto, wrap};
use nous_protocol::envelope::blinded::{open_blinded, own_id, seal_blinded};
use nous_protocol::envelope::multi::{decrypt_simple, encrypt_simple};
use nous_protocol::envelope::{Senders, open_box, open_signed, open_signed_batch, seal_signed, sealed_box};
use nous_protocol::identity::{MAX_NAME_BYTES, cut_name, received_name, typed_name};
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::ons::OnsName;
use nous_protocol::wire::bt::{Limits, Reader, Value, encode, read};
use nous_protocol::{mnemonic, xed25519};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn keys() -> impl Strategy<Value = IdentityKeys> {
    any::<[u8; 16]>().prop_map(|seed| IdentityKeys::from_seed(&Seed::from_bytes(seed)))
}

fn array64() -> impl Strategy<Value = [u8; 64]> {
    vec(any::<u8>(), 64).prop_map(|bytes| bytes.try_into().unwrap())
}

fn bt_value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        vec(any::<u8>(), 0..20).prop_map(Value::owned_string),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let key = vec(any::<u8>(), 0..6).prop_map(Cow::<'static, [u8]>::Owned);
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::List),
            btree_map(key, inner, 0..8).prop_map(Value::Dict),
        ]
    })
}

/// Bytes that often look like bt-encoding.
fn bt_like() -> impl Strategy<Value = Vec<u8>> {
    let letter = prop_oneof![
        Just(b'd'),
        Just(b'l'),
        Just(b'i'),
        Just(b'e'),
        Just(b'-'),
        Just(b':'),
        Just(b'0'),
        Just(b'1'),
        Just(b'2'),
        any::<u8>(),
    ];
    vec(letter, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_value_is_read_back_and_has_one_encoding(value in bt_value()) {
        let bytes = encode(&value);
        let again = read(&bytes, &Limits::default()).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(encode(&again), bytes);
    }

    #[test]
    fn whatever_reads_at_all_is_written_to_the_same_bytes(bytes in bt_like()) {
        let value = read(&bytes, &Limits::default());
        let mut reader = Reader::new(&bytes, Limits::default());
        let raw = reader.raw().map(<[u8]>::to_vec);
        let skipped = raw.is_ok() && reader.finish().is_ok();
        prop_assert_eq!(skipped, value.is_ok());
        if let Ok(value) = value {
            prop_assert_eq!(encode(&value), bytes);
        }
    }

    #[test]
    fn a_changed_byte_never_reads_as_the_same_value(
        value in bt_value(), at in any::<prop::sample::Index>(), change in 1_u8..,
    ) {
        let mut bytes = encode(&value);
        let at = at.index(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= change;
        }
        prop_assert_ne!(read(&bytes, &Limits::default()).ok(), Some(value));
    }

    #[test]
    fn every_seed_comes_back_from_its_phrase(seed in any::<[u8; 16]>()) {
        let phrase = mnemonic::encode(&Seed::from_bytes(seed));
        prop_assert_eq!(phrase.expose().split(' ').count(), mnemonic::WORDS);
        let back = mnemonic::decode(phrase.expose()).unwrap();
        prop_assert_eq!(back.expose(), &seed);
        let checked = mnemonic::check(phrase.expose());
        prop_assert_eq!(checked.error, None);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = mnemonic::decode(&text);
        let _ = mnemonic::check(&text);
        let _ = OnsName::parse(&text);
        let _ = recognise(&text, None);
        let _ = account_ids(&text);
        let _ = BlindedId::from_hex(&text);
        let _ = typed_name(&text);
    }

    #[test]
    fn received_names_are_short_and_harmless(text in any::<String>()) {
        if let Some(name) = received_name(&text) {
            prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
            let harmful = |c: char| c.is_control() || ['\u{202e}', '\u{2066}'].contains(&c);
            prop_assert!(!name.contains(harmful));
            prop_assert_eq!(received_name(&name), Some(name));
        }
        prop_assert!(text.starts_with(cut_name(&text)));
    }

    #[test]
    fn an_id_is_found_however_it_is_broken(
        key in any::<[u8; 32]>(),
        breaks in vec((0_usize..66, prop_oneof![
            Just(" "), Just("\n"), Just("\r\n"), Just("\u{ad}"), Just("\u{200b}"), Just("\n> "),
        ]), 0..6),
        upper in any::<bool>(),
        around in prop_oneof![
            Just(("", "")), Just(("my ID: ", "")), Just(("« ", " »")), Just(("\"", "\"!")),
            Just(("https://example.org/", "?x=1")), Just(("session:", "\n")),
        ],
    ) {
        let id = AccountId::from_x25519(key);
        let mut text = if upper { id.to_string().to_uppercase() } else { id.to_string() };
        let mut breaks = breaks;
        breaks.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (at, between) in breaks {
            text.insert_str(at, between);
        }
        let text = format!("{}{text}{}", around.0, around.1);
        prop_assert_eq!(recognise(&text, None), Recognised::Account(id));
    }

    #[test]
    fn config_bytes_come_back(
        key in any::<[u8; 32]>(), plain in vec(any::<u8>(), 0..600), domain in "[A-Za-z:]{1,24}",
    ) {
        let padded = crypto::pad(&plain);
        prop_assert_eq!(padded.len(), crypto::padded_size(plain.len()));
        let data = crypto::encrypt(&padded, &key, &domain).unwrap();
        prop_assert_eq!(data.len() % 256, 0);
        prop_assert_eq!(crypto::decrypt(&data, &key, &domain), Ok(padded));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sealed_messages_open_alone_and_together(
        alice in keys(), bob in keys(), texts in vec(vec(any::<u8>(), 0..400), 1..5),
    ) {
        let mut rng = StdRng::seed_from_u64(1);
        let to = bob.account_id();
        let sealed: Vec<_> =
            texts.iter().map(|text| seal_signed(&alice, &to, text, &mut rng).unwrap()).collect();
        let together = open_signed_batch(&bob, &sealed, &mut Senders::new());
        for ((text, sealed), batched) in texts.iter().zip(&sealed).zip(together) {
            let opened = open_signed(&bob, sealed).unwrap();
            prop_assert_eq!(&opened.message, text);
            prop_assert_eq!(opened.sender, alice.account_id());
            prop_assert_eq!(batched, Ok(opened));
        }
    }

    #[test]
    fn no_bytes_panic(
        own in keys(), server in any::<[u8; 32]>(), key in any::<[u8; 32]>(),
        bytes in vec(any::<u8>(), 0..400), signature in array64(),
    ) {
        prop_assert!(open_signed(&own, &bytes).is_err());
        prop_assert!(open_box(&own, &bytes).is_none());
        let id = BlindedId::new(BlindedKind::B15, key);
        prop_assert!(open_blinded(&own, &server, &id, &id, &bytes).is_err());
        prop_assert!(decrypt_simple(&own, &key, &bytes, "Domain").is_err());
        prop_assert!(crypto::decrypt(&bytes, &key, "UserProfile").is_err());
        prop_assert_eq!(&*wrap::unwrap(&own, Namespace::CONTACTS, &bytes), bytes.as_slice());
        prop_assert!(!xed25519::verify(&key, &bytes, &signature));
        let _ = seal_signed(&own, &AccountId::from_x25519(key), &bytes, &mut StdRng::seed_from_u64(1));
        let _ = (candidates15(&AccountId::from_x25519(key), &server), id25(&AccountId::from_x25519(key), &server));
        let _ = matches(&id, &own.account_id(), &server);
    }

    #[test]
    fn no_plaintext_inside_a_seal_panics_or_passes(own in keys(), bytes in vec(any::<u8>(), 0..300)) {
        let sealed =
            sealed_box(&own.x25519_public(), &bytes, &mut StdRng::seed_from_u64(1)).unwrap();
        prop_assert_eq!(open_box(&own, &sealed), Some(bytes));
        let alone = open_signed(&own, &sealed);
        prop_assert!(alone.is_err());
        prop_assert_eq!(open_signed_batch(&own, &[sealed], &mut Senders::new()), [alone]);
    }

    #[test]
    fn signatures_for_an_x25519_key_verify(own in keys(), text in vec(any::<u8>(), 0..100)) {
        let signature = xed25519::sign(&own, &text, &mut StdRng::seed_from_u64(1));
        prop_assert!(xed25519::verify(&own.x25519_public(), &text, &signature));
    }

    #[test]
    fn blinded_messages_are_read_by_both(
        alice in keys(), bob in keys(), server in any::<[u8; 32]>(), text in vec(any::<u8>(), 0..99),
    ) {
        for kind in [BlindedKind::B15, BlindedKind::B25] {
            let from = own_id(&alice, kind, &server).unwrap();
            let to = own_id(&bob, kind, &server).unwrap();
            let mut rng = StdRng::seed_from_u64(1);
            let data = seal_blinded(&alice, &server, &to, &text, &mut rng).unwrap();
            let expected = Ok((alice.account_id(), text.clone()));
            prop_assert_eq!(open_blinded(&bob, &server, &from, &to, &data), expected.clone());
            prop_assert_eq!(open_blinded(&alice, &server, &from, &to, &data), expected);
            prop_assert_eq!(matches(&from, &alice.account_id(), &server), Ok(true));
        }
    }

    #[test]
    fn one_message_reaches_every_recipient(
        from in keys(), to in vec(keys(), 1..4), text in vec(any::<u8>(), 0..99), pad in 0_usize..6,
    ) {
        let mut rng = StdRng::seed_from_u64(1);
        let publics: Vec<_> = to.iter().map(IdentityKeys::x25519_public).collect();
        let data = encrypt_simple(&from, &publics, &text, "D", &[1; 24], pad, &mut rng).unwrap();
        for person in &to {
            let found = decrypt_simple(person, &from.ed25519_public(), &data, "D");
            prop_assert_eq!(found, Ok(text.clone()));
        }
    }

    #[test]
    fn wrapped_config_comes_back(own in keys(), data in vec(any::<u8>(), 0..300), seqno in 0_i64..) {
        for namespace in (2..=5).map(Namespace) {
            let wrapped = wrap::wrap(&own, namespace, seqno, &data).unwrap();
            prop_assert_eq!(&*wrap::unwrap(&own, namespace, &wrapped), data.as_slice());
        }
    }
}
