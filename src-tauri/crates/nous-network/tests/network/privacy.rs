//! What nodes see of us.

use nous_network::{Departure, SwarmApi};
use nous_protocol::account::Namespace;

use crate::support::{Scene, person, somebody};

#[tokio::test]
async fn no_account_is_ever_named_in_a_direct_request() {
    let scene = Scene::new().await;
    let keys = person(1);
    let own = keys.account_id().into();
    for number in 1..6 {
        let account = somebody(number);
        scene
            .network
            .store(&account, scene.store_request(account, "hello"), &Departure::new())
            .await
            .unwrap();
    }
    for member in scene.network.members(&own).await.unwrap() {
        let request = vec![scene.retrieve_request(&keys, Namespace(0))];
        scene.network.call(&own, &member, request).await.unwrap();
    }
    scene.network.test_connection().await.unwrap();
    let mut direct = 0;
    for node in 0..9 {
        for seen in scene.control.seen(node) {
            assert_eq!(seen.account, None);
            if seen.endpoint == "/storage_rpc/v1" {
                assert_eq!(seen.method.as_deref(), Some("info"));
                direct += 1;
            }
        }
    }
    assert!((2..=4).contains(&direct), "{direct} guards were tested");
}

#[tokio::test]
async fn only_guards_are_ever_connected_to() {
    let scene = Scene::new().await;
    for number in 1..6 {
        let account = somebody(number);
        scene
            .network
            .store(&account, scene.store_request(account, "hello"), &Departure::new())
            .await
            .unwrap();
    }
    let guards: Vec<usize> = scene.paths().iter().map(|path| path[0]).collect();
    for node in (0..9).filter(|node| !guards.contains(node)) {
        let connected = scene
            .control
            .seen(node)
            .into_iter()
            .filter(|seen| seen.peer.is_some());
        // Candidates that were tested and not needed saw one `info`.
        assert!(
            connected
                .into_iter()
                .all(|seen| seen.method.as_deref() == Some("info")),
            "node {node}"
        );
    }
}
