use std::collections::BTreeSet;

use super::*;
use crate::account::{AccountId, GroupId};
use crate::config::community::RoomAddress;
use crate::keys::IdentityKeys;

const SEED: [u8; 32] = [7; 32];

fn own_group() -> Group {
    let key = IdentityKeys::from_ed25519_seed(&SEED).ed25519_public();
    let mut group = Group::new(GroupId::from_ed25519(key));
    group.name = "Group".into();
    group.settings.notify = NotifyMode::MentionsOnly;
    group
}

#[test]
fn a_group_reads_as_it_was_set_for_an_admin_and_for_a_member() {
    let mut groups = UserGroups::default();
    for (seed, auth) in [(Some(SEED), None), (None, Some([1; 100])), (None, None)] {
        let mut group = own_group();
        (group.admin_seed, group.auth_data) = (seed, auth);
        groups.erase_group(&group.id);
        groups.set_group(&group);
        assert_eq!(groups.group(&group.id), Some(group.clone()));
        assert_eq!(groups.groups().collect::<Vec<_>>(), [group]);
    }
}

#[test]
fn a_seed_that_is_not_the_groups_is_ignored_and_what_a_member_got_stays_for_an_admin() {
    let mut groups = UserGroups::default();
    let mut group = own_group();
    (group.admin_seed, group.auth_data) = (Some([8; 32]), Some([1; 100]));
    groups.set_group(&group);
    let read = groups.group(&group.id).unwrap();
    assert_eq!((read.admin_seed, read.auth_data), (None, Some([1; 100])));
    (group.admin_seed, group.auth_data) = (Some(SEED), None);
    groups.set_group(&group);
    let read = groups.group(&group.id).unwrap();
    assert_eq!((read.admin_seed, read.auth_data), (Some(SEED), Some([1; 100])));
}

#[test]
fn who_is_kicked_may_be_invited_again_and_a_group_that_is_gone_stays_so() {
    let mut group = own_group();
    group.admin_seed = Some(SEED);
    group.mark_kicked();
    assert_eq!((group.admin_seed, group.removal), (None, Removal::Kicked));
    group.mark_invited();
    assert_eq!(group.removal, Removal::None);
    group.auth_data = Some([1; 100]);
    group.mark_destroyed();
    assert_eq!((group.auth_data, group.removal), (None, Removal::Destroyed));
    group.mark_invited();
    group.mark_kicked();
    assert_eq!(group.removal, Removal::Destroyed);
}

#[test]
fn a_group_keeps_its_key_field_even_when_it_is_empty() {
    let mut groups = UserGroups::default();
    let group = Group::new(GroupId::from_ed25519([1; 32]));
    groups.set_group(&group);
    assert_eq!(groups.group(&group.id), Some(group));
}

#[test]
fn debug_shows_no_secrets() {
    let mut group = own_group();
    group.admin_seed = Some(SEED);
    assert!(!format!("{group:?}").contains("7, 7"));
    let keys = LegacyKeys {
        public: [7; 32],
        secret: [7; 32],
    };
    assert_eq!(format!("{keys:?}"), "LegacyKeys(…)");
}

#[test]
fn rooms_stand_under_their_community_and_leave_it_with_the_last() {
    let mut groups = UserGroups::default();
    let rooms = ["Big_Room", "other"]
        .map(|token| Community::new("https://Open.Example.com/", token, [9; 32]).unwrap());
    for room in &rooms {
        groups.set_community(room);
    }
    assert_eq!(groups.communities().collect::<Vec<_>>(), rooms);
    assert_eq!(
        rooms[0].full_url(),
        format!("https://open.example.com/Big_Room?public_key={}", "09".repeat(32))
    );
    let address = RoomAddress::new("https://open.example.com:443", "BIG_ROOM").unwrap();
    assert_eq!(groups.community(&address).as_ref(), Some(&rooms[0]));
    assert!(groups.erase_community(&address));
    assert!(!groups.erase_community(&address));
    assert!(groups.erase_community(&rooms[1].address));
    assert!(groups.state.data().is_empty());
}

#[test]
fn rooms_without_the_key_of_their_community_do_not_count_and_are_kept() {
    let mut groups = UserGroups::default();
    let mut editor = groups.state.edit_own();
    editor.string(&[b"o", b"https://a.example", b"R", b"room", b"n"], b"room");
    editor.string(&[b"o", b"HTTPS://b.example", b"R", b"room", b"n"], b"room");
    editor.string(&[b"o", b"HTTPS://b.example", b"#"], &[1; 32]);
    assert_eq!(groups.communities().count(), 0);
    assert_eq!(groups.state.data().dict(b"o").unwrap().len(), 2);
}

#[test]
fn a_token_that_is_another_rooms_reads_as_the_key() {
    let mut groups = UserGroups::default();
    let room = Community::new("https://a.example", "room", [1; 32]).unwrap();
    groups.set_community(&room);
    groups
        .state
        .edit_own()
        .string(&[b"o", b"https://a.example", b"R", b"room", b"n"], b"x y");
    assert_eq!(groups.community(&room.address), Some(room));
}

#[test]
fn a_group_of_the_old_kind_reads_as_it_was_set() {
    let person = |n| AccountId::from_x25519([n; 32]);
    let mut groups = UserGroups::default();
    let mut group = LegacyGroup::new(person(1));
    groups.set_legacy_group(&group);
    assert_eq!(groups.legacy_group(&person(1)), Some(group.clone()));
    group.keys = Some(LegacyKeys {
        public: [1; 32],
        secret: [2; 32],
    });
    group.members = BTreeSet::from([person(2), person(3)]);
    group.admins = BTreeSet::from([person(4)]);
    group.timer_seconds = Some(60);
    group.settings.joined = 1_700_000_000;
    groups.set_legacy_group(&group);
    assert_eq!(groups.legacy_groups().collect::<Vec<_>>(), [group]);
    assert!(groups.erase_legacy_group(&person(1)));
}

#[test]
fn who_is_member_and_admin_counts_as_member() {
    let person = |n| AccountId::from_x25519([n; 32]);
    let mut groups = UserGroups::default();
    let mut group = LegacyGroup::new(person(1));
    group.members = BTreeSet::from([person(2)]);
    group.admins = BTreeSet::from([person(2), person(3)]);
    groups.set_legacy_group(&group);
    let read = groups.legacy_group(&person(1)).unwrap();
    assert_eq!(
        (read.members.len(), read.admins),
        (1, BTreeSet::from([person(3)]))
    );
}
