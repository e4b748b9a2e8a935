//! What disappeared leaves nothing on the disk: on no page of the database, of its log and of its backups,
//! in use or free, in no file of the profile, and in none for a while.
//!
//! The search knows the profile's key. Before the message ends it finds what it looks for.
//!
//! Source: `messages.md` §9, `architecture.md` §10.

use std::fs;
use std::path::{Path, PathBuf};

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use nous_api::rows::{Timer, TimerKind};
use nous_api::timers;
use nous_protocol::time::Timestamp;
use nous_storage::attachments;
use nous_storage::db::every_cell;
use nous_storage::ids::AttachmentKey;
use nous_storage::key::KeyringUse;
use nous_storage::profile::{Profile, UnlockOptions};
use nous_storage::sealed_files::SealedFiles;
use serde_json::Value;

use crate::child::Child;
use crate::scene::Scene;

const PAGE: usize = 4_096;
/// IV and MAC, behind the content of each page.
const RESERVED: usize = 80;
/// Before the content of the first page, in clear.
const SALT: usize = 16;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

const GOES: &str = "quincunx and nothing else";
/// Of its word what an index of words keeps, whatever word stands before it.
const TAIL: &[u8] = b"incunx";
const STAYS: &str = "evergreen as ever";

/// The key of the database of a profile that nothing but the account of the computer protects.
fn key_of(profile: &Path) -> [u8; 32] {
    let text = fs::read(profile.join("key.json")).expect("a key file");
    let file: Value = serde_json::from_slice(&text).expect("JSON");
    let word = |place: &str| file.pointer(place).and_then(Value::as_str).expect("a text");
    let bytes = |place: &str| hex::decode(word(place)).expect("digits");
    let wrapping: [u8; 32] = bytes("/wrapped/wrappingKey").try_into().expect("32 bytes");
    let nonce: [u8; 24] = bytes("/wrapped/sealed/nonce").try_into().expect("24 bytes");
    let sealed = bytes("/wrapped/sealed/ciphertext");
    let payload = Payload {
        msg: &sealed,
        aad: word("/profileId").as_bytes(),
    };
    let cipher = XChaCha20Poly1305::new((&wrapping).into());
    let key = cipher.decrypt(&XNonce::from(nonce), payload).expect("the key");
    key.try_into().expect("32 bytes")
}

/// The sealed pages of a database, or of a log, with their numbers.
fn sealed_pages(content: &[u8], is_log: bool) -> Vec<(u32, &[u8])> {
    if !is_log {
        return (1..).zip(content.chunks_exact(PAGE)).collect();
    }
    let frames = content.get(WAL_HEADER..).unwrap_or_default();
    let frames = frames.chunks_exact(FRAME_HEADER + PAGE).map(|frame| {
        let (header, page) = frame.split_at(FRAME_HEADER);
        let number = header[..4].try_into().expect("a number");
        (u32::from_be_bytes(number), page)
    });
    frames.collect()
}

fn opened(number: u32, sealed: &[u8], key: &[u8; 32]) -> Vec<u8> {
    let (content, rest) = sealed.split_at(PAGE - RESERVED);
    let clear = if number == 1 { SALT } else { 0 };
    let mut content = content[clear..].to_vec();
    let iv: [u8; 16] = rest[..16].try_into().expect("an IV");
    Decryptor::<Aes256>::new(key.into(), &iv.into())
        .decrypt_padded::<NoPadding>(&mut content)
        .expect("whole blocks");
    content
}

/// Everything of a profile on the disk, and a folder for temporary files.
struct Disk {
    profile: PathBuf,
    temporary: PathBuf,
    key: [u8; 32],
}

impl Disk {
    /// The names of the files that hold these bytes, as they are, or once their pages are opened.
    fn holding(&self, bytes: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for folder in [&self.profile, &self.temporary] {
            for file in files(folder) {
                if self.holds(&file, bytes) {
                    let name = file.strip_prefix(folder).expect("inside");
                    names.push(name.to_str().expect("a name").to_owned());
                }
            }
        }
        names.sort();
        names
    }

