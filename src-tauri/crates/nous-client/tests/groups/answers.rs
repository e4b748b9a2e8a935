//! Reactions in groups, and messages that answer others.

use nous_client::ClientError;
use nous_client::groups::facts;
use nous_client::reactions::react;
use nous_client::send::{self, Draft};
use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::content::{Extras, OutgoingBody, Reaction, Target};
use nous_protocol::time::Timestamp;
use nous_storage::messages::Message;
use nous_testkit::Person::{Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::late::{stored_for, text};
use crate::life::of_two;

async fn row(device: &Device, id: GroupId, body: &str) -> Message {
    let rows = device.timeline(id).await;
    rows.into_iter().find(|row| row.body == body).unwrap()
}

/// The emoji under the message with this text, with who reacted.
async fn shown(device: &Device, id: GroupId, body: &str) -> Vec<(String, Vec<AccountId>)> {
    let reactions = row(device, id, body).await.reactions;
    reactions
        .into_iter()
        .map(|reacted| (reacted.emoji, reacted.people))
        .collect()
}

async fn until_shown(device: &Device, id: GroupId, body: &str, expected: &[(&str, Vec<AccountId>)]) {
    let expected: Vec<(String, Vec<AccountId>)> = expected
        .iter()
        .map(|(emoji, people)| ((*emoji).to_owned(), people.clone()))
        .collect();
    device
        .until(&format!("reactions to {body}"), || async {
            shown(device, id, body).await == expected
        })
        .await;
}

fn reaction(author: AccountId, sent: Timestamp) -> OutgoingBody {
    let reaction = Reaction {
        target: Target {
            timestamp: sent,
            author: author.to_string(),
        },
        emoji: "😮".to_owned(),
        remove: false,
    };
    OutgoingBody::Reaction(reaction, Extras::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_who_reacted_and_that_it_was_taken_back() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    alice.write(id, "hello").await;
    bob.until_texts(id, &["hello"]).await;
    let key = row(&bob, id, "hello").await.key;
    react(&bob.core, key, "😂".into(), false).await.unwrap();
    until_shown(&alice, id, "hello", &[("😂", vec![Bob.id()])]).await;
    let own = row(&alice, id, "hello").await.key;
    react(&alice.core, own, "😂".into(), false).await.unwrap();
    until_shown(&bob, id, "hello", &[("😂", vec![Bob.id(), Alice.id()])]).await;
    assert_eq!(bob.texts(id).await, ["hello"], "no message of its own");
    react(&bob.core, key, "😂".into(), true).await.unwrap();
    until_shown(&alice, id, "hello", &[("😂", vec![Alice.id()])]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_waits_for_its_message() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let sent = alice.core.clock.now();
    let after = Timestamp::from_ms(sent.as_ms() + 1_000);
    stored_for(&alice, Alice, id, reaction(Alice.id(), sent), after).await;
    stored_for(&alice, Alice, id, text("here I am"), sent).await;
    bob.until_texts(id, &["here I am"]).await;
    until_shown(&bob, id, "here I am", &[("😮", vec![Alice.id()])]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_for_all_loses_its_reactions_and_is_quoted_as_deleted() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    alice.write(id, "hello").await;
    bob.until_texts(id, &["hello"]).await;
    let original = row(&bob, id, "hello").await.key;
    let draft = Draft {
        body: "to that".to_owned(),
        client_token: None,
        quote: Some(original),
        attachments: Vec::new(),
        preview: None,
    };
    send::submit(&bob.core, id, draft).await.unwrap();
    react(&bob.core, original, "😂".into(), false).await.unwrap();
    alice.until_texts(id, &["hello", "to that"]).await;
    until_shown(&alice, id, "hello", &[("😂", vec![Bob.id()])]).await;
    let answer = row(&alice, id, "to that").await;
    let quoted = answer.quote.unwrap();
    assert_eq!((quoted.preview.as_str(), quoted.is_own), ("hello", true));
    assert!(answer.mentions_us, "who is answered is meant");
    let own = row(&alice, id, "hello").await.key;
    facts::delete_for_all(&alice.core, id, vec![own]).await.unwrap();
    bob.until("deleted", || async {
        let quoted = row(&bob, id, "to that").await.quote.unwrap();
        quoted.is_deleted && quoted.preview.is_empty()
    })
    .await;
    for device in [&alice, &bob] {
        let left = device.timeline(id).await;
        assert!(left.iter().all(|row| row.reactions.is_empty()));
    }
    let refused = react(&bob.core, original, "😂".into(), false).await;
    assert_eq!(refused, Err(ClientError::NoMessage));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_of_somebody_who_is_no_member_waits_for_them() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    alice.write(id, "hello").await;
    bob.until_texts(id, &["hello"]).await;
    let sent = row(&bob, id, "hello").await.sent;
    let after = Timestamp::from_ms(sent.as_ms() + 1_000);
    stored_for(&alice, Chloe, id, reaction(Alice.id(), sent), after).await;
    alice.write(id, "and then").await;
    bob.until_texts(id, &["hello", "and then"]).await;
    // It is looked at once more, and then it counts as anybody's.
    until_shown(&bob, id, "hello", &[("😮", vec![Chloe.id()])]).await;
}
