//! A locked profile answers nothing of what it holds, whatever the page remembers to ask for.

use nous_api::directory::{
    export_directory, get_directory_import, save_directory_entry, start_directory_import,
};
use nous_api::ids::{ConversationId, JobId};
use nous_api::pictures::{get_media, stage_picture};
use nous_api::requests::{
    DirectoryFormat, ExportDirectoryRequest, SaveDirectoryEntryRequest, SetNicknameRequest,
    SetPasswordRequest,
};
use nous_api::{ApiError, account, addresses, boot, contacts, message_requests, messages};

use crate::answers::{self, Answer};
use crate::person::Person;
use crate::pictures::jpeg;
use crate::scene::Scene;
use crate::stranger::Stranger;

const PASSWORD: &str = "correct horse";
/// What a lock screen may know: its stage, its theme and language, the connection.
const OPEN: [&str; 3] = ["get_boot_state", "get_settings", "get_connectivity"];

/// What a page may remember an ID of.
struct Remembered {
    stranger: String,
    import: JobId,
    staged: String,
}

/// Alice, who knows people in every way there is; and what must not be read of it.
async fn somebody_with_secrets(scene: &Scene) -> (Person, Remembered, Vec<String>) {
    let (alice, bob) = (scene.person("Alice Adler").await, scene.person("Bob Bauer").await);
    bob.send(&alice.id, "what Bob wrote").await;
    alice.until_text(&bob.id, "what Bob wrote").await;
    alice.send(&bob.id, "what Alice wrote").await;
    let with_bob = ConversationId(bob.id.clone());
    let nickname = SetNicknameRequest {
        conversation: with_bob,
        nickname: "Bobby the nick".to_owned(),
    };
    contacts::set_nickname(&alice.app, nickname).await.unwrap();
    let stranger = Stranger::new(scene);
    let data = stranger.seal(
        &alice.id,
        "what a stranger wrote",
        Some("Mallory Meier"),
        stranger.now(),
    );
    stranger.store(&alice.id, data).await;
    alice.until_text(&stranger.id(), "what a stranger wrote").await;
    let listed = scene.person("Dora Dorn").await;
    let entry = SaveDirectoryEntryRequest {
        account_id: listed.id.clone(),
        name: "Dora of the directory".to_owned(),
        note: "a note about Dora".to_owned(),
    };
    save_directory_entry(&alice.app, entry).await.unwrap();
    let list = format!("{},a name to import\n", bob.id);
    let import = start_directory_import(&alice.app, list.into_bytes())
        .await
        .unwrap();
    let staged = stage_picture(&alice.app, jpeg(7)).await.unwrap();
    let phrase = account::get_recovery_phrase(&alice.app, None).await.unwrap();
    let mut secrets = vec![
        alice.id.clone(),
        bob.id,
        stranger.id(),
        listed.id,
        phrase.words,
        phrase.qr_text,
    ];
    secrets.extend(
        [
            "Alice Adler",
            "Bob Bauer",
            "what Bob wrote",
            "what Alice wrote",
            "Bobby the nick",
            "Mallory Meier",
            "what a stranger wrote",
            "Dora of the directory",
            "a note about Dora",
            "a name to import",
        ]
        .map(str::to_owned),
    );
    let remembered = Remembered {
        stranger: stranger.id(),
        import,
        staged: staged.id.0,
    };
    (alice, remembered, secrets)
}

/// Every answer there is, also those for which an ID must be remembered.
async fn everything(alice: &Person, known: &Remembered, about: &[String]) -> Vec<Answer> {
    let app = &alice.app;
    let mut asked = answers::all(alice, about).await;
    let mut keep = |of, value: Result<String, ApiError>| {
        let value = value.map_or_else(|error| serde_json::to_value(error).unwrap(), Into::into);
        asked.push(Answer { of, value });
    };
    fn text<T: serde::Serialize>(answer: Result<T, ApiError>) -> Result<String, ApiError> {
        answer.map(|value| serde_json::to_string(&value).unwrap())
    }
    keep(
        "get_directory_import",
        text(get_directory_import(app, known.import.clone()).await),
    );
    let export = ExportDirectoryRequest {
        accounts: None,
        format: DirectoryFormat::Csv,
        language: "en".to_owned(),
        title: "Directory".to_owned(),
        warning: String::new(),
    };
    let export = export_directory(app, &export).await;
    keep(
        "export_directory",
        export.map(|file| String::from_utf8(file).unwrap()),
    );
    let request = message_requests::get_request(app, ConversationId(known.stranger.clone())).await;
    keep("get_request", text(request));
    let phrase = account::get_recovery_phrase(app, Some(PASSWORD.to_owned())).await;
    keep("get_recovery_phrase", text(phrase));
    keep("latest_arrival", text(messages::latest_arrival(app).await));
    keep("get_watch_cursor", text(messages::get_watch_cursor(app).await));
    keep("lookup_name", addresses::lookup_name(app, "bob".to_owned()).await);
    let staged = get_media(app, &format!("staged/{}", known.staged)).await;
    keep("get_media", text(staged));
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_profile_answers_nothing_of_what_it_holds() {
    let scene = Scene::new().await;
    let (alice, known, secrets) = somebody_with_secrets(&scene).await;
    let about = [known.stranger.clone(), secrets[1].clone(), secrets[3].clone()];
    let open = everything(&alice, &known, &about).await;
    let said: String = open.iter().map(|answer| format!("{}\n", answer.value)).collect();
    for secret in &secrets[..4] {
        assert!(said.contains(secret.as_str()), "nothing is asked for {secret}");
    }
    for secret in &secrets[6..] {
        assert!(said.contains(secret.as_str()), "nothing is asked for {secret}");
    }
    let request = SetPasswordRequest {
        current: None,
        new: Some(PASSWORD.to_owned()),
    };
    account::set_password(&alice.app, request).await.unwrap();
    boot::lock(&alice.app).await.unwrap();
    for answer in everything(&alice, &known, &about).await {
        let text = answer.value.to_string();
        // It repeats the ID that it was asked about.
        let is_echo = answer.of == "recognise_address";
        let hidden = if is_echo { &secrets[4..] } else { &secrets[..] };
        let found = hidden.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(found, None, "{} says it: {text}", answer.of);
        let code = answer.value.get("code").and_then(serde_json::Value::as_str);
        let is_refused = is_echo
            || code == Some("locked")
            || OPEN.contains(&answer.of)
            || ["null", "[]", "\"null\""].contains(&text.as_str());
        let is_gone = (answer.of, code) == ("get_directory_import", Some("directoryImportNotFound"));
        assert!(is_refused || is_gone, "{} answers {text}", answer.of);
    }
}
