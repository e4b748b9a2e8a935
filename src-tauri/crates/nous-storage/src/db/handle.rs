//! The handle that the rest of the program holds.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::access::{Reader, Writer};
use super::connection::{Mode, adopt, open_connection, open_writer};
use super::health::{Board, Health};
use super::log::{self, Log};
use super::{gaps, readers, writer};
use crate::clock::start_thread;
use crate::error::StorageError;
use crate::migrations;
use crate::search;
use crate::secret::DatabaseKey;

/// How many requests may wait for the writer, and for the readers; then callers wait.
const QUEUE: usize = 256;
/// How long the WAL is left alone after it was emptied.
const TRUNCATE_PAUSE: Duration = Duration::from_secs(60);

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// Number of reader threads, 1 to 4.
    pub readers: usize,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self { readers: 2 }
    }
}

/// An open encrypted database. Clones share it. Dropping the last one finishes what is
/// queued and waits until the file is closed; [`Database::close`] does so without
/// blocking the thread.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    key: DatabaseKey,
    reader_count: usize,
    health: Arc<Board>,
    /// When the WAL was last emptied, ms by the caller's clock; negative: never.
    truncated_ms: AtomicI64,
    is_closed: AtomicBool,
    // In this order: a queue ends before its threads are waited for, and the writer is
    // the last on the file, so that it can empty the WAL.
    read_queue: mpsc::Sender<readers::Request>,
    _readers: Threads,
    write_queue: mpsc::Sender<writer::Request>,
    _writer: Threads,
}

/// Threads on one database. Dropping waits until they have given the file back:
/// SQLCipher wipes its memory when the process ends, and a connection that is still
/// being closed then would touch what is gone.
#[derive(Debug, Default)]
struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    fn start(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StorageError> {
        let thread = start_thread(name, body).map_err(|_| StorageError::Bug {
            what: "no thread left".into(),
        })?;
        self.0.push(thread);
        Ok(())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let current = std::thread::current().id();
        for thread in self.0.drain(..) {
            // The last handle may go with a finished job, on one of these threads.
            if thread.thread().id() != current {
                drop(thread.join());
            }
        }
    }
}

impl Database {
    /// Opens the file, makes it if there is none, migrates it, and starts the threads.
    /// Blocks: call it outside the async runtime's workers.
    ///
    /// `path`: the database file; its folder exists. `key`: proven right by the caller.
    ///
    /// # Errors
    /// [`migrations::OpenError`]: damage, a newer version, or what the disk said.
    pub fn open(
        path: &Path,
        key: &DatabaseKey,
        options: DatabaseOptions,
    ) -> Result<Self, migrations::OpenError> {
        let (mut conn, _) = open_writer(path, key)?;
        adopt(&conn)?;
        migrations::migrate(&mut conn)?;
        Ok(Self::start(path, key, conn, options)?)
    }

