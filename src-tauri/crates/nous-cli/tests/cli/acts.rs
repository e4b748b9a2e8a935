//! `delete`, `forward`, `search`, and what `watch` and `messages` tell of it.

use super::files::friends;
use super::stage::Stage;

/// Writes a note; answers its id.
async fn note(stage: &Stage, own: &str, text: &str) -> String {
    let send = ["send", "--to", own, "--text", text, "--wait", "none"];
    stage.run("alice", &send).await.text("messageId")
}

/// What was found, newest first.
async fn found(stage: &Stage, arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<&str> = std::iter::once("search")
        .chain(arguments.iter().copied())
        .collect();
    let ended = stage.run("alice", &arguments).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let bodies = ended
        .lines
        .iter()
        .map(|line| line["body"].as_str().unwrap().to_owned());
    bodies.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_deleted_for_everyone_is_told_where_it_was_read() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let mut watching = stage.start("bob", &["watch"]);
    let send = ["send", "--to", &bob, "--text", "I take this back"];
    let sent = stage.run("alice", &send).await.text("messageId");
    let received = watching
        .until(|line| line["event"] == "message" && line["body"] == "I take this back")
        .await;
    let delete = ["delete", "--message", &sent, "--for-everyone"];
    let deleted = stage.run("alice", &delete).await;
    assert_eq!(deleted.text("messageId"), sent);
    assert_eq!(deleted.line()["forEveryone"], true);
    let told = watching.until(|line| line["event"] == "deleted").await;
    assert_eq!(told["messageId"], received["messageId"]);
    assert_eq!(told["forEveryone"], true);
    watching.kill().await;
    let left = stage
        .run("bob", &["messages", "--with", &alice, "--limit", "1"])
        .await;
    assert_eq!(left.text("kind"), "deletedForAll");
    assert_eq!(left.line()["deleted"], true);
    assert!(left.line()["body"].is_null(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_wrote_goes_from_this_device_only() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let send = ["send", "--to", &alice, "--text", "Bob says this"];
    assert_eq!(stage.run("bob", &send).await.code, 0);
    let messages = ["messages", "--with", &bob, "--limit", "1", "--sync"];
    let id = stage.run("alice", &messages).await.text("messageId");
    let refused = stage
        .run("alice", &["delete", "--message", &id, "--for-everyone"])
        .await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (4, Some("notDeletable"))
    );
    let deleted = stage.run("alice", &["delete", "--message", &id]).await;
    assert_eq!(deleted.line()["forEveryone"], false);
    let gone = stage.run("alice", &["delete", "--message", "999999"]).await;
    assert_eq!((gone.code, gone.error().as_deref()), (2, Some("messageNotFound")));
    let found = found(&stage, &["--text", "says"]).await;
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_on_to_several_and_who_cannot_have_it_is_said() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let chloe = stage.account("chloe").await;
    let file = stage.file("notes.txt", "what was agreed");
    let send = ["send", "--to", &bob, "--file", file.to_str().unwrap()];
    let id = stage.run("alice", &send).await.text("messageId");
    let forward = ["forward", "--message", &id, "--to", &alice, &chloe];
    let ended = stage.run("alice", &forward).await;
    assert_eq!((ended.code, ended.error().as_deref()), (4, Some("notAccepted")));
    assert_eq!(ended.lines.len(), 2, "{ended:?}");
    assert!(ended.lines[0]["error"].is_null());
    assert_eq!(ended.lines[1]["conversation"], chloe.as_str());
    assert_eq!(ended.lines[1]["error"], "notAccepted");
    let notes = stage.run("alice", &["messages", "--with", &alice]).await;
    assert_eq!(notes.line()["attachments"][0]["name"], "notes.txt");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_words_people_days_and_what_they_have() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    let first = note(&stage, &alice, "la crème brûlée").await;
    note(&stage, &alice, "see https://a.example/creme").await;
    let file = stage.file("creme.txt", "a recipe");
    let send = [
        "send",
        "--to",
        &alice,
        "--text",
        "the recipe",
        "--wait",
        "none",
        "--file",
        file.to_str().unwrap(),
    ];
    stage.run("alice", &send).await.line();
    let both = ["see https://a.example/creme", "la crème brûlée"];
    assert_eq!(found(&stage, &["--text", "CREME"]).await, both);
    assert_eq!(
        found(&stage, &["--text", "creme", "--limit", "1"]).await,
        both[..1]
    );
    assert_eq!(found(&stage, &["--has", "link"]).await, both[..1]);
    assert_eq!(found(&stage, &["--has", "file"]).await, ["the recipe"]);
    assert_eq!(
        found(&stage, &["--from", &alice, "--text", "recipe"]).await,
        ["the recipe"]
    );
    assert_eq!(found(&stage, &["--text", "creme", "--with", &alice]).await, both);
    assert!(
        found(&stage, &["--text", "creme", "--before", "2020-01-01"])
            .await
            .is_empty()
    );
    assert_eq!(
        found(&stage, &["--text", "creme", "--after", "2020-01-01"]).await,
        both
    );
    let line = stage.run("alice", &["search", "--text", "brulee"]).await;
    assert_eq!(line.text("messageId"), first);
    assert_eq!(line.text("snippet"), "la crème brûlée");
    let nothing = stage.run("alice", &["search", "--text", "a"]).await;
    assert_eq!(
        (nothing.code, nothing.error().as_deref()),
        (2, Some("nothingToSearch"))
    );
    let no_day = stage
        .run("alice", &["search", "--text", "creme", "--after", "soon"])
        .await;
    assert_eq!(no_day.code, 2, "{no_day:?}");
}

/// A picture of one point.
const GIF: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0,
    1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
];

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_pictures_are_found() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    note(&stage, &alice, "no picture").await;
    let (picture, text) = (stage.path("dot.gif"), stage.file("words.txt", "words"));
    std::fs::write(&picture, GIF).unwrap();
    for (file, said) in [(&picture, "a dot"), (&text, "some words")] {
        let send = ["send", "--to", &alice, "--text", said, "--wait", "none"];
        let file = ["--file", file.to_str().unwrap()];
        let send: Vec<&str> = send.into_iter().chain(file).collect();
        stage.run("alice", &send).await.line();
    }
    assert_eq!(found(&stage, &["--has", "picture"]).await, ["a dot"]);
    assert_eq!(
        found(&stage, &["--has", "picture", "--text", "dot"]).await,
        ["a dot"]
    );
    assert!(
        found(&stage, &["--has", "picture", "--text", "words"])
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_is_set_and_a_message_says_when_it_ends() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    // The conversation is there with the first note.
    note(&stage, &alice, "stays").await;
    let timer = |seconds| {
        [
            "timer",
            "set",
            "--with",
            &alice,
            "--mode",
            "afterSend",
            "--seconds",
            seconds,
        ]
    };
    assert_eq!(
        stage.run("alice", &timer("43200")).await.line()["seconds"],
        43_200
    );
    // Its time begins once the network has it.
    let send = ["send", "--to", &alice, "--text", "goes"];
    assert_eq!(stage.run("alice", &send).await.text("state"), "sent");
    let listed = stage.run("alice", &["messages", "--with", &alice]).await;
    let last = listed.lines.last().unwrap();
    assert!(last["body"] == "goes" && last["expiresAt"].is_i64(), "{last}");
    assert!(listed.lines[0]["expiresAt"].is_null() && listed.lines[0]["deleted"] == false);
    assert_eq!(stage.run("alice", &timer("7")).await.code, 2);
}
