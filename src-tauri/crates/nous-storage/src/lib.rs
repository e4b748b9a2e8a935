//! The encrypted database and the profile folder.
//!
//! **Rule of the crate**: SQL text lives here and nowhere else. No network, no tokio
//! tasks of its own; database threads are threads. No clock outside `clock`: moments
//! come in as arguments. Nothing but [`db::Database`] is asynchronous: opening a profile,
//! passwords, restoring block and belong outside the async runtime's workers.
//!
//! Main types: [`Profile`](profile::Profile) owns a profile folder and its
//! [`Database`](db::Database); table functions take a [`Reader`](db::Reader) or
//! [`Writer`](db::Writer), ids and values, and return domain rows.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`account`] | the one account |
//! | [`attachments`] | files of messages |
//! | [`backup`] | copies of the database, kept for a week |
//! | [`configs`] | what all devices of the account share |
//! | [`contacts`] | the list of contacts; what disturbs, what is cleared |
//! | [`conversations`] | people we talk to |
//! | [`cursors`] | how far each box of a swarm was read |
//! | [`damage`] | a profile whose database cannot be read, and its restore |
//! | [`db`] | one writer thread, reader threads, transactions |
//! | [`deletions`] | deleting for everyone and on all devices; what was unsent |
//! | [`disappearing`] | messages that live only so long |
//! | [`erased`] | deletions that survive a restore |
//! | [`directory`] | account IDs that people publish, on this device only |
//! | [`error`] | [`StorageError`](error::StorageError) |
//! | [`folding`] | names without case and accents |
//! | [`groups`] | groups whose swarm is followed: keys, information, members |
//! | `hooks` | what backups and restores do with message tables |
//! | [`ids`] | row numbers as types |
//! | [`inbox`] | parked contents, counts of what was dropped |
//! | [`kept_groups`] | groups and communities that cannot be opened yet |
//! | [`key`] | the database key and what protects it |
//! | [`messages`] | messages, ours and theirs |
//! | [`migrations`] | the schema's history |
//! | [`names`] | what a person is called |
//! | [`network_state`] | the network client's cache |
//! | [`outbox`] | what has to go out |
//! | [`people`] | what all devices share of a person |
//! | [`pictures`] | pictures of profiles: here, to be fetched, ours on its way |
//! | [`profile`] | folder, lock, opening |
//! | [`reactions`] | reactions to messages: theirs, ours, those that wait |
//! | [`reading`] | what was read here |
//! | [`receipts`] | receipts for messages that are not here yet |
//! | [`requests`] | who waits to be accepted |
//! | [`search`] | messages by their words |
//! | [`sealed_files`] | files in `attachments/`, each under a key of its own |
//! | [`secret`] | the database key and passwords as types |
//! | [`seen_hashes`] | messages that were dealt with |
//! | [`settings`] | local settings |
//! | [`usage`] | what the files of the profile are, for who wants to know what takes up space |
//! | `words` | what a word of a text is, for [`search`] |

pub mod account;
pub mod attachments;
pub mod backup;
mod clock;
mod columns;
pub mod configs;
pub mod contacts;
pub mod conversations;
pub mod cursors;
pub mod damage;
pub mod db;
pub mod deletions;
pub mod directory;
pub mod disappearing;
pub mod erased;
pub mod error;
mod files;
pub mod folding;
pub mod groups;
mod hooks;
pub mod ids;
pub mod inbox;
pub mod kept_groups;
pub mod key;
pub mod messages;
pub mod migrations;
pub mod names;
pub mod network_state;
pub mod outbox;
pub mod people;
pub mod pictures;
pub mod profile;
pub mod reactions;
pub mod reading;
pub mod receipts;
pub mod requests;
pub mod sealed_files;
pub mod search;
pub mod secret;
pub mod seen_hashes;
pub mod settings;
pub mod usage;
mod words;
