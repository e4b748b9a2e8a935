//! Messages that disappear, in two windows: set, followed, counted down, gone, and turned off.

use anyhow::Result;

use crate::friends::{ARRIVED, EVENT, Friend, two_friends};
use crate::leaving::{ENGLISH, FRENCH};
use crate::pictures::Look;
use crate::scene::Scene;

/// A little more than the shortest life that is offered.
const SIX_MINUTES_MS: i64 = 6 * 60_000;
const OWN: &str = "[data-testid='message'][data-own='true']";
const RING: &str = "[data-testid='message-timer']";

async fn says_of_it(friend: &Friend, words: &str) -> Result<()> {
    let words = friend.look.says(words);
    friend.window.wait_text(EVENT, words).await?;
    Ok(())
}

/// Opens what asks how long messages stay, and chooses when they disappear.
async fn ask(friend: &Friend, kind: &str) -> Result<()> {
    friend.acts_here("group-timer").await?;
    friend
        .clicks(&format!("[role='dialog'] input[value='{kind}']"))
        .await
}

async fn save(friend: &Friend) -> Result<()> {
    friend
        .clicks("[data-testid='timer-save']:not([disabled])")
        .await?;
    friend.window.wait_gone("[role='dialog']").await
}

/// One sets it, the other is told and follows.
async fn set_and_followed(alice: &Friend, bob: &Friend) -> Result<()> {
    ask(alice, "afterRead").await?;
    alice.clicks("[role='dialog'] input[value='300']").await?;
    alice.keeps("timer").await?;
    save(alice).await?;
    alice.window.wait("conversation-timer").await?;
    says_of_it(alice, "timer-changed-read-own").await?;

    says_of_it(bob, "timer-changed-read-other").await?;
    bob.window.wait("timer-follow").await?;
    bob.keeps("timer-told").await?;
    bob.window.click("timer-follow").await?;
    bob.window.wait_gone("[data-testid='timer-follow']").await?;
    bob.window.wait("conversation-timer").await?;
    says_of_it(bob, "timer-changed-read-own").await?;
    // Who has it already has nothing to follow.
    says_of_it(alice, "timer-changed-read-other").await?;
    alice.window.wait_gone("[data-testid='timer-follow']").await
}

/// Each message is gone in both windows when its time is over; what was there before stays.
async fn gone_at_zero(scene: &Scene, alice: &Friend, bob: &Friend) -> Result<()> {
    const TEXTS: [&str; 2] = ["read and gone", "likewise gone"];
    alice.says(TEXTS[0]).await?;
    bob.reads(TEXTS[0]).await?;
    bob.says(TEXTS[1]).await?;
    alice.reads(TEXTS[1]).await?;
    for friend in [alice, bob] {
        friend.window.wait_css(&format!("{OWN} {RING}")).await?;
        friend.window.wait_css(&format!("{ARRIVED} {RING}")).await?;
        friend.keeps("timer-running").await?;
    }
    scene.control().advance_ms(SIX_MINUTES_MS);
    for friend in [alice, bob] {
        for text in TEXTS {
            friend.window.wait_unsaid(text).await?;
        }
        assert_eq!(friend.window.count("Hello there").await?, 1);
        friend.keeps("timer-ended").await?;
    }
    Ok(())
}

/// Off for one of them only.
async fn turned_off(alice: &Friend, bob: &Friend) -> Result<()> {
    ask(alice, "off").await?;
    save(alice).await?;
    alice
        .window
        .wait_gone("[data-testid='conversation-timer']")
        .await?;
    says_of_it(bob, "timer-changed-off-other").await?;
    bob.window.wait("conversation-timer").await?;
    bob.keeps("timer-off").await?;
    alice.says("this one stays").await?;
    bob.reads("this one stays").await?;
    assert_eq!(
        bob.window
            .session()
            .find_all(thirtyfour::By::Css(RING))
            .await?
            .len(),
        0
    );
    Ok(())
}

async fn story(looks: [Look; 2]) -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = two_friends(&scene, looks).await?;
    set_and_followed(&alice, &bob).await?;
    gone_at_zero(&scene, &alice, &bob).await?;
    turned_off(&alice, &bob).await?;
    alice.window.close().await?;
    bob.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_is_set_followed_and_ends_in_english_and_light() -> Result<()> {
    story([ENGLISH, FRENCH]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_is_set_followed_and_ends_in_french_and_dark() -> Result<()> {
    story([FRENCH, ENGLISH]).await
}
