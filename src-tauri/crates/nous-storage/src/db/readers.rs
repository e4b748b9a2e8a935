//! The reader threads: they take turns at one queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::access::Reader;
use super::health::Board;
use crate::error::StorageError;

/// A query that answers by itself and returns what to report.
type Query = Box<dyn FnOnce(&Connection) -> Option<StorageError> + Send>;

/// What a reader is asked.
pub(super) enum Request {
    /// One read.
    Read(Query),
    /// One reader stops; the sender is dropped when its file is closed.
    Close(oneshot::Sender<()>),
}

/// The queue that readers share.
pub(super) type Queue = Arc<Mutex<mpsc::Receiver<Request>>>;

/// Runs until it is closed or every handle is gone.
pub(super) fn run(conn: Connection, queue: &Queue, health: &Board) {
    loop {
        let request = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        match request {
            Some(Request::Read(work)) => {
                if let Some(error) = work(&conn) {
                    health.report(&error);
                }
            }
            Some(Request::Close(done)) => {
                drop(conn.close());
                drop(done);
                return;
            }
            None => return,
        }
    }
}

/// Wraps a typed read; a panic in it becomes an error and the reader lives on.
pub(super) fn request<T, F>(work: F, reply: oneshot::Sender<Result<T, StorageError>>) -> Request
where
    F: FnOnce(&Reader<'_>) -> Result<T, StorageError> + Send + 'static,
    T: Send + 'static,
{
    Request::Read(Box::new(move |conn| {
        if reply.is_closed() {
            return None;
        }
        let answer = catch_unwind(AssertUnwindSafe(|| snapshot(conn, work))).unwrap_or_else(|_| {
            Err(StorageError::Bug {
                what: "a read panicked".into(),
            })
        });
        if !conn.is_autocommit() {
            drop(conn.execute_batch("ROLLBACK;"));
        }
        let error = answer.as_ref().err().cloned();
        drop(reply.send(answer));
        error
    }))
}

fn snapshot<T>(
    conn: &Connection,
    work: impl FnOnce(&Reader<'_>) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    conn.execute_batch("BEGIN;")?;
    let value = work(&Reader::new(conn))?;
    conn.execute_batch("COMMIT;")?;
    Ok(value)
}
