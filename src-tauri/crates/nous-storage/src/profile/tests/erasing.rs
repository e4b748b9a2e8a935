//! Whatever is written, changed and erased: what was erased is on no page afterwards, the rest as it was.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use proptest::prelude::*;

use super::traces::{AUTHOR, message, pages};
use super::*;
use crate::ids::{ConversationKey, MessageKey};
use crate::{conversations, messages, search};

/// So many letters of a word are looked for at once; a word has two pieces.
const PIECE: usize = 8;

/// What is done to the messages of a profile. Messages are told by a number, modulo how many there are.
#[derive(Debug, Clone)]
enum Deed {
    /// Each of some messages says a word of its own so many times.
    Write(Vec<usize>),
    /// A message says another word so many times.
    Change(usize, usize),
    /// Some go without a trace.
    Remove(Vec<usize>),
    /// One is deleted for all: its row stays.
    Empty(usize),
    /// Half of them go at once, as many do.
    Clear,
    /// Pages that hold nothing are given back to the disk.
    GiveBack(u32),
    /// Parts of the index are merged.
    Merge(i64),
    /// No trace is left.
    LeaveNone,
}

/// Mostly short texts, and some that need pages of their own.
fn times() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 1..20_usize, 1 => 200..800_usize]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => prop::collection::vec(times(), 1..16).prop_map(Deed::Write),
        4 => (any::<usize>(), times()).prop_map(|(which, times)| Deed::Change(which, times)),
        4 => prop::collection::vec(any::<usize>(), 1..8).prop_map(Deed::Remove),
        1 => any::<usize>().prop_map(Deed::Empty),
        1 => Just(Deed::Clear),
        2 => (1..40_u32).prop_map(Deed::GiveBack),
        2 => (1..4_i64).prop_map(Deed::Merge),
        2 => Just(Deed::LeaveNone),
    ]
}

/// Letters that no other word has anywhere.
fn word(number: u32) -> String {
    let mut state = u64::from(number) + 1;
    let letters = (0..2 * PIECE).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    });
    letters.collect()
}

/// A profile, and what has to stand in it.
struct Book {
    dir: tempfile::TempDir,
    profile: Profile,
    conversation: ConversationKey,
    now: Timestamp,
    words: u32,
    /// The word and the text of each message that says something.
    said: BTreeMap<MessageKey, (String, String)>,
    gone: Vec<String>,
}

