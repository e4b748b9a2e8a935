//! Operations of `groups.json`.

mod keys;
mod messages;

use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    keys::register(table);
    messages::register(table);
}
