//! A process of its own that uses a profile, dies at a named step, or meets a full disk.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;

use crate::scene::Scene;

/// A child that has not ended by then waits.
const STUCK: Duration = Duration::from_secs(8);
/// One that is not killed by then never will be.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) struct Child {
    profile: PathBuf,
    network: PathBuf,
    /// Its folder for temporary files; `None`: that of the test.
    temporary: Option<PathBuf>,
}

/// How a child process ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself; the steps that it went through.
    Done(BTreeSet<String>),
    /// Killed at this step.
    Killed(String),
}

impl Child {
    /// Somebody's profile, which no one else uses then.
    pub(crate) fn of(scene: &Scene, name: &str) -> Self {
        Self {
            profile: scene.profile(name),
            network: scene.network_file(),
            temporary: None,
        }
    }

    /// The same with a folder of its own for temporary files.
    pub(crate) fn with_temporary(self, folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).expect("a folder");
        Self {
            temporary: Some(folder),
            ..self
        }
    }

    /// Lets a child do `command` until it is killed at `step`, but not for ever.
    pub(crate) async fn die(&self, step: &str, command: &[&str]) {
        let end = tokio::time::timeout(PATIENCE, self.run(step, 1, command)).await;
        assert_eq!(end, Ok(End::Killed(step.to_owned())));
    }

    /// Lets a child do `command`. It is killed when it comes to `step` for the `turn`-th time;
    /// never for turn 0.
    pub(crate) async fn run(&self, step: &str, turn: u64, command: &[&str]) -> End {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kill-child"));
        child
            .args([&self.profile, &self.network])
            .arg(step)
            .arg(turn.to_string())
            .args(command)
            .envs(self.temporary.iter().map(|folder| ("TMPDIR", folder)))
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

    /// The same, however it ends, if it ends in time: the network may be down.
    pub(crate) async fn risk(&self, step: &str, command: &[&str]) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kill-child"));
        child
            .args([&self.profile, &self.network])
            .args([step, "1"])
            .args(command)
            .kill_on_drop(true);
        // Killed by the drop, it leaves the profile as a crash does.
        if let Ok(output) = tokio::time::timeout(STUCK, child.output()).await {
            output.expect("a child process");
        }
    }

    /// The same without a kill: answers the steps under `prefix`.
    pub(crate) async fn finish(&self, prefix: &str, command: &[&str]) -> BTreeSet<String> {
        match self.run(prefix, 0, command).await {
            End::Done(steps) => steps,
            End::Killed(step) => unreachable!("nobody killed it at {step}"),
        }
    }

    /// Lets a child do `command` while no file may grow beyond `kibibytes`, as on a disk that
    /// is full. Answers what it printed, or why it failed.
    pub(crate) async fn with_room(&self, kibibytes: u64, command: &[&str]) -> Result<String, String> {
        // The signal that comes with such a write is ignored, as a full disk sends none.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kibibytes * 2);
        let output = Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_kill-child")])
            .args([&self.profile, &self.network])
            .args(["none", "1"])
            .args(command)
            .kill_on_drop(true)
            .output();
        // What was written down and cannot go on waits for room: no child ends by itself then.
        let Ok(output) = tokio::time::timeout(STUCK, output).await else {
            return Err("DiskFull: it waits for room".to_owned());
        };
        let output = output.expect("a child process");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(text(output.stderr))
        }
    }
}
