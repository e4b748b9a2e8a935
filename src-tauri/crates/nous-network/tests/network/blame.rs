//! Errors and nonsense: requests get through, and the right ones are blamed.

use nous_localnet::{Effect, Fault, KnownError, Level};
use nous_network::{Departure, SwarmApi};
use nous_protocol::account::{Namespace, SwarmAccount};

use crate::support::{Scene, person, somebody};

/// One member answers like this to every store; the message is stored all the same.
async fn one_member_answers(effect: Effect) {
    let scene = Scene::new().await;
    let account = somebody(1);
    scene.network.members(&account).await.unwrap();
    let bad = scene.control.swarm_of(&account)[0];
    scene
        .control
        .add_fault(bad, Fault::new(Level::Destination, effect));
    for number in 0..4 {
        let text = format!("message {number}");
        scene
            .network
            .store(&account, scene.store_request(account, &text), &Departure::new())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn garbage_of_a_member_is_no_success() {
    one_member_answers(Effect::Garbage).await;
}

#[tokio::test]
async fn ten_megabytes_of_a_member_are_no_success() {
    one_member_answers(Effect::TooMuch).await;
}

#[tokio::test]
async fn nothing_from_a_member_is_no_success() {
    one_member_answers(Effect::Nothing).await;
}

#[tokio::test]
async fn a_member_in_trouble_is_passed_over() {
    one_member_answers(Effect::Status(500, "database".to_owned())).await;
}

#[tokio::test]
async fn a_member_that_claims_success_without_a_signature_is_not_believed() {
    one_member_answers(Effect::Status(200, r#"{"hash":"x","swarm":{},"t":1}"#.to_owned())).await;
}

/// Every hop of the first path answers like this; stores get through, and both guards stay.
async fn path_answers(node_of_path: usize, effect: impl Fn(&Scene, usize) -> Effect) {
    let scene = Scene::new().await;
    let account = somebody(1);
    scene.network.members(&account).await.unwrap();
    let paths = scene.network.connectivity().borrow().paths.clone();
    let guards: Vec<_> = paths.iter().map(|path| path.hops[0].key).collect();
    let bad = scene.paths()[0][node_of_path];
    let effect = effect(&scene, bad);
    scene.control.add_fault(bad, Fault::new(Level::Path, effect));
    for number in 0..6 {
        let text = format!("message {number}");
        scene
            .network
            .store(&account, scene.store_request(account, &text), &Departure::new())
            .await
            .unwrap();
    }
    let kept = scene.network.cached_state().borrow().guards.clone();
    assert!(
        guards.iter().all(|guard| kept.contains(guard)),
        "a guard was dropped for another's fault"
    );
}

#[tokio::test]
async fn a_hop_that_answers_500_is_passed_over() {
    path_answers(1, |_, _| Effect::Status(500, String::new())).await;
}

#[tokio::test]
async fn a_hop_that_answers_garbage_is_passed_over() {
    path_answers(1, |_, _| Effect::Garbage).await;
}

#[tokio::test]
async fn a_hop_that_answers_too_much_is_passed_over() {
    path_answers(2, |_, _| Effect::TooMuch).await;
}

#[tokio::test]
async fn a_hop_that_cuts_connections_is_passed_over() {
    path_answers(1, |_, _| Effect::Cut).await;
}

#[tokio::test]
async fn a_hop_that_is_not_in_service_is_passed_over() {
    path_answers(2, |scene, node| {
        let name = scene.control.nodes()[node].ed25519.clone();
        Effect::Status(503, format!("Snode not ready: {name}"))
    })
    .await;
}

#[tokio::test]
async fn a_timeout_behind_a_hop_is_passed_over() {
    path_answers(1, |_, _| Effect::Status(504, "Request time out".to_owned())).await;
}

#[tokio::test]
async fn a_guard_that_answers_garbage_is_passed_over() {
    path_answers(0, |_, _| Effect::Garbage).await;
}

#[tokio::test]
async fn a_node_that_others_do_not_find_leaves_the_paths_and_the_directory() {
    let scene = Scene::new().await;
    let account = somebody(1);
    scene.network.members(&account).await.unwrap();
    let gone = scene.paths()[0][1];
    scene.control.set_listed(gone, false).unwrap();
    // Which path a store takes is chance: as many as are needed.
    for number in 0..60 {
        let text = format!("message {number}");
        scene
            .network
            .store(&account, scene.store_request(account, &text), &Departure::new())
            .await
            .unwrap();
        if !scene.paths().concat().contains(&gone) {
            break;
        }
    }
    assert!(!scene.paths().concat().contains(&gone));
    let name = scene.control.nodes()[gone].ed25519.clone();
    let known = scene
        .network
        .cached_state()
        .borrow()
        .directory
        .iter()
        .any(|node| node.key.to_string() == name);
    assert!(!known);
}

#[tokio::test]
async fn a_layer_that_could_not_be_read_is_made_once_more() {
    let scene = Scene::new().await;
    let keys = person(1);
    let account: SwarmAccount = keys.account_id().into();
    let member = scene.member(&account).await;
    for node in scene.paths().iter().map(|path| path[0]) {
        scene
            .control
            .add_error(node, Level::Path, KnownError::BadRequest, Some(1));
    }
    let paths = scene.paths();
    let first = scene
        .network
        .call(
            &account,
            &member,
            vec![scene.retrieve_request(&keys, Namespace(0))],
        )
        .await;
    let again = scene
        .network
        .call(
            &account,
            &member,
            vec![scene.retrieve_request(&keys, Namespace(0))],
        )
        .await;
    assert!(first.is_ok() || again.is_ok(), "{first:?} {again:?}");
    assert_eq!(scene.paths(), paths);
}

#[tokio::test]
async fn a_server_that_fails_is_not_the_paths_fault() {
    let scene = Scene::new().await;
    let paths = scene.paths();
    let fault = Fault::new(Level::Direct, Effect::Status(502, String::new()));
    scene.control.add_fault(nous_localnet::Place::FileServer, fault);
    assert!(scene.network.upload(vec![1; 100], None).await.is_err());
    assert_eq!(scene.paths(), paths);
}
