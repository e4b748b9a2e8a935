//! Several devices of one account.

use std::time::Duration;

use nous_client::config_sync::push::push;
use nous_client::config_sync::schedule::Ended;
use nous_client::config_sync::{actions, restore};
use nous_client::poll::poll_to_the_end;
use nous_client::send;
use nous_network::LinkState;
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::state::Phase;
use nous_protocol::time::Timestamp;
use nous_storage::configs::{ConfigRow, ConfigStanding};
use nous_storage::conversations::Conversation;
use nous_storage::{account, configs, conversations, people};
use nous_testkit::Person::{self, Alice, Bob, Chloe};
use tokio::time::Instant;

use crate::device::{Device, World};
use crate::receive::{at, named};

const BOXES: [Namespace; 4] = [
    Namespace::USER_PROFILE,
    Namespace::CONTACTS,
    Namespace::CONVO_INFO_VOLATILE,
    Namespace::USER_GROUPS,
];

pub(crate) async fn poll(device: &Device) -> u32 {
    poll_to_the_end(&device.core, &device.api()).await.unwrap()
}

pub(crate) async fn pushed(device: &Device) -> Ended {
    push(&device.core, &device.api()).await.unwrap()
}

pub(crate) async fn person(device: &Device, of: Person) -> Option<people::Person> {
    device
        .read(move |reader| people::find(reader, &of.id()))
        .await
        .map(|(_, person)| people::Person {
            // The network tells seconds.
            created: Timestamp::from_ms(person.created.as_ms() / 1_000 * 1_000),
            ..person
        })
}

pub(crate) async fn row(device: &Device, with: AccountId) -> Conversation {
    let found = device.read(move |reader| conversations::by_ids(reader, &[with.into()]));
    found.await.pop().unwrap()
}

async fn name(device: &Device) -> String {
    device.read(account::load).await.unwrap().display_name
}

async fn standings(device: &Device) -> Vec<ConfigStanding> {
    device.read(configs::standings).await
}

async fn is_settled(device: &Device) -> bool {
    let all = standings(device).await;
    all.len() == 4 && all.iter().all(|config| config.phase == Phase::Clean)
}

pub(crate) async fn read_up_to(device: &Device, of: Person) -> Timestamp {
    let found = device.read(move |reader| people::read_position(reader, of.id()));
    found.await.unwrap().last_read
}

pub(crate) async fn rename(device: &Device, of: Person, nickname: &'static str) {
    actions::change_conversation(&device.core, of.id(), move |writer, key| {
        people::set_nickname(writer, key, nickname)
    })
    .await
    .unwrap();
}

pub(crate) async fn pin(device: &Device, of: Person) {
    actions::change_conversation(&device.core, of.id(), |writer, key| {
        people::set_pinned(writer, key, true)
    })
    .await
    .unwrap();
}

async fn block(device: &Device, of: Person) {
    actions::change_conversation(&device.core, of.id(), |writer, key| {
        conversations::set_blocked(writer, key, true)
    })
    .await
    .unwrap();
}

/// Polls and pushes, one after the other, until nothing is left to do.
pub(crate) async fn converge(devices: &[&Device]) {
    for _ in 0..6 {
        for device in devices {
            poll(device).await;
            pushed(device).await;
        }
    }
    for device in devices {
        assert!(is_settled(device).await, "{:?}", standings(device).await);
    }
}

/// A laptop that has written to Bob, and a phone that was restored afterwards.
pub(crate) async fn laptop_and_phone(world: &World) -> (Device, Device) {
    let laptop = world.device(Alice).await;
    laptop.write(Bob, "hello").await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    (laptop, phone)
}

/// So many versions that what another device pushes without them is out of date.
async fn go_on(laptop: &Device) {
    for round in 0..8 {
        let pinned = actions::change_conversation(&laptop.core, Bob.id(), move |writer, key| {
            people::set_pinned(writer, key, round % 2 == 0)
        });
        pinned.await.unwrap();
        assert_eq!(pushed(laptop).await, Ended::Pushed);
    }
}

