//! `send --file`, `download`, `contact set --trust`.

use serde_json::Value;

use super::stage::Stage;

/// Alice and Bob have accepted each other.
pub(crate) async fn friends(stage: &Stage) -> (String, String) {
    let (alice, bob) = (stage.account("alice").await, stage.account("bob").await);
    let asked = stage
        .run("alice", &["send", "--to", &bob, "--text", "May I?"])
        .await;
    assert_eq!(asked.code, 0, "{asked:?}");
    stage.run("bob", &["requests", "list", "--sync"]).await.line();
    let mut watching = stage.start("alice", &["watch"]);
    let accepted = stage.run("bob", &["requests", "accept", &alice]).await;
    assert_eq!(accepted.code, 0, "{accepted:?}");
    watching.until(|line| line["event"] == "accepted").await;
    watching.kill().await;
    (alice, bob)
}

/// The messages with files, once they are there.
async fn with_files(stage: &Stage, profile: &str, with: &str) -> Vec<Value> {
    let arguments = ["messages", "--with", with, "--sync"];
    let lines = stage.run(profile, &arguments).await.lines;
    let has_files = |line: &Value| {
        line["attachments"]
            .as_array()
            .is_some_and(|files| !files.is_empty())
    };
    lines.into_iter().filter(has_files).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_fetched_and_saved_without_overwriting() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let file = stage.file("notes.txt", "what was agreed");
    let file = file.to_str().unwrap();
    let sent = stage
        .run(
            "alice",
            &["send", "--to", &bob, "--file", file, "--text", "read this"],
        )
        .await;
    assert_eq!(sent.text("state"), "sent");

    let messages = with_files(&stage, "bob", &alice).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["body"], "read this");
    let told = &messages[0]["attachments"][0];
    assert_eq!((&told["index"], &told["sizeBytes"]), (&0.into(), &15.into()));
    assert_eq!(
        (&told["name"], &told["state"]),
        (&"notes.txt".into(), &"remote".into())
    );

    let id = messages[0]["messageId"].as_str().unwrap();
    let folder = stage.path("downloads");
    let folder = folder.to_str().unwrap();
    let fetch = ["download", "--message", id, "--to", folder];
    for name in ["notes.txt", "notes (2).txt"] {
        let fetched = stage.run("bob", &fetch).await;
        let path = fetched.text("path");
        assert!(path.ends_with(name), "{path}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "what was agreed");
        assert_eq!(fetched.line()["sizeBytes"], 15);
    }
    let messages = with_files(&stage, "bob", &alice).await;
    assert_eq!(messages[0]["attachments"][0]["state"], "local");
    let missing = stage
        .run(
            "bob",
            &["download", "--message", id, "--index", "7", "--to", folder],
        )
        .await;
    assert_eq!((missing.code, missing.error().as_deref()), (4, Some("fileGone")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_that_is_not_written_anew_goes_as_it_is_or_not_at_all() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let photograph = "\0\0\0\x20ftypheic, taken at home";
    let file = stage.file("x.heic", photograph);
    let send = ["send", "--to", &bob, "--file", file.to_str().unwrap()];
    let refused = stage.run("alice", &send).await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (2, Some("pictureUnknown"))
    );
    assert!(refused.errors.contains("--as-file"), "{refused:?}");
    let as_it_is = [&send[..], &["--as-file"]].concat();
    let sent = stage.run("alice", &as_it_is).await;
    assert_eq!(sent.text("state"), "sent");

    let messages = with_files(&stage, "bob", &alice).await;
    assert_eq!(messages[0]["attachments"][0]["contentType"], "image/heic");
    let (id, folder) = (
        messages[0]["messageId"].as_str().unwrap(),
        stage.path("downloads"),
    );
    let fetch = ["download", "--message", id, "--to", folder.to_str().unwrap()];
    let path = stage.run("bob", &fetch).await.text("path");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), photograph);
    let no_file = ["send", "--to", &bob, "--text", "hello", "--as-file"];
    assert_eq!(stage.run("alice", &no_file).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_somebody_who_is_trusted_come_by_themselves() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let trusted = stage
        .run("bob", &["contact", "set", "--id", &alice, "--trust", "on"])
        .await;
    assert_eq!(trusted.line()["isTrusted"], true);
    let mut watching = stage.start("bob", &["watch"]);
    let (first, second) = (stage.file("a.txt", "a"), stage.file("b.txt", "b"));
    let arguments = [
        "send",
        "--to",
        &bob,
        "--file",
        first.to_str().unwrap(),
        second.to_str().unwrap(),
    ];
    let sent = stage.run("alice", &arguments).await;
    assert_eq!(
        (sent.code, sent.lines.len()),
        (0, 2),
        "each is a message of its own"
    );
    for _ in 0..2 {
        let line = watching
            .until(|line| line["event"] == "attachment" && line["state"] == "local")
            .await;
        assert_eq!((&line["index"], &line["error"]), (&0.into(), &Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_goes_with_the_first_of_several_files_and_too_many_go_not_at_all() {
    let stage = Stage::new().await;
    let (alice, bob) = friends(&stage).await;
    let names: Vec<String> = (0..33).map(|number| format!("{number}.txt")).collect();
    let files: Vec<String> = names
        .iter()
        .map(|name| stage.file(name, name).to_str().unwrap().to_owned())
        .collect();
    let send = |count: usize| {
        let head = ["send", "--to", &bob, "--text", "here they are", "--file"];
        let files = files[..count].iter().map(String::as_str);
        head.into_iter().chain(files).collect::<Vec<_>>()
    };
    let refused = stage.run("alice", &send(33)).await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (2, Some("tooManyFiles")),
        "{refused:?}"
    );
    let sent = stage.run("alice", &send(2)).await;
    assert_eq!((sent.code, sent.lines.len()), (0, 2), "{sent:?}");
    let ids: Vec<&Value> = sent.lines.iter().map(|line| &line["messageId"]).collect();
    let own = with_files(&stage, "alice", &bob).await;
    let written: Vec<&Value> = own.iter().map(|line| &line["messageId"]).collect();
    assert_eq!(written, ids, "the ids of all of them");
    let came = with_files(&stage, "bob", &alice).await;
    let said: Vec<(&str, &str)> = came
        .iter()
        .map(|line| {
            let name = line["attachments"][0]["name"].as_str().unwrap();
            (line["body"].as_str().unwrap(), name)
        })
        .collect();
    assert_eq!(said, [("here they are", "0.txt"), ("", "1.txt")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_accepted_gets_no_files_and_a_bad_file_is_said() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let bob = stage.account("bob").await;
    let file = stage.file("a.txt", "a");
    let send = ["send", "--to", &bob, "--file", file.to_str().unwrap()];
    let refused = stage.run("alice", &send).await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (4, Some("notAccepted"))
    );
    let missing = stage.path("missing");
    let send = ["send", "--to", &bob, "--file", missing.to_str().unwrap()];
    let refused = stage.run("alice", &send).await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (2, Some("fileUnreadable"))
    );
}
