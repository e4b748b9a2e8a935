//! Two people at their windows who have accepted each other; and somebody without a window, who says
//! what no window of ours says.

use std::time::Duration;

use anyhow::Result;
use nous_protocol::account::AccountId;
use nous_protocol::content::{Extras, Message, OutgoingBody, Profile};
use nous_protocol::keys::IdentityKeys;
use nous_testkit::Person;
use nous_tests::phone::Phone;
use thirtyfour::WebElement;

use crate::pictures::{Look, choose_line, menu_of};
use crate::scene::{Scene, befriend};
use crate::window::Window;

pub(crate) const ROW: &str = "[data-testid='conversation-row']";
pub(crate) const MESSAGE: &str = "[data-testid='message']";
pub(crate) const ARRIVED: &str = "[data-testid='message'][data-own='false']";
/// A line about the conversation.
pub(crate) const EVENT: &str = "[data-testid='message-event']";
/// A picture of a file that goes with the next message.
pub(crate) const STAGED_PICTURE: &str = "[data-testid='staged-file'] img";

/// So many days.
pub(crate) const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

/// Somebody at their window.
pub(crate) struct Friend {
    pub(crate) window: Window,
    pub(crate) id: String,
    pub(crate) look: Look,
}

impl Friend {
    /// The profile is called by the first name.
    pub(crate) async fn arrives(scene: &Scene, name: &str, look: Look) -> Result<Self> {
        let first = name.split(' ').next().unwrap_or(name);
        let window = scene.open_with(&first.to_lowercase(), &look.start()).await?;
        let id = window.create_account(name).await?;
        Ok(Self { window, id, look })
    }

    /// Keeps a picture of the window.
    pub(crate) async fn keeps(&self, screen: &str) -> Result<()> {
        self.look.keep(&self.window, screen).await
    }

    /// Writes, and waits until it has left.
    pub(crate) async fn says(&self, text: &str) -> Result<WebElement> {
        self.window.send(text).await?;
        self.window.wait_state(text, "sent").await
    }

    /// Waits until a message of the other is there.
    pub(crate) async fn reads(&self, text: &str) -> Result<WebElement> {
        self.window.wait_text(ARRIVED, text).await
    }

    /// The first message with this text, whoever wrote it.
    pub(crate) async fn sees(&self, text: &str) -> Result<WebElement> {
        self.window.wait_text(MESSAGE, text).await
    }

    /// Clicks on an element, once it is there.
    pub(crate) async fn clicks(&self, css: &str) -> Result<()> {
        let element = self.window.wait_css(css).await?;
        self.window.click_on(&element).await
    }

    /// Does something with a message: the line of its menu with these words.
    pub(crate) async fn acts_on(&self, message: &WebElement, line: &str) -> Result<()> {
        menu_of(&self.window, message).await?;
        choose_line(&self.window, self.look.says(line)).await
    }

    /// Does something with the open conversation.
    pub(crate) async fn acts_here(&self, line: &str) -> Result<()> {
        self.window.click("conversation-menu").await?;
        choose_line(&self.window, self.look.says(line)).await
    }

    /// Waits until the window says these words in passing.
    pub(crate) async fn is_told(&self, words: &str) -> Result<()> {
        let words = self.look.says(words);
        self.window.wait_text("[data-testid='toast']", words).await?;
        Ok(())
    }

    /// Opens the conversation with somebody who stands in the list.
    pub(crate) async fn opens(&self, id: &str) -> Result<()> {
        let row = format!("{ROW}[data-conversation-id='{id}']");
        self.clicks(&row).await?;
        self.window
            .wait_css(&format!("{row}[aria-selected='true']"))
            .await?;
        self.window.wait("composer-input").await?;
        Ok(())
    }

    /// Takes a file in, to send it with the next message.
    pub(crate) async fn chooses(&self, file: &std::path::Path) -> Result<()> {
        self.window.choose_file("composer-files", file).await?;
        self.window.wait("staged-file").await?;
        self.window.wait_gone("[data-testid='staged-adding']").await
    }
}

/// Alice and Bob with their conversation open, each in a look.
pub(crate) async fn two_friends(scene: &Scene, [of_alice, of_bob]: [Look; 2]) -> Result<(Friend, Friend)> {
    let alice = Friend::arrives(scene, "Alice Martin", of_alice).await?;
    let bob = Friend::arrives(scene, "Bob Durand", of_bob).await?;
    befriend(&alice.window, &bob.window, &bob.id).await?;
    for friend in [&alice, &bob] {
        friend.window.wait("composer-attach").await?;
    }
    Ok((alice, bob))
}

/// Somebody without a window, who writes to a friend by another program.
pub(crate) struct Afar<'a> {
    phone: &'a Phone,
    keys: IdentityKeys,
    name: &'static str,
    to: AccountId,
}

impl<'a> Afar<'a> {
    /// Asks somebody, who answers and has the conversation open then.
    pub(crate) async fn befriends(
        phone: &'a Phone,
        person: Person,
        name: &'static str,
        friend: &Friend,
    ) -> Result<Self> {
        let afar = Self {
            phone,
            keys: person.keys(),
            name,
            to: AccountId::from_hex(&friend.id)?,
        };
        afar.says("hello there").await?;
        friend.window.open_request("hello there").await?;
        friend.says("hello yourself").await?;
        friend.window.wait_text(ROW, name).await?;
        friend.window.wait("composer-attach").await?;
        Ok(afar)
    }

    /// The account ID.
    pub(crate) fn id(&self) -> String {
        self.keys.account_id().to_string()
    }

    /// Writes now.
    pub(crate) async fn says(&self, text: &str) -> Result<()> {
        self.said(text, Duration::ZERO).await
    }

    /// Sends now what was written so long ago.
    pub(crate) async fn said(&self, text: &str, ago: Duration) -> Result<()> {
        let message = Message {
            body: text.to_owned(),
            ..Message::default()
        };
        self.sends(message, ago).await
    }

    /// The same with whatever a message can have.
    pub(crate) async fn sends(&self, message: Message, ago: Duration) -> Result<()> {
        let profile = Profile {
            name: Some(self.name.to_owned()),
            ..Profile::default()
        };
        let extras = Extras {
            profile: Some(profile),
            ..Extras::default()
        };
        let body = OutgoingBody::Message(Box::new(Message { extras, ..message }));
        let sent = self.phone.ago(ago);
        self.phone.say(&self.keys, self.to, sent, body).await
    }
}
