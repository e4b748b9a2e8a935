//! A long history in one window: searched, led to, answered from far back, by day, read all at once; and
//! what is done with the whole of it.

use anyhow::Result;
use nous_testkit::Person;
use nous_tests::phone::Phone;
use thirtyfour::Key;

use crate::friends::{Afar, Friend, MESSAGE, ROW, days};
use crate::keeping;
use crate::leaving::{ENGLISH, FRENCH};
use crate::pictures::{Look, choose_line, led_to, wait_count};
use crate::scene::Scene;

/// The oldest message; more than a page of others came after it.
const OLDEST: &str = "crème brûlée au jardin";
const LINK: &str = "https://seeds.example.org/tomatoes";
const FOUND: &str = "[data-testid='search-message']";
const WATERED: [(&str, u64); 3] = [
    ("watering by the door", 58),
    ("watering by the fence", 30),
    ("watering by the gate", 2),
];

/// Two months of messages, the newest of today.
async fn past(bob: &Afar<'_>, alice: &Friend) -> Result<()> {
    bob.said(OLDEST, days(61)).await?;
    for day in (6..=60).rev() {
        bob.said(&format!("{day} days ago in the garden"), days(day))
            .await?;
    }
    for (text, day) in WATERED {
        bob.said(text, days(day)).await?;
    }
    bob.said(&format!("seeds for the garden: {LINK}"), days(3))
        .await?;
    bob.says("that is all of it").await?;
    alice.reads("that is all of it").await?;
    Ok(())
}

/// Names and messages together, narrowed; a result opens in its place.
async fn searched(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    alice.says("my garden too").await?;
    window.chord(&[Key::Control], 'f').await?;
    window.type_into("filter-input", "bob").await?;
    let named = format!("[data-testid='search-results'] {ROW}");
    window.wait_text(&named, "Bob Durand").await?;
    alice.keeps("search-names").await?;

    window.retype("filter-input", "garden").await?;
    window.wait_text(FOUND, "6 days ago in the garden").await?;
    window.click("search-has-link").await?;
    wait_count(window, FOUND, 1).await?;
    window.wait_text(FOUND, "seeds for the garden").await?;
    alice.keeps("search-with-link").await?;
    window.click("search-widen").await?;
    window.click("search-from").await?;
    choose_line(window, alice.look.says("group-you")).await?;
    wait_count(window, FOUND, 1).await?;
    window.wait_text(FOUND, "my garden too").await?;
    alice.keeps("search-from").await?;
    window.click("search-widen").await?;

    // Without accents, by the beginnings of words.
    window.retype("filter-input", "brulee crem").await?;
    wait_count(window, FOUND, 1).await?;
    let found = window.wait_text(FOUND, OLDEST).await?;
    alice.keeps("search").await?;
    found.click().await?;
    led_to(window, OLDEST).await?;
    alice.keeps("search-led-to").await?;
    window.click("filter-input").await?;
    window.press(&char::from(Key::Escape).to_string()).await?;
    window.wait_gone("[data-testid='search-results']").await
}

/// The answer stands at the end; its quote leads back over more than a page.
async fn answered(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    let oldest = alice.sees(OLDEST).await?;
    alice.acts_on(&oldest, "menu-reply").await?;
    window.wait_text("[data-testid='quote-bar']", OLDEST).await?;
    alice.says("how was it").await?;
    window.wait_end().await?;
    alice
        .clicks("[data-testid='message'][data-own='true'] [data-testid='message-quote']")
        .await?;
    led_to(window, OLDEST).await?;
    alice.keeps("quote-over-pages").await?;
    window.click("jump-to-bottom").await?;
    window.wait_text(MESSAGE, "how was it").await?;
    window.wait_end().await
}

/// From result to result within the conversation.
async fn found(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    let [(door, _), (fence, _), (gate, _)] = WATERED;
    window.chord(&[Key::Control, Key::Shift], 'f').await?;
    window.type_into("find-input", "watering").await?;
    led_to(window, gate).await?;
    window.wait_text("[data-testid='find-count']", "3").await?;
    alice.keeps("find").await?;
    for (button, text) in [("find-older", fence), ("find-older", door), ("find-newer", fence)] {
        window.click(button).await?;
        led_to(window, text).await?;
    }
    alice.keeps("find-older").await?;
    window.press(&char::from(Key::Escape).to_string()).await?;
    window.wait_gone("[data-testid='find-bar']").await
}

/// The first message of a day that is typed.
async fn dated(alice: &Friend) -> Result<()> {
    let window = &alice.window;
    let script = "const day = { day: '2-digit', month: '2-digit', year: 'numeric' };
        const at = Date.now() - arguments[1] * 86_400_000;
        return new Intl.DateTimeFormat(arguments[0], day).format(at)";
    let asked = vec![alice.look.language.into(), 40.into()];
    let day: String = window.session().execute(script, asked).await?.convert()?;
    alice.acts_here("jump-date").await?;
    window.type_into("jump-date", "tomorrow").await?;
    window.click("jump-date-submit").await?;
    window.wait_css("[role='dialog'] [role='alert']").await?;
    alice.keeps("jump-to-no-date").await?;
    window.retype("jump-date", &day).await?;
    alice.keeps("jump-to-date").await?;
    window.click("jump-date-submit").await?;
    led_to(window, "40 days ago in the garden").await?;
    alice.keeps("jumped-to-date").await
}

/// What came while another conversation was open is marked as read at once.
async fn read_at_once(alice: &Friend, bob: &Afar<'_>) -> Result<()> {
    let window = &alice.window;
    window.chord(&[Key::Control, Key::Shift], 'n').await?;
    let note = alice.look.says("note-to-self");
    window
        .wait_text("[data-testid='conversation-banner']", note)
        .await?;
    bob.says("are you there").await?;
    window.wait_css(&format!("{ROW} .badge")).await?;
    window.wait("mark-all-read").await?;
    alice.keeps("unread").await?;
    window.click("mark-all-read").await?;
    window.wait_gone(&format!("{ROW} .badge")).await?;
    window.wait_gone("[data-testid='mark-all-read']").await?;
    alice.opens(&bob.id()).await
}

async fn story(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Friend::arrives(&scene, "Alice Martin", look).await?;
    let phone = Phone::start(scene.network()?)?;
    let bob = Afar::befriends(&phone, Person::Bob, "Bob Durand", &alice).await?;
    past(&bob, &alice).await?;
    searched(&alice).await?;
    answered(&alice).await?;
    found(&alice).await?;
    dated(&alice).await?;
    read_at_once(&alice, &bob).await?;
    keeping::files(&scene, &alice, LINK).await?;
    keeping::exported(&alice, OLDEST).await?;
    keeping::space(&alice).await?;
    keeping::waiting(&scene, &alice, &bob.id()).await?;
    alice.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_searched_looked_through_and_kept_in_english_and_light() -> Result<()> {
    story(ENGLISH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_searched_looked_through_and_kept_in_french_and_dark() -> Result<()> {
    story(FRENCH).await
}
