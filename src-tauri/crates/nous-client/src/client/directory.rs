//! The directory of this device: looked at, edited, filled from lists, exported; and QR codes.
//!
//! Nothing here writes a config or a message: it is kept on this device only.
//!
//! Source: `product.md` §5.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use nous_network::clock;
use nous_protocol::account::AccountId;
use nous_protocol::identity::{received_name, received_text};
use nous_storage::directory::{self, Entry, Merged, Place, Winner};
use tokio_util::sync::CancellationToken;

use super::jobs::JobKind;
use super::{Client, lock};
use crate::directory::{MAX_IMPORT_BYTES, MAX_NOTE_BYTES, Parsed, parse};
use crate::error::ClientError;
use crate::events::{Change, JobState};
use crate::qr::{self, QrError};

/// Entries written in one transaction: other writing waits no longer than for these.
const BATCH: usize = 500;

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStage {
    /// The list is read.
    Reading,
    /// It was read; nothing is written yet.
    Ready,
    /// It is written.
    Writing,
    /// It was written.
    Done,
    /// The person stopped it. What was written stays.
    Stopped,
    /// It could not go on. What was written stays.
    Failed(ClientError),
}

/// A list on its way into the directory.
#[derive(Debug, Clone)]
pub struct ImportState {
    /// How far it is.
    pub stage: ImportStage,
    /// Lines read, or entries written.
    pub done: u32,
    /// Lines or entries in all.
    pub total: u32,
    /// What the list holds, once it was read.
    pub parsed: Option<Arc<Parsed>>,
    /// What writing would do (or did) where known names and notes stay.
    pub keeping: Merged,
    /// The same where the list's names and notes win.
    pub replacing: Merged,
    /// What was written.
    pub written: Merged,
}

/// The same with its number.
#[derive(Debug)]
pub(crate) struct Import {
    pub(super) job: u64,
    state: ImportState,
}

