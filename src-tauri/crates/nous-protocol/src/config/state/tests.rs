use super::*;
use crate::config::data::{Dict, Entry, Scalar};
use crate::config::kind::ConfigKind;
use crate::config::message::Authority;
use crate::config::sealing::{ConfigKeys, SealingError};
use crate::keys::{IdentityKeys, Seed};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

fn account() -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([1; 16]))
}

fn set(state: &mut ConfigState, key: &str, value: &str) {
    state.edit_own().text(&[key.as_bytes()], value);
}

fn get(state: &ConfigState, key: &str) -> String {
    let bytes = state.data().string(key.as_bytes()).unwrap_or_default();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A device of one account, and the swarm it talks to.
struct Device<'a> {
    state: ConfigState,
    keys: ConfigKeys<'a>,
}

impl<'a> Device<'a> {
    fn new(account: &'a IdentityKeys) -> Self {
        Self {
            state: ConfigState::new(),
            keys: ConfigKeys::own(ConfigKind::UserProfile, account),
        }
    }

    fn seal(&mut self) -> PendingPush {
        self.state.push(&self.keys, NOW).unwrap()
    }

    /// Pushes, and has it confirmed under this hash.
    fn push(&mut self, hash: &str) -> Vec<u8> {
        let mut push = self.seal();
        self.state.confirm_pushed(push.seqno, [hash.to_owned()].into());
        self.state
            .confirm_deleted(push.obsolete.iter().map(String::as_str));
        push.messages.remove(0)
    }

    fn merge(&mut self, stored: &[(&str, &[u8])]) -> MergeOutcome {
        self.state.merge(stored.iter().copied(), &self.keys, NOW)
    }

    fn obsolete(&self) -> Vec<&str> {
        self.state.obsolete.iter().map(String::as_str).collect()
    }

    fn current(&self) -> Vec<&str> {
        self.state.current.iter().map(String::as_str).collect()
    }

    fn reload(&mut self) {
        let loaded = ConfigState::load(&self.state.dump()).unwrap();
        assert!(loaded == self.state);
        self.state = loaded;
    }
}

#[test]
fn a_change_is_dirty_until_pushed_and_pending_until_confirmed() {
    let account = account();
    let mut device = Device::new(&account);
    assert!(!device.state.needs_push() && !device.state.needs_dump());
    set(&mut device.state, "n", "1");
    set(&mut device.state, "n", "2");
    assert_eq!((device.state.phase(), device.state.seqno()), (Phase::Dirty, 1));
    let push = device.seal();
    assert_eq!((push.seqno, device.state.phase()), (1, Phase::Pending));
    assert_eq!(device.seal(), push);
    device.state.confirm_pushed(1, ["h1".to_owned()].into());
    assert_eq!(
        (device.state.phase(), device.current()),
        (Phase::Clean, vec!["h1"])
    );
    assert!(device.state.needs_dump());
    device.reload();
    assert!(!device.state.needs_dump());
}

#[test]
fn setting_a_value_back_leaves_the_message_dirty_with_an_empty_diff() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "n", "1");
    device.push("h1");
    set(&mut device.state, "n", "2");
    set(&mut device.state, "n", "1");
    assert!(device.state.needs_push());
    device.seal();
    assert!(device.state.message.diff.is_empty());
    assert_eq!(device.state.seqno(), 2);
}

#[test]
fn a_change_while_a_push_is_under_way_is_covered_by_the_next_one() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "n", "1");
    let push = device.seal();
    set(&mut device.state, "n", "2");
    device.state.confirm_pushed(push.seqno, ["h1".to_owned()].into());
    assert_eq!((device.state.phase(), device.state.seqno()), (Phase::Dirty, 2));
    assert_eq!(device.seal().obsolete, ["h1"]);
}

#[test]
fn what_is_superseded_is_deleted_with_every_push_until_that_was_answered() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "n", "1");
    device.push("h1");
    set(&mut device.state, "n", "2");
    assert_eq!(device.seal().obsolete, ["h1"]);
    device.reload();
    assert_eq!(device.seal().obsolete, ["h1"]);
    device.state.confirm_deleted(["h1"]);
    assert!(device.seal().obsolete.is_empty());
}

