//! What another device knows of groups and communities is shown, and stays byte for byte.

use std::time::Duration;

use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::poll::poll_to_the_end;
use nous_protocol::account::{GroupId, Namespace};
use nous_protocol::config::data::{Dict, Entry};
use nous_protocol::config::fields::NotifyMode;
use nous_protocol::config::message::Authority;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::state::ConfigState;
use nous_protocol::config::user_groups::{Community, Group, LegacyGroup, UserGroups};
use nous_storage::conversations::{self, Conversation};
use nous_storage::groups::details::Standing;
use nous_storage::kept_groups::{self, KeptGroup, KeptKind};
use nous_storage::{configs, people};
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};

const MONTH: Duration = Duration::from_secs(30 * 86_400);
const HIKING: GroupId = GroupId::from_ed25519([0x11; 32]);
const CHOIR: GroupId = GroupId::from_ed25519([0x22; 32]);

/// A pinned group with a key that nobody knows, one that we were removed from, a room, a group
/// of the old kind, and a whole kind that nobody knows.
fn on_the_phone() -> UserGroups {
    let mut groups = UserGroups::default();
    let mut hiking = Group::new(HIKING);
    "Hiking\u{202e}".clone_into(&mut hiking.name);
    hiking.auth_data = Some([7; 100]);
    hiking.settings.priority = 3;
    hiking.settings.joined = 1_790_000_000;
    hiking.settings.notify = NotifyMode::MentionsOnly;
    hiking.settings.mute_until = 1_800_000_000;
    groups.set_group(&hiking);
    let mut choir = Group::new(CHOIR);
    "Choir".clone_into(&mut choir.name);
    choir.mark_kicked();
    groups.set_group(&choir);
    groups.set_community(&Community::new("https://chat.example.org", "Garden", [9; 32]).unwrap());
    let mut old = LegacyGroup::new(Bob.id());
    "Old friends".clone_into(&mut old.name);
    groups.set_legacy_group(&old);
    let mut editor = groups.state_mut().edit(&Authority::None).unwrap();
    assert!(editor.string(
        &[b"g", &HIKING.to_bytes(), b"~new"],
        b"\x00\xff of a later version"
    ));
    assert!(editor.integer(&[b"Z", b"later", b"n"], Some(-4)));
    groups
}

/// Stores what a phone with another client would.
fn store(world: &World, of: Person, groups: &mut UserGroups) {
    let keys = of.keys();
    let keys = ConfigKeys::own(UserGroups::KIND, &keys);
    let now = world.clock.network_clock(Some(0)).now();
    let pushed = groups.state_mut().push(&keys, now).unwrap();
    for message in pushed.messages {
        world
            .swarm
            .put_in(of.id(), Namespace::USER_GROUPS, message, MONTH);
    }
}

async fn shown(device: &Device) -> Vec<KeptGroup> {
    device.read(kept_groups::list).await
}

/// The groups that stand in the list.
async fn groups_of(device: &Device) -> Vec<Conversation> {
    let rows = device
        .read(|reader| conversations::page(reader, None, "", 100))
        .await;
    rows.into_iter().filter(|row| row.group.is_some()).collect()
}

/// What the stored messages say, read by somebody who knows nothing else.
fn stored_data(world: &World, of: Person) -> Dict {
    let kept = world.swarm.kept_in(of.id(), Namespace::USER_GROUPS);
    let stored: Vec<(&str, &[u8])> = kept
        .iter()
        .map(|kept| (kept.hash.as_str(), kept.data.as_slice()))
        .collect();
    let keys = of.keys();
    let mut read = ConfigState::new();
    let now = world.clock.network_clock(Some(0)).now();
    read.merge(stored, &ConfigKeys::own(UserGroups::KIND, &keys), now);
    read.data().clone()
}

async fn poll(device: &Device) {
    poll_to_the_end(&device.core, &device.api()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn groups_and_communities_are_shown_on_a_restored_device() {
    let world = World::new();
    store(&world, Alice, &mut on_the_phone());
    let device = world.restored_device(Alice).await;
    poll(&device).await;
    let shown = shown(&device).await;
    let names: Vec<_> = shown
        .iter()
        .map(|group| (group.kind, group.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [(KeptKind::Community, "Garden"), (KeptKind::Legacy, "Old friends"),]
    );
    assert_eq!(shown[0].id, "https://chat.example.org/garden");
    let groups = groups_of(&device).await;
    let names: Vec<_> = groups
        .iter()
        .map(|row| (row.name.as_str(), row.group.as_ref().map(|group| group.standing)))
        .collect();
    assert_eq!(
        names,
        [
            ("Hiking", Some(Standing::Joined)),
            ("Choir", Some(Standing::Removed))
        ]
    );
    let hiking = &groups[0];
    assert_eq!((hiking.pin_rank, hiking.mute_until_s), (3, 1_800_000_000));
    assert_eq!(hiking.notify, NotifyMode::MentionsOnly);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_the_phone_leaves_is_gone_here() {
    let world = World::new();
    let mut groups = on_the_phone();
    store(&world, Alice, &mut groups);
    let device = world.restored_device(Alice).await;
    poll(&device).await;
    assert!(groups.erase_group(&CHOIR));
    store(&world, Alice, &mut groups);
    poll(&device).await;
    let groups = groups_of(&device).await;
    assert_eq!(groups.len(), 1);
    assert!(groups.iter().all(|group| group.name != "Choir"));
}

#[tokio::test(start_paused = true)]
async fn what_is_known_of_groups_is_never_written_back_changed() {
    let world = World::new();
    let mut groups = on_the_phone();
    store(&world, Alice, &mut groups);
    let original = groups.state().data().clone();
    let bytes = || {
        let kept = world.swarm.kept_in(Alice.id(), Namespace::USER_GROUPS);
        kept.into_iter().map(|kept| kept.data).collect::<Vec<_>>()
    };
    let before = bytes();
    let device = world.restored_device(Alice).await;
    poll(&device).await;
    device.write(Bob, "hello").await;
    let pinned = actions::change_conversation(&device.core, Bob.id(), |writer, key| {
        people::set_pinned(writer, key, true)
    });
    pinned.await.unwrap();
    push(&device.core, &device.api()).await.unwrap();
    assert_eq!(bytes(), before, "people were shared, groups left alone");

    // The swarm forgets everything: what is stored again says the same, unknown keys included.
    world.swarm.lose(Alice.id());
    let device = device.reopened().await.started();
    device
        .until("stored again", || async { !bytes().is_empty() })
        .await;
    let again = stored_data(&world, Alice);
    assert_eq!(again, original);
    assert!(
        again
            .get(b"Z")
            .is_some_and(|entry| matches!(entry, Entry::Dict(_)))
    );
}

#[tokio::test(start_paused = true)]
async fn groups_merged_by_a_version_that_showed_none_are_shown_after_the_start() {
    let world = World::new();
    store(&world, Alice, &mut on_the_phone());
    let device = world.restored_device(Alice).await;
    poll(&device).await;
    let emptied = device.core.db.write(|writer| kept_groups::replace(writer, &[]));
    assert!(emptied.await.unwrap());
    let dump = device.read(|reader| configs::dump(reader, Namespace::USER_GROUPS));
    let dump = dump.await;
    let device = device.reopened().await.started();
    device
        .until("groups", || async { shown(&device).await.len() == 2 })
        .await;
    let after = device.read(|reader| configs::dump(reader, Namespace::USER_GROUPS));
    assert_eq!(after.await, dump);
}
