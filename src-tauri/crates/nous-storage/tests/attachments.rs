//! Files of messages: their rows follow the messages, and their files the rows.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::freeing::{self, Which};
use nous_storage::attachments::posters::{self, Poster};
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::transfers::{self, BlobKey, Kept, Postponed};
use nous_storage::attachments::{
    self, FileFacts, FileKind, FileState, OF_PREVIEW, PointedFile, Pointer, gallery, gone,
};
use nous_storage::conversations;
use nous_storage::db::Database;
use nous_storage::ids::{AttachmentKey, ConversationKey, MessageKey};
use nous_storage::messages::{self, Card, Message, MessageKind, NewMessage, SendState};
use nous_storage::outbox::{self, CopyKind, NewOutboxRow};
use nous_storage::profile::Profile;
use nous_storage::sealed_files::{SealedFile, SealedFiles};
use nous_storage::usage::{self, Part};
use tempfile::TempDir;

const OWN: AccountId = AccountId::from_x25519([255; 32]);
const BOB: AccountId = AccountId::from_x25519([2; 32]);

struct Scene {
    _dir: TempDir,
    profile: Profile,
    files: SealedFiles,
    conversation: ConversationKey,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = open(dir.path());
        let db = profile.database();
        let conversation = db
            .write(|writer| conversations::ensure(writer, BOB, NOW))
            .await
            .unwrap();
        Self {
            files: SealedFiles::beside(db),
            _dir: dir,
            profile,
            conversation,
        }
    }

    fn db(&self) -> &Database {
        self.profile.database()
    }

    async fn message(&self, is_own: bool, sent_ms: i64) -> MessageKey {
        let new = NewMessage {
            conversation: self.conversation,
            author: if is_own { OWN } else { BOB },
            is_own,
            is_received: !is_own,
            kind: MessageKind::Text,
            body: String::new(),
            sent: later(sent_ms),
            received: NOW,
            order: later(sent_ms),
            state: is_own.then_some(SendState::Queued),
            is_unread: false,
            client_token: None,
            server_hash: String::new(),
            expires: None,
            content: None,
            event: None,
            mentions_us: false,
            quote: None,
        };
        self.db()
            .write(move |writer| messages::insert(writer, &new))
            .await
            .unwrap()
    }

    /// A message of Bob's with these files.
    async fn received(&self, sent_ms: i64, kinds: &[FileKind]) -> (MessageKey, Vec<AttachmentKey>) {
        let message = self.message(false, sent_ms).await;
        let files: Vec<PointedFile> = kinds.iter().map(|kind| pointed(*kind)).collect();
        let keys = self
            .db()
            .write(move |writer| attachments::insert_received(writer, message, &files))
            .await
            .unwrap();
        (message, keys)
    }

    fn put(&self, text: &str) -> SealedFile {
        self.files.put(text.as_bytes()).unwrap()
    }

    async fn stage(&self, id: u8) -> (String, String) {
        let id = hex::encode([id; 16]);
        let local = self.put("a chosen file");
        let name = local.name.clone();
        let staged = StagedFile {
            id: id.clone(),
            facts: facts(FileKind::File),
            thumbnail: None,
            is_as_it_is: false,
        };
        let conversation = self.conversation;
        self.db()
            .write(move |writer| staged::add(writer, Some(conversation), &staged, &local, None, NOW))
            .await
            .unwrap();
        (id, name)
    }

    /// An own message with a chosen file, in the outbox.
    async fn sent_with_file(&self) -> (MessageKey, String) {
        let (id, name) = self.stage(1).await;
        let message = self.message(true, 5).await;
        let row = NewOutboxRow {
            message,
            conversation: self.conversation,
            kind: CopyKind::Recipient,
            destination: BOB.into(),
            after: None,
            sent: Some(later(5)),
            written_local: NOW,
            ttl_ms: 1_000_000,
            queued: NOW,
            give_up: later(1_000_000),
        };
        self.db()
            .write(move |writer| {
                staged::attach(writer, message, &[id])?;
                outbox::enqueue(writer, &row)?;
                outbox::await_uploads(writer, message)
            })
            .await
            .unwrap();
        (message, name)
    }

    async fn states(&self, message: MessageKey) -> Vec<FileState> {
        let rows = self
            .db()
            .read(move |reader| messages::by_keys(reader, &[message]))
            .await
            .unwrap();
        let row = rows.first().unwrap();
        row.attachments.iter().map(|file| file.state).collect()
    }

    async fn gone(&self) -> Vec<String> {
        self.db().read(gone::gone).await.unwrap()
    }

    async fn due(&self) -> usize {
        self.db()
            .read(|reader| outbox::due(reader, NOW, 10))
            .await
            .unwrap()
            .len()
    }
}

