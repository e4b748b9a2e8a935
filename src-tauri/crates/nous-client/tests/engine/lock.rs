//! A profile that locks by itself.

use std::path::Path;
use std::time::Duration;

use nous_client::client::{FACE_SETTINGS, Stage};
use nous_client::events::Stream;
use nous_client::{Client, Password};
use serde_json::json;

use crate::device::World;
use crate::setup;

const PASSWORD: &str = "correct horse";
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// Alice's client, behind a password, to be locked after five minutes.
async fn alice(dir: &Path) -> Client {
    let client = setup::alice(dir, setup::devices().0).await;
    client.set_password(None, Some(PASSWORD.into())).await.unwrap();
    client
        .set_setting(FACE_SETTINGS, json!({"autoLockMinutes": 5, "theme": "dark"}))
        .await
        .unwrap();
    client
}

async fn is_locked(client: &Client) -> bool {
    client.stage().await.unwrap() == Stage::Locked
}

/// Waits for a change, and acknowledges it.
async fn change(client: &Client, changes: &mut Stream) {
    let (seq, _) = changes.next().await.unwrap();
    client.hub().acknowledge(seq);
}

#[tokio::test(start_paused = true)]
async fn it_locks_when_nobody_used_it_for_so_long() {
    // Time stands still unless it is moved here.
    let _world = World::new();
    let dir = tempfile::tempdir().unwrap();
    let client = alice(dir.path()).await;
    let mut changes = client.subscribe();
    change(&client, &mut changes).await;
    client.note_use().await.unwrap();
    tokio::time::advance(LIMIT - Duration::from_secs(1)).await;
    client.note_use().await.unwrap();
    tokio::time::advance(LIMIT - Duration::from_secs(1)).await;
    assert!(!is_locked(&client).await, "it was used meanwhile");
    tokio::time::advance(Duration::from_secs(2)).await;
    change(&client, &mut changes).await;
    assert!(is_locked(&client).await);
    client.unlock(Password::new(PASSWORD.into())).await.unwrap();
    assert!(!is_locked(&client).await, "unlocking is a use");
}

#[tokio::test(start_paused = true)]
async fn the_first_touch_after_too_long_locks_it() {
    let _world = World::new();
    let dir = tempfile::tempdir().unwrap();
    let client = alice(dir.path()).await;
    client.note_use().await.unwrap();
    tokio::time::advance(LIMIT).await;
    client.note_use().await.unwrap();
    assert!(is_locked(&client).await);
}

#[tokio::test(start_paused = true)]
async fn without_a_window_that_says_that_it_is_used_it_stays_open() {
    let _world = World::new();
    let dir = tempfile::tempdir().unwrap();
    let client = alice(dir.path()).await;
    tokio::time::advance(10 * LIMIT).await;
    assert!(!is_locked(&client).await);
    client.note_use().await.unwrap();
    assert!(
        !is_locked(&client).await,
        "the first use is no use after too long"
    );
}
