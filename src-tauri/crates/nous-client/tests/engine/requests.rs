//! Message requests: who learns which name, and when.

use std::time::Duration;

use nous_client::ClientError;
use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::{requests, send};
use nous_network::SwarmError;
use nous_protocol::content::{self, Incoming, OutgoingBody, Profile};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Conversation};
use nous_storage::messages::{Message, MessageKind};
use nous_storage::requests::Request;
use nous_storage::{messages, people};
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::receive::{at, dropped, given_name, named, poll, row, sealed, text};

const LIFE: Duration = Duration::from_secs(14 * 86_400);

async fn list(device: &Device) -> Vec<Request> {
    device
        .read(|reader| nous_storage::requests::page(reader, None, 100))
        .await
}

async fn main_list(device: &Device) -> Vec<Conversation> {
    device
        .read(|reader| conversations::page(reader, None, "", 100))
        .await
}

async fn total(device: &Device) -> u32 {
    device.read(nous_storage::requests::total).await
}

/// The rows that say who accepted whom.
async fn acceptances(device: &Device, with: Person) -> Vec<Message> {
    let all = device.timeline(with.id()).await;
    all.into_iter()
        .filter(|message| message.kind == MessageKind::Accepted)
        .collect()
}

async fn pushed(device: &Device) {
    push(&device.core, &device.api()).await.unwrap();
}

/// What `of` finds in their box: contents with their times.
fn contents(world: &World, of: Person) -> Vec<(Person, Timestamp, Incoming)> {
    let kept = world.swarm.kept(of.id());
    let data: Vec<&[u8]> = kept.iter().map(|kept| kept.data.as_slice()).collect();
    let opened = envelope::open_batch(&of.keys(), &data);
    let understood = opened.into_iter().map(|opened| {
        let opened = opened.unwrap();
        let sender = [Alice, Bob, Chloe]
            .into_iter()
            .find(|one| one.id() == opened.sender);
        let sent = opened.envelope_timestamp;
        let parsed = content::parse(&opened.content, sent).unwrap();
        (sender.unwrap(), sent, parsed.content)
    });
    understood.collect()
}

/// The names that `from` has told `to`, in the order of the box.
pub(crate) fn names_told(world: &World, from: Person, to: Person) -> Vec<String> {
    let of_sender = contents(world, to)
        .into_iter()
        .filter(|(sender, ..)| *sender == from);
    of_sender
        .filter_map(|(_, _, content)| match content {
            Incoming::RequestResponse(profile) => profile,
            other => other.extras()?.profile.clone(),
        })
        .filter_map(|profile| profile.name)
        .collect()
}

fn response(name: &str, updated: u64) -> OutgoingBody {
    OutgoingBody::RequestResponse(Some(Profile {
        name: Some(name.to_owned()),
        picture: None,
        updated_seconds: Some(updated),
    }))
}

/// Alice has written to Bob, who has it.
pub(crate) async fn asked(world: &World) -> (Device, Device) {
    let alice = world.device(Alice).await.started();
    alice.write(Bob, "May I?").await;
    alice.until_outbox_is_empty().await;
    let bob = world.device(Bob).await;
    assert_eq!(poll(&bob).await, 1);
    (alice, bob)
}

#[tokio::test(start_paused = true)]
async fn a_request_stands_in_its_own_list_and_its_name_is_seen_inside_only() {
    let world = World::new();
    let (_alice, bob) = asked(&world).await;
    let request = &list(&bob).await[0];
    assert_eq!(
        (request.preview.as_str(), request.unread_count, total(&bob).await),
        ("May I?", 1, 1)
    );
    assert!(main_list(&bob).await.is_empty());
    assert_eq!(row(&bob, Alice).await.unwrap().name, "");
    assert_eq!(bob.timeline(Alice.id()).await[0].author_name, "");
    assert_eq!(given_name(&bob, Alice).await, "Alice");
}

