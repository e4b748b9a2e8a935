//! A group in a swarm in memory, and everybody who was ever in it.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::auth::message_hash;
use nous_protocol::config::group_info::GroupInfo;
use nous_protocol::config::group_members::{GroupMember, GroupMembers, MemberStatus, Progress};
use nous_protocol::group::keys::KeyReader;
use nous_protocol::group::message::{GroupSignature, open, seal};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::{GroupState, Righted};
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// Admins from the beginning: people 0 to 2.
pub(crate) const ADMINS: usize = 3;
/// Further people, who come and go.
pub(crate) const PEOPLE: usize = 20;

/// Rounds after which a group that has not settled never does.
const ROUNDS: usize = 12;

/// The namespaces of a group.
const KEYS: usize = 0;
const INFO: usize = 1;
const MEMBERS: usize = 2;

struct Stored {
    hash: String,
    data: Vec<u8>,
    at: Timestamp,
}

/// Somebody's device.
struct Device {
    account: IdentityKeys,
    state: GroupState,
}

pub(crate) struct History {
    secret: GroupSecret,
    rng: StdRng,
    now: i64,
    /// What the swarm keeps of each kind, in the order of arrival.
    stored: [Vec<Stored>; 3],
    admins: Vec<Device>,
    people: Vec<Device>,
    /// What was said: sealed, and with which key.
    said: Vec<(Vec<u8>, [u8; 32])>,
    /// For whom each key was made, or handed on to.
    made_for: BTreeMap<[u8; 32], BTreeSet<AccountId>>,
}

impl Device {
    fn new(number: u8, secret: &GroupSecret) -> Self {
        Self {
            account: IdentityKeys::from_seed(&Seed::from_bytes([number; 16])),
            state: GroupState::new(secret.id()),
        }
    }

    fn id(&self) -> AccountId {
        self.account.account_id()
    }

    /// Takes messages of one poll: keys, then information, then members.
    fn take(&mut self, polled: &[Vec<&Stored>; 3], secret: Option<&GroupSecret>, now: Timestamp) {
        let reader = KeyReader {
            account: &self.account,
            secret,
        };
        for message in &polled[KEYS] {
            self.state
                .load_keys(&message.hash, &message.data, message.at, &reader)
                .unwrap();
        }
        let configs = |kind: usize| {
            let messages = polled[kind].iter();
            messages
                .map(|message| (message.hash.as_str(), message.data.as_slice()))
                .collect::<Vec<_>>()
        };
        self.state.merge_info(&configs(INFO), secret, now);
        self.state.merge_members(&configs(MEMBERS), secret, now);
    }
}

impl History {
    /// A group of three admins that all of them know.
    pub(crate) fn new(seed: u64) -> Self {
        let secret = GroupSecret::from_seed(&[9; 32]);
        let device = |number: usize| Device::new(u8::try_from(number).unwrap(), &secret);
        let admins: Vec<Device> = (1..=ADMINS).map(device).collect();
        let people = (100..100 + PEOPLE).map(device).collect();
        let founders: Vec<_> = admins
            .iter()
            .map(|admin| GroupMember::founder(admin.id()))
            .collect();
        let created = Timestamp::from_ms(1_700_000_000_000);
        let state = GroupState::found(&secret, "Rowers", created, &founders).unwrap();
        let mut history = Self {
            secret,
            rng: StdRng::seed_from_u64(seed),
            now: created.as_ms(),
            stored: [Vec::new(), Vec::new(), Vec::new()],
            admins,
            people,
            said: Vec::new(),
            made_for: BTreeMap::new(),
        };
        history.admins[0].state = state;
        history.note_key(0);
        history.push(0);
        (0..ADMINS).for_each(|admin| history.fetch(admin, 0));
        history
    }

    fn tick(&mut self) -> Timestamp {
        self.now += self.rng.random_range(1..60_000);
        Timestamp::from_ms(self.now)
    }

    /// Remembers for whom the key was made that an admin seals with.
    fn note_key(&mut self, admin: usize) {
        let state = &self.admins[admin].state;
        let members = state.members().iter().map(|member| member.id);
        let key = state.keys().all()[0];
        self.made_for.entry(key).or_default().extend(members);
    }

