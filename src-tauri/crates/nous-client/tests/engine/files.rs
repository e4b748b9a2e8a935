//! Files of messages: sent once they are uploaded, fetched with a click or by themselves, and gone with
//! their message.

use std::time::Duration;

use nous_client::error::ClientError;
use nous_client::events::Change;
use nous_client::files::staging;
use nous_client::files::{FilesError, clicks, policy, save};
use nous_client::send::{self, Draft, Refused};
use nous_network::{FileError, SwarmError};
use nous_protocol::attachment::legacy;
use nous_protocol::content::{Attachment as Pointer, Disappearing, Message, Outgoing, OutgoingBody, encode};
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::{self, Attachment, FileKind, FileState, transfers};
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, MessageKind, NewMessage, SendState};
use nous_storage::{conversations, settings};
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::receive::at;
use crate::setup::{self, chosen, files_of, friends};

pub(crate) const TEXT: &[u8] = b"what was agreed";

async fn choose(device: &Device, name: &str, bytes: &[u8]) -> StagedFile {
    staging::stage(&device.core, chosen(name, bytes)).await.unwrap()
}

fn draft(body: &str, files: &[&StagedFile]) -> Draft {
    Draft {
        attachments: files.iter().map(|file| file.id.clone()).collect(),
        ..setup::draft(body)
    }
}

/// Writes a message with a text file.
pub(crate) async fn send_file(device: &Device, to: Person) -> MessageKey {
    let file = choose(device, "notes.txt", TEXT).await;
    send::submit(&device.core, to.id(), draft("", &[&file]))
        .await
        .unwrap()
}

/// The newest message with somebody that has files, and the first of them.
async fn newest(device: &Device, with: Person) -> Option<(MessageKey, Attachment)> {
    let rows = device.timeline(with.id()).await;
    let found = rows.into_iter().rev().find(|row| !row.attachments.is_empty())?;
    Some((found.key, found.attachments.first()?.clone()))
}

pub(crate) async fn file(device: &Device, key: MessageKey) -> Attachment {
    device.message(key).await.unwrap().attachments.remove(0)
}

pub(crate) async fn until_file(device: &Device, key: MessageKey, state: FileState) {
    device
        .until(&format!("{state:?}"), || async {
            file(device, key).await.state == state
        })
        .await;
}

/// Waits until a message with a file came.
pub(crate) async fn until_told(device: &Device, with: Person) -> MessageKey {
    device
        .until("a file", || async { newest(device, with).await.is_some() })
        .await;
    newest(device, with).await.unwrap().0
}

pub(crate) async fn read(device: &Device, key: MessageKey) -> Vec<u8> {
    let attachment = file(device, key).await.key;
    let local = device
        .read(move |reader| attachments::local(reader, attachment))
        .await
        .unwrap();
    device.core.files.reader(&local).unwrap().read_whole(0).unwrap()
}

/// A message of somebody that points to these files.
pub(crate) fn pointing(files: Vec<Pointer>) -> OutgoingBody {
    OutgoingBody::Message(Box::new(Message {
        attachments: files,
        ..Message::default()
    }))
}

/// A file at the server, as another client puts it there.
pub(crate) fn stored(world: &World, bytes: &[u8], size: u32) -> Pointer {
    let sealed = legacy::encrypt(bytes, &mut rand::rng()).unwrap();
    let stored = world.swarm.files().upload(sealed.blob.clone(), false).unwrap();
    Pointer {
        url: stored.url,
        content_type: Some("text/plain".into()),
        key: Some(sealed.key.to_vec()),
        size: Some(size),
        digest: Some(sealed.digest),
        file_name: Some("a.txt".into()),
        ..Pointer::default()
    }
}

