//! Sealing and opening messages of 1 kB, on one thread.
//!
//! *cold*: every message from another sender, or to another recipient; *warm*: one sender,
//! one recipient.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench has no readers of its items"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nous_protocol::envelope::{Senders, open_signed, open_signed_batch, open_signed_with, seal_signed};
use nous_protocol::keys::{IdentityKeys, Seed};
use rand::SeedableRng;
use rand::rngs::StdRng;

const SIZE: usize = 1_000;

fn people(count: usize) -> Vec<IdentityKeys> {
    let mut rng = StdRng::seed_from_u64(1);
    (0..count)
        .map(|_| IdentityKeys::from_seed(&Seed::generate(&mut rng)))
        .collect()
}

fn sealing(c: &mut Criterion) {
    let (people, message) = (people(512), vec![7; SIZE]);
    let mut rng = StdRng::seed_from_u64(2);
    let mut group = c.benchmark_group("seal 1 kB");
    group.throughput(Throughput::Elements(1));
    let (sender, mut turn) = (&people[0], 0);
    for (name, step) in [("one recipient", 0), ("other recipients", 1)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                turn = (turn + step) % people.len();
                let to = people[turn].account_id();
                black_box(seal_signed(sender, &to, &message, &mut rng).unwrap())
            });
        });
    }
    group.finish();
}

fn opening(c: &mut Criterion) {
    let (people, message) = (people(513), vec![7; SIZE]);
    let mut rng = StdRng::seed_from_u64(2);
    let recipient = &people[512];
    let to = recipient.account_id();
    let sealed: Vec<_> = people[..512]
        .iter()
        .map(|from| seal_signed(from, &to, &message, &mut rng).unwrap())
        .collect();
    let mut group = c.benchmark_group("open 1 kB");
    group.throughput(Throughput::Elements(1));
    let mut turn = 0;
    let mut next = || {
        turn = (turn + 1) % sealed.len();
        &sealed[turn]
    };
    group.bench_function("one at a time, cold", |b| {
        b.iter(|| black_box(open_signed(recipient, next()).unwrap()));
    });
    let mut senders = Senders::new();
    group.bench_function("one at a time, warm", |b| {
        b.iter(|| black_box(open_signed_with(recipient, next(), &mut senders).unwrap()));
    });
    group.throughput(Throughput::Elements(512));
    group.bench_function("batch of 512, cold", |b| {
        b.iter(|| black_box(open_signed_batch(recipient, &sealed, &mut Senders::new())));
    });
    group.bench_function("batch of 512, warm", |b| {
        b.iter(|| black_box(open_signed_batch(recipient, &sealed, &mut senders)));
    });
    let one = vec![&sealed[0]; 512];
    group.bench_function("batch of 512 of one sender, warm", |b| {
        b.iter(|| black_box(open_signed_batch(recipient, &one, &mut senders)));
    });
    group.finish();
}

criterion_group!(benches, sealing, opening);
criterion_main!(benches);
