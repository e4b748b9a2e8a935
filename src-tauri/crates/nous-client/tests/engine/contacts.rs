//! What is decided about people, on two devices of one account.

use std::time::Duration;

use nous_client::config_sync::actions;
use nous_client::config_sync::schedule::Ended;
use nous_client::{ClientError, send};
use nous_network::LinkState;
use nous_protocol::config::fields::{MUTED_FOR_GOOD, NotifyMode};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::SendState;
use nous_storage::{contacts, conversations, people};
use nous_testkit::Person::{self, Alice, Bob};

use crate::config::{converge, laptop_and_phone, person, pin, poll, pushed, rename, row};
use crate::device::{Device, World};
use crate::setup;

async fn change(
    device: &Device,
    of: Person,
    change: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
) {
    actions::change_conversation(&device.core, of.id(), change)
        .await
        .unwrap();
}

/// One push of the first and one poll of the second: all that two devices need to agree.
async fn hand_over(from: &Device, to: &Device) {
    assert_eq!(pushed(from).await, Ended::Pushed);
    poll(to).await;
    assert_eq!(person(to, Bob).await, person(from, Bob).await);
    assert_eq!(
        pushed(to).await,
        Ended::Idle,
        "what was merged is not pushed back"
    );
}

async fn clear(device: &Device, of: Person) {
    assert!(send::clear(&device.core, of.id()).await.unwrap());
}

async fn block(device: &Device, is_blocked: bool) {
    send::set_blocked(&device.core, Bob.id(), is_blocked)
        .await
        .unwrap();
}

async fn pause(device: &Device) {
    device
        .pass(Duration::from_secs(1), Duration::from_millis(100))
        .await;
}

/// Bob writes, and it is stored.
async fn bob_writes(bob: &Device, text: &str) {
    bob.write(Alice, text).await;
    bob.until_outbox_is_empty().await;
    pause(bob).await;
}

async fn failure(device: &Device, key: MessageKey) -> (Option<SendState>, String) {
    let message = device.message(key).await.unwrap();
    (message.state, message.error)
}

#[tokio::test(start_paused = true)]
async fn a_nickname_is_given_and_taken_back_on_both() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    rename(&laptop, Bob, "Bobby").await;
    hand_over(&laptop, &phone).await;
    assert_eq!(row(&phone, Bob.id()).await.name, "Bobby");
    rename(&phone, Bob, "").await;
    hand_over(&phone, &laptop).await;
    assert_eq!(
        row(&laptop, Bob.id()).await.name,
        row(&phone, Bob.id()).await.name
    );
    assert!(person(&laptop, Bob).await.unwrap().nickname.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_pin_and_its_place_are_the_same_on_both() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    pin(&laptop, Bob).await;
    hand_over(&laptop, &phone).await;
    assert!(row(&phone, Bob.id()).await.is_pinned());
    change(&phone, Bob, |writer, key| people::set_priority(writer, key, 7)).await;
    hand_over(&phone, &laptop).await;
    assert_eq!(person(&laptop, Bob).await.unwrap().priority, 7);
    change(&laptop, Bob, |writer, key| people::set_pinned(writer, key, false)).await;
    hand_over(&laptop, &phone).await;
    assert!(!row(&phone, Bob.id()).await.is_pinned());
}

#[tokio::test(start_paused = true)]
async fn what_may_disturb_and_until_when_is_the_same_on_both() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    for (mode, told) in [
        (NotifyMode::Disabled, NotifyMode::Disabled),
        (NotifyMode::MentionsOnly, NotifyMode::All),
        (NotifyMode::Default, NotifyMode::Default),
    ] {
        change(&laptop, Bob, move |writer, key| {
            contacts::set_notify(writer, key, mode)
        })
        .await;
        hand_over(&laptop, &phone).await;
        assert_eq!(row(&phone, Bob.id()).await.notify, told);
    }
    for until_s in [1_900_000_000, MUTED_FOR_GOOD, 0] {
        change(&phone, Bob, move |writer, key| {
            contacts::set_mute(writer, key, until_s)
        })
        .await;
        hand_over(&phone, &laptop).await;
        assert_eq!(row(&laptop, Bob.id()).await.mute_until_s, until_s);
    }
}

#[tokio::test(start_paused = true)]
async fn cleared_messages_are_gone_on_both_and_stay_gone() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    bob_writes(&bob, "old").await;
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(device.texts(Bob).await.last().map(String::as_str), Some("old"));
    }
    converge(&[&laptop, &phone]).await;
    clear(&laptop, Bob).await;
    assert!(laptop.texts(Bob).await.is_empty());
    hand_over(&laptop, &phone).await;
    for device in [&laptop, &phone] {
        assert!(device.texts(Bob).await.is_empty());
        let row = row(device, Bob.id()).await;
        assert!(row.is_listed && row.is_approved && row.last_message.is_none());
        assert_eq!(row.unread_count, 0);
    }
    bob_writes(&bob, "new").await;
    let third = world.restored_device(Alice).await;
    for device in [&laptop, &phone, &third] {
        poll(device).await;
        assert_eq!(device.texts(Bob).await, ["new"]);
    }
}

