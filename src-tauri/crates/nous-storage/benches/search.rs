//! Searching a million messages, what their index costs, and erasing one of them without a trace.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "criterion's macros; a bench may stop, and looks at the clock"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Approval};
use nous_storage::db::{Database, DatabaseOptions, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, MessageKind, NewMessage};
use nous_storage::search::{self, Query, Search};
use nous_storage::secret::DatabaseKey;
use tokio::runtime::Runtime;

const MESSAGES: u32 = 1_000_000;
const PEOPLE: u32 = 500;
/// So many messages are written in one transaction.
const AT_ONCE: u32 = 20_000;
const BEGUN: i64 = 1_600_000_000_000;
/// From one message to the next: the whole takes six years.
const PACE_MS: i64 = 190_000;

const GROUP: &str = "storage";
const SHARE: &str = "search, index of the size of the text";
const FIRST: &str = "search 1,000,000 messages, the first after a start";
const INSERT: &str = "search, insert one message beside 1,000,000";
const WHOLE: &str = "traces, a first look at all pages of 1,000,000 messages";
const ERASE: &str = "traces, erase one of 1,000,000 messages";
const SEARCHES: [&str; 6] = [
    "search 1,000,000 messages, two letters",
    "search 1,000,000 messages, a word",
    "search 1,000,000 messages, three beginnings",
    "search 1,000,000 messages, in one conversation",
    "search 1,000,000 messages, of one person, years ago",
    "search 1,000,000 messages, nothing found",
];

fn person(n: u32) -> AccountId {
    let mut key = [1; 32];
    key[..4].copy_from_slice(&n.to_be_bytes());
    AccountId::from_x25519(key)
}

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 32).unwrap()
    }

    /// At least 0, below 1.
    fn roll(&mut self) -> f64 {
        f64::from(self.number()) / 4_294_967_296.0
    }

    fn below(&mut self, end: u32) -> u32 {
        u32::try_from((u64::from(self.number()) * u64::from(end)) >> 32).unwrap()
    }
}

const SYLLABLES: [&str; 36] = [
    "le", "la", "de", "ré", "co", "ma", "ti", "on", "en", "es", "pa", "ra", "mé", "ne", "si", "to", "vo",
    "nou", "cha", "pro", "ver", "tion", "ment", "qui", "que", "un", "au", "par", "il", "sur", "tra", "ble",
    "ser", "mon", "ter", "fi",
];

/// Words as often as in a language: the n-th of them is n times as rare as the first.
struct Language {
    words: Vec<String>,
    /// Up to each word, the share of all that is said.
    shares: Vec<f64>,
}

impl Language {
    fn new(dice: &mut Dice) -> Self {
        let mut words: Vec<String> = SYLLABLES.iter().map(|word| (*word).to_owned()).collect();
        for (length, count) in [(2, 1_500), (3, 9_000), (4, 30_000)] {
            for _ in 0..count {
                let syllables = (0..length).map(|_| SYLLABLES[usize::try_from(dice.below(36)).unwrap()]);
                words.push(syllables.collect());
            }
        }
        let mut sum = 0.0;
        let mut shares = Vec::with_capacity(words.len());
        for rank in (0..words.len()).map(|rank| u32::try_from(rank).unwrap()) {
            sum += 1.0 / f64::from(rank + 2);
            shares.push(sum);
        }
        shares.iter_mut().for_each(|share| *share /= sum);
        Self { words, shares }
    }

