//! Nodes that are gone, some or all, and come back.

use std::time::{Duration, Instant};

use nous_localnet::{Effect, Fault, Level, LocalnetControl};
use nous_network::{Departure, LinkState, SwarmApi, SwarmError, clock};
use nous_protocol::error::{HasRetry, Retry};

use crate::support::{Scene, somebody, until, until_connected};

const LIMIT: Duration = Duration::from_secs(10);

async fn stop(control: &LocalnetControl, node: usize, silent: bool) {
    if silent {
        control.silence(node).await.unwrap()
    } else {
        control.stop(node).await.unwrap()
    }
}

/// Stores and says how long it took.
async fn timed_store(scene: &Scene, number: u8) -> Duration {
    let account = somebody(number);
    let start: Instant = clock::monotonic();
    let result = scene
        .network
        .store(
            &account,
            scene.store_request(account, "through"),
            &Departure::new(),
        )
        .await;
    let took = clock::monotonic() - start;
    assert!(
        result.is_ok(),
        "{result:?} after {took:?}, paths {:?}",
        scene.paths()
    );
    took
}

/// Stops `nodes`, then stores for somebody whose swarm is known or not.
async fn third_stopped(nodes: impl Fn(&Scene) -> Vec<usize>, silent: bool, is_known: bool) {
    let scene = Scene::new().await;
    if is_known {
        scene.network.members(&somebody(1)).await.unwrap();
    }
    let stopped = nodes(&scene);
    assert_eq!(stopped.len(), 3);
    for node in &stopped {
        stop(&scene.control, *node, silent).await;
    }
    let took = timed_store(&scene, 1).await;
    assert!(took < LIMIT, "{took:?} with {stopped:?} stopped");
}

/// Those, and one more node that is no hop, so that every swarm keeps a member.
fn and_another(scene: &Scene, two: [usize; 2]) -> Vec<usize> {
    let nodes = scene.control.nodes();
    let used = scene.paths().concat();
    let alone = |node: &usize| !two.iter().all(|other| nodes[*other].swarm == nodes[*node].swarm);
    let other = (0..9).filter(|node| !used.contains(node)).find(alone);
    // If all three others are of that swarm, one of them may not be stopped.
    let other = other.unwrap_or_else(|| (0..9).filter(|node| !two.contains(node)).find(alone).unwrap());
    vec![two[0], two[1], other]
}

/// Both guards, and one more node that is no hop.
fn both_guards(scene: &Scene) -> Vec<usize> {
    let paths = scene.paths();
    and_another(scene, [paths[0][0], paths[1][0]])
}

/// A middle hop of each path, and one more node that is no hop.
fn both_middles(scene: &Scene) -> Vec<usize> {
    let paths = scene.paths();
    and_another(scene, [paths[0][1], paths[1][1]])
}

/// Two of the three members of the swarm, and the guard of a path, or another node.
fn most_of_the_swarm(scene: &Scene) -> Vec<usize> {
    let members = scene.control.swarm_of(&somebody(1));
    let guards: Vec<usize> = scene.paths().iter().map(|path| path[0]).collect();
    let third = guards
        .into_iter()
        .chain(0..9)
        .find(|node| !members.contains(node))
        .unwrap();
    vec![members[0], members[1], third]
}

#[tokio::test]
async fn refusing_guards_do_not_hold_up_a_store() {
    third_stopped(both_guards, false, true).await;
}

#[tokio::test]
async fn silent_guards_do_not_hold_up_a_store() {
    third_stopped(both_guards, true, true).await;
}

#[tokio::test]
async fn refusing_hops_do_not_hold_up_a_store() {
    third_stopped(both_middles, false, true).await;
}

#[tokio::test]
async fn silent_hops_do_not_hold_up_a_store() {
    third_stopped(both_middles, true, true).await;
}

/// A sequence may take 30 s; silent hops are found meanwhile as fast as ever.
#[tokio::test]
async fn a_sequence_under_way_does_not_hold_up_a_store() {
    let scene = Scene::new().await;
    let (account, other) = (somebody(1), somebody(2));
    let members = scene.network.members(&other).await.unwrap();
    scene.network.members(&account).await.unwrap();
    for node in both_middles(&scene) {
        stop(&scene.control, node, true).await;
    }
    let request = scene.store_request(other, "in turn");
    let sequence = scene.network.sequence(&other, &members[0], vec![request]);
    let store = timed_store(&scene, 1);
    tokio::pin!(store);
    let took = tokio::select! {
        took = &mut store => took,
        _ = sequence => store.await,
    };
    assert!(took < LIMIT, "{took:?}");
}

