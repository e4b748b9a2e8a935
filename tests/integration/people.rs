//! What is decided about people on one device of an account, and shown by the other within one
//! poll, over the whole network.

use nous_api::ids::ConversationId;
use nous_api::requests::{MuteFor, SetMuteRequest, SetNicknameRequest, SetNotifyRequest};
use nous_api::rows::{ConversationRow, Mute, NotifyMode};
use nous_api::{contacts, conversations};

use crate::person::Person;
use crate::scene::Scene;
use crate::sync::until_synced;

/// Two devices of Alice, and Bob, who have written to each other; everybody has it all.
async fn friends() -> (Scene, Person, Person, Person, ConversationId) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.until_text(&alice.id, "hello").await;
    bob.send(&alice.id, "hello yourself").await;
    alice.until_text(&bob.id, "hello yourself").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    second.until_text(&bob.id, "hello yourself").await;
    let with_bob = ConversationId(bob.id.clone());
    conversations::mark_read(&alice.app, with_bob.clone())
        .await
        .expect("read");
    hand_over(&alice, &second).await;
    (scene, alice, second, bob, with_bob)
}

/// What one device decided leaves it, and the other polls once.
async fn hand_over(from: &Person, to: &Person) {
    until_synced(from).await;
    to.poll().await;
}

async fn row(device: &Person, with: &ConversationId) -> ConversationRow {
    let rows = conversations::get_conversations(&device.app, vec![with.clone()]).await;
    rows.expect("rows").pop().expect("the conversation")
}

async fn is_in_list(device: &Person, with: &ConversationId) -> bool {
    device.list().await.iter().any(|row| row.id == *with)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_and_what_may_disturb_are_the_same_on_both_after_one_poll() {
    let (_scene, alice, second, _bob, with_bob) = friends().await;
    let mute = async |device: &Person, mute| {
        let conversation = with_bob.clone();
        let set = contacts::set_mute(&device.app, SetMuteRequest { conversation, mute });
        set.await.expect("muted");
    };
    mute(&alice, MuteFor::Seconds { seconds: 3_600 }).await;
    hand_over(&alice, &second).await;
    let told = row(&second, &with_bob).await.mute;
    assert!(matches!(told, Mute::Until { .. }), "{told:?}");
    assert_eq!(told, row(&alice, &with_bob).await.mute);
    mute(&second, MuteFor::Always).await;
    hand_over(&second, &alice).await;
    assert_eq!(row(&alice, &with_bob).await.mute, Mute::Always);
    mute(&alice, MuteFor::Off).await;
    let request = SetNotifyRequest {
        conversation: with_bob.clone(),
        mode: NotifyMode::None,
    };
    contacts::set_notify(&alice.app, request).await.expect("set");
    hand_over(&alice, &second).await;
    let told = row(&second, &with_bob).await;
    assert_eq!((told.mute, told.notify), (Mute::Off, NotifyMode::None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_as_unread_is_seen_and_taken_back_on_both_after_one_poll() {
    let (_scene, alice, second, _bob, with_bob) = friends().await;
    assert!(!row(&second, &with_bob).await.is_marked_unread);
    contacts::mark_unread(&alice.app, with_bob.clone())
        .await
        .expect("marked");
    hand_over(&alice, &second).await;
    let told = row(&second, &with_bob).await;
    assert_eq!((told.is_marked_unread, told.unread_count), (true, 0));
    conversations::mark_read(&second.app, with_bob.clone())
        .await
        .expect("read");
    hand_over(&second, &alice).await;
    assert!(!row(&alice, &with_bob).await.is_marked_unread);
}

#[tokio::test(flavor = "multi_thread")]
async fn cleared_messages_are_gone_on_both_after_one_poll_and_the_conversation_stays() {
    let (_scene, alice, second, bob, with_bob) = friends().await;
    contacts::clear_messages(&alice.app, with_bob.clone())
        .await
        .expect("cleared");
    hand_over(&alice, &second).await;
    for device in [&alice, &second] {
        assert!(device.texts(&bob.id).await.is_empty());
        assert!(is_in_list(device, &with_bob).await);
        assert_eq!(row(device, &with_bob).await.name.as_deref(), Some("Bob"));
    }
    bob.send(&alice.id, "after it").await;
    for device in [&alice, &second] {
        device.until_text(&bob.id, "after it").await;
        assert_eq!(
            device.texts(&bob.id).await,
            ["after it"],
            "nothing older comes back"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_leaves_both_lists_after_one_poll_and_a_message_brings_it_back() {
    let (_scene, alice, second, bob, with_bob) = friends().await;
    conversations::delete_conversation(&second.app, with_bob.clone())
        .await
        .expect("deleted");
    hand_over(&second, &alice).await;
    for device in [&alice, &second] {
        assert!(!is_in_list(device, &with_bob).await && device.texts(&bob.id).await.is_empty());
        let row = row(device, &with_bob).await;
        assert!(
            row.is_approved && row.has_approved_me,
            "the person stays a contact"
        );
    }
    bob.send(&alice.id, "after it").await;
    for device in [&alice, &second] {
        device.until_text(&bob.id, "after it").await;
        assert!(is_in_list(device, &with_bob).await);
        assert_eq!(device.texts(&bob.id).await, ["after it"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_contact_is_a_stranger_on_both_after_one_poll_and_asks_again() {
    let (_scene, alice, second, bob, with_bob) = friends().await;
    let request = SetNicknameRequest {
        conversation: with_bob.clone(),
        nickname: "Bobby".to_owned(),
    };
    contacts::set_nickname(&alice.app, request).await.expect("named");
    hand_over(&alice, &second).await;
    assert_eq!(row(&second, &with_bob).await.name.as_deref(), Some("Bobby"));
    contacts::delete_contact(&alice.app, with_bob.clone())
        .await
        .expect("deleted");
    hand_over(&alice, &second).await;
    for device in [&alice, &second] {
        assert!(!is_in_list(device, &with_bob).await && device.texts(&bob.id).await.is_empty());
        let row = row(device, &with_bob).await;
        assert_eq!(
            (row.name, row.is_approved, row.has_approved_me),
            (None, false, false)
        );
    }
    bob.send(&alice.id, "do you remember me?").await;
    for device in [&alice, &second] {
        device.until_text(&bob.id, "do you remember me?").await;
        let row = row(device, &with_bob).await;
        assert!(row.is_request && row.name.is_none(), "he asks as a stranger does");
    }
}
