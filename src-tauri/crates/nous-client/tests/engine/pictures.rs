//! Pictures of profiles: ours on its way, and those of people.

use std::time::Duration;

use nous_client::pictures::process::{self, Finished};
use nous_client::pictures::{own, worker};
use nous_network::{FileError, LinkState, SwarmError};
use nous_protocol::account::Namespace;
use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::config::fields::Picture;
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::user_profile::UserProfile;
use nous_storage::pictures::{self, OwnPicture};
use nous_storage::{account, configs, conversations, people};
use nous_testkit::Person;
use nous_testkit::Person::{Alice, Bob};

use crate::config::poll;
use crate::device::{Device, World};
use crate::setup::{files_of, friends};

const DAY: Duration = Duration::from_secs(86_400);

/// A JPEG of one colour.
pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(80, 80, image::Rgb([shade, 90, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn finished(shade: u8) -> Finished {
    process::open(&jpeg(shade)).unwrap().finish(None).unwrap()
}

async fn choose(device: &Device, shade: u8) {
    own::choose(&device.core, finished(shade), Form::Legacy)
        .await
        .unwrap();
}

async fn own_picture(device: &Device) -> Option<OwnPicture> {
    device.read(pictures::own).await
}

async fn profile_picture(device: &Device) -> Option<(String, [u8; 32])> {
    device.read(account::load).await.unwrap().picture
}

/// The bytes of the small picture of somebody, as a screen would get them.
async fn shown(device: &Device, of: Person) -> Option<Vec<u8>> {
    let name = device
        .read(move |reader| pictures::name_of(reader, of.id()))
        .await?;
    let files = device
        .read(move |reader| pictures::by_name(reader, &name))
        .await?;
    device.core.files.get(&files.small)
}

async fn until_uploaded(device: &Device) {
    device
        .until("uploaded", || async {
            own_picture(device).await.is_some_and(|own| !own.is_upload_due)
        })
        .await;
}

async fn until_shown(device: &Device, of: Person, shade: u8) {
    let expected = finished(shade).small;
    device
        .until("the picture", || async {
            shown(device, of).await.as_ref() == Some(&expected)
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_picture_is_shown_here_at_once_and_to_others_once_it_is_uploaded() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    assert_eq!(shown(&alice, Alice).await, Some(finished(10).small));
    assert_eq!(profile_picture(&alice).await, None, "nobody is told of it");
    world.swarm.set_link(LinkState::Connected);
    until_uploaded(&alice).await;
    let (url, key) = profile_picture(&alice).await.expect("a picture");
    let stored = world.swarm.files().kept().remove(0);
    let plain = picture::open(&stored, &key, Form::of_link(&url)).unwrap();
    assert_eq!(plain, finished(10).sent);
    assert!(!stored.windows(20).any(|window| plain.starts_with(window)));
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_waited_goes_out_after_a_restart() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    let alice = alice.reopened().await.started();
    assert_eq!(shown(&alice, Alice).await, Some(finished(10).small));
    world.swarm.set_link(LinkState::Connected);
    until_uploaded(&alice).await;
    assert!(profile_picture(&alice).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_fails_says_why_and_is_tried_again_with_the_same_bytes() {
    let world = World::new();
    let trouble = FileError::Network(SwarmError::Timeout);
    world.swarm.files().fail([trouble]);
    let alice = world.device(Alice).await;
    choose(&alice, 10).await;
    worker::once(&alice.core, &alice.api()).await.unwrap();
    let waiting = own_picture(&alice).await.unwrap();
    assert_eq!((waiting.error.as_str(), waiting.attempts), ("timedOut", 1));
    assert!(waiting.is_upload_due && waiting.next_attempt > alice.now());
    let alice = alice.started();
    until_uploaded(&alice).await;
    assert_eq!(own_picture(&alice).await.unwrap().blob_name, waiting.blob_name);
    assert_eq!(world.swarm.files().uploads(), 1);
}

#[tokio::test(start_paused = true)]
async fn contacts_and_own_devices_see_a_picture_a_new_one_and_none() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let second = world.restored_device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    until_shown(&second, Alice, 10).await;
    alice.write(Bob, "look").await;
    until_shown(&bob, Alice, 10).await;
    let files = files_of(&bob);
    choose(&alice, 200).await;
    until_uploaded(&alice).await;
    until_shown(&second, Alice, 200).await;
    alice.write(Bob, "again").await;
    until_shown(&bob, Alice, 200).await;
    bob.until("the old files are gone", || async { files_of(&bob) == files })
        .await;
    own::remove(&alice.core).await.unwrap();
    assert_eq!((shown(&alice, Alice).await, files_of(&alice)), (None, 0));
    assert_eq!(profile_picture(&alice).await, None);
    second
        .until("none on the second", || async {
            shown(&second, Alice).await.is_none()
        })
        .await;
    alice.write(Bob, "gone").await;
    bob.until("none at Bob's", || async { shown(&bob, Alice).await.is_none() })
        .await;
    bob.until("no files", || async { files_of(&bob) == 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn the_picture_of_a_stranger_is_not_fetched_before_acceptance() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    let bob = world.device(Bob).await.started();
    alice.write(Bob, "may I").await;
    bob.until_texts(Alice, &["may I"]).await;
    bob.pass(Duration::from_secs(30), Duration::from_millis(500))
        .await;
    assert_eq!(shown(&bob, Alice).await, None);
    assert!(world.swarm.files().downloads().is_empty());
    bob.write(Alice, "yes").await;
    until_shown(&bob, Alice, 10).await;
}

#[tokio::test(start_paused = true)]
async fn the_picture_of_a_deleted_contact_is_deleted() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    alice.write(Bob, "look").await;
    until_shown(&bob, Alice, 10).await;
    nous_client::send::delete_contact(&bob.core, Alice.id())
        .await
        .unwrap();
    bob.core
        .hub
        .announce([nous_client::events::Change::Conversations(vec![
            Alice.id().into(),
        ])]);
    bob.until("no files", || async { files_of(&bob) == 0 }).await;
    assert_eq!(shown(&bob, Alice).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_cannot_be_used_leaves_the_old_one_and_is_not_asked_for_again() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    alice.write(Bob, "look").await;
    until_shown(&bob, Alice, 10).await;
    choose(&alice, 200).await;
    until_uploaded(&alice).await;
    world
        .swarm
        .files()
        .replace(b"no picture of any kind, and longer than a tag");
    let asked = world.swarm.files().downloads().len();
    alice.write(Bob, "again").await;
    bob.until("asked", || async {
        world.swarm.files().downloads().len() > asked
    })
    .await;
    bob.pass(2 * DAY, Duration::from_secs(1_800)).await;
    assert_eq!(world.swarm.files().downloads().len(), asked + 1);
    assert_eq!(shown(&bob, Alice).await, Some(finished(10).small));
}

#[tokio::test(start_paused = true)]
async fn a_picture_is_renewed_before_it_ends_and_uploaded_again_when_it_is_gone() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    let first = own_picture(&alice).await.unwrap();
    let before = profile_picture(&alice).await;
    assert_eq!(world.swarm.files().extensions(), 0);
    alice.pass(13 * DAY, Duration::from_secs(1_800)).await;
    let renewed = own_picture(&alice).await.unwrap();
    assert_eq!(world.swarm.files().extensions(), 1);
    assert!(renewed.expires > first.expires);
    assert_eq!(profile_picture(&alice).await, before, "contacts need not know");
    world.swarm.files().lose();
    let updated = alice.read(account::load).await.unwrap().profile_updated_s;
    alice.pass(13 * DAY, Duration::from_secs(1_800)).await;
    until_uploaded(&alice).await;
    assert_eq!(world.swarm.files().uploads(), 2);
    let (_, key) = profile_picture(&alice).await.unwrap();
    assert_eq!(key, first.key, "the same key");
    let own = alice.read(account::load).await.unwrap();
    assert!(own.profile_updated_s > updated);
}

#[tokio::test(start_paused = true)]
async fn another_device_uploads_again_what_is_gone() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    let second = world.restored_device(Alice).await.started();
    until_shown(&second, Alice, 10).await;
    drop(alice.reopened().await);
    world.swarm.files().lose();
    second.pass(16 * DAY, Duration::from_secs(1_800)).await;
    assert_eq!(world.swarm.files().uploads(), 2);
    let (url, key) = profile_picture(&second).await.unwrap();
    let stored = world.swarm.files().kept().remove(0);
    let plain = picture::open(&stored, &key, Form::of_link(&url)).unwrap();
    assert_eq!(plain, finished(10).sent);
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_left_on_the_disk_is_swept() {
    let world = World::new();
    let alice = world.device(Alice).await;
    choose(&alice, 10).await;
    let files = files_of(&alice);
    alice.core.files.put(b"left behind").unwrap();
    let alice = alice.reopened().await.started();
    until_uploaded(&alice).await;
    assert_eq!(files_of(&alice), files);
    assert_eq!(shown(&alice, Alice).await, Some(finished(10).small));
}

#[tokio::test(start_paused = true)]
async fn pictures_whose_files_are_gone_are_fetched_again() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    alice.write(Bob, "look").await;
    until_shown(&bob, Alice, 10).await;
    let folder = bob.core.db.path().parent().unwrap().join("attachments");
    std::fs::remove_dir_all(folder).unwrap();
    let bob = bob.reopened().await.started();
    until_shown(&bob, Alice, 10).await;
}

#[tokio::test(start_paused = true)]
async fn a_picture_chosen_later_elsewhere_wins_over_one_that_waits_here() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    let second = world.restored_device(Alice).await.started();
    until_shown(&second, Alice, 10).await;
    world
        .swarm
        .files()
        .fail((0..3).map(|_| FileError::Network(SwarmError::Offline)));
    choose(&second, 90).await;
    second
        .until("a failed upload", || async {
            own_picture(&second).await.is_some_and(|own| own.attempts > 2)
        })
        .await;
    choose(&alice, 200).await;
    until_uploaded(&alice).await;
    for device in [&alice, &second] {
        device
            .until("one picture on both", || async {
                profile_picture(&alice).await == profile_picture(&second).await
                    && shown(&alice, Alice).await == shown(&second, Alice).await
            })
            .await;
    }
}

/// A phone with another client stores our picture again, with a key of its own.
async fn renew_on_a_phone(world: &World, knows: &Device, shade: u8) {
    let own = Alice.keys();
    let again = picture::encrypt(&finished(shade).sent, Form::Legacy, &own, &mut rand::rng()).unwrap();
    let stored = world.swarm.files().upload(again.blob, false).unwrap();
    let link = Picture {
        url: stored.url,
        key: again.key,
    };
    let dump = knows.read(|reader| configs::dump(reader, Namespace::USER_PROFILE));
    let mut profile = UserProfile::load(&dump.await.unwrap()).unwrap();
    profile.set_reuploaded_picture(&link, knows.now());
    let keys = ConfigKeys::own(ConfigKind::UserProfile, &own);
    let given = profile.state_mut().push(&keys, knows.now()).unwrap();
    for data in given.messages {
        world
            .swarm
            .put_in(Alice.id(), Namespace::USER_PROFILE, data, 30 * DAY);
    }
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_waits_here_wins_over_one_that_is_only_stored_again_elsewhere() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    alice.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    let second = world.restored_device(Alice).await;
    poll(&second).await;
    choose(&second, 90).await;
    alice.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    let before = profile_picture(&second).await;
    renew_on_a_phone(&world, &second, 10).await;
    poll(&second).await;
    assert_ne!(
        profile_picture(&second).await,
        before,
        "as long as nothing else is there"
    );
    assert_eq!(shown(&second, Alice).await, Some(finished(90).small));
    let second = second.started();
    until_uploaded(&second).await;
    for device in [&alice, &second] {
        until_shown(device, Alice, 90).await;
    }
    assert_eq!(profile_picture(&second).await, profile_picture(&alice).await);
}

#[tokio::test(start_paused = true)]
async fn somebody_without_a_row_has_no_picture() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    choose(&alice, 10).await;
    until_uploaded(&alice).await;
    alice.write(Bob, "look").await;
    until_shown(&bob, Alice, 10).await;
    let row = bob
        .read(|reader| conversations::by_ids(reader, &[Alice.id().into()]))
        .await
        .remove(0);
    let name = row.picture.expect("shown in the list");
    let now = bob.now();
    bob.core
        .db
        .write(move |writer| people::forget(writer, row.key, now))
        .await
        .unwrap();
    let after = bob.read(move |reader| pictures::by_name(reader, &name)).await;
    assert!(after.is_none(), "not even by its old name");
}
