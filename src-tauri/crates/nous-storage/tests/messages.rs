//! Messages, conversations, outbox and parked contents keep what they are given.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::{NOW, later, open};
use nous_protocol::account::{AccountId, ConversationId, GroupId, Namespace};
use nous_protocol::keys::Seed;
use nous_protocol::time::Timestamp;
use nous_storage::account::{self, NewAccount};
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::db::{Database, Writer};
use nous_storage::deletions::{self, Extent};
use nous_storage::erased::{self, Erased};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::inbox::{self, Parked};
use nous_storage::messages::{self, MessageKind, NewMessage, SendState, TimelinePlace};
use nous_storage::outbox::{self, CopyKind, NewOutboxRow};
use nous_storage::people;
use nous_storage::profile::{Profile, ProfileError, UnlockOptions};

fn person(n: u8) -> AccountId {
    AccountId::from_x25519([n; 32])
}

fn text(conversation: ConversationKey, author: u8, ms: i64, body: &str) -> NewMessage {
    let is_own = author == 1;
    NewMessage {
        conversation,
        author: person(author),
        is_own,
        is_received: !is_own,
        kind: MessageKind::Text,
        body: body.to_owned(),
        sent: later(ms),
        received: later(ms),
        order: later(ms),
        state: is_own.then_some(SendState::Queued),
        is_unread: !is_own,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}

/// A message of ours that waits, with both copies.
fn waiting(
    writer: &mut Writer<'_>,
    to: u8,
    ms: i64,
) -> Result<(MessageKey, OutboxKey, OutboxKey), StorageError> {
    let conversation = conversations::ensure(writer, person(to), NOW)?;
    let message = messages::insert(writer, &text(conversation, 1, ms, "out"))?;
    let row = NewOutboxRow {
        message,
        conversation,
        kind: CopyKind::Recipient,
        destination: person(to).into(),
        after: None,
        sent: Some(later(ms)),
        written_local: later(ms),
        ttl_ms: 1_000,
        queued: later(ms),
        give_up: later(ms + 1_000_000),
    };
    let first = outbox::enqueue(writer, &row)?;
    let own = NewOutboxRow {
        kind: CopyKind::Own,
        destination: person(1).into(),
        after: Some(first),
        ..row
    };
    let second = outbox::enqueue(writer, &own)?;
    conversations::refresh(writer, &[conversation])?;
    Ok((message, first, second))
}

async fn due(db: &Database, at: Timestamp) -> Vec<OutboxKey> {
    let rows = db.read(move |reader| outbox::due(reader, at, 100)).await.unwrap();
    rows.into_iter().map(|row| row.key).collect()
}

#[tokio::test]
async fn pages_in_both_directions_meet_without_gap_or_double() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let key = db
        .write(|writer| {
            let key = conversations::ensure(writer, person(2), NOW)?;
            // Equal times in part: the number decides then.
            for n in 0..25 {
                messages::insert(writer, &text(key, 2, n / 3, &n.to_string()))?;
            }
            Ok(key)
        })
        .await
        .unwrap();
    let (mut older, mut place): (Vec<String>, Option<TimelinePlace>) = (Vec::new(), None);
    loop {
        let page = db
            .read(move |reader| messages::before(reader, key, place, 4))
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Some(last.place());
        older.extend(page.into_iter().map(|message| message.body));
    }
    older.reverse();
    let all: Vec<String> = (0..25).map(|n| n.to_string()).collect();
    assert_eq!(older, all);
    let first = place.unwrap();
    let newer = db
        .read(move |reader| messages::after(reader, key, first, 100))
        .await
        .unwrap();
    assert_eq!(
        newer.into_iter().map(|message| message.body).collect::<Vec<_>>(),
        all[1..]
    );
}

