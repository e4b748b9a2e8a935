//! Pages of a long conversation and of a long list.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros; a bench may stop"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::{Database, DatabaseOptions, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{self, MessageKind, NewMessage, TimelinePlace};
use nous_storage::secret::DatabaseKey;
use tokio::runtime::Runtime;

const MESSAGES: i64 = 100_000;
const PEOPLE: u16 = 500;

fn person(n: u16) -> AccountId {
    let mut key = [1; 32];
    key[..2].copy_from_slice(&n.to_be_bytes());
    AccountId::from_x25519(key)
}

fn text(conversation: ConversationKey, author: AccountId, ms: i64) -> NewMessage {
    let at = Timestamp::from_ms(1_767_225_600_000 + ms * 1_000);
    NewMessage {
        conversation,
        author,
        is_own: false,
        is_received: true,
        kind: MessageKind::Text,
        body: "a message of a usual length, which is not very long, nor very short".to_owned(),
        sent: at,
        received: at,
        order: at,
        state: None,
        is_unread: ms + 10 > MESSAGES,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}

fn fill(writer: &mut Writer<'_>) -> Result<ConversationKey, StorageError> {
    let now = Timestamp::from_ms(1_767_225_600_000);
    for n in 1..PEOPLE {
        let key = conversations::ensure(writer, person(n), now)?;
        messages::insert(writer, &text(key, person(n), i64::from(n)))?;
        conversations::refresh(writer, &[key])?;
    }
    let key = conversations::ensure(writer, person(0), now)?;
    for ms in 0..MESSAGES {
        messages::insert(writer, &text(key, person(0), ms))?;
    }
    conversations::refresh(writer, &[key])?;
    Ok(key)
}

fn pages(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let key = DatabaseKey::from_bytes([7; 32]);
    let db = Database::open(&dir.path().join("nous.db"), &key, DatabaseOptions::default()).unwrap();
    let long = runtime.block_on(db.write(fill)).unwrap();
    let middle = TimelinePlace {
        order: Timestamp::from_ms(1_767_225_600_000 + MESSAGES / 2 * 1_000),
        received: Timestamp::from_ms(i64::MAX),
        key: nous_storage::ids::MessageKey(i64::MAX),
    };
    let mut group = criterion.benchmark_group("storage");
    group.bench_function("page of 50 of 100,000 messages, newest", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(db.read(move |reader| messages::before(reader, long, None, 50)))
                .unwrap()
        });
    });
    group.bench_function("page of 50 of 100,000 messages, middle", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(db.read(move |reader| messages::before(reader, long, Some(middle), 50)))
                .unwrap()
        });
    });
    group.bench_function("page of 50 of 500 conversations", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(db.read(|reader| conversations::page(reader, None, "", 50)))
                .unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, pages);
criterion_main!(benches);
