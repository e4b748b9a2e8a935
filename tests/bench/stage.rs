//! Profile, network, and the programs to measure.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nous_api::NetworkConfig;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::process::Program;
use crate::screen::Screen;

/// Beside the app's own folder, so that starts do not wait for a keyring.
const KEYRING_OFF: (&str, &str) = ("ENTRE_NOUS_KEYRING", "off");

/// An account that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// 500 conversations, one of them with 100,000 messages.
    LongHistory,
    /// More than 1,000 contacts.
    ManyContacts,
    /// A conversation of 100,000 messages with pictures; made by who needs it.
    WithPictures,
}

impl Profile {
    /// Its folder, and how `bench-profile` makes it. One in twelve people is no contact yet.
    const fn recipe(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::LongHistory => ("profile", &[]),
            Self::ManyContacts => ("contacts", &["--conversations", "1100", "--messages", "50"]),
            Self::WithPictures => ("pictures", &["--conversations", "60", "--pictures", "1000"]),
        }
    }
}

/// Bench profiles, and a local network that runs beside.
pub(crate) struct Stage {
    folder: TempDir,
    network: Child,
    /// The long conversation.
    pub(crate) longest: String,
    /// Somebody among the many contacts.
    pub(crate) contact: String,
}

/// A built program, by the variable that tells its place.
pub(crate) fn built(variable: &str) -> Result<PathBuf> {
    let place = std::env::var_os(variable).with_context(|| format!("{variable} is not set"))?;
    Ok(place.into())
}

impl Stage {
    pub(crate) async fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("nous-bench-").tempdir()?;
        let longest = make_profile(folder.path(), Profile::LongHistory).await?;
        let contact = make_profile(folder.path(), Profile::ManyContacts).await?;
        let network = serve_network(&folder.path().join("network.json")).await?;
        Ok(Self {
            folder,
            network,
            longest,
            contact,
        })
    }

    /// Makes a profile that does not stand there from the beginning; answers its long conversation.
    pub(crate) async fn make(&self, profile: Profile) -> Result<String> {
        make_profile(self.folder.path(), profile).await
    }

    pub(crate) fn profile(&self, profile: Profile) -> PathBuf {
        self.place(profile.recipe().0)
    }

    /// Where a profile of this name lies, or is to be made.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn network(&self) -> PathBuf {
        self.folder.path().join("network.json")
    }

    /// The network as engines in this process read it.
    pub(crate) fn network_config(&self) -> Result<NetworkConfig> {
        Ok(NetworkConfig::from_json(&std::fs::read_to_string(
            self.network(),
        )?)?)
    }

    fn arguments(&self, profile: &Path) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            "--profile".to_owned(),
            text(profile),
            "--network".to_owned(),
            text(&self.network()),
        ]
    }

    /// Starts the app as a person does, without a driver.
    pub(crate) fn app(&self, profile: Profile, screen: &Screen) -> Result<Program> {
        let mut command = Command::new(built("ENTRE_NOUS_BINARY")?);
        command
            .args(self.arguments(&self.profile(profile)))
            .env(KEYRING_OFF.0, KEYRING_OFF.1);
        screen.set(&mut command);
        Program::start(&mut command)
    }

    /// Starts an empty window of the same toolkit.
    #[expect(clippy::unused_self, reason = "beside its siblings")]
    pub(crate) fn bare_window(&self, screen: &Screen) -> Result<Program> {
        let mut command = Command::new(built("BARE_WINDOW_BINARY")?);
        screen.set(&mut command);
        Program::start(&mut command)
    }

    /// Starts the engine without a window on the profile in a folder.
    pub(crate) fn watch(&self, profile: &Path) -> Result<Program> {
        let mut command = Command::new(built("NOUS_CLI_BINARY")?);
        command
            .args(self.arguments(profile))
            .args(["--json", "watch"])
            .env(KEYRING_OFF.0, KEYRING_OFF.1);
        Program::start(&mut command)
    }

    pub(crate) async fn end(mut self) -> Result<()> {
        self.network.start_kill()?;
        self.network.wait().await?;
        Ok(())
    }
}

/// Answers the long conversation.
async fn make_profile(folder: &Path, profile: Profile) -> Result<String> {
    let (name, size) = profile.recipe();
    let output = Command::new(built("NOUS_CLI_BINARY")?)
        .args(["--json", "bench-profile"])
        .arg(folder.join(name))
        .args(size)
        .env(KEYRING_OFF.0, KEYRING_OFF.1)
        .output()
        .await
        .context("nous-cli bench-profile")?;
    ensure!(
        output.status.success(),
        "bench-profile: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let made: Value = serde_json::from_slice(&output.stdout)?;
    let longest = made["longest"].as_str().context("no long conversation")?;
    Ok(longest.to_owned())
}

/// Answers once the network listens.
async fn serve_network(file: &Path) -> Result<Child> {
    let mut network = Command::new(built("NOUS_CLI_BINARY")?)
        .args(["--json", "serve-localnet", "--write-network"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("nous-cli serve-localnet")?;
    let output = network.stdout.take().context("its output")?;
    let mut lines = BufReader::new(output).lines();
    tokio::time::timeout(Duration::from_secs(30), lines.next_line())
        .await
        .context("the network does not start")??
        .context("the network has ended")?;
    Ok(network)
}
