//! The own picture: chosen, cut, seen by a contact and on another device, removed everywhere.

use std::io::Cursor;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use image::{ImageFormat, Rgb, RgbImage};
use thirtyfour::{By, Key};

use crate::leaving::{ENGLISH, FRENCH, phrase, restore};
use crate::pictures::{Look, escape};
use crate::scene::Scene;
use crate::window::Window;

const ROW: &str = "[data-testid='conversation-row']";
const OWN_PICTURE: &str = "[data-testid='own-avatar'] [data-picture]";
const ROW_PICTURE: &str = "[data-testid='conversation-row'] [data-picture]";

const RED: [u8; 3] = [200, 40, 40];
const GREEN: [u8; 3] = [40, 160, 60];
const BLUE: [u8; 3] = [40, 60, 200];
const YELLOW: [u8; 3] = [220, 190, 40];

/// A photo with another colour in each quarter: red and green above, blue and yellow below.
pub(crate) fn photo(scene: &Scene) -> Result<PathBuf> {
    let picture = RgbImage::from_fn(1_200, 900, |x, y| {
        Rgb(match (x < 600, y < 450) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => YELLOW,
        })
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg)?;
    let file = scene.profile("photo.jpg");
    std::fs::write(&file, bytes.into_inner())?;
    Ok(file)
}

async fn give_file(window: &Window, file: &std::path::Path) -> Result<()> {
    let input = window
        .session()
        .find(By::Css("[data-testid='picture-file']"))
        .await?;
    let path = file.to_str().context("a path that can be typed")?;
    input.send_keys(path).await.context("a file is chosen")
}

/// Waits until an element of this kind has this colour in its middle.
pub(crate) async fn wait_colour(window: &Window, css: &str, colour: [u8; 3]) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let element = window.wait_css(css).await?;
        let seen = window.colour_of(&element).await?;
        if seen
            .iter()
            .zip(colour)
            .all(|(seen, wanted)| seen.abs_diff(wanted) < 24)
        {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < end, "{css} is {seen:?}, not {colour:?}");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// Chooses a photo in the settings, turns it, comes nearer, and goes into a corner.
async fn cut(look: Look, window: &Window, file: &std::path::Path) -> Result<()> {
    window.click("settings-button").await?;
    window.click("settings-profile").await?;
    window.click("settings-picture").await?;
    window.wait("picture-choose").await?;
    look.keep(window, "picture-choose").await?;
    give_file(window, file).await?;
    window.wait("picture-crop").await?;
    look.keep(window, "picture-crop").await?;
    window.click("picture-rotate").await?;
    window.wait("picture-zoom").await?.click().await?;
    window.press(&char::from(Key::End).to_string()).await?;
    // Dragged as far as it goes, the upper left corner is left in the square.
    let area = window.wait("picture-crop").await?;
    for _ in 0..5 {
        let chain = window.session().action_chain();
        let chain = chain.move_to_element_center(&area).click_and_hold();
        chain.move_by_offset(130, 130).release().perform().await?;
    }
    look.keep(window, "picture-cut").await?;
    window.resize(360, 720).await?;
    window.wait("picture-crop").await?;
    look.keep(window, "narrow-picture-cut").await?;
    window.resize(1280, 900).await?;
    window.click("picture-save").await?;
    window.wait_gone("[role='dialog']").await?;
    assert_eq!(window.focused().await?, "settings-picture");
    window.wait_gone("[data-testid='picture-waiting']").await?;
    // What was the lower left corner: turned right it is the upper left one.
    wait_colour(window, OWN_PICTURE, BLUE).await?;
    look.keep(window, "settings-profile-with-picture").await?;
    window.click("own-avatar").await?;
    window.wait_css("[role='dialog'] [data-picture]").await?;
    look.keep(window, "profile-with-picture").await?;
    escape(window).await
}

