//! Why something cannot be done with a group.

use super::super::error::ClientError;

/// Why something cannot be done with a group.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// It would have no name.
    #[error("a group needs a name")]
    NoName,
    /// Its name is longer than 100 bytes; holds their number.
    #[error("a name of {0} bytes is too long")]
    NameTooLong(usize),
    /// What it says of itself is longer than 2,000 bytes; holds their number.
    #[error("a description of {0} bytes is too long")]
    DescriptionTooLong(usize),
    /// There would be nobody else in it.
    #[error("a group needs another member")]
    Nobody,
    /// More than 100, with us.
    #[error("{0} members are too many")]
    TooMany(usize),
    /// Only admins may do it.
    #[error("only admins may do that")]
    NotAdmin,
    /// Its last admin cannot leave it.
    #[error("the last admin cannot leave")]
    LastAdmin,
    /// It was left, or ended, or we were removed.
    #[error("the group is closed")]
    Closed,
    /// There is no key of it here.
    #[error("there is no key of the group here")]
    WithoutKey,
    /// Members may not have others added.
    #[error("members may not have others added")]
    MayNotAdd,
    /// The database, or the profile is not open.
    #[error(transparent)]
    Client(#[from] ClientError),
}
