//! Configs of many parts, and configs that nobody should have written.

use std::time::Duration;

use nous_client::config_sync::actions;
use nous_client::config_sync::push::push;
use nous_client::config_sync::schedule::Ended;
use nous_client::poll::poll_to_the_end;
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::contacts::{Contact, Contacts};
use nous_protocol::config::crypto;
use nous_protocol::config::form::{MAX_INFLATED, compress};
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::parts::Part;
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::config::state::Phase;
use nous_protocol::keys::IdentityKeys;
use nous_storage::configs::{ConfigRow, ConfigStanding};
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::{configs, inbox, people};
use nous_testkit::Person::{Alice, Bob, Chloe};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use crate::device::{Device, World};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

async fn pushed(device: &Device) -> Ended {
    push(&device.core, &device.api()).await.unwrap()
}

async fn poll(device: &Device) {
    poll_to_the_end(&device.core, &device.api()).await.unwrap();
}

async fn phase(device: &Device) -> Phase {
    let all = device.read(configs::standings).await;
    all.iter()
        .find(|config| config.namespace == Namespace::CONTACTS)
        .unwrap()
        .phase
}

/// Somebody whose names do not get shorter by compression.
fn somebody(rng: &mut StdRng) -> (AccountId, PersonProfile, String) {
    let (mut id, mut key) = ([0; 32], [0; 32]);
    rng.fill_bytes(&mut id);
    rng.fill_bytes(&mut key);
    let mut name = || -> String { (0..33).map(|_| rng.random_range('\u{800}'..'\u{d7ff}')).collect() };
    let profile = PersonProfile {
        name: Some(name()),
        picture: Some((format!("http://file.example/{}{}", name(), name()), key)),
        updated_s: 1_000,
    };
    (AccountId::from_x25519(id), profile, name())
}

/// Makes contacts out of nothing; answers one of them.
async fn meet(device: &Device, count: u32) -> AccountId {
    let now = device.now();
    let meet = device.core.db.write(move |writer| {
        let mut rng = StdRng::seed_from_u64(1);
        let mut last = Alice.id();
        for _ in 0..count {
            let (id, profile, nickname) = somebody(&mut rng);
            let key = conversations::ensure(writer, id, now)?;
            conversations::set_profile(writer, key, &profile)?;
            conversations::approve(writer, key, Approval::Ours)?;
            people::set_nickname(writer, key, &nickname)?;
            last = id;
        }
        Ok(last)
    });
    meet.await.unwrap()
}

async fn is_pinned(device: &Device, of: AccountId) -> bool {
    let found = device.read(move |reader| people::find(reader, &of));
    found.await.unwrap().1.priority > 0
}

async fn pin(device: &Device, of: AccountId) {
    actions::change_conversation(&device.core, of, |writer, key| {
        people::set_pinned(writer, key, true)
    })
    .await
    .unwrap();
}

async fn count_known(device: &Device) -> usize {
    let known = device.read(people::known).await;
    known.iter().filter(|person| person.account != Alice.id()).count()
}

fn stored_parts(world: &World) -> usize {
    world.swarm.kept_in(Alice.id(), Namespace::CONTACTS).len()
}

#[tokio::test(start_paused = true)]
async fn a_config_of_more_parts_than_one_sequence_holds_is_stored_whole() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    let somebody = meet(&laptop, 3_600).await;
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let parts = stored_parts(&world);
    assert!(parts > 20, "{parts}");
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert_eq!(count_known(&phone).await, count_known(&laptop).await);

    let before = world.swarm.sequences().len();
    pin(&laptop, somebody).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let methods: Vec<&str> = world.swarm.sequences()[before..].concat();
    let (last, stores) = methods.split_last().unwrap();
    assert_eq!(*last, "delete");
    assert!(stores.iter().all(|method| *method == "store"));
    assert_eq!(stored_parts(&world), stores.len(), "what was replaced is gone");
    poll(&phone).await;
    assert!(is_pinned(&phone, somebody).await);
    assert_eq!(pushed(&phone).await, Ended::Idle);
}

