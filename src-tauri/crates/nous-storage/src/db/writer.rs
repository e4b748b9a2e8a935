//! The writer thread: groups waiting writes into transactions.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::access::Writer;
use super::health::{Board, Health};
use super::log::Log;
use crate::error::StorageError;

/// How many writes one transaction takes at most.
const GROUP: usize = 256;

/// One write: runs inside the transaction, is told the outcome after it.
pub(super) trait Job: Send {
    /// Does the work and keeps its value.
    fn run(&mut self, writer: &mut Writer<'_>) -> Result<(), StorageError>;
    /// Tells the caller: the kept value, or why nothing was written.
    fn finish(self: Box<Self>, outcome: Result<(), StorageError>);
}

/// Work on the bare connection, outside any transaction.
pub(super) type Upkeep = Box<dyn FnOnce(&Connection) + Send>;

/// What the writer is asked.
pub(super) enum Request {
    /// A write that may share its transaction.
    Write(Box<dyn Job>),
    /// A write in a transaction of its own that is on the disk when it is told.
    Durable(Box<dyn Job>),
    /// Something between transactions.
    Upkeep(Upkeep),
    /// Stop after this; the sender is dropped when the file is closed.
    Close(oneshot::Sender<()>),
}

/// A typed write behind [`Job`].
pub(super) struct Write<F, T> {
    work: Option<F>,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, StorageError>>,
}

impl<F, T> Write<F, T> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, StorageError>>) -> Self {
        Self {
            work: Some(work),
            value: None,
            reply,
        }
    }
}

impl<F, T> Job for Write<F, T>
where
    F: FnOnce(&mut Writer<'_>) -> Result<T, StorageError> + Send,
    T: Send,
{
    fn run(&mut self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        let work = self.work.take().ok_or_else(|| StorageError::Bug {
            what: "a write ran twice".into(),
        })?;
        self.value = Some(work(writer)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<(), StorageError>) {
        let missing = || StorageError::Bug {
            what: "a write left no value".into(),
        };
        let Self { value, reply, .. } = *self;
        // If nobody waits any more, the write stays written all the same.
        drop(reply.send(outcome.and_then(|()| value.ok_or_else(missing))));
    }
}

/// Runs until it is closed or every handle is gone.
pub(super) fn run(conn: Connection, mut queue: mpsc::Receiver<Request>, health: &Board, mut log: Log) {
    let mut next = None;
    while let Some(request) = next.take().or_else(|| queue.blocking_recv()) {
        match request {
            Request::Write(job) => {
                let mut jobs = vec![job];
                next = fill(&mut jobs, &mut queue);
                run_group(&conn, jobs, health);
            }
            Request::Durable(job) => run_durable(&conn, job, health),
            Request::Upkeep(work) => work(&conn),
            Request::Close(done) => {
                close(conn, &log, health);
                drop(done);
                return;
            }
        }
        if let Err(error) = log.keep_short(&conn) {
            health.report(&error);
            tracing::warn!(%error, "the database's log cannot be cleaned");
        }
    }
    close(conn, &log, health);
}

/// The log goes into the file with the last connection, if it is clean.
fn close(conn: Connection, log: &Log, health: &Board) {
    if let Err(error) = log.finish(&conn) {
        health.report(&error);
        tracing::warn!(%error, "the database's log stays");
    }
    drop(conn.close());
}

/// Adds the writes that wait already; returns the first request of another sort.
fn fill(jobs: &mut Vec<Box<dyn Job>>, queue: &mut mpsc::Receiver<Request>) -> Option<Request> {
    while jobs.len() < GROUP {
        match queue.try_recv() {
            Ok(Request::Write(job)) => jobs.push(job),
            Ok(other) => return Some(other),
            Err(_) => return None,
        }
    }
    None
}

fn run_durable(conn: &Connection, job: Box<dyn Job>, health: &Board) {
    if let Err(error) = conn.execute_batch("PRAGMA synchronous = FULL;") {
        return job.finish(Err(error.into()));
    }
    run_group(conn, vec![job], health);
    if let Err(error) = conn.execute_batch("PRAGMA synchronous = NORMAL;") {
        tracing::error!(error = %StorageError::from(error), "could not return to normal synchronisation");
    }
}

/// One transaction for all; a failed one is undone alone.
fn run_group(conn: &Connection, mut jobs: Vec<Box<dyn Job>>, health: &Board) {
    let mut outcomes: Vec<Result<(), StorageError>> = Vec::with_capacity(jobs.len());
    // Dropped before the jobs if one panics: their callers then find the reason.
    let alarm = Alarm::new(health);
    let mut open = begin(conn);
    for job in &mut jobs {
        let outcome = open.clone().and_then(|()| run_one(conn, job.as_mut()));
        if let Err(error) = &outcome
            && open.is_ok()
            && conn.is_autocommit()
        {
            // A full or failing disk undid the whole transaction: what stood before it
            // in this group is gone too, and the rest gets a fresh one.
            fail_all(&mut outcomes, error);
            open = begin(conn);
        }
        outcomes.push(outcome);
    }
    if let Err(error) = open.and_then(|()| commit(conn)) {
        fail_all(&mut outcomes, &error);
    }
    alarm.disarm();
    for (job, outcome) in jobs.into_iter().zip(outcomes) {
        if let Err(error) = &outcome {
            health.report(error);
        }
        job.finish(outcome);
    }
}

fn fail_all(outcomes: &mut [Result<(), StorageError>], error: &StorageError) {
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
        *outcome = Err(error.clone());
    }
}

fn begin(conn: &Connection) -> Result<(), StorageError> {
    Ok(conn.execute_batch("BEGIN IMMEDIATE;")?)
}

fn commit(conn: &Connection) -> Result<(), StorageError> {
    let Err(error) = conn.execute_batch("COMMIT;") else {
        return Ok(());
    };
    if !conn.is_autocommit() {
        // If this fails too, the next BEGIN says so.
        drop(conn.execute_batch("ROLLBACK;"));
    }
    Err(error.into())
}

fn run_one(conn: &Connection, job: &mut dyn Job) -> Result<(), StorageError> {
    conn.execute_batch("SAVEPOINT one_write;")?;
    let outcome = job
        .run(&mut Writer::new(conn))
        .and_then(|()| Ok(conn.execute_batch("RELEASE one_write;")?));
    if outcome.is_err() && !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK TO one_write; RELEASE one_write;")?;
    }
    outcome
}

/// Announces the writer's death if it is dropped by a panic.
pub(super) struct Alarm<'h>(&'h Board);

impl<'h> Alarm<'h> {
    pub(super) fn new(health: &'h Board) -> Self {
        Self(health)
    }

    /// All went well.
    pub(super) fn disarm(self) {
        std::mem::forget(self);
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        tracing::error!("the database writer has stopped");
        self.0.raise(Health::WriterGone);
    }
}
