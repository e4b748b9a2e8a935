//! People who were deleted and came again, on a device that is restored afterwards: the swarm
//! still has what was said to them and by them before.

use std::time::Duration;

use nous_client::config_sync::schedule::Ended;
use nous_client::{requests, send};
use nous_protocol::content::{Extras, Message, OutgoingBody};
use nous_storage::messages::MessageKind;
use nous_testkit::Person::{Alice, Bob};

use crate::config::{laptop_and_phone, person, poll, pushed, row};
use crate::device::{Device, World};
use crate::receive::at;

/// So long that what was sent before is older than what is stored after.
async fn pause(device: &Device) {
    device
        .pass(Duration::from_secs(600), Duration::from_secs(10))
        .await;
}

/// Alice and Bob, who have talked.
async fn friends(world: &World) -> (Device, Device) {
    let (laptop, bob) = (
        world.device(Alice).await.started(),
        world.device(Bob).await.started(),
    );
    laptop.write(Bob, "May I?").await;
    bob.until_texts(Alice, &["May I?"]).await;
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    bob.write(Alice, "You may.").await;
    laptop.until_texts(Bob, &["May I?", "You may."]).await;
    bob.until_outbox_is_empty().await;
    laptop.until_outbox_is_empty().await;
    pause(&laptop).await;
    (laptop, bob)
}

/// Alice deletes Bob, and her configs say so.
async fn delete(laptop: &Device) {
    assert!(send::delete_contact(&laptop.core, Bob.id()).await.unwrap());
    pushed(laptop).await;
    pause(laptop).await;
}

/// A device on which Alice has just typed her phrase.
async fn restored(world: &World, laptop: &Device) -> Device {
    pushed(laptop).await;
    pause(laptop).await;
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert_eq!(pushed(&phone).await, Ended::Idle, "what is old is no news");
    phone
}

async fn has_acceptance(device: &Device) -> bool {
    let all = device.timeline(Bob.id()).await;
    all.iter().any(|message| message.kind == MessageKind::Accepted)
}

#[tokio::test(start_paused = true)]
async fn who_was_deleted_stays_a_stranger() {
    let world = World::new();
    let (laptop, _bob) = friends(&world).await;
    delete(&laptop).await;
    let phone = restored(&world, &laptop).await;
    assert!(phone.timeline(Bob.id()).await.is_empty());
    assert!(person(&phone, Bob).await.is_none_or(|bob| !bob.is_somebody()));
}

#[tokio::test(start_paused = true)]
async fn who_asks_again_is_not_accepted_by_what_was_answered_before() {
    let world = World::new();
    let (laptop, bob) = friends(&world).await;
    delete(&laptop).await;
    bob.write(Alice, "Please").await;
    bob.until_outbox_is_empty().await;
    poll(&laptop).await;
    let phone = restored(&world, &laptop).await;
    for device in [&laptop, &phone] {
        assert_eq!(device.texts(Bob).await, ["Please"]);
        assert!(row(device, Bob.id()).await.is_request());
        assert!(!has_acceptance(device).await);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_asked_again_has_not_accepted_by_what_they_said_before() {
    let world = World::new();
    let (laptop, _bob) = friends(&world).await;
    delete(&laptop).await;
    laptop.write(Bob, "May I again?").await;
    laptop.until_outbox_is_empty().await;
    let phone = restored(&world, &laptop).await;
    for device in [&laptop, &phone] {
        assert_eq!(device.texts(Bob).await, ["May I again?"]);
        let bob = person(device, Bob).await.unwrap();
        assert!(bob.is_approved && !bob.has_approved_me);
        assert!(!has_acceptance(device).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_declined_does_not_come_back_with_the_next_one() {
    let world = World::new();
    let (laptop, bob) = (world.device(Alice).await, world.device(Bob).await.started());
    bob.write(Alice, "May I?").await;
    bob.until_outbox_is_empty().await;
    poll(&laptop).await;
    requests::decline(&laptop.core, Bob.id()).await.unwrap();
    pushed(&laptop).await;
    pause(&laptop).await;
    bob.write(Alice, "Please").await;
    bob.until_outbox_is_empty().await;
    poll(&laptop).await;
    let phone = restored(&world, &laptop).await;
    assert_eq!(phone.texts(Bob).await, ["Please"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_newer_than_the_contacts_makes_and_approves_them() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let (laptop, bob) = (laptop.started(), world.device(Bob).await.started());
    pause(&laptop).await;
    bob.write(Alice, "May I?").await;
    bob.until_outbox_is_empty().await;
    poll(&phone).await;
    let known = person(&phone, Bob).await.unwrap();
    assert!(known.is_approved && known.has_approved_me && known.name == "Bob");
    assert!(has_acceptance(&phone).await);
}

#[tokio::test(start_paused = true)]
async fn what_made_a_contact_is_shown_however_late_it_was_read() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    // Written on a phone that was lost before it shared whom it wrote to.
    let extras = Extras {
        sync_target: Some(Bob.id()),
        ..Extras::default()
    };
    let body = Message {
        body: "hello".into(),
        extras,
        ..Message::default()
    };
    world.send(Alice, Alice, OutgoingBody::Message(Box::new(body)), at(0));
    pause(&laptop).await;
    poll(&laptop).await;
    let phone = restored(&world, &laptop).await;
    for device in [&laptop, &phone] {
        assert_eq!(device.texts(Bob).await, ["hello"]);
        assert!(person(device, Bob).await.unwrap().is_approved);
    }
}
