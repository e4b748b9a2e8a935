//! The contract over a network that nobody reaches: everything that needs none.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{BOB, alice, open, options, write};
use nous_api::events::AppEvent;
use nous_api::ids::{ConversationId, LinkPreviewId, MessageId};
use nous_api::requests::{
    Anchor, CreateAccountRequest, ListConversationsRequest, ListMessagesRequest, RestoreAccountRequest,
    SetDraftRequest, SetPasswordRequest, SetSettingsRequest,
};
use nous_api::rows::{
    ConversationKind, MessageBody, MessageState, Protection, RecognisedAddress, Stage, Theme,
};
use nous_api::{
    App, AppOptions, ErrorCode, Password, account, addresses, boot, conversations, messages, network,
    previews, settings,
};

async fn stage(app: &App) -> Stage {
    boot::get_boot_state(app).await.unwrap().stage
}

#[tokio::test]
async fn an_account_lasts_and_there_is_only_one() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    assert_eq!(stage(&app).await, Stage::NoAccount);
    assert_eq!(
        account::get_account(&app).await.unwrap_err().code,
        ErrorCode::NoAccount
    );
    let request = CreateAccountRequest {
        display_name: " Alice ".into(),
    };
    let made = boot::create_account(&app, request.clone()).await.unwrap();
    assert_eq!(
        boot::create_account(&app, request).await.unwrap_err().code,
        ErrorCode::AccountExists
    );
    app.shutdown().await;
    let app = open(dir.path()).await;
    assert_eq!(stage(&app).await, Stage::Ready);
    let found = account::get_account(&app).await.unwrap();
    assert_eq!(
        (found.display_name.as_str(), found.account_id),
        ("Alice", made.account_id)
    );
}

#[tokio::test]
async fn a_phrase_restores_the_same_account() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = alice(first.path()).await;
    let phrase = account::get_recovery_phrase(&app, None).await.unwrap().words;
    let other = open(second.path()).await;
    let check = boot::check_phrase(&other, phrase.to_uppercase()).await.unwrap();
    let id = account::get_account(&app).await.unwrap().account_id;
    assert_eq!((check.error, check.account_id), (None, Some(id.clone())));
    let request = RestoreAccountRequest {
        phrase,
        display_name: None,
    };
    boot::start_restore(&other, request).await.unwrap();
    let restored = account::get_account(&other).await.unwrap();
    assert_eq!((restored.account_id, restored.display_name.as_str()), (id, ""));
}

#[tokio::test]
async fn a_restore_that_is_stopped_leaves_an_empty_profile() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let phrase = account::get_recovery_phrase(&alice(first.path()).await, None)
        .await
        .unwrap()
        .words;
    let app = open(second.path()).await;
    let job = boot::start_restore(
        &app,
        RestoreAccountRequest {
            phrase,
            display_name: None,
        },
    )
    .await
    .unwrap();
    boot::cancel_job(&app, job).await.unwrap();
    assert_eq!(stage(&app).await, Stage::NoAccount);
}

#[tokio::test]
async fn what_is_wrong_with_a_phrase_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let short = boot::check_phrase(&app, "abbey abducts".into()).await.unwrap();
    assert_eq!(short.error.unwrap().code, ErrorCode::PhraseTooShort);
    let words = ["abbey"; 12].join(" ");
    let unknown = boot::check_phrase(&app, format!("{words} Zzzz")).await.unwrap();
    let error = unknown.error.unwrap();
    assert_eq!(
        (
            error.code,
            error.args["position"].as_str(),
            error.args["word"].as_str()
        ),
        (ErrorCode::PhraseUnknownWord, "13", "zzzz")
    );
    assert!(unknown.words[0].is_known && !unknown.words[12].is_known);
}

#[tokio::test]
async fn a_message_waits_and_can_be_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let id = write(&app, "hello", "t1").await;
    assert_eq!(write(&app, "hello", "t1").await, id, "the same token writes once");
    let row = messages::get_messages(&app, vec![id.clone()])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (row.state, row.error, row.next_attempt_at),
        (Some(MessageState::Queued), None, None)
    );
    let outbox = network::list_outbox(&app).await.unwrap();
    assert_eq!(
        outbox.iter().map(|item| item.is_own_copy).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(network::get_connectivity(&app).await.unwrap().waiting, 1);
    messages::delete_messages(&app, vec![id.clone()]).await.unwrap();
    assert!(network::list_outbox(&app).await.unwrap().is_empty());
    let gone = messages::get_message_info(&app, id).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::MessageNotFound);
}

