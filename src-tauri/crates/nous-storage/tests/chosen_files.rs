//! Files that were chosen and taken back, films that get a picture, and messages of earlier versions.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_storage::attachments::posters::{self, Poster};
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::{self, FileFacts, FileKind, PointedFile, Pointer, earlier, gone};
use nous_storage::conversations;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, MessageKind, NewMessage, Quote, SendState};
use nous_storage::profile::Profile;
use nous_storage::sealed_files::SealedFiles;

const OWN: AccountId = AccountId::from_x25519([255; 32]);
const BOB: AccountId = AccountId::from_x25519([2; 32]);

async fn conversation(profile: &Profile) -> ConversationKey {
    let db = profile.database();
    db.write(|writer| conversations::ensure(writer, BOB, NOW))
        .await
        .unwrap()
}

fn message(conversation: ConversationKey, is_own: bool) -> NewMessage {
    NewMessage {
        conversation,
        author: if is_own { OWN } else { BOB },
        is_own,
        is_received: !is_own,
        kind: MessageKind::Text,
        body: String::new(),
        sent: later(1),
        received: NOW,
        order: later(1),
        state: is_own.then_some(SendState::Queued),
        is_unread: false,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}

fn facts(kind: FileKind) -> FileFacts {
    FileFacts {
        name: "a".into(),
        content_type: "x/y".into(),
        kind,
        size: Some(8),
        width: None,
        height: None,
        duration_ms: None,
        waveform: Vec::new(),
        is_animated: false,
        is_program: false,
        caption: String::new(),
    }
}

async fn stage(profile: &Profile, kind: FileKind, id: u8) -> String {
    stage_so(profile, kind, id, false).await
}

async fn stage_so(profile: &Profile, kind: FileKind, id: u8, is_as_it_is: bool) -> String {
    let db = profile.database();
    let local = SealedFiles::beside(db).put(b"the file").unwrap();
    let staged = StagedFile {
        id: hex::encode([id; 16]),
        facts: facts(kind),
        thumbnail: None,
        is_as_it_is,
    };
    let id = staged.id.clone();
    db.write(move |writer| staged::add(writer, None, &staged, &local, None, NOW))
        .await
        .unwrap();
    id
}

async fn attached(profile: &Profile, ids: Vec<String>) -> MessageKey {
    let new = message(conversation(profile).await, true);
    let attach = profile.database().write(move |writer| {
        let key = messages::insert(writer, &new)?;
        staged::attach(writer, key, &ids)?;
        Ok(key)
    });
    attach.await.unwrap()
}

#[tokio::test]
async fn files_of_a_message_that_is_taken_back_stand_in_the_draft_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let (first, second) = (
        stage(&profile, FileKind::Picture, 1).await,
        stage(&profile, FileKind::Video, 2).await,
    );
    let key = attached(&profile, vec![second, first]).await;
    let draft = conversation(&profile).await;
    let taken = profile.database().write(move |writer| {
        let number = std::cell::Cell::new(9_u8);
        let id = || {
            number.set(number.get() - 1);
            hex::encode([number.get(); 16])
        };
        staged::take_back(writer, key, draft, NOW, id)?;
        messages::delete_here(writer, &[key], NOW)?;
        let kinds = staged::of_draft(&writer.reader(), draft)?;
        Ok((kinds, gone::gone(&writer.reader())?))
    });
    let (staged, gone) = taken.await.unwrap();
    let kinds: Vec<FileKind> = staged.iter().map(|file| file.facts.kind).collect();
    assert_eq!(kinds, [FileKind::Video, FileKind::Picture]);
    assert!(gone.is_empty(), "the files are still named");
}

#[tokio::test]
async fn a_file_that_goes_as_it_is_is_known_as_one_in_the_draft_and_when_it_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let (whole, other) = (
        stage_so(&profile, FileKind::Picture, 1, true).await,
        stage(&profile, FileKind::Picture, 2).await,
    );
    let ids = vec![whole, other];
    let chosen = ids.clone();
    let found = profile
        .database()
        .read(move |reader| staged::by_ids(reader, &chosen));
    let ways = |files: Vec<StagedFile>| -> Vec<bool> { files.iter().map(|file| file.is_as_it_is).collect() };
    assert_eq!(ways(found.await.unwrap()), [true, false]);
    let key = attached(&profile, ids).await;
    let draft = conversation(&profile).await;
    let taken = profile.database().write(move |writer| {
        let number = std::cell::Cell::new(7_u8);
        let id = || {
            number.set(number.get() + 1);
            hex::encode([number.get(); 16])
        };
        staged::take_back(writer, key, draft, NOW, id)?;
        staged::of_draft(&writer.reader(), draft)
    });
    assert_eq!(ways(taken.await.unwrap()), [true, false]);
}

