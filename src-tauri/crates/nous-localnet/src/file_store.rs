//! What the file server keeps: in memory, or in a folder.
//!
//! In a folder each file is two: `<id>` with the bytes, written first, and `<id>.json` with
//! the times. Bytes without times are those of an upload that was cut off; they are ignored.
//!
//! Source: `network.md` §8.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::core::hash::file_hash;

/// What the file server allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLimits {
    /// The largest upload in bytes.
    pub max_bytes: usize,
    /// How long files live, in ms; `X-FS-TTL` can only shorten it.
    pub life_ms: i64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            max_bytes: 10_223_616,
            life_ms: 14 * 86_400_000,
        }
    }
}

/// Size and times of a file; times in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) size: usize,
    pub(crate) uploaded: i64,
    pub(crate) expires: i64,
}

/// Why an upload is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Empty,
    TooLarge,
    NoRoom,
}

/// The files.
#[derive(Debug)]
pub(crate) struct FileStore {
    times: BTreeMap<String, Times>,
    memory: BTreeMap<String, Bytes>,
    folder: Option<PathBuf>,
    pub(crate) limits: FileLimits,
}

impl FileStore {
    /// The files of `folder`, which is made if it is missing; in memory without one.
    pub(crate) fn open(folder: Option<PathBuf>, limits: FileLimits) -> std::io::Result<Self> {
        let mut times = BTreeMap::new();
        if let Some(folder) = &folder {
            fs::create_dir_all(folder)?;
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if let Some((id, found)) = read_times(&path) {
                    times.insert(id, found);
                }
            }
        }
        Ok(Self {
            times,
            memory: BTreeMap::new(),
            folder,
            limits,
        })
    }

    /// Takes a file: its id, and its times. The same bytes get the same id and live on.
    pub(crate) fn put(
        &mut self,
        data: Bytes,
        life_ms: Option<i64>,
        now: i64,
    ) -> Result<(String, Times), Refused> {
        if data.is_empty() {
            return Err(Refused::Empty);
        }
        if data.len() > self.limits.max_bytes {
            return Err(Refused::TooLarge);
        }
        let id = URL_SAFE.encode(file_hash(&data));
        let times = Times {
            size: data.len(),
            uploaded: self.times.get(&id).map_or(now, |old| old.uploaded),
            expires: self.end(life_ms, now),
        };
        match &self.folder {
            None => drop(self.memory.insert(id.clone(), data)),
            Some(folder) => {
                write_whole(&folder.join(&id), &data).map_err(|_| Refused::NoRoom)?;
            }
        }
        self.set_times(&id, times);
        Ok((id, times))
    }

    fn end(&self, life_ms: Option<i64>, now: i64) -> i64 {
        let life = life_ms.unwrap_or(self.limits.life_ms).min(self.limits.life_ms);
        now.saturating_add(life)
    }

    fn set_times(&mut self, id: &str, times: Times) {
        if let Some(folder) = &self.folder
            && let Ok(json) = serde_json::to_vec(&times)
        {
            // A file whose times are not on the disk is gone after a restart, as if expired.
            let _ = write_whole(&folder.join(format!("{id}.json")), &json);
        }
        self.times.insert(id.to_owned(), times);
    }

    /// The bytes of a file that has not expired.
    pub(crate) fn get(&self, id: &str, now: i64) -> Option<Bytes> {
        self.info(id, now)?;
        match &self.folder {
            None => self.memory.get(id).cloned(),
            Some(folder) => fs::read(folder.join(id)).ok().map(Bytes::from),
        }
    }

    /// Size and times of a file that has not expired.
    pub(crate) fn info(&self, id: &str, now: i64) -> Option<Times> {
        self.times.get(id).copied().filter(|times| times.expires > now)
    }

    /// Lets a file live on from now.
    pub(crate) fn extend(&mut self, id: &str, life_ms: Option<i64>, now: i64) -> Option<Times> {
        let mut times = self.info(id, now)?;
        times.expires = self.end(life_ms, now).max(times.expires);
        self.set_times(id, times);
        Some(times)
    }

    /// Removes a file.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.memory.remove(id);
        if let (Some(folder), true) = (&self.folder, self.times.contains_key(id)) {
            // What is left without its times is ignored.
            let _ = fs::remove_file(folder.join(format!("{id}.json")));
            let _ = fs::remove_file(folder.join(id));
        }
        self.times.remove(id).is_some()
    }

    /// Changes a byte in the middle of a file, which keeps its id; whether it is there.
    pub(crate) fn spoil(&mut self, id: &str) -> bool {
        if !self.times.contains_key(id) {
            return false;
        }
        let found = match &self.folder {
            None => self.memory.get(id).map(|data| data.to_vec()),
            Some(folder) => fs::read(folder.join(id)).ok(),
        };
        let Some(mut data) = found else {
            return false;
        };
        let middle = data.len() / 2;
        if let Some(byte) = data.get_mut(middle) {
            *byte ^= 1;
        }
        match &self.folder {
            None => {
                self.memory.insert(id.to_owned(), data.into());
                true
            }
            Some(folder) => write_whole(&folder.join(id), &data).is_ok(),
        }
    }

    /// Removes what has expired.
    pub(crate) fn sweep(&mut self, now: i64) {
        let expired: Vec<String> = self
            .times
            .iter()
            .filter(|(_, times)| times.expires <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in expired {
            self.remove(&id);
        }
    }

    /// The ids of all files.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.times.keys().cloned().collect()
    }
}

