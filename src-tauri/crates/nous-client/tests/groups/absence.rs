//! Members come back after days, weeks, months: with admins who were there, who come later, who
//! are gone.

use std::time::Duration;

use nous_client::groups::keep_alive::keep_alive;
use nous_client::groups::reconnect;
use nous_protocol::account::{GroupId, Namespace};
use nous_storage::groups::details::{Standing, Trouble};
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};
use crate::life::{of_two, until_joined};

const DAY_MS: i64 = 86_400_000;
/// After so long the network has forgotten everything of a group that nobody cares for.
const FORGOTTEN: i64 = 30;

/// Days pass; whoever is there extends the life of the group's state now and then.
async fn days_pass(world: &World, days: i64, there: Option<(&Device, GroupId)>) {
    let mut left = days;
    while left > 0 {
        let step = left.min(9);
        world.control().advance_ms(step * DAY_MS);
        if let Some((device, id)) = there {
            keep_alive(&device.core, &device.swarm, id).await.unwrap();
        }
        left -= step;
    }
    world.control().sweep();
}

async fn writes_and_is_read(from: &Device, to: &Device, id: GroupId, text: &str) {
    from.write(id, text).await;
    to.until(text, || async { to.texts(id).await.contains(&text.to_owned()) })
        .await;
}

async fn writes_and_is_stored(world: &World, from: &Device, id: GroupId, text: &str) {
    let before = world.hashes(id, Namespace::GROUP_MESSAGES);
    from.write(id, text).await;
    from.until(text, || async {
        let now = world.hashes(id, Namespace::GROUP_MESSAGES);
        now.iter().any(|hash| !before.contains(hash))
    })
    .await;
}

