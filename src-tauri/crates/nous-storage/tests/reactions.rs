//! Reactions and quotes: what messages show of them, in whatever order everything comes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::db::{Database, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, ReactionKey};
use nous_storage::messages::{self, Message, MessageKind, NewMessage, Quote, Quoted, SendState};
use nous_storage::outbox::{self, NewControl};
use nous_storage::profile::Profile;
use nous_storage::reactions::{self, NewReaction, Received};
use nous_storage::{account, conversations};

const OWN: AccountId = AccountId::from_x25519([255; 32]);
const BOB: AccountId = AccountId::from_x25519([2; 32]);
const CHLOE: AccountId = AccountId::from_x25519([3; 32]);

/// A profile with a conversation with Bob.
struct Place {
    _dir: tempfile::TempDir,
    profile: Profile,
    conversation: ConversationKey,
}

impl Place {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = open(dir.path());
        let conversation = profile
            .database()
            .write(|writer| conversations::ensure(writer, BOB, NOW))
            .await
            .unwrap();
        Self {
            _dir: dir,
            profile,
            conversation,
        }
    }

    fn db(&self) -> &Database {
        self.profile.database()
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> T {
        self.db().write(work).await.unwrap()
    }

    fn new_message(&self, author: AccountId, sent_ms: i64, body: &str) -> NewMessage {
        let is_own = author == OWN;
        NewMessage {
            conversation: self.conversation,
            author,
            is_own,
            is_received: !is_own,
            kind: MessageKind::Text,
            body: body.to_owned(),
            sent: later(sent_ms),
            received: NOW,
            order: later(sent_ms),
            state: is_own.then_some(SendState::Sent),
            is_unread: false,
            client_token: None,
            server_hash: String::new(),
            expires: None,
            content: None,
            event: None,
            mentions_us: false,
            quote: None,
        }
    }

    async fn message(&self, author: AccountId, sent_ms: i64) -> MessageKey {
        let new = self.new_message(author, sent_ms, "hello");
        self.write(move |writer| messages::insert(writer, &new)).await
    }

    /// A message of ours that answers another one.
    async fn answer(&self, author: AccountId, quoted_ms: i64, sent_ms: i64) -> MessageKey {
        let quote = Quote {
            author,
            sent: later(quoted_ms),
        };
        let new = NewMessage {
            quote: Some(quote),
            ..self.new_message(OWN, sent_ms, "an answer")
        };
        self.write(move |writer| messages::insert(writer, &new)).await
    }

    async fn row(&self, key: MessageKey) -> Message {
        let rows = self.db().read(move |reader| messages::by_keys(reader, &[key]));
        rows.await.unwrap().pop().unwrap()
    }

    async fn quoted(&self, key: MessageKey) -> Quoted {
        self.row(key).await.quote.unwrap()
    }

    /// The reactions of a message: emoji and people.
    async fn shown(&self, key: MessageKey) -> Vec<(String, Vec<AccountId>)> {
        let reactions = self.row(key).await.reactions;
        reactions
            .into_iter()
            .map(|reacted| (reacted.emoji, reacted.people))
            .collect()
    }

    async fn react(&self, target: (AccountId, i64), new: NewReaction) -> Received {
        let (conversation, named) = (self.conversation, (target.0, later(target.1)));
        self.write(move |writer| reactions::receive(writer, conversation, named, &new, NOW))
            .await
    }
}

fn reaction(sender: AccountId, emoji: &str, sent_ms: i64) -> NewReaction {
    NewReaction {
        sender,
        is_own: sender == OWN,
        emoji: emoji.to_owned(),
        is_removal: false,
        sent: later(sent_ms),
        may_notify: true,
    }
}

fn removal(sender: AccountId, emoji: &str, sent_ms: i64) -> NewReaction {
    NewReaction {
        is_removal: true,
        ..reaction(sender, emoji, sent_ms)
    }
}

