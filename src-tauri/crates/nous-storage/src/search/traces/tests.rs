#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::db::{Database, DatabaseOptions};
use crate::ids::MessageKey;
use crate::search::{in_bulk, is_due, work};
use crate::secret::DatabaseKey;
use crate::words::index_words;
use crate::{conversations, messages};

const NOW: Timestamp = Timestamp::from_ms(1_795_478_400_000);
/// So many bytes of the index on a page: few, so that there are many pages.
const PAGE: i64 = 100;

struct Fixture {
    _folder: tempfile::TempDir,
    db: Database,
}

async fn open() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::from_bytes([1; 32]);
    let db = Database::open(&folder.path().join("nous.db"), &key, DatabaseOptions::default()).unwrap();
    let small = db.write(|writer| {
        let sql = "INSERT INTO message_words (message_words, rank) VALUES ('pgsz', ?1)";
        Ok(writer.conn().execute(sql, [PAGE])?)
    });
    small.await.unwrap();
    Fixture { _folder: folder, db }
}

fn write(writer: &mut Writer<'_>, body: &str) -> Result<MessageKey, StorageError> {
    let author = AccountId::from_x25519([2; 32]);
    let with = conversations::ensure(writer, author, NOW)?;
    writer.conn().execute(
        "INSERT INTO messages (conversation, author, is_own, is_received, body, sent_ms, order_ms, received_ms)
         VALUES (?1, ?2, 0, 1, ?3, ?4, ?4, ?4)",
        (with, author.to_bytes().to_vec(), body, NOW.as_ms()),
    )?;
    Ok(MessageKey(writer.conn().last_insert_rowid()))
}

/// The entries that messages have in the index: their words, and the beginnings of these.
fn entries(conn: &Connection) -> Result<BTreeSet<Vec<u8>>, StorageError> {
    let mut statement = conn.prepare("SELECT body, conversation, author, order_ms, media FROM messages")?;
    let words = statement.query_map([], |row| {
        let (body, author): (String, Vec<u8>) = (row.get(0)?, row.get(2)?);
        Ok(index_words(&body, row.get(1)?, &author, row.get(3)?, row.get(4)?))
    })?;
    let mut entries = BTreeSet::new();
    for words in words {
        for word in words?.split_ascii_whitespace() {
            entries.insert(format!("0{word}").into_bytes());
            entries.insert(format!("1{}", &word[..word.len().min(2)]).into_bytes());
        }
    }
    Ok(entries)
}

/// Separators that no entry begins with.
fn stale(conn: &Connection) -> Result<usize, StorageError> {
    let entries = entries(conn)?;
    let places = places_behind(conn, &Place::default())?;
    let is_stale = |place: &&(Place, i64)| {
        let separator = &place.0.separator;
        let next = entries.range(separator.clone()..).next();
        !next.is_some_and(|entry| entry.starts_with(separator))
    };
    Ok(places.iter().filter(is_stale).count())
}

/// Whether a piece of a word stands on a page.
fn stands(conn: &Connection, piece: &str) -> Result<bool, StorageError> {
    let mut statement = conn.prepare("SELECT block FROM message_words_data")?;
    let blocks = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    let is_in = |block: &Vec<u8>| block.windows(piece.len()).any(|part| part == piece.as_bytes());
    Ok(blocks.iter().any(is_in))
}

async fn look(db: &Database) {
    let mut look = db.write(begin_look).await.unwrap();
    while let Some(place) = look {
        look = db.write(move |writer| look_on(writer, &place)).await.unwrap();
    }
}

/// Where every message is found, and the index hangs together.
async fn check(db: &Database, said: &[(MessageKey, String)]) {
    let said = said.to_vec();
    let checked = db.upkeep(move |conn| {
        conn.execute(
            "INSERT INTO message_words (message_words) VALUES ('integrity-check')",
            [],
        )?;
        let mut find =
            conn.prepare("SELECT 1 FROM message_words WHERE message_words MATCH ?1 AND rowid = ?2")?;
        for (key, body) in said {
            for word in body.split(' ') {
                for expression in [format!("\"{word}\""), format!("\"{}\"*", &word[..2])] {
                    assert!(find.exists((expression, key))?, "{word}");
                }
            }
        }
        Ok(())
    });
    checked.await.unwrap();
}

#[test]
fn a_better_separator_parts_the_same_words() {
    let better = |separator: &str, word: &'static str| better(separator.as_bytes(), word.as_bytes());
    assert_eq!(better("0parisienn", "0parisiennes"), None);
    assert_eq!(better("0parisienn", "0parisot"), Some(&b"0pariso"[..]));
    assert_eq!(better("0parisienn", "0q"), Some(&b"0q"[..]));
    assert_eq!(better("0paris", "1pa"), Some(&b"1"[..]));
    // Of what cannot be, nothing is made.
    assert_eq!(better("0paris", "0par"), None);
    assert_eq!(better("0paris", "0paper"), None);
}

