//! What can be typed about messages with files.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::{WaitFor, seconds};

/// Options of `send`.
#[derive(Debug, clap::Args)]
pub(crate) struct SendArguments {
    /// Account ID of the recipient, or ID of a group
    #[arg(long, value_name = "ID")]
    pub(crate) to: String,
    /// The text
    #[arg(long, value_name = "TEXT", required_unless_present = "file")]
    pub(crate) text: Option<String>,
    /// Files, at most 32; pictures and videos go as one message, every other file as one of its own
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) file: Vec<PathBuf>,
    /// The files go as they are: pictures with their metadata, and those that cannot be made ready
    #[arg(long, requires = "file")]
    pub(crate) as_file: bool,
    /// The message that it answers
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) quote: Option<String>,
    /// What to wait for
    #[arg(long, value_enum, default_value_t = WaitFor::Sent)]
    pub(crate) wait: WaitFor,
    /// How long, in seconds
    #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Duration,
}

/// Options of `download`.
#[derive(Debug, clap::Args)]
pub(crate) struct DownloadArguments {
    /// Of which message
    #[arg(long, value_name = "ID")]
    pub(crate) message: String,
    /// Which of its files, from 0; all of them if it is not given
    #[arg(long, value_name = "N")]
    pub(crate) index: Option<u32>,
    /// The folder; nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// How long, in seconds
    #[arg(long, default_value = "60", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Duration,
}

/// Whether something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// It is
    On,
    /// It is not
    Off,
}
