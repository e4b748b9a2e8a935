//! The encrypted database and the profile folder.
