//! Shared parts of the test package.
