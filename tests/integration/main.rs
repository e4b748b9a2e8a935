//! Alice, Bob and others through `nous_api` on the local network: real TLS, real onion
//! layers, real storage rules, faults, kills and restarts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects, and fails where it is not so"
)]

mod answers;
mod child;
mod conversation;
mod devices;
mod disk;
mod files;
#[path = "../soak/groups/mod.rs"]
mod group_story;
mod groups;
mod hostile;
mod kill;
mod kill_albums;
mod kill_drafts;
mod kill_failures;
mod kill_files;
mod kill_groups;
mod kill_pictures;
mod kill_steps;
mod kill_timers;
mod leaving;
mod locked;
mod logs;
mod lookup;
mod names;
mod outages;
mod people;
mod person;
mod pictures;
mod random;
mod receipts;
mod refusals;
mod scene;
mod secrecy;
mod stranger;
mod sync;
mod times;
mod traces;