fn read_times(path: &Path) -> Option<(String, Times)> {
    let id = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let times = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    Some((id.to_owned(), times))
}

/// Writes so that the file is there whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn store(folder: Option<&Path>) -> FileStore {
        let limits = FileLimits {
            max_bytes: 10,
            life_ms: 1000,
        };
        FileStore::open(folder.map(Path::to_owned), limits).unwrap()
    }

    fn put(store: &mut FileStore, data: &'static [u8], now: i64) -> (String, Times) {
        store.put(Bytes::from_static(data), None, now).unwrap()
    }

    #[test]
    fn the_same_bytes_have_the_same_id_of_44_characters_and_live_on() {
        let mut store = store(None);
        let (id, first) = put(&mut store, b"abc", 0);
        let (again, second) = put(&mut store, b"abc", 500);
        assert_eq!((id.len(), &id), (44, &again));
        assert_eq!((first.expires, second.expires, second.uploaded), (1000, 1500, 0));
    }

    #[test]
    fn a_spoiled_file_keeps_its_id_and_has_other_bytes() {
        let dir = tempfile::tempdir().unwrap();
        for folder in [None, Some(dir.path())] {
            let mut store = store(folder);
            let (id, _) = put(&mut store, b"abc", 0);
            assert!(store.spoil(&id));
            assert_eq!(store.get(&id, 0).unwrap(), b"acc".as_slice());
            assert!(!store.spoil("other"));
        }
    }

    #[test]
    fn files_end() {
        let mut store = store(None);
        let (id, _) = put(&mut store, b"abc", 0);
        assert_eq!(store.get(&id, 999).unwrap(), b"abc".as_slice());
        assert_eq!(store.get(&id, 1000), None);
        assert_eq!(store.extend(&id, None, 900).unwrap().expires, 1900);
        store.sweep(1899);
        assert_eq!(store.ids().len(), 1);
        store.sweep(1900);
        assert!(store.ids().is_empty());
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let mut store = store(None);
        assert_eq!(store.put(Bytes::new(), None, 0), Err(Refused::Empty));
        let large = Bytes::from_static(b"12345678901");
        assert_eq!(store.put(large, None, 0), Err(Refused::TooLarge));
    }

    #[test]
    fn a_folder_keeps_files_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let (id, times) = put(&mut store(Some(folder.path())), b"abc", 7);
        let again = store(Some(folder.path()));
        assert_eq!(again.get(&id, 8).unwrap(), b"abc".as_slice());
        assert_eq!(again.info(&id, 8), Some(times));
        assert_eq!(again.get("../escape", 8), None);
    }
}
