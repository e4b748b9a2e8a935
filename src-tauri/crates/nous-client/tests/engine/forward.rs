//! Forwarding, and taking back what has not gone out.

use nous_client::error::ClientError;
use nous_client::send::Refused;
use nous_client::{receipts, send};
use nous_network::{LinkState, SwarmError};
use nous_storage::conversations;
use nous_storage::ids::MessageKey;
use nous_storage::messages::SendState;
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::receive::{at, poll, row, text};

async fn from_bob(world: &World, alice: &Device, texts: &[&str]) -> Vec<MessageKey> {
    for (text_of, ms) in texts.iter().zip(0..) {
        world.send(Bob, Alice, text(text_of), at(ms));
    }
    poll(alice).await;
    let rows = alice.timeline(Bob.id()).await;
    rows.into_iter().map(|row| row.key).collect()
}

async fn draft_of(device: &Device, with: Person) -> String {
    row(device, with).await.unwrap().draft
}

#[tokio::test(start_paused = true)]
async fn messages_are_forwarded_in_their_order_beside_what_is_being_written() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let keys = from_bob(&world, &alice, &["one", "two"]).await;
    let now = alice.now();
    alice
        .core
        .db
        .write(move |writer| {
            let key = conversations::ensure(writer, Chloe.id(), now)?;
            conversations::set_draft(writer, key, "half a sentence", None)
        })
        .await
        .unwrap();
    let to = vec![Chloe.id().into(), Alice.id().into(), Chloe.id().into()];
    let backwards = keys.iter().rev().copied().collect();
    let done = send::forward(&alice.core, backwards, to, None).await.unwrap();
    assert!(done.sent == 2 && done.refused.is_empty());
    for with in [Chloe, Alice] {
        assert_eq!(alice.texts(with).await, ["one", "two"]);
    }
    assert_eq!(draft_of(&alice, Chloe).await, "half a sentence");
}

