//! What `watch` tells of messages that were there before it began: they go, or their files come.

use serde_json::Value;

use super::files::friends;
use super::stage::Stage;

fn is_told<'a>(event: &'a str, message: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |line| line["event"] == event && line["messageId"] == message
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_message_from_before_was_deleted_is_told() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    let send = ["send", "--to", &alice, "--text", "an old note"];
    let id = stage.run("alice", &send).await.text("messageId");
    let mut watching = stage.start("alice", &["watch", "--stdin"]);
    watching.type_line(&format!("delete --message {id}")).await;
    let told = watching.until(is_told("deleted", &id)).await;
    assert_eq!(
        (&told["conversation"], &told["forEveryone"]),
        (&alice.as_str().into(), &false.into())
    );
    watching.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_everything_of_a_conversation_went_each_message_is_told() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    for text in ["May I?", "Please!"] {
        let ask = ["send", "--to", &bob, "--text", text];
        assert_eq!(stage.run("alice", &ask).await.code, 0);
    }
    let listed = stage.run("bob", &["messages", "--with", &alice, "--sync"]).await;
    assert_eq!(listed.lines.len(), 2, "{listed:?}");
    let mut watching = stage.start("bob", &["watch", "--stdin"]);
    watching.type_line(&format!("requests delete {alice}")).await;
    let mut told = Vec::new();
    for _ in 0..2 {
        let line = watching.until(|line| line["event"] == "deleted").await;
        assert_eq!(line["conversation"], alice.as_str());
        told.push(line["messageId"].clone());
    }
    let mut gone: Vec<Value> = listed
        .lines
        .iter()
        .map(|line| line["messageId"].clone())
        .collect();
    for ids in [&mut told, &mut gone] {
        ids.sort_by_key(Value::to_string);
    }
    assert_eq!(told, gone);
    watching.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_message_from_before_disappeared_is_told() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    let first = ["send", "--to", &alice, "--text", "stays", "--wait", "none"];
    stage.run("alice", &first).await.line();
    let timer = ["timer", "set", "--with", &alice, "--mode", "afterSend"];
    let timer: Vec<&str> = timer.into_iter().chain(["--seconds", "30"]).collect();
    assert_eq!(stage.run("alice", &timer).await.line()["seconds"], 30);
    let send = ["send", "--to", &alice, "--text", "goes"];
    let id = stage.run("alice", &send).await.text("messageId");
    let mut watching = stage.start("alice", &["watch"]);
    let told = watching.until(is_told("expired", &id)).await;
    assert_eq!(told["conversation"], alice.as_str());
    watching.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_somebody_set_is_told() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let mut watching = stage.start("bob", &["watch"]);
    let timer = ["timer", "set", "--with", &bob, "--mode", "afterRead"];
    let timer: Vec<&str> = timer.into_iter().chain(["--seconds", "43200"]).collect();
    assert_eq!(stage.run("alice", &timer).await.line()["kind"], "afterRead");
    // It goes out with the next command.
    let send = ["send", "--to", &bob, "--text", "goes once it is read"];
    assert_eq!(stage.run("alice", &send).await.code, 0);
    let told = watching.until(|line| line["event"] == "timer").await;
    assert_eq!(
        (&told["from"], &told["conversation"]),
        (&alice.as_str().into(), &alice.as_str().into())
    );
    assert_eq!(
        (&told["kind"], &told["seconds"]),
        (&"afterRead".into(), &43_200.into())
    );
    assert!(told["messageId"].is_string(), "{told}");
    watching.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_file_of_a_message_from_before_came_is_told() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let file = stage.file("notes.txt", "what was agreed");
    let send = ["send", "--to", &bob, "--file", file.to_str().unwrap()];
    assert_eq!(stage.run("alice", &send).await.code, 0);
    let newest = ["messages", "--with", &alice, "--limit", "1", "--sync"];
    let id = stage.run("bob", &newest).await.text("messageId");
    let folder = stage.path("downloads");
    let mut watching = stage.start("bob", &["watch", "--stdin"]);
    watching
        .type_line(&format!("download --message {id} --to {}", folder.display()))
        .await;
    let told = watching
        .until(|line| is_told("attachment", &id)(line) && line["state"] == "local")
        .await;
    assert_eq!((&told["index"], &told["error"]), (&0.into(), &Value::Null));
    watching.kill().await;
}
