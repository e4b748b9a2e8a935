//! Groups through the contract: whom they name, what is counted, what other devices are told.

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{
    AddGroupMembersRequest, CreateGroupRequest, ListRequestsRequest, MuteFor, SetGroupPictureRequest,
    SetMuteRequest, SetPictureRequest, SetSettingsRequest,
};
use nous_api::rows::{
    AddedMembers, ConversationRow, GroupDetails, GroupEvent, GroupStanding, MessageBody, Mute,
};
use nous_api::{
    ErrorCode, contacts, conversations, deleting, groups, message_requests, messages, pictures, settings,
};

use crate::person::Person;
use crate::pictures::jpeg;
use crate::scene::Scene;

async fn befriend(one: &Person, other: &Person) {
    one.send(&other.id, "may I").await;
    other.until_text(&one.id, "may I").await;
    other.send(&one.id, "yes").await;
    one.until_text(&other.id, "yes").await;
}

async fn create(person: &Person, name: &str, members: &[&Person]) -> ConversationId {
    let request = CreateGroupRequest {
        name: name.to_owned(),
        description: "On Sundays".to_owned(),
        members: members.iter().map(|member| member.id.clone()).collect(),
        all_are_admins: false,
        picture: None,
    };
    groups::create_group(&person.app, request)
        .await
        .expect("a group")
        .id
}

async fn row(person: &Person, id: &ConversationId) -> Option<ConversationRow> {
    let rows = conversations::get_conversations(&person.app, vec![id.clone()]).await;
    rows.expect("rows").pop()
}

async fn until_row(
    person: &Person,
    id: &ConversationId,
    what: &str,
    is_so: impl Fn(&ConversationRow) -> bool,
) -> ConversationRow {
    person
        .until(what, async |person| {
            row(person, id).await.filter(|row| is_so(row))
        })
        .await
}

fn is_joined(row: &ConversationRow) -> bool {
    let group = row.group.as_ref();
    group.is_some_and(|group| group.standing == GroupStanding::Joined && group.member_count > 0)
}

async fn details(person: &Person, id: &ConversationId) -> GroupDetails {
    groups::get_group(&person.app, id.clone()).await.expect("details")
}

/// What somebody is called in the list of members.
async fn name_of(person: &Person, id: &ConversationId, whom: &Person) -> Option<String> {
    let details = details(person, id).await;
    let mut members = details.members.into_iter();
    members.find(|member| member.account_id == whom.id)?.name
}

