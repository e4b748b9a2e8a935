//! Onion requests.

use nous_localnet::{Effect, Fault, KnownError, Level};
use nous_protocol::onion::{Destination, frame, wrap};
use nous_protocol::onion::{EncType, HopKeys};
use serde_json::{Value, json};

use crate::support::{NOW, Person, info, start};

#[tokio::test]
async fn three_hops_with_both_ciphers_reach_the_destination() {
    let net = start().await;
    for enc in [EncType::XChaCha20, EncType::AesGcm] {
        let (got, answer) = net.onion(&[0, 4, 8], 5, &info(), enc).await;
        assert_eq!(got.status, 200);
        let answer = answer.unwrap();
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &body["t"]), (200, &json!(NOW)));
    }
}

#[tokio::test]
async fn any_number_of_hops_works_up_to_the_limit() {
    let net = start().await;
    for depth in [0, 1, 2, 5, 15] {
        let path: Vec<usize> = (0..depth).map(|n| n % 4).collect();
        let (_, answer) = net.onion(&path, 5, &info(), EncType::XChaCha20).await;
        assert_eq!(answer.unwrap().status, 200, "{depth} hops");
    }
    let path: Vec<usize> = (0..16).map(|n| n % 4).collect();
    let (got, _) = net.onion(&path, 5, &info(), EncType::XChaCha20).await;
    assert_eq!(got.status, 400);
}

#[tokio::test]
async fn messages_go_and_come_through_onions_and_no_node_sees_an_account() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    assert_eq!(net.ask(swarm[0], &alice.store(b"hello", NOW)).await.status, 200);
    let answer = net.ask(swarm[1], &alice.retrieve(NOW)).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    for node in 0..9 {
        assert!(net.control.seen(node).iter().all(|seen| seen.account.is_none()));
    }
    let methods: Vec<_> = net
        .control
        .seen(swarm[0])
        .into_iter()
        .filter_map(|s| s.method)
        .collect();
    assert_eq!(methods, ["store"]);
}

#[tokio::test]
async fn the_error_of_the_destination_is_sealed() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    let elsewhere = (0..9).find(|node| !swarm.contains(node)).unwrap();
    assert_eq!(net.ask(elsewhere, &alice.store(b"x", NOW)).await.status, 421);
    assert_eq!(net.ask(0, &json!("nonsense")).await.status, 400);
}

#[tokio::test]
async fn answers_may_be_raw_and_embedded() {
    let net = start().await;
    let plain = frame::join(
        info().to_string().as_bytes(),
        br#"{"headers":{},"json":true,"base64":false}"#,
    );
    // A payload for a server is sealed without a frame of its own: so this one is as it is.
    let hop = net.hop(5);
    let target = nous_protocol::onion::ServerTarget {
        x25519: hop.x25519,
        ..net.file_server()
    };
    let none: [HopKeys; 0] = [];
    let destination = Destination::Server(target);
    let onion = wrap(&none, &destination, &plain, EncType::XChaCha20, &mut rand::rng()).unwrap();
    let got = net.post(net.url(5, "/onion_req/v2"), onion.body).await.unwrap();
    let opened: Value = serde_json::from_slice(&onion.reply_keys.open(&got.body).unwrap()).unwrap();
    assert_eq!(opened["body"]["version"], json!([2, 8, 0]));
}

#[tokio::test]
async fn a_destination_that_nobody_knows_is_named() {
    let net = start().await;
    net.control.set_listed(5, false).unwrap();
    let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
    let name = net.control.nodes()[5].ed25519.clone();
    assert_eq!(
        (got.status, got.text()),
        (502, format!("Next node not found: {name}"))
    );
}

