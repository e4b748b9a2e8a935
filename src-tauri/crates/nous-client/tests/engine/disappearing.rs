//! Messages that disappear, and how long they live.

use std::time::Duration;

use nous_client::ClientError;
use nous_client::config_sync::push::push;
use nous_client::deleting;
use nous_client::disappearing::{setting, worker};
use nous_client::groups::error::GroupError;
use nous_client::receipts;
use nous_client::send::worker::make_due;
use nous_network::{LinkState, SwarmError};
use nous_protocol::account::AccountId;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::content::{
    self, DisappearKind, Disappearing, Extras, Incoming, Outgoing, OutgoingBody, Parsed, encode,
};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_storage::conversations::{self, Approval};
use nous_storage::erased::{self, Erased};
use nous_storage::messages::{Message, MessageKind, SendState};
use nous_storage::{disappearing as lives, people};
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};
use crate::receive::{at, dropped, poll, row, text};

const HOUR: Duration = Duration::from_secs(3_600);
const TWO_WEEKS: Duration = Duration::from_secs(14 * 86_400);
const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;

const AFTER_READ: Disappearing = Disappearing {
    kind: DisappearKind::AfterRead,
    seconds: 3_600,
};
const AFTER_SEND: Disappearing = Disappearing {
    kind: DisappearKind::AfterSend,
    seconds: 3_600,
};

const fn timer(start: TimerStart, seconds: i64) -> Option<Timer> {
    Some(Timer { start, seconds })
}

impl World {
    /// Somebody's app sends a content that disappears, and keeps it in the swarm for `life`.
    fn send_disappearing(
        &self,
        from: Person,
        to: AccountId,
        said: (OutgoingBody, Disappearing),
        sent: Timestamp,
        life: Duration,
    ) {
        let (body, disappearing) = said;
        let content = encode(&Outgoing {
            sent,
            disappearing,
            body,
        });
        let padded = padding::pad(&content);
        let sealed = envelope::seal(&from.keys(), &to, &padded, sent, &mut rand::rng()).unwrap();
        self.swarm.put(to, sealed.0, life);
    }
}

/// Both accepted each other.
async fn befriend(device: &Device, other: Person) {
    let now = device.now();
    let befriend = move |writer: &mut nous_storage::db::Writer<'_>| {
        let key = conversations::ensure(writer, other.id(), now)?;
        conversations::approve(writer, key, Approval::Ours)?;
        conversations::approve(writer, key, Approval::Theirs)
    };
    device.core.db.write(befriend).await.unwrap();
}

async fn set(device: &Device, with: Person, timer: Option<Timer>) {
    setting::set(&device.core, with.id().into(), timer).await.unwrap();
}

async fn is_set_to(device: &Device, with: Person) -> Option<Timer> {
    let found = device.read(move |reader| people::find(reader, &with.id()));
    found.await.and_then(|(_, person)| person.timer)
}

/// The lines that say that the timer was changed.
async fn lines(device: &Device, with: Person) -> Vec<Message> {
    let all = device.timeline(with.id()).await.into_iter();
    all.filter(|row| row.kind == MessageKind::TimerChanged).collect()
}

/// Nothing of it is left, but that it was there.
async fn is_erased(device: &Device, with: Person, author: Person, sent: Timestamp) -> bool {
    let erased = Erased {
        conversation: with.id().to_bytes().to_vec(),
        author: author.id().into(),
        sent,
    };
    let now = device.now();
    device
        .read(move |reader| {
            let outlook = lives::outlook(reader, now)?;
            Ok(erased::contains(reader, &erased)? && !outlook.has_hidden)
        })
        .await
}

/// What a person's swarm keeps of a message, opened with their keys.
fn kept_content(world: &World, of: Person) -> (Parsed, Duration) {
    let kept = world.swarm.kept(of.id()).pop().unwrap();
    let opened = envelope::open(&of.keys(), &kept.data).unwrap();
    let parsed = content::parse(&opened.content, opened.envelope_timestamp).unwrap();
    (parsed, kept.expires.since(kept.timestamp))
}

