//! Long stories of people who do anything: `cargo xtask soak`.
//!
//! `NOUS_ACTIONS` says how many actions (500), `NOUS_SEED` which story (one that differs each
//! time; it is printed). A name after the command chooses one: `cargo xtask soak
//! whatever_groups_do_for_long`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "of the integration tests"
)]

#[path = "../integration/answers.rs"]
mod answers;
#[path = "../integration/child.rs"]
mod child;
mod groups;
#[path = "../integration/logs.rs"]
mod logs;
#[path = "../integration/person.rs"]
mod person;
#[path = "../integration/random/mod.rs"]
mod random;
#[path = "../integration/scene.rs"]
mod scene;

use std::str::FromStr;

fn asked<T: FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_people_do_for_long() {
    let seed = asked("NOUS_SEED").unwrap_or_else(rand::random);
    random::tell(seed, asked("NOUS_ACTIONS").unwrap_or(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_groups_do_for_long() {
    let seed = asked("NOUS_SEED").unwrap_or_else(rand::random);
    let size = groups::Size {
        people: 10,
        groups: 3,
        actions: asked("NOUS_ACTIONS").unwrap_or(500),
        chapter: 60,
    };
    groups::tell(seed, size).await;
}