impl Client {
    /// A page of the directory, and how many entries fit the search.
    ///
    /// # Errors
    /// What the database said.
    pub async fn directory(
        &self,
        after: Option<Place>,
        search: String,
        limit: u32,
    ) -> Result<(Vec<Entry>, u32), ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            Ok((
                directory::page(reader, after.as_ref(), &search, limit)?,
                directory::total(reader, &search)?,
            ))
        });
        Ok(read.await?)
    }

    /// The entry of an account, if there is one.
    ///
    /// # Errors
    /// What the database said.
    pub async fn directory_entry(&self, account: AccountId) -> Result<Option<Entry>, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| directory::find(reader, &account));
        Ok(read.await?)
    }

    /// The names that the directory has of some accounts; the others are left out.
    ///
    /// # Errors
    /// What the database said.
    pub async fn directory_names(
        &self,
        accounts: Vec<AccountId>,
    ) -> Result<BTreeMap<AccountId, String>, ClientError> {
        let read = self
            .db()?
            .read(move |reader| directory::by_accounts(reader, &accounts))
            .await?;
        let named = read.into_values().filter(|entry| !entry.name.is_empty());
        Ok(named.map(|entry| (entry.account, entry.name)).collect())
    }

    /// The entries of some accounts, or of all, in the order of names.
    ///
    /// # Errors
    /// What the database said.
    pub async fn directory_entries(
        &self,
        accounts: Option<Vec<AccountId>>,
    ) -> Result<Vec<Entry>, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| match accounts {
            None => directory::page(reader, None, "", u32::MAX),
            Some(accounts) => Ok(directory::by_accounts(reader, &accounts)?.into_values().collect()),
        });
        let mut entries: Vec<Entry> = read.await?;
        entries.sort_by_cached_key(|entry| (entry.place().sort_key, entry.account));
        Ok(entries)
    }

    /// Writes an entry, new or known; name and note are cleaned and cut.
    ///
    /// # Errors
    /// What the database said.
    pub async fn save_directory_entry(&self, entry: Entry) -> Result<Entry, ClientError> {
        let account = entry.account;
        let clean = Entry {
            account,
            name: received_name(&entry.name).unwrap_or_default(),
            note: received_text(&entry.note, MAX_NOTE_BYTES).unwrap_or_default(),
        };
        let (kept, now) = (clean.clone(), clock::local());
        self.db()?
            .write(move |writer| directory::save(writer, &[kept], now))
            .await?;
        self.announce_directory([account]);
        Ok(clean)
    }

    /// Removes entries; answers how many there were.
    ///
    /// # Errors
    /// What the database said.
    pub async fn remove_directory_entries(&self, accounts: Vec<AccountId>) -> Result<u32, ClientError> {
        let gone = accounts.clone();
        let removed = self
            .db()?
            .write(move |writer| directory::remove(writer, &gone))
            .await?;
        self.announce_directory(accounts);
        Ok(removed)
    }

    /// Names of the directory stand in lists, too.
    fn announce_directory(&self, accounts: impl IntoIterator<Item = AccountId>) {
        let people = accounts.into_iter().map(Into::into).collect();
        self.inner
            .hub
            .announce([Change::Directory, Change::Conversations(people)]);
    }

    /// Gives a person the name of the directory as nickname, for all devices of the account.
    ///
    /// # Errors
    /// [`ClientError::NoEntry`] if there is no name for them, or what the database said.
    pub async fn adopt_directory_name(&self, account: AccountId) -> Result<(), ClientError> {
        let entry = self.directory_entry(account).await?;
        let name = entry.map(|entry| entry.name).filter(|name| !name.is_empty());
        let name = name.ok_or(ClientError::NoEntry)?;
        self.open_conversation(account).await?;
        self.set_nickname(account, name).await
    }

    /// Begins to read a list; nothing is written. Answers the number of its job: see
    /// [`Client::import_state`] and [`Client::write_import`]. One list at a time: an earlier
    /// one is given up.
    ///
    /// # Errors
    /// [`ClientError::TooLong`] over 64 MiB; [`ClientError::NoAccount`].
    pub fn start_import(&self, bytes: Vec<u8>) -> Result<u64, ClientError> {
        if bytes.len() > MAX_IMPORT_BYTES {
            return Err(ClientError::FileTooLarge(MAX_IMPORT_BYTES));
        }
        let core = self.session()?.core;
        let (job, token) = self.new_job(JobKind::Import);
        let state = ImportState {
            stage: ImportStage::Reading,
            done: 0,
            total: 0,
            parsed: None,
            keeping: Merged::default(),
            replacing: Merged::default(),
            written: Merged::default(),
        };
        let before = lock(&self.inner.import).replace(Import { job, state });
        if let Some(before) = before {
            self.stop_import(before.job);
        }
        let client = self.clone();
        drop(self.inner.tasks.spawn("directory import", async move {
            let (reader, own, stop) = (client.clone(), core.own, token.clone());
            let read = core.cpu.run(move || {
                let mut tell = |done, total| {
                    reader.note_import(job, JobState::Running, |state| {
                        (state.done, state.total) = (done, total)
                    });
                    if stop.is_cancelled() {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                };
                parse(&bytes, Some(&own), &mut tell)
            });
            let stage = match read.await {
                Ok(Ok(parsed)) => client.foresee(job, Arc::new(parsed), &token).await,
                Ok(Err(_)) => Ok(ImportStage::Stopped),
                Err(error) => Err(error),
            };
            client.end_import(job, &token, stage);
        }));
        Ok(job)
    }

    /// Finds out what writing would do.
    async fn foresee(
        &self,
        job: u64,
        parsed: Arc<Parsed>,
        token: &CancellationToken,
    ) -> Result<ImportStage, ClientError> {
        let (mut keeping, mut replacing) = (Merged::default(), Merged::default());
        for batch in parsed.entries.chunks(BATCH) {
            if token.is_cancelled() {
                return Ok(ImportStage::Stopped);
            }
            let batch = batch.to_vec();
            let db = self.db()?;
            let read = db.read(move |reader| {
                Ok((
                    directory::would_merge(reader, &batch, Winner::Known)?,
                    directory::would_merge(reader, &batch, Winner::New)?,
                ))
            });
            let (one, other) = read.await?;
            keeping += one;
            replacing += other;
        }
        self.note_import(job, JobState::Running, |state| {
            (state.keeping, state.replacing) = (keeping, replacing);
            (state.done, state.total) = (parsed.lines, parsed.lines);
            state.parsed = Some(parsed);
        });
        Ok(ImportStage::Ready)
    }

    /// How far an import is; `None` if it was given up.
    #[must_use]
    pub fn import_state(&self, job: u64) -> Option<ImportState> {
        let import = lock(&self.inner.import);
        import
            .as_ref()
            .filter(|import| import.job == job)
            .map(|import| import.state.clone())
    }

    /// Begins to write a list that was read, in batches, under the number of its job. Written
    /// twice is written once, so one that was stopped can be imported again.
    ///
    /// # Errors
    /// [`ClientError::NoEntry`] if there is no such list that is ready.
    pub fn write_import(&self, job: u64, winner: Winner) -> Result<(), ClientError> {
        let state = self.import_state(job).ok_or(ClientError::NoEntry)?;
        let parsed = state.parsed.filter(|_| state.stage == ImportStage::Ready);
        let parsed = parsed.ok_or(ClientError::NoEntry)?;
        let total = u32::try_from(parsed.entries.len()).unwrap_or(u32::MAX);
        let token = self.resume_job(job, JobKind::Import);
        self.note_import(job, JobState::Running, |state| {
            (state.done, state.total, state.stage) = (0, total, ImportStage::Writing);
        });
        let client = self.clone();
        drop(self.inner.tasks.spawn("directory import", async move {
            let stage = client.write_batches(job, &parsed, winner, &token).await;
            client.end_import(job, &token, stage);
        }));
        Ok(())
    }

    async fn write_batches(
        &self,
        job: u64,
        parsed: &Parsed,
        winner: Winner,
        token: &CancellationToken,
    ) -> Result<ImportStage, ClientError> {
        let now = clock::local();
        for batch in parsed.entries.chunks(BATCH) {
            if token.is_cancelled() {
                return Ok(ImportStage::Stopped);
            }
            let entries = batch.to_vec();
            let written = self
                .db()?
                .write(move |writer| directory::merge(writer, &entries, winner, now))
                .await?;
            self.note_import(job, JobState::Running, |state| {
                state.written += written;
                state.done += u32::try_from(batch.len()).unwrap_or(u32::MAX);
            });
            self.announce_directory(batch.iter().map(|entry| entry.account));
        }
        Ok(ImportStage::Done)
    }

    /// Gives up a list that was read or is written.
    pub fn discard_import(&self, job: u64) {
        self.stop_import(job);
        lock(&self.inner.import).take_if(|import| import.job == job);
    }

    fn stop_import(&self, job: u64) {
        self.resume_job(job, JobKind::Import);
        self.end_job(job);
    }

    /// Changes what is known of an import, and announces it.
    fn note_import(&self, job: u64, announced: JobState, change: impl FnOnce(&mut ImportState)) {
        let mut import = lock(&self.inner.import);
        let Some(found) = import.as_mut().filter(|import| import.job == job) else {
            return;
        };
        change(&mut found.state);
        let (done, total) = (found.state.done, found.state.total);
        drop(import);
        self.announce_job(job, done, total, announced);
    }

    /// One part of an import has ended.
    fn end_import(&self, job: u64, token: &CancellationToken, stage: Result<ImportStage, ClientError>) {
        let stage = match stage {
            // Stopped between the last step and here.
            Ok(ImportStage::Ready) if token.is_cancelled() => ImportStage::Stopped,
            Ok(stage) => stage,
            Err(error) => ImportStage::Failed(error),
        };
        self.end_job(job);
        let done = JobState::Done {
            needs_name: false,
            continues: false,
        };
        self.note_import(job, done, |state| state.stage = stage);
    }

    /// The account IDs in the QR codes of a picture file.
    ///
    /// # Errors
    /// [`QrError`] as the right side; a broken pool as the left one.
    pub async fn read_qr_file(&self, file: Vec<u8>) -> Result<Result<Vec<AccountId>, QrError>, ClientError> {
        self.session()?.core.cpu.run(move || qr::read_file(&file)).await
    }

    /// The account IDs in the QR codes of a picture as pixels, four bytes each.
    ///
    /// # Errors
    /// As [`Client::read_qr_file`].
    pub async fn read_qr_pixels(
        &self,
        width: u32,
        height: u32,
        rgba: Vec<u8>,
    ) -> Result<Result<Vec<AccountId>, QrError>, ClientError> {
        let pool = self.session()?.core.cpu;
        pool.run(move || qr::read_pixels(width, height, rgba)).await
    }

    /// The QR code of the own account ID as a PNG file.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`].
    pub fn own_qr(&self) -> Result<Vec<u8>, ClientError> {
        qr::png(&self.own_id()?.to_string()).ok_or(ClientError::Bug("an ID too long for a code"))
    }
}