#[tokio::test(start_paused = true)]
async fn a_restored_device_takes_no_message_before_it_knows_all_of_its_contacts() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    meet(&laptop, 3_600).await;
    laptop.write(Bob, "hello").await;
    actions::change_conversation(&laptop.core, Bob.id(), |writer, key| {
        conversations::set_blocked(writer, key, true)
    })
    .await
    .unwrap();
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "unwanted").await;
    bob.until_outbox_is_empty().await;
    let phone = world.restored_device(Alice).await;
    world.swarm.set_page(10);
    poll(&phone).await;
    let texts = phone.texts(Bob).await;
    assert!(!texts.contains(&"unwanted".to_owned()), "{texts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_config_counts_as_stored_only_with_all_its_parts_and_nothing_is_deleted_before() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    let somebody = meet(&laptop, 3_600).await;
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    let whole = stored_parts(&world);
    pin(&laptop, somebody).await;
    world.swarm.fail_sequences_after(1, 2);
    assert_eq!(pushed(&laptop).await, Ended::Failed);
    assert_eq!(phase(&laptop).await, Phase::Pending);
    assert_eq!(stored_parts(&world), whole + 20, "the old one is there");
    poll(&phone).await;
    assert!(!is_pinned(&phone, somebody).await);
    let laptop = laptop.reopened().await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    assert_eq!(phase(&laptop).await, Phase::Clean);
    assert_eq!(stored_parts(&world), whole);
    poll(&phone).await;
    assert!(is_pinned(&phone, somebody).await);
}

/// Bytes as the account's own program would store them.
fn sealed(keys: &IdentityKeys, plain: &[u8]) -> Vec<u8> {
    let domain = ConfigKind::Contacts.domain();
    crypto::encrypt_own(keys, plain, domain).unwrap()
}

fn part(index: u8, count: u8, chunk: &[u8]) -> Vec<u8> {
    let whole = [9; 32];
    Part {
        whole,
        index,
        count,
        chunk,
    }
    .write()
}

/// What cannot be read, each with a word that says what it is.
fn bad_messages() -> Vec<(&'static str, Vec<u8>)> {
    let own = Alice.keys();
    let text = |text: &str| sealed(&own, text.as_bytes());
    let good = text("d1:#i9e1:&d1:cd33:\u{5}00000000000000000000000000000000d1:n1:xeee1:<le1:=dee");
    let mut broken = good.clone();
    broken[40] ^= 1;
    vec![
        ("cut", text("d1:#i9e1:&d1:cd33:")),
        ("seqno of 2^63", text("d1:#i9223372036854775808e1:&dee")),
        ("seqno of 2^62 + 1", text("d1:#i4611686018427387905e1:&dee")),
        ("seqno below 0", text("d1:#i-1e1:&dee")),
        ("no seqno", text("d1:&dee")),
        ("keys out of order", text("d1:#i9e1:&d1:bi1e1:ai1eee")),
        ("trailing bytes", text("d1:#i9e1:&deex")),
        ("another form", text("x")),
        ("nothing", sealed(&own, b"")),
        ("a broken seal", broken),
        ("cut seal", good[..good.len() / 2].to_vec()),
        ("another's key", sealed(&Bob.keys(), b"d1:#i9e1:&dee")),
        ("a bomb", sealed(&own, &compress(vec![b'd'; MAX_INFLATED + 1]))),
        ("broken compression", sealed(&own, b"zzzzz")),
        ("a part alone of one", sealed(&own, &part(0, 1, b"x"))),
        ("a part beyond the end", sealed(&own, &part(2, 2, b"x"))),
        ("an empty part", sealed(&own, &part(0, 2, b""))),
        ("no bytes", Vec::new()),
    ]
}

#[tokio::test(start_paused = true)]
async fn bad_configs_are_dropped_and_counted_and_later_ones_are_merged() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let before = (phone.read(configs::standings).await, count_known(&phone).await);
    let bad = bad_messages();
    for (_, data) in &bad {
        world
            .swarm
            .put_in(Alice.id(), Namespace::CONTACTS, data.clone(), MONTH);
    }
    poll(&phone).await;
    let counts = phone.read(inbox::drop_counts).await;
    let dropped = counts.iter().find(|(reason, _)| reason == "config").unwrap().1;
    assert_eq!(usize::try_from(dropped).unwrap(), bad.len());
    let after = (phone.read(configs::standings).await, count_known(&phone).await);
    assert_eq!(before, after);
    pin(&laptop, Bob.id()).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert!(is_pinned(&phone, Bob.id()).await);
    let kept = stored_parts(&world);
    assert_eq!(kept, bad.len() + 1, "a newer version may read them: they stay");
}