#[tokio::test]
async fn emoji_stand_in_the_order_of_their_first_reaction_with_their_people() {
    let place = Place::new().await;
    let key = place.message(OWN, 1).await;
    let shown = Received::Shown(key);
    assert_eq!(place.react((OWN, 1), reaction(BOB, "😂", 10)).await, shown);
    assert_eq!(place.react((OWN, 1), reaction(BOB, "😡", 11)).await, shown);
    assert_eq!(place.react((OWN, 1), reaction(OWN, "😂", 12)).await, shown);
    let row = place.row(key).await;
    let counts: Vec<_> = row
        .reactions
        .iter()
        .map(|reacted| (reacted.emoji.as_str(), reacted.count, reacted.is_own))
        .collect();
    assert_eq!(counts, [("😂", 2, true), ("😡", 1, false)]);
    assert_eq!(row.reactions[0].people, [BOB, OWN]);
}

#[tokio::test]
async fn the_same_twice_and_taking_back_what_is_not_there_say_nothing() {
    let place = Place::new().await;
    let key = place.message(OWN, 1).await;
    place.react((OWN, 1), reaction(BOB, "😂", 10)).await;
    let again = place.react((OWN, 1), reaction(BOB, "😂", 11)).await;
    assert_eq!(again, Received::Known);
    let nothing = place.react((OWN, 1), removal(CHLOE, "😂", 12)).await;
    assert_eq!(nothing, Received::Known);
    assert_eq!(place.shown(key).await, [("😂".to_owned(), vec![BOB])]);
}

#[tokio::test]
async fn what_was_said_before_says_nothing_when_it_comes_after() {
    let place = Place::new().await;
    let key = place.message(OWN, 1).await;
    place.react((OWN, 1), removal(BOB, "😂", 20)).await;
    let older = place.react((OWN, 1), reaction(BOB, "😂", 10)).await;
    assert_eq!(older, Received::Known);
    assert!(place.shown(key).await.is_empty());
    let newer = place.react((OWN, 1), reaction(BOB, "😂", 30)).await;
    assert_eq!(newer, Received::Shown(key));
    assert_eq!(place.shown(key).await.len(), 1);
}

#[tokio::test]
async fn a_reaction_waits_for_its_message_a_day_long() {
    let place = Place::new().await;
    assert_eq!(
        place.react((BOB, 1), reaction(CHLOE, "😂", 10)).await,
        Received::Waits
    );
    place.react((BOB, 2), reaction(CHLOE, "😂", 10)).await;
    let key = place.message(BOB, 1).await;
    let is_shown = move |writer: &mut Writer<'_>| reactions::take_pending(writer, key);
    assert!(place.write(is_shown).await);
    assert_eq!(place.shown(key).await, [("😂".to_owned(), vec![CHLOE])]);
    let after = NOW + reactions::KEPT + Duration::from_millis(1);
    assert_eq!(
        place.write(move |writer| reactions::prune(writer, after)).await,
        1
    );
    let late = place.message(BOB, 2).await;
    assert!(
        !place
            .write(move |writer| reactions::take_pending(writer, late))
            .await
    );
}

#[tokio::test]
async fn a_reaction_taken_back_before_its_message_comes_is_not_shown() {
    let place = Place::new().await;
    place.react((BOB, 1), removal(CHLOE, "😂", 20)).await;
    place.react((BOB, 1), reaction(CHLOE, "😂", 10)).await;
    let key = place.message(BOB, 1).await;
    assert!(
        !place
            .write(move |writer| reactions::take_pending(writer, key))
            .await
    );
    assert!(place.shown(key).await.is_empty());
}

