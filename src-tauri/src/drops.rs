//! Files that a person drops on a window. The web engine hands pages no dropped files, so they
//! come from the toolkit: the page is told where they lie and a number for them, never a path,
//! and asks for what they are to be by that number.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nous_api::{ApiError, ErrorCode};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{DragDropEvent, Manager, Window, WindowEvent};

use crate::windows::MAIN;

/// Files lie where the person let go of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilesDropped {
    /// Stands for the files until they are taken or others are dropped.
    pub(crate) number: u32,
    /// Where on the page, in its pixels.
    pub(crate) x: i32,
    /// From its upper edge.
    pub(crate) y: i32,
}

/// So many drops are remembered whose files stand in drafts.
const REMEMBERED: usize = 16;

/// The files that were dropped last, until they are taken; and those of drops before, which may be taken
/// in another way.
#[derive(Default)]
pub(crate) struct Drops(Mutex<Last>);

#[derive(Default)]
struct Last {
    /// How many drops there were: each has a number of its own.
    count: u32,
    files: Vec<PathBuf>,
    /// Drops that were taken into a draft, the newest last.
    taken: VecDeque<(u32, Vec<PathBuf>)>,
    page: Option<Channel<FilesDropped>>,
}

impl Drops {
    /// Tells this page from now on; the one before hears nothing more.
    pub(crate) fn tell(&self, page: Channel<FilesDropped>) {
        self.last().page = Some(page);
    }

    /// The files of a drop, once.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnreadable`] when they were taken, or others were dropped since.
    pub(crate) fn take(&self, number: u32) -> Result<Vec<PathBuf>, ApiError> {
        let mut last = self.last();
        if last.count != number || last.files.is_empty() {
            return Err(ApiError::new(ErrorCode::FileUnreadable));
        }
        Ok(std::mem::take(&mut last.files))
    }

    /// The files of a drop for a draft; each can be had again by its place.
    ///
    /// # Errors
    /// As [`Drops::take`].
    pub(crate) fn take_for_draft(&self, number: u32) -> Result<Vec<PathBuf>, ApiError> {
        let files = self.take(number)?;
        let mut last = self.last();
        if last.taken.len() == REMEMBERED {
            last.taken.pop_front();
        }
        last.taken.push_back((number, files.clone()));
        Ok(files)
    }

    /// One file of a drop that was taken into a draft.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnreadable`] when there is none, or it is long ago.
    pub(crate) fn taken(&self, number: u32, index: u32) -> Result<PathBuf, ApiError> {
        let last = self.last();
        let files = last.taken.iter().find(|(drop, _)| *drop == number);
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        files
            .and_then(|(_, files)| files.get(index).cloned())
            .ok_or_else(|| ApiError::new(ErrorCode::FileUnreadable))
    }

    fn put(&self, files: Vec<PathBuf>, (x, y): (i32, i32)) {
        let mut last = self.last();
        last.count = last.count.wrapping_add(1);
        last.files = files;
        let number = last.count;
        if let Some(page) = &last.page {
            let _ = page.send(FilesDropped { number, x, y });
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what is dropped on the main window.
#[expect(clippy::cast_possible_truncation, reason = "places on a screen")]
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, position }) = event
        && window.label() == MAIN
    {
        // Here the toolkit counts in pixels of the page, whatever the name of the type says.
        let place = (position.x as i32, position.y as i32);
        window.state::<Drops>().put(paths.clone(), place);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use std::sync::Arc;

    use tauri::ipc::InvokeResponseBody;

    use super::*;

    fn heard() -> (Channel<FilesDropped>, Arc<Mutex<Vec<String>>>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let hears = said.clone();
        let page = Channel::new(move |body| {
            if let InvokeResponseBody::Json(text) = body {
                hears.lock().unwrap().push(text);
            }
            Ok(())
        });
        (page, said)
    }

    #[test]
    fn page_is_told_a_place_and_a_number_and_no_path() {
        let drops = Drops::default();
        let (page, said) = heard();
        drops.tell(page);
        drops.put(vec!["/home/alice/list.csv".into()], (12, 34));
        assert_eq!(*said.lock().unwrap(), [r#"{"number":1,"x":12,"y":34}"#]);
    }

    #[test]
    fn files_are_taken_once_and_only_those_dropped_last() {
        let drops = Drops::default();
        assert!(drops.take(0).is_err(), "nothing was dropped yet");
        drops.put(vec!["/first".into()], (0, 0));
        drops.put(vec!["/second".into()], (0, 0));
        let gone = Some(ApiError::new(ErrorCode::FileUnreadable));
        assert_eq!(drops.take(1).err(), gone);
        assert_eq!(drops.take(3).err(), gone);
        assert_eq!(drops.take(2), Ok(vec![PathBuf::from("/second")]));
        assert_eq!(drops.take(2).err(), gone);
    }

    #[test]
    fn files_in_a_draft_can_be_had_again_by_their_place() {
        let drops = Drops::default();
        drops.put(vec!["/a.jpg".into(), "/b.heic".into()], (0, 0));
        assert!(drops.taken(1, 0).is_err(), "nobody took them yet");
        assert_eq!(drops.take_for_draft(1).unwrap().len(), 2);
        drops.put(vec!["/c.jpg".into()], (0, 0));
        drops.take(2).unwrap();
        assert_eq!(drops.taken(1, 1), Ok(PathBuf::from("/b.heic")));
        let gone = Some(ApiError::new(ErrorCode::FileUnreadable));
        assert_eq!(drops.taken(1, 2).err(), gone);
        assert_eq!(drops.taken(2, 0).err(), gone, "it went elsewhere");
        for _ in 0..REMEMBERED {
            drops.put(vec!["/more.jpg".into()], (0, 0));
            let number = drops.last().count;
            drops.take_for_draft(number).unwrap();
        }
        assert_eq!(drops.taken(1, 1).err(), gone, "it is long ago");
    }
}
