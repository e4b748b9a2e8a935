//! The command line against the local network, as a script uses it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects, and fails where it is not so"
)]

mod cli {
    pub(crate) mod stage;

    mod account;
    mod acts;
    mod answers;
    mod bench_profile;
    mod contacts;
    mod directory;
    mod exit_codes;
    mod export;
    mod files;
    mod gone;
    mod leaving;
    mod messages;
    mod profile;
    mod requests;
    mod settings;
    mod sync;
    mod watch;
}
