//! Two people write to each other.

use nous_api::rows::{ConversationKind, MessageState};
use nous_api::{account, conversations, messages, network};

use crate::logs;
use crate::person::text_of;
use crate::scene::{Scene, swarm_account};

#[tokio::test(flavor = "multi_thread")]
async fn alice_writes_and_bob_answers() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let question = alice.send(&bob.id, "Is anybody there?").await;
    let received = bob.until_text(&alice.id, "Is anybody there?").await;
    assert_eq!(received.author, alice.id);
    assert_eq!(
        received.author_name, None,
        "who asks is named inside the request only"
    );
    assert!(!received.is_own && received.is_unread && received.state.is_none());
    assert_eq!(received.sent_at, alice.message(&question).await.sent_at);

    bob.send(&alice.id, "Yes, here I am.").await;
    let answer = alice.until_text(&bob.id, "Yes, here I am.").await;
    assert_eq!(answer.author_name.as_deref(), Some("Bob"));
    let accepted = bob.until_text(&alice.id, "Is anybody there?").await;
    assert_eq!(
        accepted.author_name.as_deref(),
        Some("Alice"),
        "the first message carried the profile"
    );
    let texts = ["Is anybody there?", "Yes, here I am."];
    assert_eq!(alice.texts(&bob.id).await, texts);
    assert_eq!(bob.texts(&alice.id).await, texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_arrive_once_and_in_order() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let texts: Vec<String> = (0..25)
        .map(|number| format!("message number {number:02}"))
        .collect();
    let mut last = None;
    for text in &texts {
        last = Some(alice.write(&bob.id, text).await);
    }
    alice.until_state(&last.unwrap(), MessageState::Sent).await;
    bob.until_text(&alice.id, "message number 24").await;
    assert_eq!(bob.texts(&alice.id).await, texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_counts_what_is_unread_until_it_is_read() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "first of two texts").await;
    alice.send(&bob.id, "second of two texts").await;
    bob.until_text(&alice.id, "second of two texts").await;
    let list = bob.list().await;
    let row = list.first().expect("a conversation");
    assert_eq!(
        (list.len(), row.unread_count, row.name.as_deref()),
        (1, 2, None),
        "who asks is named inside the request only"
    );
    assert_eq!(row.last_message.as_ref().unwrap().preview, "second of two texts");
    conversations::mark_read(&bob.app, row.id.clone()).await.unwrap();
    assert_eq!(bob.list().await.first().unwrap().unread_count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_stays_over_a_restart() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let id = alice.send(&bob.id, "kept over a restart").await;
    bob.until_text(&alice.id, "kept over a restart").await;
    let (alice, bob) = (alice.restart().await, bob.restart().await);
    // Its copy for own devices may still have been on its way.
    alice.until_state(&id, MessageState::Sent).await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, ["kept over a restart"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_to_self_is_kept_in_the_own_swarm_alone() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    alice.send(&alice.id, "buy some bread").await;
    let rows = alice.timeline(&alice.id).await;
    assert_eq!(rows.iter().map(text_of).collect::<Vec<_>>(), ["buy some bread"]);
    assert!(rows.iter().all(|row| row.is_own && !row.is_unread));
    let kind = alice.list().await.first().map(|row| row.kind);
    assert_eq!(kind, Some(ConversationKind::NoteToSelf));
    // Coming back from the swarm it is no second note.
    alice.poll().await;
    assert_eq!(alice.texts(&alice.id).await, ["buy some bread"]);
    assert!(!scene.control().stored(&swarm_account(&alice.id)).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_token_sends_once() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let request = nous_api::requests::SendMessageRequest {
        conversation: alice.conversation(&bob.id).await,
        body: "clicked twice in a row".to_owned(),
        client_token: "the one token".to_owned(),
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    let first = messages::send_message(&alice.app, request.clone()).await.unwrap();
    let second = messages::send_message(&alice.app, request).await.unwrap();
    assert_eq!((first.len(), &first[0].id), (1, &second[0].id));
    alice.until_state(&first[0].id, MessageState::Sent).await;
    bob.until_text(&alice.id, "clicked twice in a row").await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, ["clicked twice in a row"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_of_a_conversation_is_logged() {
    let scene = Scene::new().await;
    for name in ["Aliénor Quatrefages", "Bohumil Trnka-Novotný"] {
        logs::is_secret(name);
    }
    let alice = scene.person("Aliénor Quatrefages").await;
    let bob = scene.person("Bohumil Trnka-Novotný").await;
    for person in [&alice, &bob] {
        let phrase = account::get_recovery_phrase(&person.app, None).await.unwrap();
        logs::is_secret(&phrase.words);
        logs::is_secret(&phrase.qr_text);
    }
    alice
        .send(&bob.id, "une phrase que personne d'autre ne lit")
        .await;
    bob.until_text(&alice.id, "une phrase que personne d'autre ne lit")
        .await;
    scene.control().stop_all().await.unwrap();
    let waiting = alice.write(&bob.id, "noch ein Satz, der wartet").await;
    network::send_now(&alice.app).await.unwrap();
    scene.control().start_all().await.unwrap();
    alice.until_state(&waiting, MessageState::Sent).await;
    // The line that shows that lines are read.
    logs::is_secret("a word that only this test says");
    tracing::info!(target: "nous_tests", probe = "a word that only this test says");
    let (probes, leaks): (Vec<_>, Vec<_>) = logs::leaks()
        .into_iter()
        .partition(|line| line.contains("a word that only this test says"));
    assert_eq!(probes.len(), 1, "lines are not read");
    assert!(leaks.is_empty(), "logged: {leaks:#?}");
}
