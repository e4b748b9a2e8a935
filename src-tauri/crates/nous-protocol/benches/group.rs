//! Group keys: `cargo bench -p nous-protocol --bench group`.
//!
//! Budget: a rotation for 100 members in at most 15 ms on one thread.

#![expect(clippy::unwrap_used, reason = "a bench")]

use criterion::{Criterion, criterion_group, criterion_main};
use nous_protocol::account::AccountId;
use nous_protocol::group::keys::{GroupKeys, KeyReader};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use std::hint::black_box;

fn person(number: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([number; 16]))
}

fn rotation(bench: &mut Criterion) {
    let secret = GroupSecret::from_seed(&[1; 32]);
    let members: Vec<AccountId> = (0..100).map(|number| person(number).account_id()).collect();
    bench.bench_function("rekey 100 members", |bench| {
        let mut keys = GroupKeys::new(secret.id());
        bench.iter(|| black_box(keys.rekey(&secret, members.iter().copied()).unwrap().len()));
    });
    let message = GroupKeys::new(secret.id())
        .rekey(&secret, members.iter().copied())
        .unwrap()
        .to_vec();
    let (last, stored) = (person(99), Timestamp::from_ms(1_700_000_000_000));
    let reader = KeyReader {
        account: &last,
        secret: None,
    };
    bench.bench_function("load a key message of 100 members", |bench| {
        bench.iter(|| {
            let mut keys = GroupKeys::new(secret.id());
            black_box(keys.load("hash", &message, stored, &reader).unwrap())
        });
    });
}

criterion_group!(benches, rotation);
criterion_main!(benches);
