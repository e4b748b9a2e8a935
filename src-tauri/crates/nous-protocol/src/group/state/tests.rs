use std::collections::BTreeSet;

use super::*;
use crate::config::group_members::Progress;
use crate::keys::{IdentityKeys, Seed};

fn person(n: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([n; 16]))
}

fn secret() -> GroupSecret {
    GroupSecret::from_seed(&[9; 32])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(1_700_000_000_000 + seconds * 1_000)
}

fn load(state: &mut GroupState, who: u8, hash: &str, message: &[u8], seconds: i64) -> bool {
    let (account, secret) = (person(who), secret());
    let reader = KeyReader {
        account: &account,
        secret: (who == 1).then_some(&secret),
    };
    state.load_keys(hash, message, at(seconds), &reader).unwrap()
}

fn confirm(state: &mut GroupState, push: &GroupPush, suffix: &str) {
    let hashes = |name: &str| BTreeSet::from([format!("{name}{suffix}")]);
    if let Some(info) = &push.info {
        state
            .info_mut()
            .state_mut()
            .confirm_pushed(info.seqno, hashes("i"));
    }
    if let Some(members) = &push.members {
        state
            .members_mut()
            .state_mut()
            .confirm_pushed(members.seqno, hashes("m"));
    }
}

/// A group of person 1 (admin) and 2, all of it stored; and what was stored.
fn founded() -> (GroupState, GroupPush) {
    let mut invited = GroupMember::invited(person(2).account_id());
    invited.name = "Two".to_owned();
    let members = [GroupMember::founder(person(1).account_id()), invited];
    let mut group = GroupState::found(&secret(), "Rowers", at(0), &members).unwrap();
    let push = group.push(&secret(), at(1)).unwrap();
    confirm(&mut group, &push, "0");
    assert!(load(&mut group, 1, "k0", push.keys.as_deref().unwrap(), 1));
    assert!(!group.needs_push());
    (group, push)
}

fn only(pending: Option<&PendingPush>) -> &[u8] {
    pending.unwrap().messages.first().unwrap()
}

fn read(state: &mut GroupState, push: &GroupPush, suffix: &str) {
    let (info, members) = (format!("i{suffix}"), format!("m{suffix}"));
    state.merge_info(&[(&info, only(push.info.as_ref()))], None, at(2));
    state.merge_members(&[(&members, only(push.members.as_ref()))], None, at(2));
}

#[test]
fn a_member_reads_what_the_founder_stored() {
    let (group, push) = founded();
    let mut member = GroupState::new(group.id());
    assert!(load(&mut member, 2, "k0", push.keys.as_deref().unwrap(), 1));
    read(&mut member, &push, "0");
    assert_eq!(
        (member.info().name(), member.members().iter().count()),
        ("Rowers".into(), 2)
    );
    assert!(member.info().rules().members_may_add);
    assert!(!member.needs_push());
    assert_eq!(member.info().state().obsolete_hashes().len(), 0);
}

#[test]
fn a_stranger_reads_nothing() {
    let (group, push) = founded();
    let mut stranger = GroupState::new(group.id());
    assert!(!load(&mut stranger, 3, "k0", push.keys.as_deref().unwrap(), 1));
    read(&mut stranger, &push, "0");
    assert_eq!(
        (stranger.info().name(), stranger.members().iter().count()),
        (String::new(), 0)
    );
}

#[test]
fn what_a_member_wrote_is_no_config_of_the_group() {
    let (group, _) = founded();
    let mut forged = group.clone();
    forged.info_mut().edit(&secret()).name("Forged");
    let other = GroupSecret::from_seed(&[8; 32]);
    let push = forged.push(&other, at(3)).unwrap();
    let mut member = group.clone();
    let outcome = member.merge_info(&[("x", only(push.info.as_ref()))], None, at(4));
    assert_eq!(
        (outcome.rejected.len(), member.info().name()),
        (1, "Rowers".into())
    );
}

#[test]
fn a_rotation_stores_all_three_again() {
    let (mut group, _) = founded();
    group.members_mut().erase(&secret(), &person(2).account_id());
    assert!(
        group.needs_rekey(&secret()),
        "the key was made for somebody who is gone"
    );
    assert_eq!(
        group.put_right(&secret()),
        Ok(Righted::Doubtful),
        "perhaps a node is behind"
    );
    assert_eq!(group.put_right(&secret()), Ok(Righted::Changed));
    assert!(!group.needs_rekey(&secret()));
    let push = group.push(&secret(), at(5)).unwrap();
    assert!(push.keys.is_some() && push.info.is_some() && push.members.is_some());
    assert_eq!(push.info.unwrap().obsolete, ["i0"]);
}

