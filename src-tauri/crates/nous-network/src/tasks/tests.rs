#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

#[tokio::test]
async fn a_task_gives_its_result() {
    let tasks = Tasks::new();
    assert_eq!(tasks.spawn("sum", async { 1 + 1 }).await.unwrap(), Some(2));
}

#[tokio::test]
async fn cancelling_the_parent_ends_the_children() {
    let parent = Tasks::new();
    let child = parent.child();
    let task = child.spawn("waits", std::future::pending::<()>());
    parent.cancel();
    assert_eq!(task.await.unwrap(), None);
    child.shutdown().await;
}

#[tokio::test]
async fn cancelling_a_child_leaves_the_parent() {
    let parent = Tasks::new();
    parent.child().shutdown().await;
    assert_eq!(parent.spawn("runs", async { 7 }).await.unwrap(), Some(7));
}

#[tokio::test]
async fn a_panic_is_told_with_its_name() {
    let tasks = Tasks::new();
    let mut panics = tasks.panics();
    let task = tasks.spawn("breaks", async { panic!("on purpose") });
    assert_eq!(task.await.unwrap(), None);
    panics.changed().await.unwrap();
    assert_eq!(
        *panics.borrow(),
        Some(TaskPanic {
            name: "breaks",
            count: 1
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_supervised_task_starts_again_after_a_panic() {
    let tasks = Tasks::new();
    let runs = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&runs);
    let task = tasks.supervise("flaky", move || {
        let seen = Arc::clone(&seen);
        async move { assert!(seen.fetch_add(1, Ordering::SeqCst) >= 2, "on purpose") }
    });
    assert_eq!(task.await.unwrap(), Some(()));
    assert_eq!(runs.load(Ordering::SeqCst), 3);
}