fn facts(kind: FileKind) -> FileFacts {
    FileFacts {
        name: "a.bin".into(),
        content_type: "application/octet-stream".into(),
        kind,
        size: Some(13),
        width: None,
        height: None,
        duration_ms: None,
        waveform: Vec::new(),
        is_animated: false,
        is_program: false,
        caption: String::new(),
    }
}

fn pointed(kind: FileKind) -> PointedFile {
    PointedFile {
        pointer: Pointer {
            url: "http://files.test/file/1".into(),
            key: Some(vec![1; 64]),
            digest: Some([2; 32]),
        },
        facts: facts(kind),
    }
}

#[tokio::test]
async fn what_came_is_on_the_server_until_it_is_wanted_and_here_when_it_came() {
    let scene = Scene::new().await;
    let (message, keys) = scene.received(1, &[FileKind::Picture, FileKind::File]).await;
    assert_eq!(scene.states(message).await, [FileState::Remote; 2]);
    let (first, second) = (keys[0], keys[1]);
    let next = scene
        .db()
        .write(move |writer| {
            assert!(transfers::want(writer, first, true)?);
            assert!(transfers::want(writer, second, false)?);
            transfers::next_download(&writer.reader(), NOW)
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        next.attachment, second,
        "a click goes before what comes by itself"
    );
    let local = scene.put("the file");
    let name = local.name.clone();
    let is_wanted = scene
        .db()
        .write(move |writer| {
            assert!(transfers::begin(writer, second, later(60_000))?);
            let facts = facts(FileKind::Audio);
            let kept = Kept {
                local: &local,
                thumbnail: None,
                facts: &facts,
            };
            assert!(transfers::downloaded(writer, second, &kept)?);
            transfers::downloaded(writer, second, &kept)
        })
        .await
        .unwrap();
    assert!(!is_wanted, "only once");
    assert_eq!(
        scene.states(message).await,
        [FileState::Downloading, FileState::Local]
    );
    let found = scene
        .db()
        .read(move |reader| attachments::local(reader, second))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.name, scene.files.get_plain(&name).is_some()), (name, true));
}

#[tokio::test]
async fn files_follow_a_deleted_message_and_one_that_says_nothing_any_more() {
    let scene = Scene::new().await;
    let mut expected = Vec::new();
    for (sent_ms, is_removed) in [(1, true), (2, false)] {
        let (message, keys) = scene.received(sent_ms, &[FileKind::Picture]).await;
        let (key, local) = (keys[0], scene.put("the file"));
        expected.push(local.name.clone());
        scene
            .db()
            .write(move |writer| {
                transfers::want(writer, key, false)?;
                let facts = facts(FileKind::Picture);
                let kept = Kept {
                    local: &local,
                    thumbnail: None,
                    facts: &facts,
                };
                transfers::downloaded(writer, key, &kept)?;
                if is_removed {
                    messages::remove(writer, &[message], NOW)
                } else {
                    messages::delete_for_all(writer, &[message], NOW)
                }
            })
            .await
            .unwrap();
    }
    expected.sort();
    assert_eq!(scene.gone().await, expected);
    let named = scene.db().read(gone::file_names).await.unwrap();
    assert_eq!(named, BTreeSet::new());
    scene
        .db()
        .write(move |writer| gone::removed(writer, &expected))
        .await
        .unwrap();
    assert!(scene.gone().await.is_empty());
}

