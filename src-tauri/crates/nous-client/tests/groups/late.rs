//! What comes late: messages after their deletion, keys after the messages that they open, answers
//! that never come.

use nous_client::error::ClientError;
use nous_client::groups::error::GroupError;
use nous_client::groups::people::{self, Added, MemberAction};
use nous_client::groups::push::GroupPushEnded;
use nous_client::groups::{leaving, poll};
use nous_client::send;
use nous_protocol::account::{GroupId, Namespace};
use nous_protocol::content::group::GroupUpdate;
use nous_protocol::content::{self, Attachment, Disappearing, Extras, Message, Outgoing, OutgoingBody};
use nous_protocol::group::{message, update};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::Action;
use nous_storage::attachments::gone;
use nous_storage::attachments::transfers::{self, Kept};
use nous_storage::groups::details::{Standing, Trouble};
use nous_storage::groups::members::Step;
use nous_storage::groups::{self, GroupRow, parked};
use nous_storage::inbox;
use nous_storage::messages::{MessageKind, SendState};
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::life::{of_two, promote, until_joined};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// What somebody wrote in a group, sealed by them, and stored by a member.
pub(crate) async fn stored_for(
    member: &Device,
    author: Person,
    id: GroupId,
    body: OutgoingBody,
    sent: Timestamp,
) {
    let content = content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body,
    });
    let keys = member.group(id).await.unwrap().keys().all();
    let mut rng = rand::rng();
    let sealed = message::seal_content(&author.keys(), &id, &keys[0], &content, sent, &mut rng).unwrap();
    member.store(id, Namespace::GROUP_MESSAGES, sealed).await;
}

pub(crate) fn text(body: &str) -> OutgoingBody {
    OutgoingBody::Message(Box::new(Message {
        body: body.to_owned(),
        ..Message::default()
    }))
}

