//! What can be typed about messages that are there: deleted, sent on, searched, written into files.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use jiff::tz::TimeZone;

use super::seconds;

/// Options of `delete`.
#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArguments {
    /// Which
    #[arg(long, value_name = "ID", required = true, num_args = 1..)]
    pub(crate) message: Vec<String>,
    /// For everybody who got it, not on this device only; a note on all own devices
    #[arg(long)]
    pub(crate) for_everyone: bool,
    /// How long to wait until the others are told, in seconds
    #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Duration,
}

/// Options of `forward`.
#[derive(Debug, clap::Args)]
pub(crate) struct ForwardArguments {
    /// Which
    #[arg(long, value_name = "ID", required = true, num_args = 1..)]
    pub(crate) message: Vec<String>,
    /// Account IDs or IDs of groups
    #[arg(long, value_name = "ID", required = true, num_args = 1..)]
    pub(crate) to: Vec<String>,
    /// How long to wait until it is sent, in seconds
    #[arg(long, default_value = "30", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) timeout: Duration,
}

/// Options of `search`.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArguments {
    /// Beginnings of words, whatever their case and accents
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) text: String,
    /// Only in the conversation with this account ID, or in this group
    #[arg(long, value_name = "ID")]
    pub(crate) with: Option<String>,
    /// Only what this account ID wrote
    #[arg(long, value_name = "ID")]
    pub(crate) from: Option<String>,
    /// Only from this day on, or from a moment with its zone: 2026-11-24, 2026-11-24T08:00Z
    #[arg(long, value_name = "DATE", value_parser = moment)]
    pub(crate) after: Option<i64>,
    /// Only before this day, or this moment
    #[arg(long, value_name = "DATE", value_parser = moment)]
    pub(crate) before: Option<i64>,
    /// Only messages with this; several times for all of them
    #[arg(long, value_enum)]
    pub(crate) has: Vec<Part>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
}

/// What a message has beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// A file
    File,
    /// A link
    Link,
    /// A picture
    Picture,
}

/// Options of `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArguments {
    /// Account ID of the other, or ID of a group
    #[arg(long, value_name = "ID")]
    pub(crate) with: String,
    /// Where its folder is made; nothing is overwritten
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Pages to read, or one document for programs; files lie beside both
    #[arg(long, value_enum, default_value_t = Form::Html)]
    pub(crate) format: Form,
}

/// As what a conversation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Pages to read
    Html,
    /// One document
    Json,
}

/// Reads a day as it begins here, or a moment; answers milliseconds since 1970.
fn moment(text: &str) -> Result<i64, String> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let day: jiff::civil::Date = text
        .parse()
        .map_err(|_| format!("{text:?} is no day: write it like 2026-11-24"))?;
    let begins = day.to_zoned(TimeZone::system());
    let begins = begins.map_err(|_| format!("{text} is no possible day"))?;
    Ok(begins.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_and_so_is_a_moment_with_its_zone() {
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(1_000));
        assert_eq!(moment("1970-01-01T02:00:00+02:00"), Ok(0));
        let (day, next) = (moment("2026-11-24"), moment("2026-11-25"));
        let hours = next.unwrap_or(0).abs_diff(day.unwrap_or(0)) / 3_600_000;
        assert!((23..=25).contains(&hours), "a day has {hours} hours");
        for bad in ["", "soon", "2026-13-01", "24.11.2026"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }
}