#[test]
fn a_newer_message_is_taken_as_it_is_and_ours_becomes_obsolete() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "n", "1");
    let first = one.push("h1");
    assert!(two.merge(&[("h1", &first)]).changed);
    set(&mut two.state, "n", "2");
    let second = two.push("h2");
    let outcome = one.merge(&[("h2", &second)]);
    assert_eq!((outcome.changed, outcome.accepted), (true, vec!["h2".to_owned()]));
    assert_eq!((one.current(), one.obsolete()), (vec!["h2"], vec!["h1"]));
    assert_eq!(
        (one.state.phase(), one.state.seqno(), get(&one.state, "n")),
        (Phase::Clean, 2, "2".into())
    );
}

#[test]
fn merging_again_what_is_merged_changes_nothing() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "a", "1");
    set(&mut two.state, "b", "2");
    let (first, second) = (one.push("h1"), two.push("h2"));
    assert!(one.merge(&[("h2", &second)]).changed);
    let merged = one.push("h3");
    let before = one.state.clone();
    let outcome = one.merge(&[("h3", &merged), ("h2", &second), ("h1", &first), ("h3", &merged)]);
    assert!(!outcome.changed);
    assert_eq!((one.state.phase(), one.current()), (Phase::Clean, vec!["h3"]));
    assert_eq!(one.obsolete(), ["h1", "h2"]);
    assert_eq!(one.state.message, before.message);
}

#[test]
fn two_devices_that_merge_the_same_conflict_write_the_same_message() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "a", "1");
    set(&mut two.state, "b", "2");
    let (first, second) = (one.push("h1"), two.push("h2"));
    one.merge(&[("h2", &second)]);
    two.merge(&[("h1", &first)]);
    assert_eq!((one.state.seqno(), one.obsolete()), (2, vec!["h1", "h2"]));
    assert_eq!(one.push("h3"), two.push("h3"));
    assert!(!one.state.message.diff.is_empty());
}

#[test]
fn changes_that_are_not_stored_are_made_again_on_what_others_stored() {
    let account = account();
    for is_sealed in [false, true] {
        let (mut one, mut two) = (Device::new(&account), Device::new(&account));
        set(&mut one.state, "a", "1");
        if is_sealed {
            one.seal();
        }
        set(&mut two.state, "b", "2");
        let second = two.push("h2");
        one.merge(&[("h2", &second)]);
        assert_eq!((one.state.phase(), one.state.seqno()), (Phase::Dirty, 2));
        assert_eq!(one.obsolete(), ["h2"]);
        one.reload();
        set(&mut one.state, "c", "3");
        one.seal();
        assert_eq!(one.state.message.diff.as_bytes(), b"d1:a0:1:c0:e");
        assert!(one.state.message.lags.contains_key(&two.state.message.id));
        assert_eq!(
            (get(&one.state, "a"), get(&one.state, "b")),
            ("1".into(), "2".into())
        );
    }
}

/// Two devices whose messages of the same seqno both have, and one that has neither.
fn diverged(account: &IdentityKeys) -> (Device<'_>, Device<'_>) {
    let (mut one, mut two) = (Device::new(account), Device::new(account));
    set(&mut one.state, "a", "old");
    let base = one.push("h0");
    two.merge(&[("h0", &base)]);
    set(&mut one.state, "x", "1");
    set(&mut two.state, "y", "2");
    let (first, second) = (one.push("h1"), two.push("h2"));
    one.merge(&[("h2", &second)]);
    two.merge(&[("h1", &first)]);
    (one, two)
}

#[test]
fn a_change_on_a_merge_that_is_not_stored_is_not_taken_back_by_the_same_merge_of_another_device() {
    let account = account();
    let (mut one, mut two) = diverged(&account);
    assert_eq!(one.state.seqno(), 3);
    set(&mut one.state, "a", "new");
    assert_eq!(one.state.seqno(), 4, "on top of it, not in it");
    one.reload();
    let merged = two.push("h3");
    one.merge(&[("h3", &merged)]);
    assert_eq!((get(&one.state, "a"), one.state.seqno()), ("new".into(), 4));
    let changed = one.push("h4");
    two.merge(&[("h4", &changed)]);
    assert_eq!(
        (two.state.phase(), get(&two.state, "a")),
        (Phase::Clean, "new".into())
    );
}

