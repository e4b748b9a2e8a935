//! The process is killed when something has failed, or is about to end, and started again: it is made good,
//! once.

use nous_api::ErrorCode;
use nous_api::rows::MessageState;
use nous_localnet::{Effect, Fault, Level, Place};

use crate::child::Child;
use crate::person::{Person, text_of};
use crate::scene::{Scene, swarm_account};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Alice and Bob have written to each other. A file, as children are told of it.
async fn friends() -> (Scene, Person, Person, String) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice.id, "may I").await;
    bob.send(&alice.id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    let path = scene.profile("a document.bin");
    std::fs::write(&path, vec![7_u8; 50_000]).expect("a file");
    let path = path.to_str().expect("a path").to_owned();
    (scene, alice, bob, path)
}

/// The file server does not do what it is asked for in this way.
fn trouble_with_files(scene: &Scene, method: &str) {
    let effect = Effect::Status(503, "not now".to_owned());
    let fault = Fault::new(Level::Destination, effect).method(method);
    scene.control().add_fault(Place::FileServer, fault);
}

/// Nobody stores anything for somebody.
fn trouble_with_stores(scene: &Scene, id: &str) {
    let control = scene.control();
    for node in control.swarm_of(&swarm_account(id)) {
        let effect = Effect::Status(500, "not now".to_owned());
        let fault = Fault::new(Level::Destination, effect).method("store");
        control.add_fault(node, fault);
    }
}

/// How many messages of a text with one file somebody has.
async fn with_file(person: &Person, with: &str, text: &str) -> usize {
    let rows = person.timeline(with).await;
    let found = rows
        .iter()
        .filter(|row| text_of(row) == text && row.attachments.len() == 1);
    found.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_an_upload_failed_its_message_arrives_once_with_the_same_bytes() {
    let (scene, alice, bob, file) = friends().await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let send = ["send-file", &bob.id, "with trouble", &file];
    trouble_with_files(&scene, "POST");
    child.die("upload.failed", &send).await;
    scene.control().clear_all_faults();
    child.finish("upload.", &send).await;
    bob.until_text(&alice_id, "with trouble").await;
    assert_eq!(with_file(&bob, &alice_id, "with trouble").await, 1);
    assert_eq!(scene.control().files().len(), 1, "it was encrypted once");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_a_download_failed_the_file_comes_at_the_next_start() {
    let (scene, alice, bob, file) = friends().await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
    let (sender, child) = (Child::of(&scene, "Alice"), Child::of(&scene, "Bob"));
    let send = ["send-file", &bob_id, "with trouble", &file];
    sender.finish("send.", &send).await;
    let fetch = ["fetch", &alice_id, "with trouble", &file];
    trouble_with_files(&scene, "GET");
    child.die("download.failed", &fetch).await;
    scene.control().clear_all_faults();
    child.finish("download.", &fetch).await;
    let folder = scene.profile("Bob").join("attachments");
    assert_eq!(std::fs::read_dir(folder).map_or(0, Iterator::count), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_an_uploaded_file_is_renewed_it_outlives_its_first_life() {
    let (scene, alice, bob, file) = friends().await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    alice.app.shutdown().await;
    let (control, child) = (scene.control(), Child::of(&scene, "Alice"));
    let send = ["send-file", &bob_id, "late", &file];
    child.die("upload.committed", &send).await;
    // Its message cannot leave for long. The server would forget the file after 14 days.
    trouble_with_stores(&scene, &bob_id);
    control.advance_ms(12 * DAY_MS + 12 * HOUR_MS);
    for step in ["upload.renewing", "upload.renewed"] {
        child.die(step, &["stay"]).await;
    }
    control.clear_all_faults();
    child.finish("send.", &send).await;
    bob.until_text(&alice_id, "late").await;
    bob.app.shutdown().await;
    control.advance_ms(2 * DAY_MS);
    let fetch = ["fetch", &alice_id, "late", &file];
    Child::of(&scene, "Bob").finish("download.", &fetch).await;
    assert_eq!(control.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_an_attempt_failed_the_message_arrives_once() {
    let (scene, alice, bob, _) = friends().await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let send = ["send", &bob.id, "with trouble"];
    trouble_with_stores(&scene, &bob.id);
    child.die("send.failed", &send).await;
    scene.control().clear_all_faults();
    child.finish("send.", &send).await;
    bob.until_text(&alice_id, "with trouble").await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice_id).await, ["may I", "yes", "with trouble"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_life_of_a_message_ended_it_has_failed_and_does_not_go_out() {
    let (scene, alice, bob, _) = friends().await;
    let alice_id = alice.id.clone();
    trouble_with_stores(&scene, &bob.id);
    let id = alice.write(&bob.id, "too late").await;
    alice.app.shutdown().await;
    scene.control().advance_ms(15 * DAY_MS);
    Child::of(&scene, "Alice").die("send.expired", &["stay"]).await;
    scene.control().clear_all_faults();
    let alice = alice.restart().await;
    let row = alice.message(&id).await;
    assert_eq!(row.state, Some(MessageState::Failed));
    assert_eq!(row.error.map(|error| error.code), Some(ErrorCode::Expired));
    alice.send(&bob.id, "in time").await;
    bob.until_text(&alice_id, "in time").await;
    assert_eq!(bob.texts(&alice_id).await, ["may I", "yes", "in time"]);
}
