//! The list of contacts, page by page, and what is cleared.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_protocol::config::fields::Cleared;
use nous_storage::contacts::{self, ContactPlace, Extent, Which};
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::db::Database;
use nous_storage::erased::{self, Erased};
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{self, MessageKind, NewMessage};
use nous_storage::people;

const OWN: AccountId = AccountId::from_x25519([255; 32]);

fn account(n: u8) -> AccountId {
    AccountId::from_x25519([n; 32])
}

/// A contact with a nickname; empty: one without any name.
async fn contact(db: &Database, n: u8, name: &'static str) -> ConversationKey {
    db.write(move |writer| {
        let key = conversations::ensure(writer, account(n), NOW)?;
        people::set_nickname(writer, key, name)?;
        conversations::approve(writer, key, Approval::Ours)?;
        conversations::approve(writer, key, Approval::Theirs)?;
        Ok(key)
    })
    .await
    .unwrap()
}

async fn names(db: &Database, which: Which, filter: &'static str, limit: u32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after: Option<ContactPlace> = None;
    loop {
        let from = after.clone();
        let page = db
            .read(move |reader| contacts::page(reader, &OWN, which, from.as_ref(), filter, limit))
            .await
            .unwrap();
        let Some((last, _)) = page.last() else {
            return pages;
        };
        after = Some(last.clone());
        pages.push(page.into_iter().map(|(_, person)| person.nickname).collect());
    }
}

#[tokio::test]
async fn contacts_come_in_the_order_of_their_names_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    for (n, name) in [
        (1, "zoé"),
        (2, "Élodie"),
        (3, ""),
        (4, "Emma"),
        (5, "Œdipe"),
        (6, "eloi"),
        (7, "Emma"),
    ] {
        contact(db, n, name).await;
    }
    let pages = names(db, Which::Contacts, "", 3).await;
    let expected: [&[&str]; 3] = [&["Élodie", "eloi", "Emma"], &["Emma", "Œdipe", "zoé"], &[""]];
    assert_eq!(pages, expected);
    assert_eq!(names(db, Which::Contacts, "ELO", 9).await, [["Élodie", "eloi"]]);
    assert_eq!(
        names(db, Which::Contacts, "%", 2).await.concat().len(),
        7,
        "signs of patterns are none"
    );
}

#[tokio::test]
async fn each_list_holds_its_people_and_never_ourselves() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    contact(db, 255, "Me").await;
    contact(db, 1, "Friend").await;
    let blocked = contact(db, 2, "Blocked").await;
    db.write(move |writer| {
        conversations::set_blocked(writer, blocked, true)?;
        let asked = conversations::ensure(writer, account(3), NOW)?;
        people::set_nickname(writer, asked, "Asked")?;
        conversations::approve(writer, asked, Approval::Ours)?;
        let stranger = conversations::ensure(writer, account(4), NOW)?;
        people::set_nickname(writer, stranger, "Stranger")
    })
    .await
    .unwrap();
    assert_eq!(names(db, Which::Contacts, "", 9).await, [["Friend"]]);
    assert_eq!(names(db, Which::Blocked, "", 9).await, [["Blocked"]]);
    assert_eq!(
        names(db, Which::Everybody, "", 9).await,
        [["Asked", "Blocked", "Friend"]]
    );
}

#[tokio::test]
async fn nobody_is_found_by_or_placed_by_a_name_that_is_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let asking = async |n: u8| {
        let told = PersonProfile {
            name: Some("Zoé".to_owned()),
            picture: None,
            updated_s: 1,
        };
        db.write(move |writer| {
            let key = conversations::ensure(writer, account(n), NOW)?;
            conversations::set_profile(writer, key, &told)?;
            conversations::approve(writer, key, Approval::Theirs)?;
            Ok(key)
        })
        .await
        .unwrap()
    };
    let first = asking(1).await;
    asking(2).await;
    let page = async |filter: &'static str| {
        let page = db.read(move |reader| contacts::page(reader, &OWN, Which::Everybody, None, filter, 9));
        page.await.unwrap()
    };
    assert!(page("zo").await.is_empty());
    let places = page("").await;
    assert!(places.len() == 2 && places.iter().all(|(place, _)| place.folded.is_empty()));
    db.write(move |writer| conversations::approve(writer, first, Approval::Ours))
        .await
        .unwrap();
    assert_eq!(page("zo").await.len(), 1, "a contact is found");
    assert_eq!(page("").await[0].0.folded, "zoe");
}

fn received(conversation: ConversationKey, at: i64) -> NewMessage {
    NewMessage {
        conversation,
        author: account(1),
        is_own: false,
        is_received: true,
        kind: MessageKind::Text,
        body: at.to_string(),
        sent: later(at),
        received: later(at),
        order: later(at),
        state: None,
        is_unread: true,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}

#[tokio::test]
async fn clearing_keeps_the_place_in_the_list_and_notes_what_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let key = contact(db, 1, "Bob").await;
    db.write(move |writer| {
        contacts::note_cleared(writer, key, NOW)?;
        for at in [1, 2, 3] {
            messages::insert(writer, &received(key, at))?;
        }
        conversations::refresh(writer, &[key])
    })
    .await
    .unwrap();
    let nothing = db
        .read(|reader| people::find(reader, &account(1)))
        .await
        .unwrap()
        .unwrap()
        .1;
    assert_eq!(nothing.cleared, Cleared::NONE, "there was nothing to clear");
    db.write(move |writer| contacts::clear(writer, key, Extent::Delivered(later(2).as_ms()), later(9)))
        .await
        .unwrap();
    let row = db
        .read(|reader| conversations::by_ids(reader, &[account(1).into()]))
        .await
        .unwrap()
        .remove(0);
    assert_eq!((row.unread_count, row.is_listed), (1, true));
    assert_eq!(row.last_message.unwrap().preview, "3");
    db.write(move |writer| {
        contacts::note_cleared(writer, key, later(9))?;
        contacts::clear(writer, key, Extent::All, later(9))
    })
    .await
    .unwrap();
    let (_, bob) = db
        .read(|reader| people::find(reader, &account(1)))
        .await
        .unwrap()
        .unwrap();
    let cleared = Cleared {
        up_to_ms: later(3).as_ms(),
        at_ms: later(9).as_ms(),
    };
    assert_eq!(bob.cleared, cleared);
    assert!(cleared.covers(later(3).as_ms(), later(4).as_ms()));
    assert!(
        !cleared.covers(later(3).as_ms(), later(10).as_ms()),
        "stored after it was cleared"
    );
    let row = db
        .read(|reader| conversations::by_ids(reader, &[account(1).into()]))
        .await
        .unwrap()
        .remove(0);
    assert!(row.is_listed && row.last_message.is_none() && row.unread_count == 0);
    for at in [1, 2, 3] {
        let gone = Erased {
            conversation: account(1).to_bytes().to_vec(),
            author: account(1).into(),
            sent: later(at),
        };
        assert!(
            db.read(move |reader| erased::contains(reader, &gone))
                .await
                .unwrap()
        );
    }
}