async fn admin_was_there(days: i64) {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let bob = bob.stopped().await;
    days_pass(&world, days - 1, Some((&alice, id))).await;
    alice.write(id, "while you were away").await;
    alice
        .until("stored", || async {
            !world.hashes(id, Namespace::GROUP_MESSAGES).is_empty()
        })
        .await;
    days_pass(&world, 1, Some((&alice, id))).await;
    let bob = bob.started();
    bob.until_texts(id, &["while you were away"]).await;
    writes_and_is_read(&bob, &alice, id, "I am back").await;
    assert_eq!(bob.details(id).await.unwrap().trouble, Trouble::None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_ten_days_reads_what_was_said() {
    admin_was_there(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_fifteen_days_goes_on() {
    admin_was_there(15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_31_days_goes_on() {
    admin_was_there(31).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_45_days_goes_on() {
    admin_was_there(45).await;
}

/// Nobody was there. A member comes back first and brings back what the network forgot; the
/// admin comes later.
async fn admin_comes_later(days: i64) {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let (alice, bob) = (alice.stopped().await, bob.stopped().await);
    days_pass(&world, days, None).await;
    let is_forgotten = world.hashes(id, Namespace::GROUP_KEYS).is_empty();
    assert_eq!(is_forgotten, days >= FORGOTTEN);
    let bob = bob.started();
    bob.until("stored again", || async {
        !world.hashes(id, Namespace::GROUP_KEYS).is_empty()
            && !world.hashes(id, Namespace::GROUP_MEMBERS).is_empty()
    })
    .await;
    // Where nobody wrote for long, what comes after her first poll is found later.
    writes_and_is_stored(&world, &bob, id, "is anybody there?").await;
    let alice = alice.started();
    alice
        .until("read", || async {
            alice.texts(id).await.contains(&"is anybody there?".to_owned())
        })
        .await;
    writes_and_is_read(&alice, &bob, id, "yes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_days_without_anybody_a_member_goes_on() {
    admin_comes_later(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifteen_days_without_anybody_a_member_goes_on() {
    admin_comes_later(15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_31_days_without_anybody_a_member_brings_the_group_back() {
    admin_comes_later(31).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_45_days_without_anybody_a_member_brings_the_group_back() {
    admin_comes_later(45).await;
}

/// Another device of Bob, which has his permission and no key; the network has forgotten the group.
async fn device_without_a_key(world: &World) -> (Device, Device, GroupId) {
    let (alice, bob, id) = of_two(world).await;
    let alice = alice.stopped().await;
    drop(bob.stopped().await);
    days_pass(world, 31, None).await;
    let tablet = world.device(Bob).await;
    tablet.join(&alice, id).await;
    tablet.knows(Alice).await;
    (alice, tablet.started(), id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_a_key_asks_nodes_then_admins_and_is_let_in() {
    let world = World::new().await;
    let (alice, tablet, id) = device_without_a_key(&world).await;
    tablet.until_standing(id, Standing::Expired).await;
    tablet
        .until("nodes are asked", || async {
            tablet
                .details(id)
                .await
                .is_some_and(|shown| shown.trouble == Trouble::AskingNodes)
        })
        .await;
    world.control().advance_ms(61_000);
    tablet
        .until("admins are asked", || async {
            tablet.details(id).await.unwrap().trouble == Trouble::AskingAdmins
        })
        .await;
    // The admin's app does not know Bob's wish yet, and finds the group forgotten.
    let alice = alice.started();
    tablet.until_standing(id, Standing::Joined).await;
    tablet
        .until("well", || async {
            tablet.details(id).await.unwrap().trouble == Trouble::None
        })
        .await;
    writes_and_is_read(&alice, &tablet, id, "here you are").await;
    writes_and_is_read(&tablet, &alice, id, "thank you").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_admin_comes_only_a_new_invitation_helps_and_one_button_asks_for_it() {
    let world = World::new().await;
    let (alice, tablet, id) = device_without_a_key(&world).await;
    let is = |trouble| {
        let tablet = &tablet;
        move || async move {
            tablet
                .details(id)
                .await
                .is_some_and(|shown| shown.trouble == trouble)
        }
    };
    tablet.until("nodes are asked", is(Trouble::AskingNodes)).await;
    world.control().advance_ms(61_000);
    tablet.until("admins are asked", is(Trouble::AskingAdmins)).await;
    world.control().advance_ms(DAY_MS + 1_000);
    tablet.until("given up", is(Trouble::NeedsInvitation)).await;
    reconnect::ask_for_invitation(&tablet.core, id).await.unwrap();
    tablet.until("asked again", is(Trouble::AskingAdmins)).await;
    // Asked, the admin invites him again.
    let alice = alice.started();
    tablet.until_standing(id, Standing::Joined).await;
    writes_and_is_read(&alice, &tablet, id, "welcome back").await;
    until_joined(&alice, id, Bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_by_all_nodes_for_two_weeks_was_removed() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let bob = bob.stopped().await;
    alice.shut_out(id, Bob).await;
    let bob = bob.started();
    bob.until("refused", || async {
        bob.details(id).await.unwrap().refused_since.as_ms() > 0
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bob.standing(id).await, Some(Standing::Joined));
    world.control().advance_ms(14 * DAY_MS + 1_000);
    bob.until_standing(id, Standing::Removed).await;
}

/// Clocks that stay behind are corrected by what nodes say.
#[tokio::test(flavor = "multi_thread")]
async fn devices_whose_clocks_stay_behind_go_on_too() {
    let world = World::with_own_clocks().await;
    let (alice, bob, id) = of_two(&world).await;
    writes_and_is_read(&alice, &bob, id, "see you next month").await;
    let bob = bob.stopped().await;
    for days in [9, 9, 9, 3] {
        world.control().advance_ms(days * DAY_MS);
        let text = format!("{days} days later");
        writes_and_is_stored(&world, &alice, id, &text).await;
    }
    // Her clock is right again by now: this is of today.
    writes_and_is_stored(&world, &alice, id, "see you tomorrow").await;
    world.control().advance_ms(DAY_MS);
    let bob = bob.started();
    bob.until("read", || async {
        bob.texts(id).await.contains(&"see you tomorrow".to_owned())
    })
    .await;
    writes_and_is_read(&bob, &alice, id, "here I am again").await;
    writes_and_is_read(&alice, &bob, id, "good to hear you").await;
}