#[tokio::test]
async fn a_swarm_with_one_member_left_takes_a_store() {
    third_stopped(most_of_the_swarm, false, true).await;
}

#[tokio::test]
async fn a_swarm_with_one_member_that_is_not_silent_takes_a_store() {
    third_stopped(most_of_the_swarm, true, true).await;
}

#[tokio::test]
async fn a_swarm_that_is_not_known_yet_is_found_with_a_third_refusing() {
    third_stopped(both_middles, false, false).await;
}

#[tokio::test]
async fn a_swarm_that_is_not_known_yet_is_found_with_a_third_silent() {
    third_stopped(both_middles, true, false).await;
}

#[tokio::test]
async fn with_all_nodes_stopped_a_store_waits_and_paths_come_back_by_themselves() {
    let scene = Scene::new().await;
    scene.network.members(&somebody(1)).await.unwrap();
    let guards = scene.network.cached_state().borrow().guards.clone();
    scene.control.stop_all().await.unwrap();
    let account = somebody(1);
    let error = scene
        .network
        .store(&account, scene.store_request(account, "later"), &Departure::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error.retry(), Retry::WhenOnline | Retry::After(_)),
        "{error:?}"
    );
    until(&scene.network, |now| now.state == LinkState::Building).await;
    scene.control.start_all().await.unwrap();
    let start = clock::monotonic();
    until_connected(&scene.network).await;
    timed_store(&scene, 1).await;
    assert!(
        clock::monotonic() - start < LIMIT,
        "{:?}",
        clock::monotonic() - start
    );
    let kept = scene.network.cached_state().borrow().guards.clone();
    assert!(
        guards.iter().any(|guard| kept.contains(guard)),
        "no guard was kept"
    );
}

#[tokio::test]
async fn with_all_nodes_silent_paths_come_back_by_themselves() {
    let scene = Scene::new().await;
    scene.network.members(&somebody(1)).await.unwrap();
    for node in 0..9 {
        scene.control.silence(node).await.unwrap();
    }
    let account = somebody(1);
    let error = scene
        .network
        .store(&account, scene.store_request(account, "later"), &Departure::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error.retry(), Retry::WhenOnline | Retry::After(_)),
        "{error:?}"
    );
    scene.control.start_all().await.unwrap();
    let start = clock::monotonic();
    timed_store(&scene, 1).await;
    assert!(
        clock::monotonic() - start < LIMIT,
        "{:?}",
        clock::monotonic() - start
    );
}

#[tokio::test]
async fn a_silent_network_is_not_asked_in_a_tight_loop() {
    let scene = Scene::new().await;
    for node in 0..9 {
        for level in [Level::Direct, Level::Path] {
            let trouble = Effect::Status(500, String::new());
            scene.control.add_fault(node, Fault::new(level, trouble));
        }
    }
    let account = somebody(1);
    let _ = scene
        .network
        .store(&account, scene.store_request(account, "later"), &Departure::new())
        .await;
    let count = || (0..9).map(|node| scene.control.seen_count(node)).sum::<u64>();
    let before = count();
    let ten_seconds = clock::monotonic() + Duration::from_secs(10);
    tokio::time::sleep_until(ten_seconds.into()).await;
    let asked = count() - before;
    assert!((1..=60).contains(&asked), "{asked} requests in 10 s");
}

#[tokio::test]
async fn a_shutdown_ends_what_waits() {
    let scene = Scene::new().await;
    scene.control.stop_all().await.unwrap();
    let account = somebody(1);
    let request = scene.store_request(account, "never");
    let network = scene.network.clone();
    let tasks = nous_network::Tasks::new();
    let waiting = tasks.spawn("store", async move {
        network.store(&account, request, &Departure::new()).await
    });
    scene.network.shutdown().await;
    assert_eq!(waiting.await.unwrap(), Some(Err(SwarmError::ShutDown)));
}
