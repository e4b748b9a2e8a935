//! What stays over restarts.

use nous_localnet::LocalnetOptions;
use serde_json::json;

use crate::support::{NOW, Person, options, start_with};

fn kept(folder: &tempfile::TempDir) -> LocalnetOptions {
    LocalnetOptions {
        dir: Some(folder.path().join("localnet")),
        ..options()
    }
}

#[tokio::test]
async fn keys_ports_certificates_and_messages_stay() {
    let folder = tempfile::tempdir().unwrap();
    let alice = Person::new(1);
    let first = start_with(kept(&folder)).await;
    let node = first.control.swarm_of(&alice.account())[0];
    assert_eq!(first.rpc(node, &alice.store(b"hello", NOW)).await.status, 200);
    first.control.register_name("alice", alice.id());
    let before = (first.localnet.network_file(), first.control.nodes());
    let stored = first.control.stored(&alice.account());
    first.localnet.shutdown().await;
    drop(first);

    let mut again = kept(&folder);
    // A folder that holds a network keeps its number of nodes.
    again.nodes = 4;
    let second = start_with(again).await;
    assert_eq!((second.localnet.network_file(), second.control.nodes()), before);
    assert_eq!(second.control.stored(&alice.account()), stored);
    let messages = second.rpc(node, &alice.retrieve(NOW)).await.json();
    assert_eq!(messages["messages"][0]["data"], json!("aGVsbG8="));
}

#[tokio::test]
async fn without_a_folder_every_network_is_another() {
    let (first, second) = (start_with(options()).await, start_with(options()).await);
    assert_ne!(
        first.control.nodes()[0].ed25519,
        second.control.nodes()[0].ed25519
    );
}
