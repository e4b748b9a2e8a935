//! Who accepted whom: told in the end, whatever refuses it, and of one time on all devices.

use std::time::Duration;

use nous_client::config_sync::schedule::Ended;
use nous_client::requests;
use nous_network::SwarmError;
use nous_storage::messages::MessageKind;
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::config::{laptop_and_phone, pushed, rename};
use crate::device::{Device, World};
use crate::receive::{poll, text};
use crate::requests::{asked, names_told};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// When the rows say that somebody was accepted, in ms.
async fn accepted_at(device: &Device, with: Person) -> Vec<i64> {
    let all = device.timeline(with.id()).await;
    let rows = all.iter().filter(|row| row.kind == MessageKind::Accepted);
    rows.map(|row| row.order.as_ms()).collect()
}

/// Bob, who has accepted Alice and tried to tell her once.
async fn accepted_in_vain(world: &World, error: SwarmError) -> Device {
    let (_alice, bob) = asked(world).await;
    let bob = bob.started();
    world.swarm.refuse(Alice.id(), error);
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    let is_tried = || async {
        let rows = bob.outbox_rows().await;
        rows.iter().any(|row| !row.error.is_empty())
    };
    bob.until("tried", is_tried).await;
    bob
}

async fn told_once_it_is_taken(world: &World, bob: &Device) {
    world.swarm.accept(Alice.id());
    bob.until_outbox_is_empty().await;
    assert_eq!(names_told(world, Bob, Alice), ["Bob"]);
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_that_is_refused_waits_until_it_is_taken() {
    let world = World::new();
    let bob = accepted_in_vain(&world, SwarmError::Refused(403)).await;
    bob.pass(MINUTE * 4, MINUTE).await;
    assert!(names_told(&world, Bob, Alice).is_empty());
    told_once_it_is_taken(&world, &bob).await;
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_that_waited_longer_than_messages_live_is_told_nevertheless() {
    let world = World::new();
    let bob = accepted_in_vain(&world, SwarmError::Timeout).await;
    world.clock.jump(DAY * 15);
    bob.pass(MINUTE * 4, MINUTE).await;
    told_once_it_is_taken(&world, &bob).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_written_offline_reaches_every_device() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let written = world.clock.now();
    world.clock.jump(MINUTE * 5);
    rename(&phone, Bob, "Bobby").await;
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    poll(&laptop).await;
    world.clock.jump(MINUTE);
    world.send(Chloe, Alice, text("from the train"), written);
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(device.texts(Chloe).await, ["from the train"]);
    }
}

#[tokio::test(start_paused = true)]
async fn all_devices_of_who_asked_say_when_the_other_accepted() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let laptop = laptop.started();
    laptop.until_outbox_is_empty().await;
    poll(&phone).await;
    assert_eq!(phone.texts(Bob).await, ["hello"]);
    let bob = world.device(Bob).await.started();
    bob.until_texts(Alice, &["hello"]).await;
    world.clock.jump(MINUTE * 10);
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    bob.until_outbox_is_empty().await;
    let told = || async { !accepted_at(&laptop, Bob).await.is_empty() };
    laptop.until("accepted", told).await;
    world.clock.jump(MINUTE * 10);
    laptop.pass(MINUTE, Duration::from_secs(1)).await;
    // It takes the contacts first, then the response.
    poll(&phone).await;
    let times = accepted_at(&bob, Alice).await;
    assert_eq!(times.len(), 1);
    for device in [&laptop, &phone] {
        assert_eq!(accepted_at(device, Bob).await, times);
    }
}

#[tokio::test(start_paused = true)]
async fn another_device_says_when_a_request_was_accepted() {
    let world = World::new();
    let (_alice, laptop) = asked(&world).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let phone = world.restored_device(Bob).await;
    poll(&phone).await;
    assert_eq!(phone.texts(Alice).await, ["May I?"]);
    world.clock.jump(MINUTE * 10);
    requests::accept(&laptop.core, Alice.id()).await.unwrap();
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    world.clock.jump(MINUTE * 10);
    poll(&phone).await;
    let (here, there) = (
        accepted_at(&laptop, Alice).await,
        accepted_at(&phone, Alice).await,
    );
    assert_eq!((here.len(), there.len()), (1, 1));
    assert!((0..60_000).contains(&(there[0] - here[0])), "{here:?}, {there:?}");
}