#[test]
fn a_change_that_is_stored_while_another_follows_is_not_made_again() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "a", "1");
    let first = one.seal();
    set(&mut one.state, "b", "1");
    one.state.confirm_pushed(first.seqno, ["h1".to_owned()].into());
    one.reload();
    two.merge(&[("h1", &first.messages[0])]);
    set(&mut two.state, "a", "2");
    let second = two.push("h2");
    one.merge(&[("h2", &second)]);
    assert_eq!(
        (get(&one.state, "a"), get(&one.state, "b")),
        ("2".into(), "1".into())
    );
    one.seal();
    assert_eq!(one.state.message.diff.as_bytes(), b"d1:b0:e");
}

#[test]
fn an_old_push_that_somebody_has_seen_is_not_made_again() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "a", "1");
    let first = one.seal();
    set(&mut one.state, "b", "1");
    one.seal();
    set(&mut one.state, "c", "1");
    one.reload();
    two.merge(&[("h1", &first.messages[0])]);
    set(&mut two.state, "a", "2");
    let second = two.push("h2");
    one.merge(&[("h2", &second)]);
    assert_eq!(get(&one.state, "a"), "2");
    one.seal();
    assert_eq!(one.state.message.diff.as_bytes(), b"d1:b0:1:c0:e");
}

#[test]
fn a_device_whose_message_another_one_holds_becomes_clean() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    set(&mut one.state, "a", "1");
    let push = one.seal();
    two.merge(&[("h1", &push.messages[0])]);
    set(&mut two.state, "b", "2");
    let second = two.push("h2");
    one.merge(&[("h1", &push.messages[0]), ("h2", &second)]);
    assert_eq!((one.state.phase(), one.current()), (Phase::Clean, vec!["h2"]));
    assert!(one.state.own.is_none());
}

#[test]
fn what_we_are_about_to_store_is_not_deleted_when_it_is_there_already() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "a", "1");
    let push = device.seal();
    device.merge(&[("h1", &push.messages[0])]);
    assert_eq!(device.state.phase(), Phase::Pending);
    assert!(device.obsolete().is_empty());
}

/// The last of so many messages of another device.
fn far_ahead(account: &IdentityKeys, turns: usize) -> Vec<u8> {
    let mut other = Device::new(account);
    let mut last = Vec::new();
    for turn in 0..turns {
        set(&mut other.state, "other", &turn.to_string());
        last = other.push(&format!("o{turn}"));
    }
    last
}

#[test]
fn a_change_of_a_device_that_is_left_behind_is_made_again() {
    let account = account();
    let ahead = far_ahead(&account, 6);
    for is_sealed in [false, true] {
        let mut device = Device::new(&account);
        set(&mut device.state, "ours", "kept");
        if is_sealed {
            device.seal();
        }
        device.reload();
        assert!(device.merge(&[("o5", &ahead)]).changed);
        assert_eq!((device.state.phase(), device.state.seqno()), (Phase::Dirty, 7));
        assert_eq!(
            (get(&device.state, "ours"), get(&device.state, "other")),
            ("kept".into(), "5".into())
        );
        assert_eq!(device.obsolete(), ["o5"]);
        device.seal();
        assert_eq!(device.state.message.diff.as_bytes(), b"d4:ours0:e");
    }
}

#[test]
fn a_change_that_went_into_a_merge_is_made_again_too() {
    let account = account();
    let ahead = far_ahead(&account, 7);
    let (mut device, mut other) = (Device::new(&account), Device::new(&account));
    set(&mut device.state, "ours", "kept");
    set(&mut other.state, "b", "theirs");
    let second = other.push("h2");
    device.merge(&[("h2", &second)]);
    device.reload();
    device.merge(&[("o5", &ahead)]);
    assert_eq!(
        (device.state.phase(), get(&device.state, "ours")),
        (Phase::Dirty, "kept".into())
    );
    assert_eq!(get(&device.state, "b"), "");
}

#[test]
fn a_confirmed_change_of_long_ago_is_not_made_again() {
    let account = account();
    let ahead = far_ahead(&account, 6);
    let mut device = Device::new(&account);
    set(&mut device.state, "ours", "pushed");
    device.push("h1");
    device.merge(&[("o5", &ahead)]);
    assert_eq!(
        (device.state.phase(), get(&device.state, "ours")),
        (Phase::Clean, String::new())
    );
    let mut clean = Device::new(&account);
    clean.merge(&[("o5", &ahead)]);
    assert_eq!(clean.state.message, device.state.message);
}

