//! Pictures of profiles over the file server of the local network.

use std::io::Cursor;

use nous_api::ids::{ConversationId, PictureId};
use nous_api::requests::{ContactList, ListContactsRequest, SetPictureRequest};
use nous_api::rows::{AccountRow, PictureUpload, RecognisedAddress};
use nous_api::{App, AppOptions, account, addresses, contacts, pictures};

use crate::person::Person;
use crate::scene::Scene;

const DAY_MS: i64 = 86_400_000;

pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(300, 200, image::Rgb([shade, 90, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a JPEG");
    bytes.into_inner()
}

async fn set_picture(person: &Person, shade: u8) -> AccountRow {
    let staged = pictures::stage_picture(&person.app, jpeg(shade))
        .await
        .expect("a picture");
    let request = SetPictureRequest {
        staged: staged.id,
        crop: None,
    };
    pictures::set_picture(&person.app, request).await.expect("set")
}

async fn until_uploaded(person: &Person) {
    person
        .until("the picture is uploaded", async |person| {
            let row = account::get_account(&person.app).await.expect("an account");
            (row.picture_upload == PictureUpload::Done).then_some(())
        })
        .await;
}

/// The bytes of a picture as a page asks for them.
async fn media(person: &Person, id: &PictureId, size: &str) -> Option<Vec<u8>> {
    pictures::get_media(&person.app, &format!("/picture/{id}/{size}"))
        .await
        .expect("an answer")
}

/// The red of the middle of a JPEG.
fn red_of(jpeg: &[u8]) -> u8 {
    let picture = image::load_from_memory(jpeg).expect("a JPEG").to_rgb8();
    picture.get_pixel(picture.width() / 2, picture.height() / 2).0[0]
}

/// Waits until somebody sees a picture of this shade in the list; answers its id.
pub(crate) async fn until_seen(person: &Person, of: &str, shade: u8) -> PictureId {
    person
        .until("the picture is in the list", async |person| {
            let rows = person.list().await;
            let id = rows.into_iter().find(|row| row.account_id == of)?.picture?;
            let small = media(person, &id, "small").await?;
            (red_of(&small).abs_diff(shade) < 8).then_some(id)
        })
        .await
}

/// The picture of somebody in the list of people, on their page, and in a recognised address.
async fn elsewhere(person: &Person, of: &str) -> [Option<PictureId>; 3] {
    let request = ListContactsRequest {
        list: ContactList::Everybody,
        cursor: None,
        limit: 10,
        filter: String::new(),
    };
    let page = contacts::list_contacts(&person.app, request)
        .await
        .expect("people");
    let listed = page.rows.into_iter().find(|row| row.account_id == of);
    let details = contacts::get_contact(&person.app, ConversationId(of.to_owned()))
        .await
        .expect("details");
    let recognised = addresses::recognise_address(&person.app, of.to_owned())
        .await
        .expect("an address");
    let RecognisedAddress::Accounts { mut accounts } = recognised else {
        unreachable!("an account ID is recognised");
    };
    [
        listed.expect("somebody").picture,
        details.contact.picture,
        accounts.remove(0).picture,
    ]
}

pub(crate) async fn own_shade(person: &Person) -> Option<u8> {
    let row = account::get_account(&person.app).await.expect("an account");
    let small = media(person, &row.picture?, "small").await?;
    Some(red_of(&small))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_sees_the_picture_after_acceptance_and_not_before_and_a_second_device_has_it() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let row = set_picture(&alice, 200).await;
    assert!(row.picture.is_some(), "shown here at once");
    until_uploaded(&alice).await;
    assert_eq!(scene.control().files().len(), 1);
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice.id, "may I").await;
    bob.poll().await;
    assert!(bob.list().await.iter().all(|row| row.picture.is_none()));
    assert_eq!(elsewhere(&bob, &alice.id).await, [None, None, None]);
    bob.send(&alice.id, "yes").await;
    let id = until_seen(&bob, &alice.id, 200).await;
    assert_eq!(elsewhere(&bob, &alice.id).await, [0; 3].map(|_| Some(id.clone())));
    let large = media(&bob, &id, "large").await.expect("the large one");
    assert!(large.len() > 100);
    let second = alice.second_device(&scene, "Alice's second").await;
    second
        .until("the own picture", async |second| {
            own_shade(second).await.filter(|red| red.abs_diff(200) < 8)
        })
        .await;
    set_picture(&alice, 40).await;
    until_uploaded(&alice).await;
    alice.send(&bob.id, "a new one").await;
    until_seen(&bob, &alice.id, 40).await;
    assert_eq!(media(&bob, &id, "small").await, None, "the old one is gone");
    // Who removes a picture has seen it: a change of the same second may win otherwise.
    second
        .until("the new picture", async |second| {
            own_shade(second).await.filter(|red| red.abs_diff(40) < 8)
        })
        .await;
    pictures::remove_picture(&second.app).await.expect("removed");
    alice
        .until("removed on the first", async |alice| {
            own_shade(alice).await.is_none().then_some(())
        })
        .await;
    alice.send(&bob.id, "none").await;
    bob.until("removed at Bob's", async |bob| {
        let rows = bob.list().await;
        rows.iter().all(|row| row.picture.is_none()).then_some(())
    })
    .await;
}

/// One poll of a process that does not stay.
async fn sync_once(scene: &Scene, name: &str) {
    let app = App::open(AppOptions {
        profile_dir: Some(scene.profile(name)),
        is_polling: false,
        ..AppOptions::new(scene.network())
    })
    .await
    .expect("a profile");
    app.poll_once().await.expect("a poll");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_renewed_at_the_start_and_uploaded_again_when_the_file_is_lost() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    set_picture(&alice, 200).await;
    until_uploaded(&alice).await;
    let control = scene.control();
    control.advance_ms(10 * DAY_MS);
    alice.app.shutdown().await;
    sync_once(&scene, "Alice").await;
    // Without the renewal it would have ended after 14 days.
    control.advance_ms(8 * DAY_MS);
    assert_eq!(control.files().len(), 1, "it was renewed");
    let id = control.files().remove(0);
    assert!(control.remove_file(&id));
    let alice = alice.restart().await;
    alice
        .until("uploaded again", async |_| {
            (control.files().len() == 1).then_some(())
        })
        .await;
    assert!(own_shade(&alice).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_picture_is_plain_on_the_disk() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    set_picture(&alice, 200).await;
    until_uploaded(&alice).await;
    alice.app.shutdown().await;
    let folder = scene.profile("Alice").join("attachments");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("bytes");
        assert!(image::guess_format(&bytes).is_err());
        assert!(!bytes.windows(4).any(|window| window == b"JFIF"));
        count += 1;
    }
    assert_eq!(count, 3);
}