#[tokio::test]
async fn a_stopped_and_a_silent_hop_give_504_and_one_not_ready_names_itself() {
    let net = start().await;
    net.control.stop(1).await.unwrap();
    let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
    assert_eq!(got.status, 504);
    net.control.silence(1).await.unwrap();
    let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
    assert_eq!(got.status, 504);
    net.control.make_not_ready(1).await.unwrap();
    let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
    let name = net.control.nodes()[1].ed25519.clone();
    assert_eq!(
        (got.status, got.text()),
        (503, format!("Snode not ready: {name}"))
    );
    net.control.start(1).await.unwrap();
    let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn layers_that_do_not_open_are_refused_in_the_clear() {
    let net = start().await;
    let url = || net.url(0, "/onion_req/v2");
    let frames = [
        Vec::new(),
        b"garbage".to_vec(),
        frame::join(b"x", b"{}"),
        frame::join(b"x", b"not json"),
        frame::join(
            b"x",
            format!(r#"{{"ephemeral_key":"{}"}}"#, "00".repeat(32)).as_bytes(),
        ),
        frame::join(
            &[7; 100],
            format!(r#"{{"ephemeral_key":"{}"}}"#, "09".repeat(32)).as_bytes(),
        ),
        vec![0xff; 5000],
    ];
    for body in frames {
        assert_eq!(net.post(url(), body).await.unwrap().status, 400);
    }
}

#[tokio::test]
async fn a_layer_with_nonsense_inside_gets_a_sealed_400() {
    let net = start().await;
    let target = nous_protocol::onion::ServerTarget {
        x25519: net.hop(0).x25519,
        ..net.file_server()
    };
    let none: [HopKeys; 0] = [];
    for plain in [b"nonsense".to_vec(), frame::join(b"x", b"{}")] {
        let destination = Destination::Server(target.clone());
        let onion = wrap(&none, &destination, &plain, EncType::AesGcm, &mut rand::rng()).unwrap();
        let got = net.post(net.url(0, "/onion_req/v2"), onion.body).await.unwrap();
        assert_eq!(got.status, 200);
        assert_eq!(onion.reply_keys.open_snode(&got.body).unwrap().status, 400);
    }
}

#[tokio::test]
async fn every_error_can_be_had_at_the_path_and_at_the_destination() {
    let net = start().await;
    let errors = [
        (KnownError::BadRequest, 400),
        (KnownError::Unauthorized, 401),
        (KnownError::Forbidden, 403),
        (KnownError::NotFound, 404),
        (KnownError::Clock, 406),
        (KnownError::TooLarge, 413),
        (KnownError::WrongSwarm, 421),
        (KnownError::TooEarly, 425),
        (KnownError::TooFast, 429),
        (KnownError::Internal, 500),
        (KnownError::NextNodeNotFound(7), 502),
        (KnownError::SnodeNotReady(2), 503),
        (KnownError::ServiceNodeNotReady, 503),
        (KnownError::TimeOut, 504),
    ];
    for (error, status) in errors {
        net.control.add_error(2, Level::Path, error, Some(1));
        let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
        assert_eq!(got.status, status, "{error:?} at the path");
        net.control.add_error(5, Level::Destination, error, Some(1));
        assert_eq!(
            net.ask(5, &info()).await.status,
            status,
            "{error:?} at the destination"
        );
    }
    assert_eq!(net.ask(5, &info()).await.status, 200);
}

#[tokio::test]
async fn answers_may_be_garbage_too_much_or_nothing() {
    let net = start().await;
    for (effect, size) in [
        (Effect::Garbage, 8000),
        (Effect::TooMuch, 10_485_760),
        (Effect::Nothing, 0),
    ] {
        net.control
            .add_fault(0, Fault::new(Level::Path, effect.clone()).times(1));
        let (got, answer) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
        assert_eq!((got.status, got.body.len()), (200, size));
        assert!(answer.is_none());
        net.control
            .add_fault(5, Fault::new(Level::Destination, effect.clone()).times(1));
        let answer = net.ask(5, &info()).await;
        assert_eq!(answer.status, 200);
        assert!(serde_json::from_str::<Value>(&answer.body).is_err(), "{effect:?}");
    }
}

#[tokio::test]
async fn connections_can_be_dropped_cut_and_held() {
    let net = start().await;
    let url = net.url(0, "/onion_req/v2");
    for effect in [Effect::Drop, Effect::Cut, Effect::Silent] {
        net.control
            .add_fault(0, Fault::new(Level::Path, effect.clone()).times(1));
        let hops = [net.hop(0), net.hop(1), net.hop(2)];
        let destination = Destination::Snode(net.hop(5));
        let payload = info().to_string();
        let onion = wrap(
            &hops,
            &destination,
            payload.as_bytes(),
            EncType::XChaCha20,
            &mut rand::rng(),
        );
        let failed = net.post(url.clone(), onion.unwrap().body).await;
        assert!(failed.is_err(), "{effect:?}");
    }
    for (effect, status) in [(Effect::Drop, 504), (Effect::Cut, 500), (Effect::Silent, 504)] {
        net.control.add_fault(1, Fault::new(Level::Path, effect).times(1));
        let (got, _) = net.onion(&[0, 1, 2], 5, &info(), EncType::XChaCha20).await;
        assert_eq!(got.status, status);
    }
}
