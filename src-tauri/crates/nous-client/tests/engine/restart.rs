//! Ends between two steps, and new beginnings.

use nous_client::poll::poll_to_the_end;
use nous_network::LinkState;
use nous_storage::messages::SendState;
use nous_testkit::Person::{Alice, Bob};

use crate::device::World;

#[tokio::test(start_paused = true)]
async fn what_waited_goes_out_after_a_restart() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    let alice = alice.reopened().await.started();
    world.swarm.set_link(LinkState::Connected);
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_attempt_is_repeated_with_the_same_bytes() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Sending).await;
    alice
        .until("a store that hangs", || async {
            world.swarm.attempts().len() == 1
        })
        .await;
    let alice = alice.reopened().await;
    assert_eq!(
        alice.outbox_rows().await[0].attempts,
        1,
        "the attempt was counted before it was made"
    );
    let alice = alice.started();
    world.swarm.open_gate();
    alice.until_outbox_is_empty().await;
    let attempts = world.swarm.attempts();
    assert_eq!(attempts[0].data, attempts[1].data);
    assert_eq!(alice.state(key).await, Some(SendState::Sent));
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_leaves_one_copy() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    alice.write(Bob, "hello").await;
    alice.until_outbox_is_empty().await;
    let stored = world.swarm.attempts().remove(0);
    world
        .swarm
        .put(Bob.id(), stored.data, std::time::Duration::from_secs(60));
    let bob = world.device(Bob).await;
    assert_eq!(poll_to_the_end(&bob.core, &bob.api()).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_of_two_survives_restarts_on_both_sides() {
    let world = World::new();
    let mut alice = world.device(Alice).await.started();
    let mut bob = world.device(Bob).await.started();
    for n in 0..3 {
        let (question, answer) = (format!("question {n}"), format!("answer {n}"));
        alice.write(Bob, &question).await;
        bob.until("the question", || async {
            bob.texts(Alice).await.last() == Some(&question)
        })
        .await;
        bob = bob.reopened().await.started();
        bob.write(Alice, &answer).await;
        alice = alice.reopened().await.started();
        alice
            .until("the answer", || async {
                alice.texts(Bob).await.last() == Some(&answer)
            })
            .await;
    }
    let all = [
        "question 0",
        "answer 0",
        "question 1",
        "answer 1",
        "question 2",
        "answer 2",
    ];
    assert_eq!(alice.texts(Bob).await, all);
    assert_eq!(bob.texts(Alice).await, all);
}
