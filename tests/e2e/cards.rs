//! Cards below messages: the preview of a page, an invitation to a community, a contact; written by
//! another program, and by this one.

use std::io::Cursor;
use std::time::Duration;

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};
use nous_protocol::content::{Invitation, Message, Preview};
use nous_testkit::Person;
use nous_tests::phone::Phone;

use crate::friends::{Afar, Friend};
use crate::leaving::{ENGLISH, FRENCH};
use crate::pictures::{Look, escape, wait_drawn};
use crate::scene::Scene;

const PAGE: &str = "https://seeds.example.org/tomatoes";
const SWITCH: &str = "[data-testid='link-previews']";

/// Somebody else has looked at a page: its title and picture come with the message, and nobody asks
/// the site.
async fn a_preview(alice: &Friend, bob: &Afar<'_>, phone: &Phone) -> Result<()> {
    let window = &alice.window;
    let mut picture = Cursor::new(Vec::new());
    RgbImage::from_pixel(480, 240, Rgb([200, 60, 50])).write_to(&mut picture, ImageFormat::Jpeg)?;
    let picture = picture.into_inner();
    let image = phone.upload("picture.jpg", "image/jpeg", &picture).await?;
    let message = Message {
        body: format!("which of these {PAGE}"),
        preview: Some(Preview {
            url: PAGE.to_owned(),
            title: Some("Old tomatoes".to_owned()),
            image: Some(image),
        }),
        ..Message::default()
    };
    bob.sends(message, Duration::ZERO).await?;
    window
        .wait_text("[data-testid='link-preview']", "Old tomatoes")
        .await?;
    window
        .wait_text("[data-testid='link-preview']", "seeds.example.org")
        .await?;
    window.wait("link-preview-fetch").await?;
    alice.keeps("preview").await?;
    window.click("link-preview-fetch").await?;
    wait_drawn(window, "[data-testid='link-preview-picture']").await?;
    alice.keeps("preview-with-picture").await?;
    window.click("link-preview-open").await?;
    window.wait_text("[data-testid='link-address']", PAGE).await?;
    alice.keeps("preview-question").await?;
    escape(window).await
}

/// Whether this program makes previews itself is off, and says what it means.
async fn the_setting(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    window.click("settings-button").await?;
    window.click("settings-privacy").await?;
    window.wait_css(&format!("{SWITCH}:not(:checked)")).await?;
    window
        .wait_text(".switch p", alice.look.says("privacy-previews-hint"))
        .await?;
    window.click("link-previews").await?;
    window.wait_css(&format!("{SWITCH}:checked")).await?;
    alice.keeps("settings-link-previews").await?;
    window.click("link-previews").await?;
    window.wait_css(&format!("{SWITCH}:not(:checked)")).await?;
    window.click("rail-conversations").await
}

async fn an_invitation(alice: &Friend, bob: &Afar<'_>) -> Result<()> {
    let key = "77".repeat(32);
    let message = Message {
        invitation: Some(Invitation {
            url: format!("https://community.example.org/garden?public_key={key}"),
            name: "The garden".to_owned(),
        }),
        ..Message::default()
    };
    bob.sends(message, Duration::ZERO).await?;
    let card = "[data-testid='invitation']";
    alice.window.wait_text(card, "The garden").await?;
    alice.window.wait_text(card, "community.example.org").await?;
    alice.keeps("invitation").await
}

/// Somebody who was shared is written to, and shares another.
async fn a_contact(scene: &Scene, alice: &Friend, bob: &Afar<'_>) -> Result<()> {
    let window = &alice.window;
    let chloe = Person::Chloe.id().to_string();
    bob.says(&format!("Chloé Moreau\n{chloe}")).await?;
    let card = "[data-testid='contact-card']";
    window.wait_text(card, "Chloé Moreau").await?;
    alice.keeps("contact-card").await?;
    window.click("card-write").await?;
    let short = format!("{}…{}", &chloe[..4], &chloe[62..]);
    window
        .wait_text("[data-testid='conversation-banner']", &short)
        .await?;
    alice.says("bob gave me your account").await?;
    assert_eq!(scene.stored(&chloe)?, 1);

    alice.opens(&bob.id()).await?;
    window.click("conversation-banner").await?;
    window.wait("details-panel").await?;
    window.click("details-share").await?;
    window.wait_text("[data-testid='share-text']", &bob.id()).await?;
    let target = format!("[data-testid='forward-choice'][data-conversation-id='{chloe}']");
    alice.clicks(&target).await?;
    window.wait_css(&format!("{target}:checked")).await?;
    alice.keeps("share-contact").await?;
    alice
        .clicks("[data-testid='share-submit']:not([disabled])")
        .await?;
    window.wait_gone("[role='dialog']").await?;
    window.click("details-close").await?;
    alice.opens(&chloe).await?;
    let own = format!("[data-testid='message'][data-own='true'][data-state='sent'] {card}");
    window.wait_text(&own, "Bob Durand").await?;
    alice.keeps("contact-shared").await?;
    assert_eq!(scene.stored(&chloe)?, 2);
    Ok(())
}

async fn story(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Friend::arrives(&scene, "Alice Martin", look).await?;
    let phone = Phone::start(scene.network()?)?;
    let bob = Afar::befriends(&phone, Person::Bob, "Bob Durand", &alice).await?;
    a_preview(&alice, &bob, &phone).await?;
    the_setting(&alice).await?;
    an_invitation(&alice, &bob).await?;
    a_contact(&scene, &alice, &bob).await?;
    alice.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_a_community_and_a_contact_are_shown_as_cards_in_english_and_light() -> Result<()> {
    story(ENGLISH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_a_community_and_a_contact_are_shown_as_cards_in_french_and_dark() -> Result<()> {
    story(FRENCH).await
}
