//! Operations of `config-crypto.json`.

use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(_table: &mut Table) {}