#[tokio::test]
async fn the_list_shows_pinned_ones_first_then_by_activity_and_pages_meet() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        for n in 2..12_u8 {
            let key = conversations::ensure(writer, person(n), NOW)?;
            messages::insert(writer, &text(key, n, i64::from(n) * 10, "hello"))?;
            conversations::approve(writer, key, Approval::Ours)?;
            people::set_pinned(writer, key, n == 3)?;
            conversations::refresh(writer, &[key])?;
        }
        conversations::ensure(writer, person(99), NOW).map(|_| ())
    })
    .await
    .unwrap();
    let mut seen = Vec::new();
    let mut place = None;
    loop {
        let page = db
            .read(move |reader| conversations::page(reader, place, "", 3))
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Some(last.place());
        seen.extend(page.into_iter().filter_map(|row| row.id.person()));
    }
    assert_eq!(seen, [3, 11, 10, 9, 8, 7, 6, 5, 4, 2].map(person));
    assert_eq!(
        db.read(conversations::total).await.unwrap(),
        10,
        "one without messages does not stand in it"
    );
}

#[tokio::test]
async fn the_filter_finds_words_of_names_and_beginnings_of_ids() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        for (n, name) in [(2_u8, "Élodie Martin"), (3, "Martine"), (4, "100%")] {
            let key = conversations::ensure(writer, person(n), NOW)?;
            let profile = PersonProfile {
                name: Some(name.into()),
                picture: None,
                updated_s: 1,
            };
            conversations::set_profile(writer, key, &profile)?;
            conversations::approve(writer, key, Approval::Ours)?;
            conversations::approve(writer, key, Approval::Theirs)?;
            messages::insert(writer, &text(key, n, i64::from(n), "hello"))?;
            conversations::refresh(writer, &[key])?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let found = |filter: &'static str| async move {
        let rows = db
            .read(move |reader| conversations::page(reader, None, filter, 10))
            .await
            .unwrap();
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(found("éLO").await, ["Élodie Martin"]);
    assert_eq!(found("mart").await, ["Martine", "Élodie Martin"]);
    assert_eq!(found("0502").await, ["Élodie Martin"]);
    assert!(found("artin").await.is_empty());
    assert!(
        found("%artin").await.is_empty(),
        "signs of patterns are no patterns"
    );
}

#[tokio::test]
async fn a_lane_goes_out_in_order_and_own_copies_wait_for_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (_, first, copy) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let (_, second, _) = db.write(|writer| waiting(writer, 2, 1)).await.unwrap();
    let (_, other, _) = db.write(|writer| waiting(writer, 3, 2)).await.unwrap();
    assert_eq!(due(db, later(10)).await, [first, other]);
    db.write(move |writer| outbox::postpone(writer, first, later(100), "timedOut"))
        .await
        .unwrap();
    assert_eq!(
        due(db, later(10)).await,
        [other],
        "the second waits behind the first"
    );
    db.write(move |writer| outbox::done(writer, first)).await.unwrap();
    assert_eq!(due(db, later(10)).await, [copy, second, other]);
}

#[tokio::test]
async fn a_stopped_message_holds_no_lane() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (message, first, _) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let (_, second, _) = db.write(|writer| waiting(writer, 2, 1)).await.unwrap();
    db.write(move |writer| outbox::stop(writer, message, "refusedByNetwork"))
        .await
        .unwrap();
    assert_eq!(due(db, later(10)).await, [second]);
    db.write(move |writer| outbox::release(writer, message, later(5), later(1_000)))
        .await
        .unwrap();
    assert_eq!(due(db, later(10)).await, [first]);
}

#[tokio::test]
async fn a_row_dated_by_a_wrong_clock_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (_, first, _) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let year = 365 * 86_400_000;
    db.write(move |writer| outbox::postpone(writer, first, later(year), "offline"))
        .await
        .unwrap();
    assert_eq!(due(db, later(10)).await, [first]);
}

