//! The two questions that matter above an error: what to tell, and when to try again.
//!
//! Every public error of the library crates answers them, so that loops look at
//! [`HasRetry::retry`] and never at variants of other crates (`architecture.md` §9).

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What to tell a person; the faces have one text for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorKind {
    /// No connection, or nobody answered in time.
    Offline,
    /// A node or server answered that it is in trouble.
    NodeTrouble,
    /// A node or server refused for good.
    NodeRefused,
    /// Our clock is too far from the network's.
    ClockSkew,
    /// Not permitted: signature, membership, blocked.
    NotAllowed,
    /// What was asked for does not exist.
    NotFound,
    /// Larger than the network or the field takes.
    TooLarge,
    /// The life of what should be sent has ended.
    Expired,
    /// Bytes that cannot be what they should be.
    Damaged,
    /// Input of a person that cannot be understood.
    InvalidInput,
    /// The password does not open the key.
    WrongPassword,
    /// The disk is full or cannot be written.
    DiskFull,
    /// Something else holds the profile.
    InUse,
    /// Written by a newer version of the app.
    NewerVersion,
    /// A broken invariant of ours.
    Bug,
}

/// What has to change before another try makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// Other key material must arrive.
    Keys,
    /// The clock must be corrected.
    Clock,
    /// The person must act.
    Person,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// At once, elsewhere or with what was just learnt.
    Now,
    /// Not before this pause.
    After(Duration),
    /// When there is a network again.
    WhenOnline,
    /// When something has changed.
    AfterChange(Cause),
    /// Never: the same request fails again.
    Never,
}

/// What an error means to a person.
pub trait HasKind {
    /// What to tell.
    fn kind(&self) -> ErrorKind;
}

/// When an error may go away.
pub trait HasRetry {
    /// When to try again.
    fn retry(&self) -> Retry;
}
