//! Properties of the wire forms: writing and reading are inverse, and no bytes make a
//! decoder panic.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::auth::{self, Signing};
use nous_protocol::content;
use nous_protocol::envelope;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::onion::{self, Destination, EncType, HopKeys, Peeled, frame, v4};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::network_file::NetworkFile;
use nous_protocol::wire::padding::{pad, unpad};
use nous_protocol::wire::rpc::{Action, ExpireMode, Expiry, Namespaces, StorageReply, StorageRequest};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn keys(n: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([n; 16]))
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (1_000_000_000_i64..4_000_000_000_000).prop_map(Timestamp::from_ms)
}

fn namespaces() -> impl Strategy<Value = Namespaces> {
    prop_oneof![
        Just(Namespaces::All),
        any::<i16>().prop_map(|n| Namespaces::One(Namespace(n)))
    ]
}

fn hashes() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[A-Za-z0-9+/]{43}", 1..5)
}

fn tokens() -> impl Strategy<Value = Vec<[u8; 36]>> {
    let token = proptest::collection::vec(any::<u8>(), 36).prop_map(|bytes| bytes.try_into().unwrap());
    proptest::collection::vec(token, 1..4)
}

fn store() -> impl Strategy<Value = Action> {
    let expiry = prop_oneof![any::<u64>().prop_map(Expiry::Ttl), moment().prop_map(Expiry::At)];
    let data = proptest::collection::vec(any::<u8>(), 0..200);
    (
        any::<i16>(),
        moment(),
        expiry,
        data,
        proptest::option::of(moment()),
    )
        .prop_map(
            |(namespace, timestamp, expiry, data, sig_timestamp)| Action::Store {
                namespace: Namespace(namespace),
                timestamp,
                expiry,
                data,
                sig_timestamp,
            },
        )
}

fn retrieve() -> impl Strategy<Value = Action> {
    let last = proptest::option::of("[A-Za-z0-9+/]{43}");
    let (count, size) = (
        proptest::option::of(any::<u64>()),
        proptest::option::of(any::<i64>()),
    );
    (any::<i16>(), moment(), last, count, size).prop_map(
        |(namespace, timestamp, last_hash, max_count, max_size)| Action::Retrieve {
            namespace: Namespace(namespace),
            timestamp,
            last_hash,
            max_count,
            max_size,
        },
    )
}

