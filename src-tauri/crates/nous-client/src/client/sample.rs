//! Filling an empty profile with a made-up history.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;

use nous_storage::account::Milestone;
use nous_storage::attachments::transfers::{self, Kept};
use nous_storage::attachments::{self, FileFacts, FileKind, PointedFile, Pointer};
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::sealed_files::{SealedFile, SealedFiles};
use nous_storage::{messages, people};

use super::Client;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::files::on_disk;
use crate::sample::{self, Sample, SampleSize, Talk};

/// Messages of one transaction.
const BATCH: u32 = 5_000;
/// Short conversations of one transaction.
const TALKS: u32 = 250;
/// So large is a picture, as its sender says, that is on the server only.
const ELSEWHERE: u64 = 90_000;

/// A picture on this device.
struct Photo {
    size: u64,
    local: SealedFile,
    thumbnail: SealedFile,
}

/// Pictures on this device by the numbers of their messages.
type Photos = BTreeMap<u32, Photo>;

impl Client {
    /// Makes an account with a made-up history in an empty profile, the same each time. Its
    /// secret is known to everybody: for measuring only.
    ///
    /// # Errors
    /// [`ClientError::AccountExists`], or what the database said.
    pub async fn fill_sample(&self, size: SampleSize) -> Result<Sample, ClientError> {
        let account = self
            .write_account(sample::own_seed(), sample::OWN_NAME.to_owned(), false)
            .await?;
        // Nothing is left to ask: the first screen is the list.
        self.reach(Milestone::ProtectionAsked).await?;
        self.reach(Milestone::PhraseSeen).await?;
        let db = self.db()?;
        let long = Talk::new(0, size, account.id);
        let mut made = Sample {
            own: account.id,
            longest: long.peer,
            messages: 0,
            unread: 0,
        };
        let long_key = db.write(move |writer| begin(writer, &long)).await?;
        let files = self.session()?.core.files;
        for part in parts(0..long.messages, BATCH) {
            // No sweep comes before their rows are written.
            let _turn = files.writing().await;
            let (here, numbers) = (files.clone(), part.clone());
            let photos = on_disk(move || draw(&here, &long, numbers)).await?;
            made.unread += db
                .write(move |writer| add(writer, &long, long_key, part, &photos))
                .await?;
        }
        db.write(move |writer| finish(writer, &long, long_key)).await?;
        made.messages += u64::from(long.messages);
        for part in parts(1..size.conversations, TALKS) {
            let talks: Vec<Talk> = part.map(|n| Talk::new(n, size, account.id)).collect();
            made.messages += talks.iter().map(|talk| u64::from(talk.messages)).sum::<u64>();
            made.unread += db.write(move |writer| whole(writer, &talks)).await?;
        }
        self.inner.hub.announce([Change::Resync]);
        Ok(made)
    }
}

/// A range in pieces of at most `size`.
fn parts(range: Range<u32>, size: u32) -> impl Iterator<Item = Range<u32>> {
    let step = usize::try_from(size).unwrap_or(usize::MAX);
    let end = range.end;
    range
        .step_by(step)
        .map(move |start| start..end.min(start.saturating_add(size)))
}

/// Conversations from beginning to end; answers how many messages are unread.
fn whole(writer: &mut Writer<'_>, talks: &[Talk]) -> Result<u64, StorageError> {
    let mut unread = 0;
    for talk in talks {
        let key = begin(writer, talk)?;
        unread += add(writer, talk, key, 0..talk.messages, &Photos::new())?;
        finish(writer, talk, key)?;
    }
    Ok(unread)
}

fn begin(writer: &mut Writer<'_>, talk: &Talk) -> Result<ConversationKey, StorageError> {
    let key = conversations::ensure(writer, talk.peer, talk.start())?;
    let profile = PersonProfile {
        name: talk.name(),
        picture: None,
        updated_s: talk.start().as_wire() / 1_000,
    };
    conversations::set_profile(writer, key, &profile)?;
    conversations::approve(writer, key, Approval::Theirs)?;
    if talk.is_approved() {
        conversations::approve(writer, key, Approval::Ours)?;
    }
    Ok(key)
}

fn add(
    writer: &mut Writer<'_>,
    talk: &Talk,
    conversation: ConversationKey,
    range: Range<u32>,
    photos: &Photos,
) -> Result<u64, StorageError> {
    let mut unread = 0;
    for number in range {
        let message = talk.message(number, conversation);
        unread += u64::from(message.is_unread);
        let key = messages::insert(writer, &message)?;
        if talk.is_failed(number) {
            messages::mark_failed(writer, key, &Failure::Refused.to_string())?;
        }
        if talk.has_picture(number) {
            add_picture(writer, key, number, photos.get(&number))?;
        }
    }
    Ok(unread)
}

/// Draws and seals the pictures of some messages that are to be on this device. Blocks.
fn draw(files: &SealedFiles, talk: &Talk, range: Range<u32>) -> Result<Photos, StorageError> {
    let mut photos = Photos::new();
    for number in range.filter(|number| talk.has_picture_here(*number)) {
        let jpeg = talk.picture(number).ok_or(StorageError::Value("a picture"))?;
        let mut writer = files.writer()?;
        writer.write_all(&jpeg)?;
        let photo = Photo {
            size: jpeg.len() as u64,
            local: writer.finish()?,
            thumbnail: files.put(&jpeg)?,
        };
        photos.insert(number, photo);
    }
    Ok(photos)
}

/// `photo`: the picture, if it is on this device.
fn add_picture(
    writer: &mut Writer<'_>,
    message: MessageKey,
    number: u32,
    photo: Option<&Photo>,
) -> Result<(), StorageError> {
    let (width, height) = Talk::picture_size(number);
    let file = PointedFile {
        pointer: Pointer {
            url: format!("http://files.example/file/{number}"),
            key: Some(vec![7; 64]),
            digest: Some([7; 32]),
        },
        facts: FileFacts {
            name: format!("photo {number}.jpg"),
            content_type: "image/jpeg".to_owned(),
            kind: FileKind::Picture,
            size: Some(photo.map_or(ELSEWHERE, |photo| photo.size)),
            width: Some(width),
            height: Some(height),
            duration_ms: None,
            waveform: Vec::new(),
            is_animated: false,
            is_program: false,
            caption: String::new(),
        },
    };
    let keys = attachments::insert_received(writer, message, std::slice::from_ref(&file))?;
    let (Some(key), Some(photo)) = (keys.first(), photo) else {
        return Ok(());
    };
    transfers::want(writer, *key, false)?;
    let kept = Kept {
        local: &photo.local,
        thumbnail: Some(&photo.thumbnail),
        facts: &file.facts,
    };
    transfers::downloaded(writer, *key, &kept).map(drop)
}

fn finish(writer: &mut Writer<'_>, talk: &Talk, key: ConversationKey) -> Result<(), StorageError> {
    people::set_pinned(writer, key, talk.is_pinned())?;
    if let Some(draft) = talk.draft() {
        conversations::set_draft(writer, key, draft, None)?;
    }
    conversations::refresh(writer, &[key])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_falls_into_pieces_without_a_gap() {
        let pieces: Vec<_> = parts(1..12, 5).collect();
        assert_eq!(pieces, [1..6, 6..11, 11..12]);
        assert_eq!(parts(1..1, 5).count(), 0);
    }
}
