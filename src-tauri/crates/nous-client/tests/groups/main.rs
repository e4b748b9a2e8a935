//! Groups over a real network in this process: TLS, onion layers, signatures.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod absence;
mod answers;
mod device;
mod disappearing;
mod hostile;
mod late;
mod late_answers;
mod life;

use std::time::Duration;

use nous_client::groups::create::{NewGroup, create};
use nous_client::groups::error::GroupError;
use nous_client::groups::keep_alive::{KeptAlive, keep_alive};
use nous_client::groups::poll::GroupEnd;
use nous_client::groups::push::GroupPushEnded;
use nous_localnet::Replication;
use nous_protocol::account::{GroupId, Namespace};
use nous_protocol::auth::Access;
use nous_protocol::config::group_members::GroupMember;
use nous_protocol::config::user_groups::Removal;
use nous_protocol::group::{kick, subaccount};
use nous_protocol::wire::rpc::Action;
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use device::{Device, World};

const DAY_MS: i64 = 86_400_000;

fn named(people: &[Person]) -> Vec<(nous_protocol::account::AccountId, String)> {
    people
        .iter()
        .map(|person| (person.id(), person.name().to_owned()))
        .collect()
}

fn group(name: &str, people: Vec<(nous_protocol::account::AccountId, String)>) -> NewGroup {
    NewGroup {
        name: name.to_owned(),
        people,
        ..NewGroup::default()
    }
}

/// A group of Alice, its admin, and Bob, stored and read by both.
async fn of_two() -> (World, Device, Device, GroupId) {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    let id = founded(&alice, &bob).await;
    (world, alice, bob, id)
}

