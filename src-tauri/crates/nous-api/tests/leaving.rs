//! Leaving and the lock, through the contract; the network is nowhere.
#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects, and fails where it is not so"
)]

use std::fs;
use std::path::Path;

use nous_api::ids::ConversationId;
use nous_api::requests::{
    CreateAccountRequest, DeleteAccountRequest, SendMessageRequest, SetPasswordRequest, SetSettingsRequest,
};
use nous_api::rows::{DeletionState, PasswordStrength, Stage};
use nous_api::{App, AppOptions, ErrorCode, NetworkConfig, account, boot, leaving, messages, settings};

const BOB: &str = "053506f4a71324b7dd114eddbf4e311f39dde243e1f2cb97c40db1961f70ebaae8";
const PASSWORD: &str = "correct horse";
const TEXT: &str = "where the seeds are hidden";

fn options(dir: &Path) -> AppOptions {
    let text = r#"{"name":"nowhere","seeds":[{"url":"http://127.0.0.1:9","certificateSha256":null}],
        "fileServer":{"url":"http://127.0.0.1:9","ed25519":"b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e371"}}"#;
    AppOptions {
        profile_dir: Some(dir.to_owned()),
        is_polling: false,
        ..AppOptions::new(NetworkConfig::from_json(text).unwrap())
    }
}

/// Alice, who wrote to Bob; behind a password.
async fn alice(dir: &Path) -> App {
    let app = App::open(options(dir)).await.unwrap();
    let request = CreateAccountRequest {
        display_name: "Alice of the Garden".into(),
    };
    boot::create_account(&app, request).await.unwrap();
    let message = SendMessageRequest {
        conversation: ConversationId(BOB.into()),
        body: TEXT.into(),
        client_token: "t".into(),
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    messages::send_message(&app, message).await.unwrap();
    let request = SetPasswordRequest {
        current: None,
        new: Some(PASSWORD.into()),
    };
    account::set_password(&app, request).await.unwrap();
    app
}

async fn stage(app: &App) -> Stage {
    boot::get_boot_state(app).await.unwrap().stage
}

/// The bytes of every file under a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else if let Ok(bytes) = fs::read(entry.path()) {
            found.push((entry.file_name().to_string_lossy().into_owned(), bytes));
        }
    }
    found
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn nothing_readable_lies_on_the_disk_while_it_is_locked() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = account::get_account(&app).await.unwrap().account_id;
    let phrase = account::get_recovery_phrase(&app, Some(PASSWORD.into()))
        .await
        .unwrap();
    boot::lock(&app).await.unwrap();
    let secrets = [
        TEXT.as_bytes().to_vec(),
        b"Alice of the Garden".to_vec(),
        id.as_bytes().to_vec(),
        hex::decode(&id).unwrap(),
        BOB.as_bytes().to_vec(),
        hex::decode(BOB).unwrap(),
        hex::decode(&phrase.qr_text).unwrap(),
        phrase.words.as_bytes().to_vec(),
        PASSWORD.as_bytes().to_vec(),
        b"SQLite format 3".to_vec(),
    ];
    let files = files(dir.path());
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name == "nous.db" && !bytes.is_empty())
    );
    for (name, bytes) in files {
        for secret in &secrets {
            assert!(!holds(&bytes, secret), "{name} holds {secret:?}");
        }
    }
    let refused = messages::get_watch_cursor(&app).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Locked);
}

#[tokio::test]
async fn wrong_passwords_are_counted_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    for _ in 0..3 {
        let wrong = account::get_recovery_phrase(&app, Some("not this one".into()))
            .await
            .unwrap_err();
        assert_eq!(wrong.code, ErrorCode::WrongPassword);
    }
    app.shutdown().await;
    let app = App::open(options(dir.path())).await.unwrap();
    for _ in 0..2 {
        let wrong = boot::unlock(&app, "nor this".into()).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::WrongPassword);
    }
    app.shutdown().await;
    let app = App::open(options(dir.path())).await.unwrap();
    let slowed = boot::unlock(&app, PASSWORD.into()).await.unwrap_err();
    assert_eq!(slowed.code, ErrorCode::TooManyTries);
    assert!(slowed.retry_after_ms.unwrap() <= 2_000);
    assert_eq!(stage(&app).await, Stage::Locked);
}