    /// Starts the threads around a connection that is open and migrated.
    pub(crate) fn start(
        path: &Path,
        key: &DatabaseKey,
        conn: Connection,
        options: DatabaseOptions,
    ) -> Result<Self, StorageError> {
        search::settle(&conn)?;
        let reader_count = options.readers.clamp(1, 4);
        let (mut reader_threads, mut writer_thread) = (Threads::default(), Threads::default());
        let (write_queue, write_requests) = mpsc::channel(QUEUE);
        let (read_queue, read_requests) = mpsc::channel(QUEUE);
        let health = Arc::new(Board::new(path));
        let shared = Arc::new(Mutex::new(read_requests));
        for _ in 0..reader_count {
            let conn = open_connection(path, key, Mode::Read)?;
            let (queue, health) = (Arc::clone(&shared), Arc::clone(&health));
            reader_threads.start("db-reader", move || readers::run(conn, &queue, &health))?;
        }
        let (writer_health, log) = (Arc::clone(&health), Log::of(path));
        writer_thread.start("db-writer", move || {
            let alarm = writer::Alarm::new(&writer_health);
            writer::run(conn, write_requests, &writer_health, log);
            alarm.disarm();
            writer_health.raise(Health::Closed);
        })?;
        let inner = Inner {
            path: path.to_owned(),
            key: key.duplicate(),
            reader_count,
            health,
            truncated_ms: AtomicI64::new(-1),
            is_closed: AtomicBool::new(false),
            read_queue,
            _readers: reader_threads,
            write_queue,
            _writer: writer_thread,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Runs `work` on a reader thread; what it sees is one moment of the database.
    ///
    /// # Errors
    /// What `work` returned, or [`StorageError::Closed`].
    pub async fn read<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: FnOnce(&Reader<'_>) -> Result<T, StorageError> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request = readers::request(work, reply);
        self.inner
            .read_queue
            .send(request)
            .await
            .map_err(|_| StorageError::Closed)?;
        answer.await.map_err(|_| StorageError::Closed)?
    }

    /// Runs `work` on the writer thread, all or nothing; returns after the commit.
    /// Once it is queued it happens, even if the caller stops waiting.
    ///
    /// # Errors
    /// What `work` returned; [`StorageError::DiskFull`] and the like if the commit failed
    /// (nothing was kept); [`StorageError::WriterGone`], [`StorageError::Closed`].
    pub async fn write<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: FnOnce(&mut Writer<'_>) -> Result<T, StorageError> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.ask_writer(
            writer::Request::Write(Box::new(writer::Write::new(work, reply))),
            answer,
        )
        .await
    }

    /// As [`Database::write`], in a transaction of its own that has reached the disk when
    /// this returns (`synchronous = FULL`): for the account's creation.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn write_durable<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: FnOnce(&mut Writer<'_>) -> Result<T, StorageError> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.ask_writer(
            writer::Request::Durable(Box::new(writer::Write::new(work, reply))),
            answer,
        )
        .await
    }

    /// Leaves no trace of what was erased: none in the index of messages, on no page of the file, and
    /// an empty WAL. Call it after anything was erased. At most once a minute.
    ///
    /// `now`: how long a steady clock of the caller has run, never the time of day: one that is set back
    /// would make it too early for long. Returns `false` if it was too early or a reader was in the way:
    /// then call again later.
    ///
    /// # Errors
    /// What the disk said.
    pub async fn truncate_wal(&self, now: Duration) -> Result<bool, StorageError> {
        let last = self.inner.truncated_ms.load(Ordering::Acquire);
        let last = u64::try_from(last).ok().map(Duration::from_millis);
        // A clock that has begun anew is no reason to wait.
        let passed = last.and_then(|last| now.checked_sub(last));
        if passed.is_some_and(|passed| passed < TRUNCATE_PAUSE) {
            return Ok(false);
        }
        // In portions: others have their turn between them.
        let mut look = self.write(search::begin_look).await?;
        while let Some(place) = look {
            look = self.write(move |writer| search::look_on(writer, &place)).await?;
        }
        while self.write(gaps::clear_some).await? {}
        let path = self.inner.path.clone();
        let done = self.upkeep(move |conn| log::empty(conn, &path)).await?;
        if done {
            let now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
            self.inner.truncated_ms.store(now_ms, Ordering::Release);
        }
        Ok(done)
    }

    /// The health of the database, to be watched by the app.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.inner.health.subscribe()
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Finishes what is queued and closes the file. Every later call fails with
    /// [`StorageError::Closed`]; a second close does nothing.
    pub async fn close(&self) {
        for _ in 0..self.inner.reader_count {
            let (done, closed) = oneshot::channel();
            if self
                .inner
                .read_queue
                .send(readers::Request::Close(done))
                .await
                .is_ok()
            {
                drop(closed.await);
            }
        }
        let (done, closed) = oneshot::channel();
        if self
            .inner
            .write_queue
            .send(writer::Request::Close(done))
            .await
            .is_ok()
        {
            drop(closed.await);
        }
        self.inner.is_closed.store(true, Ordering::Release);
        self.inner.health.raise(Health::Closed);
    }

    /// Whether every thread has given the file back.
    pub(crate) fn is_closed(&self) -> bool {
        self.inner.is_closed.load(Ordering::Acquire)
    }

    /// Takes note of an error that another connection to the file met.
    pub(crate) fn report(&self, error: &StorageError) {
        self.inner.health.report(error);
    }

    pub(crate) fn key(&self) -> &DatabaseKey {
        &self.inner.key
    }

    /// Runs `work` on the writer's connection between transactions.
    pub(crate) async fn upkeep<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: writer::Upkeep = Box::new(move |conn| drop(reply.send(work(conn))));
        self.ask_writer(writer::Request::Upkeep(job), answer).await
    }

    async fn ask_writer<T>(
        &self,
        request: writer::Request,
        answer: oneshot::Receiver<Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let gone = || self.inner.health.why_no_writer();
        self.inner.write_queue.send(request).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
