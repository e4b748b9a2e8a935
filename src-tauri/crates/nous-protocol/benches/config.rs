//! Configs of 1,000 contacts, on one thread.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench has no readers of its items"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nous_protocol::account::AccountId;
use nous_protocol::config::contacts::{Contact, Contacts};
use nous_protocol::config::fields::{Picture, Timer, TimerStart};
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::state::ConfigState;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};

const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

fn contact(turn: u16, rng: &mut StdRng) -> Contact {
    let (mut id, mut key) = ([0; 32], [0; 32]);
    rng.fill_bytes(&mut id);
    rng.fill_bytes(&mut key);
    let picture = Picture {
        url: format!("http://filev2.getsession.org/file/{turn}"),
        key,
    };
    let timer = Timer {
        start: TimerStart::Sent,
        seconds: 3_600,
    };
    Contact {
        name: format!("Name {turn}"),
        nickname: if turn.is_multiple_of(2) {
            String::new()
        } else {
            format!("nick {turn}")
        },
        picture: (turn.is_multiple_of(3)).then_some(picture),
        is_approved: turn.is_multiple_of(2),
        has_approved_us: turn % 4 < 2,
        priority: i64::from(turn % 5) - 1,
        timer: (turn % 5 == 1).then_some(timer),
        created: 1_700_000_000 + i64::from(turn),
        ..Contact::new(AccountId::from_x25519(id))
    }
}

fn many() -> Contacts {
    let mut rng = StdRng::seed_from_u64(1);
    let mut contacts = Contacts::default();
    for turn in 0..1_000 {
        contacts.set(&contact(turn, &mut rng));
    }
    contacts
}

fn configs(c: &mut Criterion) {
    let identity = IdentityKeys::from_seed(&Seed::from_bytes([1; 16]));
    let keys = ConfigKeys::own(Contacts::KIND, &identity);
    let mut contacts = many();
    let first = contacts.state_mut().push(&keys, NOW).unwrap();
    contacts.state_mut().confirm_pushed(1, ["h1".to_owned()].into());
    let mut group = c.benchmark_group("1,000 contacts");
    group.throughput(Throughput::Elements(1));
    group.bench_function("merge", |b| {
        b.iter(|| {
            let mut state = ConfigState::new();
            let outcome = state.merge([("h1", first.messages[0].as_slice())], &keys, NOW);
            assert!(outcome.changed);
            state
        });
    });
    let mut changed = contacts.iter().next().unwrap();
    changed.nickname = "other".into();
    group.bench_function("change one and push", |b| {
        b.iter(|| {
            let mut contacts = contacts.clone();
            contacts.set(&changed);
            black_box(contacts.state_mut().push(&keys, NOW).unwrap())
        });
    });
    let mut other = contacts.clone();
    other.set(&changed);
    let second = other.state_mut().push(&keys, NOW).unwrap();
    let mut ours = contacts.clone();
    ours.set(&contact(1_000, &mut StdRng::seed_from_u64(2)));
    ours.state_mut().push(&keys, NOW).unwrap();
    group.bench_function("merge a conflict", |b| {
        b.iter(|| {
            let mut state = ours.state().clone();
            let outcome = state.merge([("h2", second.messages[0].as_slice())], &keys, NOW);
            assert!(outcome.changed && state.needs_push());
            state
        });
    });
    group.bench_function("dump and load", |b| {
        let mut state = contacts.state().clone();
        b.iter(|| ConfigState::load(&state.dump()).unwrap());
    });
    group.bench_function("list", |b| b.iter(|| contacts.iter().count()));
    group.finish();
}

criterion_group!(benches, configs);
criterion_main!(benches);
