//! Files in trouble: a server that answers nothing, a disk without room, files that are hard to read,
//! archives that would lead elsewhere, messages that wait for weeks.

use std::fs;
use std::sync::mpsc;
use std::time::Duration;

use nous_client::files::{clicks, save};
use nous_network::{FileError, SwarmError};
use nous_protocol::content::Attachment as Pointer;
use nous_storage::attachments::transfers;
use nous_storage::attachments::{FileKind, FileState};
use nous_storage::ids::MessageKey;
use nous_storage::messages::SendState;
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};
use crate::files::{TEXT, file, pointing, read, send_file, stored, until_file, until_told};
use crate::receive::at;
use crate::setup::{NoRoom, files_of, friends};
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Bob was told of a file of Alice's, and has not clicked.
async fn told_of(world: &World, bob: &Device, pointer: Pointer) -> MessageKey {
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    until_told(bob, Alice).await
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_nothing_is_asked_again_and_then_it_is_said() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let told = told_of(&world, &bob, stored(&world, TEXT, 15)).await;
    world.swarm.files().replace(&[]);
    clicks::download(&bob.core, told, 0).await.unwrap();
    bob.until("a failure", || async {
        file(&bob, told).await.error == "timedOut"
    })
    .await;
    assert_eq!(file(&bob, told).await.state, FileState::Downloading);
    bob.pass(Duration::from_secs(40), Duration::from_secs(1)).await;
    assert_eq!(world.swarm.files().downloads().len(), 2, "it is asked again");
    bob.pass(Duration::from_secs(31 * 60), Duration::from_secs(10))
        .await;
    let given_up = file(&bob, told).await;
    assert_eq!(
        (given_up.state, given_up.error.as_str()),
        (FileState::Failed, "timedOut")
    );
    assert_eq!(world.swarm.files().downloads().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_the_disk_does_not_take_is_said_and_not_fetched_again_by_itself() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let told = told_of(&world, &bob, stored(&world, TEXT, 15)).await;
    let no_room = NoRoom::of(&bob);
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Failed).await;
    assert_eq!(file(&bob, told).await.error, "diskReadOnly");
    bob.pass(HOUR, Duration::from_secs(30)).await;
    assert_eq!(world.swarm.files().downloads().len(), 1);
    drop(no_room);
    clicks::retry(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
    assert_eq!(files_of(&bob), 1);
}

#[tokio::test(start_paused = true)]
async fn a_file_with_which_the_app_ends_each_time_is_not_fetched_for_ever() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let told = told_of(&world, &bob, stored(&world, TEXT, 15)).await;
    world.swarm.files().hold();
    clicks::download(&bob.core, told, 0).await.unwrap();
    let (key, later) = (file(&bob, told).await.key, bob.now() + HOUR);
    let begun = bob.core.db.write(move |writer| {
        for _ in 0..10 {
            transfers::begin(writer, key, later)?;
        }
        Ok(())
    });
    begun.await.unwrap();
    let bob = bob.reopened().await.started();
    world.swarm.files().let_go();
    until_file(&bob, told, FileState::Failed).await;
    assert!(world.swarm.files().downloads().is_empty());
    // A click is another thing.
    clicks::retry(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn files_that_are_hard_to_read_keep_no_message_from_coming_or_going() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let told = told_of(&world, &bob, stored(&world, TEXT, 15)).await;
    let (releases, held): (Vec<_>, Vec<_>) = (0..bob.core.media.width())
        .map(|_| mpsc::sync_channel::<()>(1))
        .unzip();
    let mut holding = JoinSet::new();
    for held in held {
        let media = bob.core.media.clone();
        holding.spawn(async move { media.run(move || held.recv().is_ok()).await });
    }
    clicks::download(&bob.core, told, 0).await.unwrap();
    let written = bob.write(Alice, "while it is read").await;
    alice.write(Bob, "and this comes").await;
    // Nobody waits for the places of the pool here.
    let mut rounds = 0;
    while bob.state(written).await != Some(SendState::Sent)
        || !bob.texts(Alice).await.contains(&"and this comes".to_owned())
    {
        assert!(rounds < 180_000, "never sent, or never come");
        rounds += 1;
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(20)).await;
    }
    assert_eq!(file(&bob, told).await.state, FileState::Downloading);
    drop(releases);
    until_file(&bob, told, FileState::Local).await;
}

/// A ZIP with one file whose name leads out of wherever it is unpacked.
fn leading_elsewhere() -> Vec<u8> {
    let name = b"../../../.config/autostart/evil.desktop";
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let mut zip = b"PK\x03\x04\x14".to_vec();
    // Flags, method, times, sum and sizes: nothing is in it.
    zip.extend([0; 21]);
    zip.extend(length);
    zip.extend([0, 0]);
    zip.extend_from_slice(name);
    zip
}