fn with_file(body: &str) -> OutgoingBody {
    let file = Attachment {
        url: "http://files.test/file/1".to_owned(),
        key: Some(vec![1; 64]),
        digest: Some([2; 32]),
        size: Some(8),
        ..Attachment::default()
    };
    OutgoingBody::Message(Box::new(Message {
        body: body.to_owned(),
        attachments: vec![file],
        ..Message::default()
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_with_files_is_deleted_for_all_and_what_comes_late_is_not_shown() {
    let (_world, alice, bob, id) = crate::of_two().await;
    let now = alice.core.clock.now().as_ms();
    let (earlier, seconds) = (Timestamp::from_ms(now - 10_000), now / 1_000);
    stored_for(&alice, Alice, id, with_file("look"), earlier).await;
    stored_for(
        &alice,
        Alice,
        id,
        text("only words"),
        Timestamp::from_ms(now - 9_500),
    )
    .await;
    bob.settle(id).await;
    assert_eq!(bob.texts(id).await, ["look", "only words"]);
    let mut rows = bob.timeline(id).await.into_iter();
    let looked = rows.find(|row| row.body == "look").unwrap();
    let file = looked.attachments.into_iter().next().unwrap();
    let (key, local) = (file.key, bob.core.files.put(b"the file").unwrap());
    let name = local.name.clone();
    let came = bob.core.db.write(move |writer| {
        transfers::want(writer, key, false)?;
        let kept = Kept {
            local: &local,
            thumbnail: None,
            facts: &file.facts,
        };
        transfers::downloaded(writer, key, &kept)
    });
    assert!(came.await.unwrap());
    alice
        .change(id, |group, secret| {
            group.info_mut().edit(secret).delete_attachments_before(seconds);
        })
        .await;
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    bob.settle(id).await;
    assert_eq!(bob.texts(id).await, ["only words"]);
    assert_eq!(bob.read(gone::gone).await, [name], "its file follows");
    stored_for(
        &alice,
        Alice,
        id,
        with_file("late"),
        Timestamp::from_ms(now - 9_000),
    )
    .await;
    bob.settle(id).await;
    assert_eq!(bob.texts(id).await, ["only words"]);
}

async fn until_sent(device: &Device, id: GroupId, text: &str) {
    device
        .until("sent", || async {
            let rows = device.timeline(id).await;
            rows.iter()
                .any(|row| row.body == text && row.state == Some(SendState::Sent))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_here_only_stays_with_the_others_after_a_return() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let key = bob.write(id, "mine").await;
    until_sent(&bob, id, "mine").await;
    alice.until_texts(id, &["mine"]).await;
    send::delete(&bob.core, vec![key]).await.unwrap();
    let again = MemberAction::AddAgain { with_history: true };
    people::act(&alice.core, id, vec![Bob.id()], again).await.unwrap();
    alice.write(id, "welcome back").await;
    bob.until("back", || async {
        bob.texts(id).await.contains(&"welcome back".to_owned())
    })
    .await;
    bob.write(id, "thank you").await;
    alice
        .until_texts(id, &["mine", "welcome back", "thank you"])
        .await;
    assert!(!bob.texts(id).await.contains(&"mine".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_for_all_before_it_could_be_read_is_never_shown() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let written = alice.core.clock.now();
    let deleted = Timestamp::from_ms(written.as_ms() + 1_000);
    let secret = alice.secret(id).await;
    let update = update::delete_content(&secret, vec![Chloe.id()], Vec::new(), deleted);
    let deletion = OutgoingBody::GroupUpdate(Box::new(update), Extras::default());
    stored_for(&alice, Alice, id, deletion, deleted).await;
    // Of somebody who is no member any more: it waits for them, and then it is too late.
    stored_for(&alice, Chloe, id, text("gone"), written).await;
    bob.until("dropped", || async {
        let counts = bob.read(inbox::drop_counts).await;
        counts.iter().any(|(word, _)| word == "group.deletedForAll")
    })
    .await;
    // What they write afterwards is shown.
    let later = Timestamp::from_ms(deleted.as_ms() + 1_000);
    stored_for(&alice, Chloe, id, text("back"), later).await;
    bob.until_texts(id, &["back"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_takes_back_only_what_is_their_own_though_it_comes_later() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let written = alice.core.clock.now();
    let update = GroupUpdate::DeleteMemberContent {
        members: vec![Alice.id(), Bob.id()],
        hashes: Vec::new(),
        admin_signature: None,
    };
    let deleted = Timestamp::from_ms(written.as_ms() + 1_000);
    let deletion = OutgoingBody::GroupUpdate(Box::new(update), Extras::default());
    stored_for(&bob, Bob, id, deletion, deleted).await;
    bob.until("read", || async {
        !world.hashes(id, Namespace::GROUP_MESSAGES).is_empty()
    })
    .await;
    stored_for(&alice, Bob, id, text("of Bob"), written).await;
    let before = Timestamp::from_ms(written.as_ms() - 1);
    let chloe = world.device(Chloe).await;
    chloe.knows(Alice).await;
    let chloe = chloe.started();
    people::add(&alice.core, id, vec![(Chloe.id(), String::new())], true)
        .await
        .unwrap();
    until_joined(&alice, id, Chloe).await;
    stored_for(&alice, Alice, id, text("of Alice"), before).await;
    chloe.until_texts(id, &["of Alice"]).await;
}

/// Bob's app knows the group as it was, though it went on: as if the newest key had never come.
async fn with_the_old_key(world: &World) -> (Device, Device, GroupId) {
    let (alice, bob, id) = of_two(world).await;
    let old: GroupRow = bob.read(move |reader| groups::load(reader, &id)).await.unwrap();
    let bob = bob.stopped().await;
    alice
        .change(id, |group, secret| group.rekey(secret).unwrap())
        .await;
    alice
        .until("the next key", || async {
            world.hashes(id, Namespace::GROUP_KEYS).len() == 2
        })
        .await;
    bob.poll(id).await.unwrap();
    bob.core
        .db
        .write(move |writer| groups::save(writer, &old))
        .await
        .unwrap();
    world.control().advance_ms(11 * MINUTE_MS);
    alice.write(id, "with the new key").await;
    until_sent(&alice, id, "with the new key").await;
    (alice, bob, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_passed_over_is_looked_for_on_all_nodes() {
    let world = World::new().await;
    let (_alice, bob, id) = with_the_old_key(&world).await;
    poll::poll_group(&bob.core, &bob.swarm, id).await.unwrap();
    assert_eq!(bob.read(move |reader| parked::total(reader, &id)).await, 1);
    let bob = bob.started();
    bob.until_texts(id, &["with the new key"]).await;
    bob.until("well", || async {
        bob.details(id).await.unwrap().trouble == Trouble::None
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_only_an_old_key_is_let_in_again_by_an_admins_app() {
    let world = World::new().await;
    let (alice, bob, id) = with_the_old_key(&world).await;
    let alice = alice.stopped().await;
    let delete = Action::Delete {
        messages: world.hashes(id, Namespace::GROUP_KEYS),
        required: false,
    };
    alice.ask(id, delete).await;
    let bob = bob.started();
    let is = |trouble| {
        let bob = &bob;
        move || async move { bob.details(id).await.unwrap().trouble == trouble }
    };
    bob.until("nodes are asked", is(Trouble::AskingNodes)).await;
    world.control().advance_ms(15 * MINUTE_MS + 1_000);
    bob.until("admins are asked", is(Trouble::AskingAdmins)).await;
    let alice = alice.started();
    alice.write(id, "here you are").await;
    // And what was said before the admin heard of it.
    bob.until_texts(id, &["with the new key", "here you are"]).await;
    bob.until("well", is(Trouble::None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_asked_for_in_vain_may_be_asked_for_again() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let alice = alice.stopped().await;
    let ask = || people::add(&bob.core, id, vec![(Chloe.id(), String::new())], false);
    assert_eq!(ask().await.unwrap(), Added::Proposed);
    assert!(bob.member(id, Chloe).await.unwrap().is_proposed);
    world.control().advance_ms(15 * DAY_MS);
    bob.until_member(id, Chloe, |member| member.is_none()).await;
    assert_eq!(ask().await.unwrap(), Added::Proposed);
    let alice = alice.started();
    alice
        .until_member(id, Chloe, |member| {
            member.is_some_and(|member| !member.is_proposed)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_tell_anybody_for_a_day_leaves_silently() {
    let world = World::new().await;
    let (_alice, bob, id) = of_two(&world).await;
    let control = world.control();
    for node in control.swarm_of(&id.into()) {
        control.stop(node).await.unwrap();
    }
    leaving::leave(&bob.core, id).await.unwrap();
    assert!(bob.entry(id).await.is_some());
    let draft = send::Draft {
        body: "one more word".to_owned(),
        client_token: None,
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    let refused = send::submit(&bob.core, id, draft).await;
    assert!(matches!(refused, Err(ClientError::GroupClosed)), "{refused:?}");
    let again = leaving::leave(&bob.core, id).await;
    assert!(matches!(again, Err(GroupError::Closed)), "{again:?}");
    control.advance_ms(DAY_MS + 1_000);
    bob.until("gone", || async { bob.entry(id).await.is_none() })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nodes_refuse_without_a_word_is_let_in_again_by_an_admins_app() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let alice = alice.stopped().await;
    alice.shut_out(id, Bob).await;
    bob.until("refused", || async {
        bob.details(id).await.unwrap().refused_since.as_ms() > 0
    })
    .await;
    let is = |trouble| {
        let bob = &bob;
        move || async move { bob.details(id).await.unwrap().trouble == trouble }
    };
    world.control().advance_ms(10 * MINUTE_MS + 1_000);
    bob.until("nodes are asked", is(Trouble::AskingNodes)).await;
    world.control().advance_ms(15 * MINUTE_MS + 1_000);
    bob.until("admins are asked", is(Trouble::AskingAdmins)).await;
    let alice = alice.started();
    alice.write(id, "there you are").await;
    bob.until_texts(id, &["there you are"]).await;
    bob.until("well", is(Trouble::None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_added_by_an_app_that_is_gone_is_invited_by_another_admins_app() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    promote(&alice, id, Bob).await;
    let alice = alice.stopped().await;
    people::add(&alice.core, id, vec![(Chloe.id(), String::new())], false)
        .await
        .unwrap();
    // The list of members reaches the swarm, and then her machine breaks.
    assert_eq!(alice.push(id).await, GroupPushEnded::Pushed);
    bob.until_member(id, Chloe, |member| {
        member.is_some_and(|member| member.invitation == Step::NotSent)
    })
    .await;
    world.control().advance_ms(2 * MINUTE_MS);
    bob.until_member(id, Chloe, |member| {
        member.is_some_and(|member| member.invitation == Step::Sent)
    })
    .await;
    let chloe = world.device(Chloe).await;
    chloe.knows(Bob).await;
    let chloe = chloe.started();
    chloe.until_standing(id, Standing::Joined).await;
    bob.write(id, "hello").await;
    chloe.until_texts(id, &["hello"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_without_a_network_and_then_leaves_says_all_of_it_in_that_order() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let bob = bob.stopped().await;
    bob.write(id, "one more word").await;
    leaving::leave(&bob.core, id).await.unwrap();
    let bob = bob.started();
    alice.until_texts(id, &["one more word"]).await;
    alice.until_member(id, Bob, |member| member.is_none()).await;
    bob.until("gone", || async { bob.entry(id).await.is_none() })
        .await;
}

/// A field number that no version has used: 99, four bytes.
const UNKNOWN: &[u8] = &[0x9a, 0x06, 0x04, 1, 2, 3, 4];

#[tokio::test(flavor = "multi_thread")]
async fn contents_of_a_newer_version_are_one_folded_row_and_nothing_unread() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let keys = bob.group(id).await.unwrap().keys().all();
    let now = bob.core.clock.now().as_ms();
    for n in 0..2 {
        let sent = Timestamp::from_ms(now + n);
        let mut rng = rand::rng();
        let sealed = message::seal_content(&Bob.keys(), &id, &keys[0], UNKNOWN, sent, &mut rng).unwrap();
        bob.store(id, Namespace::GROUP_MESSAGES, sealed).await;
    }
    let folded = || async {
        let rows = alice.timeline(id).await.into_iter();
        let rows = rows.filter(|row| row.kind == MessageKind::Unsupported);
        rows.map(|row| (row.folded_count, row.is_unread))
            .collect::<Vec<_>>()
    };
    alice
        .until("a folded row", || async { folded().await == [(2, false)] })
        .await;
}