#[tokio::test]
async fn a_changed_password_opens_and_the_old_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let change = SetPasswordRequest {
        current: Some(PASSWORD.into()),
        new: Some("another horse".into()),
    };
    account::set_password(&app, change).await.unwrap();
    boot::lock(&app).await.unwrap();
    let old = boot::unlock(&app, PASSWORD.into()).await.unwrap_err();
    assert_eq!(old.code, ErrorCode::WrongPassword);
    boot::unlock(&app, "another horse".into()).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Ready);
}

#[tokio::test]
async fn logging_out_needs_the_password_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let before = fs::read(dir.path().join("key.json")).unwrap();
    fs::write(dir.path().join("backup/nous-old.db"), "an old copy").unwrap();
    fs::write(dir.path().join("nous.db.damaged-2026"), "a damaged one").unwrap();
    fs::write(dir.path().join("holiday.txt"), "not ours").unwrap();
    let delete = |password: &str| {
        let request = DeleteAccountRequest {
            password: Some(password.into()),
            from_network: false,
        };
        leaving::delete_account(&app, request)
    };
    assert_eq!(
        delete("wrong horse").await.unwrap_err().code,
        ErrorCode::WrongPassword
    );
    assert_eq!(stage(&app).await, Stage::Ready);
    delete(PASSWORD).await.unwrap();
    assert_eq!(stage(&app).await, Stage::NoAccount);
    let row = leaving::get_deletion(&app).await.unwrap().unwrap();
    assert_eq!((row.state, row.nodes), (DeletionState::Done, 0));
    let left = files(dir.path());
    let names: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names
            .iter()
            .all(|name| !name.contains("damaged") && !name.contains("old")),
        "{names:?}"
    );
    assert!(names.contains(&"holiday.txt"), "what is not ours stays");
    assert!(!names.contains(&"erasing.json"));
    assert_ne!(fs::read(dir.path().join("key.json")).unwrap(), before);

    let again = CreateAccountRequest {
        display_name: "Somebody else".into(),
    };
    boot::create_account(&app, again).await.unwrap();
    assert!(leaving::get_deletion(&app).await.unwrap().is_none());
    app.shutdown().await;
    let app = App::open(options(dir.path())).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Ready);
}

#[tokio::test]
async fn a_forgotten_password_is_the_end_of_the_profile_only_if_it_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let open = leaving::erase_profile(&app).await.unwrap_err();
    assert_eq!(open.code, ErrorCode::AccountExists);
    boot::lock(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Locked);
    leaving::erase_profile(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::NoAccount);
    assert!(leaving::get_deletion(&app).await.unwrap().is_none());
}

#[tokio::test]
async fn a_deletion_that_no_node_confirms_keeps_the_account_until_it_is_decided() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let request = DeleteAccountRequest {
        password: Some(PASSWORD.into()),
        from_network: true,
    };
    leaving::delete_account(&app, request).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Deleting);
    app.shutdown().await;

    let app = App::open(options(dir.path())).await.unwrap();
    boot::unlock(&app, PASSWORD.into()).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Deleting, "it was written down");
    let row = leaving::get_deletion(&app).await.unwrap().unwrap();
    assert_eq!((row.state, row.confirmed), (DeletionState::Partly, 0));
    leaving::cancel_deletion(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Ready);
    assert_eq!(
        account::get_account(&app).await.unwrap().display_name,
        "Alice of the Garden"
    );
}

#[tokio::test]
async fn how_long_it_may_be_left_alone_lasts_and_has_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let set = |minutes| {
        let request = SetSettingsRequest {
            auto_lock_minutes: Some(minutes),
            ..SetSettingsRequest::default()
        };
        settings::set_settings(&app, request)
    };
    assert_eq!(settings::get_settings(&app).await.unwrap().auto_lock_minutes, 0);
    assert_eq!(set(15).await.unwrap().auto_lock_minutes, 15);
    assert_eq!(set(1_000).await.unwrap().auto_lock_minutes, 60);
    leaving::note_use(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Ready, "it was just used");
}

#[tokio::test]
async fn a_password_that_holds_the_own_name_is_no_strong_one() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let strength = |password: &str| leaving::check_password(&app, password.to_owned());
    assert_eq!(
        strength("short").await.unwrap().strength,
        PasswordStrength::NotAllowed
    );
    assert_eq!(
        strength("Alice of the Garden").await.unwrap().strength,
        PasswordStrength::Weak
    );
    let strong = strength("tomates graines marché samedi").await.unwrap();
    assert_eq!(strong.strength, PasswordStrength::Strong);
}