    pub(crate) fn rename(&mut self, admin: usize) {
        let name = format!("Rowers {}", self.rng.random_range(0..1_000));
        self.admins[admin].state.info_mut().edit(&self.secret).name(&name);
    }

    pub(crate) fn add(&mut self, admin: usize, person: usize, with_history: bool) {
        let id = self.people[person].id();
        let state = &mut self.admins[admin].state;
        if state.members().get(&id).is_some() {
            return;
        }
        let mut member = GroupMember::invited(id);
        member.with_history = with_history;
        let supplement = with_history.then(|| state.keys().supplement(&self.secret, &[id]).ok());
        state.members_mut().set(&self.secret, &member);
        if let Some(Some(message)) = supplement {
            for key in state.keys().loaded() {
                self.made_for.entry(*key.expose()).or_default().insert(id);
            }
            self.store(KEYS, message);
        }
        self.rotate(admin);
    }

    pub(crate) fn remove(&mut self, admin: usize, person: usize) {
        let id = self.people[person].id();
        let members = self.admins[admin].state.members_mut();
        if members.get(&id).is_none_or(|member| member.is_admin) {
            return;
        }
        members.erase(&self.secret, &id);
        self.rotate(admin);
    }

    pub(crate) fn promote(&mut self, admin: usize, person: usize) {
        let id = self.people[person].id();
        let members = self.admins[admin].state.members_mut();
        if let Some(mut member) = members.get(&id) {
            member.promote(Progress::NotSent);
            members.set(&self.secret, &member);
        }
    }

    pub(crate) fn rotate(&mut self, admin: usize) {
        self.admins[admin].state.rekey(&self.secret).unwrap();
        self.note_key(admin);
    }

    /// Somebody says something with the newest key that they have, whether they are in the group
    /// or only believe so.
    pub(crate) fn say(&mut self, who: usize) {
        let device = self.admins.iter().chain(&self.people).nth(who).unwrap();
        if let Some(key) = device.state.keys().all().first() {
            let sealed = seal(&device.account, &self.secret.id(), key, b"hello", &mut self.rng).unwrap();
            self.said.push((sealed, *key));
        }
    }

    /// Whether a device opens what was said.
    fn opens(&self, device: &Device, sealed: &[u8]) -> bool {
        let keys = device.state.keys().all();
        open(&self.secret.id(), keys.iter(), sealed, GroupSignature::Bound).is_ok()
    }