#[tokio::test]
async fn deleting_here_removes_what_waits_and_empties_what_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (waits, ..) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let (sent, ..) = db.write(|writer| waiting(writer, 2, 1)).await.unwrap();
    db.write(move |writer| messages::mark_stored(writer, sent, NOW, None))
        .await
        .unwrap();
    db.write(move |writer| messages::delete_here(writer, &[waits, sent], NOW))
        .await
        .unwrap();
    let rows = db
        .read(move |reader| messages::by_keys(reader, &[waits, sent]))
        .await
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.key, row.kind)).collect::<Vec<_>>(),
        [(sent, MessageKind::Deleted)]
    );
    assert_eq!(rows[0].body, "");
    assert!(db.read(outbox::list).await.unwrap().is_empty());
    db.write(move |writer| messages::delete_here(writer, &[sent], NOW))
        .await
        .unwrap();
    assert!(
        db.read(move |reader| messages::by_keys(reader, &[sent]))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_sealed_copy_for_own_devices_outlives_the_deletion_of_a_message_that_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (sent, first, copy) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let (waits, _, other) = db.write(|writer| waiting(writer, 2, 1)).await.unwrap();
    let unsealed = db.write(move |writer| {
        messages::mark_stored(writer, sent, NOW, None)?;
        outbox::done(writer, first)?;
        let unsealed = outbox::unsealed_own_copies(&writer.reader(), &[sent, waits])?;
        for key in [copy, other] {
            outbox::save_sealed(writer, key, b"sealed", later(0))?;
        }
        messages::delete_here(writer, &[sent, waits], NOW)?;
        Ok(unsealed)
    });
    let unsealed = unsealed.await.unwrap();
    assert_eq!(unsealed.iter().map(|row| row.key).collect::<Vec<_>>(), [copy]);
    let left = db.read(outbox::list).await.unwrap();
    assert_eq!(
        left.iter().map(|row| (row.key, row.message)).collect::<Vec<_>>(),
        [(copy, Some(sent))]
    );
    // Its emptied row goes with a second deletion, and the copy stands alone.
    db.write(move |writer| messages::delete_here(writer, &[sent], NOW))
        .await
        .unwrap();
    let left = db.read(outbox::list).await.unwrap();
    assert_eq!((left.len(), left[0].message), (1, None));
    assert_eq!(
        (left[0].kind, left[0].sealed.as_deref()),
        (CopyKind::Control, Some(b"sealed".as_slice()))
    );
    assert_eq!(due(db, later(10)).await, [copy]);
}

fn parked(n: usize, bytes: usize) -> Parked {
    Parked {
        hash: format!("{n:0>43}"),
        sender: person(2),
        namespace: Namespace::MESSAGES,
        envelope: NOW,
        received: NOW,
        expires: later(1_000),
        reason: "unknown".into(),
        content: vec![7; bytes],
        message: None,
    }
}

#[tokio::test]
async fn parked_contents_beyond_the_limits_go_oldest_first() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        (0..1_005).try_for_each(|n| inbox::park(writer, &parked(n, 10)))?;
        inbox::keep_within(writer)
    })
    .await
    .unwrap();
    let kept = db.read(inbox::parked).await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].hash.as_str()),
        (1_000, parked(5, 0).hash.as_str())
    );
    db.write(|writer| {
        (2_000..2_005).try_for_each(|n| inbox::park(writer, &parked(n, 6_000_000)))?;
        inbox::keep_within(writer)
    })
    .await
    .unwrap();
    let bytes: usize = db
        .read(inbox::parked)
        .await
        .unwrap()
        .iter()
        .map(|parked| parked.content.len())
        .sum();
    assert_eq!(bytes, 18_000_000);
}

#[tokio::test]
async fn parked_contents_go_after_half_a_year() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| inbox::park(writer, &parked(1, 10)))
        .await
        .unwrap();
    for (days, left) in [(180, 1), (181, 0)] {
        let now = later(days * 86_400_000);
        db.write(move |writer| inbox::prune(writer, now)).await.unwrap();
        assert_eq!(db.read(inbox::parked_count).await.unwrap(), left);
    }
}

