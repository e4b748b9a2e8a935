//! The engine over a scripted network and a clock that tests move.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod acceptance;
mod agreement;
mod came_again;
mod config;
mod contacts;
mod delete;
mod device;
mod directory;
mod disappearing;
mod export;
mod files;
mod forward;
mod groups;
mod leaving;
mod lock;
mod pictures;
mod poll;
mod previews;
mod quotes;
mod reactions;
mod reading;
mod receipts;
mod receive;
mod requests;
mod restart;
mod restored;
mod saved;
mod send;
mod sync;
mod typing;
mod unsend;
mod untimed;
mod voice;
