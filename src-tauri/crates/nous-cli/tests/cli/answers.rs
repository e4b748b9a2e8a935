//! `send --quote`, `react`, and what `watch` tells of reactions.

use super::files::friends;
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_what_it_answers() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    let ask = ["send", "--to", &alice, "--text", "When?", "--wait", "none"];
    let question = stage.run("alice", &ask).await.text("messageId");
    let answer = |quoted| {
        let (text, wait) = ("At nine.", "none");
        [
            "send", "--to", &alice, "--text", text, "--quote", quoted, "--wait", wait,
        ]
    };
    stage.run("alice", &answer(&question)).await.line();
    let listed = stage.run("alice", &["messages", "--with", &alice]).await;
    assert_eq!(listed.lines.len(), 2, "{listed:?}");
    assert!(listed.lines[0]["quote"].is_null(), "{listed:?}");
    let quote = &listed.lines[1]["quote"];
    assert_eq!(
        (&quote["message"], &quote["preview"]),
        (&question.as_str().into(), &"When?".into())
    );
    let missing = stage.run("alice", &answer("999999")).await;
    assert_eq!(
        (missing.code, missing.error().as_deref()),
        (2, Some("messageNotFound"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_told_and_so_is_that_it_was_taken_back_though_it_came_before() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let send = ["send", "--to", &bob, "--text", "look at this"];
    let sent = stage.run("alice", &send).await.text("messageId");
    let newest = ["messages", "--with", &alice, "--limit", "1", "--sync"];
    let received = stage.run("bob", &newest).await.text("messageId");

    let mut watching = stage.start("alice", &["watch"]);
    let react = ["react", "--message", &received, "--emoji", "👍"];
    let reacted = stage.run("bob", &react).await;
    let shown = &reacted.line()["reactions"][0];
    assert_eq!(
        (&shown["emoji"], &shown["count"], &shown["isOwn"]),
        (&"👍".into(), &1.into(), &true.into())
    );
    let told = watching.until(|line| line["event"] == "reaction").await;
    assert_eq!(
        (&told["messageId"], &told["from"], &told["emoji"]),
        (&sent.as_str().into(), &bob.as_str().into(), &"👍".into())
    );
    assert_eq!(
        (&told["removed"], &told["notifies"]),
        (&false.into(), &true.into())
    );
    watching.kill().await;

    let mut watching = stage.start("alice", &["watch"]);
    let take_back = ["react", "--message", &received, "--emoji", "👍", "--remove"];
    let left = stage.run("bob", &take_back).await;
    assert_eq!(left.line()["reactions"], serde_json::json!([]));
    let told = watching.until(|line| line["event"] == "reaction").await;
    assert_eq!(
        (&told["messageId"], &told["from"], &told["emoji"]),
        (&sent.as_str().into(), &bob.as_str().into(), &"👍".into())
    );
    assert_eq!(told["removed"], true);
    watching.kill().await;
}
