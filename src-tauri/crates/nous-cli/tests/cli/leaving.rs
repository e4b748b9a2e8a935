//! `account delete`.

use serde_json::json;

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_from_the_device_only() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let deleted = stage.run("alice", &["account", "delete"]).await;
    let expected = json!({
        "deleted": true, "nodes": 0, "confirmed": 0, "unconfirmed": 0, "deletedOnNetwork": 0, "error": null,
    });
    assert_eq!(deleted.line(), &expected);
    let shown = stage.run("alice", &["account", "show"]).await;
    assert_eq!((shown.code, shown.error().as_deref()), (2, Some("noAccount")));
    let again = stage.run("alice", &["account", "delete"]).await;
    assert_eq!((again.code, again.error().as_deref()), (2, Some("noAccount")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_from_the_network_with_a_count() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let note = ["send", "--to", &id, "--text", "a note"];
    assert_eq!(stage.run("alice", &note).await.code, 0);
    let deleted = stage.run("alice", &["account", "delete", "--network"]).await;
    let line = deleted.line();
    assert_eq!(line["deleted"], true);
    assert_eq!(line["confirmed"], line["nodes"]);
    assert!(
        line["nodes"].as_u64() > Some(0) && line["deletedOnNetwork"].as_u64() > Some(0),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_node_the_account_stays_and_the_command_can_be_run_again() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let note = ["send", "--to", &id, "--text", "a note"];
    assert_eq!(stage.run("alice", &note).await.code, 0);
    stage.control().stop_all().await.unwrap();
    let partly = stage.run("alice", &["account", "delete", "--from-network"]).await;
    assert_eq!(
        (partly.code, partly.error().as_deref()),
        (3, Some("timedOut")),
        "{partly:?}"
    );
    assert_eq!(partly.lines[0]["deleted"], false);
    let other = stage.run("alice", &["conversations"]).await;
    assert_eq!(
        (other.code, other.error().as_deref()),
        (2, Some("accountBeingDeleted"))
    );
    stage.control().start_all().await.unwrap();
    let deleted = stage.run("alice", &["account", "delete", "--from-network"]).await;
    assert_eq!(deleted.line()["deleted"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_needed_and_a_wrong_one_deletes_nothing() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let right = stage.file("right", "correct horse\n");
    let right = right.to_str().unwrap();
    let set = ["account", "password", "set", "--new-password-file", right];
    assert_eq!(stage.run("alice", &set).await.code, 0);
    let locked = stage.run("alice", &["account", "delete"]).await;
    assert_eq!((locked.code, locked.error().as_deref()), (5, Some("locked")));
    let shown = stage
        .run("alice", &["--password-file", right, "account", "show"])
        .await;
    assert_eq!(shown.text("accountId"), id);
    let deleted = stage
        .run("alice", &["--password-file", right, "account", "delete"])
        .await;
    assert_eq!(deleted.line()["deleted"], true);
}
