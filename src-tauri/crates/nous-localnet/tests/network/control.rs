//! Each command.

use std::time::Duration;

use nous_localnet::{Effect, Fault, Level, Place, Replication, Transfer};
use serde_json::{Value, json};

use crate::support::{NOW, Net, Person, info, start};

async fn copies(net: &Net, alice: &Person, node: usize) -> usize {
    let body = net.rpc(node, &alice.retrieve(net.control.now_ms())).await.json();
    body["messages"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_stopped_node_refuses_and_a_started_one_serves_at_the_same_port() {
    let net = start().await;
    let port = net.control.nodes()[0].port;
    net.control.stop(0).await.unwrap();
    assert!(net.try_rpc(0, &info()).await.unwrap_err().is_connect());
    // What the system hands out goes by the same rule as a socket that does not share.
    let somebody = tokio::net::TcpSocket::new_v4().unwrap();
    let taken = somebody.bind((std::net::Ipv4Addr::LOCALHOST, port).into());
    assert!(
        !cfg!(target_os = "linux") || taken.is_err(),
        "its port is kept for it"
    );
    drop(somebody);
    net.control.start(0).await.unwrap();
    assert_eq!(net.control.nodes()[0].port, port);
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn all_nodes_can_be_stopped_and_started() {
    let net = start().await;
    net.control.stop_all().await.unwrap();
    assert!(net.try_rpc(8, &info()).await.is_err());
    net.control.start_all().await.unwrap();
    assert_eq!(net.rpc(8, &info()).await.status, 200);
}

#[tokio::test]
async fn a_silent_node_takes_connections_and_says_nothing() {
    let net = start().await;
    net.control.silence(0).await.unwrap();
    let address = ("127.0.0.1", net.control.nodes()[0].port);
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    assert!(net.try_rpc(0, &info()).await.is_err());
    net.control.start(0).await.unwrap();
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn a_node_may_not_be_ready() {
    let net = start().await;
    net.control.make_not_ready(0).await.unwrap();
    let got = net.rpc(0, &info()).await;
    assert_eq!(got.status, 503);
    assert!(got.text().starts_with("Service node is not ready"));
}

#[tokio::test]
async fn the_seed_can_be_stopped_and_made_to_fail() {
    let net = start().await;
    let url = format!("{}json_rpc", net.localnet.network_file().seeds[0].url);
    let body = r#"{"method":"get_n_service_nodes","params":{}}"#;
    net.control
        .add_fault(Place::Seed, Fault::new(Level::Direct, Effect::Garbage).times(1));
    let got = net.post(url.clone(), body).await.unwrap();
    assert!(serde_json::from_slice::<Value>(&got.body).is_err());
    net.control.stop(Place::Seed).await.unwrap();
    assert!(net.post(url.clone(), body).await.is_err());
    net.control.start(Place::Seed).await.unwrap();
    assert_eq!(net.post(url, body).await.unwrap().status, 200);
}

#[tokio::test]
async fn direct_answers_can_be_delayed_and_broken() {
    let net = start().await;
    net.control
        .add_delay(0, Level::Direct, Duration::from_millis(120));
    let request = info();
    let early = tokio::time::timeout(Duration::from_millis(100), net.rpc(0, &request)).await;
    assert!(early.is_err());
    assert_eq!(net.rpc(0, &request).await.status, 200);
    net.control.clear_faults(0);
    for effect in [Effect::Drop, Effect::Cut, Effect::Silent] {
        net.control
            .add_fault(0, Fault::new(Level::Direct, effect.clone()).times(1));
        assert!(net.try_rpc(0, &info()).await.is_err(), "{effect:?}");
    }
    net.control
        .add_fault(0, Fault::new(Level::Direct, Effect::Status(418, "tea".into())));
    assert_eq!(net.rpc(0, &info()).await.text(), "tea");
    net.control.clear_all_faults();
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn a_slow_line_lets_bytes_through_at_its_pace_and_a_dead_one_none() {
    let net = start().await;
    let soon = Duration::from_millis(300);
    let large = || net.post(net.url(0, "/storage_rpc/v1"), vec![b'x'; 100_000]);
    net.control.set_pace(0, Some(200_000));
    assert!(tokio::time::timeout(soon, large()).await.is_err());
    assert!(large().await.is_ok());
    net.control.set_pace(0, Some(0));
    assert!(tokio::time::timeout(soon, large()).await.is_err());
    net.control.set_pace(0, None);
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn one_clock_can_be_skewed() {
    let net = start().await;
    net.control.skew_clock(0, -120_000).unwrap();
    assert_eq!(net.rpc(0, &info()).await.json()["t"], json!(NOW - 120_000));
    assert_eq!(net.rpc(1, &info()).await.json()["t"], json!(NOW));
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    net.control.skew_clock(swarm[0], 120_000).unwrap();
    assert_eq!(net.rpc(swarm[0], &alice.retrieve(NOW)).await.status, 406);
}

#[tokio::test]
async fn all_clocks_move_together_and_messages_expire() {
    let net = start().await;
    let alice = Person::new(1);
    let node = net.control.swarm_of(&alice.account())[0];
    net.rpc(node, &alice.store(b"x", NOW)).await;
    net.control.advance_ms(86_399_999);
    assert_eq!(copies(&net, &alice, node).await, 1);
    net.control.advance_ms(1);
    assert_eq!(copies(&net, &alice, node).await, 0);
    assert_eq!(net.rpc(0, &info()).await.json()["t"], json!(NOW + 86_400_000));
    net.control.set_time_ms(NOW);
    assert_eq!(net.control.now_ms(), NOW);
}

#[tokio::test]
async fn a_moved_account_takes_its_messages_along() {
    let net = start().await;
    let alice = Person::new(1);
    let old = net.control.swarm_of(&alice.account());
    net.rpc(old[0], &alice.store(b"x", NOW)).await;
    let here = net.control.nodes()[old[0]].swarm;
    let there = *net.control.swarms().iter().find(|swarm| **swarm != here).unwrap();
    net.control
        .move_account(alice.account(), there, Transfer::default())
        .unwrap();
    let new = net.control.swarm_of(&alice.account());
    assert_eq!(net.rpc(old[0], &alice.retrieve(NOW)).await.status, 421);
    assert_eq!(copies(&net, &alice, new[0]).await, 1);
    let nothing = Transfer {
        rows: false,
        namespaces: true,
        revocations: false,
    };
    net.control.move_account(alice.account(), here, nothing).unwrap();
    assert_eq!(copies(&net, &alice, old[0]).await, 0);
    assert!(net.control.move_account(alice.account(), 1, nothing).is_err());
}

#[tokio::test]
async fn one_accounts_stores_can_be_refused() {
    let net = start().await;
    let (alice, bob) = (Person::new(1), Person::new(2));
    net.control.refuse_stores(alice.account(), true);
    for (person, status) in [(&alice, 403), (&bob, 200)] {
        let node = net.control.swarm_of(&person.account())[0];
        assert_eq!(net.rpc(node, &person.store(b"x", NOW)).await.status, status);
    }
    net.control.refuse_stores(alice.account(), false);
    let node = net.control.swarm_of(&alice.account())[0];
    assert_eq!(net.rpc(node, &alice.store(b"x", NOW)).await.status, 200);
}

#[tokio::test]
async fn a_node_loses_its_data_and_gets_it_back_from_its_swarm() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    net.rpc(swarm[0], &alice.store(b"x", NOW)).await;
    net.control.lose_data(swarm[1]).unwrap();
    assert_eq!(copies(&net, &alice, swarm[1]).await, 0);
    assert_eq!(copies(&net, &alice, swarm[2]).await, 1);
    net.control
        .fill_from_swarm(swarm[1], Transfer::default())
        .unwrap();
    assert_eq!(copies(&net, &alice, swarm[1]).await, 1);
}

#[tokio::test]
async fn replication_can_fail_in_every_way() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    let name = net.control.nodes()[swarm[1]].ed25519.clone();
    let cases = [
        (Replication::Timeout, json!({ "failed": true, "timeout": true })),
        (
            Replication::Code(406, "clock".into()),
            json!({ "failed": true, "code": "406", "reason": "clock" }),
        ),
        (
            Replication::BadReply,
            json!({ "failed": true, "bad_peer_response": true }),
        ),
        (
            Replication::QueryFailure,
            json!({ "failed": true, "query_failure": true }),
        ),
    ];
    for (replication, wanted) in cases {
        net.control.set_replication(swarm[1], replication).unwrap();
        let body = net.rpc(swarm[0], &alice.store(b"x", NOW)).await.json();
        assert_eq!(body["swarm"][&name], wanted);
    }
    assert_eq!(copies(&net, &alice, swarm[1]).await, 0);
    net.control.set_replication(swarm[1], Replication::Works).unwrap();
    net.rpc(swarm[0], &alice.store(b"x", NOW)).await;
    assert_eq!(copies(&net, &alice, swarm[1]).await, 1);
}

#[tokio::test]
async fn a_stopped_member_misses_what_is_stored() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    net.control.stop(swarm[1]).await.unwrap();
    let body = net.rpc(swarm[0], &alice.store(b"x", NOW)).await.json();
    let name = net.control.nodes()[swarm[1]].ed25519.clone();
    assert_eq!(body["swarm"][&name], json!({ "failed": true, "timeout": true }));
    net.control.start(swarm[1]).await.unwrap();
    assert_eq!(copies(&net, &alice, swarm[1]).await, 0);
}

#[tokio::test]
async fn a_full_node_fails() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    net.control.set_capacity(swarm[0], 0).unwrap();
    let body = net.rpc(swarm[0], &alice.store(b"x", NOW)).await.json();
    let name = net.control.nodes()[swarm[0]].ed25519.clone();
    assert_eq!(body["swarm"][&name]["query_failure"], json!(true));
    assert!(body.get("hash").is_none());
    assert_eq!(copies(&net, &alice, swarm[1]).await, 1);
}

#[tokio::test]
async fn a_node_that_is_not_listed_is_in_no_list() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    net.control.set_listed(swarm[1], false).unwrap();
    assert_eq!(net.control.swarm_of(&alice.account()).len(), 2);
    let body = net.rpc(swarm[0], &alice.store(b"x", NOW)).await.json();
    assert_eq!(body["swarm"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn nodes_that_do_not_exist_cannot_be_directed() {
    let net = start().await;
    assert!(net.control.stop(9).await.is_err());
    assert!(net.control.skew_clock(9, 1).is_err());
    assert!(net.control.lose_data(9).is_err());
}

#[tokio::test]
async fn commands_as_json_do_the_same() {
    let net = start().await;
    let alice = Person::new(1);
    let id = alice.id().to_string();
    let swarm = net.control.swarm_of(&alice.account());
    let node = swarm[0];
    let target = net.control.swarms()[0];
    let commands = [
        json!({ "command": "stop", "node": 8 }),
        json!({ "command": "start", "node": 8 }),
        json!({ "command": "stop", "place": "seed" }),
        json!({ "command": "start", "place": "seed" }),
        json!({ "command": "silence", "node": 8 }),
        json!({ "command": "not-ready", "node": 8 }),
        json!({ "command": "stop-all" }),
        json!({ "command": "start-all" }),
        json!({ "command": "fault", "node": 0, "level": "path", "effect": "delay", "ms": 1 }),
        json!({ "command": "fault", "node": 0, "level": "path", "effect": "status", "status": 500, "times": 2 }),
        json!({ "command": "fault", "node": 0, "level": "destination", "effect": "too-much", "method": "store" }),
        json!({ "command": "error", "node": 0, "level": "path", "error": "next-node-not-found", "target": 3 }),
        json!({ "command": "clear-faults", "node": 0 }),
        json!({ "command": "clear-all-faults" }),
        json!({ "command": "pace", "node": 0, "bytes": 1_000_000 }),
        json!({ "command": "pace", "node": 0 }),
        json!({ "command": "replication", "node": 0, "mode": "code", "status": 406, "text": "x" }),
        json!({ "command": "replication", "node": 0, "mode": "works" }),
        json!({ "command": "skew", "node": 0, "ms": -5 }),
        json!({ "command": "advance", "ms": 10 }),
        json!({ "command": "set-time", "ms": NOW }),
        json!({ "command": "sweep" }),
        json!({ "command": "move-account", "account": id, "swarm": target.to_string() }),
        json!({ "command": "refuse-stores", "account": id }),
        json!({ "command": "refuse-stores", "account": id, "refuse": false }),
        json!({ "command": "lose-data", "node": node }),
        json!({ "command": "fill-from-swarm", "node": node, "namespaces": false }),
        json!({ "command": "capacity", "node": node, "bytes": 1_000_000 }),
        json!({ "command": "listed", "node": node, "listed": true }),
        json!({ "command": "register-name", "name": "alice", "account": id }),
        json!({ "command": "remove-name", "name": "alice" }),
        json!({ "command": "max-file-bytes", "bytes": 5 }),
        json!({ "command": "clear-seen" }),
    ];
    for command in commands {
        let result = net.control.apply_json(&command.to_string()).await;
        assert_eq!(result.unwrap(), Value::Null, "{command}");
    }
    for (command, wanted) in [
        (json!({ "command": "now" }), json!(NOW)),
        (json!({ "command": "files" }), json!([])),
        (json!({ "command": "remove-file", "id": "x" }), json!(false)),
        (json!({ "command": "stored", "account": id }), json!([])),
        (
            json!({ "command": "swarm-of", "account": id }),
            json!(net.control.swarm_of(&alice.account())),
        ),
        (json!({ "command": "nodes" }), json!(net.control.nodes())),
        (
            json!({ "command": "seen", "place": "seed" }),
            json!({ "count": 0, "entries": [] }),
        ),
    ] {
        let result = net.control.apply_json(&command.to_string()).await;
        assert_eq!(result.unwrap(), wanted, "{command}");
    }
}

#[tokio::test]
async fn commands_that_make_no_sense_are_refused() {
    let net = start().await;
    let lines = [
        "",
        "[]",
        "{}",
        r#"{"command":"dance"}"#,
        r#"{"command":"stop"}"#,
        r#"{"command":"stop","node":-1}"#,
        r#"{"command":"stop","node":77}"#,
        r#"{"command":"stop","place":"moon"}"#,
        r#"{"command":"fault","node":0,"level":"path","effect":"status","status":99}"#,
        r#"{"command":"fault","node":0,"level":"up","effect":"drop"}"#,
        r#"{"command":"error","node":0,"level":"path","error":"none"}"#,
        r#"{"command":"advance","ms":"soon"}"#,
        r#"{"command":"refuse-stores","account":"05"}"#,
    ];
    for line in lines {
        assert!(net.control.apply_json(line).await.is_err(), "{line}");
    }
}
