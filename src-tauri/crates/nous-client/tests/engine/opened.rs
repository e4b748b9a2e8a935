//! Copies of files for other programs: they go with their message, and when the profile closes.

use std::fs;
use std::path::Path;

use nous_client::Client;
use nous_client::files::FilesError;
use nous_client::send::Draft;
use nous_client::storage::ids::MessageKey;

use crate::setup;

const TEXT: &[u8] = b"what was agreed";

async fn alice(dir: &Path) -> Client {
    setup::alice(dir, setup::devices().0).await
}

/// A note with a file whose name leads elsewhere.
async fn note(client: &Client) -> MessageKey {
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    let file = client
        .stage_file(setup::chosen("../../plan.txt", TEXT))
        .await
        .unwrap();
    let draft = Draft {
        attachments: vec![file.id],
        ..setup::draft("")
    };
    client.send(own, draft).await.unwrap().key
}

#[tokio::test]
async fn a_copy_for_another_program_is_one_and_goes_with_its_message() {
    let dir = tempfile::tempdir().unwrap();
    let client = alice(dir.path()).await;
    let message = note(&client).await;
    let path = client.copy_for_others(message, 0).await.unwrap();
    assert_eq!(path.file_name().unwrap(), "plan.txt");
    assert_eq!(fs::read(&path).unwrap(), TEXT);
    assert!(fs::metadata(&path).unwrap().permissions().readonly());
    assert_eq!(client.copy_for_others(message, 0).await, Ok(path.clone()));
    let other = client.copy_for_others(message, 1).await;
    assert_eq!(other, Err(FilesError::NoFile));
    client.delete_messages(vec![message]).await.unwrap();
    while path.exists() {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.copy_for_others(message, 0).await, Err(FilesError::NoFile));
    client.shutdown().await;
}

#[tokio::test]
async fn copies_go_when_the_profile_closes_and_those_of_a_crash_when_it_opens() {
    let dir = tempfile::tempdir().unwrap();
    let client = alice(dir.path()).await;
    let message = note(&client).await;
    let path = client.copy_for_others(message, 0).await.unwrap();
    client.shutdown().await;
    assert!(!path.exists());
    drop(client);
    // As a process leaves it that was killed.
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, TEXT).unwrap();
    let client = setup::opened(dir.path(), setup::devices().0).await;
    assert!(!path.exists());
    assert_eq!(
        fs::read(client.copy_for_others(message, 0).await.unwrap()).unwrap(),
        TEXT
    );
    client.shutdown().await;
}
