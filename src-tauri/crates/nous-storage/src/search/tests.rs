#![expect(clippy::unwrap_used, reason = "tests")]

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use proptest::prelude::*;

use super::upkeep::{empty_copy, settle, work};
use super::{FoundPage, Has, Query, Search, is_complete, is_due, page};
use crate::db::{Database, DatabaseOptions, Writer};
use crate::error::StorageError;
use crate::folding::fold;
use crate::ids::{ConversationKey, MessageKey};
use crate::secret::DatabaseKey;
use crate::{conversations, messages};

const NOW: Timestamp = Timestamp::from_ms(1_795_478_400_000);
const DAY_MS: i64 = 86_400_000;

struct Fixture {
    _folder: tempfile::TempDir,
    db: Database,
}

fn open() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::from_bytes([1; 32]);
    let db = Database::open(&folder.path().join("nous.db"), &key, DatabaseOptions::default()).unwrap();
    Fixture { _folder: folder, db }
}

fn person(n: u8) -> AccountId {
    AccountId::from_x25519([n; 32])
}

/// A conversation that stands in the list.
fn conversation(writer: &mut Writer<'_>, with: u8) -> Result<ConversationKey, StorageError> {
    let key = conversations::ensure(writer, person(with), NOW)?;
    let sql = "UPDATE conversations SET is_approved = 1, is_listed = 1 WHERE id = ?1";
    writer.conn().execute(sql, [key])?;
    Ok(key)
}

/// A message that somebody sent `day` days ago.
fn write(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    author: u8,
    day: i64,
    body: &str,
) -> Result<MessageKey, StorageError> {
    let at = NOW.as_ms() - day * DAY_MS;
    writer.conn().execute(
        "INSERT INTO messages (conversation, author, is_own, is_received, body, sent_ms, order_ms, received_ms)
         VALUES (?1, ?2, 0, 1, ?3, ?4, ?4, ?4)",
        (conversation, person(author).to_bytes().to_vec(), body, at),
    )?;
    Ok(MessageKey(writer.conn().last_insert_rowid()))
}

async fn ask(db: &Database, query: Query) -> FoundPage {
    let search = Search::of(query).unwrap();
    db.read(move |reader| page(reader, &search, None, 1_000))
        .await
        .unwrap()
}

async fn found(db: &Database, text: &str) -> Vec<MessageKey> {
    let text = text.to_owned();
    let page = ask(
        db,
        Query {
            text,
            ..Query::default()
        },
    )
    .await;
    page.rows.into_iter().map(|found| found.message).collect()
}

/// Does all that there is to do; answers in how many portions.
async fn finish(db: &Database) -> u32 {
    let mut turns = 0;
    while db.read(is_due).await.unwrap() {
        db.write(work).await.unwrap();
        turns += 1;
    }
    turns
}