    fn sentence(&self, dice: &mut Dice) -> String {
        let count = 2 + dice.below(20).min(dice.below(40));
        let words = (0..count).map(|_| {
            let roll = dice.roll();
            let at = self.shares.partition_point(|share| *share < roll);
            self.words[at.min(self.words.len() - 1)].as_str()
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

fn message(conversation: ConversationKey, author: AccountId, n: u32, body: String) -> NewMessage {
    let at = Timestamp::from_ms(BEGUN + i64::from(n) * PACE_MS);
    NewMessage {
        conversation,
        author,
        is_own: false,
        is_received: true,
        kind: MessageKind::Text,
        body,
        sent: at,
        received: at,
        order: at,
        state: None,
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

/// Conversations that stand in the list.
fn people(writer: &mut Writer<'_>) -> Result<Vec<ConversationKey>, StorageError> {
    let now = Timestamp::from_ms(BEGUN);
    let mut keys = Vec::new();
    for n in 0..PEOPLE {
        let key = conversations::ensure(writer, person(n), now)?;
        conversations::approve(writer, key, Approval::Ours)?;
        messages::insert(writer, &message(key, person(n), 0, "bonjour".to_owned()))?;
        keys.push(key);
    }
    conversations::refresh(writer, &keys)?;
    Ok(keys)
}

async fn fill(db: &Database) -> Vec<ConversationKey> {
    let keys = db.write(people).await.unwrap();
    let mut dice = Dice(88_172_645_463_325_252);
    let language = Language::new(&mut dice);
    for start in (0..MESSAGES).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let mut rows = Vec::new();
        for n in start..start + AT_ONCE {
            // Some conversations are much longer than others.
            let with = dice.below(PEOPLE).min(dice.below(PEOPLE));
            let key = keys[usize::try_from(with).unwrap()];
            rows.push(message(key, person(with), n, language.sentence(&mut dice)));
        }
        let written = db.write(move |writer| {
            rows.iter()
                .try_for_each(|row| messages::insert(writer, row).map(drop))
        });
        written.await.unwrap();
    }
    keys
}

/// The first page of what is found, with its messages, as screens ask for it.
async fn first_page(db: &Database, search: Search) -> usize {
    let page = db.read(move |reader| {
        let page = search::page(reader, &search, None, 50)?;
        let keys: Vec<MessageKey> = page.rows.iter().map(|found| found.message).collect();
        messages::by_keys(reader, &keys)
    });
    page.await.unwrap().len()
}

/// How long the first search takes in a database that was opened just now: nothing of it is in our
/// memory, though the system may still have the file in its own.
fn first_search(runtime: &Runtime, path: &Path, search: Search) -> Duration {
    let db = open(path);
    let begun = Instant::now();
    assert!(runtime.block_on(first_page(&db, search)) > 0);
    let time = begun.elapsed();
    runtime.block_on(db.close());
    time
}

fn open(path: &Path) -> Database {
    let key = DatabaseKey::from_bytes([7; 32]);
    Database::open(path, &key, DatabaseOptions::default()).unwrap()
}

/// A figure that is no time, where criterion leaves its own.
fn leave_figure(name: &str, value: f64) {
    let exe = std::env::current_exe().unwrap();
    let target = exe.ancestors().nth(3).unwrap();
    let folder = target.join("criterion").join(GROUP).join(name).join("new");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("sample.json"),
        format!(r#"{{"iters":[1.0],"times":[{value}]}}"#),
    )
    .unwrap();
}

/// Whether something of this bench is asked for.
fn is_wanted() -> bool {
    let mut asked = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'));
    let names = || {
        SEARCHES
            .iter()
            .chain([&SHARE, &FIRST, &INSERT, &WHOLE, &ERASE])
            .map(|name| format!("{GROUP}/{name}"))
    };
    asked
        .next()
        .is_none_or(|part| names().any(|name| name.contains(&part)))
}

fn searches(criterion: &mut Criterion) {
    if !is_wanted() {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nous.db");
    let db = open(&path);
    let keys = runtime.block_on(fill(&db));
    let (index, text) = runtime.block_on(db.read(search::sizes)).unwrap();
    let percent = u32::try_from(index.saturating_mul(10_000) / text.max(1)).unwrap();
    leave_figure(SHARE, f64::from(percent) / 100.0);
    let words = |text: &str| Query {
        text: text.to_owned(),
        ..Query::default()
    };
    let queries = [
        words("co"),
        words("tracomati"),
        words("co ma ti"),
        Query {
            conversation: keys.last().copied(),
            ..words("le")
        },
        Query {
            author: Some(person(3)),
            before: Some(Timestamp::from_ms(BEGUN + 100_000 * PACE_MS)),
            ..words("que")
        },
        words("zzyzx"),
    ];
    let mut group = criterion.benchmark_group(GROUP);
    for (name, query) in SEARCHES.into_iter().zip(queries) {
        let search = Search::of(query).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(first_page(&db, search.clone())));
        });
    }
    let mut dice = Dice(7);
    let language = Language::new(&mut dice);
    let mut n = MESSAGES;
    group.bench_function(INSERT, |bencher| {
        bencher.iter(|| {
            n += 1;
            let row = message(keys[0], person(0), n, language.sentence(&mut dice));
            runtime
                .block_on(db.write(move |writer| messages::insert(writer, &row)))
                .unwrap()
        });
    });
    // The first time every page of the file is looked at, later those that changed.
    let mut now = Timestamp::from_ms(BEGUN);
    let begun = Instant::now();
    assert!(runtime.block_on(db.truncate_wal(Duration::ZERO)).unwrap());
    leave_figure(WHOLE, begun.elapsed().as_secs_f64() * 1e9);
    group.sample_size(20);
    group.bench_function(ERASE, |bencher| {
        bencher.iter(|| {
            n += 1;
            now = now + Duration::from_secs(61);
            let row = message(keys[0], person(0), n, language.sentence(&mut dice));
            runtime.block_on(erase(&db, row, now));
        });
    });
    runtime.block_on(db.close());
    drop(db);
    let search = Search::of(words("co")).unwrap();
    group.bench_function(FIRST, |bencher| {
        bencher.iter_custom(|turns| {
            (0..turns)
                .map(|_| first_search(&runtime, &path, search.clone()))
                .sum()
        });
    });
    group.finish();
}

/// Writes a message, and erases it with all that is left of it.
async fn erase(db: &Database, row: NewMessage, now: Timestamp) {
    let written = db.write(move |writer| messages::insert(writer, &row));
    let key = written.await.unwrap();
    let removed = db.write(move |writer| messages::remove(writer, &[key], now));
    removed.await.unwrap();
    let steady = now.since(Timestamp::from_ms(BEGUN));
    assert!(db.truncate_wal(steady).await.unwrap());
}

criterion_group!(benches, searches);
criterion_main!(benches);
