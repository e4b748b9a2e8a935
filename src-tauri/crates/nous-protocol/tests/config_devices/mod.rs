//! Devices of one account and the swarm between them: messages come late, twice, or not at
//! all; answers get lost; devices start again.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use nous_protocol::config::data::{Dict, Entry, Scalar};
use nous_protocol::config::message::Authority;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::state::{ConfigState, Phase};
use nous_protocol::time::Timestamp;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

const KEY: [[u8; 32]; 1] = [[7; 32]];

pub fn keys() -> ConfigKeys<'static> {
    ConfigKeys::group("Contacts", &KEY, Authority::None)
}

/// What a node does with a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is stored, and the answer comes.
    Confirmed,
    /// It is stored, and the answer comes when the device fetches the next time.
    Late,
    /// It is stored, and no answer comes.
    AnswerLost,
    /// Nothing is stored.
    NotStored,
}

/// What happens to a device.
#[derive(Debug, Clone)]
pub enum Act {
    /// A field of an entry is set.
    Set(u8, u8, u8),
    /// An element is added to a set, or removed from it.
    Element(u8, u8, bool),
    /// An entry goes.
    Erase(u8),
    /// Entries that only this device sets: a new one, and one that was there.
    SetNew,
    /// Some of all messages ever stored arrive: those whose bit is set, twice if asked for.
    Fetch(u64, bool),
    /// It pushes, if there is something.
    Push(Fate),
    /// It starts again from its row.
    Restart,
}

pub fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Confirmed),
        1 => Just(Fate::Late),
        1 => Just(Fate::AnswerLost),
        1 => Just(Fate::NotStored),
    ]
}

/// Whatever can happen.
pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u8..4, 0_u8..3, any::<u8>()).prop_map(|(entry, field, value)| Act::Set(entry, field, value)),
        1 => (0_u8..4, 0_u8..5, any::<bool>()).prop_map(|(entry, element, add)| Act::Element(entry, element, add)),
        1 => (0_u8..4).prop_map(Act::Erase),
        2 => Just(Act::SetNew),
        4 => (any::<u64>(), any::<bool>()).prop_map(|(mask, twice)| Act::Fetch(mask, twice)),
        4 => fate().prop_map(Act::Push),
        1 => Just(Act::Restart),
    ]
}

/// One device.
#[derive(Default)]
pub struct Device {
    pub state: ConfigState,
    late: Vec<(usize, i64, String)>,
    /// What only this device sets.
    pub own: BTreeMap<Place, Mine>,
    /// How often it pushed.
    pushes: usize,
}

/// Where an entry stands.
pub type Place = [String; 2];

/// What a device set last in an entry of its own.
pub struct Mine {
    value: String,
    /// Whether that was ever stored in the swarm.
    is_stored: bool,
}

impl Device {
    /// What it set last that `state` does not say; `is_stored`: even what was stored.
    pub fn lost(&self, state: &ConfigState, is_stored: bool) -> Vec<&Place> {
        let own = self.own.iter();
        own.filter(|(place, mine)| (is_stored || !mine.is_stored) && !says(state, place, &mine.value))
            .map(|(place, _)| place)
            .collect()
    }
}

fn says(state: &ConfigState, [group, name]: &Place, value: &str) -> bool {
    let path: [&[u8]; 2] = [group.as_bytes(), name.as_bytes()];
    state.data().at(&path) == Some(&Entry::Scalar(Scalar::from(value)))
}

/// The swarm, and its devices.
#[derive(Default)]
pub struct World {
    pub devices: Vec<Device>,
    /// What is there.
    pub stored: BTreeMap<String, Vec<u8>>,
    /// Everything that was ever there.
    pub history: Vec<(String, Vec<u8>)>,
    next: usize,
}

