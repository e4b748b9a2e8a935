use super::*;
use crate::blinding::{BlindedId, BlindedKind};
use crate::config::data::{Entry, Scalar};

fn id(n: u8) -> AccountId {
    AccountId::from_x25519([n; 32])
}

fn named(n: u8, name: &str) -> Contact {
    Contact {
        name: name.to_owned(),
        ..Contact::new(id(n))
    }
}

#[test]
fn a_contact_reads_as_it_was_set() {
    let contact = Contact {
        nickname: "nick".into(),
        picture: Some(Picture {
            url: "http://example.org/1".into(),
            key: [1; 32],
        }),
        profile_updated: 5,
        is_approved: true,
        is_blocked: true,
        priority: -1,
        notify: NotifyMode::Disabled,
        mute_until: 1_750_000_000,
        timer: Some(Timer {
            start: TimerStart::Read,
            seconds: 60,
        }),
        created: 1_700_000_000,
        features: BTreeSet::from([1, 5]),
        ..named(1, "Kallie")
    };
    let mut contacts = Contacts::default();
    contacts.set(&contact);
    assert_eq!(contacts.get(&id(1)), Some(contact.clone()));
    assert_eq!(contacts.iter().collect::<Vec<_>>(), [contact]);
    assert_eq!(contacts.get(&id(2)), None);
}

#[test]
fn a_contact_without_a_name_is_there() {
    let mut contacts = Contacts::default();
    contacts.set(&Contact::new(id(1)));
    assert_eq!(contacts.get(&id(1)), Some(Contact::new(id(1))));
    assert!(contacts.erase(&id(1)));
    assert!(!contacts.erase(&id(1)));
    assert!(contacts.state.data().is_empty());
}

#[test]
fn setting_the_same_contact_changes_nothing() {
    let mut contacts = Contacts::default();
    contacts.set(&named(1, "Kallie"));
    let before = contacts.clone();
    contacts.set(&named(1, "Kallie"));
    assert_eq!(contacts, before);
}

#[test]
fn fields_that_we_do_not_know_stay_and_foreign_entries_are_left_out() {
    let mut contacts = Contacts::default();
    let key = id(1).to_bytes();
    let mut editor = contacts.state.edit_own();
    editor.string(&[b"c", &key, b"zz"], b"kept");
    editor.string(&[b"c", &[5; 32], b"n"], b"too short");
    editor.string(&[b"c", &[3; 33], b"n"], b"a group");
    editor.integer(&[b"c", &id(3).to_bytes()], Some(1));
    contacts.set(&named(1, "Kallie"));
    assert_eq!(contacts.iter().count(), 1);
    assert_eq!(contacts.state.data().dict(b"c").unwrap().len(), 4);
    let entry = contacts.state.data().dict_at(&[b"c", &key]).unwrap();
    assert_eq!(entry.string(b"zz"), Some(b"kept".as_slice()));
}

#[test]
fn the_earlier_time_of_creation_stays() {
    let mut contacts = Contacts::default();
    for (set, kept) in [(0, 0), (700, 700), (900, 700), (0, 700), (600, 600)] {
        contacts.set(&Contact {
            created: set,
            ..named(1, "")
        });
        assert_eq!(contacts.get(&id(1)).unwrap().created, kept);
    }
}

#[test]
fn times_in_ms_or_microseconds_are_seconds() {
    let mut contacts = Contacts::default();
    let key = id(1).to_bytes();
    for value in [1_700_000_000, 1_700_000_000_123, 1_700_000_000_123_456] {
        contacts
            .state
            .edit_own()
            .integer(&[b"c", &key, b"j"], Some(value));
        assert_eq!(contacts.get(&id(1)).unwrap().created, 1_700_000_000);
        contacts.set(&Contact {
            mute_until: value,
            ..named(2, "")
        });
        let mute = contacts.state.data().dict_at(&[b"c", &id(2).to_bytes()]).unwrap();
        assert_eq!(mute.integer(b"!"), Some(1_700_000_000));
    }
}

