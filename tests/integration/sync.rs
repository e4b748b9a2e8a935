//! What all devices of an account share, over the whole network: killed at any step, and with
//! messages in the own boxes that nobody should have written.

use nous_api::rows::SyncPhase;
use nous_api::{account, boot, conversations, network, sync};
use nous_network::{Network, SwarmApi as _, Tasks};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::crypto;
use nous_protocol::config::form::{MAX_INFLATED, compress};
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::mnemonic;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry};

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::{Scene, swarm_account};

/// Every step of a change that is pushed.
const PUSH_STEPS: [&str; 5] = [
    "config.confirmed",
    "config.confirming",
    "config.sealed",
    "config.sealing",
    "config.stored",
];
/// Every step of taking in what another device pushed.
const MERGE_STEPS: [&str; 3] = ["config.fetched", "config.merged", "config.merging"];
/// Every step of keeping alive what is stored; the last if it is gone.
const ALIVE_STEPS: [&str; 3] = ["config.extended", "config.extending", "config.touched"];

/// How often the network is asked for one thing at most.
const ROUNDS: u32 = 500;

async fn is_pinned(person: &Person, with: &str) -> bool {
    let rows = person.list().await;
    rows.iter().any(|row| row.account_id == with && row.is_pinned)
}

async fn until_pinned(person: &Person, with: &str, pinned: bool) {
    person
        .until("the pin is as on the other device", async |person| {
            (is_pinned(person, with).await == pinned).then_some(())
        })
        .await;
}

/// Polls until everything that devices share is in the swarm: no event tells of a push.
pub(crate) async fn until_synced(person: &Person) {
    loop {
        let all = sync::get_sync_status(&person.app).await.unwrap();
        if all.len() == 4 && all.iter().all(|row| row.state == SyncPhase::Clean) {
            return;
        }
        person.poll().await;
    }
}

/// How many messages the swarm holds at most of one config.
fn most_stored(scene: &Scene, id: &str) -> usize {
    let control = scene.control();
    let stored = control.stored(&swarm_account(id));
    let of = |kind: &ConfigKind| {
        let hashes: std::collections::BTreeSet<&str> = stored
            .iter()
            .filter(|message| message.namespace == kind.namespace())
            .map(|message| message.hash.as_str())
            .collect();
        hashes.len()
    };
    ConfigKind::ALL.iter().map(of).max().unwrap_or_default()
}

async fn digests(person: &Person) -> Vec<Option<String>> {
    let all = sync::get_sync_status(&person.app).await.unwrap();
    all.into_iter().map(|row| row.digest).collect()
}

