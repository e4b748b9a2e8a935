//! Looking at every value that a database holds, for tests of what must not be there.

use rusqlite::types::ValueRef;

use super::access::Reader;
use crate::error::StorageError;

/// A value of a row; never printed.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it holds texts and keys")]
pub struct Cell {
    /// `table.column`.
    pub place: String,
    /// A text as UTF-8, a number in decimal digits; empty for `NULL`.
    pub bytes: Vec<u8>,
}

/// Every value of every table.
///
/// # Errors
/// What the database said.
///
/// Source: `product.md` §9, what is known of others before they agreed.
pub fn every_cell(reader: &Reader<'_>) -> Result<Vec<Cell>, StorageError> {
    // A virtual table keeps its values in others.
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %' ORDER BY name";
    let mut statement = reader.conn().prepare(sql)?;
    let tables: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut cells = Vec::new();
    for table in tables {
        let mut statement = reader.conn().prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (at, column) in columns.iter().enumerate() {
                cells.push(Cell {
                    place: format!("{table}.{column}"),
                    bytes: bytes_of(row.get_ref(at)?),
                });
            }
        }
    }
    Ok(cells)
}

fn bytes_of(value: ValueRef<'_>) -> Vec<u8> {
    match value {
        ValueRef::Null => Vec::new(),
        ValueRef::Integer(number) => number.to_string().into_bytes(),
        ValueRef::Real(number) => number.to_string().into_bytes(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
    }
}