#[tokio::test]
async fn reactions_go_with_what_their_message_said_and_none_come_after() {
    let place = Place::new().await;
    let (one, two) = (place.message(BOB, 1).await, place.message(BOB, 2).await);
    place.react((BOB, 1), reaction(CHLOE, "😂", 10)).await;
    place.react((BOB, 2), reaction(CHLOE, "😂", 10)).await;
    let delete = move |writer: &mut Writer<'_>| {
        messages::delete_here(writer, &[one], NOW)?;
        messages::delete_for_all(writer, &[two], NOW)
    };
    place.write(delete).await;
    for key in [one, two] {
        assert!(place.shown(key).await.is_empty());
    }
    let left = place.db().read(reactions::latest).await.unwrap();
    assert_eq!(left, ReactionKey(0), "no row is left");
    for sent in [1, 2] {
        let late = place.react((BOB, sent), reaction(CHLOE, "😡", 20)).await;
        assert_eq!(late, Received::Refused);
    }
    // The second deletion leaves no row at all.
    place
        .write(move |writer| messages::delete_here(writer, &[one], NOW))
        .await;
    let late = place.react((BOB, 1), reaction(CHLOE, "😡", 30)).await;
    assert_eq!(late, Received::Refused);
}

#[tokio::test]
async fn one_person_cannot_fill_a_message() {
    let place = Place::new().await;
    let key = place.message(OWN, 1).await;
    let conversation = place.conversation;
    let many = move |writer: &mut Writer<'_>| {
        for n in 0..reactions::MOST_OF_ONE + 10 {
            let new = reaction(BOB, &n.to_string(), i64::from(n));
            reactions::receive(writer, conversation, (OWN, later(1)), &new, NOW)?;
        }
        Ok(())
    };
    place.write(many).await;
    let most = usize::try_from(reactions::MOST_OF_ONE).unwrap();
    assert_eq!(place.shown(key).await.len(), most);
}

#[tokio::test]
async fn a_row_names_the_first_people_and_counts_all() {
    let place = Place::new().await;
    let key = place.message(OWN, 1).await;
    for n in 0..25 {
        let sender = AccountId::from_x25519([n; 32]);
        place.react((OWN, 1), reaction(sender, "😂", i64::from(n))).await;
    }
    let reacted = place.row(key).await.reactions.remove(0);
    assert_eq!((reacted.count, reacted.people.len()), (25, reactions::NAMED));
    let all = place.db().read(move |reader| reactions::of_message(reader, key));
    assert_eq!(all.await.unwrap()[0].people.len(), 25);
}

#[tokio::test]
async fn what_may_disturb_is_told_once_and_in_order() {
    let place = Place::new().await;
    let (own, theirs) = (place.message(OWN, 1).await, place.message(BOB, 2).await);
    place.react((OWN, 1), reaction(BOB, "😂", 10)).await;
    place.react((BOB, 2), reaction(BOB, "😡", 11)).await;
    place.react((OWN, 1), reaction(OWN, "😮", 12)).await;
    place.react((OWN, 1), removal(BOB, "😂", 13)).await;
    place.react((OWN, 1), reaction(BOB, "😂", 14)).await;
    let since = |after| {
        let read = place
            .db()
            .read(move |reader| reactions::received_since(reader, after, 10));
        async move { read.await.unwrap() }
    };
    let told = since(ReactionKey(0)).await;
    let told: Vec<_> = told.iter().map(|one| (one.message, one.notifies)).collect();
    assert_eq!(told, [(theirs, false), (own, true)]);
    let latest = place.db().read(reactions::latest).await.unwrap();
    assert!(since(latest).await.is_empty());
}

/// A content without a message that waits.
fn control(conversation: ConversationKey) -> NewControl {
    NewControl {
        conversation,
        destination: BOB.into(),
        content: vec![1],
        sent: NOW,
        ttl_ms: 1_000,
        first_attempt: NOW,
        queued: NOW,
        give_up: later(1_000_000),
    }
}

/// Our reaction, which waits to go out, with the copy for our own devices behind it.
fn waiting(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    key: MessageKey,
    new: &NewReaction,
) -> Result<nous_storage::ids::OutboxKey, StorageError> {
    let row = outbox::enqueue_control(writer, &control(conversation))?;
    let copy = outbox::enqueue_control(writer, &control(conversation))?;
    outbox::send_behind(writer, copy, row)?;
    reactions::set_own(writer, key, new, row)?;
    Ok(row)
}

