//! Sending.

use std::time::Duration;

use nous_client::send::{self, Draft, MESSAGE_LIFE};
use nous_client::{ClientError, Failure};
use nous_network::{LinkState, SwarmError};
use nous_protocol::account::SwarmAccount;
use nous_protocol::content::{self, Incoming};
use nous_protocol::envelope;
use nous_storage::messages::{self, SendState};
use nous_storage::{conversations, outbox};
use nous_testkit::Person::{Alice, Bob, Chloe};
use nous_testkit::swarm::Attempt;

use crate::device::World;
use crate::setup::draft;

fn to(attempt: &Attempt, person: nous_testkit::Person) -> bool {
    attempt.account == SwarmAccount::from(person.id())
}

#[tokio::test(start_paused = true)]
async fn a_message_is_written_down_before_anything_is_tried() {
    let alice = World::new().device(Alice).await;
    let key = alice.write(Bob, "hello").await;
    assert_eq!(alice.state(key).await, Some(SendState::Queued));
    assert!(alice.swarm.attempts().is_empty());
    assert_eq!(alice.outbox_rows().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_message_reaches_the_recipients_swarm_with_the_profile() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Sent).await;
    let kept = world.swarm.kept(Bob.id());
    let opened = envelope::open(&Bob.keys(), &kept[0].data).unwrap();
    let parsed = content::parse(&opened.content, opened.envelope_timestamp).unwrap();
    let Incoming::Message(message) = parsed.content else {
        panic!("no message")
    };
    assert_eq!((opened.sender, message.body.as_str()), (Alice.id(), "hello"));
    assert_eq!(message.extras.profile.unwrap().name.as_deref(), Some("Alice"));
    assert_eq!(message.extras.sync_target, None);
}

#[tokio::test(start_paused = true)]
async fn the_own_copy_goes_after_the_contacts_and_names_it() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_outbox_is_empty().await;
    let attempts = world.swarm.attempts();
    assert!(to(&attempts[0], Bob) && to(&attempts[1], Alice));
    let kept = world.swarm.kept(Alice.id());
    let opened = envelope::open(&Alice.keys(), &kept[0].data).unwrap();
    let parsed = content::parse(&opened.content, opened.envelope_timestamp).unwrap();
    let Incoming::Message(message) = parsed.content else {
        panic!("no message")
    };
    assert_eq!(message.extras.sync_target, Some(Bob.id()));
    assert!(message.extras.profile.is_none());
    let row = alice.message(key).await.unwrap();
    assert_eq!(row.server_hash, kept[0].hash);
    assert_eq!(row.sent, opened.envelope_timestamp);
}