impl Book {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::open_or_create(dir.path(), &options()).unwrap();
        let now = options().now;
        let db = profile.database();
        let ensured = db.write(move |writer| conversations::ensure(writer, AUTHOR, now));
        let conversation = ensured.await.unwrap();
        Self {
            dir,
            profile,
            conversation,
            now,
            words: 0,
            said: BTreeMap::new(),
            gone: Vec::new(),
        }
    }

    fn text(&mut self, times: usize) -> (String, String) {
        self.words += 1;
        let word = word(self.words);
        let text = vec![word.as_str(); times].join(" ");
        (word, text)
    }

    fn pick(&self, which: usize) -> Option<MessageKey> {
        let keys = self.said.keys();
        keys.copied().nth(which.checked_rem(self.said.len())?)
    }

    fn forget(&mut self, keys: &[MessageKey]) {
        let gone = keys.iter().filter_map(|key| self.said.remove(key));
        self.gone.extend(gone.map(|(word, _)| word));
    }

    async fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Write(times) => self.write(times).await,
            Deed::Change(which, times) => self.change(which, times).await,
            Deed::Remove(which) => {
                let mut keys: Vec<_> = which.into_iter().filter_map(|one| self.pick(one)).collect();
                keys.dedup();
                self.remove(keys, false).await;
            }
            Deed::Empty(which) => {
                let Some(key) = self.pick(which) else { return };
                self.forget(&[key]);
                let now = self.now;
                let emptied = self
                    .profile
                    .database()
                    .write(move |writer| messages::delete_for_all(writer, &[key], now));
                emptied.await.unwrap();
            }
            Deed::Clear => {
                let keys = self.said.keys().step_by(2).copied().collect();
                self.remove(keys, true).await;
            }
            Deed::GiveBack(most) => self.profile.database().give_back(most).await.unwrap(),
            Deed::Merge(pages) => {
                let merged = self.profile.database().write(move |writer| {
                    let sql = "INSERT INTO message_words (message_words, rank) VALUES ('merge', ?1)";
                    Ok(writer.conn().execute(sql, [pages])?)
                });
                merged.await.unwrap();
            }
            Deed::LeaveNone => self.leave_none().await,
        }
    }

    async fn write(&mut self, times: Vec<usize>) {
        let texts: Vec<_> = times.into_iter().map(|times| self.text(times)).collect();
        let (written, conversation, now) = (texts.clone(), self.conversation, self.now);
        let first = self.words;
        let keys = self.profile.database().write(move |writer| {
            let mut keys = Vec::new();
            for (number, (word, text)) in (first..).zip(&written) {
                let content = format!("content of {word}");
                let sent = now + Duration::from_millis(number.into());
                let new = message(conversation, number, sent, text.clone(), content);
                keys.push(messages::insert(writer, &new)?);
            }
            Ok(keys)
        });
        self.said.extend(keys.await.unwrap().into_iter().zip(texts));
    }

    async fn change(&mut self, which: usize, times: usize) {
        let Some(key) = self.pick(which) else { return };
        let (word, text) = self.text(times);
        let values = (key, text.clone(), format!("content of {word}").into_bytes());
        let changed = self.profile.database().write(move |writer| {
            let sql = "UPDATE messages SET body = ?2, content = ?3 WHERE id = ?1";
            Ok(writer.conn().execute(sql, values)?)
        });
        assert_eq!(changed.await, Ok(1));
        self.forget(&[key]);
        self.said.insert(key, (word, text));
    }

    async fn remove(&mut self, keys: Vec<MessageKey>, are_many: bool) {
        self.forget(&keys);
        let now = self.now;
        let removed = self.profile.database().write(move |writer| {
            search::in_bulk(writer, are_many, |writer| messages::remove(writer, &keys, now))
        });
        removed.await.unwrap();
    }

    async fn leave_none(&mut self) {
        let db = self.profile.database();
        while db.read(search::is_due).await.unwrap() {
            db.write(search::work).await.unwrap();
        }
        self.now = self.now + Duration::from_secs(61);
        assert!(db.truncate_wal(self.now.since(options().now)).await.unwrap());
        self.look_for_gone(&["nous.db", "nous.db-wal"].map(|name| self.dir.path().join(name)));
    }

    /// No piece of a word that is gone stands on a page of these files.
    fn look_for_gone(&self, files: &[PathBuf]) {
        let key = key_of(self.dir.path());
        let pieces: HashSet<&[u8]> = self
            .gone
            .iter()
            .flat_map(|word| word.as_bytes().chunks_exact(PIECE))
            .collect();
        for file in files {
            for (number, page) in (1..).zip(pages(file, &key)) {
                let found = page.windows(PIECE).find(|part| pieces.contains(part));
                let found = found.map(String::from_utf8_lossy);
                assert_eq!(found, None, "page {number} of {}", file.display());
            }
        }
    }

    /// What was not erased stands there as it was, in the table and in the index.
    async fn look_for_said(&self) {
        let looked = self.profile.database().upkeep(|conn| {
            conn.execute(
                "INSERT INTO message_words (message_words) VALUES ('integrity-check')",
                [],
            )?;
            let sound: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            let mut statement = conn.prepare("SELECT id, body FROM messages WHERE kind = 0 ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok((sound, rows.collect::<Result<BTreeMap<MessageKey, String>, _>>()?))
        });
        let (sound, rows) = looked.await.unwrap();
        assert_eq!(sound, "ok");
        let said = self.said.iter().map(|(key, (_, text))| (*key, text.clone()));
        assert_eq!(rows, said.collect::<BTreeMap<_, _>>());
        for (key, (word, _)) in self.said.iter().take(20) {
            let expression = format!("\"{word}\"");
            let found = self.profile.database().read(move |reader| {
                let sql = "SELECT rowid FROM message_words WHERE message_words MATCH ?1";
                let found = reader.conn().query_row(sql, [expression], |row| row.get(0));
                Ok::<MessageKey, _>(found?)
            });
            assert_eq!(found.await, Ok(*key), "{word}");
        }
    }
}

async fn tell(deeds: Vec<Deed>) {
    let mut book = Book::open().await;
    for deed in deeds {
        book.act(deed).await;
    }
    book.leave_none().await;
    book.look_for_said().await;
    let backup = book.profile.back_up(book.now).await.unwrap().path;
    book.look_for_gone(&[backup]);
    book.act(Deed::Write(vec![3])).await;
    book.profile.close().await;
    assert!(
        !book.dir.path().join("nous.db-wal").exists(),
        "it went into the file"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn what_was_erased_is_on_no_page_and_the_rest_is_as_it_was(
        deeds in prop::collection::vec(deed(), 1..40),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(tell(deeds));
    }
}
