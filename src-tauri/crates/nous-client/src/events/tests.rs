#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use nous_protocol::account::AccountId;
use proptest::prelude::*;

fn person(n: u8) -> ConversationId {
    AccountId::from_x25519([n; 32]).into()
}

fn message(n: i64) -> Change {
    Change::Messages(person(1), vec![MessageKey(n)])
}

#[tokio::test(start_paused = true)]
async fn ten_changes_of_one_row_are_one_entry() {
    let hub = Hub::new();
    let mut stream = hub.subscribe();
    (0..10).for_each(|_| hub.announce([message(5)]));
    let (seq, dirty) = stream.next().await.unwrap();
    assert_eq!(seq, 1);
    assert_eq!(dirty.messages[&person(1)], Ids::Some([MessageKey(5)].into()));
}

#[tokio::test(start_paused = true)]
async fn what_happened_before_anybody_listened_waits() {
    let hub = Hub::new();
    hub.announce([Change::Navigate(person(2))]);
    assert_eq!(hub.subscribe().next().await.unwrap().1.navigate, Some(person(2)));
}

#[tokio::test(start_paused = true)]
async fn acknowledged_batches_are_fifty_milliseconds_apart() {
    let hub = Hub::new();
    let mut stream = hub.subscribe();
    hub.announce([message(1)]);
    stream.next().await.unwrap();
    hub.acknowledge(1);
    let before = Instant::now();
    hub.announce([message(2)]);
    stream.next().await.unwrap();
    assert_eq!(before.elapsed(), APART);
}

#[tokio::test(start_paused = true)]
async fn without_an_acknowledgement_a_second_passes() {
    let hub = Hub::new();
    let mut stream = hub.subscribe();
    hub.announce([message(1)]);
    stream.next().await.unwrap();
    let before = Instant::now();
    (2..2_000).for_each(|n| hub.announce([message(n)]));
    let (_, dirty) = stream.next().await.unwrap();
    assert_eq!(before.elapsed(), PATIENCE);
    assert_eq!(dirty.messages[&person(1)], Ids::All);
}

#[tokio::test(start_paused = true)]
async fn a_closed_hub_ends_its_streams() {
    let hub = Hub::new();
    let mut stream = hub.subscribe();
    hub.close();
    assert!(stream.next().await.is_none());
    assert!(hub.subscribe().next().await.is_none());
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0_u8..4).prop_map(|n| Change::Conversations(vec![person(n)])),
        (0_u8..4, 0_i64..400).prop_map(|(n, key)| Change::Messages(person(n), vec![MessageKey(key)])),
        (0_u8..4).prop_map(|n| Change::AllMessages(person(n))),
        Just(Change::Connectivity),
        Just(Change::Settings),
        Just(Change::Resync),
    ]
}

proptest! {
    /// Order and repetition of changes make no difference, and memory stays bounded.
    #[test]
    fn merging_is_a_bounded_set(mut changes in prop::collection::vec(change(), 0..600)) {
        let mut forward = Dirty::default();
        changes.iter().cloned().for_each(|change| forward.add(change));
        changes.reverse();
        let mut backward = Dirty::default();
        changes.iter().chain(&changes).cloned().for_each(|change| backward.add(change));
        for ids in forward.messages.values() {
            if let Ids::Some(ids) = ids {
                prop_assert!(ids.len() <= MOST_IDS);
            }
        }
        prop_assert_eq!(forward, backward);
    }
}
