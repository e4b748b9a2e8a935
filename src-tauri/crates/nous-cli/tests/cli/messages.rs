//! `send`, `messages`, `conversations`, `path`.

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_and_listed_on_both_sides() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let sent = stage
        .run(
            "alice",
            &["send", "--to", &bob, "--text", "from one shell to another"],
        )
        .await;
    assert_eq!(sent.text("state"), "sent");
    let own = stage.run("alice", &["messages", "--with", &bob]).await;
    assert_eq!(own.text("messageId"), sent.text("messageId"));
    assert_eq!(
        (own.text("from"), own.text("state")),
        (alice.clone(), "sent".to_owned())
    );

    let before = stage.run("bob", &["messages", "--with", &alice]).await;
    assert!(
        before.lines.is_empty(),
        "without --sync only the database is read"
    );
    let received = stage.run("bob", &["messages", "--with", &alice, "--sync"]).await;
    assert_eq!(
        (received.text("body"), received.text("from")),
        ("from one shell to another".to_owned(), alice.clone())
    );
    assert_eq!(received.line()["sentAt"], own.line()["sentAt"]);
    let list = stage.run("bob", &["conversations"]).await;
    assert_eq!(
        (list.text("accountId"), list.line()["unreadCount"].as_u64()),
        (alice, Some(1)),
        "who asks stands in the list of scripts"
    );
    assert!(list.line()["name"].is_null(), "a name is seen inside the request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_waits_for_goes_out_with_the_next_command() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let bob = stage.account("bob").await;
    let written = stage
        .run(
            "alice",
            &["send", "--to", &bob, "--text", "first", "--wait", "none"],
        )
        .await;
    assert_eq!(written.text("state"), "queued");
    stage
        .run("alice", &["send", "--to", &bob, "--text", "second"])
        .await
        .line();
    let id = written.text("messageId");
    let own = stage.run("alice", &["messages", "--with", &bob]).await;
    let states: Vec<_> = own
        .lines
        .iter()
        .map(|line| (line["messageId"] == *id, line["state"].as_str()))
        .collect();
    assert_eq!(states, [(true, Some("sent")), (false, Some("sent"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_messages_come_oldest_first_up_to_the_limit() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    for text in ["one", "two", "three"] {
        stage
            .run(
                "alice",
                &["send", "--to", &alice, "--text", text, "--wait", "none"],
            )
            .await
            .line();
    }
    let listed = stage
        .run("alice", &["messages", "--with", &alice, "--limit", "2"])
        .await;
    let bodies: Vec<_> = listed
        .lines
        .iter()
        .filter_map(|line| line["body"].as_str())
        .collect();
    assert_eq!(bodies, ["two", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn path_shows_the_paths_after_a_sync() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let path = stage.run("alice", &["path", "--sync"]).await;
    let paths = path.line()["paths"].as_array().unwrap();
    assert!(!paths.is_empty(), "{path:?}");
    assert!(
        paths
            .iter()
            .all(|path| path.as_array().is_some_and(|hops| hops.len() == 3)),
        "{path:?}"
    );
}