#[tokio::test(start_paused = true)]
async fn names_reach_each_side_as_the_request_and_its_acceptance_bring_them() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    let bob = bob.started();
    bob.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    assert_eq!(names_told(&world, Alice, Bob), ["Alice"]);
    assert!(
        contents(&world, Alice)
            .iter()
            .all(|(sender, ..)| *sender == Alice),
        "who is asked is silent"
    );
    assert_eq!(
        row(&alice, Bob).await.unwrap().name,
        "",
        "by the ID until accepted"
    );

    requests::accept(&bob.core, Alice.id()).await.unwrap();
    bob.until_outbox_is_empty().await;
    assert_eq!(names_told(&world, Bob, Alice), ["Bob"]);
    assert_eq!(row(&bob, Alice).await.unwrap().name, "Alice");
    assert_eq!((total(&bob).await, main_list(&bob).await.len()), (0, 1));
    let own = &acceptances(&bob, Alice).await[0];
    assert!(own.is_own && own.state.is_none());

    poll(&alice).await;
    assert_eq!(row(&alice, Bob).await.unwrap().name, "Bob");
    let theirs = acceptances(&alice, Bob).await;
    assert_eq!(theirs.len(), 1);
    assert_eq!(
        (theirs[0].author, theirs[0].sent, theirs[0].is_unread),
        (Bob.id(), own.sent, false)
    );
    assert!(row(&alice, Bob).await.unwrap().has_approved_me);
}

#[tokio::test(start_paused = true)]
async fn answering_accepts_a_hundred_milliseconds_before_the_message() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    let bob = bob.started();
    let key = bob.write(Alice, "You may.").await;
    bob.until_outbox_is_empty().await;
    let sent = bob.message(key).await.unwrap().sent;
    let accepted = &acceptances(&bob, Alice).await[0];
    assert_eq!(accepted.sent + Duration::from_millis(100), sent);
    let of_bob = contents(&world, Alice)
        .into_iter()
        .filter(|(sender, ..)| *sender == Bob);
    let response = of_bob
        .filter(|(_, _, content)| matches!(content, Incoming::RequestResponse(_)))
        .map(|(_, at, _)| at);
    assert_eq!(response.collect::<Vec<_>>(), [accepted.sent]);
    bob.write(Alice, "Anything.").await;
    bob.until_outbox_is_empty().await;
    alice.until_texts(Bob, &["May I?", "You may.", "Anything."]).await;
    assert_eq!(acceptances(&alice, Bob).await.len(), 1, "once");
    assert_eq!(acceptances(&bob, Alice).await.len(), 1, "once");
}

#[tokio::test(start_paused = true)]
async fn a_message_of_an_old_client_that_sends_no_response_accepts_too() {
    let world = World::new();
    let (alice, _bob) = asked(&world).await;
    world.send(Bob, Alice, named("Yes", "Bob", 9), at(60_000));
    alice.until_texts(Bob, &["May I?", "Yes"]).await;
    let accepted = &acceptances(&alice, Bob).await[0];
    assert_eq!(accepted.sent, at(59_999));
    assert_eq!(row(&alice, Bob).await.unwrap().name, "Bob");
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_survives_a_kill_and_goes_out_with_the_same_bytes() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    world.swarm.close_gate();
    let bob = bob.started();
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    let before = world.swarm.attempts().len();
    bob.until("a store that hangs", || async {
        world.swarm.attempts().len() > before
    })
    .await;
    let bob = bob.reopened().await.started();
    world.swarm.open_gate();
    bob.until_outbox_is_empty().await;
    let attempts: Vec<_> = world.swarm.attempts().split_off(before);
    assert_eq!(attempts[0].data, attempts[1].data);
    alice
        .until("accepted", || async { acceptances(&alice, Bob).await.len() == 1 })
        .await;
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_without_a_known_time_gets_it_from_the_network_before_the_answer() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    let year = 365 * 86_400_000;
    let wrong = world.clock.skewed_network_clock(year);
    let bob = bob.reopened_with_clock(wrong).await;
    let key = bob.write(Alice, "Later").await;
    let bob = bob.started();
    bob.until_outbox_is_empty().await;
    let (message, accepted) = (
        bob.message(key).await.unwrap(),
        acceptances(&bob, Alice).await.remove(0),
    );
    assert!(accepted.place() < message.place());
    assert!(message.sent < at(3_600_000), "{:?}", message.sent);
    poll(&alice).await;
    assert_eq!(acceptances(&alice, Bob).await[0].sent, accepted.sent);
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_tells_the_name_of_the_moment_it_is_sealed() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    actions::set_name(&bob.core, "Robert".into(), 2_000)
        .await
        .unwrap();
    let bob = bob.started();
    bob.until_outbox_is_empty().await;
    assert_eq!(names_told(&world, Bob, Alice), ["Robert"]);
    poll(&alice).await;
    assert_eq!(row(&alice, Bob).await.unwrap().name, "Robert");
}

