//! What is done with messages, between two windows: answered, reacted to, deleted, chosen, sent on,
//! copied.

use anyhow::Result;
use nous_testkit::Person;
use thirtyfour::Key;

use crate::friends::{ARRIVED, Friend, MESSAGE, two_friends};
use crate::leaving::{ENGLISH, FRENCH};
use crate::pictures::{Look, escape, led_to, wait_true};
use crate::scene::Scene;

const LAUGH: &str = "😂";
/// With the third colour of skin.
const THUMB: &str = "👍🏽";

/// The reaction with this emoji.
fn reaction(emoji: &str) -> String {
    format!("[data-testid='reaction'][data-emoji='{emoji}']")
}

/// Answered by keys; the quote leads to what it answers.
async fn answered(alice: &Friend, bob: &Friend) -> Result<()> {
    alice.says("which tomatoes this year").await?;
    let question = bob.reads("which tomatoes this year").await?;
    question.focus().await?;
    bob.window.chord(&[Key::Control, Key::Shift], 'r').await?;
    bob.window
        .wait_text("[data-testid='quote-bar']", "which tomatoes this year")
        .await?;
    bob.keeps("quote-bar").await?;
    bob.says("the black ones").await?;
    bob.window.wait_gone("[data-testid='quote-bar']").await?;

    alice.reads("the black ones").await?;
    alice
        .window
        .wait_text("[data-testid='message-quote']", "which tomatoes this year")
        .await?;
    alice.keeps("quote").await?;
    alice.window.click("message-quote").await?;
    led_to(&alice.window, "which tomatoes this year").await?;
    alice.keeps("quote-led-to").await
}

/// One reaction by mouse from the six, one by keys from all of them.
async fn reacted_to(alice: &Friend, bob: &Friend) -> Result<()> {
    let answer = alice.reads("the black ones").await?;
    let chain = alice.window.session().action_chain();
    chain.move_to_element_center(&answer).perform().await?;
    alice.window.click("hover-react").await?;
    let laugh = alice
        .window
        .wait_text("[data-testid='quick-reaction']", LAUGH)
        .await?;
    alice.keeps("reactions-offered").await?;
    laugh.click().await?;
    for friend in [alice, bob] {
        friend.window.wait_css(&reaction(LAUGH)).await?;
    }

    let own = bob.sees("the black ones").await?;
    own.focus().await?;
    bob.window.chord(&[Key::Control, Key::Shift], 'e').await?;
    bob.window.click("reaction-more").await?;
    bob.window.wait("emoji-picker").await?;
    let is_inside = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
        return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth";
    wait_true(&bob.window, is_inside, "[data-testid='emoji-picker']").await?;
    bob.clicks("[data-testid='emoji-picker'] .tones label:nth-of-type(4)")
        .await?;
    bob.window.click("emoji-search").await?;
    let thumb = match bob.look.language {
        "fr" => "pouce lev",
        _ => "thumbs up",
    };
    bob.window.type_into("emoji-search", thumb).await?;
    bob.window
        .wait_text("[data-testid='emoji-choice']:first-child", THUMB)
        .await?;
    bob.keeps("reactions-picker").await?;
    bob.window.press(&char::from(Key::Enter).to_string()).await?;
    for friend in [bob, alice] {
        friend.window.wait_css(&reaction(THUMB)).await?;
    }
    alice.keeps("reactions").await?;
    bob.keeps("reactions").await
}

/// Who reacted, in words; a click takes the own reaction back, everywhere.
async fn taken_back(alice: &Friend, bob: &Friend) -> Result<()> {
    let answer = alice.reads("the black ones").await?;
    alice.acts_on(&answer, "menu-who-reacted").await?;
    alice.window.wait_text("[role='dialog'] li", "Bob Durand").await?;
    alice.keeps("reactions-who").await?;
    escape(&alice.window).await?;
    alice.clicks(&reaction(LAUGH)).await?;
    for friend in [alice, bob] {
        friend.window.wait_gone(&reaction(LAUGH)).await?;
        friend.window.wait_css(&reaction(THUMB)).await?;
    }
    Ok(())
}

