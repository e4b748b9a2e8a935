//! The budgets that need the built app: how fast it starts, opens, scrolls and sends, what it
//! does while nobody looks, and how much memory it holds; and how fast groups are.
//!
//! Started by `cargo xtask bench`, which builds the programs, gives a message bus, names the
//! figures that are wanted (none: all), reads the lines `figure⇥name⇥unit⇥values`, and knows
//! the budgets. What one person does is measured on the profile of `nous-cli bench-profile`, what
//! groups do on new accounts; over a local network in a process of its own.
//!
//! | Module | What it does |
//! | --- | --- |
//! | `stage` | profile, network, the programs to measure |
//! | `screen` | a screen of its own whose pixels can be read |
//! | `process` | what the system knows of a program and its children |
//! | `start` | start to first painted list, and the memory then |
//! | `contacts` | one change among 1,000 contacts, until the swarm has it |
//! | `idle` | a minute in the background; memory without a window |
//! | `page` | opening, scrolling, sending, timed inside the page |
//! | `album` | a long conversation with pictures: frames while it scrolls, memory of the web process |
//! | `sharing` | a file of 10 MB between two windows: time, memory, and whether a window stops |
//! | `account` | somebody with the engine in this process |
//! | `groups` | a group of 100 with all their clients: invited, written to, one added |
//! | `many_groups` | memory and work of a client with 50 groups of 100 |
//! | `driver`, `drop`, `scene`, `window` | of the end-to-end tests |
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod account;
mod album;
mod contacts;
#[allow(dead_code, clippy::disallowed_methods, reason = "of the end-to-end tests")]
#[path = "../e2e/driver.rs"]
mod driver;
#[allow(dead_code, clippy::disallowed_methods, reason = "of the end-to-end tests")]
#[path = "../e2e/drop.rs"]
mod drop;
mod groups;
mod idle;
mod many_groups;
mod page;
mod process;
#[allow(dead_code, clippy::disallowed_methods, reason = "of the end-to-end tests")]
#[path = "../e2e/scene.rs"]
mod scene;
mod screen;
mod sharing;
mod stage;
mod start;
#[allow(dead_code, clippy::disallowed_methods, reason = "of the end-to-end tests")]
#[path = "../e2e/window.rs"]
mod window;

use anyhow::Result;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::stage::Stage;

/// Values of one figure, in the order in which they were measured.
pub(crate) fn figure(name: &str, unit: &str, values: &[f64]) {
    let values: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
    println!("figure\t{name}\t{unit}\t{}", values.join(" "));
}

/// What is asked for; nothing named is everything.
struct Wanted(Vec<String>);

impl Wanted {
    fn any_of(&self, names: &[&str]) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| names.contains(&name.as_str()))
    }
}

/// A hundred clients here, and the network that serves them, hold many files and connections.
fn allow_many_files() -> Result<()> {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    Ok(setrlimit(Resource::Nofile, files)?)
}

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo adds `--bench`.
    let names = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let wanted = Wanted(names.collect());
    allow_many_files()?;
    let stage = Stage::new().await?;
    if wanted.any_of(start::FIGURES) {
        start::measure(&stage).await?;
    }
    if wanted.any_of(contacts::FIGURES) {
        contacts::measure(&stage).await?;
    }
    if wanted.any_of(page::FIGURES) {
        Box::pin(page::measure(&stage)).await?;
    }
    if wanted.any_of(album::FIGURES) {
        Box::pin(album::measure(&stage)).await?;
    }
    if wanted.any_of(sharing::FIGURES) {
        Box::pin(sharing::measure(&stage)).await?;
    }
    if wanted.any_of(idle::WINDOW_FIGURES) {
        idle::window(&stage).await?;
    }
    if wanted.any_of(idle::ENGINE_FIGURES) {
        idle::engine(&stage).await?;
    }
    if wanted.any_of(groups::FIGURES) {
        Box::pin(groups::measure(&stage)).await?;
    }
    if wanted.any_of(many_groups::FIGURES) {
        Box::pin(many_groups::measure(&stage)).await?;
    }
    stage.end().await
}
