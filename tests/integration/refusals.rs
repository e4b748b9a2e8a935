//! Stores that the network refuses for good.

use nous_api::rows::MessageState;
use nous_api::{ErrorCode, messages, network};

use crate::scene::{Scene, swarm_account};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_fails_and_arrives_once_after_a_retry() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let account = swarm_account(&bob.id);
    scene.control().refuse_stores(account, true);
    let id = alice.write(&bob.id, "refused at first").await;
    let failed = alice.until_state(&id, MessageState::Failed).await;
    assert_eq!(
        failed.error.map(|error| error.code),
        Some(ErrorCode::RefusedByNetwork)
    );
    let listed = messages::list_failed_messages(&alice.app).await.unwrap();
    assert_eq!(listed.iter().map(|row| &row.id).collect::<Vec<_>>(), [&id]);
    assert_eq!(network::get_connectivity(&alice.app).await.unwrap().failed, 1);

    scene.control().refuse_stores(account, false);
    messages::retry_message(&alice.app, id.clone()).await.unwrap();
    alice.until_state(&id, MessageState::Sent).await;
    bob.until_text(&alice.id, "refused at first").await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, ["refused at first"]);
    assert_eq!(alice.texts(&bob.id).await, ["refused at first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_failed_messages_are_tried_again_at_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let account = swarm_account(&bob.id);
    scene.control().refuse_stores(account, true);
    let first = alice.write(&bob.id, "first that failed").await;
    let second = alice.write(&bob.id, "second that failed").await;
    alice.until_state(&first, MessageState::Failed).await;
    alice.until_state(&second, MessageState::Failed).await;
    scene.control().refuse_stores(account, false);
    assert_eq!(messages::retry_all_failed(&alice.app).await.unwrap(), 2);
    alice.until_state(&first, MessageState::Sent).await;
    alice.until_state(&second, MessageState::Sent).await;
    bob.until_text(&alice.id, "second that failed").await;
    assert_eq!(bob.texts(&alice.id).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_conversation_holds_no_other() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let chloe = scene.person("Chloé").await;
    scene.control().refuse_stores(swarm_account(&bob.id), true);
    alice.write(&bob.id, "not to be delivered").await;
    alice.send(&chloe.id, "delivered all the same").await;
    chloe.until_text(&alice.id, "delivered all the same").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_deleted_before_it_went_out_is_never_sent() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    scene.control().stop_all().await.unwrap();
    let deleted = alice.write(&bob.id, "deleted before it left").await;
    let kept = alice.write(&bob.id, "kept until it left").await;
    messages::delete_messages(&alice.app, vec![deleted])
        .await
        .unwrap();
    scene.control().start_all().await.unwrap();
    alice.until_state(&kept, MessageState::Sent).await;
    bob.until_text(&alice.id, "kept until it left").await;
    assert_eq!(bob.texts(&alice.id).await, ["kept until it left"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_moved_to_another_swarm_is_followed() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "to the first swarm").await;
    bob.until_text(&alice.id, "to the first swarm").await;
    let control = scene.control();
    let account = swarm_account(&bob.id);
    let old = control.swarm_of(&account);
    let nodes = control.nodes();
    let now = nodes.iter().find(|node| old.contains(&node.index)).unwrap().swarm;
    let other = control.swarms().into_iter().find(|swarm| *swarm != now).unwrap();
    control
        .move_account(account, other, nous_localnet::Transfer::default())
        .unwrap();
    alice.send(&bob.id, "to the other swarm").await;
    bob.until_text(&alice.id, "to the other swarm").await;
    assert_eq!(
        bob.texts(&alice.id).await,
        ["to the first swarm", "to the other swarm"]
    );
}
