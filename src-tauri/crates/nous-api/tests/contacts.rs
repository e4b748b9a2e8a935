//! The contract about people, over a network that nobody reaches.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, open, write};
use nous_api::ids::{ConversationId, TimestampMs};
use nous_api::requests::{
    ContactList, ListContactsRequest, ListConversationsRequest, MuteFor, SetMuteRequest, SetNicknameRequest,
    SetNotifyRequest,
};
use nous_api::rows::{ConversationRow, MessageState, Mute, NotifyMode};
use nous_api::{App, ErrorCode, account, contacts, conversations, messages};

fn bob() -> ConversationId {
    ConversationId(BOB.into())
}

async fn row(app: &App) -> ConversationRow {
    conversations::get_conversations(app, vec![bob()])
        .await
        .unwrap()
        .remove(0)
}

async fn rename(app: &App, nickname: &str) -> Result<(), ErrorCode> {
    let request = SetNicknameRequest {
        conversation: bob(),
        nickname: nickname.into(),
    };
    contacts::set_nickname(app, request)
        .await
        .map_err(|error| error.code)
}

async fn names(app: &App, list: ContactList) -> Vec<Option<String>> {
    let request = ListContactsRequest {
        list,
        cursor: None,
        limit: 100,
        filter: String::new(),
    };
    let page = contacts::list_contacts(app, request).await.unwrap();
    page.rows.into_iter().map(|row| row.nickname).collect()
}

#[tokio::test]
async fn a_nickname_is_cleaned_kept_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    write(&app, "hello", "t").await;
    rename(&app, "  Bob\u{202e}by ").await.unwrap();
    assert_eq!(row(&app).await.name.as_deref(), Some("Bobby"));
    assert_eq!(rename(&app, &"é".repeat(51)).await, Err(ErrorCode::NameTooLong));
    app.shutdown().await;
    let app = open(dir.path()).await;
    let details = contacts::get_contact(&app, bob()).await.unwrap();
    assert_eq!(details.contact.nickname.as_deref(), Some("Bobby"));
    assert!(details.contact.is_approved && !details.contact.did_approve_me);
    assert!(details.common_groups.is_empty());
    rename(&app, " ").await.unwrap();
    assert_eq!(row(&app).await.name, None);
}

#[tokio::test]
async fn what_disturbs_is_told_by_the_row() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    write(&app, "hello", "t").await;
    let before = row(&app).await;
    assert_eq!((before.notify, before.mute), (NotifyMode::Default, Mute::Off));
    let none = SetNotifyRequest {
        conversation: bob(),
        mode: NotifyMode::None,
    };
    contacts::set_notify(&app, none).await.unwrap();
    let mute = |mute| {
        contacts::set_mute(
            &app,
            SetMuteRequest {
                conversation: bob(),
                mute,
            },
        )
    };
    mute(MuteFor::Always).await.unwrap();
    let after = row(&app).await;
    assert_eq!((after.notify, after.mute), (NotifyMode::None, Mute::Always));
    let at = TimestampMs(1_900_000_000_000);
    mute(MuteFor::Until { at }).await.unwrap();
    assert_eq!(row(&app).await.mute, Mute::Until { at });
    mute(MuteFor::Seconds { seconds: 3_600 }).await.unwrap();
    assert!(matches!(row(&app).await.mute, Mute::Until { .. }));
    mute(MuteFor::Off).await.unwrap();
    assert_eq!(row(&app).await.mute, Mute::Off);
}

#[tokio::test]
async fn who_is_blocked_gets_nothing_and_is_listed() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let waiting = write(&app, "hello", "t").await;
    rename(&app, "Bobby").await.unwrap();
    contacts::set_blocked(&app, bob(), true).await.unwrap();
    assert_eq!(
        names(&app, ContactList::Blocked).await,
        [Some("Bobby".to_owned())]
    );
    let failed = messages::get_messages(&app, vec![waiting.clone()])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(failed.state, Some(MessageState::Failed));
    assert_eq!(failed.error.unwrap().code, ErrorCode::Blocked);
    let refused = messages::retry_message(&app, waiting.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Blocked);
    contacts::set_blocked(&app, bob(), false).await.unwrap();
    assert!(names(&app, ContactList::Blocked).await.is_empty());
    assert_eq!(names(&app, ContactList::Everybody).await.len(), 1);
    assert!(
        names(&app, ContactList::Contacts).await.is_empty(),
        "he has not answered"
    );
    messages::retry_message(&app, waiting).await.unwrap();
}

#[tokio::test]
async fn clearing_and_deleting_differ_in_what_stays() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    write(&app, "hello", "t").await;
    contacts::mark_unread(&app, bob()).await.unwrap();
    assert!(row(&app).await.is_marked_unread);
    contacts::set_priority(&app, bob(), 3).await.unwrap();
    contacts::clear_messages(&app, bob()).await.unwrap();
    let cleared = row(&app).await;
    assert!(cleared.is_listed && cleared.is_pinned && cleared.last_message.is_none());
    contacts::delete_contact(&app, bob()).await.unwrap();
    let deleted = row(&app).await;
    assert!(!deleted.is_listed && !deleted.is_approved && !deleted.is_pinned);
    let unknown = ConversationId(format!("05{}", "1".repeat(64)));
    let error = contacts::clear_messages(&app, unknown).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConversationNotFound);
}

#[tokio::test]
async fn note_to_self_is_shown_and_hidden_and_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = ConversationId(account::get_account(&app).await.unwrap().account_id);
    let total = async || {
        let all = ListConversationsRequest {
            cursor: None,
            limit: 9,
            filter: String::new(),
        };
        conversations::list_conversations(&app, all).await.unwrap().total
    };
    contacts::set_note_hidden(&app, false).await.unwrap();
    assert_eq!(total().await, 1);
    contacts::set_note_hidden(&app, true).await.unwrap();
    assert_eq!(total().await, 0);
    let error = contacts::set_blocked(&app, own.clone(), true).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConversationNotFound);
    let request = SetNotifyRequest {
        conversation: own,
        mode: NotifyMode::None,
    };
    assert!(contacts::set_notify(&app, request).await.is_err());
    assert!(names(&app, ContactList::Everybody).await.is_empty());
}
