//! What must not be believed: of members who are no admins, of other groups, of another time.

use nous_client::groups::error::GroupError;
use nous_client::groups::{leaving, people};
use nous_protocol::account::{AccountId, GroupId, Namespace};
use nous_protocol::auth::Access;
use nous_protocol::config::group_members::GroupMember;
use nous_protocol::config::user_groups::Removal;
use nous_protocol::content::group::{GroupUpdate, InfoChange, MemberChange};
use nous_protocol::content::{self, Disappearing, Extras, Outgoing, OutgoingBody};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::{kick, message, subaccount, update};
use nous_protocol::time::Timestamp;
use nous_storage::groups::details::Standing;
use nous_storage::groups::members::Step;
use nous_storage::groups::tasks::{self, TaskKind};
use nous_storage::messages::GroupEvent;
use nous_storage::{conversations, inbox};
use nous_testkit::Person::{Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::life::{made, of_two};

/// Says something in a group as another app might.
async fn says(from: &Device, id: GroupId, update: GroupUpdate) {
    says_at(from, id, update, from.core.clock.now()).await;
}

async fn says_at(from: &Device, id: GroupId, update: GroupUpdate, sent: Timestamp) {
    let content = content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::GroupUpdate(Box::new(update), Extras::default()),
    });
    let keys = from.group(id).await.unwrap().keys().all();
    let mut rng = rand::rng();
    let sealed = message::seal_content(&from.core.keys, &id, &keys[0], &content, sent, &mut rng).unwrap();
    from.store(id, Namespace::GROUP_MESSAGES, sealed).await;
}

/// How often something was dropped for this reason.
async fn dropped(device: &Device, reason: &'static str) -> u32 {
    let counts = device.read(inbox::drop_counts).await;
    counts
        .iter()
        .find(|(word, _)| word == reason)
        .map_or(0, |(_, count)| *count)
}

