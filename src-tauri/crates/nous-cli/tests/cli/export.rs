//! `export`.

use std::path::Path;

use serde_json::Value;

use super::stage::Stage;

async fn note(stage: &Stage, own: &str, text: &str, file: &Path) {
    let file = file.to_str().unwrap();
    let send = [
        "send", "--to", own, "--text", text, "--wait", "none", "--file", file,
    ];
    stage.run("alice", &send).await.line();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_written_to_read_and_for_programs_and_never_over_another() {
    let stage = Stage::new().await;
    let alice = stage.account("alice").await;
    let file = stage.file("notes.txt", "what was agreed");
    note(&stage, &alice, "<b>read this</b>", &file).await;
    let folder = stage.path("exports");
    let export = ["export", "--with", &alice, "--to", folder.to_str().unwrap()];
    let pages = stage.run("alice", &export).await;
    let line = pages.line();
    assert_eq!(line["messages"], 1);
    assert_eq!(
        (line["files"].as_u64(), line["missing"].as_u64()),
        (Some(1), Some(0))
    );
    let path = pages.text("path");
    let page = std::fs::read_to_string(Path::new(&path).join("index.html")).unwrap();
    assert!(
        page.contains("&lt;b&gt;read this&lt;/b&gt;") && !page.contains("<b>read"),
        "{page}"
    );
    assert!(page.contains("<h1><bdi>Note to Self</bdi></h1>"));

    let other = stage
        .run("alice", &[export.as_slice(), &["--format", "json"]].concat())
        .await;
    let second = other.text("path");
    assert!(second != path && second.ends_with(" (2)"), "{second}");
    let text = std::fs::read_to_string(Path::new(&second).join("messages.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let message = &document["messages"][0];
    assert_eq!(message["text"], "<b>read this</b>");
    assert_eq!(message["from"], alice.as_str());
    let saved = Path::new(&second).join(message["attachments"][0]["file"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(saved).unwrap(), "what was agreed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_not_there_and_a_folder_that_is_none_are_said() {
    let stage = Stage::new().await;
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let folder = stage.path("exports");
    let export = ["export", "--with", &bob, "--to", folder.to_str().unwrap()];
    let refused = stage.run("alice", &export).await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (2, Some("conversationNotFound"))
    );
    assert!(!folder.exists());
    let file = stage.file("notes.txt", "what was agreed");
    note(&stage, &alice, "a note", &file).await;
    let export = ["export", "--with", &alice, "--to", file.to_str().unwrap()];
    let refused = stage.run("alice", &export).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "what was agreed");
}