/// Alice asks with her picture: Bob sees it once he has accepted, not before.
async fn ask(look: Look, alice: &Window, bob: &Window, bob_id: &str) -> Result<()> {
    alice.click("rail-conversations").await?;
    alice.write_to(bob_id).await?;
    alice.send("may I write to you?").await?;
    alice.wait_state("may I write to you?", "sent").await?;
    bob.open_request("may I write to you?").await?;
    bob.wait("request-name").await?;
    bob.wait("request-accept").await?;
    let page = bob.page().await?;
    assert!(!page.contains("data-picture=\"") && !page.contains("nous-media:"));
    bob.click("request-accept").await?;
    wait_colour(bob, ROW_PICTURE, BLUE).await?;
    look.keep(bob, "conversation-with-picture").await
}

/// Wherever a person is shown.
async fn everywhere(look: Look, bob: &Window, alice_id: &str) -> Result<()> {
    bob.click("new-button").await?;
    wait_colour(bob, "[data-testid='contact-row'] [data-picture]", BLUE).await?;
    look.keep(bob, "add-with-picture").await?;
    bob.click("add-new-message").await?;
    bob.wait("address-input").await?.click().await?;
    bob.insert(alice_id).await?;
    bob.wait_css("[data-testid='recognised'] [data-picture]").await?;
    look.keep(bob, "new-with-picture").await?;
    escape(bob).await
}

/// The picture in the details of a contact, large, by mouse and keys.
async fn enlarged(look: Look, bob: &Window) -> Result<()> {
    bob.wait_css(ROW).await?.click().await?;
    bob.click("conversation-banner").await?;
    bob.wait("details-panel").await?;
    look.keep(bob, "details-with-picture").await?;
    bob.click("details-portrait").await?;
    let portrait = bob.wait("portrait").await?;
    wait_colour(bob, "[data-testid='portrait']", BLUE).await?;
    let (role, name) = bob.role_and_name(&portrait).await?;
    assert!(
        role.starts_with("im") && name.contains("Alice Martin"),
        "{role} {name}"
    );
    look.keep(bob, "portrait").await?;
    escape(bob).await?;
    assert_eq!(bob.focused().await?, "details-portrait");
    bob.press(&char::from(Key::Enter).to_string()).await?;
    bob.wait("portrait").await?;
    escape(bob).await?;
    assert_eq!(bob.focused().await?, "details-portrait");
    bob.resize(360, 720).await?;
    bob.click("details-portrait").await?;
    bob.wait("portrait").await?;
    look.keep(bob, "narrow-portrait").await?;
    escape(bob).await?;
    bob.resize(1280, 900).await?;
    bob.click("details-close").await
}

/// Removed on one device, it is gone on the other, and for a contact with the next message.
async fn remove(look: Look, tablet: &Window, alice: &Window, bob: &Window) -> Result<()> {
    tablet.click("own-avatar").await?;
    tablet.click("change-picture").await?;
    tablet.wait("picture-remove").await?;
    look.keep(tablet, "picture-change").await?;
    tablet.click("picture-remove").await?;
    tablet.wait_css("[role='alertdialog']").await?;
    look.keep(tablet, "picture-remove").await?;
    tablet.click("confirm").await?;
    tablet.wait_gone("[data-picture]").await?;
    alice.wait_gone("[data-picture]").await?;
    bob.wait_css(ROW_PICTURE).await?;
    alice.click("rail-conversations").await?;
    alice.send("without a face").await?;
    bob.wait_text("[data-testid='message']", "without a face").await?;
    bob.wait_gone("[data-picture]").await
}

async fn tour(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &look.start()).await?;
    let alice_id = alice.create_account("Alice Martin").await?;
    let bob = scene.open_with("bob", &look.start()).await?;
    let bob_id = bob.create_account("Bob Durand").await?;
    cut(look, &alice, &photo(&scene)?).await?;
    assert_eq!(scene.control().files().len(), 1);
    ask(look, &alice, &bob, &bob_id).await?;
    everywhere(look, &bob, &alice_id).await?;
    enlarged(look, &bob).await?;
    let words = phrase(&alice).await?;
    let tablet = scene.open_with("tablet", &look.start()).await?;
    restore(&tablet, &words).await?;
    wait_colour(&tablet, OWN_PICTURE, BLUE).await?;
    remove(look, &tablet, &alice, &bob).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_by_a_contact_and_a_second_device_in_english_and_light() -> Result<()> {
    tour(ENGLISH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_by_a_contact_and_a_second_device_in_french_and_dark() -> Result<()> {
    tour(FRENCH).await
}