async fn until_dropped(device: &Device, reason: &'static str) {
    device
        .until(reason, || async { dropped(device, reason).await > 0 })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_that_no_admin_signed_and_news_repeated_by_a_member_show_nothing() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let unsigned = GroupUpdate::InfoChange {
        change: InfoChange::Name(Some("Pirates".to_owned())),
        admin_signature: [7; 64],
    };
    says(&bob, id, unsigned).await;
    until_dropped(&alice, "group.updateUnsigned").await;
    // Signed for another list of people, at the same time: the signature does not cover it.
    let secret = alice.secret(id).await;
    let sent = bob.core.clock.now();
    let repeated = update::member_change(&secret, MemberChange::Removed, vec![Alice.id()], false, sent);
    says_at(&bob, id, repeated, sent).await;
    until_dropped(&alice, "group.updateByMember").await;
    let events = alice.events(id).await;
    let is_forged =
        |event: &GroupEvent| matches!(event, GroupEvent::Named { .. } | GroupEvent::Removed { .. });
    assert!(!events.iter().any(is_forged), "{events:?}");
    assert_eq!(alice.group(id).await.unwrap().info().name(), "Rowers");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_keys_and_information_by_members_are_dropped() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let thief = GroupSecret::from_seed(&[9; 32]);
    let mut forged = nous_protocol::group::state::GroupState::found(
        &thief,
        "Pirates",
        bob.core.clock.now(),
        &[GroupMember::founder(Bob.id())],
    )
    .unwrap();
    let push = forged.push(&thief, bob.core.clock.now()).unwrap();
    let boxes = [
        (Namespace::GROUP_KEYS, push.keys.unwrap()),
        (Namespace::GROUP_INFO, push.info.unwrap().messages.remove(0)),
        (Namespace::GROUP_MEMBERS, push.members.unwrap().messages.remove(0)),
    ];
    for (namespace, data) in boxes {
        bob.store(id, namespace, data).await;
    }
    until_dropped(&alice, "group.keys").await;
    until_dropped(&alice, "group.config").await;
    let group = alice.group(id).await.unwrap();
    assert_eq!(group.info().name(), "Rowers");
    assert_eq!(group.members().iter().count(), 2);
    alice.write(id, "still here").await;
    bob.until_texts(id, &["still here"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_an_older_generation_and_one_by_a_stranger_remove_nobody() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let added = people::add(&alice.core, id, vec![(Chloe.id(), String::new())], false).await;
    added.unwrap();
    bob.until("the next key", || async {
        bob.group(id).await.unwrap().keys().generation() == 1
    })
    .await;
    let secret = alice.secret(id).await;
    let old = kick::seal(&secret, &[Bob.id()], 0, &mut rand::rng());
    alice.store(id, Namespace::GROUP_REVOKED, old).await;
    let of_other = kick::seal(
        &GroupSecret::from_seed(&[9; 32]),
        &[Bob.id()],
        5,
        &mut rand::rng(),
    );
    alice.store(id, Namespace::GROUP_REVOKED, of_other).await;
    alice.write(id, "all here?").await;
    bob.until_texts(id, &["all here?"]).await;
    assert_eq!(bob.standing(id).await, Some(Standing::Joined));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_deletes_only_their_own_and_asks_for_no_more_than_the_rules_allow() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    alice.write(id, "by Alice").await;
    bob.until_texts(id, &["by Alice"]).await;
    let hashes = world.hashes(id, Namespace::GROUP_MESSAGES);
    let greedy = GroupUpdate::DeleteMemberContent {
        members: vec![Alice.id()],
        hashes,
        admin_signature: None,
    };
    says(&bob, id, greedy).await;
    bob.write(id, "after it").await;
    alice.until_texts(id, &["by Alice", "after it"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_for_somebody_else_or_of_another_group_is_none() {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    bob.knows(Alice).await;
    let bob = bob.started();
    let (secret, other) = (GroupSecret::from_seed(&[5; 32]), GroupSecret::from_seed(&[6; 32]));
    let sent = alice.core.clock.now();
    let for_chloe = update::invite(&secret, &Chloe.id(), "Rowers", sent).unwrap();
    let mut with_other = update::invite(&secret, &Bob.id(), "Rowers", sent).unwrap();
    if let GroupUpdate::Invite { member_auth_data, .. } = &mut with_other {
        *member_auth_data = *subaccount::issue(&other, &Bob.id(), Access::MEMBER)
            .unwrap()
            .expose();
    }
    for (update, reason) in [
        (for_chloe, "group.inviteUnsigned"),
        (with_other, "group.inviteForOthers"),
    ] {
        alice.tells(Bob, update, sent).await;
        until_dropped(&bob, reason).await;
    }
    for group in [secret.id(), other.id()] {
        assert_eq!(bob.standing(group).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_has_ended_before_it_was_joined_stays_ended_however_often_it_invites() {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    bob.knows(Alice).await;
    let alice = alice.started();
    let id = made(&alice, &[Bob]).await;
    alice
        .until_member(id, Bob, |member| {
            member.is_some_and(|member| member.invitation == Step::Sent)
        })
        .await;
    let secret = alice.secret(id).await;
    leaving::destroy(&alice.core, id).await.unwrap();
    alice
        .until("gone", || async { alice.entry(id).await.is_none() })
        .await;
    let bob = bob.started();
    bob.until_standing(id, Standing::Destroyed).await;
    let left = bob.read(move |reader| tasks::of_group(reader, &id)).await;
    assert!(
        left.iter().all(|task| task.kind == TaskKind::ForgetInvitation),
        "nobody is told that he joined: {left:?}"
    );
    let now = alice.core.clock.now();
    let again = update::invite(&secret, &Bob.id(), "Rowers", now).unwrap();
    alice.tells(Bob, again, now).await;
    until_dropped(&bob, "group.inviteOfGone").await;
    assert_eq!(bob.standing(id).await, Some(Standing::Destroyed));
    assert_eq!(bob.entry(id).await.unwrap().removal, Removal::Destroyed);
    let told = bob.events(id).await.into_iter();
    let told = told.filter(|event| *event == GroupEvent::Invited);
    assert_eq!(told.count(), 1);
}

/// Other apps may know no limit of people, and none of names.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_five_hundred_with_an_endless_name_is_joined_and_nobody_else_is_added() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let bob = bob.stopped().await;
    let alice = alice.stopped().await;
    alice
        .change(id, |group, secret| {
            group.info_mut().edit(secret).name(&"é".repeat(10_000));
            let others = (0..497_u64).map(|n| {
                let mut key = [9; 32];
                key[..8].copy_from_slice(&n.to_le_bytes());
                AccountId::from_x25519(key)
            });
            for person in others.chain([Chloe.id()]) {
                group.members_mut().set(secret, &GroupMember::invited(person));
            }
            group.rekey(secret).unwrap();
        })
        .await;
    alice.settle(id).await;
    let chloe = world.device(Chloe).await;
    chloe.join(&alice, id).await;
    chloe.settle(id).await;
    let bob = bob.started();
    bob.until("all are listed", || async {
        bob.group(id).await.unwrap().members().iter().count() == 500
    })
    .await;
    let one_more = AccountId::from_x25519([8; 32]);
    let full = people::add(&bob.core, id, vec![(one_more, String::new())], false).await;
    assert!(matches!(full, Err(GroupError::TooMany(501))), "{full:?}");
    let shown = bob
        .read(move |reader| conversations::by_ids(reader, &[id.into()]))
        .await;
    assert!(
        !shown[0].name.is_empty() && shown[0].name.len() <= 100,
        "{:?}",
        shown[0].name.len()
    );
    bob.write(id, "so many of us").await;
    chloe
        .until("read", || async {
            chloe.poll(id).await;
            chloe.texts(id).await.contains(&"so many of us".to_owned())
        })
        .await;
}