/// Alice knows Bob and Chloe, who do not know each other.
async fn three() -> (Scene, Person, Person, Person, ConversationId) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let chloe = scene.person("Chloe").await;
    befriend(&alice, &bob).await;
    befriend(&alice, &chloe).await;
    let id = create(&alice, "Rowers", &[&bob, &chloe]).await;
    until_row(&bob, &id, "Bob is in", is_joined).await;
    until_row(&chloe, &id, "Chloe is in", is_joined).await;
    (scene, alice, bob, chloe, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_own_contacts_have_names_unless_the_setting_shows_the_others_too() {
    let (_scene, alice, bob, chloe, id) = three().await;
    chloe.send(&id.0, "from Chloe").await;
    let seen = bob.until_text(&id.0, "from Chloe").await;
    assert_eq!((seen.author, seen.author_name), (chloe.id.clone(), None));
    assert_eq!(name_of(&bob, &id, &chloe).await, None);
    assert_eq!(name_of(&bob, &id, &alice).await.as_deref(), Some("Alice"));
    let last = row(&bob, &id)
        .await
        .and_then(|row| row.last_message)
        .expect("a message");
    assert_eq!(last.author.expect("somebody").name, None);
    let request = SetSettingsRequest {
        member_names: Some(true),
        ..SetSettingsRequest::default()
    };
    settings::set_settings(&bob.app, request).await.expect("settings");
    assert_eq!(name_of(&bob, &id, &chloe).await.as_deref(), Some("Chloe"));
    let shown = bob.until_text(&id.0, "from Chloe").await;
    assert_eq!(shown.author_name.as_deref(), Some("Chloe"));
    // No row of the list is made of members.
    let known: Vec<_> = bob.list().await.into_iter().map(|row| row.account_id).collect();
    assert!(!known.contains(&chloe.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_are_counted_until_they_are_read_and_nobody_is_told_what_was_read() {
    let (_scene, alice, bob, _chloe, id) = three().await;
    alice.send(&id.0, "nothing for you").await;
    let text = format!("@{} are you there?", bob.id);
    let sent = alice.send(&id.0, &text).await;
    let mentions = |row: &ConversationRow| row.group.as_ref().is_some_and(|group| group.unread_mentions == 1);
    let listed = until_row(&bob, &id, "mentioned", mentions).await;
    assert!(listed.unread_count >= 2);
    let seen = bob.until_text(&id.0, &text).await;
    assert!(seen.mentions_us);
    let named = seen.mentions.first().expect("somebody");
    assert!(named.is_self);
    conversations::mark_read(&bob.app, id.clone())
        .await
        .expect("read");
    let read = until_row(&bob, &id, "read", |row| row.unread_count == 0).await;
    assert_eq!(read.group.expect("a group").unread_mentions, 0);
    bob.send(&id.0, "yes").await;
    alice.until_text(&id.0, "yes").await;
    assert_eq!(alice.message(&sent).await.read_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_has_the_group_and_what_was_read_and_muted() {
    let (scene, alice, bob, _chloe, id) = three().await;
    alice.send(&id.0, "one").await;
    bob.until_text(&id.0, "one").await;
    conversations::mark_read(&bob.app, id.clone())
        .await
        .expect("read");
    conversations::set_pinned(&bob.app, id.clone(), true)
        .await
        .expect("pinned");
    let mute = SetMuteRequest {
        conversation: id.clone(),
        mute: MuteFor::Always,
    };
    contacts::set_mute(&bob.app, mute).await.expect("muted");
    let tablet = bob.second_device(&scene, "Bob's tablet").await;
    tablet.until_text(&id.0, "one").await;
    let settled = |row: &ConversationRow| row.is_pinned && row.mute == Mute::Always && row.unread_count == 0;
    until_row(&tablet, &id, "as on the first device", settled).await;
    tablet.send(&id.0, "from the tablet").await;
    let seen = bob.until_text(&id.0, "from the tablet").await;
    assert!(seen.is_own);
    assert_eq!(alice.until_text(&id.0, "from the tablet").await.author, bob.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_a_stranger_says_who_and_blocking_it_blocks_them() {
    let scene = Scene::new().await;
    let (alice, bob) = (scene.person("Alice").await, scene.person("Bob").await);
    let id = create(&alice, "Rowers", &[&bob]).await;
    let request = bob
        .until("asked", async |person| {
            let request = ListRequestsRequest {
                cursor: None,
                limit: 10,
            };
            let page = message_requests::list_requests(&person.app, request)
                .await
                .expect("requests");
            page.rows.into_iter().next()
        })
        .await;
    let invitation = request.group.expect("of a group");
    assert_eq!(invitation.name.as_deref(), Some("Rowers"));
    let inviter = invitation.inviter.expect("somebody");
    assert_eq!((inviter.account_id, inviter.name), (alice.id.clone(), None));
    assert_eq!(request.id, id);
    message_requests::block_request(&bob.app, id.clone())
        .await
        .expect("blocked");
    assert!(row(&bob, &id).await.is_none());
    let blocked = row(&bob, &ConversationId(alice.id.clone())).await.expect("a row");
    assert!(blocked.is_blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_is_refused_in_words_and_changes_nothing() {
    let (_scene, alice, bob, chloe, id) = three().await;
    let refused = |error: nous_api::ApiError| error.code;
    let nobody = AddGroupMembersRequest {
        conversation: id.clone(),
        members: vec![chloe.id.clone()],
        with_history: false,
    };
    let code = groups::add_group_members(&alice.app, nobody)
        .await
        .map_err(refused);
    assert_eq!(code, Err(ErrorCode::GroupNeedsMember));
    let long = CreateGroupRequest {
        name: "n".repeat(10_000),
        description: String::new(),
        members: vec![bob.id.clone()],
        all_are_admins: false,
        picture: None,
    };
    let code = groups::create_group(&alice.app, long).await.map_err(refused);
    assert_eq!(code.err(), Some(ErrorCode::NameTooLong));
    let sent = alice.send(&id.0, "by Alice").await;
    let seen = bob.until_text(&id.0, "by Alice").await;
    let code = deleting::delete_for_everyone(&bob.app, vec![seen.id])
        .await
        .map_err(refused);
    assert_eq!(code, Err(ErrorCode::NotGroupAdmin));
    let leave = nous_api::requests::LeaveGroupRequest {
        conversation: id.clone(),
        for_everybody: false,
    };
    let code = groups::leave_group(&alice.app, leave).await.map_err(refused);
    assert_eq!(code, Err(ErrorCode::LastGroupAdmin));
    deleting::delete_for_everyone(&alice.app, vec![sent.clone()])
        .await
        .expect("deleted");
    bob.until("gone", async |person| {
        let rows = person.timeline(&id.0).await;
        rows.iter()
            .any(|row| row.body == MessageBody::DeletedForAll)
            .then_some(())
    })
    .await;
    let rows = messages::get_messages(&alice.app, vec![MessageId(sent.0)])
        .await
        .expect("rows");
    assert!(rows.iter().all(|row| row.body == MessageBody::DeletedForAll));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_proposes_and_everybody_sees_who_was_added() {
    let (scene, alice, bob, chloe, id) = three().await;
    let dora = scene.person("Dora").await;
    let add = AddGroupMembersRequest {
        conversation: id.clone(),
        members: vec![dora.id.clone()],
        with_history: false,
    };
    let added = groups::add_group_members(&bob.app, add).await.expect("asked");
    assert_eq!(added, AddedMembers::Proposed);
    let is_told = |row: &nous_api::rows::MessageRow| match &row.body {
        MessageBody::GroupEvent {
            event: GroupEvent::Added { people, .. },
        } => people.iter().any(|person| person.account_id == dora.id),
        _ => false,
    };
    for person in [&alice, &bob, &chloe] {
        person
            .until("Dora was added", async |person| {
                person.timeline(&id.0).await.iter().any(is_told).then_some(())
            })
            .await;
    }
    let asked = row(&dora, &id).await;
    assert!(asked.is_none_or(|row| row.is_request), "nobody is in unasked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_a_group_reaches_its_members() {
    let (_scene, alice, bob, _chloe, id) = three().await;
    let staged = pictures::stage_picture(&alice.app, jpeg(90))
        .await
        .expect("a picture");
    let request = SetGroupPictureRequest {
        conversation: id.clone(),
        picture: Some(SetPictureRequest {
            staged: staged.id,
            crop: None,
        }),
    };
    groups::set_group_picture(&alice.app, request).await.expect("set");
    let seen = until_row(&bob, &id, "the picture", |row| row.picture.is_some()).await;
    let path = format!("/picture/{}/small", seen.picture.expect("a picture").0);
    assert!(
        pictures::get_media(&bob.app, &path)
            .await
            .expect("bytes")
            .is_some()
    );
    let gone = SetGroupPictureRequest {
        conversation: id.clone(),
        picture: None,
    };
    groups::set_group_picture(&alice.app, gone)
        .await
        .expect("taken away");
    until_row(&bob, &id, "no picture", |row| row.picture.is_none()).await;
}
