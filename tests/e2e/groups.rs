//! Groups in real windows: made, joined, led, left; and how somebody comes back who lost sight
//! of one.

use std::time::Duration;

use anyhow::{Context as _, Result};
use nous_api::requests::{CreateAccountRequest, ListRequestsRequest};
use nous_api::{App, AppOptions, boot, message_requests, subscriptions};

use crate::leaving::ENGLISH;
use crate::pictures::{Look, choose, escape};
use crate::scene::{Scene, befriend};
use crate::window::Window;

/// What the group of these stories is called.
const CHOIR: &str = "Hill choir";
const DARK: Look = Look {
    is_dark: true,
    language: "en",
};
const ROW: &str = "[data-testid='conversation-row']";
const ARRIVED: &str = "[data-testid='message'][data-own='false']";
const AUTHOR: &str = "[data-testid='message-author']";
const EVENT: &str = "[data-testid='message-event']";
/// Lines of the menu of a member, as an admin sees it, from the first; the last is to remove them.
const REPAIR: isize = 1;
const MAKE_ADMIN: isize = 3;
const REMOVE: isize = -1;
/// An admin's app takes up to 30 seconds before it does what a member asks for.
const UNTIL_FULFILLED: Duration = Duration::from_secs(75);
/// A way through the swarms of two people and of their group, each asked every few seconds.
const THERE_AND_BACK: Duration = Duration::from_secs(60);
const DAY_MS: i64 = 86_400_000;

/// Somebody at their window.
struct Member {
    window: Window,
    id: String,
    look: Look,
}

impl Member {
    async fn arrives(scene: &Scene, name: &str, look: Look) -> Result<Self> {
        let window = scene.open_with(&name.to_lowercase(), &look.start()).await?;
        let id = window.create_account(name).await?;
        Ok(Self { window, id, look })
    }

    async fn keeps(&self, screen: &str) -> Result<()> {
        self.look.keep(&self.window, screen).await
    }

    /// Opens the group from the list.
    async fn opens_choir(&self) -> Result<()> {
        self.window.wait_text(ROW, CHOIR).await?.click().await?;
        self.window.wait("composer-input").await?;
        Ok(())
    }

    /// Opens the window of the group whose conversation is open.
    async fn manages(&self) -> Result<()> {
        self.window.click("conversation-banner").await?;
        self.window.wait("group-members").await?;
        Ok(())
    }

    async fn says(&self, text: &str) -> Result<()> {
        self.window.send(text).await?;
        self.window.wait_state(text, "sent").await?;
        Ok(())
    }

    async fn reads(&self, text: &str) -> Result<()> {
        self.window.wait_text(ARRIVED, text).await?;
        Ok(())
    }

    /// Waits until somebody is so far in the window of the group.
    async fn sees(&self, id: &str, state: &str, patience: Duration) -> Result<()> {
        let member = format!("{}[data-state='{state}']", member(id));
        self.window.wait_css_for(&member, patience).await?;
        Ok(())
    }

    /// Chooses a line of somebody's menu in the window of the group.
    async fn acts_on(&self, id: &str, line: isize) -> Result<()> {
        let button = format!("{} [data-testid='member-menu']", member(id));
        self.window.wait_css(&button).await?.click().await?;
        self.window
            .wait_css("[role='menu'] [role='menuitem']:focus")
            .await?;
        choose(&self.window, line).await?;
        self.window.wait_gone("[role='menu']").await
    }

    /// Says yes to the question that stands there.
    async fn confirms(&self) -> Result<()> {
        let button = "[data-testid='confirm']:not([disabled])";
        self.window.wait_css(button).await?.click().await?;
        self.window.wait_gone("[role='alertdialog']").await
    }

    /// Opens the invitation into the group.
    async fn opens_invitation(&self) -> Result<()> {
        self.window.click("requests-row").await?;
        let row = self
            .window
            .wait_text("[data-testid='request-row']", CHOIR)
            .await?;
        row.click().await?;
        self.window.wait("request-panel").await?;
        self.window
            .wait_text("[data-testid='request-group']", CHOIR)
            .await?;
        Ok(())
    }