#[test]
fn a_change_that_the_others_made_as_well_leaves_nothing_to_push() {
    let account = account();
    let ahead = far_ahead(&account, 6);
    let mut device = Device::new(&account);
    set(&mut device.state, "other", "5");
    device.merge(&[("o5", &ahead)]);
    assert_eq!(device.state.phase(), Phase::Clean);
}

#[test]
fn damaged_and_foreign_messages_change_nothing_and_stay_in_the_swarm() {
    let account = account();
    let stranger = IdentityKeys::from_seed(&Seed::from_bytes([2; 16]));
    let (mut device, mut other) = (Device::new(&account), Device::new(&stranger));
    set(&mut device.state, "n", "1");
    let good = device.push("h1");
    set(&mut other.state, "n", "2");
    let foreign = other.push("h2");
    let before = device.state.clone();
    let bad: [&[u8]; 4] = [&foreign, &good[..good.len() - 1], b"", b"d1:#i9e1:&dee"];
    let stored: Vec<(&str, &[u8])> = bad.into_iter().map(|bytes| ("bad", bytes)).collect();
    let outcome = device.merge(&stored);
    assert_eq!(
        (outcome.changed, outcome.accepted.len(), outcome.rejected.len()),
        (false, 0, 4)
    );
    assert!(device.state == before);
}

#[test]
fn a_touched_config_is_stored_again_under_the_next_seqno() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "n", "1");
    device.push("h1");
    device.state.touch(&Authority::None).unwrap();
    assert_eq!((device.state.phase(), device.state.seqno()), (Phase::Dirty, 2));
    assert_eq!(get(&device.state, "n"), "1");
}

/// Puts much that does not get shorter into a config.
fn fill(state: &mut ConfigState, bytes: usize) {
    let mut number = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        number.to_be_bytes()[0]
    })
    .take(bytes)
    .collect();
    state.edit_own().string(&[b"noise"], &noise);
}

#[test]
fn a_large_config_travels_in_parts() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    fill(&mut one.state, 200_000);
    let push = one.seal();
    assert_eq!(push.messages.len(), 3);
    let parts: Vec<(&str, &[u8])> = ["p0", "p1", "p2"]
        .into_iter()
        .zip(push.messages.iter().map(Vec::as_slice))
        .collect();
    assert!(!two.merge(&[parts[2], parts[0]]).changed);
    assert_eq!(two.state.active_hashes().len(), 2);
    two.reload();
    let outcome = two.merge(&[parts[1]]);
    assert!(outcome.changed && outcome.rejected.is_empty());
    assert_eq!(
        (two.current(), two.state.phase()),
        (vec!["p0", "p1", "p2"], Phase::Clean)
    );
    assert!(!two.merge(&parts).changed);
    assert!(two.obsolete().is_empty());
    one.state
        .confirm_pushed(1, ["p0", "p1", "p2"].map(str::to_owned).into());
    set(&mut one.state, "n", "1");
    assert_eq!(one.seal().obsolete, ["p0", "p1", "p2"]);
}

#[test]
fn a_config_that_is_far_too_large_stays_dirty() {
    let account = account();
    let mut device = Device::new(&account);
    fill(&mut device.state, 5_100_000);
    assert!(matches!(
        device.state.push(&device.keys, NOW),
        Err(SealingError::TooLarge(_))
    ));
    assert_eq!(device.state.phase(), Phase::Dirty);
    set(&mut device.state, "noise", "");
    assert!(device.state.push(&device.keys, NOW).is_ok());
}

#[test]
fn layers_are_left_away_where_they_would_make_it_too_large() {
    let account = account();
    let mut device = Device::new(&account);
    fill(&mut device.state, 76_000);
    let push = device.seal();
    assert_eq!(push.messages[0].len(), 76_800);
    let mut other = Device::new(&account);
    assert!(other.merge(&[("h", &push.messages[0])]).changed);
}

