//! Nodes that are down, silent, or answer rubbish: what is queued goes out by itself.

use std::time::Duration;

use nous_api::network;
use nous_api::rows::{ConnectivityState, MessageState};
use nous_localnet::{Effect, Fault, Level, LocalnetControl};

use crate::person::Person;
use crate::scene::{Scene, swarm_account};

/// How soon a message goes out with a third of the nodes gone, or once all are back.
const SOON: Duration = Duration::from_secs(10);

/// One node of each swarm.
fn a_third(control: &LocalnetControl) -> Vec<usize> {
    let nodes = control.nodes();
    let swarms = control.swarms().into_iter();
    swarms
        .filter_map(|swarm| nodes.iter().find(|node| node.swarm == swarm))
        .map(|node| node.index)
        .collect()
}

async fn sends_soon(alice: &Person, bob: &Person, text: &str) {
    let sending = alice.send(&bob.id, text);
    let sent = tokio::time::timeout(SOON, sending).await;
    assert!(
        sent.is_ok(),
        "not sent within ten seconds\n{}",
        crate::logs::last()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_all_nodes_stopped_it_is_queued_and_goes_out_by_itself() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before all nodes stopped").await;
    scene.control().stop_all().await.unwrap();
    let id = alice.write(&bob.id, "while all nodes are stopped").await;
    let row = alice
        .until("it was tried, or the outage noticed before", async |person| {
            let row = person.message(&id).await;
            let link = network::get_connectivity(&person.app).await.unwrap().state;
            let is_known = row.error.is_some() || link != ConnectivityState::Connected;
            (row.state == Some(MessageState::Queued) && is_known).then_some(row)
        })
        .await;
    assert!(
        row.error.is_none() || row.next_attempt_at.is_some(),
        "it is tried again by itself"
    );
    assert_eq!(network::get_connectivity(&alice.app).await.unwrap().waiting, 1);
    let waiting = network::list_outbox(&alice.app).await.unwrap();
    assert!(waiting.iter().any(|item| item.message_id == id));

    scene.control().start_all().await.unwrap();
    let sent = alice.until_state(&id, MessageState::Sent);
    tokio::time::timeout(SOON, sent)
        .await
        .expect("sent within ten seconds of the nodes' return");
    bob.until_text(&alice.id, "while all nodes are stopped").await;
    assert_eq!(
        bob.texts(&alice.id).await,
        ["before all nodes stopped", "while all nodes are stopped"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_third_refusing_connections_it_is_sent() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before a third refused").await;
    let control = scene.control();
    for node in a_third(&control) {
        control.stop(node).await.unwrap();
    }
    sends_soon(&alice, &bob, "while a third refuses").await;
    bob.until_text(&alice.id, "while a third refuses").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_third_silent_it_is_sent() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before a third was silent").await;
    let control = scene.control();
    for node in a_third(&control) {
        control.silence(node).await.unwrap();
    }
    sends_soon(&alice, &bob, "while a third is silent").await;
    bob.until_text(&alice.id, "while a third is silent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_any_node_is_offline_and_recovers() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before the restart").await;
    let control = scene.control();
    control.stop_all().await.unwrap();
    control.stop(nous_localnet::Place::Seed).await.unwrap();
    let alice = alice.restart().await;
    let id = alice.write(&bob.id, "written without a network").await;
    let state = network::get_connectivity(&alice.app).await.unwrap().state;
    assert_ne!(state, ConnectivityState::Connected);
    control.start(nous_localnet::Place::Seed).await.unwrap();
    control.start_all().await.unwrap();
    alice.until_state(&id, MessageState::Sent).await;
    bob.until_text(&alice.id, "written without a network").await;
}

/// One member of Bob's swarm answers with `effect`, whatever it is asked.
async fn one_member_answers(effect: Effect, text: &str) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let control = scene.control();
    let member = control
        .swarm_of(&swarm_account(&bob.id))
        .into_iter()
        .next()
        .unwrap();
    for level in [Level::Destination, Level::Path] {
        control.add_fault(member, Fault::new(level, effect.clone()));
    }
    alice.send(&bob.id, text).await;
    bob.until_text(&alice.id, text).await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, [text]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_answers_garbage_does_no_harm() {
    one_member_answers(Effect::Garbage, "past a node of garbage").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_answers_ten_megabytes_does_no_harm() {
    one_member_answers(Effect::TooMuch, "past a node of ten megabytes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_answers_nothing_does_no_harm() {
    one_member_answers(Effect::Nothing, "past a node of nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_in_the_middle_does_no_harm() {
    one_member_answers(Effect::Cut, "past a node that cuts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_store_makes_no_second_copy() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before answers were lost").await;
    let control = scene.control();
    for node in control.swarm_of(&swarm_account(&bob.id)) {
        control.add_fault(
            node,
            Fault::new(Level::Destination, Effect::Garbage)
                .method("store")
                .times(1),
        );
    }
    alice.send(&bob.id, "while answers are lost").await;
    bob.until_text(&alice.id, "while answers are lost").await;
    bob.poll().await;
    assert_eq!(
        bob.texts(&alice.id).await,
        ["before answers were lost", "while answers are lost"]
    );
}