pub(crate) async fn trust(device: &Device, person: Person) {
    clicks::trust(&device.core, person.id().into(), true)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_file_is_sent_once_it_is_uploaded_and_fetched_with_a_click() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let key = send_file(&alice, Bob).await;
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(file(&alice, key).await.state, FileState::Uploaded);
    let uploaded = world.swarm.files().kept().remove(0);
    assert!(!uploaded.windows(6).any(|window| TEXT.starts_with(window)));

    let told = until_told(&bob, Alice).await;
    let shown = file(&bob, told).await;
    assert_eq!(
        (shown.facts.name.as_str(), shown.facts.size),
        ("notes.txt", Some(15))
    );
    assert_eq!(
        (shown.facts.kind, shown.state),
        (FileKind::File, FileState::Remote)
    );
    bob.pass(Duration::from_secs(5), Duration::from_millis(100)).await;
    assert!(world.swarm.files().downloads().is_empty(), "nobody clicked");
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_fails_goes_on_after_a_restart_with_the_same_bytes() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world
        .swarm
        .files()
        .fail([FileError::Network(SwarmError::Timeout)]);
    let key = send_file(&alice, Bob).await;
    alice
        .until("a failure", || async {
            file(&alice, key).await.error == "timedOut"
        })
        .await;
    let alice = alice.reopened().await.started();
    alice.until_state(key, SendState::Sent).await;
    let offered = world.swarm.files().offered();
    assert_eq!(offered.len(), 2);
    assert_eq!(offered.first(), offered.last());
}

