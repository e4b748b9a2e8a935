//! Who learns which name and which picture, and when: every answer of the contract and every
//! row of the database of both sides, before and after acceptance.
//!
//! Source: `product.md` §9.

mod complete;

use std::collections::BTreeSet;
use std::io::Cursor;

use nous_api::ids::ConversationId;
use nous_api::requests::{
    ContactList, ListContactsRequest, ListConversationsRequest, ListDirectoryRequest,
    SaveDirectoryEntryRequest, SetPictureRequest,
};
use nous_api::rows::PictureUpload;
use nous_api::{account, contacts, conversations, directory, message_requests, pictures};
use nous_protocol::time::Timestamp;
use nous_storage::db::every_cell;
use nous_storage::key::KeyringUse;
use nous_storage::profile::{Profile, UnlockOptions};
use serde_json::Value;

use crate::answers::{self, Answer};
use crate::person::Person;
use crate::scene::Scene;

const ALICE: &str = "Alicia Quartz";
const BOB: &str = "Roberto Basalt";

/// Somebody with a name of their own and a picture.
async fn person(scene: &Scene, profile: &str, name: &str, shade: u8) -> Person {
    let person = scene.person(profile).await;
    account::set_display_name(&person.app, name.to_owned())
        .await
        .expect("a name");
    let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([shade, 90, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a JPEG");
    let staged = pictures::stage_picture(&person.app, bytes.into_inner())
        .await
        .expect("a picture");
    let request = SetPictureRequest {
        staged: staged.id,
        crop: None,
    };
    pictures::set_picture(&person.app, request).await.expect("set");
    person
        .until("the picture is uploaded", async |person| {
            let row = account::get_account(&person.app).await.expect("an account");
            (row.picture_upload == PictureUpload::Done).then_some(())
        })
        .await;
    person
}

/// Alice has written to Bob, who has not answered.
async fn asked(scene: &Scene) -> (Person, Person) {
    let alice = person(scene, "Alice", ALICE, 200).await;
    let bob = person(scene, "Bob", BOB, 40).await;
    alice.send(&bob.id, "may I write to you?").await;
    bob.until_text(&alice.id, "may I write to you?").await;
    for (person, other) in [(&alice, &bob), (&bob, &alice)] {
        person.poll().await;
        // An account ID that was published, without a name.
        let entry = SaveDirectoryEntryRequest {
            account_id: other.id.clone(),
            name: String::new(),
            note: String::new(),
        };
        directory::save_directory_entry(&person.app, entry)
            .await
            .expect("an entry");
    }
    (alice, bob)
}

/// The functions whose answers hold a text, capitals aside: a cursor has names without them.
fn who_tells(answers: &[Answer], text: &str) -> BTreeSet<&'static str> {
    let text = text.to_lowercase();
    let tells = |answer: &&Answer| answer.value.to_string().to_lowercase().contains(&text);
    answers.iter().filter(tells).map(|answer| answer.of).collect()
}

async fn told(person: &Person, other: &Person, text: &str) -> BTreeSet<&'static str> {
    let about = [person.id.clone(), other.id.clone()];
    who_tells(&answers::all(person, &about).await, text)
}

/// The pictures that stand in the answers about somebody else.
async fn pictures_of(person: &Person, other: &Person) -> BTreeSet<&'static str> {
    let answers = answers::all(person, std::slice::from_ref(&other.id)).await;
    let of_others = answers
        .iter()
        .filter(|answer| !matches!(answer.of, "get_account"))
        .filter(|answer| has_picture(&answer.value));
    of_others.map(|answer| answer.of).collect()
}

fn has_picture(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let is_one = key.to_lowercase().contains("picture") && !value.is_null();
            is_one || has_picture(value)
        }),
        Value::Array(values) => values.iter().any(has_picture),
        _ => false,
    }
}