#[test]
fn signed_configs_are_merged_by_admins_and_followed_by_members() {
    let admin = IdentityKeys::from_ed25519_seed(&[7; 32]);
    let sign = |text: &[u8]| admin.sign(text);
    let verify = |text: &[u8], signature: &[u8; 64]| sign(text) == *signature;
    let base = [[9; 32], [8; 32]];
    let admin_keys = |base| ConfigKeys::group("groups::Info", base, Authority::Sign(&verify, &sign));
    let member_keys = ConfigKeys::group("groups::Info", &base, Authority::Verify(&verify));
    let mut one = Device {
        state: ConfigState::new(),
        keys: admin_keys(&base),
    };
    let mut two = Device {
        state: ConfigState::new(),
        keys: admin_keys(&base[1..]),
    };
    let mut member = Device {
        state: ConfigState::new(),
        keys: member_keys,
    };
    set(&mut one.state, "a", "1");
    set(&mut two.state, "b", "2");
    let (first, second) = (one.push("h1"), two.push("h2"));
    one.reload();
    assert!(one.state.message.signature.is_some());
    member.merge(&[("h1", &first), ("h2", &second)]);
    assert_eq!(member.state.phase(), Phase::Clean);
    assert!(member.obsolete().is_empty());
    assert!(member.state.edit(member.keys.authority()).is_err());
    assert!(member.state.touch(member.keys.authority()).is_err());
    assert!(one.merge(&[("h2", &second)]).changed);
    let merged = one.push("h3");
    assert!(member.merge(&[("h3", &merged)]).changed);
    member.reload();
    assert_eq!(
        (get(&member.state, "a"), get(&member.state, "b")),
        ("1".into(), "2".into())
    );
    let unsigned = ConfigKeys::group("groups::Info", &base, Authority::None);
    let forged = {
        let mut state = ConfigState::new();
        set(&mut state, "a", "forged");
        state.push(&unsigned, NOW).unwrap()
    };
    assert_eq!(member.merge(&[("h4", &forged.messages[0])]).rejected.len(), 1);
}

#[test]
fn the_row_of_a_dirty_config_of_another_implementation_gets_a_seqno_more() {
    let message = b"d1:#i3e1:&d1:n1:xe1:<le1:=d1:n0:ee";
    let dump = |phase: i64, current: &str| {
        let message = String::from_utf8(message.to_vec()).unwrap();
        format!(
            "d1:!i{phase}e1:${}:{message}1:({current}1:)l2:h0e1:+dee",
            message.len()
        )
        .into_bytes()
    };
    let clean = ConfigState::load(&dump(0, "2:h1")).unwrap();
    assert_eq!(
        (clean.phase(), clean.seqno(), clean.current.len()),
        (Phase::Clean, 3, 1)
    );
    let listed = ConfigState::load(&dump(0, "l2:h1e")).unwrap();
    assert!(clean == listed);
    let dirty = ConfigState::load(&dump(1, "0:")).unwrap();
    assert_eq!(
        (dirty.phase(), dirty.seqno(), dirty.current.len()),
        (Phase::Dirty, 4, 0)
    );
    assert_eq!(get(&dirty, "n"), "x");
    assert!(ConfigState::load(&dump(3, "0:")).is_err());
}

#[test]
fn damaged_rows_and_those_of_a_newer_version_are_refused() {
    let account = account();
    let mut device = Device::new(&account);
    set(&mut device.state, "n", "1");
    let dump = device.state.dump();
    for end in 0..dump.len() {
        assert!(ConfigState::load(&dump[..end]).is_err(), "{end}");
    }
    let text = String::from_utf8_lossy(&dump).into_owned();
    assert!(text.contains("1:Vi1e"));
    let newer: Vec<u8> = dump
        .windows(6)
        .position(|window| window == b"1:Vi1e")
        .map(|at| [&dump[..at], b"1:Vi2e", &dump[at + 6..]].concat())
        .unwrap();
    assert_eq!(ConfigState::load(&newer), Err(DumpError::Version(2)));
}

#[test]
fn entries_that_nobody_knows_survive_reading_merging_and_changing() {
    let account = account();
    let (mut one, mut two) = (Device::new(&account), Device::new(&account));
    let mut editor = one.state.edit_own();
    editor.put(
        &[b"future", b"deep", b"set"],
        Entry::Set([Scalar::Integer(3), Scalar::from("x")].into()),
    );
    editor.put(&[b"\xff"], Entry::Scalar(Scalar::from(b"\x00".as_slice())));
    let first = one.push("h1");
    set(&mut two.state, "n", "2");
    two.merge(&[("h1", &first)]);
    set(&mut two.state, "n", "3");
    two.push("h2");
    let future = |state: &ConfigState| -> Dict { state.data().dict(b"future").unwrap().clone() };
    assert_eq!(future(&one.state), future(&two.state));
    assert_eq!(two.state.data().string(b"\xff"), Some(b"\x00".as_slice()));
}
