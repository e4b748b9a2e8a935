//! The engine: account, sending, receiving, polling.