#[tokio::test]
async fn a_film_gets_one_picture_and_other_files_none() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let (film, picture) = (
        stage(&profile, FileKind::Video, 1).await,
        stage(&profile, FileKind::Picture, 2).await,
    );
    let files = SealedFiles::beside(profile.database());
    let (one, other) = (files.put(b"drawn").unwrap(), files.put(b"again").unwrap());
    let name = one.name.clone();
    let set = profile.database().write(move |writer| {
        let poster = |file| Poster {
            file,
            width: 640,
            height: 360,
            duration_ms: Some(5_000),
        };
        let kept = [
            posters::of_staged(writer, &film, &poster(&one))?,
            posters::of_staged(writer, &film, &poster(&other))?,
            posters::of_staged(writer, &picture, &poster(&other))?,
        ];
        let found = staged::by_ids(&writer.reader(), std::slice::from_ref(&film))?;
        let shown = attachments::thumbnail(&writer.reader(), &one.name)?;
        Ok((kept, found, shown.map(|file| file.name)))
    });
    let (kept, found, shown) = set.await.unwrap();
    assert_eq!(kept, [true, false, false]);
    let facts = &found.first().unwrap().facts;
    assert_eq!(
        (facts.width, facts.height, facts.duration_ms),
        (Some(640), Some(360), Some(5_000))
    );
    assert_eq!(shown, Some(name));
}

#[tokio::test]
async fn an_answer_shows_what_the_first_file_of_the_original_is_until_the_original_goes() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let (film, document) = (
        stage(&profile, FileKind::Video, 1).await,
        stage(&profile, FileKind::File, 2).await,
    );
    let drawn = SealedFiles::beside(profile.database()).put(b"drawn").unwrap();
    let (name, of) = (drawn.name.clone(), film.clone());
    let set = profile.database().write(move |writer| {
        let poster = Poster {
            file: &drawn,
            width: 640,
            height: 360,
            duration_ms: None,
        };
        posters::of_staged(writer, &of, &poster)
    });
    assert!(set.await.unwrap());
    let original = attached(&profile, vec![film, document]).await;
    let answer = NewMessage {
        sent: later(2),
        order: later(2),
        quote: Some(Quote {
            author: OWN,
            sent: later(1),
        }),
        ..message(conversation(&profile).await, false)
    };
    let read = profile.database().write(move |writer| {
        let answer = messages::insert(writer, &answer)?;
        let before = messages::by_keys(&writer.reader(), &[answer])?.remove(0);
        messages::delete_for_all(writer, &[original], NOW)?;
        let after = messages::by_keys(&writer.reader(), &[answer])?.remove(0);
        Ok((before.quote.unwrap(), after.quote.unwrap()))
    });
    let (before, after) = read.await.unwrap();
    assert_eq!(
        (before.file, before.thumbnail),
        (Some(FileKind::Video), Some(name))
    );
    assert!(after.is_deleted && after.file.is_none() && after.thumbnail.is_none());
}

#[tokio::test]
async fn an_earlier_message_gets_its_files_once_and_is_shown_as_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let new = NewMessage {
        kind: MessageKind::Unsupported,
        content: Some(vec![1, 2, 3]),
        ..message(conversation(&profile).await, false)
    };
    let read = profile.database().write(move |writer| {
        let key = messages::insert(writer, &new)?;
        let kept = earlier::kept(&writer.reader(), MessageKey(0), 10)?;
        let file = PointedFile {
            pointer: Pointer {
                url: "http://files.test/file/1".into(),
                key: Some(vec![1; 64]),
                digest: Some([2; 32]),
            },
            facts: facts(FileKind::File),
        };
        let given = [
            earlier::give(writer, key, std::slice::from_ref(&file))?,
            earlier::give(writer, key, &[file])?,
        ];
        let rows = messages::by_keys(&writer.reader(), &[key])?;
        Ok((kept, given, rows))
    });
    let (kept, given, rows) = read.await.unwrap();
    assert_eq!(kept.first().unwrap().content, [1, 2, 3]);
    assert_eq!(given, [true, false]);
    let row = rows.first().unwrap();
    assert_eq!((row.kind, row.attachments.len()), (MessageKind::Text, 1));
}
