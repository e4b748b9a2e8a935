//! The loop that follows groups.

use std::time::Duration;

use nous_client::groups::create::{NewGroup, create};
use nous_client::groups::push::{GroupPushEnded, push_group};
use nous_network::LinkState;
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_protocol::config::user_groups::UserGroups;
use nous_storage::configs::{self, ConfigRow};
use nous_storage::groups::{self, GroupStanding};
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const BOXES: [Namespace; 3] = [
    Namespace::GROUP_KEYS,
    Namespace::GROUP_INFO,
    Namespace::GROUP_MEMBERS,
];

async fn made(device: &Device) -> GroupId {
    let people = vec![(Bob.id(), "Bob".to_owned())];
    let new = NewGroup {
        name: "Rowers".to_owned(),
        people,
        ..NewGroup::default()
    };
    create(&device.core, "Alice", new).await.unwrap()
}

async fn standing(device: &Device, id: GroupId) -> Option<GroupStanding> {
    let standings = device.read(groups::standings).await;
    standings.into_iter().find(|standing| standing.id == id)
}

/// How many requests about the group left.
fn asked(world: &World, id: GroupId) -> usize {
    let account = SwarmAccount::from(id);
    let asked = world.swarm.asked();
    asked
        .iter()
        .filter(|one| one.account == account && one.request.is_some())
        .count()
}

async fn until_stored(world: &World, device: &Device, id: GroupId) {
    let swarm = &world.swarm;
    device
        .until("stored, confirmed and extended", || async {
            let is_stored = BOXES
                .iter()
                .all(|namespace| swarm.kept_in(id, *namespace).len() == 1);
            let standing = standing(device, id).await;
            is_stored && standing.is_some_and(|now| !now.is_push_due && now.extended.is_some())
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_group_is_polled_often_while_something_happens_there_and_then_calmly() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let id = made(&alice).await;
    until_stored(&world, &alice, id).await;
    for (after, expected) in [(Duration::ZERO, 95..=125), (3 * DAY, 8..=12), (5 * DAY, 4..=6)] {
        world.clock.jump(after);
        alice
            .pass(Duration::from_secs(300), Duration::from_secs(10))
            .await;
        let before = asked(&world, id);
        alice.pass(Duration::from_secs(600), Duration::from_secs(1)).await;
        let polls = (asked(&world, id) - before) / 5;
        assert!(expected.contains(&polls), "{polls} polls in ten minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn killed_after_a_store_whose_answer_was_lost_a_group_is_stored_once() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let id = made(&alice).await;
    world.swarm.lose_answers(2);
    let ended = push_group(&alice.core, &alice.api(), id).await.unwrap();
    assert_eq!(ended, GroupPushEnded::Failed);
    let hashes = || {
        BOXES.map(|namespace| {
            world
                .swarm
                .kept_in(id, namespace)
                .iter()
                .map(|kept| kept.hash.clone())
                .collect::<Vec<_>>()
        })
    };
    let before = hashes();
    assert!(before.iter().all(|of_box| of_box.len() == 1), "{before:?}");
    let alice = alice.reopened().await.started();
    until_stored(&world, &alice, id).await;
    // How far the invitation is stands in the list of members.
    assert_eq!(hashes()[..2], before[..2]);
}

#[tokio::test(start_paused = true)]
async fn killed_before_anything_left_a_group_is_stored_after_the_start() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let id = made(&alice).await;
    assert_eq!(asked(&world, id), 0);
    let alice = alice.reopened().await.started();
    until_stored(&world, &alice, id).await;
}

#[tokio::test(start_paused = true)]
async fn what_the_swarm_lost_is_back_within_a_day() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let id = made(&alice).await;
    until_stored(&world, &alice, id).await;
    let before = BOXES.map(|namespace| world.swarm.kept_in(id, namespace)[0].hash.clone());
    world.swarm.lose(id);
    world.clock.jump(DAY);
    alice.pass(HOUR, Duration::from_secs(30)).await;
    let after = BOXES.map(|namespace| {
        world
            .swarm
            .kept_in(id, namespace)
            .first()
            .map(|kept| kept.hash.clone())
    });
    assert_eq!(after, before.map(Some));
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_nothing_is_asked_and_with_one_it_is_made_up_for() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let first = made(&alice).await;
    until_stored(&world, &alice, first).await;
    world.swarm.set_link(LinkState::Offline);
    let id = made(&alice).await;
    let before = (asked(&world, first), asked(&world, id));
    alice.pass(HOUR, Duration::from_secs(30)).await;
    assert_eq!((asked(&world, first), asked(&world, id)), before);
    world.swarm.set_link(LinkState::Connected);
    until_stored(&world, &alice, id).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_that_was_left_elsewhere_is_asked_no_more_and_its_keys_are_gone() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let id = made(&alice).await;
    let erased = alice.core.db.write(move |writer| {
        let dump = configs::dump(&writer.reader(), Namespace::USER_GROUPS)?.unwrap_or_default();
        let mut config = UserGroups::load(&dump).unwrap();
        config.erase_group(&id);
        let state = config.state_mut();
        let row = ConfigRow {
            namespace: Namespace::USER_GROUPS,
            dump: state.dump(),
            seqno: state.seqno(),
            phase: state.phase(),
        };
        configs::save(writer, &row)
    });
    erased.await.unwrap();
    let alice = alice.started();
    alice.pass(HOUR, Duration::from_secs(30)).await;
    assert_eq!((asked(&world, id), standing(&alice, id).await), (0, None));
}
