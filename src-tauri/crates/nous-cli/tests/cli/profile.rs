//! `profile …`.

use serde_json::json;

use super::stage::Stage;

/// The smallest GIF: one pixel.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

#[tokio::test(flavor = "multi_thread")]
async fn name_and_picture_are_set_uploaded_and_removed() {
    let stage = Stage::new().await;
    stage
        .run("alice", &["account", "create", "--name", "Alice"])
        .await;
    let file = stage.file("picture.gif", "");
    std::fs::write(&file, GIF).unwrap();
    let picture = file.to_str().unwrap();
    let set = stage
        .run(
            "alice",
            &["profile", "set", "--name", "Alice L.", "--picture", picture],
        )
        .await;
    assert_eq!(set.text("displayName"), "Alice L.");
    assert_eq!(set.line()["pictureUpload"]["kind"], json!("waiting"));
    let synced = stage
        .run("alice", &["profile", "set", "--name", "Alice", "--sync"])
        .await;
    assert_eq!(synced.line()["pictureUpload"]["kind"], json!("done"));
    assert_eq!(synced.line()["hasPicture"], json!(true));
    let removed = stage.run("alice", &["profile", "set", "--no-picture"]).await;
    assert_eq!(removed.line()["hasPicture"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_picture_is_a_usage_error() {
    let stage = Stage::new().await;
    stage
        .run("alice", &["account", "create", "--name", "Alice"])
        .await;
    let file = stage.file("text", "no picture");
    let ended = stage
        .run("alice", &["profile", "set", "--picture", file.to_str().unwrap()])
        .await;
    assert_eq!(
        (ended.code, ended.error().as_deref()),
        (2, Some("pictureUnknown"))
    );
    let nothing = stage.run("alice", &["profile", "set"]).await;
    assert_eq!(nothing.code, 2);
}
