//! The contract about deleting, forwarding and dates, over a network that nobody reaches.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, write};
use nous_api::ids::{ConversationId, MessageId, TimestampMs};
use nous_api::{ErrorCode, account, contacts, conversations, deleting, messages, network, reading};

fn bob() -> ConversationId {
    ConversationId(BOB.into())
}

fn none() -> MessageId {
    MessageId("1000000".into())
}

#[tokio::test]
async fn a_message_that_waits_is_taken_back_once() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = write(&app, "with a mistake", "t").await;
    let row = messages::get_messages(&app, vec![id.clone()])
        .await
        .unwrap()
        .remove(0);
    assert!(row.is_own && !row.may_have_left);
    let taken = deleting::take_back_queued(&app, id.clone()).await.unwrap();
    assert_eq!((taken.text.as_str(), taken.quote), ("with a mistake", None));
    assert!(network::list_outbox(&app).await.unwrap().is_empty());
    let again = deleting::take_back_queued(&app, id).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::MessageNotFound);
}

#[tokio::test]
async fn what_waits_needs_no_network_to_be_deleted_for_everyone() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = write(&app, "never mind", "t").await;
    deleting::delete_for_everyone(&app, vec![id.clone(), none()])
        .await
        .unwrap();
    assert!(messages::get_messages(&app, vec![id]).await.unwrap().is_empty());
    let other = write(&app, "not a note", "u").await;
    let refused = deleting::delete_on_all_devices(&app, vec![other]).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotDeletable);
}

#[tokio::test]
async fn what_is_forwarded_says_who_did_not_get_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let id = write(&app, "hello", "t").await;
    contacts::set_blocked(&app, bob(), true).await.unwrap();
    let to = vec![ConversationId(own.clone()), bob()];
    let done = messages::forward_messages(&app, vec![id.clone()], to, "t".into())
        .await
        .unwrap();
    assert_eq!((done.sent, done.refused.len()), (1, 1));
    let refused = &done.refused[0];
    assert_eq!(
        (&refused.conversation, refused.error.code, refused.sent),
        (&bob(), ErrorCode::Blocked, 0)
    );
    // Asked again because the answer was lost.
    let waiting = network::list_outbox(&app).await.unwrap().len();
    let to = vec![ConversationId(own.clone())];
    let done = messages::forward_messages(&app, vec![id.clone()], to, "t".into())
        .await
        .unwrap();
    assert_eq!((done.sent, done.refused.len()), (1, 0));
    assert_eq!(network::list_outbox(&app).await.unwrap().len(), waiting);
    let nowhere = vec![ConversationId("nobody".into())];
    let refused = messages::forward_messages(&app, vec![id], nowhere, String::new()).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::ConversationNotFound);
    let own = vec![ConversationId(own)];
    let gone = messages::forward_messages(&app, vec![none()], own, String::new()).await;
    assert_eq!(gone.unwrap_err().code, ErrorCode::MessageNotFound);
}

#[tokio::test]
async fn a_date_leads_to_its_first_message() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let first = write(&app, "one", "t").await;
    write(&app, "two", "u").await;
    let at = |ms| messages::message_at_date(&app, bob(), TimestampMs(ms));
    assert_eq!(at(0).await.unwrap(), Some(first));
    assert_eq!(at(i64::MAX).await.unwrap(), None);
    let nobody = ConversationId(format!("05{}", "1".repeat(64)));
    let refused = messages::message_at_date(&app, nobody, TimestampMs(0)).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::ConversationNotFound);
}

#[tokio::test]
async fn everything_marked_as_unread_is_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    write(&app, "hello", "t").await;
    contacts::mark_unread(&app, bob()).await.unwrap();
    reading::mark_all_read(&app).await.unwrap();
    let rows = conversations::get_conversations(&app, vec![bob()]).await.unwrap();
    assert!(!rows[0].is_marked_unread);
}