    async fn accepts_invitation(&self) -> Result<()> {
        self.window.click("request-accept").await?;
        self.window.wait_gone("[data-testid='request-panel']").await?;
        self.window.wait("composer-input").await?;
        self.window.wait_text(ROW, CHOIR).await?;
        Ok(())
    }
}

/// Somebody's line in the window of the group.
fn member(id: &str) -> String {
    format!("[data-testid='group-member'][data-account-id='{id}']")
}

/// Chooses somebody who is offered.
pub(crate) async fn pick(window: &Window, id: &str) -> Result<()> {
    let choice = format!("[data-testid='person-choice'][data-account-id='{id}']");
    window.wait_css(&choice).await?.click().await?;
    window.wait_css(&format!("{choice}:checked")).await?;
    Ok(())
}

/// Chooses somebody by their account ID.
async fn pick_pasted(window: &Window, id: &str) -> Result<()> {
    window.click("people-search").await?;
    window.insert(id).await?;
    pick(window, id).await
}

/// Fills in what a new group asks for: its name, contacts, and a stranger whose account ID is
/// pasted.
async fn fill_in(window: &Window, contacts: &[&Member], stranger: Option<&Member>) -> Result<()> {
    window.click("new-button").await?;
    window.click("add-new-group").await?;
    window.type_into("group-name-input", CHOIR).await?;
    for contact in contacts {
        pick(window, &contact.id).await?;
    }
    if let Some(stranger) = stranger {
        pick_pasted(window, &stranger.id).await?;
    }
    let count = contacts.len() + usize::from(stranger.is_some());
    window
        .wait_text("[data-testid='people-count']", &format!("{count} of at most"))
        .await?;
    Ok(())
}

/// Makes the group that was filled in. Answers its ID.
pub(crate) async fn create(window: &Window) -> Result<String> {
    window.click("group-create").await?;
    window.wait_gone("[role='dialog']").await?;
    window.wait("composer-input").await?;
    let row = window
        .wait_css(&format!("{ROW}[data-conversation-id^='03']"))
        .await?;
    let id = row.attr("data-conversation-id").await?;
    id.context("a row of a group")
}

/// All three write, and read each other; who is no contact has no name.
async fn everybody_writes(alice: &Member, bob: &Member, chloe: &Member) -> Result<()> {
    alice.says("sopranos on the left").await?;
    bob.reads("sopranos on the left").await?;
    chloe.reads("sopranos on the left").await?;
    bob.says("tenors on the right").await?;
    alice.reads("tenors on the right").await?;
    chloe.reads("tenors on the right").await?;
    chloe.says("altos in the middle").await?;
    alice.reads("altos in the middle").await?;
    bob.reads("altos in the middle").await?;
    alice.window.wait_text(AUTHOR, "Bob").await?;
    bob.window.wait_text(AUTHOR, "Alice").await?;
    let short = format!("{}…{}", &chloe.id[..4], &chloe.id[62..]);
    alice.window.wait_text(AUTHOR, &short).await?;
    alice.keeps("group-conversation").await?;
    bob.keeps("group-conversation").await
}

/// Somebody without a window.
async fn dora(scene: &Scene) -> Result<(App, String)> {
    let options = AppOptions {
        profile_dir: Some(scene.profile("dora")),
        ..AppOptions::new(scene.network()?)
    };
    let app = App::open(options).await?;
    let request = CreateAccountRequest {
        display_name: "Dora".to_owned(),
    };
    let account = boot::create_account(&app, request).await?;
    // Polls as often as with a window that is used.
    subscriptions::set_window_focus(&app, true).await?;
    Ok((app, account.account_id))
}

