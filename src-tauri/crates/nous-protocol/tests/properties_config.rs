//! Properties of configs on several devices.
//!
//! A *lost* change is one that nobody changed afterwards and that is not there. The format
//! itself loses some, see `three_at_once_lose_changes_only_where_a_merge_names_them`: where
//! losses are excluded here, changes are entries that nobody else touches, new ones and such
//! that were there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    missing_docs,
    reason = "tests"
)]

mod config_devices;

use config_devices::{Act, Fate, World, act, data, keys, set};
use nous_protocol::config::data::Dict;
use nous_protocol::config::diff::Diff;
use nous_protocol::config::message::ConfigMessage;
use nous_protocol::config::state::{ConfigState, Phase};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::bt::{Limits, Reader};
use proptest::prelude::*;
use proptest::sample::Index;
use rand::SeedableRng;
use rand::rngs::StdRng;

const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

/// Few by default: each case is a long story. `PROPTEST_CASES` asks for more.
fn stories() -> ProptestConfig {
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig::default();
    let cases = if is_asked { config.cases } else { 8 };
    ProptestConfig {
        cases,
        max_shrink_iters: 200,
        ..config
    }
}

/// Up to five devices and 200 changes, with what happens between.
fn story() -> impl Strategy<Value = (usize, Vec<(Index, Act)>)> {
    (
        2_usize..=5,
        proptest::collection::vec((any::<Index>(), act()), 1..430),
    )
}

fn told(devices: usize, acts: &[(Index, Act)]) -> World {
    let mut world = World::new(devices);
    for (device, act) in acts {
        world.act(device.index(devices), act);
    }
    world
}

fn merged(order: &[(String, Vec<u8>)], start: &ConfigState) -> ConfigState {
    let mut state = start.clone();
    let stored = order
        .iter()
        .map(|(hash, bytes)| (hash.as_str(), bytes.as_slice()));
    state.merge(stored, &keys(), NOW);
    state
}

proptest! {
    #![proptest_config(stories())]

    /// (a) and (b)
    #[test]
    fn any_order_gives_the_same_bytes_and_merging_again_changes_nothing(
        (devices, acts) in story(),
        start in any::<Index>(),
        picked in any::<u64>(),
        order in any::<u64>(),
    ) {
        let mut world = told(devices, &acts);
        let recent = world.history.iter().rev().take(16).enumerate();
        let mut messages: Vec<_> = recent.filter(|(at, _)| picked >> at & 1 == 1).map(|(_, one)| one.clone()).collect();
        let device = start.index(devices);
        world.push(device, Fate::Confirmed);
        for start in [ConfigState::new(), world.devices[device].state.clone()] {
            let first = merged(&messages, &start);
            let mut rng = StdRng::seed_from_u64(order);
            for turn in (1..messages.len()).rev() {
                messages.swap(turn, rng.random_range(0..=turn));
            }
            let mut second = merged(&messages, &start);
            prop_assert!(first == second);
            let mut again = merged(&messages, &second);
            prop_assert_eq!(again.phase(), second.phase());
            prop_assert_eq!(again.seqno(), second.seqno());
            prop_assert_eq!(again.current_hashes(), second.current_hashes());
            let sealed = second.push(&keys(), NOW).unwrap().messages;
            prop_assert_eq!(again.push(&keys(), NOW).unwrap().messages, sealed);
        }
    }

    /// (c), and (e) inside: every delivery checks that unpushed changes are there.
    #[test]
    fn devices_agree_when_traffic_stops_and_no_unpushed_change_is_lost((devices, acts) in story()) {
        let mut world = told(devices, &acts);
        let rounds = world.settle();
        world.check_agreement();
        prop_assert!(rounds <= 12, "{} rounds", rounds);
        let settled = world.devices[0].state.data().clone();
        world.settle();
        prop_assert!(*world.devices[0].state.data() == settled);
    }

    /// (d): in each turn one device or two have changes, all fetch what is there, those push.
    #[test]
    fn where_at_most_two_push_at_once_after_fetching_nothing_confirmed_is_lost(
        devices in 2_usize..=5,
        turns in proptest::collection::vec((any::<Index>(), any::<Index>(), any::<bool>(), any::<bool>(), 1_usize..3), 1..60),
    ) {
        let mut world = World::new(devices);
        for (one, two, before, restart, changes) in turns {
            let mut pushing = vec![one.index(devices), two.index(devices)];
            pushing.dedup();
            let change = |world: &mut World| for device in &pushing {
                for _ in 0..changes {
                    world.set_new(*device);
                }
            };
            if before { change(&mut world); }
            for device in &pushing { world.fetch_stored(*device); }
            if !before { change(&mut world); }
            for device in &pushing {
                if restart { world.act(*device, &Act::Restart); }
                world.push(*device, Fate::Confirmed);
            }
        }
        world.settle();
        world.check_agreement();
        for device in &world.devices {
            let lost = device.lost(&world.devices[0].state, true);
            prop_assert!(lost.is_empty(), "{:?}", lost);
        }
    }

    /// (e): however far the others went on.
    #[test]
    fn an_unpushed_change_is_never_lost_however_old(
        shared in 0_usize..4,
        ahead in 0_usize..30,
        sealed in any::<bool>(),
        restart in any::<bool>(),
        seen in any::<u64>(),
    ) {
        let mut world = World::new(3);
        for _ in 0..shared {
            world.set_new(1);
            world.push(1, Fate::Confirmed);
            world.fetch_stored(0);
        }
        world.set_new(0);
        if sealed { world.push(0, Fate::NotStored); }
        for turn in 0..ahead {
            let device = 1 + turn % 2;
            world.fetch_stored(device);
            world.set_new(device);
            world.push(device, Fate::Confirmed);
            if seen >> (turn % 64) & 7 == 7 { world.fetch(0, 1, false); }
            if restart { world.act(0, &Act::Restart); }
        }
        world.settle();
        world.check_agreement();
        for device in &world.devices {
            let lost = device.lost(&world.devices[0].state, true);
            prop_assert!(lost.is_empty(), "{:?}", lost);
        }
    }

    /// (f)
    #[test]
    fn a_damaged_or_foreign_message_changes_nothing(
        (devices, acts) in story(),
        at in any::<Index>(),
        bit in 0_u8..8,
        cut in any::<bool>(),
    ) {
        let mut world = told(devices, &acts);
        world.devices[0].state.dump();
        let before = world.devices[0].state.clone();
        let Some((_, message)) = world.history.last() else { return Ok(()); };
        let mut message = message.clone();
        let at = at.index(message.len());
        if cut { message.truncate(at); } else { message[at] ^= 1 << bit; }
        let outcome = world.devices[0].state.merge([("bad", message.as_slice())], &keys(), NOW);
        prop_assert!(!outcome.changed && outcome.accepted.is_empty());
        prop_assert!(world.devices[0].state == before);
        prop_assert!(!world.devices[0].state.needs_dump());
    }
}