/// The polls of the phone, which named Bob, hang longer than it collects its changes.
async fn both_keep_what_the_phone_heard_late(world: &World, laptop: &Device, phone: &Device) {
    phone
        .pass(Duration::from_secs(5), Duration::from_millis(100))
        .await;
    world.swarm.quicken();
    phone.until("stored", || is_settled(phone)).await;
    poll(laptop).await;
    for device in [laptop, phone] {
        assert_eq!(person(device, Bob).await.unwrap().nickname, "Bobby");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_device_changes_after_its_sleep_is_not_lost_behind_newer_versions() {
    let world = World::new();
    let (laptop, mut phone) = laptop_and_phone(&world).await;
    phone.start();
    phone.until("settled", || is_settled(&phone)).await;
    world.swarm.slow_polls(8);
    go_on(&laptop).await;
    phone.engine().control().woke();
    rename(&phone, Bob, "Bobby").await;
    both_keep_what_the_phone_heard_late(&world, &laptop, &phone).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_device_changed_while_away_is_not_lost_behind_newer_versions() {
    let world = World::new();
    let (laptop, mut phone) = laptop_and_phone(&world).await;
    rename(&phone, Bob, "Bobby").await;
    go_on(&laptop).await;
    // The phone hears of them late; what it pushed before that would be out of date.
    world.swarm.slow_polls(1);
    phone.start();
    both_keep_what_the_phone_heard_late(&world, &laptop, &phone).await;
}

#[tokio::test(start_paused = true)]
async fn two_devices_agree_within_one_poll() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    assert_eq!(name(&phone).await, "Alice");
    let bob = person(&phone, Bob).await.unwrap();
    assert!(bob.is_approved && !bob.has_approved_me);
    assert!(row(&phone, Bob.id()).await.is_listed);
    rename(&laptop, Bob, "Bobby").await;
    pin(&laptop, Bob).await;
    block(&laptop, Bob).await;
    actions::set_name(&laptop.core, "Alice L.".into(), 2_000)
        .await
        .unwrap();
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert_eq!(name(&phone).await, "Alice L.");
    let bob = row(&phone, Bob.id()).await;
    assert!(bob.is_pinned() && bob.is_blocked);
    assert_eq!(bob.name, "Bobby");
    assert_eq!(person(&phone, Bob).await, person(&laptop, Bob).await);
    assert_eq!(
        pushed(&phone).await,
        Ended::Idle,
        "what was merged is not pushed back"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_read_on_one_device_is_read_on_the_other() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "one").await;
    bob.until_outbox_is_empty().await;
    let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
    poll(&laptop).await;
    pushed(&laptop).await;
    poll(&phone).await;
    assert_eq!(row(&phone, Bob.id()).await.unread_count, 1);
    assert_eq!(actions::mark_read(&laptop.core, Bob.id()).await.unwrap().len(), 1);
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert_eq!(row(&phone, Bob.id()).await.unread_count, 0);
    bob.pass(Duration::from_secs(1), Duration::from_millis(100)).await;
    bob.write(Alice, "two").await;
    bob.until_outbox_is_empty().await;
    poll(&phone).await;
    assert_eq!(row(&phone, Bob.id()).await.unread_count, 1);
}

#[tokio::test(start_paused = true)]
async fn the_further_read_position_wins_and_is_written_back() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "one").await;
    bob.until_outbox_is_empty().await;
    let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
    for device in [&laptop, &phone] {
        poll(device).await;
        pushed(device).await;
    }
    actions::mark_read(&laptop.core, Bob.id()).await.unwrap();
    bob.pass(Duration::from_secs(1), Duration::from_millis(100)).await;
    bob.write(Alice, "two").await;
    bob.until_outbox_is_empty().await;
    poll(&phone).await;
    actions::mark_read(&phone.core, Bob.id()).await.unwrap();
    converge(&[&laptop, &phone]).await;
    assert_eq!(read_up_to(&laptop, Bob).await, read_up_to(&phone, Bob).await);
    for device in [&laptop, &phone] {
        assert_eq!(row(device, Bob.id()).await.unread_count, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deleted_conversation_is_deleted_on_the_other_and_old_messages_do_not_bring_it_back() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "old").await;
    bob.until_outbox_is_empty().await;
    poll(&phone).await;
    assert_eq!(phone.texts(Bob).await, ["old"]);
    bob.pass(Duration::from_secs(600), Duration::from_secs(10)).await;
    assert!(send::delete_conversation(&laptop.core, Bob.id()).await.unwrap());
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    assert!(phone.texts(Bob).await.is_empty());
    assert!(!row(&phone, Bob.id()).await.is_listed);
    assert!(
        person(&phone, Bob).await.unwrap().is_approved,
        "the person stays a contact"
    );
    let third = world.restored_device(Alice).await;
    poll(&third).await;
    assert!(third.texts(Bob).await.is_empty());
    bob.write(Alice, "new").await;
    bob.until_outbox_is_empty().await;
    for device in [&laptop, &phone, &third] {
        poll(device).await;
        assert_eq!(device.texts(Bob).await.last().map(String::as_str), Some("new"));
        assert!(row(device, Bob.id()).await.is_listed);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_pinned_after_a_deletion_stands_in_the_list_of_both() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    assert!(send::delete_conversation(&laptop.core, Bob.id()).await.unwrap());
    converge(&[&laptop, &phone]).await;
    pin(&laptop, Bob).await;
    converge(&[&laptop, &phone]).await;
    for device in [&laptop, &phone] {
        let row = row(device, Bob.id()).await;
        assert!(row.is_pinned() && row.is_listed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deleted_contact_is_a_stranger_on_the_other() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    rename(&phone, Bob, "Bobby").await;
    converge(&[&phone, &laptop]).await;
    assert!(send::delete_contact(&laptop.core, Bob.id()).await.unwrap());
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    poll(&phone).await;
    let bob = person(&phone, Bob).await.unwrap();
    assert!(!bob.is_somebody() && bob.nickname.is_empty());
    assert!(!row(&phone, Bob.id()).await.is_listed);
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_forgotten() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "let me in").await;
    bob.until_outbox_is_empty().await;
    let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
    poll(&laptop).await;
    pushed(&laptop).await;
    poll(&phone).await;
    assert!(person(&phone, Bob).await.unwrap().has_approved_me);
    send::delete_conversation(&laptop.core, Bob.id()).await.unwrap();
    pushed(&laptop).await;
    poll(&phone).await;
    assert!(!person(&phone, Bob).await.unwrap().is_somebody());
    assert!(phone.texts(Bob).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn changes_of_two_devices_at_once_both_survive() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    converge(&[&laptop, &phone]).await;
    rename(&laptop, Bob, "Bobby").await;
    pin(&phone, Bob).await;
    phone.write(Chloe, "salut").await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    converge(&[&laptop, &phone]).await;
    for device in [&laptop, &phone] {
        let bob = row(device, Bob.id()).await;
        assert!(bob.is_pinned());
        assert_eq!(bob.name, "Bobby");
        assert!(person(device, Chloe).await.unwrap().is_approved);
    }
    for namespace in BOXES {
        let kept = world.swarm.kept_in(Alice.id(), namespace).len();
        assert!(kept <= 1, "{namespace:?}: {kept}");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_whom_two_devices_meet_at_once_keeps_the_name_that_one_of_them_knows() {
    // Which of two changes at once wins depends on their bytes.
    for nickname in ["a", "b", "c", "d", "e", "f"] {
        let world = World::new();
        let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
        converge(&[&laptop, &phone]).await;
        world.send(Bob, Alice, named("let me in", "Bob", 50), at(1_000));
        // The laptop has not heard of it, and writes its entry without a name.
        laptop.write(Bob, "hello").await;
        rename(&laptop, Bob, nickname).await;
        poll(&phone).await;
        assert_eq!(person(&phone, Bob).await.unwrap().name, "Bob");
        assert_eq!(pushed(&laptop).await, Ended::Pushed);
        assert_eq!(pushed(&phone).await, Ended::Pushed);
        converge(&[&laptop, &phone]).await;
        for device in [&laptop, &phone] {
            let bob = person(device, Bob).await.unwrap();
            assert_eq!((bob.name.as_str(), bob.nickname.as_str()), ("Bob", nickname));
        }
        let third = world.restored_device(Alice).await;
        poll(&third).await;
        assert_eq!(person(&third, Bob).await.unwrap().name, "Bob", "from the config");
    }
}

#[tokio::test(start_paused = true)]
async fn both_names_at_once_come_to_one() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    converge(&[&laptop, &phone]).await;
    actions::set_name(&laptop.core, "Laptop".into(), 3_000)
        .await
        .unwrap();
    actions::set_name(&phone.core, "Phone".into(), 3_000)
        .await
        .unwrap();
    pushed(&laptop).await;
    pushed(&phone).await;
    converge(&[&laptop, &phone]).await;
    assert_eq!(name(&laptop).await, name(&phone).await);
}

#[tokio::test(start_paused = true)]
async fn a_push_whose_answer_was_lost_is_repeated_with_the_same_bytes() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    laptop.write(Bob, "hello").await;
    world.swarm.lose_answers(2);
    assert_eq!(pushed(&laptop).await, Ended::Failed);
    let before = standings(&laptop).await;
    assert!(before.iter().any(|config| config.phase == Phase::Pending));
    let laptop = laptop.reopened().await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    let after = standings(&laptop).await;
    assert_eq!(
        before.iter().map(|config| config.seqno).collect::<Vec<_>>(),
        after.iter().map(|config| config.seqno).collect::<Vec<_>>()
    );
    assert_eq!(world.swarm.kept_in(Alice.id(), Namespace::CONTACTS).len(), 1);
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert!(person(&phone, Bob).await.unwrap().is_approved);
}

#[tokio::test(start_paused = true)]
async fn a_push_that_never_arrived_loses_nothing() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    rename(&laptop, Bob, "Bobby").await;
    world.swarm.fail_sequences(2);
    assert_eq!(pushed(&laptop).await, Ended::Failed);
    pin(&phone, Bob).await;
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    let laptop = laptop.reopened().await;
    converge(&[&laptop, &phone]).await;
    for device in [&laptop, &phone] {
        let bob = row(device, Bob.id()).await;
        assert!(bob.is_pinned());
        assert_eq!(bob.name, "Bobby");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_account_pushes_at_once_and_hides_note_to_self() {
    let world = World::new();
    let began = Instant::now();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert_eq!(person(&phone, Alice).await.unwrap().priority, -1);
    laptop.write(Alice, "note").await;
    laptop
        .until("the push", || async {
            poll(&phone).await;
            person(&phone, Alice).await.unwrap().priority == 0
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_restored_device_finds_the_name_first_and_pushes_nothing_before_it_has_fetched() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    pushed(&laptop).await;
    let phone = world.restored_device(Alice).await;
    phone.write(Bob, "hello").await;
    assert!(restore::fetch_profile(&phone.core, &phone.api()).await.unwrap());
    assert_eq!(name(&phone).await, "Alice");
    assert_eq!(pushed(&phone).await, Ended::Idle);
    poll(&phone).await;
    assert_eq!(pushed(&phone).await, Ended::Pushed);
    poll(&laptop).await;
    assert!(person(&laptop, Bob).await.unwrap().is_approved);
}

#[tokio::test(start_paused = true)]
async fn a_name_typed_while_nothing_was_found_merges_with_what_there_is() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    laptop.write(Bob, "hello").await;
    pushed(&laptop).await;
    let phone = world.restored_device(Alice).await;
    actions::set_name(&phone.core, "Alicia".into(), 9_000)
        .await
        .unwrap();
    converge(&[&phone, &laptop]).await;
    assert_eq!(name(&laptop).await, name(&phone).await);
    assert!(person(&phone, Bob).await.unwrap().is_approved);
}

#[tokio::test(start_paused = true)]
async fn changes_are_collected_and_a_failing_push_is_made_again_and_again() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    laptop.write(Bob, "hello").await;
    laptop
        .pass(Duration::from_secs(10), Duration::from_millis(100))
        .await;
    assert!(is_settled(&laptop).await);
    let stores = || {
        let all = world.swarm.sequences().into_iter();
        all.filter(|methods| methods.contains(&"store")).count()
    };
    let before = stores();
    rename(&laptop, Bob, "Bobby").await;
    laptop
        .pass(Duration::from_millis(2_800), Duration::from_millis(100))
        .await;
    pin(&laptop, Bob).await;
    assert_eq!(stores(), before);
    laptop
        .pass(Duration::from_secs(2), Duration::from_millis(100))
        .await;
    assert_eq!(stores(), before + 1);
    world.swarm.fail_sequences(9);
    rename(&laptop, Bob, "Bob").await;
    laptop
        .until("the push", || async {
            laptop.settle().await;
            stores() > before + 10 && is_settled(&laptop).await
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_pushed_offline_and_it_goes_out_when_the_network_is_back() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    world.swarm.set_link(LinkState::Offline);
    laptop.write(Bob, "hello").await;
    laptop.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    assert!(!is_settled(&laptop).await);
    world.swarm.set_link(LinkState::Connected);
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_the_swarm_has_lost_is_stored_again() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    let seqno = standings(&laptop).await[0].seqno;
    world.swarm.lose(Alice.id());
    let laptop = laptop.reopened().await.started();
    laptop
        .until("a push", || async {
            !world
                .swarm
                .kept_in(Alice.id(), Namespace::USER_PROFILE)
                .is_empty()
        })
        .await;
    laptop
        .until("the end", || async { is_settled(&laptop).await })
        .await;
    assert_eq!(standings(&laptop).await[0].seqno, seqno + 1);
}

#[tokio::test(start_paused = true)]
async fn the_life_of_what_is_stored_is_extended_daily() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    let expires = || world.swarm.kept_in(Alice.id(), Namespace::USER_PROFILE)[0].expires;
    let first = expires();
    laptop
        .pass(Duration::from_secs(2 * 86_400), Duration::from_secs(600))
        .await;
    assert!(expires().since(first) >= Duration::from_secs(86_400));
}

#[tokio::test(start_paused = true)]
async fn two_running_devices_and_a_friend_come_to_the_same() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    laptop
        .until("a push", || async { is_settled(&laptop).await })
        .await;
    let phone = world.restored_device(Alice).await.started();
    let bob = world.device(Bob).await.started();
    laptop.write(Bob, "from the laptop").await;
    bob.until_texts(Alice, &["from the laptop"]).await;
    bob.write(Alice, "answer").await;
    phone
        .until("the answer", || async {
            phone.texts(Bob).await.last().map(String::as_str) == Some("answer")
        })
        .await;
    phone
        .until("the end", || async {
            is_settled(&laptop).await
                && is_settled(&phone).await
                && person(&laptop, Bob).await == person(&phone, Bob).await
                && person(&phone, Bob)
                    .await
                    .is_some_and(|bob| bob.is_approved && bob.has_approved_me)
        })
        .await;
    assert_eq!(person(&phone, Bob).await.unwrap().name, "Bob");
    assert_eq!(name(&phone).await, "Alice");
}

#[tokio::test(start_paused = true)]
async fn a_config_that_cannot_be_read_is_fetched_again() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    rename(&laptop, Bob, "Bobby").await;
    converge(&[&laptop, &phone]).await;
    let broken = ConfigRow {
        namespace: Namespace::CONTACTS,
        dump: b"d1:!".to_vec(),
        seqno: 1,
        phase: Phase::Clean,
    };
    phone
        .core
        .db
        .write(move |writer| configs::save(writer, &broken))
        .await
        .unwrap();
    let phone = phone.reopened().await.started();
    pin(&laptop, Bob).await;
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    phone
        .until("the pin", || async { row(&phone, Bob.id()).await.is_pinned() })
        .await;
    assert_eq!(row(&phone, Bob.id()).await.name, "Bobby");
}

#[tokio::test(start_paused = true)]
async fn a_mark_as_unread_is_seen_and_taken_back_everywhere() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "hello").await;
    bob.until_outbox_is_empty().await;
    poll(&laptop).await;
    actions::mark_read(&laptop.core, Bob.id()).await.unwrap();
    actions::change_conversation(&laptop.core, Bob.id(), people::mark_unread)
        .await
        .unwrap();
    converge(&[&laptop, &phone]).await;
    assert!(is_marked_unread(&phone, Bob).await);
    actions::mark_read(&phone.core, Bob.id()).await.unwrap();
    converge(&[&phone, &laptop]).await;
    assert!(!is_marked_unread(&laptop, Bob).await);
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_config_change_nothing() {
    let world = World::new();
    let (laptop, phone) = laptop_and_phone(&world).await;
    for namespace in BOXES {
        let junk = vec![0x64; 300];
        world
            .swarm
            .put_in(Alice.id(), namespace, junk, Duration::from_secs(86_400));
    }
    let before = standings(&phone).await;
    poll(&phone).await;
    let after = standings(&phone).await;
    assert_eq!(before[..2], after[..2]);
    rename(&laptop, Bob, "Bobby").await;
    converge(&[&laptop, &phone]).await;
    assert_eq!(row(&phone, Bob.id()).await.name, "Bobby");
}

pub(crate) async fn is_marked_unread(device: &Device, of: Person) -> bool {
    let found = device.read(move |reader| people::read_position(reader, of.id()));
    found.await.unwrap().is_marked_unread
}

#[tokio::test(start_paused = true)]
async fn a_name_given_at_a_restore_counts_only_if_the_network_knows_none() {
    let world = World::new();
    let first = world.restored_device_named(Alice, "Alicia").await;
    poll(&first).await;
    assert_eq!(pushed(&first).await, Ended::Pushed);
    let second = world.restored_device_named(Alice, "Someone").await;
    converge(&[&second, &first]).await;
    for device in [&first, &second] {
        assert_eq!(name(device).await, "Alicia");
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_restored_later_has_it_all() {
    let world = World::new();
    let (bob, chloe) = (
        world.device(Bob).await.started(),
        world.device(Chloe).await.started(),
    );
    let laptop = world.device(Alice).await;
    for (from, texts) in [(&bob, ["one", "two"]), (&chloe, ["un", "deux"])] {
        for text in texts {
            from.write(Alice, text).await;
        }
        from.until_outbox_is_empty().await;
    }
    poll(&laptop).await;
    laptop.write(Bob, "answer").await;
    rename(&laptop, Bob, "Bobby").await;
    pin(&laptop, Bob).await;
    block(&laptop, Chloe).await;
    actions::mark_read(&laptop.core, Bob.id()).await.unwrap();
    actions::set_name(&laptop.core, "Alice L.".into(), 2_000)
        .await
        .unwrap();
    assert_eq!(pushed(&laptop).await, Ended::Pushed);
    bob.pass(Duration::from_secs(1), Duration::from_millis(100)).await;
    bob.write(Alice, "three").await;
    bob.until_outbox_is_empty().await;

    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert_eq!(name(&phone).await, "Alice L.");
    let with_bob = row(&phone, Bob.id()).await;
    assert_eq!((with_bob.name.as_str(), with_bob.unread_count), ("Bobby", 1));
    assert!(with_bob.is_pinned() && with_bob.is_approved && with_bob.has_approved_me);
    assert_eq!(phone.texts(Bob).await, ["one", "two", "three"]);
    assert_eq!(person(&phone, Bob).await.unwrap().name, "Bob");
    assert!(row(&phone, Chloe.id()).await.is_blocked);
    assert!(phone.texts(Chloe).await.is_empty(), "dropped: she is blocked");
    assert_eq!(person(&phone, Bob).await, person(&laptop, Bob).await);
}
