//! `requests`, and what `watch` says of them.

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_listed_without_a_name_and_accepted() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let sent = stage
        .run("alice", &["send", "--to", &bob, "--text", "May I?"])
        .await;
    assert_eq!(sent.code, 0, "{sent:?}");

    let listed = stage.run("bob", &["requests", "list", "--sync"]).await;
    assert_eq!(listed.text("accountId"), alice);
    assert_eq!(listed.text("preview"), "May I?");
    assert!(!listed.line().to_string().contains("alice"), "{listed:?}");
    let asking = stage.run("bob", &["conversations"]).await;
    assert_eq!(asking.line()["isApproved"], false);
    assert!(!asking.line().to_string().contains("\"alice\""), "{asking:?}");

    let mut watching = stage.start("alice", &["watch"]);
    let accepted = stage.run("bob", &["requests", "accept", &alice]).await;
    assert_eq!(
        (accepted.code, accepted.text("request").as_str()),
        (0, "accepted")
    );
    let line = watching.until(|line| line["event"] == "accepted").await;
    assert_eq!(line["from"], bob.as_str());
    watching.kill().await;
    assert_eq!(stage.run("bob", &["conversations"]).await.text("name"), "alice");
    assert_eq!(stage.run("alice", &["conversations"]).await.text("name"), "bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_deleted_and_blocked_and_what_is_none_is_an_error() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let ask = ["send", "--to", &bob, "--text", "May I?"];
    assert_eq!(stage.run("alice", &ask).await.code, 0);
    let mut watching = stage.start("bob", &["watch", "--count", "1"]);
    let line = watching.until(|line| line["event"] == "message").await;
    assert_eq!(line["isRequest"], true);
    assert_eq!(watching.end().await, Some(0));

    assert_eq!(
        stage
            .run("bob", &["requests", "delete", &alice])
            .await
            .text("request"),
        "deleted"
    );
    let again = stage.run("bob", &["requests", "delete", &alice]).await;
    assert_eq!(
        (again.code, again.error().as_deref()),
        (2, Some("requestNotFound"))
    );

    assert_eq!(stage.run("alice", &ask).await.code, 0);
    assert_eq!(
        stage
            .run("bob", &["requests", "list", "--sync"])
            .await
            .lines
            .len(),
        1
    );
    assert_eq!(
        stage
            .run("bob", &["requests", "block", &alice])
            .await
            .text("request"),
        "blocked"
    );
    assert_eq!(stage.run("alice", &ask).await.code, 0);
    assert!(
        stage
            .run("bob", &["requests", "list", "--sync"])
            .await
            .lines
            .is_empty()
    );
    let cleared = stage.run("bob", &["requests", "clear"]).await;
    assert_eq!(cleared.line()["deleted"], 0);
}