async fn rows_in_outbox(place: &Place) -> usize {
    place.db().read(outbox::list).await.unwrap().len()
}

#[tokio::test]
async fn a_reaction_that_nobody_has_tried_to_send_is_called_back() {
    let place = Place::new().await;
    let (conversation, key) = (place.conversation, place.message(BOB, 1).await);
    let row = place
        .write(move |writer| waiting(writer, conversation, key, &reaction(OWN, "😂", 10)))
        .await;
    assert_eq!(place.shown(key).await, [("😂".to_owned(), vec![OWN])]);
    let known = place
        .db()
        .read(move |reader| reactions::of_us(reader, key, &OWN, "😂"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((known.is_removed, known.waiting), (false, Some(row)));
    place.write(move |writer| reactions::call_back(writer, row)).await;
    assert!(place.shown(key).await.is_empty());
    assert_eq!(rows_in_outbox(&place).await, 0);
}

#[tokio::test]
async fn a_removal_that_nobody_has_tried_to_send_is_called_back() {
    let place = Place::new().await;
    let (conversation, key) = (place.conversation, place.message(BOB, 1).await);
    place.react((BOB, 1), reaction(OWN, "😂", 10)).await;
    let row = place
        .write(move |writer| waiting(writer, conversation, key, &removal(OWN, "😂", 20)))
        .await;
    assert!(place.shown(key).await.is_empty());
    place.write(move |writer| reactions::call_back(writer, row)).await;
    assert_eq!(place.shown(key).await.len(), 1);
    assert_eq!(rows_in_outbox(&place).await, 0);
}

#[tokio::test]
async fn a_reaction_that_will_not_go_out_is_shown_no_more() {
    let place = Place::new().await;
    let (conversation, key) = (place.conversation, place.message(BOB, 1).await);
    let row = place
        .write(move |writer| {
            let row = waiting(writer, conversation, key, &reaction(OWN, "😂", 10))?;
            outbox::begin_attempt(writer, row, NOW)?;
            Ok(row)
        })
        .await;
    let known = place
        .db()
        .read(move |reader| reactions::of_us(reader, key, &OWN, "😂"));
    assert_eq!(known.await.unwrap().unwrap().waiting, None, "somebody has tried");
    let given_up = place
        .write(move |writer| {
            let message = reactions::give_up(writer, row)?;
            outbox::done(writer, row)?;
            Ok(message)
        })
        .await;
    assert_eq!(given_up, Some(key));
    assert!(place.shown(key).await.is_empty());
    assert_eq!(rows_in_outbox(&place).await, 0, "nor does its copy");
}

#[tokio::test]
async fn what_waits_goes_with_the_message_that_it_is_about() {
    let place = Place::new().await;
    let (conversation, key) = (place.conversation, place.message(BOB, 1).await);
    place
        .write(move |writer| waiting(writer, conversation, key, &reaction(OWN, "😂", 10)))
        .await;
    place
        .write(move |writer| messages::remove(writer, &[key], NOW))
        .await;
    assert_eq!(rows_in_outbox(&place).await, 0);
}

#[tokio::test]
async fn twenty_a_minute_go_out_and_the_next_one_waits() {
    let place = Place::new().await;
    let turn = |ms| place.write(move |writer| reactions::take_turn(writer, later(ms)));
    for n in 0..i64::from(reactions::MOST_A_MINUTE) {
        assert_eq!(turn(n * 1_000).await, None);
    }
    assert_eq!(turn(20_000).await, Some(Duration::from_secs(40)));
    assert_eq!(turn(60_000).await, None, "the first one is a minute ago");
    assert_eq!(turn(60_500).await, Some(Duration::from_millis(500)));
    assert_eq!(turn(-100_000).await, None, "the clock was wrong");
}

#[tokio::test]
async fn the_emoji_used_last_come_first_each_once() {
    let place = Place::new().await;
    for emoji in ["😂", "😡", "😂", "😮"] {
        place
            .write(move |writer| reactions::note_used(writer, emoji))
            .await;
    }
    let recent = |limit| place.db().read(move |reader| reactions::recent(reader, limit));
    assert_eq!(recent(6).await.unwrap(), ["😮", "😂", "😡"]);
    assert_eq!(recent(2).await.unwrap(), ["😮", "😂"]);
}

#[tokio::test]
async fn a_quote_shows_the_original_as_it_is_now() {
    let place = Place::new().await;
    let early = place.answer(BOB, 1, 10).await;
    let quoted = place.quoted(early).await;
    assert_eq!((quoted.message, quoted.is_deleted), (None, false), "not here yet");
    let original = place.message(BOB, 1).await;
    let quoted = place.quoted(early).await;
    assert_eq!(
        (quoted.message, quoted.preview.as_str()),
        (Some(original), "hello")
    );
    let quoting = place
        .db()
        .read(move |reader| messages::quoting(reader, &[original]));
    assert_eq!(quoting.await.unwrap(), [early]);
    for _ in 0..2 {
        place
            .write(move |writer| messages::delete_here(writer, &[original], NOW))
            .await;
        let quoted = place.quoted(early).await;
        assert!(quoted.is_deleted && quoted.preview.is_empty(), "{quoted:?}");
    }
    assert_eq!(place.quoted(early).await.message, None, "no row is left");
}

#[tokio::test]
async fn a_preview_is_cut_and_a_quote_belongs_to_its_conversation() {
    let place = Place::new().await;
    let long = place.new_message(BOB, 1, &"é".repeat(500));
    place.write(move |writer| messages::insert(writer, &long)).await;
    let key = place.answer(BOB, 1, 10).await;
    assert_eq!(place.quoted(key).await.preview, "é".repeat(200));
    let elsewhere = place
        .write(|writer| conversations::ensure(writer, CHLOE, NOW))
        .await;
    let there = NewMessage {
        conversation: elsewhere,
        ..place.new_message(OWN, 20, "there")
    };
    let there = NewMessage {
        quote: Some(Quote {
            author: BOB,
            sent: later(1),
        }),
        ..there
    };
    let there = place.write(move |writer| messages::insert(writer, &there)).await;
    assert_eq!(place.quoted(there).await.message, None);
    let quote = place
        .db()
        .read(move |reader| messages::quote_of(reader, elsewhere, key));
    assert_eq!(quote.await.unwrap(), None);
}

#[tokio::test]
async fn what_is_quoted_of_ours_is_known_as_ours() {
    let place = Place::new().await;
    let new = account::NewAccount {
        seed: nous_protocol::keys::Seed::from_bytes([7; 16]),
        id: OWN,
        is_restored: false,
        display_name: "Alice".into(),
        profile_updated_s: 0,
        created: NOW,
    };
    place.write(move |writer| account::create(writer, &new)).await;
    place.message(OWN, 1).await;
    let (of_ours, of_theirs) = (place.answer(OWN, 1, 10).await, place.answer(BOB, 1, 11).await);
    assert!(place.quoted(of_ours).await.is_own);
    assert!(!place.quoted(of_theirs).await.is_own);
}

#[tokio::test]
async fn a_quote_follows_a_message_that_gets_its_time_later() {
    let place = Place::new().await;
    let original = place.message(OWN, 1).await;
    let answer = place.answer(OWN, 1, 2).await;
    let fixed: Timestamp = later(500);
    place
        .write(move |writer| messages::fix_sent(writer, original, fixed))
        .await;
    let quoted = place.quoted(answer).await;
    assert_eq!((quoted.message, quoted.quote.sent), (Some(original), fixed));
}
