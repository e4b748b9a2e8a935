//! Looking at query plans, for tests.

use rusqlite::Connection;

use super::access::Reader;
use crate::error::StorageError;

/// Whether SQLite answers `sql` through an index only: no table is walked from end to
/// end and nothing is sorted in memory. For the test that every query on a list has.
///
/// `sql`: one statement; its parameters may stay unbound.
///
/// # Errors
/// When the statement cannot be prepared.
///
/// Source: `architecture.md` §10.
pub fn explain_uses_index(reader: &Reader<'_>, sql: &str) -> Result<bool, StorageError> {
    let steps = plan(reader.conn(), sql)?;
    let walks = |step: &String| {
        let harmless = [" USING ", "VIRTUAL TABLE", "CONSTANT ROW"];
        step.starts_with("SCAN") && !harmless.iter().any(|part| step.contains(part))
    };
    let sorts = |step: &String| step.starts_with("USE TEMP B-TREE");
    Ok(!steps.is_empty() && !steps.iter().any(|step| walks(step) || sorts(step)))
}

/// The `detail` column of each step.
fn plan(conn: &Connection, sql: &str) -> Result<Vec<String>, StorageError> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(row.get(3)?);
    }
    Ok(steps)
}