/// How many rows a search for a beginning of a name finds.
async fn found(person: &Person, beginning: &str) -> usize {
    let filter = beginning.to_owned();
    let (cursor, limit) = (None, 100);
    let app = &person.app;
    let request = ListConversationsRequest {
        cursor: cursor.clone(),
        limit,
        filter: filter.clone(),
    };
    let talks = conversations::list_conversations(app, request).await;
    let mut count = talks.expect("a list").rows.len();
    for list in [
        ContactList::Contacts,
        ContactList::Blocked,
        ContactList::Everybody,
    ] {
        let request = ListContactsRequest {
            list,
            cursor: cursor.clone(),
            limit,
            filter: filter.clone(),
        };
        let people = contacts::list_contacts(app, request).await;
        count += people.expect("a list").rows.len();
    }
    let request = ListDirectoryRequest {
        cursor,
        limit,
        search: filter,
    };
    let entries = directory::list_directory(app, request).await;
    count + entries.expect("a list").rows.len()
}

async fn inside(person: &Person, who: &Person) -> Option<String> {
    let request = message_requests::get_request(&person.app, ConversationId(who.id.clone())).await;
    request.expect("a request").given_name
}

/// The columns of somebody's database that hold these bytes. Closes the profile.
async fn columns_with(
    scene: &Scene,
    person: Person,
    profile: &str,
    bytes: &[u8],
) -> (Person, BTreeSet<String>) {
    person.app.shutdown().await;
    let options = UnlockOptions {
        keyring: KeyringUse::Off,
        ..UnlockOptions::new(Timestamp::from_ms(scene.control().now_ms()))
    };
    let open = Profile::open_or_create(&scene.profile(profile), &options).expect("a profile");
    let cells = open.database().read(every_cell).await.expect("every cell");
    assert!(cells.len() > 100, "the database was read");
    let holds = |cell: &[u8]| {
        let folded = cell.to_ascii_lowercase();
        folded
            .windows(bytes.len())
            .any(|window| window == bytes.to_ascii_lowercase())
    };
    let columns = cells
        .into_iter()
        .filter(|cell| holds(&cell.bytes))
        .map(|cell| cell.place)
        .collect();
    open.close().await;
    drop(open);
    (person.restart().await, columns)
}