/// Whether a long word stands on a page of the index, which hangs together.
async fn stands_in_pages(db: &Database, word: &'static str) -> bool {
    db.write(move |writer| {
        let conn = writer.conn();
        conn.execute(
            "INSERT INTO message_words (message_words) VALUES ('integrity-check')",
            [],
        )?;
        let mut statement = conn.prepare("SELECT block FROM message_words_data")?;
        let blocks = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
        // What a word has in common with the one before is not repeated.
        let rest = &word.as_bytes()[3..];
        Ok(blocks
            .iter()
            .any(|block| block.windows(rest.len()).any(|part| part == rest)))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn words_come_and_go_with_their_messages() {
    let f = open();
    let (first, second) =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            Ok((
                write(w, with, 2, 2, "Été parisienne")?,
                write(w, with, 2, 1, "étés")?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(found(&f.db, "ETE").await, [second, first]);
    assert_eq!(found(&f.db, "paris ete").await, [first]);
    assert!(found(&f.db, "aris").await.is_empty());
    let changed = f.db.write(move |w| {
        w.conn()
            .execute("UPDATE messages SET body = 'hiver' WHERE id = ?1", [first])?;
        messages::delete_here(w, &[second], NOW)
    });
    changed.await.unwrap();
    assert!(found(&f.db, "ete").await.is_empty());
    assert_eq!(found(&f.db, "hiver").await, [first]);
    assert!(!stands_in_pages(&f.db, "parisienne").await);
}

#[tokio::test]
async fn what_is_undone_changes_nothing() {
    let f = open();
    let key =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            write(w, with, 2, 0, "keptwords")
        })
        .await
        .unwrap();
    let undone = f.db.write(move |w| {
        w.conn().execute("DELETE FROM conversations", [])?;
        Err::<(), _>(StorageError::NotFound)
    });
    assert_eq!(undone.await, Err(StorageError::NotFound));
    assert_eq!(found(&f.db, "ke").await, [key]);
    assert!(stands_in_pages(&f.db, "keptwords").await);
}

#[tokio::test]
async fn messages_of_older_versions_are_taken_in_by_and_by() {
    let f = open();
    let (old, new) =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            let mut old = Vec::new();
            for n in 0..2_500 {
                old.push(write(w, with, 2, 1, &format!("old {n}"))?);
            }
            // As a migration leaves them.
            empty_copy_in(w)?;
            Ok((old, write(w, with, 2, 0, "new")?))
        })
        .await
        .unwrap();
    assert!(!f.db.read(is_complete).await.unwrap());
    assert_eq!(found(&f.db, "new").await, [new]);
    assert!(found(&f.db, "old").await.is_empty());
    let gone = old[1_700];
    let early = f.db.write(move |w| messages::delete_here(w, &[gone], NOW));
    early.await.unwrap();
    f.db.write(work).await.unwrap();
    assert_eq!(
        found(&f.db, "old 2400").await,
        [old[2_400]],
        "the newest come first"
    );
    assert!(found(&f.db, "old 1200").await.is_empty());
    assert!(finish(&f.db).await > 1);
    assert!(f.db.read(is_complete).await.unwrap());
    assert_eq!(found(&f.db, "old 1200").await, [old[1_200]]);
    assert!(found(&f.db, "old 1700").await.is_empty());
    assert!(!stands_in_pages(&f.db, "nowhere-to-be-seen").await);
}

/// [`empty_copy`] inside a transaction.
fn empty_copy_in(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    writer.conn().execute_batch(
        "INSERT INTO message_words (message_words) VALUES ('delete-all');
         UPDATE search_state SET indexed_from = (SELECT max(id) + 1 FROM messages);",
    )?;
    Ok(())
}

#[tokio::test]
async fn another_way_to_make_words_makes_the_index_anew() {
    let f = open();
    let key =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            write(w, with, 2, 0, "wordstone")
        })
        .await
        .unwrap();
    f.db.upkeep(settle).await.unwrap();
    assert_eq!(finish(&f.db).await, 0, "this version made the words");
    f.db.write(|w| Ok(w.conn().execute("UPDATE search_state SET form = 'older'", [])?))
        .await
        .unwrap();
    f.db.upkeep(settle).await.unwrap();
    assert!(found(&f.db, "word").await.is_empty());
    finish(&f.db).await;
    assert_eq!(found(&f.db, "word").await, [key]);
    f.db.upkeep(empty_copy).await.unwrap();
    assert!(
        !stands_in_pages(&f.db, "wordstone").await,
        "a backup holds no words"
    );
}

#[tokio::test]
async fn words_of_many_messages_leave_the_pages_soon() {
    let f = open();
    let with = f.db.write(|w| conversation(w, 2)).await.unwrap();
    let kept =
        f.db.write(move |w| {
            for n in 0..500 {
                write(w, with, 2, 0, &format!("secretum {n}"))?;
            }
            let other = conversation(w, 3)?;
            write(w, other, 3, 0, "patefactum")
        })
        .await
        .unwrap();
    f.db.write(move |w| conversations::delete(w, with, NOW))
        .await
        .unwrap();
    assert!(found(&f.db, "secretum").await.is_empty());
    assert!(finish(&f.db).await > 0);
    assert!(!stands_in_pages(&f.db, "secretum").await);
    assert_eq!(found(&f.db, "patefactum").await, [kept]);
}