#[tokio::test]
async fn a_message_waits_until_its_files_are_uploaded() {
    let scene = Scene::new().await;
    let (message, local_name) = scene.sent_with_file().await;
    assert_eq!(
        (scene.states(message).await, scene.due().await),
        (vec![FileState::Queued], 0)
    );
    let upload = scene
        .db()
        .read(|reader| transfers::next_upload(reader, NOW))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(upload.local.as_ref().unwrap().name, local_name);
    let blob = scene.files.put_plain(b"encrypted").unwrap();
    let kept = blob.clone();
    let is_last = scene
        .db()
        .write(move |writer| {
            transfers::begin(writer, upload.attachment, later(60_000))?;
            let with = BlobKey {
                key: vec![1; 64],
                digest: Some([2; 32]),
            };
            assert!(transfers::save_blob(writer, upload.attachment, &kept, &with)?);
            assert_eq!(attachments::sendable(&writer.reader(), message)?, None);
            let is_last = transfers::uploaded(writer, &upload, "http://files.test/file/2", later(9_000))?;
            outbox::uploads_done(writer, message, NOW)?;
            Ok(is_last)
        })
        .await
        .unwrap();
    assert_eq!(is_last, Some(true));
    assert_eq!(
        (scene.states(message).await, scene.due().await),
        (vec![FileState::Uploaded], 1)
    );
    assert!(scene.gone().await.is_empty(), "nothing went with the chosen file");
    scene.db().write(gone::drop_blobs).await.unwrap();
    assert!(scene.gone().await.is_empty(), "it may be uploaded once more");
    scene
        .db()
        .write(move |writer| {
            outbox::delivered(writer, message, NOW)?;
            gone::drop_blobs(writer)
        })
        .await
        .unwrap();
    assert_eq!(scene.gone().await, [blob]);
}

#[tokio::test]
async fn an_upload_in_trouble_holds_up_no_later_message() {
    let scene = Scene::new().await;
    let (message, _) = scene.sent_with_file().await;
    let later_one = scene.message(true, 6).await;
    let row = NewOutboxRow {
        message: later_one,
        conversation: scene.conversation,
        kind: CopyKind::Recipient,
        destination: BOB.into(),
        after: None,
        sent: Some(later(6)),
        written_local: NOW,
        ttl_ms: 1_000_000,
        queued: NOW,
        give_up: later(1_000_000),
    };
    scene
        .db()
        .write(move |writer| outbox::enqueue(writer, &row))
        .await
        .unwrap();
    assert_eq!(scene.due().await, 0, "the order is kept while all goes well");
    scene
        .db()
        .write(move |writer| outbox::note_upload_trouble(writer, message, later(30_000), "timedOut"))
        .await
        .unwrap();
    assert_eq!(scene.due().await, 1);
}

#[tokio::test]
async fn what_the_server_forgot_is_uploaded_again_and_sealed_again() {
    let scene = Scene::new().await;
    let (message, _) = scene.sent_with_file().await;
    let repeated = scene
        .db()
        .write(move |writer| {
            let upload = transfers::next_upload(&writer.reader(), NOW)?.unwrap();
            transfers::uploaded(writer, &upload, "http://files.test/file/2", later(9_000))?;
            outbox::uploads_done(writer, message, NOW)?;
            let early = transfers::repeat_expired(writer, message, later(8_999))?;
            Ok((early, transfers::repeat_expired(writer, message, later(9_000))?))
        })
        .await
        .unwrap();
    assert_eq!(repeated, (false, true));
    assert_eq!(scene.states(message).await, [FileState::Queued]);
    let again = scene
        .db()
        .read(|reader| transfers::next_upload(reader, NOW))
        .await;
    assert!(again.unwrap().is_some());
}

#[tokio::test]
async fn a_try_that_does_not_count_and_one_that_does() {
    let scene = Scene::new().await;
    let (_, keys) = scene.received(1, &[FileKind::File]).await;
    let key = keys[0];
    let attempts = scene
        .db()
        .write(move |writer| {
            transfers::want(writer, key, false)?;
            let mut attempts = Vec::new();
            for counts in [false, true] {
                transfers::begin(writer, key, later(60_000))?;
                let postponed = Postponed {
                    next: later(1),
                    error: "offline",
                    counts,
                };
                transfers::postpone(writer, key, postponed)?;
                let next = transfers::next_download(&writer.reader(), later(1))?;
                attempts.push(next.unwrap().attempts);
            }
            Ok(attempts)
        })
        .await
        .unwrap();
    assert_eq!(attempts, [0, 1]);
}

#[tokio::test]
async fn only_so_much_comes_by_itself_in_a_day() {
    let scene = Scene::new().await;
    let taken = scene
        .db()
        .write(|writer| {
            let mut take = |day, bytes| transfers::take_automatic(writer, day, bytes, 100);
            Ok([
                take(1, 60)?,
                take(1, 41)?,
                take(1, 40)?,
                take(1, 1)?,
                take(2, 100)?,
            ])
        })
        .await
        .unwrap();
    assert_eq!(taken, [true, false, true, false, true]);
}

