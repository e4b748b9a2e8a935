//! How commands end when they cannot do their work.

use std::time::{Duration, Instant};

use nous_protocol::account::{AccountId, SwarmAccount};

use super::stage::{Stage, end};

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_end_with_2() {
    let stage = Stage::new().await;
    assert_eq!(stage.run("alice", &["dance"]).await.code, 2);
    assert_eq!(stage.run("alice", &["send", "--to", "someone"]).await.code, 2);
    assert_eq!(
        stage
            .run("alice", &["--lock-timeout", "soon", "account", "show"])
            .await
            .code,
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_file_that_is_missing_or_no_json_ends_with_2() {
    let stage = Stage::new().await;
    let rubbish = stage.file("rubbish", "this is not JSON");
    for file in [rubbish, stage.path("missing")] {
        let mut command = tokio::process::Command::new(assert_cmd::cargo::cargo_bin!("nous-cli"));
        command
            .arg("--json")
            .arg("--network")
            .arg(&file)
            .arg("--profile")
            .arg(stage.path("alice"));
        command.args(["account", "show"]).env("ENTRE_NOUS_KEYRING", "off");
        let ended = end(command).await;
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.errors.contains("network file"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_ends_with_2() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let short = id.get(..65).unwrap();
    for (to, error) in [("?!", "notAnAccountId"), (short, "accountIdMistyped")] {
        let ended = stage.run("alice", &["send", "--to", to, "--text", "hello"]).await;
        assert_eq!(
            (ended.code, ended.error().as_deref()),
            (2, Some(error)),
            "{ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_account_says_so() {
    let stage = Stage::new().await;
    let ended = stage.run("nobody", &["conversations"]).await;
    assert_eq!(
        (ended.code, ended.error().as_deref()),
        (2, Some("noAccount")),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_send_ends_with_3_and_the_message_waits() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    stage.control().stop_all().await.unwrap();
    let send = ["send", "--to", &bob, "--text", "sent later on", "--timeout", "2"];
    let ended = stage.run("alice", &send).await;
    assert_eq!(
        (ended.code, ended.error().as_deref()),
        (3, Some("timedOut")),
        "{ended:?}"
    );
    assert!(ended.errors.contains("stays queued"), "{ended:?}");
    let waiting = stage.run("alice", &["outbox"]).await;
    assert_eq!(
        waiting
            .lines
            .iter()
            .filter(|line| line["isOwnCopy"] == false)
            .count(),
        1,
        "{waiting:?}"
    );

    stage.control().start_all().await.unwrap();
    let watched = stage.start("alice", &["watch", "--timeout", "60"]);
    let received = stage
        .run("bob", &["watch", "--count", "1", "--timeout", "60"])
        .await;
    assert_eq!(received.line()["body"], "sent later on");
    assert_eq!(received.line()["from"], alice.as_str());
    watched.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_ends_with_4_and_goes_out_after_retry() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let bob = stage.account("bob").await;
    let account = SwarmAccount::from(AccountId::from_hex(&bob).unwrap());
    stage.control().refuse_stores(account, true);
    let ended = stage
        .run("alice", &["send", "--to", &bob, "--text", "refused at first"])
        .await;
    assert_eq!(
        (ended.code, ended.error().as_deref()),
        (4, Some("refusedByNetwork")),
        "{ended:?}"
    );
    assert_eq!(ended.lines[0]["state"], "failed");
    let id = ended.lines[0]["messageId"].as_str().unwrap().to_owned();

    stage.control().refuse_stores(account, false);
    assert_eq!(
        stage
            .run("alice", &["retry", "--message", &id])
            .await
            .text("state"),
        "sent"
    );
    let received = stage.run("bob", &["watch", "--timeout", "5"]).await;
    let bodies: Vec<_> = received
        .lines
        .iter()
        .filter(|line| line["event"] == "message")
        .collect();
    assert_eq!(bodies.len(), 1, "{received:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_in_use_ends_with_6_after_the_lock_timeout() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let mut running = stage.start("alice", &["watch", "--stdin"]);
    running.type_line("path").await;
    running.until(|line| line["state"].is_string()).await;
    #[expect(clippy::disallowed_methods, reason = "the pause itself is tested")]
    let before = Instant::now();
    let ended = stage
        .run("alice", &["--lock-timeout", "1", "account", "show"])
        .await;
    assert_eq!(
        (ended.code, ended.error().as_deref()),
        (6, Some("profileInUse")),
        "{ended:?}"
    );
    assert!(before.elapsed() >= Duration::from_secs(1));
    running.kill().await;
    stage.run("alice", &["account", "show"]).await.text("accountId");
}
