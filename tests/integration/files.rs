//! Files of messages over the file server of the local network.

use std::path::Path;

use nous_api::requests::SendMessageRequest;
use nous_api::rows::{AttachmentRow, AttachmentState, MessageState};
use nous_api::{account, attachments, messages};
use nous_localnet::{LocalnetOptions, Place};
use nous_protocol::attachment::stream::{self, Domain};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::mnemonic;

use crate::logs;
use crate::person::Person;
use crate::scene::Scene;

/// How often a file came to the server.
pub(crate) fn uploads(scene: &Scene) -> usize {
    let seen = scene.control().seen(Place::FileServer);
    let is_upload = |method: &Option<String>| method.as_deref() == Some("POST /file");
    seen.iter().filter(|seen| is_upload(&seen.method)).count()
}

/// Both may send each other files.
pub(crate) async fn befriend(alice: &Person, bob: &Person) {
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice.id, "may I").await;
    bob.send(&alice.id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
}

/// The files of a message, in order, once all were fetched.
pub(crate) async fn fetched(person: &Person, with: &str, text: &str) -> Vec<Vec<u8>> {
    let row = person.until_text(with, text).await;
    let id = row.id;
    let places: Vec<u32> = row.attachments.iter().map(|file| file.index).collect();
    for place in &places {
        let asked = attachments::download_attachment(&person.app, id.clone(), *place).await;
        asked.expect("asked for");
    }
    person
        .until("all files are here", async |person| {
            let row = person.message(&id).await;
            let is_here = |file: &AttachmentRow| file.state == AttachmentState::Local;
            row.attachments.iter().all(is_here).then_some(())
        })
        .await;
    let mut files = Vec::new();
    for place in places {
        let copy = attachments::open_attachment(&person.app, id.clone(), place).await;
        files.push(std::fs::read(copy.expect("a copy")).expect("a file"));
    }
    files
}

/// Sends a text with a file, and waits until it is sent.
async fn send(person: &Person, to: &str, text: &str, file: &Path) {
    let conversation = person.conversation(to).await;
    let chosen = attachments::stage_path(&person.app, Some(conversation.clone()), file.to_owned(), false);
    let chosen = chosen.await.expect("a file");
    let request = SendMessageRequest {
        conversation,
        body: text.to_owned(),
        client_token: format!("token of {text}"),
        quote: None,
        attachments: vec![chosen.id],
        preview: None,
    };
    let mut rows = messages::send_message(&person.app, request)
        .await
        .expect("a message");
    person.until_state(&rows.remove(0).id, MessageState::Sent).await;
}

async fn keys(person: &Person) -> IdentityKeys {
    let words = account::get_recovery_phrase(&person.app, None)
        .await
        .expect("a phrase")
        .words;
    logs::is_secret(&words);
    IdentityKeys::from_seed(&mnemonic::decode(&words).expect("a seed"))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_newer_form_a_file_of_one_account_is_always_the_same_at_the_server() {
    let scene = Scene::of(LocalnetOptions {
        deterministic_files: true,
        ..LocalnetOptions::default()
    })
    .await;
    let (alice, bob) = (scene.person("Alice").await, scene.person("Bob").await);
    befriend(&alice, &bob).await;
    let bytes: Vec<u8> = (0..100_000_u32)
        .map(|n| u8::try_from(n % 251).expect("small"))
        .collect();
    let path = scene.profile("a document.bin");
    std::fs::write(&path, &bytes).expect("a file");
    let control = scene.control();
    for (text, count) in [("for the first time", 1), ("once more", 2)] {
        send(&alice, &bob.id, text, &path).await;
        assert_eq!(uploads(&scene), count, "each message brings it");
        assert_eq!(control.files().len(), 1, "the same bytes have one name");
        assert!(fetched(&bob, &alice.id, text).await == [bytes.clone()], "{text}");
    }
    let sealed = stream::encrypt(&keys(&alice).await, Domain::Attachment, &bytes).expect("sealed");
    let kept = control.file_bytes(&control.files()[0]);
    assert!(kept == Some(sealed.blob), "what the newer form makes of it");
    // Who has it too does not learn who else has.
    send(&bob, &alice.id, "the same to you", &path).await;
    assert_eq!(control.files().len(), 2, "another account has another key");
    assert!(fetched(&alice, &bob.id, "the same to you").await == [bytes]);
    // Copies for other programs go.
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_form_of_today_a_file_is_another_one_each_time() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    befriend(&alice, &bob).await;
    let path = scene.profile("a document.bin");
    std::fs::write(&path, vec![7_u8; 50_000]).expect("a file");
    for (text, count) in [("for the first time", 1), ("once more", 2)] {
        send(&alice, &bob.id, text, &path).await;
        assert_eq!(scene.control().files().len(), count);
        assert!(
            fetched(&bob, &alice.id, text).await == [vec![7_u8; 50_000]],
            "{text}"
        );
    }
    bob.app.shutdown().await;
}