#[test]
fn values_out_of_bounds_read_as_the_default() {
    let mut contacts = Contacts::default();
    let key = id(1).to_bytes();
    let mut set = |name: &[u8], value: i64| {
        contacts
            .state
            .edit_own()
            .integer(&[b"c", &key, name], Some(value));
        contacts.get(&id(1)).unwrap()
    };
    assert_eq!(set(b"@", 4).notify, NotifyMode::Default);
    assert_eq!(set(b"@", 3).notify, NotifyMode::All);
    assert_eq!(set(b"e", 1).timer, None);
    assert_eq!(set(b"E", -5).timer, None);
    assert_eq!(set(b"E", 5).timer.unwrap().start, TimerStart::Sent);
    assert_eq!(set(b"e", 3).timer, None);
    assert_eq!(set(b"j", -7).created, 0);
}

#[test]
fn mentions_only_is_written_as_all() {
    let mut contacts = Contacts::default();
    contacts.set(&Contact {
        notify: NotifyMode::MentionsOnly,
        ..named(1, "")
    });
    let entry = contacts.state.data().dict_at(&[b"c", &id(1).to_bytes()]).unwrap();
    assert_eq!(entry.integer(b"@"), Some(1));
}

#[test]
fn a_name_of_ten_megabytes_is_cut() {
    let mut contacts = Contacts::default();
    let key = id(1).to_bytes();
    let name = "é".repeat(5 << 20);
    contacts
        .state
        .edit_own()
        .string(&[b"c", &key, b"n"], name.as_bytes());
    assert_eq!(contacts.get(&id(1)).unwrap().name, "é".repeat(50));
    contacts.state.edit_own().string(&[b"c", &key, b"n"], b"\xffx");
    assert_eq!(contacts.get(&id(1)).unwrap().name, "\u{fffd}x");
}

#[test]
fn the_relation_follows_from_the_flags() {
    let relation = |a, b, c| {
        let flags = Contact {
            is_approved: a,
            has_approved_us: b,
            is_blocked: c,
            ..Contact::new(id(1))
        };
        flags.relation()
    };
    assert_eq!(relation(false, true, false), Relation::RequestReceived);
    assert_eq!(relation(true, false, false), Relation::RequestSent);
    assert_eq!(relation(true, true, false), Relation::Contact);
    assert_eq!(relation(true, true, true), Relation::Blocked);
    assert_eq!(relation(false, false, false), Relation::Stranger);
}

#[test]
fn people_of_communities_stand_under_their_community() {
    let mut contacts = Contacts::default();
    let person = |kind, n: u8| BlindedContact {
        id: BlindedId::new(kind, [n; 32]),
        base_url: "https://open.example.com".into(),
        server_key: [9; 32],
        name: "Kallie".into(),
        picture: None,
        profile_updated: 0,
        priority: 0,
        created: 7,
        features: BTreeSet::new(),
    };
    let people = [person(BlindedKind::B15, 1), person(BlindedKind::B25, 2)];
    for person in &people {
        contacts.set_blinded(person).unwrap();
    }
    assert_eq!(contacts.blinded().collect::<Vec<_>>(), people);
    let key = "01".repeat(32);
    let path: [&[u8]; 4] = [b"b", b"https://open.example.com", b"R", key.as_bytes()];
    let entry = contacts.state.data().dict_at(&path).unwrap();
    assert_eq!(entry.get(b"y"), Some(&Entry::Scalar(Scalar::Integer(1))));
    assert!(contacts.erase_blinded(&people[0].base_url, &people[0].id));
    assert!(!contacts.erase_blinded(&people[0].base_url, &people[0].id));
    assert!(contacts.erase_blinded(&people[1].base_url, &people[1].id));
    assert!(contacts.state.data().is_empty());
}
