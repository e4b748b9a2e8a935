//! A picture between choosing and cutting: in memory only, one at a time.

use std::sync::{Arc, Mutex, PoisonError};

use super::PictureError;
use super::process::Opened;

/// What a face needs to show while the person cuts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedPicture {
    /// How it is called until it is taken or another is chosen.
    pub id: String,
    /// Its width, upright, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// It moves, and is sent whole.
    pub is_animated: bool,
}

#[derive(Debug)]
struct Held {
    id: String,
    opened: Arc<Opened>,
    preview: Arc<Vec<u8>>,
}

/// The place of the one that was chosen last.
#[derive(Debug, Default)]
pub(crate) struct Staging(Mutex<Option<Held>>);

impl Staging {
    fn with<T>(&self, work: impl FnOnce(&mut Option<Held>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a picture in the place of the one before.
    pub(crate) fn put(&self, opened: Opened, preview: Vec<u8>) -> StagedPicture {
        let id = hex::encode(rand::random::<[u8; 16]>());
        let (width, height) = opened.size();
        let is_animated = opened.is_animated();
        self.with(|held| {
            *held = Some(Held {
                id: id.clone(),
                opened: Arc::new(opened),
                preview: Arc::new(preview),
            });
        });
        StagedPicture {
            id,
            width,
            height,
            is_animated,
        }
    }

    /// The picture.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<Opened>, PictureError> {
        self.with(|held| {
            let found = held.as_ref().filter(|held| held.id == id);
            found.map(|held| Arc::clone(&held.opened))
        })
        .ok_or(PictureError::NotStaged)
    }

    /// What the page shows of it.
    pub(crate) fn preview(&self, id: &str) -> Option<Arc<Vec<u8>>> {
        self.with(|held| {
            let found = held.as_ref().filter(|held| held.id == id);
            found.map(|held| Arc::clone(&held.preview))
        })
    }

    /// Forgets it: it was taken, or the profile is locked.
    pub(crate) fn clear(&self) {
        self.with(|held| *held = None);
    }
}