#[tokio::test]
async fn there_is_one_account_and_discarding_it_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let new = || NewAccount {
        seed: Seed::from_bytes([3; 16]),
        id: person(1),
        display_name: "Alice".into(),
        profile_updated_s: 7,
        created: NOW,
        is_restored: false,
    };
    let account = new();
    db.write(move |writer| account::create(writer, &account))
        .await
        .unwrap();
    let account = new();
    let again = db.write(move |writer| account::create(writer, &account)).await;
    assert!(matches!(again, Err(StorageError::Constraint { .. })));
    db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    db.write(account::discard).await.unwrap();
    assert!(db.read(account::load).await.unwrap().is_none());
    assert!(db.read(account::seed).await.unwrap().is_none());
    assert_eq!(db.read(conversations::total).await.unwrap(), 0);
}

async fn create_account(db: &Database) {
    let new = NewAccount {
        seed: Seed::from_bytes([3; 16]),
        id: person(1),
        display_name: String::new(),
        profile_updated_s: 0,
        created: NOW,
        is_restored: true,
    };
    db.write(move |writer| account::create(writer, &new))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_sent_time_never_repeats_and_never_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    create_account(db).await;
    let mut given = Vec::new();
    for at in [NOW, NOW, later(-5_000), later(10)] {
        given.push(
            db.write(move |writer| account::take_sent_time(writer, at, at))
                .await
                .unwrap(),
        );
    }
    assert_eq!(given, [NOW, later(1), later(2), later(10)]);
}

#[tokio::test]
async fn a_sent_time_of_a_clock_that_was_wrong_does_not_date_what_follows() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    create_account(db).await;
    let year = 365 * 86_400_000;
    let take =
        |at: Timestamp, now: Timestamp| db.write(move |writer| account::take_sent_time(writer, at, now));
    assert_eq!(take(later(year), later(year)).await.unwrap(), later(year));
    assert_eq!(take(NOW, NOW).await.unwrap(), NOW);
    assert_eq!(take(NOW, NOW).await.unwrap(), later(1));
}

#[tokio::test]
async fn a_restored_backup_forgets_what_was_erased_and_does_not_send_again() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let day = 86_400_000;
    let (old, ..) = db
        .write(move |writer| waiting(writer, 2, -2 * day))
        .await
        .unwrap();
    let (fresh, ..) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    let (gone, ..) = db.write(|writer| waiting(writer, 3, 1)).await.unwrap();
    common::fill(db).await;
    profile.back_up(NOW).await.unwrap();
    db.write(|writer| {
        let erased = Erased {
            conversation: person(3).to_bytes().to_vec(),
            author: person(1).into(),
            sent: later(1),
        };
        erased::note(writer, &[erased], NOW)
    })
    .await
    .unwrap();
    profile.close().await;
    drop(profile);
    let file = dir.path().join("nous.db");
    common::damage(&file, common::middle_of(&file));
    let verifying = UnlockOptions {
        verify: true,
        ..common::options()
    };
    let Err(ProfileError::Damaged(found)) = Profile::open_or_create(dir.path(), &verifying) else {
        unreachable!("a damaged database opens")
    };
    let backup = found.backups().first().unwrap().clone();
    let profile = found.restore(&backup, later(1_000)).unwrap();
    let db = profile.database();
    let states = db
        .read(move |reader| messages::by_keys(reader, &[old, fresh, gone]))
        .await
        .unwrap();
    let states: Vec<_> = states
        .into_iter()
        .map(|row| (row.key, row.state, row.error, row.may_have_left))
        .collect();
    let maybe_sent = "mayHaveBeenSent".to_owned();
    assert_eq!(
        states,
        [
            (old, Some(SendState::Queued), String::new(), false),
            (fresh, Some(SendState::Failed), maybe_sent, true)
        ]
    );
}