#[tokio::test(start_paused = true)]
async fn what_is_written_later_does_not_wait_for_an_upload_in_trouble() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let trouble = || FileError::ServerTrouble(503);
    world.swarm.files().fail(std::iter::repeat_with(trouble).take(2));
    let with_file = send_file(&alice, Bob).await;
    let later = alice.write(Bob, "and another thing").await;
    alice.until_state(later, SendState::Sent).await;
    assert_eq!(alice.state(with_file).await, Some(SendState::Queued));
    alice.until_state(with_file, SendState::Sent).await;
    until_told(&bob, Alice).await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_server_refuses_fails_its_message_and_can_be_tried_again() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world.swarm.files().fail([FileError::TooLarge]);
    let key = send_file(&alice, Bob).await;
    alice.until_state(key, SendState::Failed).await;
    assert_eq!(alice.message(key).await.unwrap().error, "fileTooLarge");
    assert_eq!(file(&alice, key).await.state, FileState::Failed);
    clicks::retry(&alice.core, key, 0).await.unwrap();
    alice.until_state(key, SendState::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_stopped_stops_its_message() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world.swarm.files().hold();
    let key = send_file(&alice, Bob).await;
    until_file(&alice, key, FileState::Uploading).await;
    clicks::stop(&alice.core, key, 0).await.unwrap();
    assert_eq!(alice.message(key).await.unwrap().error, "stopped");
    world.swarm.files().let_go();
    alice
        .pass(Duration::from_secs(3), Duration::from_millis(100))
        .await;
    assert_eq!(world.swarm.files().uploads(), 0);
    clicks::retry(&alice.core, key, 0).await.unwrap();
    alice.until_state(key, SendState::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_with_a_file_is_taken_back_into_the_draft() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world.swarm.files().hold();
    let key = send_file(&alice, Bob).await;
    until_file(&alice, key, FileState::Uploading).await;
    send::take_back(&alice.core, key).await.unwrap();
    let staged = alice
        .read(|reader| {
            let conversation = conversations::find(reader, Bob.id())?.unwrap();
            staged::of_draft(reader, conversation)
        })
        .await;
    assert_eq!(staged.len(), 1);
    world.swarm.files().let_go();
    let again = send::submit(&alice.core, Bob.id(), draft("", &[&staged[0]])).await;
    alice.until_state(again.unwrap(), SendState::Sent).await;
    assert_eq!(world.swarm.files().uploads(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_failed_is_taken_back_with_its_text_its_file_and_what_it_answers() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let rows = alice.timeline(Bob.id()).await;
    let asked = rows.iter().find(|row| row.body == "hello yourself").unwrap().key;
    world.swarm.files().fail([FileError::TooLarge]);
    let file = choose(&alice, "notes.txt", TEXT).await;
    let answer = Draft {
        quote: Some(asked),
        ..draft("answered", &[&file])
    };
    let key = send::submit(&alice.core, Bob.id(), answer).await.unwrap();
    alice.until_state(key, SendState::Failed).await;
    let taken = send::take_back(&alice.core, key).await.unwrap();
    assert_eq!((taken.text.as_str(), taken.quote), ("answered", Some(asked)));
    let found = alice.read(|reader| conversations::by_ids(reader, &[Bob.id().into()]));
    let kept = found.await.remove(0);
    assert_eq!(
        (kept.draft.as_str(), kept.draft_quote, kept.staged_files),
        ("answered", Some(asked), 1)
    );
    assert!(alice.message(key).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_does_not_go_into_a_message_is_refused_and_stays_chosen() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let (first, second) = (
        choose(&alice, "a.txt", b"a").await,
        choose(&alice, "b.txt", b"b").await,
    );
    let submit = |to: Person, files: Vec<&StagedFile>| {
        let draft = draft("", &files);
        send::submit(&alice.core, to.id(), draft)
    };
    assert_eq!(submit(Chloe, vec![&first]).await, Err(ClientError::NotAccepted));
    assert!(submit(Bob, vec![&first]).await.is_ok());
    assert_eq!(submit(Bob, vec![&first]).await, Err(ClientError::FileGone));
    let left = second.id.clone();
    staging::discard(&alice.core, vec![left.clone()]).await.unwrap();
    assert_eq!(submit(Bob, vec![&second]).await, Err(ClientError::FileGone));
    let found = alice.read(move |reader| staged::by_ids(reader, &[left])).await;
    assert!(found.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_file_whose_digest_is_another_is_damaged() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.swarm.files().replace(&[7; 600]);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Failed).await;
    assert_eq!(file(&bob, told).await.error, "fileDamaged");
    assert_eq!(files_of(&bob), 0, "nothing of it is kept");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_server_has_forgotten_has_expired_and_one_that_does_not_come_has_failed() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer.clone()]), at(9_000));
    let told = until_told(&bob, Alice).await;
    let trouble = || FileError::Network(SwarmError::Timeout);
    world.swarm.files().fail(std::iter::repeat_with(trouble).take(3));
    clicks::download(&bob.core, told, 0).await.unwrap();
    bob.until("a failure", || async {
        file(&bob, told).await.error == "timedOut"
    })
    .await;
    bob.pass(Duration::from_secs(40), Duration::from_secs(1)).await;
    assert_eq!(world.swarm.files().downloads().len(), 2);
    assert_eq!(file(&bob, told).await.state, FileState::Downloading);
    bob.pass(Duration::from_secs(31 * 60), Duration::from_secs(10))
        .await;
    assert_eq!(file(&bob, told).await.state, FileState::Failed);
    assert_eq!(world.swarm.files().downloads().len(), 3);
    world.swarm.files().lose();
    clicks::retry(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Expired).await;
    assert_eq!(file(&bob, told).await.error, "fileGone");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_nobody_can_have_is_not_asked_for() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = Pointer {
        size: Some(u32::MAX),
        ..stored(&world, TEXT, 15)
    };
    let without_key = Pointer {
        key: None,
        size: Some(15),
        ..pointer.clone()
    };
    world.send(Alice, Bob, pointing(vec![pointer, without_key]), at(9_000));
    trust(&bob, Alice).await;
    let told = until_told(&bob, Alice).await;
    for (place, error) in [(0, "fileTooLarge"), (1, "fileDamaged")] {
        clicks::download(&bob.core, told, place).await.unwrap();
        let state = || async {
            let found = bob
                .read(move |reader| attachments::find(reader, told, place))
                .await;
            found.unwrap().error == error
        };
        bob.until(error, state).await;
    }
    assert!(world.swarm.files().downloads().is_empty());
}

#[tokio::test(start_paused = true)]
async fn from_a_request_nothing_is_fetched_not_even_with_a_click() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    let pointer = stored(&world, TEXT, 15);
    world.send(Chloe, Bob, pointing(vec![pointer]), at(0));
    let told = until_told(&bob, Chloe).await;
    trust(&bob, Chloe).await;
    let refused = clicks::download(&bob.core, told, 0).await;
    assert_eq!(refused, Err(FilesError::Client(ClientError::NotAccepted)));
    bob.pass(Duration::from_secs(2), Duration::from_millis(100)).await;
    assert!(world.swarm.files().downloads().is_empty());
}