fn storage_hash(message: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

pub fn set(state: &mut ConfigState, path: &[&[u8]], value: &str) {
    let mut editor = state.edit(&Authority::None).unwrap();
    editor.string(path, value.as_bytes());
}

impl World {
    pub fn new(devices: usize) -> Self {
        Self {
            devices: (0..devices).map(|_| Device::default()).collect(),
            ..Self::default()
        }
    }

    pub fn act(&mut self, device: usize, act: &Act) {
        let state = &mut self.devices[device].state;
        match act {
            Act::Set(entry, field, value) => {
                set(state, &[&[b'e', *entry], &[b'f', *field]], &value.to_string())
            }
            Act::Element(entry, element, add) => change_set(state, *entry, *element, *add),
            Act::Erase(entry) => {
                state.edit(&Authority::None).unwrap().remove(&[&[b'e', *entry]]);
            }
            Act::SetNew => self.set_new(device),
            Act::Fetch(mask, twice) => self.fetch(device, *mask, *twice),
            Act::Push(fate) => self.push(device, *fate),
            Act::Restart => {
                let loaded = ConfigState::load(&state.dump()).unwrap();
                assert!(loaded == *state, "another config after a restart");
                *state = loaded;
            }
        }
    }

    /// Sets an entry that nobody set before, and one that only this device sets.
    pub fn set_new(&mut self, device: usize) {
        self.next += 1;
        let (new, value) = (format!("new{}", self.next), self.next.to_string());
        let places = [
            ["n".to_owned(), new],
            ["of".to_owned(), format!("device{device}")],
        ];
        let device = &mut self.devices[device];
        for place in places {
            let [group, name] = &place;
            set(&mut device.state, &[group.as_bytes(), name.as_bytes()], &value);
            let mine = Mine {
                value: value.clone(),
                is_stored: false,
            };
            device.own.insert(place, mine);
        }
    }

    /// Brings messages to a device: those at the end of the history whose bits are set.
    pub fn fetch(&mut self, device: usize, mask: u64, twice: bool) {
        let recent = self.history.iter().rev().take(16).enumerate();
        let chosen = recent
            .filter(|(at, _)| mask >> at & 1 == 1)
            .map(|(_, one)| one.clone());
        let mut chosen: Vec<_> = chosen.collect();
        if twice {
            chosen.extend_from_within(..);
        }
        self.deliver(device, &chosen);
        let late = std::mem::take(&mut self.devices[device].late);
        for (push, seqno, hash) in late {
            // One push at a time: the answer to an earlier one is not waited for any more.
            if push == self.devices[device].pushes {
                self.confirm(device, seqno, &hash);
            }
        }
    }

    pub fn fetch_stored(&mut self, device: usize) {
        let all: Vec<_> = self.stored.clone().into_iter().collect();
        self.deliver(device, &all);
    }

    pub fn deliver(&mut self, device: usize, messages: &[(String, Vec<u8>)]) {
        let device = &mut self.devices[device];
        let stored = messages
            .iter()
            .map(|(hash, bytes)| (hash.as_str(), bytes.as_slice()));
        let outcome = device.state.merge(stored, &keys(), NOW);
        assert!(outcome.rejected.is_empty());
        let lost = device.lost(&device.state, false);
        assert!(lost.is_empty(), "unpushed changes are lost: {lost:?}");
    }

    pub fn push(&mut self, device: usize, fate: Fate) {
        let on = &mut self.devices[device];
        if !on.state.needs_push() {
            return;
        }
        let push = on.state.push(&keys(), NOW).unwrap();
        on.pushes += 1;
        if fate == Fate::NotStored {
            return;
        }
        for (place, mine) in &mut on.own {
            mine.is_stored |= says(&on.state, place, &mine.value);
        }
        let message = push.messages.into_iter().next().unwrap();
        let hash = storage_hash(&message);
        self.history.push((hash.clone(), message.clone()));
        self.stored.insert(hash.clone(), message);
        for old in &push.obsolete {
            self.stored.remove(old);
        }
        match fate {
            Fate::Late => {
                let on = &mut self.devices[device];
                on.late.push((on.pushes, push.seqno, hash));
            }
            Fate::Confirmed => {
                self.confirm(device, push.seqno, &hash);
                let deleted = push.obsolete.iter().map(String::as_str);
                self.devices[device].state.confirm_deleted(deleted);
            }
            Fate::AnswerLost | Fate::NotStored => {}
        }
    }

    fn confirm(&mut self, device: usize, seqno: i64, hash: &str) {
        let device = &mut self.devices[device];
        device.state.confirm_pushed(seqno, [hash.to_owned()].into());
    }

    /// Everybody fetches and pushes until nobody has anything to say. Gives the number of
    /// rounds.
    pub fn settle(&mut self) -> usize {
        for round in 1..=30 {
            let mut is_quiet = true;
            for device in 0..self.devices.len() {
                let before = self.devices[device].state.seqno();
                self.fetch_stored(device);
                is_quiet &= before == self.devices[device].state.seqno();
                is_quiet &= !self.devices[device].state.needs_push();
                self.push(device, Fate::Confirmed);
            }
            if is_quiet {
                return round;
            }
        }
        panic!("no end");
    }

    /// All devices say the same, and it is in the swarm.
    pub fn check_agreement(&self) {
        let first = &self.devices[0].state;
        for device in &self.devices {
            assert_eq!(device.state.phase(), Phase::Clean);
            assert!(device.state.data() == first.data(), "devices differ");
            for hash in device.state.current_hashes() {
                assert!(self.stored.contains_key(hash), "a current message was deleted");
            }
        }
    }
}

fn change_set(state: &mut ConfigState, entry: u8, element: u8, add: bool) {
    let path: [&[u8]; 2] = [&[b'e', entry], b"set"];
    let known = state
        .data()
        .dict_at(&path[..1])
        .and_then(|entry| entry.set(b"set"));
    let mut set = known.cloned().unwrap_or_default();
    let scalar = Scalar::Integer(i64::from(element));
    if add {
        set.insert(scalar);
    } else {
        set.remove(&scalar);
    }
    state.edit(&Authority::None).unwrap().set(&path, set);
}

/// Some data, with keys and forms that nobody knows.
pub fn data() -> impl Strategy<Value = Dict> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..40);
    let scalar = prop_oneof![
        any::<i64>().prop_map(Scalar::Integer),
        bytes().prop_map(|bytes| Scalar::from(bytes.as_slice())),
    ];
    let entry = prop_oneof![
        scalar.clone().prop_map(Entry::Scalar),
        proptest::collection::btree_set(scalar, 1..4).prop_map(Entry::Set),
    ];
    let path = proptest::collection::vec(bytes(), 1..4);
    proptest::collection::vec((path, entry), 0..12).prop_map(|entries| {
        let mut state = ConfigState::new();
        for (path, entry) in entries {
            let path: Vec<&[u8]> = path.iter().map(Vec::as_slice).collect();
            state.edit(&Authority::None).unwrap().put(&path, entry);
        }
        state.data().clone()
    })
}
