//! The process is killed at every named step of sending and receiving, and started again.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;

use nous_api::rows::MessageState;
use tokio::process::Command;

use crate::scene::Scene;

/// A step comes once for the contact's copy and once for the copy for own devices.
const TURNS: u64 = 2;

struct Child {
    profile: PathBuf,
    network: PathBuf,
}

/// How a child process ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// By itself; the steps that it went through.
    Done(BTreeSet<String>),
    /// Killed at this step.
    Killed(String),
}

impl Child {
    /// Lets a child do `command`. It is killed when it comes to `step` for the `turn`-th time;
    /// never for turn 0.
    async fn run(&self, step: &str, turn: u64, command: &[&str]) -> End {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kill-child"));
        child
            .args([&self.profile, &self.network])
            .arg(step)
            .arg(turn.to_string())
            .args(command)
            .kill_on_drop(true);
        let output = child.output().await.expect("a child process");
        let told = String::from_utf8(output.stdout).expect("names");
        if output.status.success() {
            return End::Done(told.lines().map(str::to_owned).collect());
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.signal(),
            Some(9),
            "the child ended by itself: {errors}"
        );
        End::Killed(told.trim().to_owned())
    }

    /// The same without a kill: answers the steps under `prefix`.
    async fn finish(&self, prefix: &str, command: &[&str]) -> BTreeSet<String> {
        match self.run(prefix, 0, command).await {
            End::Done(steps) => steps,
            End::Killed(step) => unreachable!("nobody killed it at {step}"),
        }
    }
}

/// Each step with each of its turns. The first turn comes with every message.
fn kills(steps: &'static [&'static str]) -> impl Iterator<Item = (&'static str, u64)> {
    steps
        .iter()
        .flat_map(|step| (1..=TURNS).map(move |turn| (*step, turn)))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_sending_a_message_arrives_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    // From here on her profile knows the network's time.
    alice.send(&bob.id, "from the window").await;
    alice.app.shutdown().await;
    let child = Child {
        profile: scene.profile("Alice"),
        network: scene.network_file(),
    };
    let steps = child.finish("send.", &["send", &bob.id, "in peace"]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), SEND_STEPS);
    let mut expected = vec!["from the window".to_owned(), "in peace".to_owned()];
    for (step, turn) in kills(&SEND_STEPS) {
        let text = format!("killed at {step}, turn {turn}");
        let command = ["send", &bob.id, &text];
        let end = child.run(step, turn, &command).await;
        if turn == 1 {
            assert_eq!(end, End::Killed(step.to_owned()));
        }
        child.finish("send.", &command).await;
        bob.until_text(&alice_id, &text).await;
        expected.push(text);
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
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_first_message_gets_its_time_it_arrives_once() {
    let scene = Scene::new().await;
    let bob = scene.person("Bob").await;
    // Chloé's profile is made while no node answers: it knows no time.
    scene.control().stop_all().await.expect("nodes stop");
    let chloe = scene.person("Chloé").await;
    chloe.app.shutdown().await;
    scene.control().start_all().await.expect("nodes start");
    let child = Child {
        profile: scene.profile("Chloé"),
        network: scene.network_file(),
    };
    let command = ["send", &bob.id, "what time is it"];
    let end = child.run("send.timed", 1, &command).await;
    assert_eq!(end, End::Killed("send.timed".to_owned()));
    child.finish("send.", &command).await;
    bob.until_text(&chloe.id, "what time is it").await;
    bob.poll().await;
    assert_eq!(bob.texts(&chloe.id).await, ["what time is it"]);
    let chloe = chloe.restart().await;
    let rows = chloe.timeline(&bob.id).await;
    assert_eq!(rows.len(), 1);
    assert!(rows.iter().all(|row| row.state == Some(MessageState::Sent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_receiving_a_message_is_there_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let bob_id = bob.id.clone();
    bob.app.shutdown().await;
    let child = Child {
        profile: scene.profile("Bob"),
        network: scene.network_file(),
    };
    alice.send(&bob_id, "in peace").await;
    let steps = child.finish("receive.", &["receive"]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), RECEIVE_STEPS);
    let mut expected = vec!["in peace".to_owned()];
    for (step, turn) in kills(&RECEIVE_STEPS) {
        let text = format!("killed at {step}, turn {turn}");
        alice.send(&bob_id, &text).await;
        expected.push(text);
        let end = child.run(step, turn, &["receive"]).await;
        if turn == 1 {
            assert_eq!(end, End::Killed(step.to_owned()));
        }
        child.finish("receive.", &["receive"]).await;
    }
    let bob = bob.restart().await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, expected, "each once, in order");
    let unread = bob.list().await.first().map(|row| row.unread_count);
    assert_eq!(unread, u32::try_from(expected.len()).ok());
}

/// Every step of sending that a message without trouble goes through, once the network's
/// time is known. (Before, `send.timed` comes too: it has a test of its own.)
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
