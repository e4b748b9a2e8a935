//! That a file was saved is told to who sent it.

use std::time::Duration;

use nous_client::disappearing::setting;
use nous_client::files::{clicks, save};
use nous_client::send;
use nous_network::SwarmError;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::content::{DataExtraction, Incoming, OutgoingBody};
use nous_storage::attachments::FileState;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{Message, MessageKind, SendState};
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};
use crate::files::{TEXT, pointing, send_file, stored, until_file, until_told};
use crate::receipts::{arrived, friends};
use crate::receive::{at, row};

/// A file of Alice that Bob has here.
async fn fetched(world: &World, bob: &Device) -> MessageKey {
    let pointer = stored(world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(bob, told, FileState::Local).await;
    told
}

async fn save(device: &Device, key: MessageKey) {
    save_at(device, key, 0).await;
}

async fn save_at(device: &Device, key: MessageKey, place: u32) {
    let folder = tempfile::tempdir().unwrap();
    let saved = save::save(&device.core, key, place, folder.path().to_owned()).await;
    assert_eq!(std::fs::read(saved.unwrap().path).unwrap(), TEXT);
}

fn notices_for(world: &World, to: Person) -> Vec<DataExtraction> {
    arrived(world, to)
        .into_iter()
        .filter_map(|content| match content {
            Incoming::DataExtraction(notice) => Some(notice),
            _ => None,
        })
        .collect()
}

async fn lines(device: &Device, with: Person) -> Vec<Message> {
    let rows = device.timeline(with.id()).await.into_iter();
    rows.filter(|row| row.kind == MessageKind::MediaSaved).collect()
}

#[tokio::test(start_paused = true)]
async fn who_sent_a_file_is_told_that_it_was_saved_and_sees_that_before_it_goes() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let timer = Timer {
        start: TimerStart::Sent,
        seconds: 43_200,
    };
    setting::set(&bob.core, Alice.id().into(), Some(timer))
        .await
        .unwrap();
    let key = fetched(&world, &bob).await;
    save(&bob, key).await;
    bob.until_outbox_is_empty().await;
    let notice = DataExtraction {
        screenshot: false,
        timestamp: Some(at(9_000)),
    };
    assert_eq!(notices_for(&world, Alice), [notice]);
    assert!(
        notices_for(&world, Bob).is_empty(),
        "our other devices need no word"
    );
    assert!(lines(&bob, Alice).await.is_empty());
    alice
        .until("the line", || async { !lines(&alice, Bob).await.is_empty() })
        .await;
    let line = lines(&alice, Bob).await.remove(0);
    assert!(line.author == Bob.id() && !line.is_own);
    let until_seen = Timer {
        start: TimerStart::Read,
        ..timer
    };
    assert_eq!((line.timer, line.ends), (Some(until_seen), None));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_own_files_and_of_none_that_a_blocked_person_sent() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let own = send_file(&alice, Bob).await;
    alice.until_state(own, SendState::Sent).await;
    save(&alice, own).await;
    let note = send_file(&alice, Alice).await;
    save(&alice, note).await;
    alice.until_outbox_is_empty().await;
    assert!(notices_for(&world, Bob).is_empty() && notices_for(&world, Alice).is_empty());
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    send::set_blocked(&bob.core, Alice.id(), true).await.unwrap();
    save(&bob, told).await;
    bob.until_outbox_is_empty().await;
    assert!(notices_for(&world, Alice).is_empty());
}

#[tokio::test(start_paused = true)]
async fn of_each_file_it_is_told_once_however_often_it_is_saved() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointers = vec![stored(&world, TEXT, 15), stored(&world, TEXT, 15)];
    world.send(Alice, Bob, pointing(pointers), at(9_000));
    let told = until_told(&bob, Alice).await;
    for place in [0, 1] {
        clicks::download(&bob.core, told, place).await.unwrap();
    }
    bob.until("both files", || async {
        let files = bob.message(told).await.unwrap().attachments;
        files.iter().all(|file| file.state == FileState::Local)
    })
    .await;
    for place in [0, 0, 1, 0, 1] {
        save_at(&bob, told, place).await;
        bob.until_outbox_is_empty().await;
    }
    assert_eq!(notices_for(&world, Alice).len(), 2);
}

fn notice(of: i64) -> OutgoingBody {
    OutgoingBody::DataExtraction(DataExtraction {
        screenshot: false,
        timestamp: Some(at(of)),
    })
}

#[tokio::test(start_paused = true)]
async fn of_each_message_one_line_tells_that_files_were_saved_and_it_is_no_news() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let before = row(&alice, Bob).await.unwrap();
    for (of, sent) in [(8_000, 9_000), (8_000, 9_001), (8_500, 9_002), (8_000, 9_003)] {
        world.send(Bob, Alice, notice(of), at(sent));
    }
    alice
        .until("two lines", || async { lines(&alice, Bob).await.len() == 2 })
        .await;
    alice
        .pass(Duration::from_secs(30), Duration::from_millis(500))
        .await;
    let told = lines(&alice, Bob).await;
    assert_eq!(told.len(), 2, "one of each message");
    assert!(told.iter().all(|line| !line.is_unread));
    let after = row(&alice, Bob).await.unwrap();
    let last = after.last_message.unwrap();
    assert_eq!(last.kind, MessageKind::Text, "the last thing said");
    assert_eq!(last.preview, before.last_message.unwrap().preview);
    assert_eq!(
        (after.last_activity, after.unread_count),
        (before.last_activity, before.unread_count)
    );
}

#[tokio::test(start_paused = true)]
async fn that_a_file_was_saved_is_tried_once() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let key = fetched(&world, &bob).await;
    world.swarm.fail_stores([SwarmError::Timeout]);
    save(&bob, key).await;
    bob.until_outbox_is_empty().await;
    bob.pass(Duration::from_secs(30), Duration::from_millis(500))
        .await;
    assert!(notices_for(&world, Alice).is_empty());
}