/// Alice, whose first device is closed and used by child processes; her second one; Bob's ID.
async fn two_devices() -> (Scene, Person, Person, String) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    until_synced(&alice).await;
    let second = alice.second_device(&scene, "Alice's second").await;
    second.until_text(&bob.id, "hello").await;
    until_synced(&second).await;
    alice.app.shutdown().await;
    (scene, alice, second, bob.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_a_push_a_change_arrives_and_nothing_doubles() {
    let (scene, alice, second, bob) = two_devices().await;
    let child = Child::of(&scene, "Alice");
    let mut pinned = true;
    let word = |pinned: bool| if pinned { "yes" } else { "no" };
    let steps = child.finish("config.", &["pin", &bob, word(pinned)]).await;
    assert!(PUSH_STEPS.iter().all(|step| steps.contains(*step)), "{steps:?}");
    until_pinned(&second, &bob, pinned).await;
    for step in PUSH_STEPS {
        pinned = !pinned;
        let end = child.run(step, 1, &["pin", &bob, word(pinned)]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        child.finish("config.", &["sync"]).await;
        until_pinned(&second, &bob, pinned).await;
        assert_eq!(most_stored(&scene, &second.id), 1, "after {step}");
    }
    let alice = alice.restart().await;
    assert_eq!(is_pinned(&alice, &bob).await, pinned);
    assert_eq!(digests(&alice).await, digests(&second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_a_merge_the_change_of_the_other_device_is_there() {
    let (scene, alice, second, bob) = two_devices().await;
    let child = Child::of(&scene, "Alice");
    let with_bob = second.conversation(&bob).await;
    let mut pinned = false;
    for step in MERGE_STEPS {
        pinned = !pinned;
        conversations::set_pinned(&second.app, with_bob.clone(), pinned)
            .await
            .unwrap();
        until_synced(&second).await;
        let end = child.run(step, 1, &["receive"]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        child.finish("config.", &["sync"]).await;
    }
    let alice = alice.restart().await;
    alice.poll().await;
    until_synced(&alice).await;
    assert_eq!(is_pinned(&alice, &bob).await, pinned);
    assert_eq!(digests(&alice).await, digests(&second).await);
    assert_eq!(alice.texts(&bob).await, ["hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_keeping_alive_what_the_swarm_lost_is_there_again() {
    let (scene, alice, second, bob) = two_devices().await;
    second.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let control = scene.control();
    for step in ALIVE_STEPS {
        for node in control.swarm_of(&swarm_account(&alice.id)) {
            control.lose_data(node).unwrap();
        }
        let end = child.run(step, 1, &["stay"]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
    }
    let alice = alice.restart().await;
    // No event tells of a push: the network is asked, which takes a moment each time.
    for _ in 0..ROUNDS {
        if most_stored(&scene, &alice.id) == 1 {
            break;
        }
        alice.poll().await;
    }
    assert_eq!(most_stored(&scene, &alice.id), 1, "it is stored again");
    until_synced(&alice).await;
    let third = alice.second_device(&scene, "Alice's third").await;
    third
        .until("the contact is there", async |third| {
            let rows = third.list().await;
            rows.iter().any(|row| row.account_id == bob).then_some(())
        })
        .await;
}

/// Somebody who has the keys of an account, and writes what no program of hers would.
struct Writer {
    keys: IdentityKeys,
    network: Network,
    _tasks: Tasks,
    now: Timestamp,
}

impl Writer {
    async fn of(scene: &Scene, person: &Person) -> Self {
        let words = account::get_recovery_phrase(&person.app, None)
            .await
            .unwrap()
            .words;
        let seed: Seed = mnemonic::decode(&words).unwrap();
        let tasks = Tasks::new();
        Self {
            keys: IdentityKeys::from_seed(&seed),
            network: Network::start(scene.network(), None, &tasks).unwrap(),
            _tasks: tasks,
            now: Timestamp::from_ms(scene.control().now_ms()),
        }
    }

    /// Stores bytes in the box of a config.
    async fn store(&self, namespace: Namespace, data: Vec<u8>) {
        let account = SwarmAccount::from(self.keys.account_id());
        let action = Action::Store {
            namespace,
            timestamp: self.now,
            expiry: Expiry::Ttl(86_400_000),
            data,
            sig_timestamp: None,
        };
        let request = Signing::User(&self.keys).request(account, action);
        let node = self.network.members(&account).await.unwrap().remove(0);
        let replies = self
            .network
            .sequence(&account, &node, vec![request])
            .await
            .unwrap();
        assert!(replies[0].is_success());
    }

    fn sealed(&self, plain: &[u8]) -> Vec<u8> {
        crypto::encrypt_own(&self.keys, plain, ConfigKind::Contacts.domain()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_program_should_have_written_is_dropped_and_what_follows_is_merged() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    until_synced(&alice).await;
    let second = alice.second_device(&scene, "Alice's second").await;
    until_synced(&second).await;
    let writer = Writer::of(&scene, &alice).await;
    let stranger = IdentityKeys::from_seed(&Seed::generate(&mut rand::rng()));
    let foreign = crypto::encrypt_own(&stranger, b"d1:#i9e1:&dee", ConfigKind::Contacts.domain());
    let bad = [
        writer.sealed(b"d1:#i9e1:&d1:cd33:"),
        writer.sealed(b"d1:#i9223372036854775808e1:&dee"),
        writer.sealed(b"d1:#i-5e1:&dee"),
        writer.sealed(&compress(vec![b'd'; MAX_INFLATED + 1])),
        foreign.unwrap(),
        b"no config at all".to_vec(),
    ];
    let count = u32::try_from(bad.len()).unwrap();
    for data in bad {
        writer.store(Namespace::CONTACTS, data).await;
    }
    for device in [&alice, &second] {
        device.poll().await;
        let standing = network::get_connectivity(&device.app).await.unwrap();
        assert_eq!(standing.dropped, count);
        assert_eq!(device.list().await.len(), 1);
    }
    let with_bob = second.conversation(&bob.id).await;
    conversations::set_pinned(&second.app, with_bob, true)
        .await
        .unwrap();
    until_pinned(&alice, &bob.id, true).await;
    let stage = boot::get_boot_state(&alice.app).await.unwrap().stage;
    assert_eq!(stage, nous_api::rows::Stage::Ready);
    let own = AccountId::from_hex(&alice.id).unwrap();
    assert_eq!(writer.keys.account_id(), own);
}