#[tokio::test(start_paused = true)]
async fn what_disappears_after_it_was_sent_is_gone_in_time_with_every_trace() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    befriend(&alice, Bob).await;
    world.send_disappearing(Bob, Alice.id(), (text("soon gone"), AFTER_SEND), at(0), HOUR);
    alice.until_texts(Bob, &["soon gone"]).await;
    let message = alice.timeline(Bob.id()).await.pop().unwrap();
    assert_eq!(message.ends, Some(at(3_600_000)));
    let minute = Duration::from_secs(60);
    alice.pass(HOUR - 2 * minute, minute).await;
    assert_eq!(alice.texts(Bob).await, ["soon gone"]);
    alice.pass(3 * minute, Duration::from_secs(5)).await;
    assert!(alice.texts(Bob).await.is_empty());
    assert_eq!(row(&alice, Bob).await.unwrap().unread_count, 0);
    assert!(is_erased(&alice, Bob, Bob, at(0)).await);
}

#[tokio::test(start_paused = true)]
async fn own_devices_agree_on_when_reading_began() {
    let world = World::new();
    let (laptop, phone) = (world.device(Alice).await, world.restored_device(Alice).await);
    befriend(&laptop, Bob).await;
    befriend(&phone, Bob).await;
    world.send_disappearing(Bob, Alice.id(), (text("read me"), AFTER_READ), at(0), TWO_WEEKS);
    for device in [&laptop, &phone] {
        poll(device).await;
        let message = device.timeline(Bob.id()).await.pop().unwrap();
        assert_eq!((message.timer.is_some(), message.ends), (true, None), "unread");
    }
    tokio::time::advance(Duration::from_secs(600)).await;
    receipts::read(&laptop.core, Bob.id(), None).await.unwrap();
    let ends = laptop.now() + HOUR;
    worker::once(&laptop.core, &laptop.api()).await.unwrap();
    assert_eq!(
        world.swarm.kept(Alice.id())[0].expires,
        ends,
        "the swarm was told"
    );
    push(&laptop.core, &laptop.api()).await.unwrap();
    tokio::time::advance(Duration::from_secs(1_200)).await;
    poll(&phone).await;
    let first = phone.timeline(Bob.id()).await.pop().unwrap();
    assert_eq!(first.ends, Some(phone.now() + HOUR), "until the swarm says more");
    worker::once(&phone.core, &phone.api()).await.unwrap();
    for device in [&laptop, &phone] {
        let message = device.timeline(Bob.id()).await.pop().unwrap();
        assert_eq!(message.ends, Some(ends));
    }
}

#[tokio::test(start_paused = true)]
async fn a_swarm_that_mostly_did_not_hear_of_an_end_is_told_again() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    befriend(&laptop, Bob).await;
    world.send_disappearing(Bob, Alice.id(), (text("read me"), AFTER_READ), at(0), TWO_WEEKS);
    poll(&laptop).await;
    receipts::read(&laptop.core, Bob.id(), None).await.unwrap();
    let (now, ends) = (laptop.now(), laptop.now() + HOUR);
    let has_tasks = || laptop.read(move |reader| Ok(lives::outlook(reader, now)?.has_tasks));
    for member in [1, 2] {
        world.swarm.leave_behind(member);
    }
    worker::once(&laptop.core, &laptop.api()).await.unwrap();
    assert!(has_tasks().await, "one of three is not most of them");
    for member in [1, 2] {
        world.swarm.catch_up(member);
    }
    worker::once(&laptop.core, &laptop.api()).await.unwrap();
    assert!(!has_tasks().await);
    assert_eq!(world.swarm.kept(Alice.id())[0].expires, ends);
}

