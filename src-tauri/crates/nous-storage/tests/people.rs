//! Configs and what they say about people.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::fields::{Cleared, NotifyMode, Timer, TimerStart};
use nous_protocol::config::state::Phase;
use nous_protocol::keys::Seed;
use nous_storage::account::{self, NewAccount};
use nous_storage::configs::{self, ConfigRow};
use nous_storage::people::{self, Person};
use nous_storage::{conversations, people::ReadPosition, reading};

const BOB: AccountId = AccountId::from_x25519([2; 32]);
const CONTACTS: Namespace = Namespace::CONTACTS;

fn bob() -> Person {
    Person {
        account: BOB,
        name: "Bob".into(),
        nickname: "Éric".into(),
        picture: Some(("http://example.org/1".into(), [7; 32])),
        profile_updated_s: 9,
        is_approved: true,
        has_approved_me: true,
        is_blocked: true,
        priority: 2,
        notify: NotifyMode::Disabled,
        mute_until_s: 1_800_000_000,
        timer: Some(Timer {
            start: TimerStart::Read,
            seconds: 60,
        }),
        created: later(-5),
        cleared: Cleared {
            up_to_ms: 3,
            at_ms: 4,
        },
    }
}

fn row(phase: Phase, dump: &[u8]) -> ConfigRow {
    ConfigRow {
        namespace: CONTACTS,
        dump: dump.to_vec(),
        seqno: 4,
        phase,
    }
}

#[tokio::test]
async fn a_higher_pin_stands_higher_on_every_page() {
    const PRIORITIES: [(u8, i64); 7] = [(1, 0), (2, 1), (3, 3), (4, -1), (5, 3), (6, i64::MAX), (7, 0)];
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        for (id, priority) in PRIORITIES {
            let account = AccountId::from_x25519([id; 32]);
            let person = Person {
                account,
                priority,
                ..bob()
            };
            let key = conversations::ensure(writer, account, NOW)?;
            people::save(writer, key, &person)?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let mut order = Vec::new();
    let mut place = None;
    loop {
        let page = db
            .read(move |reader| conversations::page(reader, place, "", 2))
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Some(last.place());
        order.extend(page.iter().map(|row| (row.id.to_bytes()[1], row.is_pinned())));
    }
    let expected = [(6, true), (5, true), (3, true), (2, true), (7, false), (1, false)];
    assert_eq!(order, expected);
}

#[tokio::test]
async fn a_person_comes_back_as_saved_and_stands_in_the_list() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        let key = conversations::ensure(writer, BOB, NOW)?;
        people::save(writer, key, &bob())
    })
    .await
    .unwrap();
    let (key, found) = db
        .read(|reader| people::find(reader, &BOB))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, bob());
    assert_eq!(db.read(people::known).await.unwrap(), [bob()]);
    let listed = db
        .read(|reader| conversations::page(reader, None, "eric", 9))
        .await
        .unwrap();
    assert!(listed[0].is_pinned() && listed[0].is_listed);
    db.write(move |writer| people::set_priority(writer, key, -1))
        .await
        .unwrap();
    assert_eq!(db.read(conversations::total).await.unwrap(), 0);
    db.write(move |writer| people::forget(writer, key, NOW))
        .await
        .unwrap();
    let (_, left) = db
        .read(|reader| people::find(reader, &BOB))
        .await
        .unwrap()
        .unwrap();
    assert!(!left.is_somebody() && left.name.is_empty() && left.picture.is_none());
    assert_eq!((left.created, left.cleared), (NOW, bob().cleared));
}

#[tokio::test]
async fn a_read_position_moves_forward_only_and_ours_is_to_be_shared() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let key = db
        .write(|writer| conversations::ensure(writer, BOB, NOW))
        .await
        .unwrap();
    let read = |at, is_marked| db.write(move |writer| people::read_elsewhere(writer, key, at, is_marked));
    read(later(10), true).await.unwrap();
    assert_eq!(db.write(people::take_unshared).await.unwrap(), []);
    read(later(5), false).await.unwrap();
    let ours = ReadPosition {
        id: BOB.into(),
        last_read: later(10),
        is_marked_unread: false,
    };
    assert_eq!(
        db.read(|reader| people::read_position(reader, BOB))
            .await
            .unwrap(),
        Some(ours)
    );
    assert!(db.read(configs::is_push_needed).await.unwrap());
    assert_eq!(db.write(people::take_unshared).await.unwrap(), [ours]);
    db.write(move |writer| people::mark_unread(writer, key))
        .await
        .unwrap();
    db.write(move |writer| reading::mark_read(writer, key, None))
        .await
        .unwrap();
    assert_eq!(db.write(people::take_unshared).await.unwrap(), [ours]);
    db.write(move |writer| reading::mark_read(writer, key, None))
        .await
        .unwrap();
    assert!(!db.read(configs::is_push_needed).await.unwrap());
}

#[tokio::test]
async fn a_config_keeps_its_times_when_its_dump_changes() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|writer| {
        configs::save(writer, &row(Phase::Dirty, b"one"))?;
        configs::note_merged(writer, CONTACTS, later(7))?;
        configs::note_merged(writer, CONTACTS, later(3))?;
        configs::note_pushed(writer, CONTACTS, later(9))
    })
    .await
    .unwrap();
    assert!(db.read(configs::is_push_needed).await.unwrap());
    db.write(|writer| configs::save(writer, &row(Phase::Clean, b"two")))
        .await
        .unwrap();
    assert!(!db.read(configs::is_push_needed).await.unwrap());
    let standing = db.read(configs::standings).await.unwrap()[0];
    assert_eq!((standing.seqno, standing.phase), (4, Phase::Clean));
    assert_eq!(
        (standing.newest, standing.pushed),
        (Some(later(7)), Some(later(9)))
    );
    assert_eq!(
        db.read(|reader| configs::dump(reader, CONTACTS)).await.unwrap(),
        Some(b"two".to_vec())
    );
}

#[tokio::test]
async fn a_restored_account_has_not_fetched_and_a_new_one_need_not() {
    for is_restored in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let profile = open(dir.path());
        let db = profile.database();
        let new = NewAccount {
            seed: Seed::from_bytes([3; 16]),
            id: BOB,
            display_name: "Bob".into(),
            profile_updated_s: 7,
            created: NOW,
            is_restored,
        };
        db.write(move |writer| account::create(writer, &new))
            .await
            .unwrap();
        assert_eq!(db.read(account::is_restored).await.unwrap(), is_restored);
        assert_eq!(db.read(configs::is_fetched).await.unwrap(), !is_restored);
        let kept = db.read(account::load).await.unwrap().unwrap();
        assert_eq!(kept.is_phrase_seen, is_restored, "who typed the phrase has it");
        db.write(configs::note_fetched).await.unwrap();
        assert!(db.read(configs::is_fetched).await.unwrap());
    }
}