#[tokio::test(start_paused = true)]
async fn files_of_those_who_are_trusted_come_by_themselves_and_own_ones_on_other_devices() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let laptop = world.device(Alice).await.started();
    let key = send_file(&alice, Bob).await;
    alice.until_state(key, SendState::Sent).await;
    let told = until_told(&laptop, Bob).await;
    until_file(&laptop, told, FileState::Local).await;
    let told = until_told(&bob, Alice).await;
    assert_eq!(file(&bob, told).await.state, FileState::Remote);
    trust(&bob, Alice).await;
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn nothing_comes_by_itself_where_the_person_does_not_want_it() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let never = bob
        .core
        .db
        .write(|writer| settings::set(writer, policy::BY_ITSELF, &false));
    never.await.unwrap();
    trust(&bob, Alice).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    bob.pass(Duration::from_secs(2), Duration::from_millis(100)).await;
    assert_eq!(file(&bob, told).await.state, FileState::Remote);
    assert!(world.swarm.files().downloads().is_empty());
}

#[tokio::test(start_paused = true)]
async fn so_many_bytes_a_day_come_by_themselves_and_no_more() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    trust(&bob, Alice).await;
    leave_today(&bob, 1_000).await;
    // Each is 592 bytes on its way.
    let files = vec![stored(&world, TEXT, 15); 3];
    assert_eq!(
        by_themselves(&world, &bob, files).await,
        [FileState::Local, FileState::Local, FileState::Remote]
    );
    assert_eq!(world.swarm.files().downloads().len(), 2);
}

/// So many bytes still come by themselves today.
async fn leave_today(device: &Device, bytes: u64) {
    let (day, all) = (policy::day(device.now().as_ms()), policy::MOST_A_DAY);
    let taken = device
        .core
        .db
        .write(move |writer| transfers::take_automatic(writer, day, all - bytes, all));
    assert!(taken.await.unwrap());
}

/// What became of files that Alice sends to Bob, who trusts her.
async fn by_themselves(world: &World, bob: &Device, files: Vec<Pointer>) -> Vec<FileState> {
    world.send(Alice, Bob, pointing(files), at(9_000));
    let told = until_told(bob, Alice).await;
    let states = || async {
        let files = bob.message(told).await.unwrap().attachments;
        files.iter().map(|file| file.state).collect::<Vec<_>>()
    };
    let is_settled = || async { !states().await.contains(&FileState::Downloading) };
    bob.until("all files", is_settled).await;
    states().await
}

#[tokio::test(start_paused = true)]
async fn what_does_not_open_counts_for_as_much_as_came() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    trust(&bob, Alice).await;
    leave_today(&bob, 1_000).await;
    let files = vec![stored(&world, TEXT, 15); 3];
    world.swarm.files().replace(&[7; 600]);
    assert_eq!(
        by_themselves(&world, &bob, files).await,
        [FileState::Failed, FileState::Failed, FileState::Remote]
    );
}