#[tokio::test]
async fn what_came_takes_the_place_of_what_was_counted_before() {
    let scene = Scene::new().await;
    let has_room = scene
        .db()
        .write(|writer| {
            transfers::take_automatic(writer, 1, 90, 100)?;
            // Nothing came: as if it had not been asked for.
            transfers::settle_automatic(writer, 1, 90, 0)?;
            let after_nothing = transfers::take_automatic(writer, 1, 20, 100)?;
            transfers::settle_automatic(writer, 1, 20, 95)?;
            // Of a day that is over.
            transfers::settle_automatic(writer, 0, 0, 95)?;
            let after_more = [
                transfers::take_automatic(writer, 1, 6, 100)?,
                transfers::take_automatic(writer, 1, 5, 100)?,
            ];
            Ok((after_nothing, after_more))
        })
        .await
        .unwrap();
    assert_eq!(has_room, (true, [false, true]));
}

#[tokio::test]
async fn a_file_that_a_wrong_clock_put_off_for_years_is_due() {
    let scene = Scene::new().await;
    let (_, keys) = scene.received(1, &[FileKind::File]).await;
    let (key, hour) = (keys[0], common::HOUR_MS);
    let due = scene
        .db()
        .write(move |writer| {
            transfers::want(writer, key, false)?;
            let mut due = Vec::new();
            for hours in [1, 9_000] {
                transfers::begin(writer, key, later(hours * hour))?;
                due.push(transfers::next_download(&writer.reader(), NOW)?.is_some());
            }
            Ok(due)
        })
        .await
        .unwrap();
    assert_eq!(due, [false, true]);
}

#[tokio::test]
async fn a_restored_backup_says_what_is_not_here() {
    let scene = Scene::new().await;
    let (_, keys) = scene.received(1, &[FileKind::Picture]).await;
    let (key, local) = (keys[0], scene.put("the file"));
    let (queued, chosen) = scene.sent_with_file().await;
    let missing = BTreeSet::from([local.name.clone(), chosen]);
    let come = scene
        .db()
        .write(move |writer| {
            transfers::want(writer, key, false)?;
            let facts = facts(FileKind::Picture);
            let kept = Kept {
                local: &local,
                thumbnail: None,
                facts: &facts,
            };
            transfers::downloaded(writer, key, &kept)?;
            gone::forget_missing(writer, &missing, "fileGone")?;
            let sql = attachments::local(&writer.reader(), key)?;
            Ok(sql.is_none())
        })
        .await
        .unwrap();
    assert!(come);
    assert_eq!(scene.states(queued).await, [FileState::Failed]);
    let rows = scene
        .db()
        .read(move |reader| messages::by_keys(reader, &[queued]))
        .await
        .unwrap();
    assert_eq!(
        (rows[0].state, rows[0].error.as_str()),
        (Some(SendState::Failed), "fileGone")
    );
}

#[tokio::test]
async fn the_gallery_comes_in_pages_that_tear_no_message_apart() {
    let scene = Scene::new().await;
    for sent_ms in 1..=3 {
        scene
            .received(sent_ms, &[FileKind::Picture, FileKind::Picture, FileKind::File])
            .await;
    }
    let conversation = scene.conversation;
    let kinds = [FileKind::Picture, FileKind::Video];
    let page = scene
        .db()
        .read(move |reader| gallery::files(reader, conversation, &kinds, None, 3))
        .await
        .unwrap();
    let sent: Vec<_> = page.iter().map(|file| file.sent).collect();
    assert_eq!(sent, [later(3), later(3), later(2), later(2)]);
    let before = page.last().unwrap().at;
    let rest = scene
        .db()
        .read(move |reader| gallery::files(reader, conversation, &kinds, Some(before), 3))
        .await
        .unwrap();
    assert_eq!(rest.len(), 2);
}

impl Scene {
    /// A message of Bob's with a file that is here.
    async fn came(&self, sent_ms: i64, size: u64) -> (MessageKey, AttachmentKey, String) {
        let (message, keys) = self.received(sent_ms, &[FileKind::File]).await;
        let (key, local) = (keys[0], self.put("the file"));
        let name = local.name.clone();
        self.db()
            .write(move |writer| {
                transfers::want(writer, key, false)?;
                let facts = FileFacts {
                    size: Some(size),
                    ..facts(FileKind::File)
                };
                let kept = Kept {
                    local: &local,
                    thumbnail: None,
                    facts: &facts,
                };
                transfers::downloaded(writer, key, &kept)
            })
            .await
            .unwrap();
        (message, key, name)
    }