#[tokio::test(start_paused = true)]
async fn what_ends_before_our_swarm_heard_that_it_was_read_goes_from_there_too() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    befriend(&laptop, Bob).await;
    world.send_disappearing(Bob, Alice.id(), (text("read me"), AFTER_READ), at(0), TWO_WEEKS);
    poll(&laptop).await;
    receipts::read(&laptop.core, Bob.id(), None).await.unwrap();
    world.swarm.fail_sequences(1);
    worker::once(&laptop.core, &laptop.api()).await.unwrap();
    tokio::time::advance(HOUR + Duration::from_secs(1)).await;
    worker::once(&laptop.core, &laptop.api()).await.unwrap();
    assert!(is_erased(&laptop, Bob, Bob, at(0)).await);
    assert_eq!(world.swarm.kept(Alice.id()).len(), 1, "it is told no end");
    deleting::worker::once(&laptop.core, &laptop.api()).await.unwrap();
    assert!(world.swarm.kept(Alice.id()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_read_before_it_came_begins_when_the_swarm_says() {
    let world = World::new();
    let phone = world.device(Alice).await;
    befriend(&phone, Bob).await;
    let far = at(60_000);
    let read = move |writer: &mut nous_storage::db::Writer<'_>| {
        let key = conversations::find(&writer.reader(), Bob.id())?.unwrap();
        people::read_elsewhere(writer, key, far, false).map(drop)
    };
    phone.core.db.write(read).await.unwrap();
    tokio::time::advance(Duration::from_secs(120)).await;
    let (stored, life) = (phone.now(), HOUR + HOUR / 4);
    world.send_disappearing(Bob, Alice.id(), (text("told"), AFTER_READ), at(1), life);
    world.send_disappearing(Bob, Alice.id(), (text("untold"), AFTER_READ), at(2), TWO_WEEKS);
    tokio::time::advance(HOUR / 2).await;
    let now = phone.now();
    poll(&phone).await;
    worker::once(&phone.core, &phone.api()).await.unwrap();
    let rows = phone.timeline(Bob.id()).await;
    let ends: Vec<_> = rows.iter().map(|row| row.ends.unwrap()).collect();
    assert_eq!(ends, [stored + life, now + HOUR]);
    let kept = world.swarm.kept(Alice.id());
    assert_eq!(kept[1].expires, now + HOUR, "our other devices shall know");
}

#[tokio::test(start_paused = true)]
async fn what_we_write_says_how_long_it_lives_and_begins_when_it_is_stored() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    befriend(&alice, Bob).await;
    set(&alice, Bob, timer(TimerStart::Read, 3_600)).await;
    alice.until_outbox_is_empty().await;
    world.swarm.refuse(Bob.id(), SwarmError::Timeout);
    let key = alice.write(Bob, "hello").await;
    alice.pass(HOUR + HOUR / 2, Duration::from_secs(300)).await;
    let waiting = alice.message(key).await.unwrap();
    assert_eq!(
        waiting.ends, None,
        "a message does not disappear before it is sent"
    );
    world.swarm.accept(Bob.id());
    make_due(&alice.core).await.unwrap();
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    let sent = alice.message(key).await.unwrap();
    assert_eq!(sent.ends, sent.stored.map(|at| at + HOUR));
    let (theirs, life) = kept_content(&world, Bob);
    assert_eq!((theirs.disappearing, life), (AFTER_READ, TWO_WEEKS));
    let (ours, life) = kept_content(&world, Alice);
    assert_eq!((ours.disappearing, life), (AFTER_READ, HOUR), "we have read it");
    alice
        .pass(HOUR + Duration::from_secs(60), Duration::from_secs(60))
        .await;
    assert_eq!(alice.message(key).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_new_timer_goes_to_the_other_and_to_our_devices() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    befriend(&laptop, Bob).await;
    let hour = timer(TimerStart::Sent, 43_200);
    set(&laptop, Bob, hour).await;
    laptop.until_outbox_is_empty().await;
    let (theirs, _) = kept_content(&world, Bob);
    assert!(matches!(theirs.content, Incoming::Expiration(_)));
    assert_eq!(theirs.disappearing.seconds, 43_200);
    let line = lines(&laptop, Bob).await.pop().unwrap();
    assert!(line.is_own && line.is_timer_followed && line.timer == hour);

    let phone = world.restored_device(Alice).await;
    befriend(&phone, Bob).await;
    poll(&phone).await;
    assert_eq!(is_set_to(&phone, Bob).await, hour, "our own device said so");
    set(&laptop, Bob, None).await;
    laptop.until_outbox_is_empty().await;
    laptop
        .pass(Duration::from_secs(20), Duration::from_millis(500))
        .await;
    poll(&phone).await;
    assert_eq!(is_set_to(&phone, Bob).await, None);
    for device in [&laptop, &phone] {
        let shown = lines(device, Bob).await;
        assert_eq!(shown.len(), 1, "only the newest line stays");
        assert_eq!(shown[0].timer, None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_config_has_the_last_word_on_a_timer() {
    let world = World::new();
    let laptop = world.device(Alice).await;
    befriend(&laptop, Bob).await;
    poll(&laptop).await;
    set(&laptop, Bob, timer(TimerStart::Sent, 86_400)).await;
    push(&laptop.core, &laptop.api()).await.unwrap();
    let phone = world.restored_device(Alice).await;
    tokio::time::advance(Duration::from_secs(5)).await;
    poll(&phone).await;
    let extras = Extras {
        sync_target: Some(Bob.id()),
        ..Extras::default()
    };
    let late = (OutgoingBody::Expiration(extras), AFTER_READ);
    world.send_disappearing(Alice, Alice.id(), late, at(-1_000), HOUR);
    poll(&phone).await;
    assert_eq!(is_set_to(&phone, Bob).await, timer(TimerStart::Sent, 86_400));
}

#[tokio::test(start_paused = true)]
async fn what_the_other_sets_is_told_and_followed_if_we_want() {
    let world = World::new();
    let alice = world.device(Alice).await;
    befriend(&alice, Bob).await;
    let update = || OutgoingBody::Expiration(Extras::default());
    world.send_disappearing(Bob, Alice.id(), (update(), AFTER_SEND), at(0), HOUR);
    world.send_disappearing(Bob, Alice.id(), (update(), AFTER_READ), at(1), TWO_WEEKS);
    poll(&alice).await;
    assert_eq!(is_set_to(&alice, Bob).await, None, "ours is ours");
    let shown = lines(&alice, Bob).await;
    assert_eq!(shown.len(), 1, "only the newest line stays");
    let after_read = timer(TimerStart::Read, 3_600);
    assert_eq!((shown[0].timer, shown[0].ends), (after_read, None));
    assert!(!shown[0].is_own && !shown[0].is_unread && !shown[0].is_timer_followed);
    setting::follow(&alice.core, shown[0].key).await.unwrap();
    assert_eq!(is_set_to(&alice, Bob).await, after_read);
    receipts::read(&alice.core, Bob.id(), None).await.unwrap();
    let ours = lines(&alice, Bob).await;
    assert!(ours.len() == 1 && ours[0].is_own, "{ours:?}");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_dated_far_ahead_keeps_no_later_one_away() {
    let world = World::new();
    let phone = world.device(Alice).await;
    befriend(&phone, Bob).await;
    let far = Timestamp::from_ms(at(0).as_ms() + TEN_YEARS_MS);
    let theirs = (OutgoingBody::Expiration(Extras::default()), AFTER_SEND);
    world.send_disappearing(Bob, Alice.id(), theirs, far, HOUR);
    poll(&phone).await;
    assert_eq!(lines(&phone, Bob).await.len(), 1);
    tokio::time::advance(Duration::from_secs(5)).await;
    let extras = Extras {
        sync_target: Some(Bob.id()),
        ..Extras::default()
    };
    let ours = (OutgoingBody::Expiration(extras), AFTER_READ);
    world.send_disappearing(Alice, Alice.id(), ours, phone.now(), HOUR);
    poll(&phone).await;
    assert_eq!(is_set_to(&phone, Bob).await, timer(TimerStart::Read, 3_600));
    let shown = lines(&phone, Bob).await;
    assert!(shown.len() == 1 && shown[0].is_own, "{shown:?}");
}

#[tokio::test(start_paused = true)]
async fn strangers_set_nothing_and_nothing_is_set_for_them() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let update = OutgoingBody::Expiration(Extras::default());
    world.send_disappearing(Bob, Alice.id(), (update, AFTER_SEND), at(0), HOUR);
    poll(&alice).await;
    assert_eq!(dropped(&alice).await, [("timerOfStranger".to_owned(), 1)]);
    let to_nobody = setting::set(&alice.core, Bob.id().into(), timer(TimerStart::Sent, 60)).await;
    let unknown = ClientError::NoConversation;
    assert!(matches!(to_nobody, Err(GroupError::Client(error)) if error == unknown));
    alice.write(Bob, "hello").await;
    let to_asked = setting::set(&alice.core, Bob.id().into(), timer(TimerStart::Sent, 60)).await;
    let refused = ClientError::NotAccepted;
    assert!(matches!(to_asked, Err(GroupError::Client(error)) if error == refused));
}

#[tokio::test(start_paused = true)]
async fn notes_live_as_long_on_every_device() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    set(&laptop, Alice, timer(TimerStart::Read, 86_400)).await;
    let key = laptop.write(Alice, "buy milk").await;
    laptop.until_outbox_is_empty().await;
    let note = laptop.message(key).await.unwrap();
    let day = Duration::from_secs(86_400);
    assert_eq!(
        note.timer,
        timer(TimerStart::Sent, 86_400),
        "notes begin when they are sent"
    );
    assert_eq!(note.ends, note.stored.map(|at| at.max(note.sent) + day));
    laptop
        .pass(Duration::from_secs(20), Duration::from_millis(500))
        .await;
    let phone = world.restored_device(Alice).await;
    poll(&phone).await;
    assert_eq!(is_set_to(&phone, Alice).await, timer(TimerStart::Sent, 86_400));
    let copies = phone.timeline(Alice.id()).await;
    let copy = copies.iter().find(|row| row.body == "buy milk").unwrap();
    let apart = |ends: Timestamp, other: Timestamp| ends.as_ms().abs_diff(other.as_ms());
    assert!(apart(copy.ends.unwrap(), note.ends.unwrap()) < 1_000);
}

/// A device on which a message of Bob ends in an hour.
async fn with_a_message(world: &World) -> Device {
    let alice = world.device(Alice).await;
    befriend(&alice, Bob).await;
    world.send_disappearing(Bob, Alice.id(), (text("secret"), AFTER_SEND), at(0), HOUR);
    poll(&alice).await;
    assert_eq!(alice.texts(Bob).await, ["secret"]);
    alice
}

#[tokio::test(start_paused = true)]
async fn a_clock_ten_years_ahead_hides_and_loses_nothing() {
    let world = World::new();
    let alice = with_a_message(&world).await;
    let ahead = world.clock.skewed_network_clock(TEN_YEARS_MS);
    let alice = alice.reopened_with_clock(ahead).await;
    worker::look(&alice.core).await.unwrap();
    assert!(alice.texts(Bob).await.is_empty());
    let shown = row(&alice, Bob).await.unwrap();
    assert!(shown.last_message.is_none() && shown.unread_count == 0);
    poll(&alice).await;
    worker::look(&alice.core).await.unwrap();
    assert_eq!(alice.texts(Bob).await, ["secret"], "nodes told the time");
    assert_eq!(row(&alice, Bob).await.unwrap().unread_count, 1);
}

#[tokio::test(start_paused = true)]
async fn what_ended_while_the_app_was_closed_is_never_shown() {
    let world = World::new();
    let alice = with_a_message(&world).await;
    tokio::time::advance(2 * HOUR).await;
    let unheard = world.clock.skewed_network_clock(0);
    let alice = alice.reopened_with_clock(unheard).await;
    worker::look(&alice.core).await.unwrap();
    assert!(alice.texts(Bob).await.is_empty());
    assert!(
        !is_erased(&alice, Bob, Bob, at(0)).await,
        "nobody has told the time"
    );
    poll(&alice).await;
    worker::look(&alice.core).await.unwrap();
    assert!(is_erased(&alice, Bob, Bob, at(0)).await);
}

#[tokio::test(start_paused = true)]
async fn without_a_network_what_ended_is_erased_after_a_week_of_running() {
    let world = World::new();
    let alice = with_a_message(&world).await;
    world.swarm.set_link(LinkState::Offline);
    let unheard = world.clock.skewed_network_clock(0);
    let alice = alice.reopened_with_clock(unheard).await.started();
    let (hour, day) = (HOUR, 24 * HOUR);
    alice.pass(6 * day, hour).await;
    assert!(alice.texts(Bob).await.is_empty());
    assert!(!is_erased(&alice, Bob, Bob, at(0)).await);
    alice.pass(2 * day, hour).await;
    assert!(is_erased(&alice, Bob, Bob, at(0)).await);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_forward_while_the_app_runs_erases_nothing() {
    let world = World::new();
    let alice = with_a_message(&world).await.started();
    alice.pass(Duration::from_secs(60), Duration::from_secs(5)).await;
    world.swarm.set_link(LinkState::Offline);
    world.clock.jump(2 * HOUR);
    alice.core.hub.announce([nous_client::events::Change::Resync]);
    alice.pass(Duration::from_secs(60), Duration::from_secs(5)).await;
    assert!(alice.texts(Bob).await.is_empty(), "it is hidden");
    assert!(!is_erased(&alice, Bob, Bob, at(0)).await);
    world.swarm.set_link(LinkState::Connected);
    alice.until("erased", || is_erased(&alice, Bob, Bob, at(0))).await;
}

#[tokio::test(start_paused = true)]
async fn what_ended_while_the_machine_slept_is_gone_as_soon_as_the_system_tells_of_the_wake() {
    let world = World::new();
    let alice = with_a_message(&world).await.started();
    world.swarm.set_link(LinkState::Offline);
    alice.pass(Duration::from_secs(60), Duration::from_secs(5)).await;
    // No timer counts the time of sleep.
    world.clock.jump(2 * HOUR);
    alice.settle().await;
    assert_eq!(alice.texts(Bob).await, ["secret"], "nothing has woken anybody");
    let woke = tokio::time::Instant::now();
    alice.engine().control().woke();
    for _ in 0..100 {
        if alice.texts(Bob).await.is_empty() {
            break;
        }
        alice.settle().await;
    }
    assert!(alice.texts(Bob).await.is_empty(), "hidden");
    assert_eq!(tokio::time::Instant::now(), woke, "without any time passing");
}