#[tokio::test]
async fn pages_lead_to_the_beginning_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    for n in 0..7 {
        write(&app, &n.to_string(), &n.to_string()).await;
    }
    let page = |anchor| {
        let request = ListMessagesRequest {
            conversation: ConversationId(BOB.into()),
            anchor,
            limit: 3,
        };
        messages::list_messages(&app, request)
    };
    let texts = |rows: &[nous_api::rows::MessageRow]| -> Vec<String> {
        let text = |row: &nous_api::rows::MessageRow| match &row.body {
            MessageBody::Text { text, .. } => text.clone(),
            _ => String::new(),
        };
        rows.iter().map(text).collect()
    };
    let last = page(Anchor::Latest).await.unwrap();
    assert_eq!(
        (texts(&last.rows), last.newer),
        (vec!["4".into(), "5".into(), "6".into()], None)
    );
    let middle = page(Anchor::Before {
        cursor: last.older.unwrap(),
    })
    .await
    .unwrap();
    assert_eq!(texts(&middle.rows), ["1", "2", "3"]);
    let first = page(Anchor::Before {
        cursor: middle.older.unwrap(),
    })
    .await
    .unwrap();
    assert_eq!((texts(&first.rows), first.older), (vec!["0".to_owned()], None));
    let again = page(Anchor::After {
        cursor: first.newer.unwrap(),
    })
    .await
    .unwrap();
    assert_eq!(texts(&again.rows), ["1", "2", "3"]);
    let around = page(Anchor::Around {
        message: middle.rows[1].id.clone(),
    })
    .await
    .unwrap();
    assert_eq!(texts(&around.rows), ["1", "2", "3"]);
    assert!(around.older.is_some() && around.newer.is_some());
}

#[tokio::test]
async fn a_conversation_stands_in_the_list_after_its_first_message() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let opened = conversations::open_conversation(&app, BOB.to_uppercase())
        .await
        .unwrap();
    assert!(!opened.is_listed);
    let draft = SetDraftRequest {
        conversation: opened.id.clone(),
        text: "unsent".into(),
        quote: None,
    };
    conversations::set_draft(&app, draft).await.unwrap();
    let all = || ListConversationsRequest {
        cursor: None,
        limit: 50,
        filter: String::new(),
    };
    assert_eq!(
        conversations::list_conversations(&app, all())
            .await
            .unwrap()
            .total,
        0
    );
    write(&app, "hello", "t").await;
    let page = conversations::list_conversations(&app, all()).await.unwrap();
    let row = &page.rows[0];
    assert_eq!((page.total, row.draft.as_str(), row.is_approved), (1, "", true));
    assert_eq!(row.last_message.as_ref().unwrap().preview, "hello");
    let note = conversations::open_conversation(&app, own).await.unwrap();
    assert_eq!(note.kind, ConversationKind::NoteToSelf);
    conversations::delete_conversation(&app, opened.id).await.unwrap();
    assert_eq!(
        conversations::list_conversations(&app, all())
            .await
            .unwrap()
            .total,
        0
    );
    assert!(
        network::list_outbox(&app).await.unwrap().is_empty(),
        "what waited there is cancelled"
    );
}

#[tokio::test]
async fn a_draft_keeps_what_it_answers_until_it_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let answered = write(&app, "hello", "first").await;
    let draft = |quote| SetDraftRequest {
        conversation: ConversationId(BOB.into()),
        text: "unsent".into(),
        quote,
    };
    let none = Some(MessageId("none".into()));
    let refused = conversations::set_draft(&app, draft(none)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::MessageNotFound);
    let quote = Some(answered.clone());
    conversations::set_draft(&app, draft(quote)).await.unwrap();
    app.shutdown().await;

    let app = open(dir.path()).await;
    let row = async || {
        let ids = vec![ConversationId(BOB.into())];
        let rows = conversations::get_conversations(&app, ids).await;
        rows.unwrap().remove(0)
    };
    let (kept, expected) = (row().await, ("unsent", Some(answered)));
    assert_eq!((kept.draft.as_str(), kept.draft_quote), expected);
    write(&app, "unsent", "second").await;
    let sent = row().await;
    assert_eq!((sent.draft.as_str(), sent.draft_quote), ("", None));
}

#[tokio::test]
async fn a_password_locks_the_profile_and_wrong_ones_slow_down() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let short = SetPasswordRequest {
        current: None,
        new: Some("12345".into()),
    };
    assert_eq!(
        account::set_password(&app, short).await.unwrap_err().code,
        ErrorCode::PasswordLength
    );
    let right = SetPasswordRequest {
        current: None,
        new: Some("correct horse".into()),
    };
    assert_eq!(
        account::set_password(&app, right).await.unwrap().protection,
        Protection::Password
    );
    let none = account::get_recovery_phrase(&app, None).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::WrongPassword);
    app.shutdown().await;
    let wrong = AppOptions {
        password: Some(Password::new("wrong one".into())),
        ..options(dir.path())
    };
    assert_eq!(App::open(wrong).await.unwrap_err().code, ErrorCode::WrongPassword);
    let app = open(dir.path()).await;
    assert_eq!(stage(&app).await, Stage::Locked);
    assert_eq!(
        account::get_account(&app).await.unwrap_err().code,
        ErrorCode::Locked
    );
    // The one at the start counted.
    for _ in 0..4 {
        let error = boot::unlock(&app, "wrong one".into()).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::WrongPassword);
    }
    let error = boot::unlock(&app, "correct horse".into()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TooManyTries);
    assert!(error.retry_after_ms.unwrap() > 500);
}