fn set<const N: usize>(names: [&'static str; N]) -> BTreeSet<&'static str> {
    names.into_iter().collect()
}

fn columns<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn before_acceptance_a_name_is_inside_the_request_only_and_the_asker_learns_none() {
    let scene = Scene::new().await;
    let (alice, bob) = asked(&scene).await;
    assert_eq!(told(&alice, &bob, BOB).await, set([]));
    assert_eq!(told(&bob, &alice, ALICE).await, set([]));
    for word in ["Alicia", "Quartz"] {
        assert_eq!(found(&bob, word).await, 0, "no search finds {word}");
    }
    assert_eq!(inside(&bob, &alice).await.as_deref(), Some(ALICE));
    assert_eq!(pictures_of(&bob, &alice).await, set([]));
    assert_eq!(pictures_of(&alice, &bob).await, set([]));

    let (alice, places) = columns_with(&scene, alice, "Alice", BOB.as_bytes()).await;
    assert_eq!(places, columns([]), "what Alice's device keeps of Bob");
    let (bob, places) = columns_with(&scene, bob, "Bob", ALICE.as_bytes()).await;
    // The inside of the request, the message as it came, and what his devices share of it.
    let allowed = columns(["configs.dump", "conversations.name", "messages.content"]);
    assert!(places.is_subset(&allowed), "{places:?}");
    assert!(places.contains("conversations.name"), "{places:?}");
    let (bob, places) = columns_with(&scene, bob, "Bob", alice_key(&alice).as_slice()).await;
    let pictures = places.iter().filter(|place| place.starts_with("picture"));
    assert_eq!(
        pictures.count(),
        0,
        "no picture of a request is kept or asked for"
    );
    // Nor after another start, poll and message.
    alice.send(&bob.id, "it is important").await;
    bob.until_text(&alice.id, "it is important").await;
    assert_eq!(told(&bob, &alice, ALICE).await, set([]));
    assert_eq!(told(&alice, &bob, BOB).await, set([]));
}

/// The account ID as tables keep it.
fn alice_key(alice: &Person) -> Vec<u8> {
    hex::decode(&alice.id).expect("an account ID")
}

#[tokio::test(flavor = "multi_thread")]
async fn after_acceptance_both_sides_see_names_and_pictures_everywhere() {
    let scene = Scene::new().await;
    let (alice, bob) = asked(&scene).await;
    // What waits to go out names the conversation too.
    let with_alice = ConversationId(alice.id.clone());
    message_requests::accept_request(&bob.app, with_alice)
        .await
        .expect("accepted");
    for (person, other, name) in [(&alice, &bob, BOB), (&bob, &alice, ALICE)] {
        person
            .until("name and picture are there", async |person| {
                let rows = person.list().await;
                let row = rows.into_iter().find(|row| row.account_id == other.id)?;
                (row.name.as_deref() == Some(name) && row.picture.is_some()).then_some(())
            })
            .await;
    }
    // A message that waits, and one that failed, are named as well.
    bob.write(&alice.id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    let everywhere = set([
        "get_contact",
        "get_conversations",
        "get_message_info",
        "get_messages",
        "list_contacts",
        "list_conversations",
        "list_messages",
        "open_conversation",
        "received_since",
        "recognise_address",
        "search_messages",
    ]);
    assert_eq!(told(&alice, &bob, BOB).await, everywhere);
    assert_eq!(told(&bob, &alice, ALICE).await, everywhere);
    let with_picture = set([
        "get_contact",
        "get_conversations",
        "get_directory_entry",
        "list_contacts",
        "list_conversations",
        "list_directory",
        "open_conversation",
        "recognise_address",
    ]);
    assert_eq!(pictures_of(&alice, &bob).await, with_picture);
    assert_eq!(pictures_of(&bob, &alice).await, with_picture);
    assert!(found(&bob, "quartz").await > 0 && found(&alice, "basalt").await > 0);

    // What cannot leave now says where it is to go, by name.
    let control = scene.control();
    for node in control.nodes() {
        control.stop(node.index).await.expect("a node that stops");
    }
    alice.write(&bob.id, "it waits").await;
    assert!(told(&alice, &bob, BOB).await.contains("list_outbox"));
    let (alice, places) = columns_with(&scene, alice, "Alice", BOB.as_bytes()).await;
    assert!(places.contains("conversations.name") && places.contains("conversations.name_folded"));
    drop(alice);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_or_blocks_tells_no_name_and_a_declined_name_is_forgotten() {
    let scene = Scene::new().await;
    let (alice, bob) = asked(&scene).await;
    let with_alice = ConversationId(alice.id.clone());
    message_requests::decline_request(&bob.app, with_alice.clone())
        .await
        .expect("declined");
    alice.poll().await;
    assert_eq!(told(&alice, &bob, BOB).await, set([]));
    let (bob, places) = columns_with(&scene, bob, "Bob", ALICE.as_bytes()).await;
    assert_eq!(places, columns([]), "what was declined is forgotten");

    alice.send(&bob.id, "please").await;
    bob.until_text(&alice.id, "please").await;
    message_requests::block_request(&bob.app, with_alice.clone())
        .await
        .expect("blocked");
    bob.poll().await;
    alice.poll().await;
    assert_eq!(told(&alice, &bob, BOB).await, set([]));
    assert_eq!(
        told(&bob, &alice, ALICE).await,
        set([]),
        "in no list of blocked people"
    );
    assert_eq!(found(&bob, "alicia").await, 0);
    contacts::set_blocked(&bob.app, with_alice, false)
        .await
        .expect("unblocked");
    assert_eq!(told(&bob, &alice, ALICE).await, set([]));
    let (alice, places) = columns_with(&scene, alice, "Alice", BOB.as_bytes()).await;
    assert_eq!(places, columns([]));
    drop(alice);
}