#[tokio::test(start_paused = true)]
async fn parts_that_are_missing_doubled_or_do_not_fit_do_no_harm() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let own = Alice.keys();
    let parts = [
        part(0, 3, b"zz"),
        // The same again, stored under another hash.
        part(0, 3, b"yy"),
        // Of another number of parts.
        part(1, 4, b"zz"),
        part(1, 3, b"zz"),
    ];
    for part in &parts {
        let data = sealed(&own, part);
        world.swarm.put_in(Alice.id(), Namespace::CONTACTS, data, MONTH);
    }
    poll(&phone).await;
    assert_eq!(phone.read(inbox::dropped_count).await, 1);
    let phone = phone.reopened().await;
    pin(&laptop, Bob.id()).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert!(is_pinned(&phone, Bob.id()).await);
    // The last one: now they are whole, and are nothing.
    let last = sealed(&own, &part(2, 3, b"zz"));
    world.swarm.put_in(Alice.id(), Namespace::CONTACTS, last, MONTH);
    poll(&phone).await;
    assert_eq!(phone.read(inbox::dropped_count).await, 2);
    assert_eq!(phase(&phone).await, Phase::Clean);
    assert!(is_pinned(&phone, Bob.id()).await);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_far_too_long_or_turns_the_text_around_is_cut_and_cleaned() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let dump = laptop.read(|reader| configs::dump(reader, Namespace::CONTACTS));
    let mut contacts = Contacts::load(&dump.await.unwrap()).unwrap();
    let turned = format!("\u{202e}Chlo\u{2066}é{}", "\u{202d}".repeat(50_000));
    for (person, name) in [(Bob, "b".repeat(10_000_000)), (Chloe, turned)] {
        let path: [&[u8]; 3] = [b"c", &person.id().to_bytes(), b"n"];
        contacts.set(&Contact::new(person.id()));
        let state = contacts.state_mut();
        let mut editor = state
            .edit(&nous_protocol::config::message::Authority::None)
            .unwrap();
        editor.string(&path, name.as_bytes());
    }
    let own = Alice.keys();
    let keys = ConfigKeys::own(ConfigKind::Contacts, &own);
    let given = contacts.state_mut().push(&keys, laptop.now()).unwrap();
    for data in given.messages {
        world.swarm.put_in(Alice.id(), Namespace::CONTACTS, data, MONTH);
    }
    for device in [&laptop, &phone] {
        poll(device).await;
        let named = |of: AccountId| device.read(move |reader| people::find(reader, &of));
        let (bob, chloe) = (
            named(Bob.id()).await.unwrap().1,
            named(Chloe.id()).await.unwrap().1,
        );
        assert_eq!(
            (bob.name.as_str(), chloe.name.as_str()),
            ("b".repeat(100).as_str(), "Chloé")
        );
    }
    pin(&laptop, Chloe.id()).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert!(is_pinned(&phone, Chloe.id()).await);
}

/// A laptop that has written to Bob, and a phone that was restored afterwards.
async fn laptop_and_phone(world: &World) -> (Device, Device) {
    let laptop = world.device(Alice).await;
    laptop.write(Bob, "hello").await;
    poll(&laptop).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    (laptop, phone)
}

/// Contacts beside which something stands that nothing compresses, of so many bytes.
fn contacts_with(bytes: usize) -> ConfigRow {
    let mut filler = vec![0; bytes];
    StdRng::seed_from_u64(1).fill_bytes(&mut filler);
    let mut message = format!("d1:#i1e1:&d1:~{bytes}:").into_bytes();
    message.extend_from_slice(&filler);
    message.extend_from_slice(b"e1:<le1:=dee");
    let mut dump = format!("d1:!i1e1:${}:", message.len()).into_bytes();
    dump.extend_from_slice(&message);
    dump.extend_from_slice(b"1:(0:1:)lee");
    ConfigRow {
        namespace: Namespace::CONTACTS,
        dump,
        seqno: 1,
        phase: Phase::Dirty,
    }
}

#[tokio::test(start_paused = true)]
async fn a_config_too_large_to_be_stored_is_said_to_be_and_holds_no_other() {
    let world = World::new();
    let phone = world.device(Alice).await;
    poll(&phone).await;
    pushed(&phone).await;
    let too_large = |all: Vec<ConfigStanding>| -> Vec<(Namespace, bool)> {
        all.iter()
            .map(|one| (one.namespace, one.is_too_large))
            .filter(|one| one.1)
            .collect()
    };
    phone
        .core
        .db
        .write(|writer| configs::save(writer, &contacts_with(6_000_000)))
        .await
        .unwrap();
    actions::set_name(&phone.core, "Alice L.".into(), 2_000)
        .await
        .unwrap();
    assert_eq!(pushed(&phone).await, Ended::Pushed, "the profile goes out");
    assert_eq!(
        too_large(phone.read(configs::standings).await),
        [(Namespace::CONTACTS, true)]
    );
    phone
        .core
        .db
        .write(|writer| configs::save(writer, &contacts_with(60)))
        .await
        .unwrap();
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    assert_eq!(too_large(phone.read(configs::standings).await), []);
}
