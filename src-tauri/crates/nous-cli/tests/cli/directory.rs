//! `directory …`.

use tokio::io::AsyncWriteExt as _;

use super::stage::Stage;

const A: &str = "05d3faf474505108c7225706bbb019f618ac2db324bf823f3fd3026319c5737b1c";
const B: &str = "05a275db709c7bbdda03cfeeeb24d7f0359cb7061e552ebc4678fdf39226642144";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_imported_searched_and_exported() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let file = stage.file(
        "list.csv",
        &format!("name;id\nÉlodie;{A}\nBob;{}\n=Bob;{B}\n", &B[..65]),
    );
    let ended = stage
        .run("alice", &["directory", "import", file.to_str().unwrap()])
        .await;
    assert_eq!((ended.code, ended.lines.len()), (0, 2), "{ended:?}");
    assert_eq!(ended.lines[0]["line"], 3);
    assert_eq!(ended.lines[0]["error"], "accountIdMistyped");
    assert_eq!(
        (&ended.lines[1]["added"], &ended.lines[1]["bad"]),
        (&2.into(), &1.into())
    );

    let found = stage
        .run("alice", &["directory", "list", "--search", "elo"])
        .await;
    assert_eq!(
        (found.text("name"), found.text("accountId")),
        ("Élodie".into(), A.into())
    );

    let out = stage.path("out.csv");
    stage
        .run("alice", &["directory", "export", "--csv", out.to_str().unwrap()])
        .await
        .line();
    let text = std::fs::read_to_string(out).unwrap();
    assert!(text.contains("'=Bob") && text.contains(A), "{text}");
    let all = stage.run("alice", &["directory", "export"]).await;
    assert_eq!(all.lines.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_from_standard_input_too_and_known_names_stay() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let import = async |text: String, more: &[&str]| {
        let mut arguments = vec!["directory", "import", "-"];
        arguments.extend(more);
        let mut command = stage.command("alice", &arguments);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).await.unwrap();
        drop(stdin);
        assert!(child.wait_with_output().await.unwrap().status.success());
    };
    let name = async || stage.run("alice", &["directory", "list"]).await.text("name");
    import(format!("Alice {A}"), &[]).await;
    import(format!("Other {A}"), &[]).await;
    assert_eq!(name().await, "Alice");
    import(format!("Other {A}"), &["--replace"]).await;
    assert_eq!(name().await, "Other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_is_a_usage_error() {
    let stage = Stage::new().await;
    stage.account("alice").await;
    let ended = stage
        .run("alice", &["directory", "import", "/nowhere/list.csv"])
        .await;
    assert_eq!((ended.code, ended.lines.len()), (2, 0));
}
