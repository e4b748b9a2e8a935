//! What can be typed: options and sub-commands.

mod acts;
mod files;
mod groups;
mod timers;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use acts::{DeleteArguments, ExportArguments, Form, ForwardArguments, Part, SearchArguments};
pub(crate) use files::{DownloadArguments, SendArguments, Switch};
pub(crate) use groups::{GroupCommand, MembersArguments};
pub(crate) use timers::{TimerCommand, TimerMode};

use crate::profile::ProfileCommand;

/// Entre Nous without a window.
#[derive(Debug, Parser)]
#[command(name = "nous-cli", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads the command line, or ends the process with what is wrong in it.
    pub(crate) fn from_command_line() -> Self {
        Self::parse_from(with_deletion_named(std::env::args_os().collect()))
    }
}

/// Behind `account delete`, `--network` without a value asks for the network's data as well:
/// everywhere else it names a network.
fn with_deletion_named(mut words: Vec<OsString>) -> Vec<OsString> {
    let deletion = words.windows(2).position(|pair| pair == ["account", "delete"]);
    let after = deletion.map_or(words.len(), |at| at + 2);
    let has_no_value = |at: usize| {
        let next = words.get(at + 1);
        next.is_none_or(|next| next.to_string_lossy().starts_with("--"))
    };
    let bare = (after..words.len()).find(|&at| words[at] == "--network" && has_no_value(at));
    if let Some(at) = bare {
        words[at] = "--from-network".into();
    }
    words
}

/// Options of every sub-command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// Folder of the profile; the desktop app's by default
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// mainnet, testnet, or a network file
    #[arg(long, global = true, value_name = "NAME|FILE", default_value = "mainnet")]
    pub(crate) network: String,
    /// File whose first line is the profile's password (else `ENTRE_NOUS_PASSWORD`)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// One JSON object per line instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Seconds to wait for a profile that another process uses
    #[arg(long, global = true, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) lock_timeout: Duration,
}