#[tokio::test]
async fn separators_forget_words_that_are_gone() {
    let f = open().await;
    let said = f.db.write(|writer| {
        let mut said = Vec::new();
        for number in 0..300_u32 {
            // All begin alike: a separator holds much of its word.
            let body = format!("unforgettable{:04}", number * 7_919 % 9_973);
            said.push((write(writer, &body)?, body));
        }
        Ok(said)
    });
    let said = said.await.unwrap();
    assert!(!f.db.read(has_traces).await.unwrap());
    let (gone, kept): (Vec<_>, Vec<_>) = said.into_iter().partition(|(key, _)| key.0 % 10 != 0);
    let keys: Vec<MessageKey> = gone.iter().map(|(key, _)| *key).collect();
    f.db.write(move |writer| {
        // One by one, as they end.
        let mut keys = keys.iter();
        keys.try_for_each(|key| messages::remove(writer, &[*key], NOW))
    })
    .await
    .unwrap();
    assert!(f.db.upkeep(stale).await.unwrap() > 0, "there is something to do");
    assert!(f.db.read(has_traces).await.unwrap());
    check(&f.db, &kept).await;
    look(&f.db).await;
    assert_eq!(f.db.upkeep(stale).await, Ok(0));
    assert!(!f.db.read(has_traces).await.unwrap());
    check(&f.db, &kept).await;
}

#[tokio::test]
async fn what_is_erased_during_a_look_asks_for_another() {
    let f = open().await;
    let keys =
        f.db.write(|writer| Ok([write(writer, "first")?, write(writer, "second")?]));
    let keys = keys.await.unwrap();
    let remove = |key: MessageKey| f.db.write(move |writer| messages::remove(writer, &[key], NOW));
    remove(keys[0]).await.unwrap();
    let begun = f.db.write(begin_look).await.unwrap().unwrap();
    remove(keys[1]).await.unwrap();
    let ended = f.db.write(move |writer| look_on(writer, &begun));
    assert!(ended.await.unwrap().is_none());
    assert!(f.db.read(has_traces).await.unwrap());
    look(&f.db).await;
    assert!(!f.db.read(has_traces).await.unwrap());
    assert!(f.db.write(begin_look).await.unwrap().is_none(), "nothing to do");
}

/// What is done to the index.
#[derive(Debug, Clone)]
enum Deed {
    Write(Vec<Vec<u8>>),
    Remove(Vec<usize>),
    RemoveMany,
    Merge(i64),
    Look,
}

fn deed() -> impl Strategy<Value = Deed> {
    let word = prop::collection::vec(0..2_u8, 8..14);
    prop_oneof![
        6 => prop::collection::vec(word, 1..20).prop_map(Deed::Write),
        5 => prop::collection::vec(any::<usize>(), 1..12).prop_map(Deed::Remove),
        1 => Just(Deed::RemoveMany),
        3 => (1..6_i64).prop_map(Deed::Merge),
        2 => Just(Deed::Look),
    ]
}

/// Two letters in some order and a number, so that words share much and none is said twice.
fn word(letters: &[u8], number: usize) -> String {
    let letters = letters.iter().map(|letter| char::from(b'a' + letter));
    letters.chain(format!("z{number:05}").chars()).collect()
}

async fn act(db: &Database, deed: Deed, said: &mut Vec<(MessageKey, String)>, gone: &mut Vec<String>) {
    let mut taken = Vec::new();
    let are_many = matches!(deed, Deed::RemoveMany);
    match deed {
        Deed::Write(words) => {
            let count = said.len() + gone.len();
            let words = (count..)
                .zip(&words)
                .map(|(number, letters)| word(letters, number));
            let words: Vec<String> = words.collect();
            let written = words.clone();
            let keys = db.write(move |writer| {
                let keys = written.iter().map(|word| write(writer, word));
                keys.collect::<Result<Vec<_>, _>>()
            });
            said.extend(keys.await.unwrap().into_iter().zip(words));
        }
        Deed::Remove(which) => {
            for one in which {
                if let Some(at) = one.checked_rem(said.len()) {
                    taken.push(said.swap_remove(at));
                }
            }
        }
        Deed::RemoveMany => taken = said.split_off(said.len() / 2),
        Deed::Merge(pages) => {
            let merged = db.write(move |writer| {
                let sql = "INSERT INTO message_words (message_words, rank) VALUES ('merge', ?1)";
                Ok(writer.conn().execute(sql, [pages])?)
            });
            merged.await.unwrap();
        }
        Deed::Look => look(db).await,
    }
    let keys: Vec<MessageKey> = taken.iter().map(|(key, _)| *key).collect();
    gone.extend(taken.into_iter().map(|(_, word)| word));
    let removed =
        db.write(move |writer| in_bulk(writer, are_many, |writer| messages::remove(writer, &keys, NOW)));
    removed.await.unwrap();
}

async fn tell(deeds: Vec<Deed>) {
    let f = open().await;
    let (mut said, mut gone) = (Vec::new(), Vec::new());
    for deed in deeds {
        act(&f.db, deed, &mut said, &mut gone).await;
    }
    while f.db.read(is_due).await.unwrap() {
        f.db.write(work).await.unwrap();
    }
    look(&f.db).await;
    assert_eq!(f.db.upkeep(stale).await, Ok(0));
    for word in gone {
        // Its number is its own, and stands behind what words have in common.
        let number = word[word.len() - 6..].to_owned();
        assert_eq!(
            f.db.upkeep(move |conn| stands(conn, &number)).await,
            Ok(false),
            "{word}"
        );
    }
    check(&f.db, &said).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_trace_of_a_word_stays_whatever_is_merged_meanwhile(
        deeds in prop::collection::vec(deed(), 1..50),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(tell(deeds));
    }
}
