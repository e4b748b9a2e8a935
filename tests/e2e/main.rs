//! End to end: the built app in real windows under Xvfb, driven by WebKitWebDriver.
//!
//! The local network and the other people of a scene live in the test's own process.
//! Started by `cargo xtask test`, which builds the app and gives the display.
//! Pictures are always kept in `<target>/pictures/<screen>-<theme>-<language>.png`.

mod answering;
mod cards;
mod directory;
mod disappearing;
mod driver;
mod drop;
mod dropping;
mod friends;
mod groups;
mod history;
mod keeping;
mod keyboard;
mod kinds;
mod leaving;
mod looks;
mod people;
mod pictures;
mod portraits;
mod receipts;
mod row_menu;
mod scene;
mod sending;
mod tour_directory;
mod tour_first;
mod tour_main;
mod trouble;
mod two_windows;
mod window;