    async fn removable(&self, which: Which) -> Vec<AttachmentKey> {
        let found = self.db().read(move |reader| {
            let page = freeing::page(reader, &which, AttachmentKey(0), 10)?;
            let (files, bytes) = freeing::count(reader, &which)?;
            let sum: u64 = page.iter().map(|file| file.bytes).sum();
            assert_eq!((files as usize, bytes), (page.len(), sum));
            Ok(page)
        });
        found.await.unwrap().iter().map(|file| file.key).collect()
    }
}

const EVERYTHING: Which = Which {
    conversation: None,
    before: Timestamp::from_ms(i64::MAX),
    larger_than: 0,
};

#[tokio::test]
async fn files_go_by_age_by_size_and_by_conversation_and_none_that_is_nowhere_else() {
    let scene = Scene::new().await;
    let (_, old, _) = scene.came(1, 50).await;
    let (_, new, _) = scene.came(1_000, 5_000).await;
    let (queued, _) = scene.sent_with_file().await;
    scene.received(2, &[FileKind::File]).await;
    assert_eq!(scene.removable(EVERYTHING).await, [old, new]);
    let which = Which {
        before: later(1_000),
        ..EVERYTHING
    };
    assert_eq!(scene.removable(which).await, [old]);
    let which = Which {
        larger_than: 50,
        ..EVERYTHING
    };
    assert_eq!(scene.removable(which).await, [new]);
    let which = Which {
        conversation: Some(ConversationKey(9_999)),
        ..EVERYTHING
    };
    assert!(scene.removable(which).await.is_empty());
    assert_eq!(scene.states(queued).await, [FileState::Queued]);
}

#[tokio::test]
async fn a_file_that_went_can_be_fetched_while_the_server_has_it() {
    let scene = Scene::new().await;
    let (message, key, name) = scene.came(1, 50).await;
    let forget = |now| {
        scene
            .db()
            .write(move |writer| freeing::forget(writer, &[key], now))
    };
    forget(later(60_000)).await.unwrap();
    assert_eq!(scene.states(message).await, [FileState::Remote]);
    assert_eq!(scene.gone().await, [name]);
    assert!(scene.removable(EVERYTHING).await.is_empty());
    forget(later(15 * 24 * common::HOUR_MS)).await.unwrap();
    assert_eq!(scene.states(message).await, [FileState::Remote], "only once");
    let (message, key, _) = scene.came(2, 50).await;
    let is_wanted = scene
        .db()
        .write(move |writer| {
            freeing::forget(writer, &[key], later(15 * 24 * common::HOUR_MS))?;
            let row = messages::by_keys(&writer.reader(), &[message])?.remove(0);
            assert_eq!(row.attachments[0].state, FileState::Expired);
            transfers::want(writer, key, false)
        })
        .await
        .unwrap();
    assert!(is_wanted, "one may try all the same");
}

impl Scene {
    /// A file that came goes from this device and comes again; answers its small picture then.
    async fn comes_again(
        &self,
        (message, key): (MessageKey, AttachmentKey),
        kind: FileKind,
        small: Option<SealedFile>,
    ) -> Option<String> {
        let local = self.put("the file again");
        let came = self.db().write(move |writer| {
            freeing::forget(writer, &[key], NOW)?;
            transfers::want(writer, key, false)?;
            let facts = facts(kind);
            let kept = Kept {
                local: &local,
                thumbnail: small.as_ref(),
                facts: &facts,
            };
            transfers::downloaded(writer, key, &kept)
        });
        assert!(came.await.unwrap());
        let rows = self
            .db()
            .read(move |reader| messages::by_keys(reader, &[message]));
        let mut files = rows.await.unwrap().remove(0).attachments.into_iter();
        files.find(|file| file.key == key)?.thumbnail
    }
}

