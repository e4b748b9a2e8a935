//! The contract about receipts and typing, over a network that nobody reaches.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, open, write};
use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::SetSettingsRequest;
use nous_api::{App, ErrorCode, account, boot, reading, settings};

fn bob() -> ConversationId {
    ConversationId(BOB.into())
}

fn nobody() -> ConversationId {
    ConversationId("nobody".into())
}

async fn allow(app: &App, read_receipts: Option<bool>, typing_indicators: Option<bool>) -> (bool, bool) {
    let request = SetSettingsRequest {
        read_receipts,
        typing_indicators,
        ..SetSettingsRequest::default()
    };
    let row = settings::set_settings(app, request).await.unwrap();
    (row.read_receipts, row.typing_indicators)
}

#[tokio::test]
async fn both_are_off_until_they_are_allowed_each_by_itself_and_that_lasts() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let row = settings::get_settings(&app).await.unwrap();
    assert_eq!((row.read_receipts, row.typing_indicators), (false, false));
    assert_eq!(allow(&app, Some(true), None).await, (true, false));
    assert_eq!(allow(&app, None, Some(true)).await, (true, true));
    assert_eq!(allow(&app, Some(false), None).await, (false, true));
    app.shutdown().await;
    let app = open(dir.path()).await;
    let row = settings::get_settings(&app).await.unwrap();
    assert_eq!((row.read_receipts, row.typing_indicators), (false, true));
    let before = boot::get_boot_state(&app).await.unwrap().settings;
    assert_eq!(before, row, "the first screen knows them");
}

#[tokio::test]
async fn reading_up_to_a_message_needs_both_to_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let message = write(&app, "hello", "t").await;
    reading::mark_read_to(&app, bob(), message.clone()).await.unwrap();
    for (conversation, message, code) in [
        (nobody(), message.clone(), ErrorCode::ConversationNotFound),
        (
            ConversationId(format!("05{}", "1".repeat(64))),
            message.clone(),
            ErrorCode::ConversationNotFound,
        ),
        (bob(), MessageId("none".into()), ErrorCode::MessageNotFound),
    ] {
        let error = reading::mark_read_to(&app, conversation, message)
            .await
            .unwrap_err();
        assert_eq!(error.code, code);
    }
}

#[tokio::test]
async fn typing_is_taken_whether_it_is_allowed_or_not_and_shown_to_nobody_here() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    for allowed in [false, true] {
        allow(&app, None, Some(allowed)).await;
        for is_typing in [true, true, false, false] {
            reading::set_typing(&app, bob(), is_typing).await.unwrap();
        }
        let own = ConversationId(account::get_account(&app).await.unwrap().account_id);
        reading::set_typing(&app, own, true).await.unwrap();
        assert!(reading::list_typing(&app).await.unwrap().is_empty());
    }
    let error = reading::set_typing(&app, nobody(), true).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConversationNotFound);
}

#[tokio::test]
async fn without_an_account_there_is_nothing_to_read_or_type() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let typed = reading::set_typing(&app, bob(), true).await.unwrap_err();
    let listed = reading::list_typing(&app).await.unwrap_err();
    let read = reading::mark_read_to(&app, bob(), MessageId("1".into()))
        .await
        .unwrap_err();
    for error in [typed, listed, read] {
        assert_eq!(error.code, ErrorCode::NoAccount);
    }
}