#[tokio::test(start_paused = true)]
async fn who_is_blocked_before_the_acceptance_left_learns_nothing() {
    for is_under_way in [false, true] {
        let world = World::new();
        let (_alice, mut bob) = asked(&world).await;
        world.swarm.lose_paths();
        if is_under_way {
            bob.start();
        }
        requests::accept(&bob.core, Alice.id()).await.unwrap();
        bob.pass(Duration::from_secs(2), Duration::from_millis(100)).await;
        send::set_blocked(&bob.core, Alice.id(), true).await.unwrap();
        if !is_under_way {
            bob.start();
        }
        world.swarm.build_paths();
        bob.pass(Duration::from_secs(600), Duration::from_secs(5)).await;
        bob.until_outbox_is_empty().await;
        assert!(
            names_told(&world, Bob, Alice).is_empty(),
            "under way: {is_under_way}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_must_be_set_right_keeps_the_acceptance_waiting() {
    let world = World::new();
    let (_alice, bob) = asked(&world).await;
    world.swarm.fail_stores([SwarmError::ClockRefused {
        deviation_ms: 900_000,
    }]);
    let bob = bob.started();
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    bob.until("refused", || async {
        bob.outbox_rows()
            .await
            .first()
            .is_some_and(|row| !row.error.is_empty())
    })
    .await;
    bob.until_outbox_is_empty().await;
    assert_eq!(names_told(&world, Bob, Alice), ["Bob"]);
}

#[tokio::test(start_paused = true)]
async fn a_declined_request_leaves_nothing_and_a_later_message_asks_again() {
    let world = World::new();
    let (alice, bob) = asked(&world).await;
    let before = world.swarm.attempts().len();
    let bob = bob.started();
    requests::decline(&bob.core, Alice.id()).await.unwrap();
    bob.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    assert!(bob.timeline(Alice.id()).await.is_empty());
    let (_, person) = bob
        .read(|reader| people::find(reader, &Alice.id()))
        .await
        .unwrap();
    assert!(!person.is_somebody() && person.name.is_empty());
    assert_eq!(world.swarm.attempts().len(), before, "nobody is told");
    assert_eq!(
        requests::decline(&bob.core, Alice.id()).await,
        Err(ClientError::NoRequest)
    );
    alice.write(Bob, "Please").await;
    bob.until("another request", || async { total(&bob).await == 1 })
        .await;
    assert_eq!(bob.texts(Alice).await, ["Please"]);
    assert_eq!(given_name(&bob, Alice).await, "Alice");
}

#[tokio::test(start_paused = true)]
async fn who_was_blocked_is_not_heard_and_not_shown() {
    let world = World::new();
    let (_alice, bob) = asked(&world).await;
    requests::block(&bob.core, Alice.id()).await.unwrap();
    world.send(Alice, Bob, text("Please"), at(60_000));
    poll(&bob).await;
    assert_eq!(dropped(&bob).await, [("blocked".to_owned(), 1)]);
    assert_eq!((total(&bob).await, main_list(&bob).await.len()), (0, 0));
    assert!(bob.timeline(Alice.id()).await.is_empty());
    let blocked = row(&bob, Alice).await.unwrap();
    assert!(blocked.is_blocked && !blocked.is_approved);
}

#[tokio::test(start_paused = true)]
async fn what_a_blocked_request_said_does_not_come_back_on_a_restored_device() {
    let world = World::new();
    let (_alice, bob) = asked(&world).await;
    requests::block(&bob.core, Alice.id()).await.unwrap();
    send::set_blocked(&bob.core, Alice.id(), false).await.unwrap();
    pushed(&bob).await;
    let tablet = world.restored_device(Bob).await;
    poll(&tablet).await;
    assert!(tablet.timeline(Alice.id()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn all_requests_are_declined_at_once_and_contacts_stay() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, named("1", "Alice", 1), at(1));
    world.send(Chloe, Bob, named("2", "Chloé", 1), at(2));
    poll(&bob).await;
    let accounts: Vec<_> = list(&bob).await.iter().map(|row| row.id).collect();
    assert_eq!(accounts, [Chloe.id(), Alice.id()], "newest first");
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    assert_eq!(requests::clear(&bob.core).await, Ok(1));
    assert_eq!(requests::clear(&bob.core).await, Ok(0));
    assert_eq!((total(&bob).await, main_list(&bob).await.len()), (0, 1));
    assert_eq!(bob.texts(Alice).await, ["1"]);
}

#[tokio::test(start_paused = true)]
async fn pages_of_requests_meet() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("1"), at(1));
    world.send(Chloe, Bob, text("2"), at(2));
    poll(&bob).await;
    let first = bob
        .read(|reader| nous_storage::requests::page(reader, None, 1))
        .await
        .remove(0);
    let place = first.place();
    let second = bob
        .read(move |reader| nous_storage::requests::page(reader, Some(place), 1))
        .await
        .remove(0);
    assert_eq!((first.id, second.id), (Chloe.id().into(), Alice.id().into()));
}

/// Two devices of Bob, to whom Alice has written.
async fn asked_on_two(world: &World) -> (Device, Device) {
    let laptop = world.device(Bob).await;
    pushed(&laptop).await;
    let phone = world.restored_device(Bob).await;
    poll(&phone).await;
    world.send(Alice, Bob, named("May I?", "Alice", 5), at(1));
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(total(device).await, 1);
    }
    pushed(&laptop).await;
    poll(&phone).await;
    (laptop, phone)
}

