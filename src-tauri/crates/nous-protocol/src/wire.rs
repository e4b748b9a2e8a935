//! Bytes without meaning. Imports nothing from its siblings.