#[tokio::test]
async fn what_is_deleted_for_all_says_nothing_and_does_not_wait() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (key, ..) = db.write(|writer| waiting(writer, 2, 0)).await.unwrap();
    db.write(move |writer| messages::delete_for_all(writer, &[key], NOW))
        .await
        .unwrap();
    let row = db
        .read(move |reader| messages::by_keys(reader, &[key]))
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (row.kind, row.body.as_str(), row.state),
        (MessageKind::DeletedForAll, "", Some(SendState::Sent))
    );
    assert!(db.read(outbox::list).await.unwrap().is_empty());
    let noted = Erased {
        conversation: person(2).to_bytes().to_vec(),
        author: person(1).into(),
        sent: later(0),
    };
    assert!(
        db.read(move |reader| erased::contains(reader, &noted))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn an_unsend_names_messages_between_two_only() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let group = GroupId::from_ed25519([9; 32]);
    let keys = db
        .write(move |writer| {
            let bob = conversations::ensure(writer, person(2), NOW)?;
            let chloe = conversations::ensure(writer, person(3), NOW)?;
            let rowers = conversations::ensure(writer, group, NOW)?;
            let own = messages::insert(writer, &text(bob, 1, 5, "own"))?;
            let theirs = messages::insert(writer, &text(bob, 2, 5, "theirs"))?;
            for conversation in [rowers, chloe] {
                // Said elsewhere at the same moment.
                messages::insert(writer, &text(conversation, 2, 5, "elsewhere"))?;
            }
            messages::insert(writer, &text(rowers, 1, 5, "elsewhere"))?;
            Ok((own, theirs))
        })
        .await
        .unwrap();
    for (author, key) in [(1, keys.0), (2, keys.1)] {
        let found = db
            .read(move |reader| deletions::targets(reader, &person(author), later(5)))
            .await
            .unwrap();
        assert_eq!(found.iter().map(|target| target.key).collect::<Vec<_>>(), [key]);
        assert_eq!(found[0].peer, person(2));
    }
}

#[tokio::test]
async fn what_was_unsent_is_remembered_for_a_while_and_not_without_end() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let most = i64::from(deletions::MOST_UNSENT);
    db.write(move |writer| {
        for n in 0..=most {
            deletions::note_unsent(writer, &person(2), later(n), later(n))?;
        }
        deletions::note_unsent(writer, &person(3), later(0), later(0))
    })
    .await
    .unwrap();
    let asked = vec![
        (person(2), later(0)),
        (person(2), later(1)),
        (person(2), later(most)),
        (person(3), later(0)),
        (person(4), later(0)),
    ];
    let names = asked.clone();
    let known = db
        .read(move |reader| deletions::unsent_among(reader, &names))
        .await
        .unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), asked[1..4]);
    let end = later(most) + deletions::KEPT + Duration::from_millis(1);
    db.write(move |writer| deletions::prune(writer, end))
        .await
        .unwrap();
    let known = db
        .read(move |reader| deletions::unsent_among(reader, &asked))
        .await
        .unwrap();
    assert!(known.is_empty());
}