/// Accepts the first invitation that comes.
async fn accept_invitation(app: &App) -> Result<()> {
    let accepting = async {
        loop {
            let request = ListRequestsRequest {
                cursor: None,
                limit: 10,
            };
            let page = message_requests::list_requests(app, request).await?;
            if let Some(row) = page.rows.into_iter().next() {
                message_requests::accept_request(app, row.id).await?;
                return Ok::<(), anyhow::Error>(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(THERE_AND_BACK, accepting)
        .await
        .context("no invitation came")?
}

/// Bob is no admin: the app of one carries out what he asks for.
async fn a_member_adds_dora(scene: &Scene, alice: &Member, bob: &Member) -> Result<()> {
    let (app, dora_id) = dora(scene).await?;
    bob.manages().await?;
    bob.window.click("group-add").await?;
    pick_pasted(&bob.window, &dora_id).await?;
    bob.keeps("group-add").await?;
    bob.window.click("add-submit").await?;
    let proposed = format!("{}[data-state='proposed']", member(&dora_id));
    bob.window.wait_text(&proposed, "Waiting for an admin").await?;
    bob.keeps("group-proposed").await?;
    bob.sees(&dora_id, "joined", UNTIL_FULFILLED).await?;
    bob.keeps("group-window").await?;
    escape(&bob.window).await?;

    accept_invitation(&app).await?;
    alice.manages().await?;
    alice.sees(&dora_id, "joined", THERE_AND_BACK).await?;
    alice.keeps("group-window").await?;
    escape(&alice.window).await?;
    app.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_three_in_their_windows() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Member::arrives(&scene, "Alice", ENGLISH).await?;
    let bob = Member::arrives(&scene, "Bob", DARK).await?;
    let chloe = Member::arrives(&scene, "Chloe", ENGLISH).await?;
    befriend(&alice.window, &bob.window, &bob.id).await?;
    fill_in(&alice.window, &[&bob], Some(&chloe)).await?;
    alice.keeps("group-new").await?;
    create(&alice.window).await?;

    // Whom a contact invites is in at once; a stranger is asked.
    bob.opens_choir().await?;
    chloe.opens_invitation().await?;
    chloe.keeps("group-request").await?;
    chloe.accepts_invitation().await?;
    everybody_writes(&alice, &bob, &chloe).await?;
    a_member_adds_dora(&scene, &alice, &bob).await?;
    for person in [alice, bob, chloe] {
        person.window.close().await?;
    }
    Ok(())
}

async fn alice_makes_bob_an_admin(alice: &Member, bob: &Member) -> Result<()> {
    alice.manages().await?;
    alice.sees(&bob.id, "joined", THERE_AND_BACK).await?;
    alice.acts_on(&bob.id, MAKE_ADMIN).await?;
    alice.window.wait_css("[role='alertdialog']").await?;
    alice.keeps("group-promote").await?;
    alice.confirms().await?;
    alice.sees(&bob.id, "admin", THERE_AND_BACK).await?;
    escape(&alice.window).await?;
    bob.manages().await?;
    bob.window
        .wait_css_for("[data-testid='group-admin']", THERE_AND_BACK)
        .await?;
    bob.sees(&bob.id, "admin", THERE_AND_BACK).await?;
    bob.keeps("group-window-of-an-admin").await?;
    escape(&bob.window).await
}

/// What Chloe wrote is gone elsewhere; she keeps what she has read.
async fn alice_removes_chloe(alice: &Member, bob: &Member, chloe: &Member) -> Result<()> {
    alice.manages().await?;
    alice.acts_on(&chloe.id, REMOVE).await?;
    alice.window.click("remove-messages").await?;
    alice.keeps("group-remove-member").await?;
    alice.confirms().await?;
    alice.window.wait_gone(&member(&chloe.id)).await?;
    escape(&alice.window).await?;
    alice.window.wait_text(EVENT, "You removed").await?;
    alice.window.wait_unsaid("altos in the middle").await?;
    bob.window.wait_unsaid("altos in the middle").await?;

    chloe
        .window
        .wait_text("[data-testid='group-bar']", "You were removed from this group")
        .await?;
    chloe.window.wait("group-delete").await?;
    chloe.window.wait_gone("[data-testid='composer-input']").await?;
    assert_eq!(chloe.window.count("sopranos on the left").await?, 1);
    chloe.keeps("group-removed").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_more_and_two_members_less_in_their_windows() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Member::arrives(&scene, "Alice", DARK).await?;
    let bob = Member::arrives(&scene, "Bob", ENGLISH).await?;
    let chloe = Member::arrives(&scene, "Chloe", DARK).await?;
    befriend(&alice.window, &bob.window, &bob.id).await?;
    befriend(&alice.window, &chloe.window, &chloe.id).await?;
    fill_in(&alice.window, &[&bob, &chloe], None).await?;
    alice.keeps("group-new").await?;
    let choir = create(&alice.window).await?;
    bob.opens_choir().await?;
    chloe.opens_choir().await?;
    alice.says("sopranos on the left").await?;
    chloe.reads("sopranos on the left").await?;
    chloe.says("altos in the middle").await?;
    alice.reads("altos in the middle").await?;
    bob.reads("altos in the middle").await?;

    alice_makes_bob_an_admin(&alice, &bob).await?;
    alice_removes_chloe(&alice, &bob, &chloe).await?;

    bob.manages().await?;
    bob.window.click("group-leave").await?;
    bob.confirms().await?;
    bob.window
        .wait_gone(&format!("{ROW}[data-conversation-id='{choir}']"))
        .await?;
    alice.window.wait_text(EVENT, "left the group").await?;
    alice.keeps("group-left").await?;
    for person in [alice, bob, chloe] {
        person.window.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_the_group_is_let_in_again() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Member::arrives(&scene, "Alice", ENGLISH).await?;
    let bob = Member::arrives(&scene, "Bob", ENGLISH).await?;
    fill_in(&alice.window, &[], Some(&bob)).await?;
    create(&alice.window).await?;
    // The invitation is lost: Bob deletes it, which nobody is told.
    bob.opens_invitation().await?;
    bob.window.click("request-decline").await?;
    bob.confirms().await?;
    bob.window.click("requests-back").await?;
    bob.window.wait_gone("[data-testid='requests-row']").await?;

    alice.manages().await?;
    alice.sees(&bob.id, "invitationSent", THERE_AND_BACK).await?;
    alice.acts_on(&bob.id, REPAIR).await?;
    alice.window.wait_css("[role='alertdialog']").await?;
    alice.keeps("group-repair").await?;
    alice.confirms().await?;
    alice.keeps("group-repaired").await?;
    escape(&alice.window).await?;
    alice.says("we have missed you").await?;

    bob.opens_invitation().await?;
    bob.accepts_invitation().await?;
    bob.reads("we have missed you").await?;
    alice.manages().await?;
    alice.sees(&bob.id, "joined", THERE_AND_BACK).await?;
    escape(&alice.window).await?;
    alice.window.close().await?;
    bob.window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn back_after_31_days() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = Member::arrives(&scene, "Alice", ENGLISH).await?;
    let bob = Member::arrives(&scene, "Bob", ENGLISH).await?;
    befriend(&alice.window, &bob.window, &bob.id).await?;
    fill_in(&alice.window, &[&bob], None).await?;
    let choir = create(&alice.window).await?;
    bob.opens_choir().await?;
    alice.says("see you next month").await?;
    bob.reads("see you next month").await?;
    let Member { window, id, look } = bob;
    window.close().await?;

    // Alice's app is there all the time: what the network keeps of the group lives on.
    for (days, text) in [
        (9, "nine days without you"),
        (9, "eighteen days without you"),
        (9, "nearly a month without you"),
        (3, "you are back tomorrow"),
    ] {
        scene.control().advance_ms(days * DAY_MS);
        alice.says(text).await?;
        scene.wait_long_lived(&choir).await?;
    }
    // Her clock is right again by now: this is of today.
    alice.says("see you tomorrow").await?;
    scene.control().advance_ms(DAY_MS);

    let window = scene.open_with("bob", &look.start()).await?;
    let bob = Member { window, id, look };
    bob.opens_choir().await?;
    bob.reads("see you tomorrow").await?;
    bob.keeps("group-after-31-days").await?;
    bob.says("here I am again").await?;
    alice.reads("here I am again").await?;
    alice.says("good to hear you").await?;
    bob.reads("good to hear you").await?;
    alice.window.close().await?;
    bob.window.close().await?;
    Ok(())
}