    /// What a poll brings: all but the newest `missing` of each kind, some twice, in any order.
    fn poll<'a>(stored: &'a [Vec<Stored>; 3], missing: usize, rng: &mut StdRng) -> [Vec<&'a Stored>; 3] {
        [KEYS, INFO, MEMBERS].map(|kind| {
            let all = &stored[kind];
            let mut polled: Vec<&Stored> = all.iter().take(all.len().saturating_sub(missing)).collect();
            let doubled: Vec<&Stored> = polled.iter().copied().filter(|_| rng.random_bool(0.2)).collect();
            polled.extend(doubled);
            polled.shuffle(rng);
            polled
        })
    }

    pub(crate) fn fetch(&mut self, admin: usize, missing: usize) {
        let now = self.tick();
        let polled = Self::poll(&self.stored, missing, &mut self.rng);
        self.admins[admin].take(&polled, Some(&self.secret), now);
    }

    pub(crate) fn read(&mut self, person: usize, missing: usize) {
        let now = self.tick();
        let polled = Self::poll(&self.stored, missing, &mut self.rng);
        self.people[person].take(&polled, None, now);
    }

    /// Stores; equal bytes have one hash and are kept once.
    fn store(&mut self, kind: usize, data: Vec<u8>) -> String {
        let namespace = [
            Namespace::GROUP_KEYS,
            GroupInfo::NAMESPACE,
            GroupMembers::NAMESPACE,
        ][kind];
        let hash = message_hash(&SwarmAccount::from(self.secret.id()), namespace, &data);
        let at = self.tick();
        if !self.stored[kind].iter().any(|message| message.hash == hash) {
            let hash = hash.clone();
            self.stored[kind].push(Stored { hash, data, at });
        }
        hash
    }

    /// Stores keys, information and members, then deletes what they replace.
    pub(crate) fn push(&mut self, admin: usize) {
        let now = self.tick();
        let push = self.admins[admin].state.push(&self.secret, now).unwrap();
        if let Some(keys) = push.keys {
            self.store(KEYS, keys);
        }
        for (kind, pending) in [(INFO, push.info), (MEMBERS, push.members)] {
            let Some(pending) = pending else { continue };
            let hashes = pending.messages.into_iter().map(|data| self.store(kind, data));
            let hashes: BTreeSet<String> = hashes.collect();
            self.stored[kind].retain(|message| !pending.obsolete.contains(&message.hash));
            let state = &mut self.admins[admin].state;
            let config = match kind {
                INFO => state.info_mut().state_mut(),
                _ => state.members_mut().state_mut(),
            };
            config.confirm_pushed(pending.seqno, hashes);
            config.confirm_deleted(pending.obsolete.iter().map(String::as_str));
        }
    }

    /// Admins poll, rotate where they must, and push, until nobody has anything to store.
    pub(crate) fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let mut is_quiet = true;
            for admin in 0..ADMINS {
                self.fetch(admin, 0);
                let righted = self.admins[admin].state.put_right(&self.secret).unwrap();
                is_quiet &= righted == Righted::Nothing;
                if righted == Righted::Changed {
                    self.note_key(admin);
                }
                if self.admins[admin].state.needs_push() {
                    is_quiet = false;
                    self.push(admin);
                }
            }
            if is_quiet {
                (0..PEOPLE).for_each(|person| self.read(person, 0));
                return;
            }
        }
        unreachable!("the group never settles");
    }

    /// Everybody in the group reads the same; who is not in it lacks the key that seals.
    pub(crate) fn check_agreement(&self) -> Result<(), TestCaseError> {
        let first = &self.admins[0].state;
        let roles = |state: &GroupState| -> Vec<(AccountId, MemberStatus, bool)> {
            let members = state.members().iter();
            members
                .map(|member| (member.id, member.status(false), member.is_admin))
                .collect()
        };
        let everybody = self.admins.iter().chain(&self.people);
        for device in everybody {
            let is_member = first.members().get(&device.id()).is_some();
            if is_member {
                prop_assert_eq!(device.state.info().name(), first.info().name());
                prop_assert_eq!(roles(&device.state), roles(first));
                prop_assert_eq!(device.state.keys().all()[0], first.keys().all()[0]);
            } else {
                prop_assert!(!device.state.keys().all().contains(&first.keys().all()[0]));
            }
        }
        Ok(())
    }

    /// Nobody opens what was said with a key that was not made for them: what was said after they
    /// were removed, or before they were added without history. From now on all in the group open
    /// what each of them says, and nobody else does.
    pub(crate) fn check_messages(&mut self) -> Result<(), TestCaseError> {
        for (sealed, key) in &self.said {
            for person in &self.people {
                let may_read = self
                    .made_for
                    .get(key)
                    .is_some_and(|people| people.contains(&person.id()));
                prop_assert!(may_read || !self.opens(person, sealed));
            }
        }
        let before = self.said.len();
        let members: BTreeSet<AccountId> = self.admins[0]
            .state
            .members()
            .iter()
            .map(|member| member.id)
            .collect();
        let devices = self.admins.iter().chain(&self.people);
        let inside: Vec<bool> = devices.map(|device| members.contains(&device.id())).collect();
        let speakers = (0..ADMINS + PEOPLE).filter(|who| inside[*who]);
        speakers
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|who| self.say(who));
        for (sealed, _) in &self.said[before..] {
            for (device, is_member) in self.admins.iter().chain(&self.people).zip(&inside) {
                prop_assert_eq!(self.opens(device, sealed), *is_member);
            }
        }
        Ok(())
    }

    /// Nobody holds a key that was neither made for them nor handed on to them.
    pub(crate) fn check_keys(&self) -> Result<(), TestCaseError> {
        for person in &self.people {
            for key in person.state.keys().all().iter() {
                let made_for = self.made_for.get(key);
                prop_assert!(made_for.is_some_and(|people| people.contains(&person.id())));
            }
        }
        Ok(())
    }
}