#[tokio::test]
async fn what_is_wanted_goes_with_its_message_and_hashes_go_once() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (one, other) = db
        .write(|writer| {
            let (one, ..) = waiting(writer, 2, 0)?;
            let (other, ..) = waiting(writer, 2, 1)?;
            for key in [one, other] {
                messages::mark_stored(writer, key, NOW, Some(later(100)))?;
                messages::note_own_copy(writer, key, &format!("hash {}", key.0))?;
            }
            deletions::want(writer, &[one, other], Extent::Everyone, NOW, later(60))?;
            Ok((one, other))
        })
        .await
        .unwrap();
    let taken = db
        .write(move |writer| {
            let taken = deletions::take_hashes(writer, &[one, other], NOW)?;
            messages::remove(writer, &[one], NOW)?;
            Ok((taken, deletions::take_hashes(writer, &[other], NOW)?))
        })
        .await
        .unwrap();
    assert_eq!(taken, (2, 0));
    let wanted = db.read(deletions::wanted).await.unwrap();
    assert_eq!(wanted.iter().map(|one| one.message).collect::<Vec<_>>(), [other]);
    assert_eq!((wanted[0].due, wanted[0].hash.as_str()), (later(60), ""));
    let (hashes, attempts) = db
        .read(|reader| deletions::due_hashes(reader, NOW, 10))
        .await
        .unwrap();
    assert_eq!((hashes.len(), attempts), (2, 0));
    let (done, left) = (hashes[..1].to_vec(), hashes[1..].to_vec());
    db.write(move |writer| {
        deletions::hashes_done(writer, &done)?;
        deletions::postpone_hashes(writer, &left, later(30))
    })
    .await
    .unwrap();
    assert_eq!(db.read(deletions::next_due).await.unwrap(), Some(later(30)));
    db.write(|writer| deletions::make_due(writer, false, later(1)))
        .await
        .unwrap();
    let wanted = db.read(deletions::wanted).await.unwrap();
    assert_eq!(wanted[0].due, later(60), "somebody waits for it");
    let (hashes, attempts) = db
        .read(|reader| deletions::due_hashes(reader, later(1), 10))
        .await
        .unwrap();
    assert_eq!((hashes.len(), attempts), (1, 1));
    db.write(|writer| deletions::make_due(writer, true, later(1)))
        .await
        .unwrap();
    assert_eq!(db.read(deletions::wanted).await.unwrap()[0].due, later(1));
}

#[tokio::test]
async fn a_date_leads_to_the_first_message_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (conversation, keys) = db
        .write(|writer| {
            let key = conversations::ensure(writer, person(2), NOW)?;
            let mut keys = Vec::new();
            for ms in [30, 10, 20] {
                keys.push(messages::insert(writer, &text(key, 2, ms, "hello"))?);
            }
            Ok((key, keys))
        })
        .await
        .unwrap();
    for (ms, found) in [
        (0, Some(keys[1])),
        (10, Some(keys[1])),
        (11, Some(keys[2])),
        (31, None),
    ] {
        let at = later(ms);
        let first = db.read(move |reader| messages::at_date(reader, conversation, at));
        assert_eq!(first.await.unwrap(), found, "{ms}");
    }
}

/// What is being written to somebody, and what that answers.
async fn draft(db: &Database, to: u8) -> (String, Option<MessageKey>) {
    let id = ConversationId::from(person(to));
    let rows = db.read(move |reader| conversations::by_ids(reader, &[id])).await;
    let row = rows.unwrap().pop().unwrap();
    (row.draft, row.draft_quote)
}

#[tokio::test]
async fn a_draft_answers_a_message_of_its_conversation_as_long_as_that_says_something() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (bob, asked, elsewhere) = db
        .write(|writer| {
            let bob = conversations::ensure(writer, person(2), NOW)?;
            let chloe = conversations::ensure(writer, person(3), NOW)?;
            let asked = messages::insert(writer, &text(bob, 2, 1, "asked"))?;
            let elsewhere = messages::insert(writer, &text(chloe, 3, 2, "elsewhere"))?;
            Ok((bob, asked, elsewhere))
        })
        .await
        .unwrap();
    let answer = |to: Option<MessageKey>| db.write(move |w| conversations::set_draft(w, bob, "yes", to));
    answer(Some(elsewhere)).await.unwrap();
    assert_eq!(draft(db, 2).await, ("yes".into(), None), "from elsewhere");
    answer(Some(asked)).await.unwrap();
    assert_eq!(draft(db, 2).await, ("yes".into(), Some(asked)));
    assert_eq!(draft(db, 3).await, (String::new(), None));
    db.write(move |writer| messages::delete_for_all(writer, &[asked], NOW))
        .await
        .unwrap();
    assert_eq!(draft(db, 2).await, ("yes".into(), None), "it says nothing");
}

