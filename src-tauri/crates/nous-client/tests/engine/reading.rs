//! What was read, and what is counted as unread.

use std::time::Duration;

use nous_client::config_sync::push::push;
use nous_client::poll::poll_to_the_end;
use nous_client::{receipts, send};
use nous_storage::{conversations, messages};
use nous_testkit::Person::{self, Alice, Bob, Chloe};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::device::{Device, World};
use crate::receive::{at, text};

const OTHERS: [Person; 2] = [Bob, Chloe];

async fn poll(device: &Device) {
    poll_to_the_end(&device.core, &device.api()).await.unwrap();
}

async fn unread(device: &Device, with: Person) -> u32 {
    let found = device.read(move |reader| conversations::by_ids(reader, &[with.id().into()]));
    found.await.pop().map_or(0, |row| row.unread_count)
}

#[tokio::test(start_paused = true)]
async fn what_was_not_on_the_screen_stays_unread_on_every_device() {
    let world = World::new();
    let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
    for n in 0..4 {
        world.send(Bob, Alice, text(&format!("text {n}")), at(n));
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    for device in [&laptop, &phone] {
        poll(device).await;
    }
    let rows = laptop.timeline(Bob.id()).await;
    let read = receipts::read(&laptop.core, Bob.id(), Some(rows[1].key))
        .await
        .unwrap();
    assert_eq!(read, [rows[0].key, rows[1].key]);
    push(&laptop.core, &laptop.api()).await.unwrap();
    poll(&phone).await;
    for device in [&laptop, &phone] {
        assert_eq!(unread(device, Bob).await, 2);
        let first = device.read(|reader| {
            let key = conversations::find(reader, Bob.id())?.unwrap();
            messages::first_unread(reader, key)
        });
        let first = first.await.unwrap();
        assert_eq!(device.message(first).await.unwrap().body, "text 2");
    }
    let again = receipts::read(&laptop.core, Bob.id(), Some(rows[0].key))
        .await
        .unwrap();
    assert!(again.is_empty(), "reading does not go back");
    assert_eq!(unread(&laptop, Bob).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_message_of_another_conversation_marks_nothing() {
    let world = World::new();
    let alice = world.device(Alice).await;
    world.send(Bob, Alice, text("from Bob"), at(0));
    world.send(Chloe, Alice, text("from Chloe"), at(1));
    poll(&alice).await;
    let of_chloe = alice.timeline(Chloe.id()).await[0].key;
    let read = receipts::read(&alice.core, Bob.id(), Some(of_chloe))
        .await
        .unwrap();
    assert!(read.is_empty());
    assert_eq!(unread(&alice, Bob).await, 1);
}

/// The counts of the list are those of the rows.
async fn check_counts(device: &Device, seed: u64) {
    for other in OTHERS {
        let rows = device.timeline(other.id()).await;
        let counted = rows.iter().filter(|row| row.is_unread).count();
        let shown = usize::try_from(unread(device, other).await).unwrap();
        assert_eq!(shown, counted, "seed {seed}");
    }
}

async fn act(device: &Device, world: &World, rng: &mut StdRng, next: &mut i64) {
    let other = OTHERS[rng.random_range(0..2)];
    match rng.random_range(0..10) {
        0..=3 => {
            *next += 1;
            // Some come late: their place is among others that were read.
            let late = if rng.random_bool(0.2) {
                rng.random_range(0..5)
            } else {
                0
            };
            world.send(
                other,
                Alice,
                text(&next.to_string()),
                at(*next * 7 - late * 7 - late),
            );
            tokio::time::advance(Duration::from_millis(7)).await;
        }
        4 | 5 => {
            let rows = device.timeline(other.id()).await;
            if !rows.is_empty() {
                let up_to = rows[rng.random_range(0..rows.len())].key;
                receipts::read(&device.core, other.id(), Some(up_to))
                    .await
                    .unwrap();
            }
        }
        6 => drop(receipts::read(&device.core, other.id(), None).await),
        7 => {
            let rows = device.timeline(other.id()).await;
            if !rows.is_empty() {
                let key = rows[rng.random_range(0..rows.len())].key;
                send::delete(&device.core, vec![key]).await.unwrap();
            }
        }
        8 if rng.random_bool(0.3) => {
            send::delete_conversation(&device.core, other.id()).await.unwrap();
        }
        _ => {
            device.write(other, "answer").await;
        }
    }
    if rng.random_bool(0.5) {
        poll(device).await;
    }
    if rng.random_bool(0.4) {
        push(&device.core, &device.api()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn unread_counts_are_those_of_the_rows_whatever_happens() {
    for seed in 0..4 {
        let mut rng = StdRng::seed_from_u64(seed);
        let (world, mut next) = (World::new(), 0);
        let mut devices = vec![world.device(Alice).await, world.restored_device(Alice).await];
        for device in &devices {
            poll(device).await;
            device.write(Bob, "hello").await;
            device.write(Chloe, "salut").await;
        }
        for _ in 0..80 {
            let index = rng.random_range(0..devices.len());
            if rng.random_bool(0.05) {
                let device = devices.swap_remove(index);
                devices.push(device.reopened().await);
            } else {
                act(&devices[index], &world, &mut rng, &mut next).await;
            }
            for device in &devices {
                check_counts(device, seed).await;
            }
        }
        for device in &devices {
            for other in OTHERS {
                receipts::read(&device.core, other.id(), None).await.unwrap();
                assert_eq!(unread(device, other).await, 0, "seed {seed}");
            }
        }
    }
}