#[tokio::test(start_paused = true)]
async fn the_other_device_follows_an_acceptance() {
    let world = World::new();
    let (laptop, phone) = asked_on_two(&world).await;
    requests::accept(&laptop.core, Alice.id()).await.unwrap();
    pushed(&laptop).await;
    poll(&phone).await;
    assert_eq!((total(&phone).await, main_list(&phone).await.len()), (0, 1));
    assert_eq!(row(&phone, Alice).await.unwrap().name, "Alice");
    assert_eq!(acceptances(&phone, Alice).await.len(), 1);
    assert!(acceptances(&phone, Alice).await[0].is_own);
}

#[tokio::test(start_paused = true)]
async fn the_other_device_follows_an_answer() {
    let world = World::new();
    let (laptop, phone) = asked_on_two(&world).await;
    world.clock.jump(Duration::from_secs(60));
    let laptop = laptop.started();
    laptop.write(Alice, "You may.").await;
    laptop.until_outbox_is_empty().await;
    poll(&phone).await;
    assert_eq!(phone.texts(Alice).await, ["May I?", "You may."]);
    assert_eq!((total(&phone).await, main_list(&phone).await.len()), (0, 1));
    let kinds: Vec<_> = phone
        .timeline(Alice.id())
        .await
        .into_iter()
        .map(|message| message.kind)
        .collect();
    assert_eq!(
        kinds,
        [MessageKind::Text, MessageKind::Accepted, MessageKind::Text]
    );
}

