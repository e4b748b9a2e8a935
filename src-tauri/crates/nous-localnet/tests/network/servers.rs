//! The seed, and nodes asked directly.

use nous_protocol::wire::network_file::NetworkFile;
use serde_json::{Value, json};

use crate::support::{NOW, Net, Person, info, options, start, start_with};

async fn seed(net: &Net, method: &str, params: Value) -> Value {
    let url = format!("{}json_rpc", net.localnet.network_file().seeds[0].url);
    let body = json!({ "jsonrpc": "2.0", "method": method, "params": params });
    net.post(url, body.to_string()).await.unwrap().json()
}

#[tokio::test]
async fn the_seed_names_every_node_with_the_fields_asked_for() {
    let net = start().await;
    let fields = json!({ "active_only": true, "fields": {
        "public_ip": true, "storage_port": true, "pubkey_x25519": true, "pubkey_ed25519": true,
        "requested_unlock_height": true, "height": true } });
    let answer = seed(&net, "get_n_service_nodes", fields).await;
    let states = answer["result"]["service_node_states"].as_array().unwrap();
    assert_eq!(states.len(), 9);
    for (state, node) in states.iter().zip(net.control.nodes()) {
        let wanted = json!({
            "public_ip": "127.0.0.1", "storage_port": node.port, "pubkey_ed25519": node.ed25519,
            "pubkey_x25519": node.x25519, "requested_unlock_height": 0 });
        assert_eq!(*state, wanted);
    }
    let height = answer["result"]["height"].as_i64().unwrap();
    net.control.advance_ms(240_000);
    let later = seed(&net, "get_service_nodes", json!({})).await;
    assert_eq!(later["result"]["height"].as_i64().unwrap(), height + 2);
    assert!(seed(&net, "nothing", json!({})).await["error"].is_object());
}

#[tokio::test]
async fn the_same_list_comes_from_a_node() {
    let net = start().await;
    let request = json!({ "method": "oxend_request", "params": {
        "endpoint": "get_service_nodes", "params": { "fields": ["pubkey_ed25519"], "limit": 4 } } });
    let body = net.rpc(3, &request).await.json();
    let states = body["result"]["service_node_states"].as_array().unwrap();
    assert_eq!(states.len(), 4);
    assert_eq!(
        states[2],
        json!({ "pubkey_ed25519": net.control.nodes()[2].ed25519 })
    );
    assert_eq!((&body["t"], &body["hf"]), (&json!(NOW), &json!([20, 1])));
}

#[tokio::test]
async fn the_network_file_pins_the_seed_and_can_be_written() {
    let net = start().await;
    let file = net.localnet.network_file();
    assert_eq!(file.seeds[0].certificate_sha256.as_ref().unwrap().len(), 64);
    assert_eq!((file.min_pool_size, file.path_count, file.path_length), (4, 2, 3));
    assert_eq!((file.min_swarm_size, file.refresh_agreement), (1, 4));
    assert!(file.ons && !file.distinct_subnets);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.json");
    net.localnet.write_network_file(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(NetworkFile::from_json(&text).unwrap(), file);
}

#[tokio::test]
async fn a_message_is_kept_by_the_whole_swarm() {
    let net = start().await;
    let alice = Person::new(1);
    let swarm = net.control.swarm_of(&alice.account());
    assert_eq!(swarm.len(), 3);
    let body = net.rpc(swarm[0], &alice.store(b"hello", NOW)).await.json();
    assert_eq!(body["swarm"].as_object().unwrap().len(), 3);
    for node in &swarm {
        let messages = net.rpc(*node, &alice.retrieve(NOW)).await.json();
        assert_eq!(messages["messages"][0]["hash"], body["hash"]);
    }
    assert_eq!(net.control.stored(&alice.account()).len(), 3);
    let elsewhere = (0..9).find(|node| !swarm.contains(node)).unwrap();
    let refused = net.rpc(elsewhere, &alice.store(b"hello", NOW)).await;
    assert_eq!(refused.status, 421);
    let right = net.control.nodes()[swarm[0]].ed25519.clone();
    assert_eq!(refused.json()["snodes"][0]["pubkey_ed25519"], json!(right));
}

#[tokio::test]
async fn names_can_be_registered() {
    let net = start().await;
    let alice = Person::new(1);
    net.control.register_name("alice", alice.id());
    let name = nous_protocol::ons::OnsName::parse("alice").unwrap();
    let request = json!({ "method": "oxend_request", "params": {
        "endpoint": "ons_resolve", "params": { "type": 0, "name_hash": name.hash_base64() } } });
    let result = net.rpc(0, &request).await.json()["result"].clone();
    let bytes = |field: &str| hex::decode(result[field].as_str().unwrap()).unwrap();
    let opened = name.open(&bytes("encrypted_value"), Some(&bytes("nonce")));
    assert_eq!(opened.unwrap(), alice.id());
}

#[tokio::test]
async fn direct_requests_are_recorded_with_their_account() {
    let net = start().await;
    let alice = Person::new(1);
    let node = net.control.swarm_of(&alice.account())[0];
    net.rpc(node, &alice.retrieve(NOW)).await;
    net.rpc(node, &info()).await;
    let seen = net.control.seen(node);
    assert_eq!(net.control.seen_count(node), 2);
    assert_eq!(seen[0].endpoint, "/storage_rpc/v1");
    assert_eq!(seen[0].method.as_deref(), Some("retrieve"));
    assert_eq!(seen[0].account, Some(alice.id().to_string()));
    assert!(seen[0].peer.unwrap().ip().is_loopback());
    assert_eq!(
        (seen[1].method.as_deref(), &seen[1].account),
        (Some("info"), &None)
    );
    net.control.clear_seen();
    assert!(net.control.seen(node).is_empty());
}

#[tokio::test]
async fn a_network_may_have_a_hundred_nodes_and_not_more() {
    let mut large = options();
    (large.nodes, large.swarms) = (100, 10);
    let net = start_with(large.clone()).await;
    assert_eq!(net.control.nodes().len(), 100);
    assert_eq!(net.rpc(99, &info()).await.status, 200);
    for (nodes, swarms) in [(101, 3), (0, 0), (3, 4), (3, 0)] {
        (large.nodes, large.swarms) = (nodes, swarms);
        assert!(nous_localnet::Localnet::start(large.clone()).await.is_err());
    }
}

#[tokio::test]
async fn shutdown_closes_every_port() {
    let net = start().await;
    let url = net.url(0, "/storage_rpc/v1");
    net.localnet.shutdown().await;
    assert!(net.post(url, "{}").await.unwrap_err().is_connect());
}
