//! Named steps of sending and receiving, told to whoever listens.
//!
//! Tests stop a process at each of them; the names are a snapshot there.

/// Tells that a named step was reached.
macro_rules! step {
    ($name:literal) => {
        tracing::trace!(target: "step", name = $name)
    };
}

pub(crate) use step;
