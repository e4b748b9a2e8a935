//! Sealing and opening messages of 1 kB to a group, on one thread.
//!
//! *cold*: every message from another sender; *warm*: the keys of 100 senders, as many as a
//! group has members, are known.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench has no readers of its items"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nous_protocol::account::GroupId;
use nous_protocol::envelope::Senders;
use nous_protocol::group::message::{
    GroupSignature, open, open_batch_with, open_content, seal, seal_content,
};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const SIZE: usize = 1_000;
const KEY: [u8; 32] = [9; 32];
const SENT: Timestamp = Timestamp::from_ms(1_767_225_600_000);

fn people(count: usize) -> Vec<IdentityKeys> {
    let mut rng = StdRng::seed_from_u64(1);
    (0..count)
        .map(|_| IdentityKeys::from_seed(&Seed::generate(&mut rng)))
        .collect()
}

fn group() -> GroupId {
    GroupSecret::from_seed(&[1; 32]).id()
}

/// What compresses, and what does not, as a picture's bytes.
fn texts() -> [(&'static str, Vec<u8>); 2] {
    let words = b"a message of some words that come again and again, ".iter();
    let mut random = vec![0; SIZE];
    StdRng::seed_from_u64(3).fill_bytes(&mut random);
    [
        ("text", words.copied().cycle().take(SIZE).collect()),
        ("random", random),
    ]
}

fn sealing(c: &mut Criterion) {
    let (sender, to) = (&people(1)[0], group());
    let mut rng = StdRng::seed_from_u64(2);
    let mut bench = c.benchmark_group("group: seal 1 kB");
    bench.throughput(Throughput::Elements(1));
    for (name, text) in texts() {
        bench.bench_function(name, |b| {
            b.iter(|| black_box(seal(sender, &to, &KEY, &text, &mut rng).unwrap()));
        });
        bench.bench_function(format!("{name} in an envelope"), |b| {
            b.iter(|| black_box(seal_content(sender, &to, &KEY, &text, SENT, &mut rng).unwrap()));
        });
    }
    bench.finish();
}

fn opening(c: &mut Criterion) {
    let (people, to) = (people(100), group());
    let mut rng = StdRng::seed_from_u64(2);
    let mut bench = c.benchmark_group("group: open 1 kB");
    for (name, text) in texts() {
        let sealed: Vec<_> = people
            .iter()
            .cycle()
            .take(500)
            .map(|from| seal_content(from, &to, &KEY, &text, SENT, &mut rng).unwrap())
            .collect();
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 1) % sealed.len();
            &sealed[turn]
        };
        bench.throughput(Throughput::Elements(1));
        bench.bench_function(format!("{name}, one at a time, cold"), |b| {
            b.iter(|| black_box(open(&to, [&KEY], next(), GroupSignature::Bound).unwrap()));
        });
        bench.bench_function(format!("{name} in an envelope, one at a time, cold"), |b| {
            b.iter(|| black_box(open_content(&to, [&KEY], next()).unwrap()));
        });
        let mut senders = Senders::new();
        bench.bench_function(format!("{name} in an envelope, one at a time, warm"), |b| {
            b.iter(|| black_box(open_batch_with(&to, [&KEY], &[next()], &mut senders)));
        });
        bench.throughput(Throughput::Elements(500));
        bench.bench_function(format!("{name}, batch of 500, cold"), |b| {
            b.iter(|| black_box(open_batch_with(&to, [&KEY], &sealed, &mut Senders::new())));
        });
        bench.bench_function(format!("{name}, batch of 500, warm"), |b| {
            b.iter(|| black_box(open_batch_with(&to, [&KEY], &sealed, &mut senders)));
        });
    }
    bench.finish();
}

criterion_group!(benches, sealing, opening);
criterion_main!(benches);
