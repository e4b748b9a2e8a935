//! The process is killed at every named step of sending and receiving, and started again.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;

use nous_api::rows::MessageState;
use tokio::process::Command;

use crate::scene::Scene;

/// More steps than one message has: a loop without an end is a failure.
const MANY: u64 = 60;

struct Child {
    profile: PathBuf,
    network: PathBuf,
    prefix: &'static str,
    command: Vec<String>,
}

impl Child {
    /// Runs until the `number`-th step kills it and answers the step's name; `None` if the
    /// process reached its own end.
    async fn run(&self, number: u64) -> Option<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kill-child"));
        command
            .args([&self.profile, &self.network])
            .arg(self.prefix)
            .arg(number.to_string());
        command.args(&self.command).kill_on_drop(true);
        let output = command.output().await.expect("a child process");
        if output.status.success() {
            return None;
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.signal(),
            Some(9),
            "the child ended by itself: {errors}"
        );
        Some(
            String::from_utf8(output.stdout)
                .expect("a name")
                .trim()
                .to_owned(),
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_sending_a_message_arrives_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let mut steps = BTreeSet::new();
    let mut expected = Vec::new();
    for number in 1..MANY {
        let text = format!("killed at step {number:02}");
        let child = Child {
            profile: scene.profile("Alice"),
            network: scene.network_file(),
            prefix: "send.",
            command: vec!["send".to_owned(), bob.id.clone(), text.clone()],
        };
        let killed = child.run(number).await;
        let is_last = killed.is_none();
        steps.extend(killed);
        if !is_last {
            assert_eq!(child.run(0).await, None, "after the restart it is sent");
        }
        bob.until_text(&alice_id, &text).await;
        expected.push(text);
        if is_last {
            break;
        }
    }
    bob.poll().await;
    assert_eq!(bob.texts(&alice_id).await, expected, "each once, in order");
    let alice = alice.restart().await;
    let rows = alice.timeline(&bob.id).await;
    assert_eq!(
        rows.iter().map(crate::person::text_of).collect::<Vec<_>>(),
        expected
    );
    assert!(rows.iter().all(|row| row.state == Some(MessageState::Sent)));
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), SEND_STEPS);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_receiving_a_message_is_there_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let bob_id = bob.id.clone();
    bob.app.shutdown().await;
    let mut steps = BTreeSet::new();
    let mut expected = Vec::new();
    for number in 1..MANY {
        let text = format!("received at step {number:02}");
        alice.send(&bob_id, &text).await;
        expected.push(text);
        let child = Child {
            profile: scene.profile("Bob"),
            network: scene.network_file(),
            prefix: "receive.",
            command: vec!["receive".to_owned()],
        };
        let killed = child.run(number).await;
        let is_last = killed.is_none();
        steps.extend(killed);
        if is_last {
            break;
        }
        assert_eq!(child.run(0).await, None, "after the restart it is received");
    }
    let bob = bob.restart().await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, expected, "each once, in order");
    let unread = bob.list().await.first().map(|row| row.unread_count);
    assert_eq!(unread, u32::try_from(expected.len()).ok());
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), RECEIVE_STEPS);
}

/// Every step of sending that a message without trouble goes through.
const SEND_STEPS: [&str; 8] = [
    "send.begun",
    "send.committed",
    "send.committing",
    "send.sealed",
    "send.stored",
    "send.storing",
    "send.submitted",
    "send.submitting",
];

/// Every step of receiving that a message without trouble goes through.
const RECEIVE_STEPS: [&str; 6] = [
    "receive.announced",
    "receive.applied",
    "receive.committed",
    "receive.committing",
    "receive.fetched",
    "receive.opened",
];
