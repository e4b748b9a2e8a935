//! A file server in memory that does what a test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nous_network::{FileError, StoredFile};
use nous_protocol::time::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::clock::ManualClock;

/// How long a file lives.
const LIFE: Duration = Duration::from_secs(14 * 86_400);

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, (Vec<u8>, Timestamp)>,
    /// Results of the next calls, in order.
    script: VecDeque<FileError>,
    uploads: u32,
    /// What was uploaded, in order, also if it failed.
    offered: Vec<Vec<u8>>,
    downloads: Vec<String>,
    extensions: u32,
    /// What is told instead of the end of a file.
    told_end: Option<Timestamp>,
}

/// The files. Clones are the same server.
#[derive(Debug, Clone)]
pub struct ScriptedFiles {
    state: Arc<Mutex<State>>,
    clock: ManualClock,
    is_held: Arc<watch::Sender<bool>>,
}

impl ScriptedFiles {
    /// An empty server.
    #[must_use]
    pub fn new(clock: &ManualClock) -> Self {
        Self {
            state: Arc::default(),
            clock: clock.clone(),
            is_held: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Nothing goes up or down from now on; what is asked for waits.
    pub fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// What waits goes on.
    pub fn let_go(&self) {
        self.is_held.send_replace(false);
    }

    /// Waits while everything is held.
    pub(crate) async fn pass(&self) {
        let mut held = self.is_held.subscribe();
        // The sender lives as long as this.
        drop(held.wait_for(|is_held| !*is_held).await);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next calls end so, one each.
    pub fn fail(&self, errors: impl IntoIterator<Item = FileError>) {
        self.lock().script.extend(errors);
    }

    /// Forgets every file.
    pub fn lose(&self) {
        self.lock().files.clear();
    }

    /// Puts other bytes in the place of every file.
    pub fn replace(&self, bytes: &[u8]) {
        for (content, _) in self.lock().files.values_mut() {
            *content = bytes.to_vec();
        }
    }

    /// Tells of every file that is uploaded that it ends then, whatever is so.
    pub fn tell_end(&self, end: Timestamp) {
        self.lock().told_end = Some(end);
    }

    /// How many uploads succeeded.
    #[must_use]
    pub fn uploads(&self) -> u32 {
        self.lock().uploads
    }

    /// The bytes of every upload that was asked for, in order, also of those that failed.
    #[must_use]
    pub fn offered(&self) -> Vec<Vec<u8>> {
        self.lock().offered.clone()
    }

    /// How often a life was extended.
    #[must_use]
    pub fn extensions(&self) -> u32 {
        self.lock().extensions
    }

    /// The link of every download that was asked for.
    #[must_use]
    pub fn downloads(&self) -> Vec<String> {
        self.lock().downloads.clone()
    }

    /// The bytes of every file.
    #[must_use]
    pub fn kept(&self) -> Vec<Vec<u8>> {
        self.lock()
            .files
            .values()
            .map(|(bytes, _)| bytes.clone())
            .collect()
    }

    fn scripted(&self) -> Result<(), FileError> {
        self.lock().script.pop_front().map_or(Ok(()), Err)
    }

    /// Puts a file there as another client would.
    ///
    /// # Errors
    /// What was scripted.
    pub fn upload(&self, bytes: Vec<u8>, is_deterministic: bool) -> Result<StoredFile, FileError> {
        self.lock().offered.push(bytes.clone());
        self.scripted()?;
        let id = hex::encode(Sha256::digest(&bytes).get(..22).unwrap_or_default());
        let mark = if is_deterministic { "#d=" } else { "" };
        let url = format!("http://files.test/file/{id}{mark}");
        let expires = self.clock.now() + LIFE;
        let mut state = self.lock();
        state.files.insert(id_of(&url), (bytes, expires));
        state.uploads += 1;
        let expires = state.told_end.unwrap_or(expires);
        Ok(StoredFile { url, expires })
    }

    pub(crate) fn download(&self, url: &str) -> Result<Vec<u8>, FileError> {
        self.lock().downloads.push(url.to_owned());
        self.scripted()?;
        let now = self.clock.now();
        let state = self.lock();
        let found = state.files.get(&id_of(url)).filter(|(_, expires)| *expires > now);
        found.map(|(bytes, _)| bytes.clone()).ok_or(FileError::NotFound)
    }

    pub(crate) fn extend(&self, url: &str) -> Result<Timestamp, FileError> {
        self.scripted()?;
        let now = self.clock.now();
        let mut state = self.lock();
        state.extensions += 1;
        let found = state.files.get_mut(&id_of(url)).filter(|(_, end)| *end > now);
        let (_, expires) = found.ok_or(FileError::NotFound)?;
        *expires = now + LIFE;
        Ok(*expires)
    }
}

fn id_of(url: &str) -> String {
    let path = url.split('#').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