fn expire() -> impl Strategy<Value = Action> {
    let mode = prop_oneof![
        Just(ExpireMode::Set),
        Just(ExpireMode::Extend),
        Just(ExpireMode::Shorten)
    ];
    (hashes(), moment(), any::<bool>(), mode).prop_map(|(messages, moment, each, mode)| {
        let expiry = vec![moment; if each { messages.len() } else { 1 }];
        Action::Expire {
            messages,
            expiry,
            each,
            mode,
        }
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        store(),
        retrieve(),
        expire(),
        (hashes(), any::<bool>()).prop_map(|(messages, required)| Action::Delete { messages, required }),
        (namespaces(), moment()).prop_map(|(namespaces, timestamp)| Action::DeleteAll {
            namespaces,
            timestamp
        }),
        (namespaces(), moment()).prop_map(|(namespaces, before)| Action::DeleteBefore { namespaces, before }),
        (namespaces(), moment()).prop_map(|(namespaces, expiry)| Action::ExpireAll { namespaces, expiry }),
        (hashes(), moment()).prop_map(|(messages, timestamp)| Action::GetExpiries { messages, timestamp }),
        (tokens(), moment()).prop_map(|(tokens, timestamp)| Action::RevokeSubaccount { tokens, timestamp }),
        (tokens(), moment()).prop_map(|(tokens, timestamp)| Action::UnrevokeSubaccount { tokens, timestamp }),
    ]
}

proptest! {
    #[test]
    fn padding_comes_off_in_both_forms(content in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut padded = pad(&content).as_bytes().to_vec();
        prop_assert_eq!(padded.len() % 160, 159);
        prop_assert!(padded.len() - content.len() <= 160);
        prop_assert_eq!(unpad(&padded), content.as_slice());
        padded.push(0);
        prop_assert_eq!(unpad(&padded), content.as_slice());
    }

    #[test]
    fn frames_come_apart_as_they_were_joined(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        json in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let joined = frame::join(&bytes, &json);
        let parts = frame::split(&joined).unwrap();
        prop_assert_eq!((parts.bytes, parts.json), (bytes.as_slice(), json.as_slice()));
    }

    #[test]
    fn server_requests_are_read_as_written(
        method in "[A-Z]{1,7}",
        path in "/[ -~]{0,40}",
        name in "[A-Za-z-]{1,12}",
        value in "\\PC{0,20}",
        body in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)),
    ) {
        let request = v4::Request { body, ..v4::Request::new(&method, &path).header(&name, &value) };
        prop_assert_eq!(v4::Request::decode(&request.encode()).unwrap(), request);
    }

    #[test]
    fn server_answers_are_read_as_written(
        code in 100_u16..=999,
        name in "[a-z-]{1,12}",
        value in "\\PC{0,20}",
        body in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let response = v4::Response { code, headers: BTreeMap::from([(name, value)]), body };
        let bytes = response.encode();
        prop_assert_eq!(v4::Response::decode(&bytes).unwrap(), response);
        prop_assert!(v4::Response::decode(&bytes[..bytes.len() - 1]).is_err());
        let mut longer = bytes;
        longer.push(b'e');
        prop_assert!(v4::Response::decode(&longer).is_err());
    }

    #[test]
    fn storage_requests_are_read_as_written_and_their_signatures_hold(action in action()) {
        let person = keys(1);
        let account = SwarmAccount::from(person.account_id());
        let request = Signing::User(&person).request(account, action.clone());
        prop_assert_eq!(&StorageRequest::from_bytes(&request.to_bytes()).unwrap(), &request);
        let StorageRequest::Account(read) = request else { unreachable!() };
        let mut proof = read.proof.unwrap();
        prop_assert_eq!(auth::verify(&account, &action, &proof), Ok(None));
        proof.signature[5] ^= 1;
        prop_assert_eq!(auth::verify(&account, &action, &proof), Err(auth::AuthError::Signature));
    }

    #[test]
    fn batches_are_read_as_written(actions in proptest::collection::vec(action(), 1..=20)) {
        let person = keys(1);
        let account = SwarmAccount::from(person.account_id());
        let all = actions.into_iter().map(|action| Signing::User(&person).request(account, action));
        let batch = StorageRequest::Batch(all.collect());
        prop_assert_eq!(StorageRequest::from_bytes(&batch.to_bytes()).unwrap(), batch);
    }

    #[test]
    fn a_members_request_needs_a_token_of_the_owner(action in action(), stranger in any::<bool>()) {
        let (owner, member) = (keys(1), keys(2));
        let mut account = [3; 33];
        account[1..].copy_from_slice(&owner.ed25519_public());
        let account = SwarmAccount::from_bytes(account);
        let token = auth::subaccount_token(3, auth::Access(7), &member.ed25519_public());
        let signer = if stranger { &member } else { &owner };
        let subaccount = nous_protocol::wire::rpc::Subaccount { token, owner_signature: signer.sign(&token) };
        let signing = Signing::Member { subaccount, sign: &|text| member.sign(text) };
        let proof = signing.prove(&action);
        let expected = match auth::Access::needed(&action) {
            None => Err(auth::AuthError::Access),
            Some(_) if stranger => Err(auth::AuthError::Owner),
            Some(_) => Ok(Some(auth::Access(7))),
        };
        prop_assert_eq!(auth::verify(&account, &action, &proof), expected);
    }

    #[test]
    fn stored_messages_open_as_sealed(content in proptest::collection::vec(any::<u8>(), 0..400), ms in 0_i64..i64::MAX) {
        let mut rng = StdRng::seed_from_u64(1);
        let (sender, recipient) = (keys(1), keys(2));
        let sent = Timestamp::from_ms(ms);
        let sealed = envelope::seal(&sender, &recipient.account_id(), &pad(&content), sent, &mut rng).unwrap();
        let opened = envelope::open(&recipient, &sealed.0).unwrap();
        prop_assert_eq!((opened.sender, opened.content, opened.envelope_timestamp), (sender.account_id(), content, sent));
    }

    #[test]
    fn onions_open_layer_by_layer(payload in proptest::collection::vec(any::<u8>(), 0..400), depth in 0_usize..4, aes in any::<bool>()) {
        let mut rng = StdRng::seed_from_u64(1);
        let all: Vec<IdentityKeys> = (1..=5).map(keys).collect();
        let hop = |keys: &IdentityKeys| HopKeys { ed25519: keys.ed25519_public(), x25519: keys.x25519_public() };
        let hops: Vec<HopKeys> = all.iter().take(depth).map(hop).collect();
        let enc = if aes { EncType::AesGcm } else { EncType::XChaCha20 };
        let request = onion::wrap(&hops, &Destination::Snode(hop(&all[depth])), &payload, enc, &mut rng).unwrap();
        let mut body = request.body;
        for keys in all.iter().take(depth) {
            let Peeled::Next(next) = onion::peel(&keys.export_x25519_secret_key(), &body).unwrap() else { unreachable!() };
            body = next.body;
        }
        let Peeled::Here(here) = onion::peel(&all[depth].export_x25519_secret_key(), &body).unwrap() else { unreachable!() };
        prop_assert_eq!(here.payload, payload);
        prop_assert_eq!(request.reply_keys.open(&here.reply.seal(b"answer", &mut rng)).unwrap(), b"answer");
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let sent = Timestamp::from_ms(0);
        let _ = content::parse(&bytes, sent);
        let _ = envelope::open(&keys(1), &bytes);
        let _ = onion::peel(&[1; 32], &bytes);
        let _ = onion::peel_server(&[1; 32], &bytes);
        let _ = v4::Request::decode(&bytes);
        let _ = v4::Response::decode(&bytes);
        let _ = StorageRequest::from_bytes(&bytes);
        let _ = unpad(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = NetworkFile::from_json(&text);
        let reply = StorageReply::from_text(200, &text);
        let _ = (reply.retrieve(), reply.swarm(), reply.members(), reply.info(), reply.results());
    }

    #[test]
    fn no_bytes_under_a_layer_make_a_node_panic(inner in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut rng = StdRng::seed_from_u64(1);
        let node = keys(1);
        let target = onion::ServerTarget {
            host: String::new(),
            target: String::new(),
            protocol: String::new(),
            port: 0,
            x25519: node.x25519_public(),
        };
        let request = onion::wrap(&[], &Destination::Server(target), &inner, EncType::XChaCha20, &mut rng).unwrap();
        let _ = onion::peel(&node.export_x25519_secret_key(), &request.body).unwrap();
    }

    #[test]
    fn network_files_are_read_as_written(name in "\\PC{0,20}", size in any::<u32>(), ons in any::<bool>(), bind in proptest::option::of("\\PC{0,9}")) {
        let file = NetworkFile { name, min_pool_size: size as usize, ons, call_bind: bind, ..NetworkFile::mainnet() };
        prop_assert_eq!(NetworkFile::from_json(&file.to_json()).unwrap(), file);
    }
}
