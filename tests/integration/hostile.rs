//! What strangers put into an inbox: it is dropped without harm, or shown as it should be.

use nous_api::network;
use nous_protocol::time::Timestamp;

use crate::person::{Person, text_of};
use crate::scene::{Scene, swarm_account};
use crate::stranger::Stranger;

const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// The last moment of the year 9999.
const LAST_SHOWN_MS: i64 = 253_402_300_799_999;

async fn bob_and_stranger() -> (Scene, Person, Stranger) {
    let scene = Scene::new().await;
    let bob = scene.person("Bob").await;
    let stranger = Stranger::new(&scene);
    (scene, bob, stranger)
}

/// What was stored before shows nothing, parks nothing, and what comes next arrives.
async fn nothing_but_the_next_arrives(bob: &Person, stranger: &Stranger) {
    stranger.send(&bob.id, "the next message").await;
    bob.until_text(&stranger.id(), "the next message").await;
    assert_eq!(bob.texts(&stranger.id()).await, ["the next message"]);
    assert_eq!(bob.list().await.len(), 1);
    assert_eq!(network::get_connectivity(&bob.app).await.unwrap().parked, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_message_is_shown() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_without_meaning_are_dropped() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    stranger
        .store(&bob.id, b"this is no message at all".to_vec())
        .await;
    stranger.store(&bob.id, vec![0xff; 60_000]).await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_signed_for_somebody_else_is_dropped() {
    let (scene, bob, stranger) = bob_and_stranger().await;
    let chloe = scene.person("Chloé").await;
    let forged = stranger.seal_signed_for(&bob.id, &chloe.id, "signed for Chloé");
    stranger.store(&bob.id, forged).await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
    assert_eq!(network::get_connectivity(&bob.app).await.unwrap().dropped, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_seal_is_broken_is_dropped() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    let good = stranger.seal(&bob.id, "with a broken seal", None, stranger.now());
    // Any byte of what is sealed: near the middle it is ciphertext whatever the frame is.
    for place in [good.len() / 2, good.len() / 3] {
        let mut bad = good.clone();
        bad[place] ^= 1;
        stranger.store(&bob.id, bad).await;
    }
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_cut_short_is_dropped() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    let good = stranger.seal(&bob.id, "cut in the middle", None, stranger.now());
    stranger.store(&bob.id, good[..good.len() / 2].to_vec()).await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_somebody_else_is_dropped() {
    let (scene, bob, stranger) = bob_and_stranger().await;
    let chloe = scene.person("Chloé").await;
    let hers = stranger.seal(&chloe.id, "for Chloé and not for Bob", None, stranger.now());
    stranger.store(&bob.id, hers).await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_times_differ_is_dropped() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    let now = stranger.now();
    let later = Timestamp::from_ms(now.as_ms() + 1000);
    let data = stranger.seal_with_envelope_time(&bob.id, "two times in one", None, now, later);
    stranger.store(&bob.id, data).await;
    nothing_but_the_next_arrives(&bob, &stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_stored_again_are_shown_once() {
    let (scene, bob, stranger) = bob_and_stranger().await;
    let data = stranger.seal(&bob.id, "stored again and again", None, stranger.now());
    stranger.store(&bob.id, data.clone()).await;
    bob.until_text(&stranger.id(), "stored again and again").await;
    let control = scene.control();
    for node in control.swarm_of(&swarm_account(&bob.id)) {
        control.lose_data(node).unwrap();
    }
    stranger.store(&bob.id, data).await;
    stranger.send(&bob.id, "the next message").await;
    bob.until_text(&stranger.id(), "the next message").await;
    assert_eq!(
        bob.texts(&stranger.id()).await,
        ["stored again and again", "the next message"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sealed_again_is_shown_once() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    let now = stranger.now();
    for _ in 0..2 {
        let data = stranger.seal(&bob.id, "sealed again and again", None, now);
        stranger.store(&bob.id, data).await;
    }
    stranger.send(&bob.id, "the next message").await;
    bob.until_text(&stranger.id(), "the next message").await;
    assert_eq!(
        bob.texts(&stranger.id()).await,
        ["sealed again and again", "the next message"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_from_next_year_is_not_pinned_to_the_end() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    let next_year = Timestamp::from_ms(stranger.now().as_ms() + YEAR_MS);
    let data = stranger.seal(&bob.id, "from next year", None, next_year);
    stranger.store(&bob.id, data).await;
    let early = bob.until_text(&stranger.id(), "from next year").await;
    assert_eq!(
        early.sent_at.0,
        next_year.as_ms(),
        "its name on the network stays"
    );
    stranger.send(&bob.id, "from this year").await;
    bob.until_text(&stranger.id(), "from this year").await;
    assert_eq!(
        bob.texts(&stranger.id()).await,
        ["from next year", "from this year"]
    );
    let activity = bob.list().await.first().unwrap().last_activity_at.0;
    assert!(
        activity < next_year.as_ms(),
        "the list is ordered by when it arrived"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_from_the_end_of_time_can_be_shown() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    for time in [u64::MAX, 8_900_000_000_000_000, 0] {
        let text = format!("from {time}");
        let data = stranger.seal(&bob.id, &text, None, Timestamp::from_wire(time));
        stranger.store(&bob.id, data).await;
        let row = bob.until_text(&stranger.id(), &text).await;
        assert!((0..=LAST_SHOWN_MS).contains(&row.sent_at.0), "{}", row.sent_at.0);
        let info = nous_api::messages::get_message_info(&bob.app, row.id)
            .await
            .unwrap();
        assert!(info.expires_at.is_none_or(|at| at.0 <= LAST_SHOWN_MS));
    }
    stranger.send(&bob.id, "the next message").await;
    bob.until_text(&stranger.id(), "the next message").await;
    let last = bob.list().await.remove(0).last_message.unwrap();
    assert!((0..=LAST_SHOWN_MS).contains(&last.sent_at.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_of_a_newer_version_is_parked() {
    let (_scene, bob, stranger) = bob_and_stranger().await;
    // Field 1000 of a later schema, and a time.
    let mut content = vec![0xc2, 0x3e, 0x03, 1, 2, 3];
    content.push(0x78);
    let mut time = stranger.now().as_wire();
    while time >= 0x80 {
        content.push(u8::try_from(time & 0x7f).unwrap() | 0x80);
        time >>= 7;
    }
    content.push(u8::try_from(time).unwrap());
    let data = stranger.seal_content(&bob.id, &content, stranger.now());
    stranger.store(&bob.id, data).await;
    stranger.send(&bob.id, "the next message").await;
    bob.until_text(&stranger.id(), "the next message").await;
    let rows = bob.timeline(&stranger.id()).await;
    assert!(rows.iter().any(|row| text_of(row) == "the next message"));
    assert_eq!(network::get_connectivity(&bob.app).await.unwrap().parked, 1);
}