#[tokio::test(start_paused = true)]
async fn a_note_to_self_has_one_copy_without_target() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Alice, "milk").await;
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    assert_eq!(world.swarm.attempts().len(), 1);
    let opened = envelope::open(&Alice.keys(), &world.swarm.kept(Alice.id())[0].data).unwrap();
    let parsed = content::parse(&opened.content, opened.envelope_timestamp).unwrap();
    let extras = parsed.content.extras().unwrap().clone();
    assert!(extras.sync_target.is_none() && extras.profile.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_retry_keeps_the_sealed_bytes_and_renews_the_request() {
    let world = World::new();
    world
        .swarm
        .fail_stores([SwarmError::Timeout, SwarmError::NodeTrouble(503)]);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Sent).await;
    let attempts: Vec<_> = world
        .swarm
        .attempts()
        .into_iter()
        .filter(|attempt| to(attempt, Bob))
        .collect();
    assert_eq!(attempts.len(), 3);
    assert!(attempts.iter().all(|attempt| attempt.data == attempts[0].data));
    assert!(attempts[0].timestamp < attempts[2].timestamp);
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn order_is_kept_inside_a_conversation() {
    let world = World::new();
    world.swarm.fail_stores([SwarmError::Timeout]);
    let alice = world.device(Alice).await.started();
    for text in ["one", "two", "three"] {
        alice.write(Bob, text).await;
    }
    alice.until_outbox_is_empty().await;
    let bodies: Vec<String> = world
        .swarm
        .kept(Bob.id())
        .iter()
        .map(|kept| {
            let opened = envelope::open(&Bob.keys(), &kept.data).unwrap();
            match content::parse(&opened.content, opened.envelope_timestamp)
                .unwrap()
                .content
            {
                Incoming::Message(message) => message.body,
                _ => String::new(),
            }
        })
        .collect();
    assert_eq!(bodies, ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn one_stuck_conversation_never_holds_another() {
    let world = World::new();
    world.swarm.refuse(Bob.id(), SwarmError::Timeout);
    let alice = world.device(Alice).await.started();
    let stuck = alice.write(Bob, "stuck").await;
    let other = alice.write(Chloe, "free").await;
    alice.until_state(other, SendState::Sent).await;
    assert_ne!(alice.state(stuck).await, Some(SendState::Sent));
}

#[tokio::test(start_paused = true)]
async fn two_messages_of_one_moment_have_different_times() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let mut keys = Vec::new();
    for _ in 0..5 {
        keys.push(alice.write(Bob, "again").await);
    }
    alice.until_outbox_is_empty().await;
    let mut sent = Vec::new();
    for key in keys {
        sent.push(alice.message(key).await.unwrap().sent);
    }
    assert!(sent.windows(2).all(|pair| pair[0] < pair[1]), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn one_token_writes_once() {
    let alice = World::new().device(Alice).await;
    let draft = Draft {
        client_token: Some("t1".into()),
        ..draft("once")
    };
    let first = send::submit(&alice.core, Bob.id(), draft.clone()).await.unwrap();
    let second = send::submit(&alice.core, Bob.id(), draft).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(alice.texts(Bob).await, ["once"]);
    assert_eq!(alice.outbox_rows().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn empty_and_overlong_texts_are_not_written() {
    let alice = World::new().device(Alice).await;
    let empty = send::submit(&alice.core, Bob.id(), draft(" \n ")).await;
    assert_eq!(empty, Err(ClientError::EmptyText));
    let long = send::submit(&alice.core, Bob.id(), draft(&"é".repeat(2_001))).await;
    assert_eq!(long, Err(ClientError::TooLong(2_000)));
    assert!(
        send::submit(&alice.core, Bob.id(), draft(&"é".repeat(2_000)))
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_to_a_blocked_person() {
    let alice = World::new().device(Alice).await;
    let now = alice.now();
    let block = move |writer: &mut nous_storage::db::Writer<'_>| {
        let key = conversations::ensure(writer, Bob.id(), now)?;
        conversations::set_blocked(writer, key, true)
    };
    alice.core.db.write(block).await.unwrap();
    assert_eq!(
        send::submit(&alice.core, Bob.id(), draft("hello")).await,
        Err(ClientError::Blocked)
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_fails_with_its_reason_and_try_again_sends_the_same_bytes() {
    let world = World::new();
    world.swarm.refuse(Bob.id(), SwarmError::Refused(403));
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Failed).await;
    assert_eq!(
        alice.message(key).await.unwrap().error,
        Failure::Refused.to_string()
    );
    world.swarm.accept(Bob.id());
    assert!(send::try_again(&alice.core, key).await.unwrap());
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    let attempts = world.swarm.attempts();
    assert_eq!(attempts[0].data, attempts[1].data);
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_message_does_not_hold_later_ones_or_their_copies() {
    let world = World::new();
    world.swarm.fail_stores([SwarmError::Refused(400)]);
    let alice = world.device(Alice).await.started();
    let failed = alice.write(Bob, "first").await;
    alice.until_state(failed, SendState::Failed).await;
    let next = alice.write(Bob, "second").await;
    alice
        .until("own copy", || async {
            !alice.message(next).await.unwrap().server_hash.is_empty()
        })
        .await;
    assert_eq!(alice.state(failed).await, Some(SendState::Failed));
}

#[tokio::test(start_paused = true)]
async fn all_failed_messages_can_be_tried_again() {
    let world = World::new();
    world
        .swarm
        .fail_stores([SwarmError::Refused(403), SwarmError::Refused(403)]);
    let alice = world.device(Alice).await.started();
    let first = alice.write(Bob, "one").await;
    alice.until_state(first, SendState::Failed).await;
    let second = alice.write(Bob, "two").await;
    alice.until_state(second, SendState::Failed).await;
    assert_eq!(send::try_all_again(&alice.core).await.unwrap(), 2);
    alice.until_outbox_is_empty().await;
    assert_eq!(alice.read(messages::failed_count).await, 0);
}

#[tokio::test(start_paused = true)]
async fn network_trouble_alone_never_fails_and_nothing_is_tried_offline() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice
        .pass(Duration::from_secs(86_400), Duration::from_secs(600))
        .await;
    assert_eq!(alice.state(key).await, Some(SendState::Queued));
    assert!(world.swarm.attempts().is_empty());
    world.swarm.set_link(LinkState::Connected);
    let back = tokio::time::Instant::now();
    alice.until_state(key, SendState::Sent).await;
    assert!(back.elapsed() < Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn after_fourteen_days_a_message_expires_and_can_be_tried_again() {
    let world = World::new();
    world.swarm.refuse(Bob.id(), SwarmError::Timeout);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice
        .until("tried", || async { !world.swarm.attempts().is_empty() })
        .await;
    world.clock.jump(MESSAGE_LIFE);
    alice.until_state(key, SendState::Failed).await;
    assert_eq!(
        alice.message(key).await.unwrap().error,
        Failure::Expired.to_string()
    );
    world.swarm.accept(Bob.id());
    assert!(send::try_again(&alice.core, key).await.unwrap());
    alice.until_state(key, SendState::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_own_copy_shows_as_not_synced_until_it_is_stored() {
    let world = World::new();
    world.swarm.refuse(Alice.id(), SwarmError::Timeout);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::NotSynced).await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
    world.swarm.accept(Alice.id());
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_own_copy_waits_says_so_after_a_restart_and_gets_it() {
    let world = World::new();
    world.swarm.refuse(Alice.id(), SwarmError::Timeout);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::NotSynced).await;
    // As if the process had ended right behind the first copy.
    alice
        .core
        .db
        .write(move |writer| messages::set_state(writer, key, SendState::Sent))
        .await
        .unwrap();
    world.swarm.set_link(LinkState::Offline);
    let alice = alice.reopened().await.started();
    alice.until_state(key, SendState::NotSynced).await;
    world.swarm.accept(Alice.id());
    world.swarm.set_link(LinkState::Connected);
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1, "no double");
    let phone = world.restored_device(Alice).await.started();
    phone.until_texts(Bob, &["hello"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stays_refused_fails_and_says_by_how_much() {
    let world = World::new();
    world
        .swarm
        .refuse(Bob.id(), SwarmError::ClockCorrected { deviation_ms: 90_000 });
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Failed).await;
    assert_eq!(
        alice.message(key).await.unwrap().error,
        Failure::ClockWrong(90_000).to_string()
    );
}

#[tokio::test(start_paused = true)]
async fn a_corrected_clock_is_tried_at_once() {
    let world = World::new();
    world
        .swarm
        .fail_stores([SwarmError::ClockCorrected { deviation_ms: 90_000 }]);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(alice.message(key).await.unwrap().attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn without_any_nodes_time_the_sent_time_is_fixed_at_sealing() {
    let year_ms = 365 * 86_400_000;
    for skew_ms in [year_ms, -year_ms] {
        let world = World::new();
        let mut alice = world
            .device_with_clock(Alice, world.clock.skewed_network_clock(skew_ms))
            .await;
        let key = alice.write(Bob, "hello").await;
        let guessed = alice.message(key).await.unwrap().sent;
        alice.start();
        alice.until_state(key, SendState::Sent).await;
        let row = alice.message(key).await.unwrap();
        assert!((guessed.as_ms() - row.sent.as_ms()).abs() > year_ms / 2);
        assert!(world.clock.now().since(row.sent) < Duration::from_secs(60));
        let opened = envelope::open(&Bob.keys(), &world.swarm.kept(Bob.id())[0].data).unwrap();
        assert_eq!(opened.envelope_timestamp, row.sent);
    }
}

#[tokio::test(start_paused = true)]
async fn an_offset_of_an_earlier_run_neither_fails_nor_dates_a_message() {
    let year_ms = 365 * 86_400_000;
    for stale_ms in [year_ms, -year_ms] {
        let world = World::new();
        let mut alice = world
            .device_with_clock(Alice, world.clock.network_clock(Some(stale_ms)))
            .await;
        let key = alice.write(Bob, "hello").await;
        alice.start();
        alice.until_state(key, SendState::Sent).await;
        let second = alice.write(Bob, "and again").await;
        alice.until_state(second, SendState::Sent).await;
        for key in [key, second] {
            let sent = alice.message(key).await.unwrap().sent;
            assert!(world.clock.now().since(sent) < Duration::from_secs(60));
            assert!(sent <= world.clock.now());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waited_keeps_the_time_at_which_it_was_written() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let mut alice = world.device(Alice).await;
    let written = world.clock.now();
    let key = alice.write(Bob, "hello").await;
    world.clock.jump(Duration::from_secs(3 * 3_600));
    alice.start();
    world.swarm.set_link(LinkState::Connected);
    alice.until_state(key, SendState::Sent).await;
    assert_eq!(alice.message(key).await.unwrap().sent, written);
}

#[tokio::test(start_paused = true)]
async fn a_life_that_ends_during_an_attempt_does_not_stop_the_own_copy() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "hello").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() == 1 })
        .await;
    alice
        .core
        .db
        .write(move |writer| {
            outbox::stop(writer, key, "expired")?;
            messages::mark_failed(writer, key, "expired").map(drop)
        })
        .await
        .unwrap();
    world.swarm.open_gate();
    alice.until_outbox_is_empty().await;
    assert_eq!(alice.state(key).await, Some(SendState::Sent));
    assert_eq!(world.swarm.kept(Alice.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_for_a_message_whose_store_was_never_answered_counts() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    bob.write(Alice, "we know each other").await;
    let alice = world.device(Alice).await.started();
    alice.allow_all().await;
    alice.until_texts(Bob, &["we know each other"]).await;
    alice.write(Bob, "so we do").await;
    alice.until_outbox_is_empty().await;
    world.swarm.refuse(Bob.id(), SwarmError::Timeout);
    let key = alice.write(Bob, "hello").await;
    alice
        .until("tried", || async { alice.outbox_rows().await[0].attempts > 0 })
        .await;
    let sent = alice.message(key).await.unwrap().sent;
    world.swarm.put(
        Alice.id(),
        crate::receive::receipt(Bob, Alice.id(), sent),
        MESSAGE_LIFE,
    );
    alice.until_state(key, SendState::Read).await;
    alice.until_outbox_is_empty().await;
    assert_eq!(alice.state(key).await, Some(SendState::Read));
    let kept = world.swarm.kept(Alice.id()).len();
    assert_eq!(kept, 4, "Bob's message, the receipt and the own copies");
}
