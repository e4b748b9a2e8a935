//! Large files: sealed and opened piece by piece, so that memory never holds one.
//!
//! A file is a prefix by chance, then pieces of 64 KiB, each with its tag. The nonce of a piece is
//! the prefix, its number, and whether it is the last: pieces do not change places, and a file
//! that is cut off does not open.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::{FileKey, NONCE, SealedFile, SealedFiles, is_name, random};
use crate::error::StorageError;
use crate::files;

const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
const SEALED: u64 = 65_552;
const PREFIX: usize = 19;

fn nonce(prefix: &[u8; PREFIX], number: u32, is_last: bool) -> XNonce {
    let mut nonce = [0; NONCE];
    let parts = prefix
        .iter()
        .copied()
        .chain(number.to_be_bytes())
        .chain([u8::from(is_last)]);
    for (slot, byte) in nonce.iter_mut().zip(parts) {
        *slot = byte;
    }
    XNonce::from(nonce)
}

fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

/// A file that is being written. Dropped before [`SealedWriter::finish`], nothing is left of it.
pub struct SealedWriter {
    file: File,
    fresh: PathBuf,
    path: PathBuf,
    name: String,
    key: FileKey,
    prefix: [u8; PREFIX],
    number: u32,
    /// What is not sealed yet, at most a piece.
    waiting: Vec<u8>,
    is_finished: bool,
}

/// Shows no key.
impl std::fmt::Debug for SealedWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedWriter(…)")
    }
}

impl SealedWriter {
    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = nonce(&self.prefix, self.number, is_last);
        let sealed = XChaCha20Poly1305::new((&self.key.0).into())
            .encrypt(&nonce, self.waiting.as_slice())
            .map_err(|_| damaged())?;
        self.file.write_all(&sealed)?;
        self.waiting.clear();
        self.number = self.number.checked_add(1).ok_or_else(damaged)?;
        Ok(())
    }

    /// Ends the file: it is on the disk when this returns. Blocks.
    ///
    /// # Errors
    /// What the disk said; nothing is left of the file then.
    pub fn finish(mut self) -> Result<SealedFile, StorageError> {
        self.seal(true)?;
        self.file.sync_all()?;
        files::rename(&self.fresh, &self.path)?;
        self.is_finished = true;
        Ok(SealedFile {
            name: std::mem::take(&mut self.name),
            key: FileKey(self.key.0),
        })
    }
}

impl Write for SealedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A whole piece is sealed once it is known that another one follows.
        if self.waiting.len() == PIECE && !bytes.is_empty() {
            self.seal(false)?;
        }
        let room = PIECE - self.waiting.len();
        let taken = bytes.len().min(room);
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for SealedWriter {
    fn drop(&mut self) {
        if !self.is_finished {
            // What stays is swept at the next start.
            let _ = files::remove_if_there(&self.fresh);
        }
    }
}

/// A file that is being read.
pub struct SealedReader {
    file: File,
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX],
    pieces: u32,
    length: u64,
    at: u64,
    /// The piece that was opened last.
    open: Option<(u32, Vec<u8>)>,
}

/// Shows no key.
impl std::fmt::Debug for SealedReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedReader")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl SealedReader {
    fn begin(mut file: File, key: &FileKey) -> io::Result<Self> {
        let on_disk = file.metadata()?.len();
        let mut prefix = [0; PREFIX];
        file.read_exact(&mut prefix)?;
        let sealed = on_disk.saturating_sub(PREFIX as u64);
        let pieces = sealed.div_ceil(SEALED);
        let length = sealed.checked_sub(pieces * TAG as u64).ok_or_else(damaged)?;
        let last = sealed % SEALED;
        let is_cut = last != 0 && last < TAG as u64;
        if pieces == 0 || is_cut {
            return Err(damaged());
        }
        Ok(Self {
            file,
            cipher: XChaCha20Poly1305::new((&key.0).into()),
            prefix,
            pieces: u32::try_from(pieces).map_err(|_| damaged())?,
            length,
            at: 0,
            open: None,
        })
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// At most `most` bytes from a place on; fewer only at the end. Blocks.
    ///
    /// # Errors
    /// What the disk said, or that the file is damaged.
    pub fn read_range(&mut self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.length.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; most.min(left)];
        self.at = from.min(self.length);
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Everything, with room for `room` bytes more behind it. Blocks.
    ///
    /// # Errors
    /// What the disk said, or that the file is damaged.
    pub fn read_whole(&mut self, room: usize) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.length).map_err(|_| damaged())?;
        let mut bytes = Vec::with_capacity(length.saturating_add(room));
        self.at = 0;
        let mut piece = vec![0; PIECE];
        loop {
            let count = self.read(&mut piece)?;
            if count == 0 {
                return Ok(bytes);
            }
            bytes.extend_from_slice(&piece[..count]);
        }
    }

    fn piece(&mut self, number: u32) -> io::Result<&[u8]> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let place = PREFIX as u64 + u64::from(number) * SEALED;
            self.file.seek(SeekFrom::Start(place))?;
            let mut sealed = Vec::with_capacity(PIECE + TAG);
            (&mut self.file).take(SEALED).read_to_end(&mut sealed)?;
            let nonce = nonce(&self.prefix, number, number + 1 == self.pieces);
            let plain = self
                .cipher
                .decrypt(&nonce, sealed.as_slice())
                .map_err(|_| damaged())?;
            self.open = Some((number, plain));
        }
        match &self.open {
            Some((_, plain)) => Ok(plain.as_slice()),
            None => Err(damaged()),
        }
    }
}

