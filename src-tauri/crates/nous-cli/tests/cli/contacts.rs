//! `contacts`, `contact set`.

use serde_json::json;

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_named_pinned_blocked_and_the_other_device_knows() {
    let stage = Stage::new().await;
    let made = stage
        .run("alice", &["account", "create", "--name", "Alice"])
        .await;
    let bob = stage.account("bob").await;
    let sent = stage
        .run("alice", &["send", "--to", &bob, "--text", "hello"])
        .await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let arguments = [
        "contact",
        "set",
        "--id",
        &bob,
        "--nickname",
        "Élodie",
        "--block",
        "--pin",
        "2",
    ];
    let set = stage.run("alice", &arguments).await;
    let expected = json!({
        "accountId": bob, "name": null, "nickname": "Élodie", "isApproved": true,
        "didApproveMe": false, "isBlocked": true, "priority": 2,
    });
    assert_eq!(set.line(), &expected);
    let refused = stage
        .run("alice", &["send", "--to", &bob, "--text", "no", "--wait", "none"])
        .await;
    assert_eq!((refused.code, refused.error().as_deref()), (4, Some("blocked")));

    let pushed = stage.run("alice", &["contacts", "--sync"]).await;
    assert_eq!(pushed.line(), &expected);

    let file = stage.file("phrase", &made.text("recoveryPhrase"));
    let arguments = ["account", "restore", "--phrase-file", file.to_str().unwrap()];
    assert_eq!(stage.run("phone", &arguments).await.code, 0);
    assert_eq!(
        stage.run("phone", &["contacts", "--sync"]).await.line(),
        &expected
    );
    let freed = stage
        .run(
            "phone",
            &["contact", "set", "--id", &bob, "--unblock", "--nickname", ""],
        )
        .await;
    assert_eq!(
        (&freed.line()["isBlocked"], &freed.line()["nickname"]),
        (&json!(false), &json!(null))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_a_usage_error() {
    let stage = Stage::new().await;
    let own = stage.account("alice").await;
    let both = stage
        .run("alice", &["contact", "set", "--id", &own, "--block", "--unblock"])
        .await;
    assert_eq!(both.code, 2, "{both:?}");
    let oneself = stage
        .run("alice", &["contact", "set", "--id", &own, "--block"])
        .await;
    assert_eq!(
        (oneself.code, oneself.error().as_deref()),
        (2, Some("conversationNotFound"))
    );
    let nobody = stage
        .run("alice", &["contact", "set", "--id", &own[..65], "--block"])
        .await;
    assert_eq!(nobody.code, 2, "{nobody:?}");
}