#[tokio::test]
async fn what_comes_a_second_time_leaves_no_small_picture_behind_and_a_film_keeps_its_own() {
    let scene = Scene::new().await;
    let (message, keys) = scene.received(1, &[FileKind::Picture, FileKind::Video]).await;
    let (picture, film) = ((message, keys[0]), (message, keys[1]));
    let (old, drawn) = (scene.put("small"), scene.put("drawn"));
    let names = (old.name.clone(), drawn.name.clone());
    assert_eq!(
        scene.comes_again(picture, FileKind::Picture, Some(old)).await,
        Some(names.0.clone())
    );
    assert_eq!(scene.comes_again(film, FileKind::Video, None).await, None);
    let set = scene.db().write(move |writer| {
        let poster = Poster {
            file: &drawn,
            width: 704,
            height: 396,
            duration_ms: Some(5_000),
        };
        posters::of_message(writer, film.1, &poster)
    });
    assert!(set.await.unwrap());
    let gone = scene.gone().await;
    assert!(!gone.contains(&names.0) && !gone.contains(&names.1));

    let new = scene.put("small again");
    let name = new.name.clone();
    assert_eq!(
        scene.comes_again(picture, FileKind::Picture, Some(new)).await,
        Some(name)
    );
    assert!(scene.gone().await.contains(&names.0), "nobody names it any more");
    assert_eq!(
        scene.comes_again(film, FileKind::Video, None).await,
        Some(names.1.clone())
    );
    assert!(!scene.gone().await.contains(&names.1), "it is shown still");
}

#[tokio::test]
async fn it_is_known_what_each_file_is() {
    let scene = Scene::new().await;
    let (_, _, name) = scene.came(1, 50).await;
    let (_, chosen) = scene.stage(7).await;
    let parts = scene.db().read(usage::parts).await.unwrap();
    let of_bob = Part::File {
        conversation: BOB.into(),
        kind: FileKind::File,
    };
    assert_eq!(
        (parts.get(&name), parts.get(&chosen)),
        (Some(&of_bob), Some(&Part::Waiting))
    );
    assert_eq!(parts.len(), 2);
}

fn seeds() -> Card {
    Card::Preview {
        url: "https://seeds.example/".into(),
        title: "Seeds".into(),
    }
}

async fn shown(scene: &Scene, message: MessageKey) -> Message {
    let rows = scene
        .db()
        .read(move |reader| messages::by_keys(reader, &[message]));
    rows.await.unwrap().remove(0)
}

#[tokio::test]
async fn the_picture_of_a_preview_is_no_file_among_the_others_and_goes_with_its_message() {
    let scene = Scene::new().await;
    let (message, keys) = scene.received(1, &[FileKind::Picture]).await;
    let conversation = scene.conversation;
    let picture = scene
        .db()
        .write(move |writer| {
            messages::set_card(writer, message, &seeds())?;
            attachments::insert_of_preview(writer, message, &pointed(FileKind::Picture))
        })
        .await
        .unwrap();
    let row = shown(&scene, message).await;
    assert!(row.card == Some(seeds()));
    assert_eq!(
        row.attachments.iter().map(|file| file.key).collect::<Vec<_>>(),
        keys
    );
    assert_eq!(row.card_picture.map(|file| file.key), Some(picture));
    let gallery = scene
        .db()
        .read(move |reader| gallery::files(reader, conversation, &[FileKind::Picture], None, 10));
    assert_eq!(gallery.await.unwrap().len(), 1);
    let removed = scene.db().write(move |writer| {
        messages::delete_here(writer, &[message], NOW)?;
        attachments::find(&writer.reader(), message, OF_PREVIEW)
    });
    assert!(removed.await.unwrap().is_none());
    assert!(shown(&scene, message).await.card.is_none());
}

#[tokio::test]
async fn a_preview_whose_picture_is_given_up_keeps_nothing_waiting() {
    let scene = Scene::new().await;
    let (message, file) = scene.sent_with_file().await;
    let (id, picture) = scene.stage(2).await;
    let is_whole = scene.db().write(move |writer| {
        messages::set_card(writer, message, &seeds())?;
        assert!(staged::attach_to_preview(writer, message, &id)?);
        assert!(
            !staged::attach_to_preview(writer, message, &id)?,
            "it is not chosen any more"
        );
        outbox::await_uploads(writer, message)?;
        transfers::drop_of_preview(writer, message)
    });
    assert_eq!(
        is_whole.await.unwrap(),
        Some(false),
        "a file is to be uploaded still"
    );
    assert_eq!(scene.gone().await, [picture]);
    assert_eq!(shown(&scene, message).await.attachments.len(), 1);
    let again = scene
        .db()
        .write(move |writer| transfers::drop_of_preview(writer, message));
    assert_eq!(again.await.unwrap(), None);
    assert!(scene.files.get_plain(&file).is_some());
}
