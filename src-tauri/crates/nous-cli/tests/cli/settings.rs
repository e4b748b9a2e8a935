//! `settings`, and what `watch` tells of receipts, typing and changes.

use serde_json::{Value, json};

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_shown_and_changed_by_their_names() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let all = stage.run("alice", &["settings", "get"]).await;
    let value = |key: &str| {
        all.lines
            .iter()
            .find(|line| line["key"] == key)
            .map(|line| &line["value"])
    };
    assert_eq!(value("readReceipts"), Some(&json!(false)), "off by default");
    assert_eq!(value("typingIndicators"), Some(&json!(false)));
    assert_eq!(value("communityRequests"), Some(&json!(false)));
    for (key, given, kept) in [
        ("readReceipts", "on", json!(true)),
        ("typingIndicators", "true", json!(true)),
        ("communityRequests", "on", json!(true)),
        ("readReceipts", "off", json!(false)),
        ("textSizePercent", "150", json!(150)),
        ("textSizePercent", "1000", json!(200)),
        ("theme", "dark", json!("dark")),
        ("language", "fr", json!("fr")),
    ] {
        let ended = stage.run("alice", &["settings", "set", key, given]).await;
        assert_eq!(ended.line(), &json!({ "key": key, "value": kept }));
        let ended = stage.run("alice", &["settings", "get", key]).await;
        assert_eq!(ended.line()["value"], kept, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_or_a_value_that_is_none_ends_with_2() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    for arguments in [
        &["settings", "get", "colour"][..],
        &["settings", "set", "colour", "green"],
        &["settings", "set", "readReceipts", "perhaps"],
        &["settings", "set", "theme", "pink"],
        &["settings", "set", "textSizePercent", "big"],
        &["settings", "set", "readReceipts"],
    ] {
        let ended = stage.run("alice", arguments).await;
        assert_eq!((ended.code, ended.lines.len()), (2, 0), "{arguments:?} {ended:?}");
    }
}

/// A line of `watch` of this kind.
fn is(line: &Value, event: &str) -> bool {
    line["event"] == event
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_tells_of_receipts_typing_and_what_changed() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let mut first = stage.start("alice", &["watch", "--stdin"]);
    let mut second = stage.start("bob", &["watch", "--stdin"]);
    for watch in [&mut first, &mut second] {
        for key in ["readReceipts", "typingIndicators"] {
            watch.type_line(&format!("settings set {key} on")).await;
            let told = watch
                .until(|line| is(line, "setting") && line["key"] == key)
                .await;
            assert_eq!(told["value"], true);
        }
    }
    first.type_line(&format!("send --to {bob} --text hello")).await;
    let contact = second.until(|line| is(line, "contact")).await;
    assert_eq!(
        (&contact["accountId"], &contact["name"], &contact["isApproved"]),
        (&json!(alice), &Value::Null, &json!(false)),
        "who is not accepted has no name outside the request"
    );
    second.type_line(&format!("send --to {alice} --text hi")).await;
    let accepted = first
        .until(|line| is(line, "contact") && line["didApproveMe"] == true)
        .await;
    assert_eq!(accepted["accountId"], bob.as_str());
    first
        .type_line(&format!("send --to {bob} --text 'read me'"))
        .await;
    let message = second.until(|line| line["body"] == "read me").await;
    let id = message["messageId"].as_str().unwrap().to_owned();
    second.type_line(&format!("typing --to {alice}")).await;
    // A follower polls so seldom that it may get the sign and its end at once: polled by hand.
    let typing = loop {
        first.type_line("conversations --sync").await;
        let line = first
            .until(|line| is(line, "typing") || line["unreadCount"].is_u64() && line["event"].is_null())
            .await;
        if is(&line, "typing") {
            break line;
        }
    };
    assert_eq!(
        (&typing["conversation"], &typing["isTyping"]),
        (&json!(bob), &json!(true))
    );
    second
        .type_line(&format!("read --with {alice} --message {id}"))
        .await;
    let read = second.until(|line| is(line, "read")).await;
    assert_eq!(
        (&read["conversation"], &read["unreadCount"]),
        (&json!(alice), &json!(0))
    );
    let state = first
        .until(|line| is(line, "state") && line["state"] == "read")
        .await;
    assert!(state["readAt"].is_i64(), "{state}");
    for watch in [first, second] {
        watch.kill().await;
    }
}
