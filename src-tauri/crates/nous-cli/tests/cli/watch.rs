//! `watch`.

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_prints_what_waited_in_the_swarm_and_the_next_only_what_is_new() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    stage
        .run("alice", &["send", "--to", &bob, "--text", "waited in the swarm"])
        .await
        .line();
    let watch = ["watch", "--count", "1", "--timeout", "60"];
    let first = stage.run("bob", &watch).await;
    let line = first.line();
    assert_eq!(
        (&line["event"], &line["body"]),
        (&"message".into(), &"waited in the swarm".into())
    );
    assert_eq!(
        (&line["from"], &line["conversation"]),
        (&alice.as_str().into(), &alice.as_str().into())
    );
    assert!(line["sentAt"].is_i64() && line["receivedAt"].is_i64() && line["messageId"].is_string());

    stage
        .run("alice", &["send", "--to", &bob, "--text", "new since then"])
        .await
        .line();
    assert_eq!(stage.run("bob", &watch).await.text("body"), "new since then");
    let all = stage
        .run(
            "bob",
            &["watch", "--count", "2", "--timeout", "60", "--from-start"],
        )
        .await;
    let bodies: Vec<_> = all
        .lines
        .iter()
        .filter_map(|line| line["body"].as_str())
        .collect();
    assert_eq!(bodies, ["waited in the swarm", "new since then"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_watches_and_sends() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let mut first = stage.start("alice", &["watch", "--stdin"]);
    let mut second = stage.start("bob", &["watch", "--stdin", "--count", "1"]);
    first
        .type_line(&format!("send --to {bob} --text 'typed into a watch'"))
        .await;
    let received = second.until(|line| line["event"] == "message").await;
    assert_eq!(
        (&received["body"], &received["from"]),
        (&"typed into a watch".into(), &alice.as_str().into())
    );
    assert_eq!(second.end().await, Some(0));
    let state = first
        .until(|line| line["event"] == "state" && line["state"] == "sent")
        .await;
    assert!(state["messageId"].is_string());
    first.type_line("dance").await;
    let error = first.until(|line| line["event"] == "error").await;
    assert!(error["message"].is_string());
    first.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_nothing_is_missed() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let bob = stage.account("bob").await;
    let texts: Vec<String> = (0..6).map(|number| format!("text {number}")).collect();
    for text in &texts {
        stage
            .run("alice", &["send", "--to", &bob, "--text", text])
            .await
            .line();
    }
    // Killed after two lines were read; more may have been printed.
    let mut watch = stage.start("bob", &["watch"]);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let line = watch.until(|line| line["event"] == "message").await;
        seen.push(line["body"].as_str().unwrap().to_owned());
    }
    seen.extend(
        watch
            .kill()
            .await
            .iter()
            .filter_map(|line| line["body"].as_str())
            .map(str::to_owned),
    );
    let rest = stage.run("bob", &["watch", "--timeout", "5"]).await;
    let messages = rest.lines.iter().filter(|line| line["event"] == "message");
    seen.extend(
        messages
            .filter_map(|line| line["body"].as_str())
            .map(str::to_owned),
    );
    // The last line before the kill may come again.
    seen.dedup();
    assert_eq!(seen, texts);
    let all = stage
        .run(
            "bob",
            &["watch", "--from-start", "--count", "6", "--timeout", "60"],
        )
        .await;
    let bodies: Vec<_> = all
        .lines
        .iter()
        .filter_map(|line| line["body"].as_str())
        .collect();
    assert_eq!(bodies, texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_network_serves_other_processes() {
    let stage = Stage::new().await;
    let file = stage.path("served.json");
    let mut server = stage.start(
        "none",
        &[
            "serve-localnet",
            "--nodes",
            "4",
            "--write-network",
            file.to_str().unwrap(),
        ],
    );
    let ready = server.until(|line| line["event"] == "ready").await;
    assert_eq!(ready["network"]["name"], "local");
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written, ready["network"]);
    server.type_line("{\"command\":\"dance\"}").await;
    assert!(server.until(|line| line["event"] == "error").await["message"].is_string());
    server.kill().await;
}