/// Reads a number of seconds, with a fraction or without.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| format!("{text:?} is not a number of seconds"))?;
    Duration::try_from_secs_f64(number).map_err(|_| format!("{text} is not a possible time"))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The account of the profile
    #[command(subcommand)]
    Account(AccountCommand),
    /// Account IDs that people publish, kept on this device only
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// What others see of the account
    #[command(subcommand)]
    Profile(ProfileCommand),
    #[command(flatten)]
    Session(SessionCommand),
    /// Print new messages and states as they come, and deliver what waits
    Watch(WatchArguments),
    /// Run a whole network on loopback; control commands come as JSON lines on standard input
    ServeLocalnet(ServeArguments),
    /// Make a profile with a long made-up history, the same each time, to measure with
    BenchProfile(BenchProfileArguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Commands that `watch --stdin` takes too.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Write a message: a text, files, or both
    Send(SendArguments),
    /// Fetch the files of a message, and save them
    Download(DownloadArguments),
    /// The conversations, newest first
    Conversations {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// The messages of a conversation, oldest first
    Messages {
        /// Account ID of the other, or ID of the group
        #[arg(long, value_name = "ID")]
        with: String,
        /// At most so many, the newest
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// Message requests
    #[command(subcommand)]
    Requests(RequestsCommand),
    /// Groups
    #[command(subcommand)]
    Group(GroupCommand),
    /// Try a failed message again
    Retry {
        /// Which
        #[arg(long, value_name = "ID")]
        message: String,
        /// What to wait for
        #[arg(long, value_enum, default_value_t = WaitFor::Sent)]
        wait: WaitFor,
        /// How long, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// React to a message with an emoji
    React {
        /// Which
        #[arg(long, value_name = "ID")]
        message: String,
        /// The emoji
        #[arg(long, value_name = "EMOJI")]
        emoji: String,
        /// Take it back
        #[arg(long)]
        remove: bool,
        /// How long to wait until it is sent, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// Delete messages, on this device or for everyone
    Delete(DeleteArguments),
    /// Send messages on to other conversations, with their files
    Forward(ForwardArguments),
    /// Search the messages, the newest first
    Search(SearchArguments),
    /// Write a conversation into a new folder, to read or for programs, with its files
    Export(ExportArguments),
    /// Mark what was read in a conversation: up to a message, or everything
    Read {
        /// Account ID of the other
        #[arg(long, value_name = "ID")]
        with: String,
        /// The last message that was read
        #[arg(long, value_name = "ID")]
        message: Option<String>,
    },
    /// Tell somebody that you type, if typing indicators are on
    Typing {
        /// Account ID of the other
        #[arg(long, value_name = "ID")]
        to: String,
        /// That you stopped
        #[arg(long)]
        stop: bool,
    },
    /// How long messages of a conversation stay
    #[command(subcommand)]
    Timer(TimerCommand),
    /// Settings of this device
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// The onion paths as last known
    Path {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// What all devices of the account share
    #[command(subcommand)]
    Sync(SyncCommand),
    /// Everybody who accepted us, was accepted, or is blocked, by name
    Contacts {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// What is decided about a person, on all devices
    #[command(subcommand)]
    Contact(ContactCommand),
    /// What waits to go out
    Outbox {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
}

/// Settings, by their names: readReceipts, typingIndicators, communityRequests, theme, …
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Print all settings, or one
    Get {
        /// Its name
        key: Option<String>,
    },
    /// Change one and print what it is now
    Set {
        /// Its name
        key: String,
        /// on or off, a number, or a word
        value: String,
    },
}

/// What all devices of the account share.
#[derive(Debug, Subcommand)]
pub(crate) enum SyncCommand {
    /// How each part stands: clean, dirty or pending, its number, its last push
    Status {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
}

/// What `send` waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WaitFor {
    /// The recipient's swarm has stored it
    Sent,
    /// The recipient has read it
    Read,
    /// Nothing: it is written down and goes out with the next command that runs
    None,
}

/// Message requests: people who wrote and wait to be accepted.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestsCommand {
    /// One line each, newest first
    List {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// Accept: the other gets your name
    Accept {
        /// Account ID of who asks
        #[arg(value_name = "ID")]
        id: String,
        /// How long to wait until the other is told, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// Delete the messages; the other is not told and can ask again
    Delete {
        /// Account ID of who asks
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Delete the messages and block who asks
    Block {
        /// Account ID of who asks
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Delete every request
    Clear,
}

/// The account.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make a new account in an empty profile
    Create {
        /// Display name
        #[arg(long)]
        name: String,
    },
    /// Restore an account from its recovery phrase
    Restore {
        /// File with the 13 words
        #[arg(long, value_name = "FILE")]
        phrase_file: PathBuf,
        /// Display name to use when the network knows none
        #[arg(long)]
        name: Option<String>,
    },
    /// Print the account ID and the display name
    Show,
    /// Print the recovery phrase
    Phrase,
    /// Delete the account from this device, with everything on the disk
    Delete {
        /// First everything that the network keeps of it (here `--network` without a value says the
        /// same); if not every node confirms, the account stays here (exit code 3), and the command
        /// can be run again
        #[arg(long)]
        from_network: bool,
    },
    /// Protect the profile by a password
    #[command(subcommand)]
    Password(PasswordCommand),
}

/// The directory.
#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Take a list in: text, CSV or vCard; prints the lines that give no entry
    Import {
        /// The file; - for standard input
        file: PathBuf,
        /// Names and notes of the list win over those that are known
        #[arg(long)]
        replace: bool,
    },
    /// Print all entries, or write them into a CSV file
    Export {
        /// The file to write
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Print entries in the order of names
    List {
        /// Beginnings of words of name, note or account ID
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
}

/// The password of the profile.
#[derive(Debug, Subcommand)]
pub(crate) enum PasswordCommand {
    /// Set or change it (the present one by --password-file)
    Set {
        /// File whose first line is the new password; standard input by default
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
    },
    /// Remove it
    Remove,
}

/// Options of `watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct WatchArguments {
    /// End after so many messages
    #[arg(long)]
    pub(crate) count: Option<u64>,
    /// End after so many seconds
    #[arg(long, value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Option<Duration>,
    /// Print the whole history first
    #[arg(long)]
    pub(crate) from_start: bool,
    /// Take commands from standard input, one line each (send, messages, retry, …)
    #[arg(long)]
    pub(crate) stdin: bool,
}

/// Options of `serve-localnet`.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArguments {
    /// Number of storage nodes
    #[arg(long, default_value_t = 9)]
    pub(crate) nodes: usize,
    /// Number of swarms
    #[arg(long)]
    pub(crate) swarms: Option<usize>,
    /// Write the network file here once everything listens
    #[arg(long, value_name = "FILE")]
    pub(crate) write_network: Option<PathBuf>,
    /// Keep keys, ports and messages here
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Options of `bench-profile`.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchProfileArguments {
    /// The new profile's folder: an empty one, or one that is not there yet
    pub(crate) dir: PathBuf,
    /// Number of conversations
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) conversations: u32,
    /// Number of messages of the longest conversation; the others have a few
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) messages: u32,
    /// Give every fourth message of the longest conversation a picture; this many, of the newest, are here
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) pictures: u32,
}

/// What is decided about a person.
#[derive(Debug, Subcommand)]
pub(crate) enum ContactCommand {
    /// Change it, and print how they stand then
    Set {
        /// Account ID
        #[arg(long, value_name = "ID")]
        id: String,
        /// The name given to them here; empty takes it back
        #[arg(long, value_name = "N")]
        nickname: Option<String>,
        /// Block: nothing comes from them, and nothing goes out to them
        #[arg(long, conflicts_with = "unblock")]
        block: bool,
        /// Unblock
        #[arg(long)]
        unblock: bool,
        /// How far above the others they stand: 0 not pinned, higher is nearer the top
        #[arg(long, value_name = "N")]
        pin: Option<u32>,
        /// Fetch files from them without being asked; stays on this device
        #[arg(long, value_enum, value_name = "ON|OFF")]
        trust: Option<Switch>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Vec<OsString> {
        with_deletion_named(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn a_deletion_may_say_network_and_a_network_keeps_its_name() {
        let given = [
            "nous-cli",
            "--network",
            "net.json",
            "account",
            "delete",
            "--network",
            "--json",
        ];
        let expected = [
            "nous-cli",
            "--network",
            "net.json",
            "account",
            "delete",
            "--from-network",
            "--json",
        ];
        assert_eq!(read(&given), expected);
        let named = ["nous-cli", "account", "delete", "--network", "net.json"];
        assert_eq!(read(&named), named);
        let elsewhere = ["nous-cli", "account", "show", "--network"];
        assert_eq!(read(&elsewhere), elsewhere);
    }
}
