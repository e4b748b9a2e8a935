//! A chosen file whose bytes come from a page, piece by piece: neither side holds all of it twice.
//! One file at a time; nothing of it is on the disk before it is whole.

use std::sync::{Mutex, PoisonError};

use nous_media::pictures::MAX_INPUT_BYTES;

use super::FilesError;
use crate::error::ClientError;

/// What came so far of a file.
struct Coming {
    /// How the page calls it.
    id: String,
    bytes: Vec<u8>,
}

/// The place of the file that comes.
#[derive(Default)]
pub(crate) struct Pieces(Mutex<Option<Coming>>);

/// Shows nothing of the file.
impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pieces(…)")
    }
}

impl Pieces {
    fn with<T>(&self, work: impl FnOnce(&mut Option<Coming>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the next piece. `at`: how many bytes came before it; a first piece takes the place of
    /// another file. `size`: of the whole, as the page says.
    ///
    /// # Errors
    /// [`ClientError::FileTooLarge`]; [`ClientError::FileGone`] if another file came meanwhile.
    pub(crate) fn add(&self, id: &str, at: u64, size: u64, piece: &[u8]) -> Result<(), FilesError> {
        self.with(|coming| {
            if at == 0 {
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                *coming = Some(Coming {
                    id: id.to_owned(),
                    bytes: Vec::with_capacity(size.min(MAX_INPUT_BYTES)),
                });
            }
            let found = coming
                .as_mut()
                .filter(|coming| coming.id == id && coming.bytes.len() as u64 == at);
            let found = found.ok_or(ClientError::FileGone)?;
            if found.bytes.len().saturating_add(piece.len()) > MAX_INPUT_BYTES {
                *coming = None;
                return Err(ClientError::FileTooLarge(MAX_INPUT_BYTES).into());
            }
            found.bytes.extend_from_slice(piece);
            Ok(())
        })
    }

    /// The whole file: what came, and the last piece.
    ///
    /// # Errors
    /// [`ClientError::FileGone`] if nothing of it came, or another file meanwhile.
    pub(crate) fn whole(&self, id: &str, last: &[u8]) -> Result<Vec<u8>, FilesError> {
        let coming = self.with(|coming| coming.take_if(|coming| coming.id == id));
        let mut bytes = coming.ok_or(ClientError::FileGone)?.bytes;
        bytes.extend_from_slice(last);
        Ok(bytes)
    }

    /// Forgets what came: the profile closes.
    pub(crate) fn clear(&self) {
        self.with(|coming| *coming = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone<T>() -> Result<T, FilesError> {
        Err(ClientError::FileGone.into())
    }

    #[test]
    fn pieces_are_one_file_in_their_order() {
        let pieces = Pieces::default();
        assert_eq!(pieces.add("a", 0, 7, b"abc"), Ok(()));
        assert_eq!(pieces.add("a", 2, 7, b"x"), gone(), "not the next one");
        assert_eq!(pieces.add("a", 3, 7, b"de"), Ok(()));
        assert_eq!(pieces.whole("a", b"fg"), Ok(b"abcdefg".to_vec()));
        assert_eq!(pieces.whole("a", b"fg"), gone(), "it was taken");
    }

    #[test]
    fn another_file_takes_the_place_and_a_closed_profile_forgets() {
        let pieces = Pieces::default();
        assert_eq!(pieces.add("a", 0, 9, b"abc"), Ok(()));
        assert_eq!(pieces.add("b", 0, 9, b"def"), Ok(()));
        assert_eq!(pieces.add("a", 3, 9, b"x"), gone());
        assert_eq!(pieces.whole("a", b""), gone());
        pieces.clear();
        assert_eq!(pieces.whole("b", b""), gone());
    }

    #[test]
    fn more_than_any_file_may_have_is_not_held() {
        let pieces = Pieces::default();
        let large = vec![0; MAX_INPUT_BYTES];
        assert_eq!(pieces.add("a", 0, u64::MAX, &large), Ok(()));
        let refused = Err(ClientError::FileTooLarge(MAX_INPUT_BYTES).into());
        assert_eq!(pieces.add("a", large.len() as u64, u64::MAX, b"x"), refused);
        assert_eq!(pieces.whole("a", b""), gone(), "nothing of it is held");
    }
}
