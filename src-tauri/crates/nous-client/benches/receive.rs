//! Receiving through the whole pipeline: open, understand, decide, commit, announce.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros; a bench may stop"
)]

use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nous_client::core::Core;
use nous_client::events::Hub;
use nous_client::receive::{Retrieved, Stored, pipeline};
use nous_network::{NetworkClock, NodeKey};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::auth::message_hash;
use nous_protocol::content::{Disappearing, Message, Outgoing, OutgoingBody, encode};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_storage::account::{self, NewAccount};
use nous_storage::db::{Database, DatabaseOptions};
use nous_storage::secret::DatabaseKey;
use nous_testkit::{ManualClock, Person};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const MESSAGES: i64 = 1_000;

fn inbox() -> Vec<Stored> {
    let (sender, recipient) = (Person::Alice.keys(), Person::Bob.id());
    let stored = |n: i64| {
        let sent = Timestamp::from_ms(ManualClock::START.as_ms() + n);
        let body = Message {
            body: format!("message {n} {}", "x".repeat(200)),
            ..Message::default()
        };
        let body = OutgoingBody::Message(Box::new(body));
        let content = encode(&Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body,
        });
        let data = envelope::seal(
            &sender,
            &recipient,
            &padding::pad(&content),
            sent,
            &mut rand::rng(),
        )
        .unwrap()
        .0;
        let hash = message_hash(&SwarmAccount::from(recipient), Namespace::MESSAGES, &data);
        Stored {
            hash,
            data,
            stored: sent,
            expires: sent + Duration::from_secs(14 * 86_400),
        }
    };
    (0..MESSAGES).map(stored).collect()
}

async fn device() -> (TempDir, Core) {
    let dir = tempfile::tempdir().unwrap();
    let db = Database::open(
        &dir.path().join("nous.db"),
        &DatabaseKey::from_bytes([7; 32]),
        DatabaseOptions::default(),
    );
    let db = db.unwrap();
    let new = NewAccount {
        seed: Person::Bob.seed(),
        id: Person::Bob.id(),
        display_name: "Bob".to_owned(),
        profile_updated_s: 1,
        created: ManualClock::START,
        is_restored: false,
    };
    db.write(move |writer| account::create(writer, &new))
        .await
        .unwrap();
    (
        dir,
        Core::new(
            db,
            Hub::new(),
            NetworkClock::new(Some(0)),
            Arc::new(Person::Bob.keys()),
        ),
    )
}

fn receive(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let messages = inbox();
    let answer = || Retrieved {
        node: NodeKey([1; 32]),
        namespace: Namespace::MESSAGES,
        messages: messages.clone(),
        has_more: false,
    };
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10);
    group.bench_function("receive and commit 1,000 messages", |bencher| {
        bencher.iter_batched(
            || (runtime.block_on(device()), answer()),
            |((dir, core), answer)| {
                let shown = runtime
                    .block_on(pipeline::process(&core, Namespace::MESSAGES, vec![answer]))
                    .unwrap();
                assert_eq!(i64::from(shown), MESSAGES);
                (dir, core)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, receive);
criterion_main!(benches);