#[tokio::test(start_paused = true)]
async fn the_other_device_follows_a_refusal_and_a_block() {
    let world = World::new();
    let (laptop, phone) = asked_on_two(&world).await;
    requests::decline(&laptop.core, Alice.id()).await.unwrap();
    pushed(&laptop).await;
    poll(&phone).await;
    assert_eq!(total(&phone).await, 0);
    assert!(phone.timeline(Alice.id()).await.is_empty());

    world.clock.jump(Duration::from_secs(600));
    world.send(Alice, Bob, text("Please"), at(600_000));
    for device in [&laptop, &phone] {
        poll(device).await;
        assert_eq!(total(device).await, 1);
    }
    requests::block(&phone.core, Alice.id()).await.unwrap();
    pushed(&phone).await;
    poll(&laptop).await;
    assert_eq!(total(&laptop).await, 0);
    assert!(laptop.timeline(Alice.id()).await.is_empty());
    assert!(row(&laptop, Alice).await.unwrap().is_blocked);
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_that_one_device_took_is_seen_on_the_other() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    laptop.write(Bob, "May I?").await;
    pushed(&laptop).await;
    let laptop = laptop.started();
    laptop.until_outbox_is_empty().await;
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    world.send(Bob, Alice, response("Bob", 3), at(60_000));
    laptop
        .until("accepted", || async {
            acceptances(&laptop, Bob).await.len() == 1
        })
        .await;
    pushed(&laptop).await;
    poll(&phone).await;
    for device in [&laptop, &phone] {
        assert_eq!(acceptances(device, Bob).await.len(), 1);
        assert_eq!(row(device, Bob).await.unwrap().name, "Bob");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_nobody_asked_for_is_dropped_and_a_doubled_one_says_nothing_new() {
    let world = World::new();
    let (alice, _bob) = asked(&world).await;
    world.send(Chloe, Alice, response("Chloé", 3), at(1));
    world.send(Bob, Alice, response("Bob", 3), at(2));
    world.send(Bob, Alice, response("Bob", 3), at(2));
    world.send(Bob, Alice, response("Bob", 3), at(9));
    poll(&alice).await;
    assert_eq!(dropped(&alice).await, [("unaskedResponse".to_owned(), 1)]);
    assert!(row(&alice, Chloe).await.is_none());
    assert_eq!(acceptances(&alice, Bob).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_as_long_as_a_message_or_full_of_turns_is_cut_and_cleaned() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let huge = "\u{202e}é".repeat(14_000);
    world.send(Alice, Bob, named("1", &huge, 1), at(1));
    let turns = format!("\u{2066}\u{202e}{}\n\u{0}Zoé", "\u{202d}".repeat(1_000));
    world.send(Chloe, Bob, named("2", &turns, 1), at(2));
    poll(&bob).await;
    assert_eq!(given_name(&bob, Alice).await, "é".repeat(50));
    assert_eq!(given_name(&bob, Chloe).await, "Zoé");
}

#[tokio::test(start_paused = true)]
async fn a_response_to_a_hidden_conversation_keeps_it_hidden() {
    let world = World::new();
    let (alice, _bob) = asked(&world).await;
    send::delete_conversation(&alice.core, Bob.id()).await.unwrap();
    world.swarm.put(
        Alice.id(),
        sealed(Bob, Alice.id(), response("Bob", 3), at(60_000)),
        LIFE,
    );
    poll(&alice).await;
    let bob = row(&alice, Bob).await.unwrap();
    assert!(bob.has_approved_me && !bob.is_listed);
}

#[tokio::test(start_paused = true)]
async fn two_contacts_of_one_name_are_told_apart() {
    let world = World::new();
    let bob = world.device(Bob).await;
    for (who, name, ms) in [(Alice, "Sam", 1), (Chloe, "sam", 2)] {
        world.send(who, Bob, named("hi", name, 1), at(ms));
    }
    poll(&bob).await;
    requests::accept(&bob.core, Alice.id()).await.unwrap();
    assert_eq!(row(&bob, Alice).await.unwrap().name, "Sam");
    requests::accept(&bob.core, Chloe.id()).await.unwrap();
    let (alice, chloe) = (row(&bob, Alice).await.unwrap(), row(&bob, Chloe).await.unwrap());
    assert_eq!(alice.name, format!("Sam ({})", Alice.id().short()));
    assert_eq!(chloe.name, format!("sam ({})", Chloe.id().short()));
    let author = bob
        .read(move |reader| messages::before(reader, alice.key, None, 10))
        .await
        .pop()
        .unwrap();
    assert_eq!(author.author_name, alice.name);
}
