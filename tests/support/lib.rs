//! Shared parts of the test package.

pub mod fuzz;
pub mod phone;
