//! `account …`.

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn create_show_and_phrase_agree() {
    let stage = Stage::new().await;
    let made = stage
        .run("alice", &["account", "create", "--name", "Alice"])
        .await;
    let (id, phrase) = (made.text("accountId"), made.text("recoveryPhrase"));
    assert_eq!(
        (id.len(), id.get(..2), phrase.split(' ').count()),
        (66, Some("05"), 13)
    );
    let shown = stage.run("alice", &["account", "show"]).await;
    assert_eq!(
        (shown.text("accountId"), shown.text("displayName")),
        (id, "Alice".to_owned())
    );
    assert_eq!(
        stage
            .run("alice", &["account", "phrase"])
            .await
            .text("recoveryPhrase"),
        phrase
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn restore_makes_the_same_account() {
    let stage = Stage::new().await;
    let made = stage
        .run("alice", &["account", "create", "--name", "Alice"])
        .await;
    let file = stage.file("phrase", &made.text("recoveryPhrase"));
    let arguments = [
        "account",
        "restore",
        "--name",
        "Alice",
        "--phrase-file",
        file.to_str().unwrap(),
    ];
    let restored = stage.run("second", &arguments).await;
    assert_eq!(restored.text("accountId"), made.text("accountId"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_phrase_is_a_usage_error() {
    let stage = Stage::new().await;
    for (phrase, error) in [
        ("one two three", "phraseTooShort"),
        (&"xylograph ".repeat(13), "phraseUnknownWord"),
    ] {
        let file = stage.file("phrase", phrase);
        let arguments = ["account", "restore", "--phrase-file", file.to_str().unwrap()];
        let ended = stage.run("nobody", &arguments).await;
        assert_eq!(
            (ended.code, ended.error().as_deref()),
            (2, Some(error)),
            "{ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_in_a_profile_is_refused() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let again = stage
        .run("alice", &["account", "create", "--name", "Other"])
        .await;
    assert_eq!((again.code, again.error().as_deref()), (2, Some("accountExists")));
    assert_eq!(
        stage.run("alice", &["account", "show"]).await.text("accountId"),
        id
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_set_asked_and_removed() {
    let stage = Stage::new().await;
    let id = stage.account("alice").await;
    let (right, wrong) = (
        stage.file("right", "correct horse\n"),
        stage.file("wrong", "battery staple\n"),
    );
    let (right, wrong) = (right.to_str().unwrap(), wrong.to_str().unwrap());
    let set = stage
        .run(
            "alice",
            &["account", "password", "set", "--new-password-file", right],
        )
        .await;
    assert_eq!(set.text("protection"), "password");

    let locked = stage.run("alice", &["account", "show"]).await;
    assert_eq!((locked.code, locked.error().as_deref()), (5, Some("locked")));
    let refused = stage
        .run("alice", &["--password-file", wrong, "account", "show"])
        .await;
    assert_eq!(
        (refused.code, refused.error().as_deref()),
        (5, Some("wrongPassword"))
    );
    let shown = stage
        .run("alice", &["--password-file", right, "account", "show"])
        .await;
    assert_eq!(shown.text("accountId"), id);

    let removed = stage
        .run(
            "alice",
            &["--password-file", right, "account", "password", "remove"],
        )
        .await;
    assert_ne!(removed.text("protection"), "password");
    assert_eq!(
        stage.run("alice", &["account", "show"]).await.text("accountId"),
        id
    );
}