#[test]
fn a_key_whose_member_is_not_known_yet_makes_no_other_key() {
    let (mut group, _) = founded();
    let mut other = group.clone();
    let three = GroupMember::invited(person(3).account_id());
    other.members_mut().set(&secret(), &three);
    other.rekey(&secret()).unwrap();
    let push = other.push(&secret(), at(5)).unwrap();
    load(&mut group, 1, "k1", push.keys.as_deref().unwrap(), 5);
    assert_eq!(group.put_right(&secret()), Ok(Righted::Doubtful));
    group.merge_members(&[("m1", only(push.members.as_ref()))], Some(&secret()), at(6));
    group.merge_info(&[("i1", only(push.info.as_ref()))], Some(&secret()), at(6));
    assert_eq!(group.put_right(&secret()), Ok(Righted::Nothing));
    assert!(!group.needs_push());
}

#[test]
fn two_keys_of_one_generation_call_for_another() {
    let (group, _) = founded();
    let (mut one, mut other) = (group.clone(), group);
    let three = GroupMember::invited(person(3).account_id());
    one.members_mut().set(&secret(), &three);
    one.rekey(&secret()).unwrap();
    other.rekey(&secret()).unwrap();
    let messages = [&one, &other].map(|state| state.keys().pending_message().unwrap().to_vec());
    // The one that was stored later seals, and it was made for the members as they stand.
    load(&mut one, 1, "k1", &messages[1], 6);
    load(&mut one, 1, "k2", &messages[0], 7);
    assert!(one.needs_rekey(&secret()));
}

#[test]
fn what_an_old_key_sealed_is_stored_again() {
    let (mut group, first) = founded();
    group.rekey(&secret()).unwrap();
    let push = group.push(&secret(), at(5)).unwrap();
    load(&mut group, 1, "k1", push.keys.as_deref().unwrap(), 5);
    confirm(&mut group, &push, "1");
    assert_eq!(group.put_right(&secret()), Ok(Righted::Nothing));
    // Another admin, who did not know of the rotation, wins with the old key.
    let (mut late, _) = founded();
    for name in ["a", "b", "c", "d", "e", "f"] {
        late.info_mut().edit(&secret()).name(name);
        let push = late.push(&secret(), at(6)).unwrap();
        confirm(&mut late, &push, name);
    }
    late.info_mut().edit(&secret()).name("Late");
    let late = late.push(&secret(), at(7)).unwrap();
    let stored = [
        ("late", only(late.info.as_ref())),
        ("i0", only(first.info.as_ref())),
    ];
    group.merge_info(&stored, Some(&secret()), at(8));
    assert_eq!(group.info().name(), "Late");
    assert!(!group.info().state().needs_push(), "it is what all say");
    assert_eq!(group.put_right(&secret()), Ok(Righted::Changed));
    let again = group.push(&secret(), at(9)).unwrap();
    let mut new = GroupState::new(group.id());
    load(&mut new, 2, "k1", push.keys.as_deref().unwrap(), 5);
    new.merge_info(&[("i9", only(again.info.as_ref()))], None, at(10));
    assert_eq!(new.info().name(), "Late", "who has the newest key only reads it");
    let mut kept = ConfigState::load(&group.info_mut().state_mut().dump()).unwrap();
    assert_eq!(
        &mut kept,
        group.info_mut().state_mut(),
        "which key sealed it is kept"
    );
}

#[test]
fn a_promotion_does_not_call_for_a_rotation() {
    let (mut group, _) = founded();
    let mut member = group.members().get(&person(2).account_id()).unwrap();
    member.promote(Progress::Sent);
    group.members_mut().set(&secret(), &member);
    assert!(!group.needs_rekey(&secret()));
    assert!(
        !GroupState::new(secret().id()).needs_rekey(&secret()),
        "nothing is known"
    );
}

#[test]
fn any_member_stores_again_what_the_swarm_lost_byte_for_byte() {
    let (group, push) = founded();
    let mut member = GroupState::new(group.id());
    load(&mut member, 2, "k0", push.keys.as_deref().unwrap(), 1);
    read(&mut member, &push, "0");
    let before = member.clone();
    let missing = ["k0", "i0", "m0", "unknown"].map(str::to_owned).into();
    let lost = member.lost(&missing, at(9));
    let expected = [
        (Namespace::GROUP_KEYS, push.keys.clone().unwrap()),
        (Namespace::GROUP_INFO, only(push.info.as_ref()).to_vec()),
        (Namespace::GROUP_MEMBERS, only(push.members.as_ref()).to_vec()),
    ];
    assert_eq!(lost, expected);
    assert_eq!(member, before, "nothing changed here");
    assert_eq!(member.lost(&["x".to_owned()].into(), at(9)), []);
    let mut admin = group;
    assert_eq!(admin.lost(&missing, at(9)), expected);
    admin.info_mut().edit(&secret()).name("Changed");
    assert_eq!(
        admin.lost(&missing, at(9)).len(),
        2,
        "what changed is stored anyway"
    );
}
