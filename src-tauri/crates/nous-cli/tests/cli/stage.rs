//! A network in this process, and the command beside it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use nous_localnet::{Localnet, LocalnetControl, LocalnetOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// No command of a test takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Stage {
    folder: TempDir,
    localnet: Localnet,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Each line of standard output.
    pub(crate) lines: Vec<Value>,
    /// Standard error.
    pub(crate) errors: String,
}

impl Ended {
    /// The one line of a command that did its work.
    pub(crate) fn line(&self) -> &Value {
        assert_eq!((self.code, self.lines.len()), (0, 1), "{self:?}");
        &self.lines[0]
    }

    /// A field of that line that is a text.
    pub(crate) fn text(&self, field: &str) -> String {
        self.line()[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}: {self:?}"))
            .to_owned()
    }

    /// The error code of a command that failed.
    pub(crate) fn error(&self) -> Option<String> {
        let line: Value = serde_json::from_str(self.errors.lines().last()?).ok()?;
        line["error"].as_str().map(str::to_owned)
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("nous-cli-")
            .tempdir()
            .expect("a folder");
        let localnet = Localnet::start(LocalnetOptions::default())
            .await
            .expect("a network");
        localnet
            .write_network_file(folder.path().join("network.json"))
            .expect("a network file");
        Self { folder, localnet }
    }

    pub(crate) fn control(&self) -> LocalnetControl {
        self.localnet.control()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file with this text.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path(name);
        std::fs::write(&file, text).expect("a file");
        file
    }

    pub(crate) fn command(&self, profile: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("nous-cli"));
        command
            .arg("--profile")
            .arg(self.path(profile))
            .arg("--network")
            .arg(self.path("network.json"));
        command.arg("--json").args(arguments);
        command
            .env("ENTRE_NOUS_KEYRING", "off")
            .env_remove("ENTRE_NOUS_PASSWORD")
            .kill_on_drop(true);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command on a profile to its end.
    pub(crate) async fn run(&self, profile: &str, arguments: &[&str]) -> Ended {
        end(self.command(profile, arguments)).await
    }

    /// Makes an account; answers its ID.
    pub(crate) async fn account(&self, profile: &str) -> String {
        self.run(profile, &["account", "create", "--name", profile])
            .await
            .text("accountId")
    }

    /// Starts a command that goes on.
    pub(crate) fn start(&self, profile: &str, arguments: &[&str]) -> Running {
        let mut child = self
            .command(profile, arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Running {
            stdin: child.stdin.take(),
            lines,
            child,
        }
    }
}

/// Runs any command to its end.
pub(crate) async fn end(mut command: Command) -> Ended {
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("an end")
        .expect("a process");
    let out = String::from_utf8(output.stdout).expect("text");
    let lines = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Ended {
        code: output.status.code().expect("a code"),
        lines,
        errors,
    }
}

/// A command that goes on.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Types a line.
    pub(crate) async fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input");
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .await
            .expect("it is read");
    }

    /// The next line that `fits`; others are passed over.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let reading = async {
            loop {
                let line = self
                    .lines
                    .next_line()
                    .await
                    .expect("text")
                    .expect("a line before the end");
                let line = serde_json::from_str(&line).expect("JSON");
                if fits(&line) {
                    return line;
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the line")
    }

    /// Waits for the end; answers the exit code.
    pub(crate) async fn end(mut self) -> Option<i32> {
        let ending = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ending.expect("an end").expect("a status").code()
    }

    /// Ends it by SIGKILL; answers the whole lines that were printed and not read.
    pub(crate) async fn kill(mut self) -> Vec<Value> {
        self.child.kill().await.expect("killed");
        let mut left = Vec::new();
        while let Some(line) = self.lines.next_line().await.expect("text") {
            left.extend(serde_json::from_str::<Value>(&line));
        }
        left
    }
}