#[tokio::test(start_paused = true)]
async fn a_zip_that_leads_elsewhere_is_kept_as_bytes_and_saved_under_a_clean_name() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let zip = leading_elsewhere();
    let pointer = Pointer {
        content_type: Some("application/zip".into()),
        file_name: Some("../../../photos.zip".into()),
        ..stored(&world, &zip, u32::try_from(zip.len()).unwrap())
    };
    let told = told_of(&world, &bob, pointer).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    let shown = file(&bob, told).await;
    assert_eq!(
        (shown.facts.kind, shown.facts.content_type.as_str()),
        (FileKind::File, "application/zip")
    );
    assert_eq!(read(&bob, told).await, zip, "nothing of it is unpacked");

    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("downloads").join("here");
    let saved = save::save(&bob.core, told, 0, folder.clone()).await.unwrap();
    assert_eq!(saved.path, folder.join("photos.zip"));
    assert_eq!(fs::read(&saved.path).unwrap(), zip);
    let names = |path: &std::path::Path| -> Vec<String> {
        let entries = fs::read_dir(path).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names(&folder), ["photos.zip"]);
    assert_eq!(names(around.path()), ["downloads"]);
    assert_eq!(names(&around.path().join("downloads")), ["here"]);
}

/// Alice has uploaded a file, and its message waits: Bob's swarm does not take it.
async fn waiting(world: &World, alice: &Device) -> MessageKey {
    world.swarm.refuse(Bob.id(), SwarmError::Timeout);
    let key = send_file(alice, Bob).await;
    until_file(alice, key, FileState::Uploaded).await;
    assert_ne!(alice.state(key).await, Some(SendState::Sent));
    key
}

#[tokio::test(start_paused = true)]
async fn the_file_of_a_message_that_waits_lives_on_at_the_server() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let key = waiting(&world, &alice).await;
    world.clock.jump(DAY * 11);
    alice.pass(HOUR * 2, Duration::from_secs(300)).await;
    assert_eq!(world.swarm.files().extensions(), 0, "it lives long enough");
    world.clock.jump(DAY * 3 / 2);
    alice.pass(HOUR * 3, Duration::from_secs(300)).await;
    assert_eq!(world.swarm.files().extensions(), 1, "once, not every hour");
    world.swarm.accept(Bob.id());
    alice.pass(HOUR, Duration::from_secs(60)).await;
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.files().offered().len(), 1);
    // Longer than it would have lived.
    world.clock.jump(DAY * 4);
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_server_forgot_before_its_message_went_is_uploaded_again() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let key = waiting(&world, &alice).await;
    world.swarm.files().lose();
    world.clock.jump(DAY * 25 / 2);
    alice.pass(HOUR * 2, Duration::from_secs(300)).await;
    until_file(&alice, key, FileState::Uploaded).await;
    let offered = world.swarm.files().offered();
    assert_eq!(offered.len(), 2);
    assert_eq!(offered.first(), offered.last(), "the same bytes");
    world.swarm.accept(Bob.id());
    alice.pass(HOUR, Duration::from_secs(60)).await;
    alice.until_state(key, SendState::Sent).await;
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn a_server_by_which_each_file_is_over_at_once_gets_it_once() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    world.swarm.files().tell_end(world.clock.now());
    let key = send_file(&alice, Bob).await;
    alice
        .pass(Duration::from_secs(20), Duration::from_millis(100))
        .await;
    assert_eq!(world.swarm.files().offered().len(), 1);
    assert_eq!(alice.state(key).await, Some(SendState::Sent));
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn by_a_clock_for_which_no_node_speaks_no_file_is_over() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world.swarm.files().tell_end(world.clock.now() + DAY * 2);
    let key = waiting(&world, &alice).await;
    world.swarm.tell_time(false);
    let ahead = i64::try_from((DAY * 3).as_millis()).unwrap();
    let clock = world.clock.skewed_network_clock(ahead);
    let alice = alice.reopened_with_clock(clock).await.started();
    alice
        .pass(Duration::from_secs(60), Duration::from_millis(500))
        .await;
    assert_eq!(world.swarm.files().offered().len(), 1);
    world.swarm.tell_time(true);
    world.swarm.accept(Bob.id());
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.files().offered().len(), 1, "it was not over");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_files_and_answers_nonsense_is_asked_less_and_less() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let nonsense = || FileError::BadAnswer;
    world
        .swarm
        .files()
        .fail(std::iter::repeat_with(nonsense).take(100));
    let key = send_file(&alice, Bob).await;
    alice.pass(HOUR * 2, Duration::from_secs(20)).await;
    let tries = world.swarm.files().offered().len();
    assert!((8..15).contains(&tries), "{tries}");
    assert_eq!(alice.state(key).await, Some(SendState::Queued));
}

/// Changes the last byte of the file with these bytes.
fn damage(device: &Device, bytes: &[u8]) {
    let folder = device.core.db.path().parent().unwrap().join("attachments");
    let mut paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path = paths.find(|path| fs::read(path).unwrap() == bytes).unwrap();
    let mut damaged = bytes.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(path, damaged).unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_encrypted_file_that_the_disk_damaged_is_encrypted_anew() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let trouble = FileError::Network(SwarmError::Timeout);
    world.swarm.files().fail([trouble]);
    let key = send_file(&alice, Bob).await;
    alice
        .until("a failure", || async {
            file(&alice, key).await.error == "timedOut"
        })
        .await;
    let offered = world.swarm.files().offered();
    damage(&alice, offered.first().unwrap());
    alice.until_state(key, SendState::Sent).await;
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
    alice
        .until("the file alone", || async { files_of(&alice) == 1 })
        .await;
}
