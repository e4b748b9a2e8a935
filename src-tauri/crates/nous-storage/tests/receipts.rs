//! Receipts that wait for their message: how long, and how many.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::Database;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, MessageKind, NewMessage, SendState};
use nous_storage::receipts::{self, KEPT, MOST_PENDING};

const OWN: AccountId = AccountId::from_x25519([255; 32]);

async fn conversation(db: &Database, n: u8) -> ConversationKey {
    let with = AccountId::from_x25519([n; 32]);
    db.write(move |writer| conversations::ensure(writer, with, NOW))
        .await
        .unwrap()
}

/// A receipt for each of these sent times comes at `now`.
async fn receive(db: &Database, conversation: ConversationKey, sent: Vec<i64>, now: Timestamp) {
    let sent: Vec<Timestamp> = sent.into_iter().map(later).collect();
    db.write(move |writer| receipts::keep_pending(writer, conversation, &OWN, &sent, later(9), now))
        .await
        .unwrap();
}

/// Writes an own message that another device of ours sent then.
async fn own_message(db: &Database, conversation: ConversationKey, sent: i64) -> MessageKey {
    let new = NewMessage {
        conversation,
        author: OWN,
        is_own: true,
        is_received: true,
        kind: MessageKind::Text,
        body: "hello".into(),
        sent: later(sent),
        received: NOW,
        order: later(sent),
        state: Some(SendState::Sent),
        is_unread: false,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    };
    db.write(move |writer| messages::insert(writer, &new))
        .await
        .unwrap()
}

/// Whether a receipt waits for an own message of this time, which comes now.
async fn is_read(db: &Database, conversation: ConversationKey, sent: i64) -> bool {
    let key = own_message(db, conversation, sent).await;
    let taken = db
        .write(move |writer| receipts::take_pending(writer, key))
        .await
        .unwrap();
    let rows = db
        .read(move |reader| messages::by_keys(reader, &[key]))
        .await
        .unwrap();
    let row = rows.first().unwrap();
    assert_eq!(
        (row.state == Some(SendState::Read), row.read),
        (taken, taken.then_some(later(9)))
    );
    taken
}

#[tokio::test]
async fn a_receipt_waits_for_its_message_once_and_in_its_conversation() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (one, other) = (conversation(db, 1).await, conversation(db, 2).await);
    own_message(db, one, 3).await;
    receive(db, one, vec![1, 2, 3, 1], NOW).await;
    assert!(!is_read(db, other, 1).await);
    assert!(is_read(db, one, 1).await);
    assert!(!is_read(db, one, 4).await, "nobody read that one");
    db.write(|writer| receipts::prune(writer, NOW)).await.unwrap();
    let left = db.write(|writer| receipts::prune(writer, Timestamp::from_ms(i64::MAX)));
    assert_eq!(
        left.await.unwrap(),
        1,
        "the second alone: the third was there, the first is taken"
    );
}

#[tokio::test]
async fn what_waited_for_more_than_14_days_is_removed_and_nothing_younger() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let one = conversation(db, 1).await;
    receive(db, one, vec![1], NOW).await;
    receive(db, one, vec![2], later(1)).await;
    let limit = NOW + KEPT;
    assert_eq!(KEPT.as_secs(), 14 * 86_400);
    assert_eq!(
        db.write(move |writer| receipts::prune(writer, limit))
            .await
            .unwrap(),
        0
    );
    let after = Timestamp::from_ms(limit.as_ms() + 1);
    assert_eq!(
        db.write(move |writer| receipts::prune(writer, after))
            .await
            .unwrap(),
        1
    );
    assert!(!is_read(db, one, 1).await);
    assert!(is_read(db, one, 2).await);
}

#[tokio::test]
async fn beyond_the_limit_of_a_conversation_the_oldest_go() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (one, other) = (conversation(db, 1).await, conversation(db, 2).await);
    receive(db, other, vec![1], NOW).await;
    let most = i64::from(MOST_PENDING);
    receive(db, one, (0..most).collect(), later(1)).await;
    receive(db, one, vec![most, most + 1], later(2)).await;
    for (sent, waits) in [(0, false), (1, false), (2, true), (most, true), (most + 1, true)] {
        assert_eq!(is_read(db, one, sent).await, waits, "{sent}");
    }
    assert!(
        is_read(db, other, 1).await,
        "each conversation has a limit of its own"
    );
}
