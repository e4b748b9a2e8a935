//! What takes up space, and a conversation as files; as far as no network is needed.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::PathBuf;

use common::{BOB, alice};
use nous_api::ids::{ConversationId, JobId, TimestampMs};
use nous_api::requests::{
    ExportConversationRequest, ExportEventWords, ExportFormat, ExportWords, FilesRequest, OldMessagesRequest,
    SendMessageRequest,
};
use nous_api::rows::{AttachmentKind, ExportRow, ExportStage, FilesCount};
use nous_api::{App, ErrorCode, account, attachments, boot, conversations, export, messages, storage};

async fn notes(app: &App) -> ConversationId {
    let own = account::get_account(app).await.unwrap().account_id;
    conversations::open_conversation(app, own).await.unwrap().id
}

/// A note with a text file.
async fn note(app: &App, id: &ConversationId, text: &str) {
    let head = format!("{{\"conversation\":\"{id}\",\"name\":\"a.txt\",\"asItIs\":false}}\n");
    let body = [head.as_bytes(), b"what was agreed"].concat();
    let staged = attachments::stage_file(app, body).await.unwrap();
    let request = SendMessageRequest {
        conversation: id.clone(),
        body: text.to_owned(),
        client_token: String::new(),
        quote: None,
        attachments: vec![staged.id],
        preview: None,
    };
    messages::send_message(app, request).await.unwrap();
}

fn words() -> ExportWords {
    let text = || "{name} {date} {people} {count}".to_owned();
    ExportWords {
        language: "fr".into(),
        title: "Notes / <i>".into(),
        lead: text(),
        you: "Moi".into(),
        deleted: text(),
        deleted_here: text(),
        unsupported: text(),
        accepted: text(),
        timer: text(),
        media_saved: text(),
        quote_missing: text(),
        quote_deleted: text(),
        file_missing: text(),
        earlier: text(),
        later: text(),
        left_out: text(),
        events: ExportEventWords {
            created: text(),
            invited: text(),
            joined: text(),
            added: text(),
            removed: text(),
            promoted: text(),
            left: text(),
            named: text(),
            named_unknown: text(),
            picture: text(),
        },
    }
}

fn request(id: &ConversationId, format: ExportFormat) -> ExportConversationRequest {
    ExportConversationRequest {
        conversation: id.clone(),
        format,
        words: words(),
    }
}

/// The export once it has ended.
async fn ended(app: &App, job: &JobId) -> ExportRow {
    let mut events = app.subscribe();
    loop {
        let row = export::get_export(app, job.clone()).await.unwrap().unwrap();
        if row.stage != ExportStage::Running {
            return row;
        }
        let batch = events.next().await.unwrap();
        nous_api::subscriptions::ack_events(app, batch.seq).await.unwrap();
    }
}

#[tokio::test]
async fn what_takes_up_space_is_told_by_kind_and_conversation() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let before = storage::storage_usage(&app).await.unwrap();
    assert!(before.database_bytes > 0 && before.kinds.is_empty() && before.conversations.is_empty());
    note(&app, &id, "read this").await;
    let usage = storage::storage_usage(&app).await.unwrap();
    assert_eq!(usage.kinds.len(), 1);
    assert_eq!(
        (usage.kinds[0].kind, usage.kinds[0].files),
        (AttachmentKind::File, 1)
    );
    assert!(usage.kinds[0].bytes >= 15, "it is sealed on the disk");
    assert_eq!(usage.conversations[0].conversation, id);
    assert_eq!(usage.conversations[0].bytes, usage.kinds[0].bytes);
    assert_eq!(usage.conversations[0].messages, 1);
}

#[tokio::test]
async fn old_messages_that_wait_to_be_sent_are_not_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    note(&app, &id, "read this").await;
    let all = |conversation| OldMessagesRequest {
        conversation,
        older_than: TimestampMs(i64::MAX),
    };
    let count = storage::count_old_messages(&app, all(id.clone())).await;
    assert_eq!(count.unwrap(), 0);
    let gone = storage::clear_old_messages(&app, all(id)).await;
    assert_eq!(gone.unwrap(), 0);
    let usage = storage::storage_usage(&app).await.unwrap();
    assert_eq!(usage.conversations[0].messages, 1);
    let nowhere = all(ConversationId(BOB.to_owned()));
    let refused = storage::clear_old_messages(&app, nowhere).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ConversationNotFound);
}

#[tokio::test]
async fn what_waits_to_be_uploaded_never_goes() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    note(&app, &id, "read this").await;
    let none = FilesCount { files: 0, bytes: 0 };
    assert_eq!(
        storage::count_files(&app, FilesRequest::default()).await.unwrap(),
        none
    );
    assert_eq!(
        storage::delete_files(&app, FilesRequest::default())
            .await
            .unwrap(),
        none
    );
    assert_eq!(storage::storage_usage(&app).await.unwrap().kinds.len(), 1);
    let nowhere = FilesRequest {
        conversation: Some(ConversationId(BOB.to_owned())),
        ..FilesRequest::default()
    };
    let refused = storage::count_files(&app, nowhere).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ConversationNotFound);
}

#[tokio::test]
async fn a_conversation_is_exported_under_a_harmless_name() {
    let (dir, downloads) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    note(&app, &id, "read this").await;
    let to = Some(downloads.path().to_owned());
    let job = export::start_export(&app, request(&id, ExportFormat::Html), to)
        .await
        .unwrap();
    let row = ended(&app, &job).await;
    assert_eq!((row.done, row.total, row.files, row.left_out), (1, 1, 1, 0));
    let ExportStage::Done { saved } = row.stage.clone() else {
        unreachable!("it was not stopped: {row:?}");
    };
    assert!(saved.name.starts_with("Notes  i 20"), "{}", saved.name);
    let page = std::fs::read_to_string(PathBuf::from(saved.folder).join(saved.name).join("index.html"));
    let page = page.unwrap();
    assert!(
        page.contains("<html lang=\"fr\">") && page.contains("Notes / &lt;i&gt;") && page.contains("Moi")
    );
}

#[tokio::test]
async fn an_export_without_a_folder_or_a_conversation_says_so() {
    let (dir, downloads) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = alice(dir.path()).await;
    let id = notes(&app).await;
    let refused = export::start_export(&app, request(&id, ExportFormat::Json), None).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::DiskReadOnly);
    let unknown = ConversationId(BOB.to_owned());
    let to = Some(downloads.path().to_owned());
    let job = export::start_export(&app, request(&unknown, ExportFormat::Json), to)
        .await
        .unwrap();
    let row = ended(&app, &job).await;
    let ExportStage::Failed { error } = row.stage.clone() else {
        unreachable!("there is no such conversation: {row:?}");
    };
    assert_eq!(error.code, ErrorCode::ConversationNotFound);
    assert_eq!(std::fs::read_dir(downloads.path()).unwrap().count(), 0);
    boot::cancel_job(&app, job).await.unwrap();
}
