//! How many three-hop requests one thread wraps in a second (budget: 4,200).

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nous_protocol::onion::{Destination, EncType, HopKeys, wrap};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::hint::black_box;

fn keys(n: u8) -> HopKeys {
    let x25519 = x25519_dalek::x25519([n; 32], x25519_dalek::X25519_BASEPOINT_BYTES);
    HopKeys {
        ed25519: [n; 32],
        x25519,
    }
}

fn bench(c: &mut Criterion) {
    let hops = [keys(1), keys(2), keys(3)];
    let to = Destination::Snode(keys(4));
    let mut rng = StdRng::seed_from_u64(1);
    let mut group = c.benchmark_group("onion wrap, three hops");
    group.throughput(Throughput::Elements(1));
    for (enc, size) in [
        (EncType::XChaCha20, 600),
        (EncType::AesGcm, 600),
        (EncType::XChaCha20, 100_000),
    ] {
        let payload = vec![7_u8; size];
        group.bench_function(format!("{} {size}", enc.name()), |b| {
            b.iter(|| wrap(black_box(&hops), black_box(&to), &payload, enc, &mut rng).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
