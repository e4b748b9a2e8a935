//! Devices of one account that do anything, in any order, over a network that fails.

use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::poll::poll_to_the_end;
use nous_client::send;
use nous_network::SwarmError;
use nous_protocol::account::Namespace;
use nous_protocol::config::fields::{Cleared, NotifyMode};
use nous_protocol::config::state::Phase;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::time::Timestamp;
use nous_storage::people::{Person as Known, ReadPosition};
use nous_storage::{account, configs, contacts, people};
use nous_testkit::Person::{self, Alice, Bob, Chloe};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

use crate::device::{Device, World};
use crate::setup;

const OTHERS: [Person; 2] = [Bob, Chloe];

/// All that the devices must agree on.
#[derive(PartialEq, Eq)]
struct Shared {
    name: String,
    people: Vec<Known>,
    note_priority: i64,
    note_cleared: Cleared,
    shared_note_priority: i64,
    seqnos: Vec<i64>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let people = self.people.iter().map(|known| {
            (
                known.account.short(),
                (&known.name, &known.nickname, known.priority),
                (known.is_approved, known.has_approved_me, known.is_blocked),
                (known.notify, known.mute_until_s, known.cleared),
            )
        });
        f.debug_list().entries(people).finish()?;
        write!(
            f,
            "{} {} ({}) {:?} {:?}",
            self.name, self.note_priority, self.shared_note_priority, self.note_cleared, self.seqnos
        )
    }
}

async fn shared(device: &Device) -> Shared {
    let (own, known, note, standings, profile) = device
        .read(|reader| {
            Ok((
                account::load(reader)?,
                people::known(reader)?,
                people::find(reader, &Alice.id())?,
                configs::standings(reader)?,
                configs::dump(reader, Namespace::USER_PROFILE)?,
            ))
        })
        .await;
    let mut people: Vec<Known> = known
        .into_iter()
        .filter(|person| person.account != Alice.id())
        .map(|person| Known {
            // Each device met them at another time.
            created: Timestamp::from_ms(0),
            ..person
        })
        .collect();
    people.sort_by_key(|person| person.account);
    assert!(standings.iter().all(|config| config.phase == Phase::Clean));
    Shared {
        name: own.unwrap().display_name,
        people,
        // Hidden from the start, where there is no row yet.
        note_priority: note.as_ref().map_or(-1, |(_, note)| note.priority),
        note_cleared: note.map_or(Cleared::NONE, |(_, note)| note.cleared),
        shared_note_priority: UserProfile::load(&profile.unwrap()).unwrap().note_priority(),
        seqnos: standings.iter().map(|config| config.seqno).collect(),
    }
}

async fn position(device: &Device, of: Person) -> Option<ReadPosition> {
    device
        .read(move |reader| people::read_position(reader, of.id()))
        .await
}

async fn change(device: &Device, of: Person, rng: &mut StdRng) {
    let (kind, number) = (rng.random_range(0..6), rng.random_range(0..4_i64));
    // Somebody who has no conversation yet is left alone.
    let _ = actions::change_conversation(&device.core, of.id(), move |writer, key| match kind {
        0 => people::set_nickname(writer, key, &format!("nick {number}")),
        1 => people::set_priority(writer, key, number - 1),
        2 => contacts::set_notify(writer, key, NOTIFY[usize::try_from(number).unwrap()]),
        3 => people::mark_unread(writer, key),
        4 => contacts::set_mute(writer, key, number * 1_900_000_000),
        _ => people::set_pinned(writer, key, number > 1),
    })
    .await;
}

const NOTIFY: [NotifyMode; 4] = [
    NotifyMode::Default,
    NotifyMode::All,
    NotifyMode::Disabled,
    NotifyMode::MentionsOnly,
];

/// Hides, shows or pins Note to Self, where there is one.
async fn change_note(device: &Device, rng: &mut StdRng) {
    let priority = rng.random_range(-1..=1);
    let _ = actions::change_conversation(&device.core, Alice.id(), move |writer, key| {
        people::set_priority(writer, key, priority)
    })
    .await;
}

async fn act(device: &Device, world: &World, rng: &mut StdRng) {
    let other = OTHERS[rng.random_range(0..2)];
    match rng.random_range(0..18) {
        0..=4 => change(device, other, rng).await,
        14 => change_note(device, rng).await,
        15 | 16 => {
            let of = if rng.random_bool(0.3) { Alice } else { other };
            let _ = send::clear(&device.core, of.id()).await.unwrap();
        }
        17 => drop(send::set_blocked(&device.core, other.id(), rng.random_bool(0.5)).await),
        5 => {
            let name = format!("Alice {}", rng.random_range(0..9));
            let seconds = device.now().as_wire() / 1_000;
            actions::set_name(&device.core, name, seconds).await.unwrap();
        }
        6 => drop(send::delete_conversation(&device.core, other.id()).await.unwrap()),
        7 => drop(send::delete_contact(&device.core, other.id()).await.unwrap()),
        8 => {
            let to = if rng.random_bool(0.3) { Alice } else { other };
            drop(send::submit(&device.core, to.id(), setup::draft("hello")).await);
        }
        9 => drop(actions::mark_read(&device.core, other.id()).await),
        10 => world.swarm.fail_sequences(1),
        11 => world.swarm.lose_answers(1),
        12 => world.swarm.fail_polls(2),
        _ => tokio::time::advance(Duration::from_secs(1)).await,
    }
    if rng.random_bool(0.4) {
        match poll_to_the_end(&device.core, &device.api()).await {
            Ok(_) | Err(nous_client::ClientError::Swarm(SwarmError::Timeout)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    if rng.random_bool(0.4) {
        push(&device.core, &device.api()).await.unwrap();
    }
}

async fn settle(world: &World, devices: &[Device]) {
    world.swarm.fail_polls(0);
    for _ in 0..12 {
        for device in devices {
            let _ = poll_to_the_end(&device.core, &device.api()).await;
            push(&device.core, &device.api()).await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_devices_do_they_come_to_the_same() {
    for seed in 0..6 {
        let mut rng = StdRng::seed_from_u64(seed);
        let world = World::new();
        let first = world.device(Alice).await;
        first.write(Bob, "hello").await;
        push(&first.core, &first.api()).await.unwrap();
        let mut devices = vec![first];
        for _ in 0..2 {
            devices.push(world.restored_device(Alice).await);
        }
        for _ in 0..120 {
            let index = rng.random_range(0..devices.len());
            if rng.random_bool(0.05) {
                let device = devices.swap_remove(index);
                devices.push(device.reopened().await);
            } else {
                act(&devices[index], &world, &mut rng).await;
            }
        }
        settle(&world, &devices).await;
        let expected = shared(&devices[0]).await;
        for device in &devices[1..] {
            assert_eq!(shared(device).await, expected, "seed {seed}");
        }
        for other in OTHERS {
            let all = [
                position(&devices[0], other).await,
                position(&devices[1], other).await,
                position(&devices[2], other).await,
            ];
            let marked: Vec<bool> = all
                .iter()
                .map(|read| read.is_some_and(|read| read.is_marked_unread))
                .collect();
            assert!(
                marked.iter().all(|one| *one == marked[0]),
                "seed {seed}: {marked:?}"
            );
        }
        let late = world.restored_device(Alice).await;
        settle(&world, std::slice::from_ref(&late)).await;
        let late = shared(&late).await;
        assert_eq!(
            (&late.name, &late.people),
            (&expected.name, &expected.people),
            "seed {seed}"
        );
    }
}
