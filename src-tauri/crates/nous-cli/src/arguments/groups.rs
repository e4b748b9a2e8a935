//! What can be typed about groups.

use std::time::Duration;

use clap::Subcommand;

use super::seconds;

/// Groups.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Make a group and invite its members
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Account IDs of the others
        #[arg(long, required = true, num_args = 1.., value_name = "ID")]
        member: Vec<String>,
        /// What it says of itself
        #[arg(long, default_value = "")]
        description: String,
        /// Every member becomes an admin
        #[arg(long)]
        all_admins: bool,
        /// How long to wait until all are invited, in seconds
        #[arg(long, default_value = "60", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// One line for each group, invitations too
    List {
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// Who is in a group
    Members {
        /// Which group
        #[arg(long, value_name = "ID")]
        group: String,
        /// Poll the network once first
        #[arg(long)]
        sync: bool,
    },
    /// Add people; who is no admin asks the admins' apps to
    Invite(MembersArguments),
    /// Make members admins, for good
    Promote(MembersArguments),
    /// Remove members
    Remove {
        #[command(flatten)]
        arguments: MembersArguments,
        /// With all that they wrote
        #[arg(long)]
        with_messages: bool,
    },
    /// Send invitations or promotions again
    Resend(MembersArguments),
    /// Let members in who do not see the group
    Repair {
        #[command(flatten)]
        arguments: MembersArguments,
        /// By removing them and adding them again
        #[arg(long)]
        again: bool,
    },
    /// Leave a group, or end it for everybody
    Leave {
        /// Which group
        #[arg(long, value_name = "ID")]
        group: String,
        /// End it for everybody (admins)
        #[arg(long)]
        for_everybody: bool,
        /// How long to wait until it is done, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// Give a group another name
    Rename {
        /// Which group
        #[arg(long, value_name = "ID")]
        group: String,
        /// The name
        #[arg(long)]
        name: String,
        /// How long to wait until it is stored, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// Change what a group says of itself, and its rules; print how it stands then
    Settings {
        /// Which group
        #[arg(long, value_name = "ID")]
        group: String,
        /// What it says of itself
        #[arg(long)]
        description: Option<String>,
        /// How long messages stay, in seconds; 0: for good
        #[arg(long, value_name = "SECONDS")]
        timer: Option<u32>,
        /// Whether members may have others added
        #[arg(long, value_name = "true|false")]
        members_may_add: Option<bool>,
        /// Whether every member becomes an admin
        #[arg(long, value_name = "true|false")]
        all_admins: Option<bool>,
        /// How long to wait until it is stored, in seconds
        #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
        timeout: Duration,
    },
    /// Ask for a group's keys again
    Reconnect {
        /// Which group
        #[arg(long, value_name = "ID")]
        group: String,
    },
}

/// Members of a group.
#[derive(Debug, clap::Args)]
pub(crate) struct MembersArguments {
    /// Which group
    #[arg(long, value_name = "ID")]
    pub(crate) group: String,
    /// Account IDs
    #[arg(long, required = true, num_args = 1.., value_name = "ID")]
    pub(crate) member: Vec<String>,
    /// They can read the messages that the network still has
    #[arg(long)]
    pub(crate) with_history: bool,
    /// How long to wait until it is done, in seconds
    #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Duration,
}