impl Read for SealedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || self.at >= self.length {
            return Ok(0);
        }
        let size = PIECE as u64;
        let number = u32::try_from(self.at / size).map_err(|_| damaged())?;
        let start = usize::try_from(self.at % size).map_err(|_| damaged())?;
        let piece = self.piece(number)?;
        let rest = piece.get(start..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or_else(damaged)?;
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl SealedFiles {
    /// Begins a new file, sealed piece by piece. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn writer(&self) -> Result<SealedWriter, StorageError> {
        files::private_folder(&self.folder)?;
        let name = hex::encode(random::<16>()?);
        let path = self.folder.join(&name);
        let fresh = files::with_suffix(&path, ".new");
        let prefix = random()?;
        let mut file = files::private_file().write(true).create_new(true).open(&fresh)?;
        file.write_all(&prefix)?;
        Ok(SealedWriter {
            file,
            fresh,
            path,
            name,
            key: FileKey(random()?),
            prefix,
            number: 0,
            waiting: Vec::with_capacity(PIECE),
            is_finished: false,
        })
    }

    /// Opens a file that [`SealedFiles::writer`] made; `None` if it is gone or cut off. Blocks.
    #[must_use]
    pub fn reader(&self, file: &SealedFile) -> Option<SealedReader> {
        if !is_name(&file.name) {
            return None;
        }
        let opened = File::open(self.folder.join(&file.name)).ok()?;
        SealedReader::begin(opened, &file.key).ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::sync::Arc;

    use super::*;

    fn folder() -> (tempfile::TempDir, SealedFiles) {
        let dir = tempfile::tempdir().unwrap();
        let files = SealedFiles {
            folder: dir.path().join("attachments"),
            turn: Arc::default(),
        };
        (dir, files)
    }

    fn counting(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect()
    }

    fn write(files: &SealedFiles, bytes: &[u8]) -> SealedFile {
        let mut writer = files.writer().unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn a_file_comes_back_at_every_edge_of_a_piece() {
        let (_dir, files) = folder();
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17] {
            let bytes = counting(length);
            let file = write(&files, &bytes);
            let mut reader = files.reader(&file).unwrap();
            assert_eq!(reader.length(), length as u64);
            assert_eq!(reader.read_whole(5).unwrap(), bytes, "{length}");
        }
    }

    #[test]
    fn a_part_is_read_without_the_rest() {
        let (_dir, files) = folder();
        let bytes = counting(2 * PIECE + 100);
        let file = write(&files, &bytes);
        let mut reader = files.reader(&file).unwrap();
        let (from, to) = (PIECE - 10, PIECE + 10);
        assert_eq!(reader.read_range(from as u64, 20).unwrap(), bytes[from..to]);
        assert_eq!(
            reader.read_range(bytes.len() as u64 - 5, 20).unwrap(),
            bytes[bytes.len() - 5..]
        );
        assert_eq!(reader.read_range(u64::MAX, 20).unwrap(), [0_u8; 0]);
    }

    #[test]
    fn what_is_cut_off_changed_or_put_elsewhere_does_not_open() {
        let (_dir, files) = folder();
        let file = write(&files, &counting(2 * PIECE + 100));
        let path = files.folder.join(&file.name);
        let whole = fs::read(&path).unwrap();
        let sealed = usize::try_from(SEALED).unwrap();
        let mut exchanged = whole[..PREFIX].to_vec();
        exchanged.extend_from_slice(&whole[PREFIX + sealed..PREFIX + 2 * sealed]);
        exchanged.extend_from_slice(&whole[PREFIX..PREFIX + sealed]);
        exchanged.extend_from_slice(&whole[PREFIX + 2 * sealed..]);
        let mut changed = whole.clone();
        changed[PREFIX + 50] ^= 1;
        for bytes in [
            whole[..PREFIX + 2 * sealed].to_vec(),
            whole[..PREFIX + sealed].to_vec(),
            whole[..PREFIX + 3].to_vec(),
            whole[..3].to_vec(),
            exchanged,
            changed,
        ] {
            fs::write(&path, bytes).unwrap();
            let read = files.reader(&file).map(|mut reader| reader.read_whole(0).is_ok());
            assert_ne!(read, Some(true));
        }
    }

    #[test]
    fn nothing_plain_is_on_the_disk_and_nothing_is_left_of_what_is_given_up() {
        let (_dir, files) = folder();
        let file = write(&files, b"the plain content");
        let on_disk = fs::read(files.folder.join(&file.name)).unwrap();
        assert!(!on_disk.windows(5).any(|window| window == b"plain"));
        let mut given_up = files.writer().unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_dir(&files.folder).unwrap().count(), 1);
    }
}
