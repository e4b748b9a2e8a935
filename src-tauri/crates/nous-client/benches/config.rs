//! One change of one contact among many: on the device where it is made, and on another.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros; a bench may stop"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use criterion::{Criterion, criterion_group, criterion_main};
use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::config_sync::schedule::Ended;
use nous_client::core::Core;
use nous_client::events::Hub;
use nous_client::poll::poll_to_the_end;
use nous_network::SwarmApi;
use nous_protocol::account::AccountId;
use nous_storage::account::{self, NewAccount};
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::db::{Database, DatabaseOptions};
use nous_storage::people;
use nous_storage::secret::DatabaseKey;
use nous_testkit::{ManualClock, Person, ScriptedSwarm};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// One of several devices of an account.
struct Device {
    _dir: TempDir,
    core: Core,
    swarm: Arc<dyn SwarmApi>,
}

impl Device {
    async fn new(clock: &ManualClock, swarm: &ScriptedSwarm, is_restored: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let db = Database::open(
            &path,
            &DatabaseKey::from_bytes([7; 32]),
            DatabaseOptions::default(),
        );
        let db = db.unwrap();
        let new = NewAccount {
            seed: Person::Alice.seed(),
            id: Person::Alice.id(),
            display_name: "Alice".to_owned(),
            profile_updated_s: 1,
            created: ManualClock::START,
            is_restored,
        };
        db.write(move |writer| account::create(writer, &new))
            .await
            .unwrap();
        let network_clock = clock.network_clock(Some(0));
        let core = Core::new(
            db,
            Hub::new(),
            network_clock.clone(),
            Arc::new(Person::Alice.keys()),
        );
        Self {
            _dir: dir,
            core,
            swarm: Arc::new(swarm.for_clock(&network_clock)),
        }
    }

    /// Makes contacts out of nothing; answers one of them.
    async fn meet(&self, count: u32) -> AccountId {
        let meet = self.core.db.write(move |writer| {
            let mut rng = StdRng::seed_from_u64(1);
            let mut last = Person::Alice.id();
            for number in 0..count {
                let (mut id, mut picture) = ([0; 32], [0; 32]);
                rng.fill_bytes(&mut id);
                rng.fill_bytes(&mut picture);
                last = AccountId::from_x25519(id);
                let profile = PersonProfile {
                    name: Some(format!("Person {number}")),
                    picture: Some((format!("http://files.example/file/{number}"), picture)),
                    updated_s: 1_000,
                };
                let key = conversations::ensure(writer, last, ManualClock::START)?;
                conversations::set_profile(writer, key, &profile)?;
                conversations::approve(writer, key, Approval::Ours)?;
                conversations::approve(writer, key, Approval::Theirs)?;
            }
            Ok(last)
        });
        meet.await.unwrap()
    }

    async fn change(&self, of: AccountId, is_pinned: bool) {
        actions::change_conversation(&self.core, of, move |writer, key| {
            people::set_pinned(writer, key, is_pinned)
        })
        .await
        .unwrap();
    }

    async fn push(&self) {
        assert_eq!(push(&self.core, &self.swarm).await.unwrap(), Ended::Pushed);
    }

    async fn poll(&self) {
        poll_to_the_end(&self.core, &self.swarm).await.unwrap();
    }
}

fn one_of(criterion: &mut Criterion, count: u32) {
    let runtime = Runtime::new().unwrap();
    let (laptop, phone, somebody) = runtime.block_on(async {
        let clock = ManualClock::new();
        let swarm = ScriptedSwarm::new(&clock, &clock.network_clock(Some(0)));
        let laptop = Device::new(&clock, &swarm, false).await;
        let somebody = laptop.meet(count).await;
        laptop.poll().await;
        laptop.push().await;
        let phone = Device::new(&clock, &swarm, true).await;
        phone.poll().await;
        (laptop, phone, somebody)
    });
    let pinned = AtomicBool::new(false);
    let turn = || !pinned.fetch_xor(true, Ordering::Relaxed);
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10);
    group.bench_function(format!("change one of {count} contacts and push"), |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                laptop.change(somebody, turn()).await;
                laptop.push().await;
            });
        });
    });
    group.bench_function(format!("merge a change of one of {count} contacts"), |bencher| {
        bencher.iter_batched(
            || {
                runtime.block_on(async {
                    laptop.poll().await;
                    laptop.change(somebody, turn()).await;
                    laptop.push().await;
                });
            },
            |()| runtime.block_on(phone.poll()),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn configs(criterion: &mut Criterion) {
    one_of(criterion, 1_000);
    one_of(criterion, 5_000);
}

criterion_group!(benches, configs);
criterion_main!(benches);