#[tokio::test(start_paused = true)]
async fn what_never_came_counts_for_nothing() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    trust(&bob, Alice).await;
    leave_today(&bob, 20).await;
    let files = vec![stored(&world, TEXT, 15); 3];
    world.swarm.files().lose();
    assert_eq!(by_themselves(&world, &bob, files).await, [FileState::Expired; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_again_and_again_takes_nothing_from_the_day() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    trust(&bob, Alice).await;
    leave_today(&bob, 20).await;
    let files = vec![stored(&world, TEXT, 15)];
    let offline = || FileError::Network(SwarmError::Offline);
    world.swarm.files().fail(std::iter::repeat_with(offline).take(4));
    assert_eq!(by_themselves(&world, &bob, files).await, [FileState::Local]);
    assert_eq!(world.swarm.files().downloads().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_leads_nowhere_says_so_and_is_not_tried_again() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    world.swarm.files().fail([FileError::Input]);
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Failed).await;
    assert_eq!(file(&bob, told).await.error, "linkUnusable");
}

#[tokio::test(start_paused = true)]
async fn a_download_that_is_stopped_waits_for_a_click_again() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    world.swarm.files().hold();
    clicks::download(&bob.core, told, 0).await.unwrap();
    bob.settle().await;
    clicks::stop(&bob.core, told, 0).await.unwrap();
    assert_eq!(file(&bob, told).await.state, FileState::Remote);
    world.swarm.files().let_go();
    bob.pass(Duration::from_secs(2), Duration::from_millis(100)).await;
    assert!(world.swarm.files().downloads().is_empty());
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn a_download_goes_on_after_a_restart() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    world.swarm.files().hold();
    clicks::download(&bob.core, told, 0).await.unwrap();
    bob.settle().await;
    let bob = bob.reopened().await.started();
    world.swarm.files().let_go();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(read(&bob, told).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn with_a_message_its_files_are_gone() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let pointer = stored(&world, TEXT, 15);
    world.send(Alice, Bob, pointing(vec![pointer]), at(9_000));
    let told = until_told(&bob, Alice).await;
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    assert_eq!(files_of(&bob), 1);
    send::delete(&bob.core, vec![told]).await.unwrap();
    bob.core.hub.announce([Change::AllMessages(Alice.id().into())]);
    bob.until("no files", || async { files_of(&bob) == 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_uploaded_is_not_kept_twice() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let key = send_file(&alice, Bob).await;
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    alice
        .until("the file alone", || async { files_of(&alice) == 1 })
        .await;
    assert_eq!(read(&alice, key).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_sent_on_under_another_key() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let key = send_file(&alice, Bob).await;
    alice.until_state(key, SendState::Sent).await;
    let told = until_told(&bob, Alice).await;
    let to_himself = || vec![Bob.id().into()];
    let refused = send::forward(&bob.core, vec![told], to_himself(), None).await;
    assert_eq!(refused, Err(ClientError::FileGone), "it is not here");
    clicks::download(&bob.core, told, 0).await.unwrap();
    until_file(&bob, told, FileState::Local).await;
    let done = send::forward(&bob.core, vec![told], to_himself(), None)
        .await
        .unwrap();
    assert_eq!(done.sent, 1);
    let note = until_told(&bob, Bob).await;
    bob.until_state(note, SendState::Sent).await;
    let offered = world.swarm.files().offered();
    assert_eq!(offered.len(), 2);
    assert_ne!(offered.first(), offered.last());
    assert_eq!(read(&bob, note).await, TEXT);
}

#[tokio::test(start_paused = true)]
async fn what_others_put_into_one_message_is_sent_on_as_several_and_once() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let said = Message {
        body: "two documents".to_owned(),
        attachments: vec![stored(&world, TEXT, 15), stored(&world, TEXT, 15)],
        ..Message::default()
    };
    world.send(Alice, Bob, OutgoingBody::Message(Box::new(said)), at(9_000));
    let told = until_told(&bob, Alice).await;
    for place in 0..2 {
        clicks::download(&bob.core, told, place).await.unwrap();
    }
    let are_here = || async {
        let row = bob.message(told).await.unwrap();
        row.attachments.iter().all(|file| file.is_here)
    };
    bob.until("both files", are_here).await;
    // The second time nobody knows that it went.
    for _ in 0..2 {
        let token = Some("token".to_owned());
        let done = send::forward(&bob.core, vec![told], vec![Bob.id().into()], token)
            .await
            .unwrap();
        assert!(done.sent == 1 && done.refused.is_empty());
    }
    let notes = bob.timeline(Bob.id()).await;
    let said: Vec<(&str, usize)> = notes
        .iter()
        .map(|row| (row.body.as_str(), row.attachments.len()))
        .collect();
    assert_eq!(said, [("two documents", 1), ("", 1)]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_in_the_middle_says_what_went_and_only_the_rest_goes_when_it_is_asked_again() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let first = alice.write(Alice, "first").await;
    let second = send_file(&alice, Alice).await;
    alice.until_state(second, SendState::Sent).await;
    alice
        .until("the file alone", || async { files_of(&alice) == 1 })
        .await;
    let folder = alice.core.db.path().parent().unwrap().join("attachments");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    let (here, away) = (file.path(), folder.with_file_name("away"));
    let forward = || {
        let to = vec![Bob.id().into(), Alice.id().into()];
        send::forward(&alice.core, vec![first, second], to, Some("token".to_owned()))
    };
    std::fs::rename(&here, &away).unwrap();
    let done = forward().await.unwrap();
    let refused = |to: Person| Refused {
        to: to.id().into(),
        sent: 1,
        error: ClientError::FileGone,
    };
    assert_eq!(done.sent, 0);
    assert_eq!(done.refused, [refused(Bob), refused(Alice)]);
    std::fs::rename(&away, &here).unwrap();
    let done = forward().await.unwrap();
    assert!(done.sent == 2 && done.refused.is_empty());
    assert_eq!(alice.texts(Bob).await, ["hello", "hello yourself", "first", ""]);
    assert_eq!(alice.texts(Alice).await, ["first", "", "first", ""]);
}

#[tokio::test(start_paused = true)]
async fn to_a_request_goes_the_text_and_no_file() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let file = choose(&alice, "a.txt", TEXT).await;
    let with_both = send::submit(&alice.core, Alice.id(), draft("both", &[&file]))
        .await
        .unwrap();
    let alone = send_file(&alice, Alice).await;
    let to = || vec![Chloe.id().into()];
    let done = send::forward(&alice.core, vec![with_both], to(), None)
        .await
        .unwrap();
    assert_eq!(done.sent, 1);
    assert_eq!(alice.texts(Chloe).await, ["both"]);
    let done = send::forward(&alice.core, vec![alone], to(), None).await.unwrap();
    let refused = Refused {
        to: Chloe.id().into(),
        sent: 0,
        error: ClientError::NotAccepted,
    };
    assert_eq!(done.refused, [refused]);
    assert_eq!(alice.texts(Chloe).await, ["both"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_saved_overwrites_nothing() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let key = send_file(&alice, Bob).await;
    let folder = tempfile::tempdir().unwrap();
    for name in ["notes.txt", "notes (2).txt"] {
        let saved = save::save(&alice.core, key, 0, folder.path().to_owned())
            .await
            .unwrap();
        assert_eq!(saved.path, folder.path().join(name));
        assert_eq!(std::fs::read(&saved.path).unwrap(), TEXT);
        assert_eq!(saved.size, 15);
    }
    let missing = save::save(&alice.core, key, 3, folder.path().to_owned()).await;
    assert_eq!(missing, Err(FilesError::NoFile));
}

#[tokio::test(start_paused = true)]
async fn messages_that_an_earlier_version_could_not_read_show_their_files() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let pointer = stored(&world, TEXT, 15);
    let content = encode(&Outgoing {
        sent: at(5),
        disappearing: Disappearing::default(),
        body: pointing(vec![pointer]),
    });
    let key = bob
        .core
        .db
        .write(move |writer| {
            let conversation = conversations::ensure(writer, Alice.id(), at(5))?;
            let earlier = NewMessage {
                conversation,
                author: Alice.id(),
                is_own: false,
                is_received: true,
                kind: MessageKind::Unsupported,
                body: String::new(),
                sent: at(5),
                received: at(5),
                order: at(5),
                state: None,
                is_unread: false,
                client_token: None,
                server_hash: "h".to_owned(),
                expires: None,
                content: Some(content),
                event: None,
                mentions_us: false,
                quote: None,
            };
            messages::insert(writer, &earlier)
        })
        .await
        .unwrap();
    let bob = bob.started();
    let has_files = || async { !bob.message(key).await.unwrap().attachments.is_empty() };
    bob.until("its files", has_files).await;
    let row = bob.message(key).await.unwrap();
    assert_eq!(row.kind, MessageKind::Text);
    assert_eq!(row.attachments[0].state, FileState::Remote);
    assert_eq!(row.attachments[0].facts.name, "a.txt");
}
