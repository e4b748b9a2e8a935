//! Previews of links: made by who writes, shown to who reads, and never asked for by them.

use nous_client::events::Change;
use nous_client::files::clicks;
use nous_client::previews::{self, MadePreview};
use nous_client::send::{self, Draft};
use nous_network::FileError;
use nous_network::preview::Page;
use nous_protocol::content::{
    self, Attachment as Pointer, Disappearing, Incoming, Invitation, Message as Said, Outgoing, OutgoingBody,
    Preview,
};
use nous_storage::attachments::{self, Attachment, FileState, OF_PREVIEW};
use nous_storage::conversations;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Card, Message, MessageKind, NewMessage, SendState};
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::files::{TEXT, stored, trust};
use crate::receipts::{arrived, friends};
use crate::receive::{at, poll};
use crate::setup::{self, files_of};

const LINK: &str = "https://seeds.example/tomatoes";

/// What a site answers.
fn page(has_picture: bool) -> Page {
    let jpeg = || {
        let picture = image::RgbImage::from_pixel(900, 300, image::Rgb([200, 40, 40]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    };
    Page {
        url: LINK.to_owned(),
        title: Some("Old\n  tomatoes".to_owned()),
        picture: has_picture.then(jpeg),
    }
}

async fn made(device: &Device, page: Page) -> MadePreview {
    previews::keep(&device.core, page).await.unwrap().unwrap()
}

async fn submit(device: &Device, to: Person, text: &str, preview: &MadePreview) -> MessageKey {
    let draft = Draft {
        preview: Some(preview.id.clone()),
        ..setup::draft(text)
    };
    send::submit(&device.core, to.id(), draft).await.unwrap()
}

fn seeds() -> Card {
    Card::Preview {
        url: LINK.to_owned(),
        title: "Old tomatoes".to_owned(),
    }
}

/// The newest message with somebody that has a card.
async fn carded(device: &Device, with: Person) -> Option<Message> {
    let rows = device.timeline(with.id()).await;
    rows.into_iter().rev().find(|row| row.card.is_some())
}

async fn until_carded(device: &Device, with: Person) -> Message {
    device
        .until("a card", || async { carded(device, with).await.is_some() })
        .await;
    carded(device, with).await.unwrap()
}

async fn picture(device: &Device, key: MessageKey) -> Option<Attachment> {
    device.message(key).await.unwrap().card_picture
}

async fn until_picture(device: &Device, key: MessageKey, state: FileState) {
    device
        .until(&format!("{state:?}"), || async {
            picture(device, key)
                .await
                .is_some_and(|picture| picture.state == state)
        })
        .await;
}

/// What was stored for somebody with a preview.
fn previews_for(world: &World, to: Person) -> Vec<Preview> {
    arrived(world, to)
        .into_iter()
        .filter_map(|content| match content {
            Incoming::Message(message) => message.preview,
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_preview_goes_with_its_message_and_its_picture_without_padding() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let preview = made(&alice, page(true)).await;
    assert_eq!(preview.title, "Old tomatoes");
    assert!(preview.picture.is_some() && world.swarm.files().offered().is_empty());
    let key = submit(&alice, Bob, &format!("see {LINK}"), &preview).await;
    alice.until_state(key, SendState::Sent).await;
    let sent = alice.message(key).await.unwrap();
    assert!(sent.card == Some(seeds()) && sent.attachments.is_empty());
    let own = sent.card_picture.unwrap();
    assert_eq!(own.state, FileState::Uploaded);
    // An initial vector, the whole last block, a mark: nothing more hides the size.
    let size = own.facts.size.unwrap();
    let blob = world.swarm.files().kept().remove(0);
    assert_eq!(blob.len() as u64, 16 + (size / 16 + 1) * 16 + 32);

    let came = until_carded(&bob, Alice).await;
    assert!(came.card == Some(seeds()) && came.attachments.is_empty());
    assert_eq!(came.card_picture.unwrap().state, FileState::Remote);
    assert!(world.swarm.files().downloads().is_empty(), "nobody clicked");
    clicks::download(&bob.core, came.key, OF_PREVIEW).await.unwrap();
    until_picture(&bob, came.key, FileState::Local).await;
    let shown = picture(&bob, came.key).await.unwrap();
    assert!(shown.thumbnail.is_some());
    let local = bob
        .read(move |reader| attachments::local(reader, shown.key))
        .await;
    let bytes = bob
        .core
        .files
        .reader(&local.unwrap())
        .unwrap()
        .read_whole(0)
        .unwrap();
    let decoded = image::load_from_memory(&bytes).unwrap();
    assert!(decoded.width() <= 640 && decoded.width() > decoded.height());
}

#[tokio::test(start_paused = true)]
async fn the_picture_of_a_preview_comes_by_itself_from_those_who_are_trusted() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    trust(&bob, Alice).await;
    let preview = made(&alice, page(true)).await;
    submit(&alice, Bob, LINK, &preview).await;
    let came = until_carded(&bob, Alice).await;
    until_picture(&bob, came.key, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn our_other_devices_show_the_preview_too() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let laptop = world.device(Alice).await.started();
    let preview = made(&alice, page(true)).await;
    submit(&alice, Bob, LINK, &preview).await;
    let copy = until_carded(&laptop, Bob).await;
    assert!(copy.is_own && copy.card == Some(seeds()));
    until_picture(&laptop, copy.key, FileState::Local).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_not_accepted_gets_the_title_only() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let preview = made(&alice, page(true)).await;
    let key = submit(&alice, Chloe, LINK, &preview).await;
    alice.until_state(key, SendState::Sent).await;
    assert!(alice.message(key).await.unwrap().card == Some(seeds()));
    assert!(picture(&alice, key).await.is_none());
    let sent = previews_for(&world, Chloe).remove(0);
    assert_eq!(sent.title.as_deref(), Some("Old tomatoes"));
    assert!(sent.image.is_none() && world.swarm.files().offered().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_cannot_be_uploaded_holds_nothing_up() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    world.swarm.files().fail([FileError::TooLarge]);
    let preview = made(&alice, page(true)).await;
    let key = submit(&alice, Bob, LINK, &preview).await;
    alice.until_state(key, SendState::Sent).await;
    assert!(picture(&alice, key).await.is_none());
    let came = until_carded(&bob, Alice).await;
    assert!(came.card == Some(seeds()) && came.card_picture.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_or_belongs_to_another_text_goes_with_nothing() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let (first, second) = (made(&alice, page(true)).await, made(&alice, page(true)).await);
    previews::discard(&alice.core, &first.id).await.unwrap();
    let keys = [
        submit(&alice, Bob, LINK, &first).await,
        submit(&alice, Bob, "https://another.example", &second).await,
    ];
    for key in keys {
        alice.until_state(key, SendState::Sent).await;
        assert!(alice.message(key).await.unwrap().card.is_none());
    }
    alice.until("no files", || async { files_of(&alice) == 0 }).await;
    assert!(previews_for(&world, Bob).is_empty() && world.swarm.files().offered().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_page_that_shows_nothing_has_no_preview() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    for (title, picture) in [(None, None), (Some(" \u{202e}"), Some(b"<svg/>".to_vec()))] {
        let page = Page {
            url: LINK.to_owned(),
            title: title.map(str::to_owned),
            picture,
        };
        assert!(previews::keep(&alice.core, page).await.unwrap().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_preview_goes_with_its_message_when_that_is_deleted() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let preview = made(&alice, page(true)).await;
    let key = submit(&alice, Bob, LINK, &preview).await;
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    send::delete(&alice.core, vec![key]).await.unwrap();
    let row = alice.message(key).await.unwrap();
    assert!(row.card.is_none() && row.card_picture.is_none());
    alice.core.hub.announce([Change::AllMessages(Bob.id().into())]);
    alice.until("no files", || async { files_of(&alice) == 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn a_link_that_the_text_does_not_hold_gets_no_card() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let said = Said {
        body: "look at this".to_owned(),
        preview: Some(Preview {
            url: LINK.to_owned(),
            title: Some("Trust me".to_owned()),
            image: None,
        }),
        ..Said::default()
    };
    world.send(Alice, Bob, OutgoingBody::Message(Box::new(said)), at(0));
    poll(&bob).await;
    assert_eq!(bob.texts(Alice).await, ["look at this"]);
    assert!(carded(&bob, Alice).await.is_none());
}

fn room() -> Invitation {
    Invitation {
        url: "https://community.example/garden?public_key=00".to_owned(),
        name: "The garden".to_owned(),
    }
}

fn inviting() -> OutgoingBody {
    OutgoingBody::Message(Box::new(Said {
        invitation: Some(room()),
        ..Said::default()
    }))
}

#[tokio::test(start_paused = true)]
async fn an_invitation_to_a_community_is_a_card_that_joins_nothing() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    world.send(Alice, Bob, inviting(), at(9_000));
    let row = until_carded(&bob, Alice).await;
    let Invitation { url, name } = room();
    assert!(
        row.card
            == Some(Card::Invitation {
                url: url.clone(),
                name
            })
            && row.body.is_empty()
    );
    let done = send::forward(&bob.core, vec![row.key], vec![Bob.id().into()], None).await;
    assert_eq!(done.unwrap().sent, 1);
    assert_eq!(bob.texts(Bob).await, [url], "its link goes on");
}

#[tokio::test(start_paused = true)]
async fn cards_that_an_earlier_version_could_not_read_are_shown() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let picture = Pointer {
        content_type: Some("image/jpeg".to_owned()),
        ..stored(&world, TEXT, 15)
    };
    let previewed = OutgoingBody::Message(Box::new(Said {
        body: LINK.to_owned(),
        preview: Some(Preview {
            url: LINK.to_owned(),
            title: Some("Old tomatoes".to_owned()),
            image: Some(picture),
        }),
        ..Said::default()
    }));
    let mut keys = Vec::new();
    for (n, (body, kind)) in [
        (previewed, MessageKind::Text),
        (inviting(), MessageKind::Unsupported),
    ]
    .into_iter()
    .enumerate()
    {
        let sent = at(5 + i64::try_from(n).unwrap());
        let content = content::encode(&Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body,
        });
        let is_text = kind == MessageKind::Text;
        let earlier = move |writer: &mut nous_storage::db::Writer<'_>| {
            let conversation = conversations::ensure(writer, Alice.id(), sent)?;
            let new = NewMessage {
                conversation,
                author: Alice.id(),
                is_own: false,
                is_received: true,
                kind,
                body: if is_text { LINK.to_owned() } else { String::new() },
                sent,
                received: sent,
                order: sent,
                state: None,
                is_unread: false,
                client_token: None,
                server_hash: format!("h{n}"),
                expires: None,
                content: Some(content),
                event: None,
                mentions_us: false,
                quote: None,
            };
            messages::insert(writer, &new)
        };
        keys.push(bob.core.db.write(earlier).await.unwrap());
    }
    let bob = bob.started();
    for key in &keys {
        bob.until("its card", || async {
            bob.message(*key).await.unwrap().card.is_some()
        })
        .await;
        assert_eq!(bob.message(*key).await.unwrap().kind, MessageKind::Text);
    }
    let first = bob.message(keys[0]).await.unwrap();
    assert!(first.card == Some(seeds()));
    assert_eq!(first.card_picture.unwrap().state, FileState::Remote);
}
