//! What can be typed about how long messages stay.

use clap::{Subcommand, ValueEnum};

/// How long messages of a conversation stay.
#[derive(Debug, Subcommand)]
pub(crate) enum TimerCommand {
    /// Set it, on all devices; the others are told with the next command that delivers
    Set {
        /// Account ID of the other, or ID of a group
        #[arg(long, value_name = "ID")]
        with: String,
        /// What begins their time
        #[arg(long, value_enum)]
        mode: TimerMode,
        /// How long they stay from then on: one of the times that the app offers
        #[arg(long, value_name = "N", required_if_eq_any = [("mode", "afterRead"), ("mode", "afterSend")])]
        seconds: Option<u32>,
    },
}

/// What begins the time of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimerMode {
    /// They stay
    Off,
    /// That it was read; between two people
    #[value(name = "afterRead")]
    AfterRead,
    /// That it was sent
    #[value(name = "afterSend")]
    AfterSend,
}
