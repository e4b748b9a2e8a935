//! The process is killed at every named step of a file, sent, fetched or deleted, and started again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nous_api::rows::{MessageBody, Timer, TimerKind};
use nous_api::{attachments, timers};

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::Scene;

/// What is left on the disk after one more round of a program.
async fn files(scene: &Scene, name: &str) -> usize {
    Child::of(scene, name).finish("files.", &["round"]).await;
    let folder = scene.profile(name).join("attachments");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

fn names(steps: BTreeSet<String>) -> Vec<String> {
    steps.into_iter().collect()
}

/// A file of some pieces, and where it lies.
fn document(scene: &Scene) -> PathBuf {
    let path = scene.profile("a document.bin");
    let bytes: Vec<u8> = (0..300_000_u32)
        .map(|n| u8::try_from(n % 251).expect("small"))
        .collect();
    std::fs::write(&path, bytes).expect("a file");
    path
}

async fn friends(scene: &Scene, alice: &Person, bob: &Person) -> String {
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice.id, "may I").await;
    bob.send(&alice.id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    document(scene).to_str().expect("a path").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_sending_a_file_it_arrives_once_and_nothing_is_left_behind() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let steps = child
        .finish("upload.", &["send-file", &bob.id, "in peace", &file])
        .await;
    assert_eq!(names(steps), UPLOAD_STEPS);
    let mut texts = vec!["in peace".to_owned()];
    for step in STAGE_STEPS.into_iter().chain(UPLOAD_STEPS) {
        let text = format!("killed at {step}");
        let command = ["send-file", &bob.id, &text, &file];
        assert_eq!(child.run(step, 1, &command).await, End::Killed(step.to_owned()));
        child.finish("upload.", &command).await;
        bob.until_text(&alice_id, &text).await;
        texts.push(text);
        assert_eq!(files(&scene, "Alice").await, texts.len(), "{step}");
    }
    let rows = bob.timeline(&alice_id).await;
    let with_files: Vec<String> = rows
        .iter()
        .filter(|row| row.attachments.len() == 1)
        .map(crate::person::text_of)
        .collect();
    assert_eq!(with_files, texts, "each once, in order");
    bob.app.shutdown().await;
    let child = Child::of(&scene, "Bob");
    for text in &texts {
        child
            .finish("download.", &["fetch", &alice_id, text, &file])
            .await;
    }
    assert_eq!(files(&scene, "Bob").await, texts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_fetching_or_deleting_a_file_it_is_here_or_gone_at_the_next_start() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
    let (sender, child) = (Child::of(&scene, "Alice"), Child::of(&scene, "Bob"));
    for (turn, step) in DOWNLOAD_STEPS.into_iter().enumerate() {
        let text = format!("before {step}");
        sender
            .finish("send.", &["send-file", &bob_id, &text, &file])
            .await;
        let fetch = ["fetch", &alice_id, &text, &file];
        assert_eq!(child.run(step, 1, &fetch).await, End::Killed(step.to_owned()));
        let steps = child.finish("download.", &fetch).await;
        if step == "download.begun" {
            assert_eq!(names(steps), DOWNLOAD_STEPS);
        }
        assert_eq!(files(&scene, "Bob").await, turn + 1, "{step}");
    }
    let forget = ["forget", &alice_id, "before download.begun"];
    let end = child.run("files.removed", 1, &forget).await;
    assert_eq!(end, End::Killed("files.removed".to_owned()));
    assert_eq!(files(&scene, "Bob").await, DOWNLOAD_STEPS.len() - 1);
    let forget = ["forget", &alice_id, "before download.fetched"];
    let end = child.run("send.deleted", 1, &forget).await;
    assert_eq!(end, End::Killed("send.deleted".to_owned()));
    assert_eq!(files(&scene, "Bob").await, DOWNLOAD_STEPS.len() - 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_chosen_file_is_given_up_nothing_is_left_behind() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    child.die("stage.discarded", &["discard", &bob.id, &file]).await;
    assert_eq!(files(&scene, "Alice").await, 0);
    let alice = alice.restart().await;
    let with_bob = alice.conversation(&bob.id).await;
    let chosen = attachments::list_staged_files(&alice.app, with_bob).await;
    assert!(chosen.expect("the draft").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_messages_of_several_files_none_is_written_and_then_each_arrives_once() {
    let (scene, mut alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let send = ["send-two", &bob.id, "both", &file];
    // Before the second one, then before they are committed.
    for turn in [1, 2] {
        let end = child.run("send.writing", turn, &send).await;
        assert_eq!(end, End::Killed("send.writing".to_owned()));
        alice = alice.restart().await;
        assert_eq!(alice.texts(&bob.id).await, ["may I", "yes"]);
        let with_bob = alice.conversation(&bob.id).await;
        let chosen = attachments::list_staged_files(&alice.app, with_bob).await;
        assert_eq!(chosen.expect("the draft").len(), 2, "they stand in the draft");
        alice.app.shutdown().await;
    }
    child.finish("send.", &send).await;
    bob.until_text(&alice_id, "both").await;
    bob.until("both files", async |bob| {
        let rows = bob.timeline(&alice_id).await;
        let with_files = rows.iter().filter(|row| row.attachments.len() == 1);
        (with_files.count() == 2).then_some(())
    })
    .await;
    assert_eq!(bob.texts(&alice_id).await, ["may I", "yes", "both", ""]);
}

/// The names in a folder, whose files are all whole; those that are hidden are not looked at.
fn saved(folder: &Path, file: &str) -> Vec<String> {
    let whole = std::fs::read(file).expect("the file");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a name");
        if name.starts_with('.') {
            continue;
        }
        assert_eq!(std::fs::read(entry.path()).expect("a file"), whole);
        names.push(name);
    }
    names.sort();
    names
}

/// How many files of a folder are hidden.
fn hidden(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder).expect("a folder");
    let names = names.map(|entry| entry.expect("an entry").file_name());
    names
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_a_file_was_saved_it_is_whole_and_is_not_written_over() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
    let (sender, child) = (Child::of(&scene, "Alice"), Child::of(&scene, "Bob"));
    let send = ["send-file", &bob_id, "to be kept", &file];
    sender.finish("send.", &send).await;
    let folder = scene.profile("what Bob saved");
    let into = folder.to_str().expect("a path");
    let save = ["save", &alice_id, "to be kept", into];
    child.die("save.writing", &save).await;
    assert_eq!(
        saved(&folder, &file),
        Vec::<String>::new(),
        "half a file has no name"
    );
    assert_eq!(hidden(&folder), 1);
    let theirs = folder.join(".theirs.part");
    std::fs::write(&theirs, "theirs").expect("a file");
    child.die("save.written", &save).await;
    assert_eq!(saved(&folder, &file), ["a document.bin"]);
    child.finish("save.", &save).await;
    assert_eq!(saved(&folder, &file), ["a document (2).bin", "a document.bin"]);
    assert_eq!(files(&scene, "Bob").await, 1, "and the one that is sealed");
    // Who sent it is told, if only of the second time.
    let (alice, bob) = (alice.restart().await, bob.restart().await);
    alice
        .until("told that it was saved", async |alice| {
            let rows = alice.timeline(&bob_id).await;
            let told = rows.iter().filter(|row| row.body == MessageBody::MediaSaved);
            (told.count() == 1).then_some(())
        })
        .await;
    bob.until("nothing of what was killed is left", async |_| {
        (hidden(&folder) == 1).then_some(())
    })
    .await;
    assert!(theirs.exists(), "what is not ours stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_an_expiry_the_file_of_the_message_is_gone() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let file = friends(&scene, &alice, &bob).await;
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    let half_a_day = Timer {
        kind: TimerKind::AfterSend,
        seconds: 43_200,
    };
    let with_bob = alice.conversation(&bob_id).await;
    let set = timers::set_timer(&alice.app, with_bob, half_a_day).await;
    set.expect("set");
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
    let (sender, child) = (Child::of(&scene, "Alice"), Child::of(&scene, "Bob"));
    let send = ["send-file", &bob_id, "soon gone", &file];
    sender.finish("send.", &send).await;
    let fetch = ["fetch", &alice_id, "soon gone", &file];
    child.finish("download.", &fetch).await;
    assert_eq!(files(&scene, "Bob").await, 1);
    scene.control().advance_ms(13 * 3_600_000);
    // Killed inside the transaction, it comes again.
    for step in [
        "expiry.erasing",
        "expiry.erasing",
        "expiry.erased",
        "files.removed",
    ] {
        child.die(step, &["stay"]).await;
    }
    assert_eq!(files(&scene, "Bob").await, 0);
    let bob = bob.restart().await;
    assert_eq!(bob.texts(&alice_id).await, ["may I", "yes"]);
}

/// Every step of a file until it is chosen.
const STAGE_STEPS: [&str; 2] = ["stage.committed", "stage.written"];
/// Every step of a file on its way to the server.
const UPLOAD_STEPS: [&str; 7] = [
    "upload.begun",
    "upload.committed",
    "upload.committing",
    "upload.encrypted",
    "upload.kept",
    "upload.stored",
    "upload.storing",
];
/// Every step of a file on its way here.
const DOWNLOAD_STEPS: [&str; 6] = [
    "download.begun",
    "download.committed",
    "download.committing",
    "download.fetched",
    "download.looked",
    "download.sealed",
];
