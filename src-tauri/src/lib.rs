//! The desktop app: windows around [`nous_api`].
//!
//! **Rule of the crate**: it translates and never decides; it does not reach past `nous-api`.
//!
//! | Module | What it does |
//! | --- | --- |
//! | [`options`] | the command line |
//! | `launch` | from the options to a running app, and its end |
//! | `shell` | what the commands share: the open profile, the windows' streams of events |
//! | `commands` | one line per function of the contract |
//! | [`bindings`] | the list of commands, and its TypeScript side |
//! | `windows`, `links`, `clipboard`, `drops`, `spelling` | what only a desktop has |
//! | `media` | bytes past JSON: pictures to the pages, chosen files from them |
//! | `instance` | one app per profile |
//! | `demo` | a network inside the app with a contact that answers (feature `demo`) |
//! | `logs` | rotating files in the profile |

pub mod bindings;
mod clipboard;
#[cfg(test)]
mod command_names;
mod commands;
#[cfg(feature = "demo")]
mod demo;
mod drops;
mod instance;
mod launch;
mod links;
mod logs;
mod media;
pub mod options;
mod raw;
mod shell;
mod spelling;
mod windows;

pub use launch::run;