#[tokio::test]
async fn requests_and_hidden_messages_are_not_found() {
    let f = open();
    f.db.write(|w| {
        let asks = conversations::ensure(w, person(4), NOW)?;
        write(w, asks, 4, 0, "hello from a stranger")?;
        let with = conversation(w, 2)?;
        let ended = write(w, with, 2, 0, "hello and goodbye")?;
        w.conn()
            .execute("UPDATE messages SET is_hidden = 1 WHERE id = ?1", [ended])?;
        Ok(())
    })
    .await
    .unwrap();
    assert!(found(&f.db, "hello").await.is_empty());
}

#[tokio::test]
async fn hidden_messages_are_not_counted() {
    let f = open();
    let with =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            let mut all = Vec::new();
            for n in 0..5 {
                all.push(write(w, with, 2, n, "again")?);
            }
            let sql = "UPDATE messages SET is_hidden = 1 WHERE id = ?1";
            w.conn().execute(sql, [all[1]])?;
            w.conn().execute(sql, [all[3]])?;
            Ok(with)
        })
        .await
        .unwrap();
    let again = Query {
        text: "again".into(),
        conversation: Some(with),
        ..Query::default()
    };
    let page = ask(&f.db, again).await;
    assert_eq!((page.rows.len(), page.total), (3, Some(3)));
}

#[tokio::test]
async fn what_a_message_has_narrows_a_search_without_words_too() {
    let f = open();
    let (link, picture) =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            let link = write(w, with, 2, 0, "see https://example.org")?;
            let picture = write(w, with, 3, 0, "")?;
            w.conn()
                .execute("UPDATE messages SET media = 2 WHERE id = ?1", [picture])?;
            Ok((link, picture))
        })
        .await
        .unwrap();
    let with = |has: Has| Query {
        has,
        ..Query::default()
    };
    let links = ask(
        &f.db,
        with(Has {
            link: true,
            ..Has::default()
        }),
    )
    .await;
    assert_eq!(links.rows[0].message, link);
    let pictures = ask(
        &f.db,
        with(Has {
            picture: true,
            ..Has::default()
        }),
    )
    .await;
    assert_eq!((pictures.rows.len(), pictures.rows[0].message), (1, picture));
    assert!(
        ask(
            &f.db,
            with(Has {
                file: true,
                ..Has::default()
            })
        )
        .await
        .rows
        .is_empty()
    );
    assert!(
        Search::of(Query {
            text: " x !".into(),
            ..Query::default()
        })
        .is_none()
    );
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended_and_one_conversation_is_counted() {
    let f = open();
    let with =
        f.db.write(|w| {
            let with = conversation(w, 2)?;
            for n in 0..25 {
                write(w, with, 2, 25 - n, "again")?;
            }
            Ok(with)
        })
        .await
        .unwrap();
    let search = Search::of(Query {
        text: "again".into(),
        conversation: Some(with),
        ..Query::default()
    })
    .unwrap();
    let (mut seen, mut next, mut first) = (Vec::new(), None, None);
    loop {
        let (search, before) = (search.clone(), next);
        let found = f.db.read(move |r| page(r, &search, before, 10)).await.unwrap();
        first.get_or_insert(found.total);
        seen.extend(found.rows.iter().map(|row| row.order));
        next = found.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), first), (25, Some(Some(25))));
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
}

/// What is written about.
const WORDS: [&str; 16] = [
    "été",
    "ETE",
    "étés",
    "jeté",
    "cœur",
    "Coeurs",
    "straße",
    "strasse",
    "Łódź",
    "lodz",
    "a",
    "42",
    "4",
    "e\u{301}t",
    "https://lodz.pl",
    "été-là",
];
/// What is typed.
const TYPED: [&str; 12] = [
    "ete", "ÉT", "coe", "cœ", "str", "lo", "42", "ete coe", "la", "e", "https", "été 42",
];

