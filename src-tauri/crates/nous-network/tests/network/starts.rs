//! Starting: from nothing, from a saved state, without a network.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nous_localnet::Place;
use nous_network::offline::Interface;
use nous_network::transport::{Transport, TransportError};
use nous_network::{Departure, LinkState, Network, NetworkConfig, Surroundings, SwarmApi, SwarmError, Tasks};
use nous_protocol::account::Namespace;

use crate::support::{Scene, config, localnet, person, somebody, until};

#[tokio::test]
async fn guards_are_kept_between_starts() {
    let scene = Scene::new().await;
    let cached = scene.network.cached_state().borrow().clone();
    scene.network.shutdown().await;
    assert!(cached.guards.len() >= 2);
    for _ in 0..3 {
        let network = Network::start(config(&scene.localnet), Some(cached.clone()), &Tasks::new()).unwrap();
        until(&network, |now| now.paths.len() == 2).await;
        let paths = network.connectivity().borrow().paths.clone();
        assert!(paths.iter().all(|path| cached.guards.contains(&path.hops[0].key)));
        network.shutdown().await;
    }
}

#[tokio::test]
async fn a_saved_state_needs_no_seed() {
    let first = Scene::new().await;
    let account = somebody(1);
    first
        .network
        .store(&account, first.store_request(account, "one"), &Departure::new())
        .await
        .unwrap();
    let cached = first.network.cached_state().borrow().clone();
    first.network.shutdown().await;
    first.control.stop(Place::Seed).await.unwrap();
    let asked = first.control.seen_count(Place::Seed);
    let text = serde_json::to_string(&cached).unwrap();
    let cached = serde_json::from_str(&text).unwrap();
    let second = Scene::with(first.localnet, Some(cached), Surroundings::default()).await;
    second.control.clear_seen();
    second
        .network
        .store(&account, second.store_request(account, "two"), &Departure::new())
        .await
        .unwrap();
    assert_eq!(asked, 1);
    assert!((0..9).all(|node| {
        second
            .control
            .seen(node)
            .iter()
            .all(|seen| seen.method.as_deref() != Some("get_swarm"))
    }));
}

#[tokio::test]
async fn a_saved_state_of_which_nothing_is_left_is_replaced_from_the_seeds() {
    let old = Scene::new().await;
    let cached = old.network.cached_state().borrow().clone();
    old.network.shutdown().await;
    old.localnet.shutdown().await;
    let new = localnet(9).await;
    let scene = Scene::with(new, Some(cached), Surroundings::default()).await;
    let account = somebody(1);
    scene
        .network
        .store(
            &account,
            scene.store_request(account, "new world"),
            &Departure::new(),
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_network_of_four_nodes_reaches_every_one_of_them() {
    let scene = Scene::with(localnet(4).await, None, Surroundings::default()).await;
    for number in 1..=8 {
        let keys = person(number);
        let account = keys.account_id().into();
        for member in scene.network.members(&account).await.unwrap() {
            let request = vec![scene.retrieve_request(&keys, Namespace(0))];
            let reply = scene.network.call(&account, &member, request).await;
            assert!(reply.is_ok(), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn rotating_gives_other_hops_behind_the_same_guards() {
    let scene = Scene::with(localnet(30).await, None, Surroundings::default()).await;
    let before = scene.network.connectivity().borrow().paths.clone();
    scene.network.rotate_paths().await;
    until(&scene.network, |now| now.paths.len() == 2 && now.paths != before).await;
    let after = scene.network.connectivity().borrow().paths.clone();
    let guards = |paths: &[nous_network::PathView]| {
        paths
            .iter()
            .map(|path| path.hops[0].key)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(guards(&before), guards(&after));
}

#[tokio::test]
async fn the_connection_can_be_tested() {
    let scene = Scene::new().await;
    assert!(scene.network.test_connection().await.unwrap() < Duration::from_secs(5));
    until(&scene.network, |now| {
        now.last_success.is_some() && now.clock_offset_ms.is_some()
    })
    .await;
    let now = scene.network.connectivity().borrow().clone();
    assert_eq!(
        (now.state, now.wanted_paths, now.directory_size),
        (LinkState::Connected, 2, 9)
    );
}

#[tokio::test]
async fn after_sleep_paths_are_looked_at_and_serve_again() {
    let scene = Scene::new().await;
    let guards: Vec<_> = scene.paths().iter().map(|path| path[0]).collect();
    scene.network.resume().await;
    let account = somebody(1);
    scene
        .network
        .store(&account, scene.store_request(account, "awake"), &Departure::new())
        .await
        .unwrap();
    assert_eq!(
        scene.paths().iter().map(|path| path[0]).collect::<Vec<_>>(),
        guards
    );
}

#[tokio::test]
async fn a_seed_with_another_certificate_than_the_pinned_one_is_not_asked() {
    let localnet = localnet(9).await;
    let ask = async |config: &NetworkConfig| {
        let transport = Transport::new(config).unwrap();
        transport.seed(&config.seeds[0], &serde_json::json!({})).await
    };
    let mut file = localnet.network_file();
    let right = NetworkConfig::from_file(file.clone()).unwrap();
    // The right certificate: the seed answers, though it does not like the question.
    assert_ne!(ask(&right).await, Err(TransportError::Connect));
    file.seeds[0].certificate_sha256 = Some("ab".repeat(32));
    let wrong = NetworkConfig::from_file(file).unwrap();
    assert_eq!(ask(&wrong).await, Err(TransportError::Connect));
    assert_eq!(localnet.control().seen_count(Place::Seed), 1);
}

/// Addresses that lead nowhere (RFC 5737), so that nobody is asked by this test.
const ELSEWHERE: &str = r#"{"seeds":[{"url":"https://192.0.2.1:4443/","certificateSha256":
    "0000000000000000000000000000000000000000000000000000000000000000"}]}"#;

#[tokio::test]
async fn without_an_interface_nothing_is_sent_until_there_is_one() {
    let mut config = NetworkConfig::from_json(ELSEWHERE).unwrap();
    config.intervals.offline = Duration::from_millis(20);
    let is_up = Arc::new(AtomicBool::new(false));
    let source = Arc::clone(&is_up);
    let interfaces: nous_network::offline::InterfaceSource = Arc::new(move || {
        let interface = |ip: &str| Interface {
            ip: ip.parse().unwrap(),
            is_up: true,
        };
        let mut list = vec![interface("127.0.0.1")];
        list.extend(source.load(Ordering::SeqCst).then(|| interface("192.168.1.2")));
        Some(list)
    });
    let around = Surroundings {
        interfaces: Some(interfaces),
        ..Surroundings::default()
    };
    let network = Network::start_with(config, None, &Tasks::new(), around).unwrap();
    until(&network, |now| now.state == LinkState::Offline).await;
    assert_eq!(network.members(&somebody(1)).await, Err(SwarmError::Offline));
    is_up.store(true, Ordering::SeqCst);
    until(&network, |now| now.state == LinkState::Building).await;
    network.shutdown().await;
}
