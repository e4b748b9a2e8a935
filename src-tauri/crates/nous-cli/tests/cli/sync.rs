//! `sync status`.

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn how_each_config_stands_is_told() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let bob = stage.account("bob").await;
    stage
        .run("alice", &["send", "--to", &bob, "--text", "hello"])
        .await
        .line();
    let told = stage.run("alice", &["sync", "status"]).await;
    let configs: Vec<_> = told.lines.iter().map(|line| line["config"].as_str()).collect();
    let expected = ["userProfile", "contacts", "userGroups", "convoInfoVolatile"];
    assert_eq!(configs, expected.map(Some), "{told:?}");
    for line in &told.lines {
        let state = line["state"].as_str().unwrap();
        assert!(["clean", "dirty", "pending"].contains(&state), "{line}");
        assert_eq!(line["digest"].is_string(), state != "dirty", "{line}");
        assert!(line["seqno"].is_i64() && line.get("pushedAt").is_some());
    }
}