    fn holds(&self, file: &Path, bytes: &[u8]) -> bool {
        let content = fs::read(file).expect("a file");
        let is_in = |part: &[u8]| part.windows(bytes.len()).any(|window| window == bytes);
        let end = file.extension().and_then(|end| end.to_str());
        let is_log = end == Some("db-wal");
        if is_in(&content) || !is_log && end != Some("db") {
            return is_in(&content);
        }
        let pages = sealed_pages(&content, is_log).into_iter();
        pages
            .map(|(number, sealed)| opened(number, sealed, &self.key))
            .any(|page| is_in(&page))
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// What is known of the one file in a profile.
struct Known {
    /// What it, its thumbnail and its copy at the server are sealed with.
    keys: Vec<Vec<u8>>,
    /// A piece of it as it is shown.
    piece: Vec<u8>,
}

/// Looks into a profile that nobody has open, and makes a backup of it.
async fn look_into(scene: &Scene, profile: &Path) -> Known {
    let now = Timestamp::from_ms(scene.control().now_ms());
    let options = UnlockOptions {
        keyring: KeyringUse::Off,
        ..UnlockOptions::new(now)
    };
    let open = Profile::open_or_create(profile, &options).expect("a profile");
    let db = open.database();
    let cells = db.read(every_cell).await.expect("every cell");
    let of = |place: &str| -> Vec<Vec<u8>> {
        let found = cells.iter().filter(|cell| cell.place == place);
        let found = found.filter(|cell| !cell.bytes.is_empty());
        found.map(|cell| cell.bytes.clone()).collect()
    };
    let keys = ["local_key", "thumbnail_key", "file_key"].map(|name| of(&format!("attachments.{name}")));
    let id = String::from_utf8(of("attachments.id").concat()).expect("digits");
    let id: i64 = id.parse().expect("one number");
    let local = db.read(move |reader| attachments::local(reader, AttachmentKey(id)));
    let local = local.await.expect("a row").expect("a file that is here");
    let files = SealedFiles::beside(db);
    let mut reader = files.reader(&local).expect("the file itself");
    let content = reader.read_whole(0).expect("all of it");
    let middle = content.len() / 2;
    open.back_up(now).await.expect("a backup");
    open.close().await;
    Known {
        keys: keys.concat(),
        piece: content[middle..middle + 48].to_vec(),
    }
}

/// A picture that nothing makes much smaller, and where it lies.
fn picture(scene: &Scene) -> String {
    let path = scene.profile("a picture.jpg");
    let shade = |x: u32, y: u32| u8::try_from((x * 31 + y * 17 + x * y) % 256).expect("small");
    let drawn = image::RgbImage::from_fn(900, 700, |x, y| image::Rgb([shade(x, y), shade(y, x), 90]));
    drawn.save(&path).expect("a picture");
    path.to_str().expect("a path").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_disappeared_is_nowhere_on_the_disk_nor_is_its_file() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, STAYS).await;
    bob.until_text(&alice.id, STAYS).await;
    bob.send(&alice.id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    let half_a_day = Timer {
        kind: TimerKind::AfterSend,
        seconds: 43_200,
    };
    let with_bob = alice.conversation(&bob.id).await;
    let set = timers::set_timer(&alice.app, with_bob, half_a_day).await;
    set.expect("set");
    let (alice_id, bob_id) = (alice.id.clone(), bob.id.clone());
    for person in [&alice, &bob] {
        person.app.shutdown().await;
    }
    let picture = picture(&scene);
    let send = ["send-file", &bob_id, GOES, &picture];
    Child::of(&scene, "Alice").finish("send.", &send).await;

    let (profile, temporary) = (scene.profile("Bob"), scene.profile("for a while"));
    let child = Child::of(&scene, "Bob").with_temporary(temporary.clone());
    let disk = Disk {
        key: key_of(&profile),
        profile,
        temporary,
    };
    // Killed as soon as the file is here: the log is as it was.
    child
        .die("download.committed", &["fetch", &alice_id, GOES, &picture])
        .await;
    for bytes in [GOES.as_bytes(), TAIL] {
        let found = disk.holding(bytes);
        let is_expected = |name: &String| name == "nous.db" || name == "nous.db-wal";
        assert!(!found.is_empty() && found.iter().all(is_expected), "{found:?}");
    }
    let known = look_into(&scene, &disk.profile).await;
    assert_eq!(known.keys.len(), 3, "of the file, its thumbnail, its copy");
    for key in &known.keys {
        assert_eq!(disk.holding(key), ["nous.db"]);
    }
    assert_eq!(disk.holding(GOES.as_bytes()), ["nous.db"], "in no backup");
    assert_eq!(disk.holding(STAYS.as_bytes()).len(), 2, "in the backup too");
    let nowhere = Vec::<String>::new();
    assert_eq!(disk.holding(&known.piece), nowhere, "the file is sealed");
    let attachments = disk.profile.join("attachments");
    assert_eq!(files(&attachments).len(), 2);

    scene.control().advance_ms(13 * 3_600_000);
    // Killed before the log is emptied; the next start does it.
    child.die("expiry.erased", &["stay"]).await;
    child.die("log.emptied", &["stay"]).await;
    let gone = |disk: &Disk| {
        let looked_for = known.keys.iter().map(Vec::as_slice);
        let looked_for = looked_for.chain([GOES.as_bytes(), TAIL, &known.piece]);
        looked_for
            .flat_map(|bytes| disk.holding(bytes))
            .collect::<Vec<String>>()
    };
    assert_eq!(gone(&disk), nowhere);
    child.finish("files.", &["round"]).await;
    assert_eq!(files(&attachments).len(), 0);
    assert_eq!(gone(&disk), nowhere);
    assert!(disk.profile.join("webview").is_dir());
    assert_eq!(disk.holding(STAYS.as_bytes()).len(), 2, "the rest is as it was");
}