/// Gone for everybody, with what is quoted of it; gone on one device.
async fn deleted(alice: &Friend, bob: &Friend) -> Result<()> {
    let question = alice.sees("which tomatoes this year").await?;
    alice.acts_on(&question, "menu-delete").await?;
    alice
        .clicks("[role='alertdialog'] input[value='everyone']")
        .await?;
    alice.keeps("delete-for-everyone").await?;
    alice.window.click("confirm").await?;
    for friend in [alice, bob] {
        friend
            .window
            .wait_text(MESSAGE, friend.look.says("message-deleted"))
            .await?;
        friend
            .window
            .wait_text("[data-testid='message-quote']", friend.look.says("quote-deleted"))
            .await?;
        friend.window.wait_unsaid("which tomatoes this year").await?;
        friend.keeps("deleted-for-everyone").await?;
    }

    let own = bob.sees("the black ones").await?;
    bob.acts_on(&own, "menu-delete").await?;
    bob.window.click("confirm").await?;
    bob.window
        .wait_text(MESSAGE, bob.look.says("message-deleted-here"))
        .await?;
    bob.keeps("deleted-on-this-device").await?;
    assert_eq!(alice.window.count("the black ones").await?, 1);
    Ok(())
}

/// Begins to choose messages, and chooses these.
async fn choose(friend: &Friend, texts: [&str; 2]) -> Result<()> {
    friend.acts_here("menu-select-messages").await?;
    friend.window.wait("select-bar").await?;
    for text in texts {
        let message = friend.sees(text).await?;
        friend.window.click_on(&message).await?;
    }
    friend
        .window
        .wait_text("[data-testid='select-count']", "2")
        .await?;
    Ok(())
}

/// Several at once: sent on to somebody who gets text only, copied, deleted.
async fn chosen(alice: &Friend, bob: &Friend, chloe: &str) -> Result<()> {
    let window = &alice.window;
    alice.says("first the soil").await?;
    alice.says("then the water").await?;
    bob.says("and some light").await?;
    alice.reads("and some light").await?;
    choose(alice, ["first the soil", "and some light"]).await?;
    alice.keeps("select").await?;
    window.click("select-copy").await?;
    alice.is_told("action-copied").await?;
    window.wait_gone("[data-testid='select-bar']").await?;

    choose(alice, ["first the soil", "and some light"]).await?;
    window.click("select-forward").await?;
    window
        .wait_text("[role='dialog'] label", alice.look.says("forward-text-only"))
        .await?;
    let target = format!("[data-testid='forward-choice'][data-conversation-id='{chloe}']");
    alice.clicks(&target).await?;
    window.wait_css(&format!("{target}:checked")).await?;
    alice.keeps("forward").await?;
    window.click("forward-submit").await?;
    window.wait_gone("[role='dialog']").await?;
    window.wait_gone("[data-testid='select-bar']").await?;
    alice.opens(chloe).await?;
    for text in ["first the soil", "and some light"] {
        window.wait_state(text, "sent").await?;
    }
    alice.keeps("forwarded").await?;

    alice.opens(&bob.id).await?;
    let message = alice.sees("then the water").await?;
    message.focus().await?;
    window.chord(&[Key::Control], 'c').await?;
    alice.is_told("action-copied").await?;
    choose(alice, ["first the soil", "then the water"]).await?;
    window.click("select-delete").await?;
    window.wait_css("[role='alertdialog']").await?;
    alice.keeps("delete-several").await?;
    window.click("confirm").await?;
    window.wait_unsaid("then the water").await?;
    // The other has them still.
    bob.window.wait_text(ARRIVED, "then the water").await.map(drop)
}

async fn story(looks: [Look; 2]) -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = two_friends(&scene, looks).await?;
    let chloe = Person::Chloe.id().to_string();
    alice.window.write_to(&chloe).await?;
    alice.says("hello stranger").await?;
    alice.opens(&bob.id).await?;
    answered(&alice, &bob).await?;
    reacted_to(&alice, &bob).await?;
    taken_back(&alice, &bob).await?;
    deleted(&alice, &bob).await?;
    chosen(&alice, &bob, &chloe).await?;
    // She got both; whoever is asked has not accepted, and gets no more than texts.
    assert_eq!(scene.stored(&chloe)?, 3);
    alice.window.close().await?;
    bob.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_reacted_to_deleted_and_sent_on_in_english_and_light() -> Result<()> {
    story([ENGLISH, FRENCH]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_reacted_to_deleted_and_sent_on_in_french_and_dark() -> Result<()> {
    story([FRENCH, ENGLISH]).await
}