/// Written on a train before the newest message, and stored after everything was cleared.
#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_has_seen_is_not_cleared() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    world.swarm.set_link(LinkState::Offline);
    bob.write(Alice, "from the train").await;
    pause(&bob).await;
    laptop.write(Bob, "where are you?").await;
    pause(&bob).await;
    clear(&laptop, Bob).await;
    pause(&bob).await;
    world.swarm.set_link(LinkState::Connected);
    bob.until_outbox_is_empty().await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(device.texts(Bob).await, ["from the train"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_on_one_device_is_not_cleared_by_the_other() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    phone.write(Bob, "waits").await;
    pause(&phone).await;
    laptop.write(Bob, "later").await;
    clear(&laptop, Bob).await;
    assert!(
        laptop.outbox_rows().await.is_empty(),
        "what waited here is cancelled"
    );
    hand_over(&laptop, &phone).await;
    assert_eq!(phone.texts(Bob).await, ["waits"]);
}

#[tokio::test(start_paused = true)]
async fn two_that_clear_at_once_come_to_the_same() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    bob_writes(&bob, "one").await;
    poll(&laptop).await;
    bob_writes(&bob, "two").await;
    poll(&phone).await;
    clear(&laptop, Bob).await;
    clear(&phone, Bob).await;
    pushed(&laptop).await;
    pushed(&phone).await;
    converge(&[&laptop, &phone]).await;
    let cleared = person(&laptop, Bob).await.unwrap().cleared;
    assert!(cleared.up_to_ms > 0);
    assert_eq!(person(&phone, Bob).await.unwrap().cleared, cleared);
    for device in [&laptop, &phone] {
        assert!(device.texts(Bob).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_at_once_does_not_save_what_was_deleted() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    bob_writes(&bob, "old").await;
    for device in [&laptop, &phone] {
        poll(device).await;
    }
    converge(&[&laptop, &phone]).await;
    assert!(send::delete_conversation(&laptop.core, Bob.id()).await.unwrap());
    bob_writes(&bob, "new").await;
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    for device in [&laptop, &phone] {
        assert_eq!(device.texts(Bob).await, ["new"]);
    }
}

#[tokio::test(start_paused = true)]
async fn note_to_self_is_cleared_hidden_and_shown_on_both() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop.write(Alice, "batteries").await;
    laptop.until_outbox_is_empty().await;
    let phone = world.restored_device(Alice).await;
    converge(&[&laptop, &phone]).await;
    assert!(row(&phone, Alice.id()).await.is_listed);
    change(&laptop, Alice, |writer, key| {
        people::set_priority(writer, key, -1)
    })
    .await;
    hand_over(&laptop, &phone).await;
    for device in [&laptop, &phone] {
        assert!(!row(device, Alice.id()).await.is_listed);
        assert_eq!(device.texts(Alice).await, ["batteries"], "hiding deletes nothing");
    }
    change(&phone, Alice, |writer, key| people::set_priority(writer, key, 0)).await;
    hand_over(&phone, &laptop).await;
    assert!(row(&laptop, Alice.id()).await.is_listed);
    clear(&laptop, Alice).await;
    hand_over(&laptop, &phone).await;
    for device in [&laptop, &phone] {
        assert!(device.texts(Alice).await.is_empty());
        assert!(row(device, Alice.id()).await.is_listed);
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_somebody_who_is_blocked_fails_on_both_and_can_go_out_later() {
    let world = World::new();
    let (mut laptop, phone) = laptop_and_phone(&world).await;
    let (here, there) = (laptop.write(Bob, "one").await, phone.write(Bob, "two").await);
    block(&laptop, true).await;
    hand_over(&laptop, &phone).await;
    let blocked = (Some(SendState::Failed), "blocked".to_owned());
    assert_eq!(failure(&laptop, here).await, blocked);
    assert_eq!(failure(&phone, there).await, blocked);
    assert_eq!(
        send::try_again(&laptop.core, here).await,
        Err(ClientError::Blocked)
    );
    assert_eq!(send::try_all_again(&laptop.core).await, Ok(0));
    assert_eq!(
        send::submit(&laptop.core, Bob.id(), setup::draft("three")).await,
        Err(ClientError::Blocked)
    );
    block(&phone, false).await;
    hand_over(&phone, &laptop).await;
    assert_eq!(
        failure(&laptop, here).await,
        blocked,
        "nothing goes out by itself"
    );
    laptop.start();
    assert_eq!(send::try_again(&laptop.core, here).await, Ok(true));
    laptop.until_state(here, SendState::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_runs_while_its_recipient_is_blocked_ends_as_blocked() {
    let world = World::new();
    world.swarm.lose_paths();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "never mind").await;
    alice
        .until("an attempt", || async {
            alice.state(key).await == Some(SendState::Sending)
        })
        .await;
    block(&alice, true).await;
    world.swarm.build_paths();
    pause(&alice).await;
    let blocked = (Some(SendState::Failed), "blocked".to_owned());
    assert_eq!(failure(&alice, key).await, blocked);
    assert!(world.swarm.kept(Bob.id()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_is_blocked_is_not_heard_on_either_device() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    block(&laptop, true).await;
    hand_over(&laptop, &phone).await;
    let bob = world.device(Bob).await.started();
    bob_writes(&bob, "let me in").await;
    for device in [&laptop, &phone] {
        poll(device).await;
        assert!(!device.texts(Bob).await.contains(&"let me in".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_own_account_cannot_be_blocked() {
    let world = World::new();
    let alice = world.device(Alice).await;
    alice.write(Alice, "note").await;
    assert_eq!(
        send::set_blocked(&alice.core, Alice.id(), true).await,
        Err(ClientError::NoConversation)
    );
    let found = alice
        .read(|reader| conversations::by_ids(reader, &[Alice.id().into()]))
        .await;
    assert!(!found[0].is_blocked);
}