#[tokio::test(start_paused = true)]
async fn who_is_blocked_gets_nothing_and_the_others_do() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let keys = from_bob(&world, &alice, &["one"]).await;
    alice.write(Chloe, "hello").await;
    send::set_blocked(&alice.core, Chloe.id(), true).await.unwrap();
    let to = vec![Chloe.id().into(), Alice.id().into()];
    let done = send::forward(&alice.core, keys, to, None).await.unwrap();
    assert_eq!(done.sent, 1);
    let refused = Refused {
        to: Chloe.id().into(),
        sent: 0,
        error: ClientError::Blocked,
    };
    assert_eq!(done.refused, [refused]);
    assert_eq!(alice.texts(Alice).await, ["one"]);
    assert_eq!(alice.texts(Chloe).await, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_forwarded_goes_to_nobody() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let long = "x".repeat(send::MAX_TEXT + 1);
    let keys = from_bob(&world, &alice, &["one", &long, "gone"]).await;
    send::delete(&alice.core, vec![keys[2]]).await.unwrap();
    let to = || vec![Alice.id().into()];
    for (key, error) in [
        (keys[1], ClientError::TooLong(send::MAX_TEXT)),
        (keys[2], ClientError::EmptyText),
        (MessageKey(1_000_000), ClientError::NoMessage),
    ] {
        let refused = send::forward(&alice.core, vec![keys[0], key], to(), None).await;
        assert_eq!(refused, Err(error));
    }
    assert!(alice.texts(Alice).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_has_forwarded_to_all_or_to_nobody() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let keys = from_bob(&world, &alice, &["one", "two"]).await;
    let to = vec![Chloe.id().into(), Alice.id().into()];
    let has_some = || async { !alice.texts(Chloe).await.is_empty() };
    // As soon as some of it is there, nothing goes on.
    tokio::select! {
        biased;
        () = alice.until("some of it", has_some) => {}
        _ = send::forward(&alice.core, keys, to, None) => {}
    }
    for with in [Chloe, Alice] {
        assert_eq!(alice.texts(with).await, ["one", "two"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_is_shared_once_with_whoever_may_get_it() {
    let world = World::new();
    let alice = world.device(Alice).await;
    alice.write(Chloe, "hello").await;
    send::set_blocked(&alice.core, Chloe.id(), true).await.unwrap();
    for _ in 0..2 {
        let to = vec![Bob.id().into(), Chloe.id().into(), Bob.id().into()];
        let token = Some("token".to_owned());
        let done = send::share(&alice.core, " Paul\n".to_owned(), to, token).await;
        let done = done.unwrap();
        assert_eq!((done.sent, done.refused.len()), (1, 1));
    }
    assert_eq!(alice.texts(Bob).await, ["Paul"]);
    assert_eq!(alice.texts(Chloe).await, ["hello"]);
}

async fn type_to_bob(alice: &Device, text: &'static str) {
    let typed = alice.core.db.write(move |writer| {
        let key = conversations::find(&writer.reader(), Bob.id())?.unwrap();
        conversations::set_draft(writer, key, text, None)
    });
    typed.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_is_taken_back() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "with a mistake").await;
    type_to_bob(&alice, "and then").await;
    let taken = send::take_back(&alice.core, key).await.unwrap();
    assert_eq!((taken.text.as_str(), taken.quote), ("with a mistake", None));
    assert!(alice.message(key).await.is_none() && alice.outbox_rows().await.is_empty());
    assert_eq!(draft_of(&alice, Bob).await, "with a mistake\nand then");
    let again = send::take_back(&alice.core, key).await;
    assert_eq!(again, Err(ClientError::NoMessage));
    world.swarm.set_link(LinkState::Connected);
    let key = alice.write(Bob, "without").await;
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_waits_for_a_path_is_taken_back() {
    let world = World::new();
    world.swarm.lose_paths();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "with a mistake").await;
    let is_sealed = || async { alice.outbox_rows().await[0].sealed.is_some() };
    alice.until("sealed", is_sealed).await;
    send::take_back(&alice.core, key).await.unwrap();
    world.swarm.build_paths();
    let key = alice.write(Bob, "without").await;
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_has_left_cannot_be_taken_back_and_goes_on() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "on its way").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() == 1 })
        .await;
    let refused = send::take_back(&alice.core, key).await;
    assert_eq!(refused, Err(ClientError::NotDeletable));
    world.swarm.open_gate();
    alice.until_state(key, SendState::Sent).await;
    let refused = send::take_back(&alice.core, key).await;
    assert_eq!(refused, Err(ClientError::NotDeletable));
    assert_eq!(alice.texts(Bob).await, ["on its way"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_tells_whether_it_may_have_left_and_cannot_be_taken_back() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "refused").await;
    assert!(!alice.message(key).await.unwrap().may_have_left);
    world.swarm.refuse(Bob.id(), SwarmError::Refused(400));
    world.swarm.set_link(LinkState::Connected);
    alice.until_state(key, SendState::Failed).await;
    assert!(alice.message(key).await.unwrap().may_have_left);
    let refused = send::take_back(&alice.core, key).await;
    assert_eq!(refused, Err(ClientError::NotDeletable));
}

#[tokio::test(start_paused = true)]
async fn everything_is_marked_as_read_but_what_is_asked() {
    let world = World::new();
    let alice = world.device(Alice).await;
    from_bob(&world, &alice, &["one", "two"]).await;
    alice.write(Bob, "yes?").await;
    world.send(Chloe, Alice, text("may I"), at(5));
    poll(&alice).await;
    let read = receipts::read_all(&alice.core).await.unwrap();
    assert_eq!(read.len(), 1);
    assert!(read[0].0 == Bob.id() && read[0].1.len() == 2);
    assert_eq!(row(&alice, Bob).await.unwrap().unread_count, 0);
    assert_eq!(row(&alice, Chloe).await.unwrap().unread_count, 1, "a request");
    assert!(receipts::read_all(&alice.core).await.unwrap().is_empty());
}