#[tokio::test]
async fn a_profile_locks_while_it_is_used_and_only_behind_a_password() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    boot::lock(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Ready, "there is no password");
    let request = SetPasswordRequest {
        current: None,
        new: Some("correct horse".to_owned()),
    };
    account::set_password(&app, request).await.unwrap();
    boot::lock(&app).await.unwrap();
    assert_eq!(stage(&app).await, Stage::Locked);
    let closed = account::get_account(&app).await.unwrap_err();
    assert_eq!(closed.code, ErrorCode::Locked);
    let wrong = boot::unlock(&app, "wrong horse".to_owned()).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::WrongPassword);
    boot::unlock(&app, "correct horse".to_owned()).await.unwrap();
    assert_eq!(account::get_account(&app).await.unwrap().display_name, "Alice");
}

#[tokio::test]
async fn a_second_process_is_told_that_the_profile_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let _app = alice(dir.path()).await;
    let impatient = AppOptions {
        lock_timeout: std::time::Duration::ZERO,
        ..options(dir.path())
    };
    assert_eq!(
        App::open(impatient).await.unwrap_err().code,
        ErrorCode::ProfileInUse
    );
}

#[tokio::test]
async fn settings_last_and_stay_within_their_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let request = SetSettingsRequest {
        theme: Some(Theme::Dark),
        text_size_percent: Some(1_000),
        play_next_voice: Some(false),
        ..SetSettingsRequest::default()
    };
    settings::set_settings(&app, request).await.unwrap();
    app.shutdown().await;
    let row = settings::get_settings(&open(dir.path()).await).await.unwrap();
    assert_eq!(
        (row.theme, row.text_size_percent, row.enter_sends),
        (Theme::Dark, 200, true)
    );
    assert!(!row.play_next_voice);
}

#[tokio::test]
async fn no_site_is_asked_before_the_person_wants_it_and_none_without_a_public_name_after() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    assert!(!settings::get_settings(&app).await.unwrap().link_previews);
    let link = || "https://example.org/".to_owned();
    assert_eq!(previews::preview_link(&app, link()).await.unwrap(), None);
    let request = SetSettingsRequest {
        link_previews: Some(true),
        ..SetSettingsRequest::default()
    };
    assert!(settings::set_settings(&app, request).await.unwrap().link_previews);
    for link in [
        "https://127.0.0.1/",
        "https://localhost/",
        "http://example.org/",
        "no link",
    ] {
        let found = previews::preview_link(&app, link.to_owned()).await.unwrap();
        assert_eq!(found, None, "{link}");
    }
    previews::discard_link_preview(&app, LinkPreviewId("nothing".into()))
        .await
        .unwrap();
}

#[tokio::test]
async fn addresses_are_recognised_with_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let own = account::get_account(&app).await.unwrap().account_id;
    let recognised = addresses::recognise_address(&app, format!("my ID:\n“{BOB}”"))
        .await
        .unwrap();
    let RecognisedAddress::Accounts { accounts } = recognised else {
        unreachable!("no account")
    };
    assert_eq!(
        (
            accounts.len(),
            accounts[0].account_id.as_str(),
            accounts[0].is_self
        ),
        (1, BOB, false)
    );
    let RecognisedAddress::Accounts { accounts } = addresses::recognise_address(&app, own).await.unwrap()
    else {
        unreachable!("no account")
    };
    assert!(accounts[0].is_self);
    let group = format!("03{}", "0".repeat(64));
    let RecognisedAddress::Error { error } = addresses::recognise_address(&app, group).await.unwrap() else {
        unreachable!("no error")
    };
    assert_eq!(error.code, ErrorCode::GroupId);
}

#[tokio::test]
async fn events_tell_what_changed_and_end_with_the_app() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    let mut events = app.subscribe();
    let first = events.next().await.unwrap();
    assert_eq!((first.seq, first.events), (1, vec![AppEvent::AccountChanged]));
    nous_api::subscriptions::ack_events(&app, 1).await.unwrap();
    write(&app, "hello", "t").await;
    let next = events.next().await.unwrap();
    let is_message = |event: &AppEvent| matches!(event, AppEvent::MessagesChanged { conversation, .. } if conversation.0 == BOB);
    assert!(next.seq == 2 && next.events.iter().any(is_message));
    app.shutdown().await;
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn the_cursor_of_a_follower_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let app = alice(dir.path()).await;
    assert!(messages::get_watch_cursor(&app).await.unwrap().is_none());
    let cursor = messages::latest_arrival(&app).await.unwrap();
    messages::set_watch_cursor(&app, cursor.clone()).await.unwrap();
    write(&app, "mine", "t").await;
    assert!(
        messages::received_since(&app, Some(cursor), 10)
            .await
            .unwrap()
            .rows
            .is_empty(),
        "own are no arrivals"
    );
}