async fn founded(alice: &Device, bob: &Device) -> GroupId {
    let id = create(&alice.core, "Alice", group("Rowers", named(&[Bob])))
        .await
        .unwrap();
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    bob.join(alice, id).await;
    alice.settle(id).await;
    bob.settle(id).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_stored_in_order_and_read_by_whom_it_was_made_for() {
    let (world, alice, bob, id) = of_two().await;
    let group = bob.group(id).await.unwrap();
    assert_eq!(group.info().name(), "Rowers");
    assert_eq!(bob.names(id).await, ["Alice", "Bob"]);
    let own = alice.group(id).await.unwrap();
    assert_eq!(own.keys().all(), group.keys().all());
    assert_eq!(own.keys().pending_message(), None, "it came back");
    for namespace in [
        Namespace::GROUP_KEYS,
        Namespace::GROUP_INFO,
        Namespace::GROUP_MEMBERS,
    ] {
        assert_eq!(world.hashes(id, namespace).len(), 1, "{namespace:?}");
    }
    assert_eq!(alice.push(id).await, GroupPushEnded::Idle);
    assert_eq!(bob.push(id).await, GroupPushEnded::Idle, "members store nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_members_and_what_it_replaced_is_gone() {
    let (world, alice, bob, id) = of_two().await;
    let before = world.hashes(id, Namespace::GROUP_INFO);
    alice
        .change(id, |group, secret| group.info_mut().edit(secret).name("Sailors"))
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    bob.settle(id).await;
    assert_eq!(bob.group(id).await.unwrap().info().name(), "Sailors");
    let after = world.hashes(id, Namespace::GROUP_INFO);
    assert!(after.len() == 1 && after != before, "{after:?}");
}

/// Alice removes Bob as `groups.md` §13 says: the notice, the permission, then the next key.
async fn remove_bob(alice: &Device, id: GroupId) {
    let secret = alice.secret(id).await;
    let generation = alice.group(id).await.unwrap().keys().generation();
    let notice = kick::seal(&secret, &[Bob.id()], generation, &mut rand::rng());
    alice.store(id, Namespace::GROUP_REVOKED, notice).await;
    let token = subaccount::token(&secret, &Bob.id(), Access::MEMBER).unwrap();
    let revoke = Action::RevokeSubaccount {
        tokens: vec![token],
        timestamp: alice.core.clock.now(),
    };
    alice.ask(id, revoke).await;
    alice
        .change(id, |group, secret| {
            group.members_mut().erase(secret, &Bob.id());
            group.rekey(secret).unwrap();
        })
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    alice.settle(id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_learns_it_although_all_other_boxes_are_closed() {
    let (_world, alice, bob, id) = of_two().await;
    remove_bob(&alice, id).await;
    let polled = bob.poll(id).await.unwrap();
    assert_eq!(polled.standing, GroupEnd::Kicked);
    let entry = bob.entry(id).await.unwrap();
    assert_eq!((entry.removal, entry.name.as_str()), (Removal::Kicked, "Rowers"));
    assert!(
        entry.auth_data.is_none() && bob.group(id).await.is_none(),
        "no key is left"
    );
    assert_eq!(bob.poll(id).await, None, "it is not asked again");
}

/// Alice adds somebody, without history.
async fn add(alice: &Device, who: Person, id: GroupId) {
    alice
        .change(id, |group, secret| {
            let mut member = GroupMember::invited(who.id());
            who.name().clone_into(&mut member.name);
            group.members_mut().set(secret, &member);
            group.rekey(secret).unwrap();
        })
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    alice.settle(id).await;
    let token = subaccount::token(&alice.secret(id).await, &who.id(), Access::MEMBER).unwrap();
    let unrevoke = Action::UnrevokeSubaccount {
        tokens: vec![token],
        timestamp: alice.core.clock.now(),
    };
    alice.ask(id, unrevoke).await;
}

async fn generations(device: &Device, id: GroupId) -> Vec<i64> {
    let group = device.group(id).await.unwrap();
    group.keys().loaded().map(|key| key.generation()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_from_before_a_new_invitation_says_nothing() {
    let (_world, alice, bob, id) = of_two().await;
    remove_bob(&alice, id).await;
    assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Kicked);
    add(&alice, Bob, id).await;
    bob.join(&alice, id).await;
    bob.settle(id).await;
    assert_eq!(generations(&bob, id).await, [2, 0], "nothing of the time between");
    assert_eq!(bob.group(id).await.unwrap().info().name(), "Rowers");
}

/// Which node is asked is chance: with eight groups one is most likely asked first that is behind.
#[tokio::test(flavor = "multi_thread")]
async fn one_node_that_does_not_know_of_a_return_removes_nobody() {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    for _ in 0..8 {
        let id = founded(&alice, &bob).await;
        remove_bob(&alice, id).await;
        // Bob is away meanwhile. One node, which others do not reach, keeps him out.
        let control = world.control();
        let asked = alice.swarm.members(&id.into()).await.unwrap()[0].key.to_string();
        let nodes = control.nodes();
        let mut others = control.swarm_of(&id.into()).into_iter();
        let behind = others.find(|node| nodes[*node].ed25519 != asked).unwrap();
        let unreached = Replication::Code(500, "unreached".to_owned());
        control.set_replication(behind, unreached).unwrap();
        add(&alice, Bob, id).await;
        assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Member);
        bob.settle(id).await;
        control.set_replication(behind, Replication::Works).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_becomes_an_admin_reads_what_a_member_could_not() {
    let (world, alice, _bob, id) = of_two().await;
    let chloe = world.device(Chloe).await;
    add(&alice, Chloe, id).await;
    chloe.join(&alice, id).await;
    chloe.settle(id).await;
    assert_eq!(generations(&chloe, id).await, [1]);
    chloe.become_admin(&alice, id).await;
    chloe.settle(id).await;
    assert_eq!(generations(&chloe, id).await, [1, 0]);
    chloe
        .change(id, |group, secret| group.info_mut().edit(secret).name("Sailors"))
        .await;
    assert_eq!(chloe.push(id).await, GroupPushEnded::Pushed);
    alice.settle(id).await;
    assert_eq!(alice.group(id).await.unwrap().info().name(), "Sailors");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_group_ends_for_its_members() {
    let (_world, alice, bob, id) = of_two().await;
    alice
        .change(id, |group, secret| group.info_mut().edit(secret).destroy())
        .await;
    let polled = alice.poll(id).await.unwrap();
    assert_eq!(
        (polled.standing, polled.is_push_due),
        (GroupEnd::Member, true),
        "not before it is stored"
    );
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Destroyed);
    assert_eq!(alice.poll(id).await.unwrap().standing, GroupEnd::Destroyed);
    assert_eq!(bob.entry(id).await.unwrap().removal, Removal::Destroyed);
    assert_eq!(bob.poll(id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_cannot_store_does_not_hide_that_a_group_ended() {
    let (_world, alice, bob, id) = of_two().await;
    bob.become_admin(&alice, id).await;
    bob.change(id, |group, secret| {
        group.info_mut().edit(secret).description("never stored");
    })
    .await;
    // A member once more, and nobody stores that.
    bob.forget_entry(id).await;
    bob.join(&alice, id).await;
    alice
        .change(id, |group, secret| group.info_mut().edit(secret).destroy())
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Destroyed);
    assert_eq!(bob.entry(id).await.unwrap().removal, Removal::Destroyed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_brings_back_what_the_swarm_lost_and_a_new_device_reads_it() {
    let (world, alice, bob, id) = of_two().await;
    assert_eq!(
        keep_alive(&bob.core, &bob.swarm, id).await.unwrap(),
        KeptAlive::Whole
    );
    let namespaces = [
        Namespace::GROUP_KEYS,
        Namespace::GROUP_INFO,
        Namespace::GROUP_MEMBERS,
    ];
    let before = namespaces.map(|namespace| world.hashes(id, namespace));
    world.lose(id);
    assert_eq!(
        keep_alive(&bob.core, &bob.swarm, id).await.unwrap(),
        KeptAlive::StoredAgain
    );
    let after = namespaces.map(|namespace| world.hashes(id, namespace));
    assert_eq!(before, after, "the same bytes under the same hashes");
    let tablet = world.device(Bob).await;
    tablet.join(&alice, id).await;
    tablet.settle(id).await;
    assert_eq!(tablet.names(id).await, ["Alice", "Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_replaced_a_moment_before_is_not_brought_back() {
    let (world, alice, bob, id) = of_two().await;
    let before = world.hashes(id, Namespace::GROUP_INFO);
    alice
        .change(id, |group, secret| group.info_mut().edit(secret).destroy())
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    let after = world.hashes(id, Namespace::GROUP_INFO);
    assert!(before.iter().all(|hash| !after.contains(hash)), "replaced");
    assert_eq!(
        keep_alive(&bob.core, &bob.swarm, id).await.unwrap(),
        KeptAlive::Idle
    );
    assert_eq!(world.hashes(id, Namespace::GROUP_INFO), after);
    assert_eq!(bob.entry(id).await.unwrap().removal, Removal::Destroyed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_a_thing_brought_back_is_read_within_a_day() {
    let (world, alice, bob, id) = of_two().await;
    let replaced = world.hashes(id, Namespace::GROUP_INFO).into_iter().collect();
    let now = bob.core.clock.now();
    let old = bob.group(id).await.unwrap().lost(&replaced, now);
    bob.reads_every_node(id, Namespace::GROUP_INFO).await;
    alice
        .change(id, |group, secret| group.info_mut().edit(secret).destroy())
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    for (namespace, data) in old {
        alice.store(id, namespace, data).await;
    }
    // Bob has read up to what stands last now.
    assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Member);
    assert_eq!(
        keep_alive(&bob.core, &bob.swarm, id).await.unwrap(),
        KeptAlive::Whole
    );
    assert_eq!(bob.poll(id).await.unwrap().standing, GroupEnd::Destroyed);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_app_runs_now_and_then_a_group_outlives_its_30_days() {
    let (world, _alice, bob, id) = of_two().await;
    for _ in 0..3 {
        world.control().advance_ms(20 * DAY_MS);
        assert_eq!(
            keep_alive(&bob.core, &bob.swarm, id).await.unwrap(),
            KeptAlive::Whole
        );
    }
    world.control().sweep();
    assert_eq!(world.hashes(id, Namespace::GROUP_KEYS).len(), 1);
    assert_eq!(world.hashes(id, Namespace::GROUP_INFO).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_could_not_be_stored_is_stored_later() {
    let world = World::new().await;
    let alice = world.device(Alice).await;
    let id = create(&alice.core, "Alice", group("Rowers", named(&[Bob])))
        .await
        .unwrap();
    world.control().stop_all().await.unwrap();
    assert_eq!(alice.push(id).await, GroupPushEnded::Failed);
    world.control().start_all().await.unwrap();
    let stored = tokio::time::timeout(Duration::from_secs(60), async {
        while alice.push(id).await != GroupPushEnded::Pushed {}
    });
    stored.await.unwrap();
    alice.settle(id).await;
    assert_eq!(world.hashes(id, Namespace::GROUP_KEYS).len(), 1);
    assert_eq!(world.hashes(id, Namespace::GROUP_MEMBERS).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_opened_is_read_when_a_key_comes() {
    let (world, alice, _bob, id) = of_two().await;
    let chloe = world.device(Chloe).await;
    chloe.join(&alice, id).await;
    // Every node of the swarm is asked.
    for _ in 0..12 {
        chloe.poll(id).await.unwrap();
    }
    assert_eq!(chloe.group(id).await.unwrap().info().name(), "");
    let secret = alice.secret(id).await;
    let keys = alice.group(id).await.unwrap();
    let supplement = keys.keys().supplement(&secret, &[Chloe.id()]).unwrap();
    alice.store(id, Namespace::GROUP_KEYS, supplement).await;
    chloe.settle(id).await;
    assert_eq!(chloe.group(id).await.unwrap().info().name(), "Rowers");
    assert_eq!(chloe.names(id).await, ["Alice", "Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_for_another_group_or_person_opens_nothing() {
    let (world, alice, _bob, id) = of_two().await;
    let chloe = world.device(Chloe).await;
    let other = create(&alice.core, "Alice", group("Others", named(&[Bob])))
        .await
        .unwrap();
    let secret = alice.secret(other).await;
    let of_other = subaccount::issue(&secret, &Chloe.id(), Access::MEMBER).unwrap();
    chloe.join_with(id, *of_other.expose()).await;
    assert_eq!(chloe.poll(id).await, None);
    let secret = alice.secret(id).await;
    let of_bob = subaccount::issue(&secret, &Bob.id(), Access::MEMBER).unwrap();
    chloe.join_with(id, *of_bob.expose()).await;
    assert_eq!(chloe.poll(id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_needs_a_name_and_others_and_has_room_for_a_hundred() {
    let world = World::new().await;
    let alice = world.device(Alice).await;
    let many = |count: u8| {
        (0..count).map(|n| {
            let mut bytes = [9; 16];
            bytes[0] = n;
            let seed = nous_protocol::keys::Seed::from_bytes(bytes);
            let keys = nous_protocol::keys::IdentityKeys::from_seed(&seed);
            (keys.account_id(), String::new())
        })
    };
    let fails = |name: &'static str, people: Vec<_>| {
        let core = alice.core.clone();
        async move { create(&core, "Alice", group(name, people)).await.unwrap_err() }
    };
    assert!(matches!(fails(" ", named(&[Bob])).await, GroupError::NoName));
    assert!(matches!(
        fails("Rowers", named(&[Alice])).await,
        GroupError::Nobody
    ));
    assert!(matches!(
        fails("Rowers", many(100).collect()).await,
        GroupError::TooMany(101)
    ));
    let id = create(&alice.core, "Alice", group("Rowers", many(99).collect()))
        .await
        .unwrap();
    assert_eq!(alice.names(id).await.len(), 100);
}