#[derive(Debug, Clone)]
struct Line {
    with: u8,
    author: u8,
    day: i64,
    words: Vec<usize>,
    is_deleted: bool,
}

fn line() -> impl Strategy<Value = Line> {
    let words = prop::collection::vec(0..WORDS.len(), 0..6);
    (1..4_u8, 1..4_u8, 0..400_i64, words, any::<bool>()).prop_map(|(with, author, day, words, is_deleted)| {
        Line {
            with,
            author,
            day,
            words,
            is_deleted,
        }
    })
}

#[derive(Debug, Clone)]
struct Asked {
    text: usize,
    with: Option<u8>,
    author: Option<u8>,
    days: Option<(i64, i64)>,
    link: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let days = prop::option::of((0..400_i64, 0..400_i64));
    (
        0..TYPED.len(),
        prop::option::of(1..4_u8),
        prop::option::of(1..4_u8),
        days,
        any::<bool>(),
    )
        .prop_map(|(text, with, author, days, link)| Asked {
            text,
            with,
            author,
            days,
            link,
        })
}

fn body(line: &Line) -> String {
    let words: Vec<&str> = line.words.iter().map(|at| WORDS[*at]).collect();
    words.join(", ")
}

fn split(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a message fits, by looking at it.
fn fits(line: &Line, asked: &Asked) -> bool {
    let words = split(&body(line));
    let typed = split(TYPED[asked.text]);
    let mut wanted = typed.iter().filter(|word| word.chars().count() > 1);
    wanted.all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
        && !line.is_deleted
        && !line.words.is_empty()
        && asked.with.is_none_or(|with| with == line.with)
        && asked.author.is_none_or(|author| author == line.author)
        && asked
            .days
            .is_none_or(|(from, to)| line.day <= from && line.day > to)
        && (!asked.link || body(line).contains("https://"))
}

async fn compare(lines: Vec<Line>, asked: Vec<Asked>) {
    let f = open();
    let written = lines.clone();
    let keys = f.db.write(move |w| {
        let mut keys = Vec::new();
        for line in &written {
            let with = conversation(w, line.with + 10)?;
            let key = write(w, with, line.author, line.day, &body(line))?;
            if line.is_deleted {
                messages::delete_here(w, &[key], NOW)?;
            }
            keys.push(key);
        }
        Ok(keys)
    });
    let keys = keys.await.unwrap();
    for asked in asked {
        let with = match asked.with {
            None => None,
            Some(with) => Some(f.db.write(move |w| conversation(w, with + 10)).await.unwrap()),
        };
        let at = |day: i64| Timestamp::from_ms(NOW.as_ms() - day * DAY_MS);
        let query = Query {
            text: TYPED[asked.text].into(),
            conversation: with,
            author: asked.author.map(person),
            after: asked.days.map(|(from, _)| at(from)),
            before: asked.days.map(|(_, to)| at(to)),
            has: Has {
                link: asked.link,
                ..Has::default()
            },
        };
        let mut wanted: Vec<MessageKey> = Vec::new();
        for (line, key) in lines.iter().zip(&keys) {
            if fits(line, &asked) {
                wanted.push(*key);
            }
        }
        let Some(search) = Search::of(query) else {
            continue;
        };
        let page = f.db.read(move |r| page(r, &search, None, 1_000)).await.unwrap();
        let mut found: Vec<MessageKey> = page.rows.iter().map(|row| row.message).collect();
        found.sort();
        assert_eq!(found, wanted, "{asked:?}");
        if let Some(total) = page.total {
            assert_eq!(usize::try_from(total), Ok(wanted.len()), "{asked:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_looking_at_each_message_finds(
        lines in prop::collection::vec(line(), 0..30),
        asked in prop::collection::vec(asked(), 1..12),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(compare(lines, asked));
    }
}
