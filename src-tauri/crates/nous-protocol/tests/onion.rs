//! Onion requests against recorded vectors, and both sides against each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use nous_protocol::onion::{
    Destination, EncType, HopKeys, OnionError, Peeled, ReplyKeys, ServerTarget, SnodeAnswer, peel,
    peel::ephemeral_key, peel_server, wrap,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

fn key(value: &Value, name: &str) -> [u8; 32] {
    hex::decode(value[name].as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap()
}

fn cases(op: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/vectors/onion.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    file["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["op"] == op)
        .cloned()
        .collect()
}

#[test]
fn recorded_requests_open_hop_by_hop() {
    for case in cases("onion.peel") {
        let input = &case["in"];
        let mut body = hex::decode(input["blob"].as_str().unwrap()).unwrap();
        for hop in input["hops"].as_array().unwrap() {
            body = match peel(&key(hop, "x25519_secret_key"), &body).unwrap() {
                Peeled::Next(next) => next.body,
                Peeled::Server(server) => server.frame,
                other => panic!("{other:?}"),
            };
        }
        let destination = &input["destination"];
        let secret = key(destination, "x25519_secret_key");
        let payload = if destination["type"] == "snode" {
            let Peeled::Here(here) = peel(&secret, &body).unwrap() else {
                panic!("not here")
            };
            here.payload
        } else {
            peel_server(&secret, &body).unwrap().0
        };
        assert_eq!(hex::encode(payload), case["out"]["payload"].as_str().unwrap());
        assert_eq!(
            ephemeral_key(&body).unwrap(),
            key(&case["out"], "final_ephemeral_public_key")
        );
    }
}

#[test]
fn recorded_replies_open() {
    for case in cases("onion.decrypt_reply") {
        let input = &case["in"];
        let keys = ReplyKeys::from_parts(
            &key(input, "ephemeral_secret_key"),
            key(input, "ephemeral_public_key"),
            key(input, "destination_x25519"),
            EncType::from_name(input["enc_type"].as_str()).unwrap(),
        )
        .unwrap();
        let plain = keys
            .open(&hex::decode(input["reply"].as_str().unwrap()).unwrap())
            .unwrap();
        assert_eq!(hex::encode(plain), case["out"]["payload"].as_str().unwrap());
    }
}

struct Node {
    secret: [u8; 32],
    keys: HopKeys,
}

fn nodes(count: u8) -> Vec<Node> {
    (1..=count)
        .map(|n| {
            let secret = [n; 32];
            let x25519 = x25519_dalek::x25519(secret, x25519_dalek::X25519_BASEPOINT_BYTES);
            Node {
                secret,
                keys: HopKeys {
                    ed25519: [n; 32],
                    x25519,
                },
            }
        })
        .collect()
}

fn follow(path: &[Node], mut body: Vec<u8>) -> Vec<u8> {
    for (number, node) in path.iter().enumerate() {
        body = match peel(&node.secret, &body).unwrap() {
            Peeled::Next(next) => {
                assert_eq!(next.destination, [u8::try_from(number).unwrap() + 2; 32]);
                next.body
            }
            Peeled::Server(server) => server.frame,
            other => panic!("{other:?}"),
        };
    }
    body
}

#[test]
fn a_node_gets_the_payload_and_its_answer_comes_back_for_any_depth_and_cipher() {
    let mut rng = StdRng::seed_from_u64(7);
    for enc in [EncType::XChaCha20, EncType::AesGcm] {
        for depth in 0..=5 {
            let all = nodes(depth + 1);
            let (target, path) = all.split_last().unwrap();
            let hops: Vec<HopKeys> = path.iter().map(|node| node.keys).collect();
            let to = Destination::Snode(target.keys);
            let request = wrap(&hops, &to, b"{\"method\":\"info\"}", enc, &mut rng).unwrap();
            let body = follow(path, request.body);
            let Peeled::Here(here) = peel(&target.secret, &body).unwrap() else {
                panic!("not here")
            };
            assert_eq!(here.payload, b"{\"method\":\"info\"}");
            assert!(here.base64 && !here.json);
            let answer = SnodeAnswer {
                status: 421,
                body: "{\"snodes\":[]}".to_owned(),
            };
            for embed in [true, false] {
                let sealed = here.reply.seal_snode(&answer, embed, &mut rng);
                let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &sealed);
                let result = format!("{{\"result\":\"{text}\"}}");
                for http in [sealed.as_slice(), text.as_bytes(), result.as_bytes()] {
                    assert_eq!(request.reply_keys.open_snode(http).unwrap(), answer);
                }
            }
        }
    }
}

#[test]
fn a_server_gets_the_payload_through_the_last_hop() {
    let mut rng = StdRng::seed_from_u64(8);
    let all = nodes(4);
    let (server, path) = all.split_last().unwrap();
    let to = Destination::Server(ServerTarget {
        host: "files.example.org".to_owned(),
        target: "/oxen/v4/lsrpc".to_owned(),
        protocol: "http".to_owned(),
        port: 8080,
        x25519: server.keys.x25519,
    });
    let hops: Vec<HopKeys> = path.iter().map(|node| node.keys).collect();
    let request = wrap(&hops, &to, b"l2:{}e", EncType::XChaCha20, &mut rng).unwrap();
    let body = follow(&path[..2], request.body);
    let Peeled::Server(forward) = peel(&path[2].secret, &body).unwrap() else {
        panic!("no server")
    };
    assert!(forward.is_allowed());
    assert_eq!((forward.host.as_str(), forward.port), ("files.example.org", 8080));
    let (payload, reply) = peel_server(&server.secret, &forward.frame).unwrap();
    assert_eq!(payload, b"l2:{}e");
    assert_eq!(
        request.reply_keys.open(&reply.seal(b"answer", &mut rng)).unwrap(),
        b"answer"
    );
}

#[test]
fn an_answer_in_the_other_cipher_opens() {
    let mut rng = StdRng::seed_from_u64(9);
    let all = nodes(1);
    let to = Destination::Snode(all[0].keys);
    let xchacha = wrap(&[], &to, b"x", EncType::XChaCha20, &mut rng).unwrap();
    let Peeled::Here(here) = peel(&all[0].secret, &xchacha.body).unwrap() else {
        panic!("not here")
    };
    let sealed = here.reply.seal(b"answer", &mut rng);
    assert_eq!(xchacha.reply_keys.open(&sealed).unwrap(), b"answer");
    let mut damaged = sealed;
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(xchacha.reply_keys.open(&damaged), Err(OnionError::Sealed));
}

#[test]
fn a_layer_for_someone_else_does_not_open() {
    let mut rng = StdRng::seed_from_u64(10);
    let all = nodes(2);
    let request = wrap(
        &[],
        &Destination::Snode(all[0].keys),
        b"x",
        EncType::XChaCha20,
        &mut rng,
    )
    .unwrap();
    assert!(matches!(
        peel(&all[1].secret, &request.body),
        Err(OnionError::Sealed)
    ));
}

#[test]
fn a_key_of_small_order_is_refused() {
    let mut rng = StdRng::seed_from_u64(11);
    let to = Destination::Snode(HopKeys {
        ed25519: [0; 32],
        x25519: [0; 32],
    });
    assert!(matches!(
        wrap(&[], &to, b"x", EncType::XChaCha20, &mut rng),
        Err(OnionError::WeakKey)
    ));
}

#[test]
fn more_than_the_size_limit_is_refused() {
    let mut rng = StdRng::seed_from_u64(12);
    let to = Destination::Snode(nodes(1)[0].keys);
    let payload = vec![0; nous_protocol::onion::MAX_REQUEST];
    assert!(matches!(
        wrap(&[], &to, &payload, EncType::XChaCha20, &mut rng),
        Err(OnionError::TooLarge(_))
    ));
}
