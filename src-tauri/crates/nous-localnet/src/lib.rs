//! A whole Session network on loopback in one process.
