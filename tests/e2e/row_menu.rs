//! The menu of a row of the list, by keys and by mouse; a second device shows what was chosen.

use anyhow::Result;
use thirtyfour::Key;

use crate::leaving::{ENGLISH, FRENCH, phrase, restore};
use crate::pictures::{Look, choose, escape, open_menu};
use crate::scene::Scene;
use crate::window::Window;

const ROW: &str = "[data-testid='conversation-row']";
/// Lines of the menu of a person, from the first; the last is to delete the contact.
const PIN: isize = 0;
const MARK_UNREAD: isize = 1;
const NOTIFICATIONS: isize = 5;
const DELETE_CONTACT: isize = -1;

/// Alice and Bob have written to each other; a tablet of hers shows it too.
async fn friends(look: Look, scene: &Scene) -> Result<(Window, Window, Window)> {
    let laptop = scene.open_with("laptop", &look.start()).await?;
    laptop.create_account("Alice Martin").await?;
    let bob = scene.open_with("bob", &look.start()).await?;
    let bob_id = bob.create_account("Bob Durand").await?;
    laptop.write_to(&bob_id).await?;
    laptop.send("hello").await?;
    laptop.wait_state("hello", "sent").await?;
    bob.open_request("hello").await?;
    bob.send("hello yourself").await?;
    laptop.wait_text(ROW, "Bob Durand").await?;
    let words = phrase(&laptop).await?;
    let tablet = scene.open_with("tablet", &look.start()).await?;
    restore(&tablet, &words).await?;
    tablet.wait_text(ROW, "Bob Durand").await?;
    laptop.click("rail-conversations").await?;
    laptop.wait_text(ROW, "Bob Durand").await?;
    Ok((laptop, tablet, bob))
}

/// Moves the focus to the row by Tab.
async fn tab_to_row(window: &Window) -> Result<()> {
    for _ in 0..40 {
        if window.focused().await? == "conversation-row" {
            return Ok(());
        }
        window.press(&char::from(Key::Tab).to_string()).await?;
    }
    anyhow::bail!("the list cannot be reached by Tab")
}

/// Opens the menu of the row that has the focus, and chooses a line of it.
async fn by_keys(window: &Window, at: isize) -> Result<()> {
    window.chord(&[Key::Shift], Key::F10).await?;
    window.wait_css("[role='menu'] [role='menuitem']:focus").await?;
    choose(window, at).await
}

/// The menu is gone and the focus is on its row again.
async fn is_back(window: &Window) -> Result<()> {
    window
        .wait_gone("[role='menu'], [role='dialog'], [role='alertdialog']")
        .await?;
    window.wait_css(&format!("{ROW}:focus")).await?;
    Ok(())
}

/// Everything that leaves the row where it is, without a mouse.
async fn by_keyboard(look: Look, laptop: &Window, tablet: &Window) -> Result<()> {
    tab_to_row(laptop).await?;
    laptop.chord(&[Key::Shift], Key::F10).await?;
    laptop.wait_css("[role='menu'] [role='menuitem']:focus").await?;
    look.keep(laptop, "row-menu").await?;
    choose(laptop, PIN).await?;
    is_back(laptop).await?;
    for window in [laptop, tablet] {
        window.wait_css(&format!("{ROW} .lucide-pin")).await?;
    }
    by_keys(laptop, MARK_UNREAD).await?;
    is_back(laptop).await?;
    for window in [laptop, tablet] {
        window.wait_css(&format!("{ROW} .badge.dot")).await?;
    }
    look.keep(tablet, "marked-unread").await?;

    by_keys(laptop, NOTIFICATIONS).await?;
    laptop.type_into("mute-until", "31.12.2099 10h30").await?;
    laptop.press(&char::from(Key::Enter).to_string()).await?;
    if look.language == "fr" {
        laptop
            .wait_text("[role='dialog'] [role='status']", "31 d")
            .await?;
    } else {
        // There the month comes first.
        laptop
            .wait_text("[role='dialog'] [role='alert']", "not a day")
            .await?;
        look.keep(laptop, "mute-until-not-understood").await?;
        laptop.retype("mute-until", "12/31/2099, 10:30 am").await?;
        laptop.press(&char::from(Key::Enter).to_string()).await?;
    }
    laptop.wait("unmute").await?;
    look.keep(laptop, "muted-until").await?;
    escape(laptop).await?;
    is_back(laptop).await?;
    for window in [laptop, tablet] {
        window.wait_css(&format!("{ROW} .lucide-bell-off")).await?;
    }
    // Off again, from the same line of the menu: what it says follows the state.
    by_keys(laptop, MARK_UNREAD).await?;
    is_back(laptop).await?;
    for window in [laptop, tablet] {
        window.wait_gone(&format!("{ROW} .badge.dot")).await?;
    }
    Ok(())
}

/// Deleting asks first; Esc changes nothing.
async fn deletion(look: Look, laptop: &Window, tablet: &Window) -> Result<()> {
    by_keys(laptop, DELETE_CONTACT).await?;
    let dialog = laptop.wait_css("[role='alertdialog']").await?;
    let (_, name) = laptop.role_and_name(&dialog).await?;
    assert!(name.contains("Bob Durand"), "the question names whom: {name:?}");
    look.keep(laptop, "delete-contact").await?;
    laptop.resize(360, 720).await?;
    look.keep(laptop, "narrow-delete-contact").await?;
    laptop.resize(1280, 900).await?;
    escape(laptop).await?;
    laptop.wait_text(ROW, "Bob Durand").await?;
    tablet.wait_text(ROW, "Bob Durand").await?;

    // By mouse, on the other device.
    let row = tablet.wait_text(ROW, "Bob Durand").await?;
    open_menu(tablet, &row).await?;
    choose(tablet, DELETE_CONTACT).await?;
    tablet.wait_css("[role='alertdialog']").await?;
    tablet.click("confirm").await?;
    for window in [tablet, laptop] {
        window.wait_gone(ROW).await?;
    }
    // Who was deleted is named nowhere, also where the conversation is open.
    laptop.wait_unsaid("Bob Durand").await?;
    Ok(())
}

async fn story(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let (laptop, tablet, bob) = friends(look, &scene).await?;
    by_keyboard(look, &laptop, &tablet).await?;
    deletion(look, &laptop, &tablet).await?;
    // He was not told, and asks as a stranger does.
    bob.send("do you remember me?").await?;
    for window in [&laptop, &tablet] {
        window.wait("requests-row").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_row_offers_by_keys_and_by_mouse_in_english_and_light() -> Result<()> {
    story(ENGLISH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_row_offers_by_keys_and_by_mouse_in_french_and_dark() -> Result<()> {
    story(FRENCH).await
}
