//! People, clocks and networks for tests.
//!
//! **Rule of the crate**: only ever a dev-dependency.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`clock`] | [`ManualClock`]: a wall clock that tests move |
//! | [`files`] | [`ScriptedFiles`]: a file server that fails on command |
//! | [`logs`] | [`ForbiddenWords`]: notices a log line that says too much |
//! | [`people`] | Alice, Bob, Chloé, with fixed seeds |
//! | [`swarm`] | [`ScriptedSwarm`]: swarms in memory that fail on command |

pub mod clock;
pub mod files;
pub mod logs;
pub mod people;
pub mod swarm;

pub use clock::ManualClock;
pub use files::ScriptedFiles;
pub use logs::ForbiddenWords;
pub use people::Person;
pub use swarm::{Asked, ScriptedSwarm};
