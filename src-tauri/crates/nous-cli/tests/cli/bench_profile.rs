//! `bench-profile`.

use serde_json::Value;

use super::stage::{Ended, Stage};

async fn make(stage: &Stage, profile: &str) -> Ended {
    let dir = stage.path(profile);
    let arguments = [
        "bench-profile",
        dir.to_str().unwrap(),
        "--conversations",
        "130",
        "--messages",
        "310",
    ];
    stage.run("unused", &arguments).await
}

async fn long_one(stage: &Stage, profile: &str, with: &str) -> Vec<Value> {
    stage
        .run(profile, &["messages", "--with", with, "--limit", "1000"])
        .await
        .lines
}

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_what_it_says() {
    let stage = Stage::new().await;
    let made = make(&stage, "bench").await;
    let longest = made.text("longest");
    assert_eq!(
        (&made.line()["conversations"], &made.line()["longestMessages"]),
        (&Value::from(130), &Value::from(310))
    );
    assert!(!stage.path("unused").exists(), "the folder is the argument's");

    let list = stage.run("bench", &["conversations"]).await.lines;
    assert_eq!(list.len(), 130, "with those who ask");
    let unread: u64 = list.iter().filter_map(|row| row["unreadCount"].as_u64()).sum();
    assert_eq!(Some(unread), made.line()["unread"].as_u64());
    assert!(unread > 0);
    assert!(list.iter().any(|row| row["lastMessage"]["state"] == "failed"));
    assert!(list.iter().any(|row| row["name"].is_string()));
    let shown = stage
        .run("bench", &["settings", "set", "readReceipts", "on"])
        .await;
    assert_eq!(shown.code, 0, "what was read shows only with receipts on");
    let messages = long_one(&stage, "bench", &longest).await;
    assert_eq!(messages.len(), 310);
    assert!(messages.iter().any(|row| row["state"] == "read"));
    assert!(
        messages
            .iter()
            .any(|row| row["body"].as_str().unwrap().contains("https://"))
    );
    let shown = stage.run("bench", &["account", "show"]).await;
    assert_eq!(shown.text("accountId"), made.text("accountId"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_in_four_has_a_picture_and_the_newest_are_here() {
    let stage = Stage::new().await;
    let dir = stage.path("bench");
    let size = ["--conversations", "2", "--messages", "40", "--pictures", "3"];
    let arguments = [["bench-profile", dir.to_str().unwrap()].as_slice(), &size].concat();
    let made = stage.run("unused", &arguments).await;
    let messages = long_one(&stage, "bench", &made.text("longest")).await;
    let count = |state: &str| {
        let states = messages.iter().map(|row| &row["attachments"][0]["state"]);
        states.filter(|found| **found == state).count()
    };
    assert_eq!((count("local"), count("remote")), (3, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_the_same_each_time() {
    let stage = Stage::new().await;
    let (one, two) = (make(&stage, "one").await, make(&stage, "two").await);
    assert_eq!(one.text("accountId"), two.text("accountId"));
    let longest = one.text("longest");
    assert_eq!(
        long_one(&stage, "one", &longest).await,
        long_one(&stage, "two", &longest).await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_something_in_it_is_refused() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let refused = make(&stage, "alice").await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (2, Some("accountExists"))
    );
    let shown = stage.run("alice", &["account", "show"]).await;
    assert_eq!(shown.text("accountId"), id);
    assert!(stage.run("alice", &["conversations"]).await.lines.is_empty());
}