#[tokio::test]
async fn a_text_is_put_before_what_was_typed_and_takes_nothing_of_it_away() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (bob, first, second) = db
        .write(|writer| {
            let bob = conversations::ensure(writer, person(2), NOW)?;
            let first = messages::insert(writer, &text(bob, 2, 1, "first"))?;
            Ok((bob, first, messages::insert(writer, &text(bob, 2, 2, "second"))?))
        })
        .await
        .unwrap();
    let put = |said: &'static str, quote: Option<MessageKey>| {
        db.write(move |writer| conversations::put_before_draft(writer, bob, said, quote))
    };
    put("taken back", Some(first)).await.unwrap();
    assert_eq!(draft(db, 2).await, ("taken back".into(), Some(first)));
    put("once more", Some(second)).await.unwrap();
    let both = "once more\ntaken back";
    assert_eq!(draft(db, 2).await, (both.into(), Some(first)));
    put("", None).await.unwrap();
    assert_eq!(draft(db, 2).await, (both.into(), Some(first)));
}

#[tokio::test]
async fn a_draft_goes_with_its_conversation_and_its_quote_with_the_message() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (bob, asked) = db
        .write(|writer| {
            let bob = conversations::ensure(writer, person(2), NOW)?;
            let asked = messages::insert(writer, &text(bob, 2, 1, "asked"))?;
            conversations::set_draft(writer, bob, "yes", Some(asked))?;
            Ok((bob, asked))
        })
        .await
        .unwrap();
    db.write(move |writer| messages::remove(writer, &[asked], NOW))
        .await
        .unwrap();
    assert_eq!(draft(db, 2).await, ("yes".into(), None));
    db.write(move |writer| conversations::delete(writer, bob, NOW))
        .await
        .unwrap();
    assert_eq!(draft(db, 2).await, (String::new(), None));
}

#[tokio::test]
async fn only_what_is_old_and_has_nothing_to_do_any_more_is_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let (key, old, kept) = db
        .write(|writer| {
            let key = conversations::ensure(writer, person(2), NOW)?;
            let mut old = Vec::new();
            for at in [3, 1, 2] {
                old.push(messages::insert(writer, &text(key, 2, at, "old"))?);
            }
            // The oldest goes first.
            old.rotate_left(1);
            let (waits, ..) = waiting(writer, 2, 4)?;
            let wanted = messages::insert(writer, &text(key, 1, 5, "to be deleted for everyone"))?;
            deletions::want(writer, &[wanted], Extent::Everyone, NOW, NOW)?;
            let folded = NewMessage {
                kind: MessageKind::Unsupported,
                ..text(key, 2, 6, "")
            };
            let folded = messages::fold_unsupported(writer, &folded)?;
            let new = messages::insert(writer, &text(key, 2, 10, "new"))?;
            let other = conversations::ensure(writer, person(3), NOW)?;
            messages::insert(writer, &text(other, 3, 1, "elsewhere"))?;
            Ok((key, old, [waits, wanted, folded, new]))
        })
        .await
        .unwrap();
    let found = db.read(move |reader| {
        assert_eq!(messages::old_count(reader, key, later(10))?, 3);
        assert_eq!(messages::old(reader, key, later(10), 2)?.len(), 2);
        messages::old(reader, key, later(10), 100)
    });
    let found = found.await.unwrap();
    assert_eq!(found, old);
    let left = db.write(move |writer| {
        messages::remove(writer, &found, NOW)?;
        assert_eq!(messages::old_count(&writer.reader(), key, later(10))?, 0);
        messages::before(&writer.reader(), key, None, 100)
    });
    let mut left: Vec<MessageKey> = left.await.unwrap().iter().map(|row| row.key).collect();
    left.reverse();
    assert_eq!(left, kept);
    let usage = db.read(nous_storage::usage::messages).await.unwrap();
    let usage: Vec<(ConversationId, u32)> = usage.into_iter().collect();
    let of = |n, messages| (ConversationId::from(person(n)), messages);
    assert_eq!(usage, [of(2, 4), of(3, 1)]);
}
