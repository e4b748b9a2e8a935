//! Everything of the account is deleted from its swarm, and what nodes confirmed is counted.

use std::cell::Cell;

use nous_client::config_sync::push::push;
use nous_client::leaving::{Deleted, delete_everything};
use nous_protocol::account::Namespace;
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};

const BOXES: [Namespace; 3] = [Namespace::MESSAGES, Namespace::USER_PROFILE, Namespace::CONTACTS];

/// Alice, of whom the swarm keeps messages and configs.
async fn alice(world: &World) -> Device {
    let alice = world.device(Alice).await.started();
    alice.write(Bob, "hello").await;
    alice.write(Alice, "a note").await;
    alice.until_outbox_is_empty().await;
    push(&alice.core, &alice.api()).await.unwrap();
    for space in BOXES {
        assert!(!world.swarm.kept_in(Alice.id(), space).is_empty());
    }
    alice
}

async fn delete(alice: &Device, before: Deleted) -> Deleted {
    delete_everything(&alice.core, &alice.api(), before, |_| ()).await
}

#[tokio::test(start_paused = true)]
async fn nothing_of_the_account_is_left_in_any_box_and_others_keep_theirs() {
    let world = World::new();
    let alice = alice(&world).await;
    let told = Cell::new(0);
    let deleted = delete_everything(&alice.core, &alice.api(), Deleted::default(), |_| {
        told.set(told.get() + 1);
    })
    .await;
    assert!(deleted.is_complete() && told.get() > 0);
    assert_eq!(deleted.confirmed, deleted.members);
    for space in BOXES {
        assert!(world.swarm.kept_in(Alice.id(), space).is_empty(), "{space:?}");
    }
    assert!(deleted.hashes.len() >= BOXES.len());
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1, "what Bob was sent is his");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_does_not_confirm_is_counted_and_asked_again() {
    let world = World::new();
    let alice = alice(&world).await;
    world.swarm.leave_behind(2);
    let partly = delete(&alice, Deleted::default()).await;
    assert!(!partly.is_complete());
    assert_eq!(partly.members.len() - partly.confirmed.len(), 1);
    world.swarm.fail_sequences(u32::MAX);
    let again = delete(&alice, partly.clone()).await;
    assert_eq!(again.confirmed, partly.confirmed, "what was confirmed stays so");
    assert!(again.failure.is_some());
}

#[tokio::test(start_paused = true)]
async fn with_nobody_there_nothing_is_confirmed() {
    let world = World::new();
    let alice = alice(&world).await;
    world.swarm.fail_sequences(u32::MAX);
    let nothing = delete(&alice, Deleted::default()).await;
    assert!(nothing.confirmed.is_empty() && !nothing.is_complete() && nothing.failure.is_some());
    assert!(
        !Deleted::default().is_complete(),
        "no known node is no confirmation"
    );
}