fn written(dict: &Dict) -> Vec<u8> {
    let mut out = Vec::new();
    dict.write(&mut out);
    out
}

proptest! {
    #[test]
    fn data_is_read_as_written_and_diffs_lead_from_one_to_the_other(old in data(), new in data()) {
        let bytes = written(&old);
        prop_assert!(Dict::read(&mut Reader::new(&bytes, Limits::default())).unwrap() == old);
        let diff = Diff::between(&old, &new);
        let read = Diff::read(&mut Reader::new(diff.as_bytes(), Limits::default()));
        prop_assert!(read.unwrap() == diff);
        let mut changed = old.clone();
        diff.apply(&mut changed, &new);
        changed.prune();
        prop_assert!(changed == new);
        prop_assert_eq!(diff.is_empty(), old == new);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ConfigMessage::parse(&bytes, None);
        let _ = ConfigState::load(&bytes);
        let inner = [b"d1:#i7e1:&", bytes.as_slice()].concat();
        let _ = ConfigMessage::parse(&inner, None);
    }
}

/// Three devices change one field each, and push at once. The others' messages reach each of
/// them in two polls, a message in the first with probability 1/2.
fn is_lost_when_three_push_at_once(rng: &mut StdRng, is_new: bool) -> bool {
    let mut world = World::new(3);
    if !is_new {
        for name in [b"0", b"1", b"2"] {
            set(&mut world.devices[0].state, &[b"f", name], "old");
        }
        world.push(0, Fate::Confirmed);
        world.settle();
    }
    for device in 0..3 {
        let name = [b'0' + u8::try_from(device).unwrap()];
        let value = format!("new {}", rng.random::<u32>());
        set(&mut world.devices[device].state, &[b"f", &name], &value);
        world.push(device, Fate::Confirmed);
    }
    let expected: Vec<Vec<u8>> = (0..3)
        .map(|device| {
            let fields = world.devices[device].state.data().dict(b"f").unwrap();
            fields
                .string(&[b'0' + u8::try_from(device).unwrap()])
                .unwrap()
                .to_vec()
        })
        .collect();
    for device in 0..3 {
        world.fetch(device, rng.random(), false);
        world.push(device, Fate::Confirmed);
    }
    world.settle();
    let fields = world.devices[0].state.data().dict(b"f").unwrap();
    let found = [b"0", b"1", b"2"].map(|name| fields.string(name).unwrap_or_default().to_vec());
    found.as_slice() != expected
}

/// How many of 200 lose one.
fn losses(is_new: bool) -> usize {
    let mut rng = StdRng::seed_from_u64(1);
    (0..200)
        .filter(|_| is_lost_when_three_push_at_once(&mut rng, is_new))
        .count()
}

/// The format loses what one poll brings without the other: measured here.
#[test]
#[allow(clippy::print_stdout, reason = "a figure for whoever asks for it")]
fn three_at_once_lose_changes_only_where_a_merge_names_them() {
    let (new, changed) = (losses(true), losses(false));
    println!("three at once: of 200, {new} lose a new field, {changed} a field that was there");
    assert_eq!(new, 0, "of new fields");
    assert!((1..200).contains(&changed), "{changed} of 200 lose one");
}

#[test]
fn what_one_poll_brings_at_once_is_merged_without_loss() {
    let mut world = World::new(4);
    for name in [b"0", b"1", b"2"] {
        set(&mut world.devices[0].state, &[b"f", name], "old");
    }
    world.push(0, Fate::Confirmed);
    world.settle();
    for (device, name) in [b"0", b"1", b"2"].into_iter().enumerate() {
        set(&mut world.devices[device].state, &[b"f", name], "new");
        world.push(device, Fate::Confirmed);
    }
    world.settle();
    world.check_agreement();
    let state = &world.devices[3].state;
    assert_eq!(state.phase(), Phase::Clean);
    let fields = state.data().dict(b"f").unwrap();
    assert!(
        [b"0", b"1", b"2"]
            .iter()
            .all(|name| fields.string(*name) == Some(b"new".as_slice()))
    );
}
