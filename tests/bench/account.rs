//! Somebody with the engine in this process, seen through the contract.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{Anchor, CreateAccountRequest, ListMessagesRequest, SendMessageRequest};
use nous_api::rows::{GroupStanding, GroupSummary, GroupSyncRow, MessageBody, MessageState};
use nous_api::{
    App, AppOptions, EventStream, NetworkConfig, account, boot, conversations, groups, messages,
    subscriptions,
};
use tokio::time::Instant;

/// Between two looks at a message on its way.
const LOOKS: Duration = Duration::from_millis(10);
/// The longest time between two looks at what is waited for: not everything is announced.
const LONGEST: Duration = Duration::from_secs(1);
/// How many of the newest messages are looked through.
const NEWEST: u32 = 20;

/// An account in a profile of its own.
pub(crate) struct Account {
    pub(crate) app: App,
    /// 66 hex digits.
    pub(crate) id: String,
    events: EventStream,
}

impl Account {
    /// Makes an account in a new profile. It is not used by anybody: it polls at the pace of the
    /// background.
    pub(crate) async fn create(dir: PathBuf, network: NetworkConfig, name: &str) -> Result<Self> {
        let app = App::open(AppOptions {
            profile_dir: Some(dir),
            ..AppOptions::new(network)
        })
        .await?;
        let request = CreateAccountRequest {
            display_name: name.to_owned(),
        };
        let id = boot::create_account(&app, request).await?.account_id;
        let events = app.subscribe();
        Ok(Self { app, id, events })
    }

    /// The words of its recovery phrase.
    pub(crate) async fn words(&self) -> Result<String> {
        Ok(account::get_recovery_phrase(&self.app, None).await?.words)
    }

    /// Waits until something changed, or a moment passed.
    pub(crate) async fn change(&mut self) -> Result<()> {
        if let Ok(batch) = tokio::time::timeout(LONGEST, self.events.next()).await {
            let batch = batch.context("the profile was closed")?;
            subscriptions::ack_events(&self.app, batch.seq).await?;
        }
        Ok(())
    }

    /// Writes a text down for a group or a conversation that is there; it goes out by itself.
    pub(crate) async fn write(&self, to: &ConversationId, text: &str) -> Result<MessageId> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let request = SendMessageRequest {
            conversation: to.clone(),
            body: text.to_owned(),
            client_token: format!("bench-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            quote: None,
            attachments: Vec::new(),
            preview: None,
        };
        Ok(messages::send_message(&self.app, request).await?.remove(0).id)
    }

    /// The same for somebody else.
    pub(crate) async fn write_to(&self, account: &str, text: &str) -> Result<MessageId> {
        let row = conversations::open_conversation(&self.app, account.to_owned()).await?;
        self.write(&row.id, text).await
    }

    /// Waits until a message is stored; answers when that was seen.
    pub(crate) async fn until_sent(&self, id: &MessageId) -> Result<Instant> {
        loop {
            let rows = messages::get_messages(&self.app, vec![id.clone()]).await?;
            let row = rows.first().context("the message is gone")?;
            match row.state {
                Some(MessageState::Sent) => return Ok(Instant::now()),
                Some(MessageState::Failed) => bail!("a message was not sent: {:?}", row.error),
                _ => tokio::time::sleep(LOOKS).await,
            }
        }
    }

    /// Waits until a text is in the database; answers when that was seen.
    pub(crate) async fn until_text(&mut self, conversation: &ConversationId, text: &str) -> Result<Instant> {
        while !has_text(&self.app, conversation, text).await? {
            self.change().await?;
        }
        Ok(Instant::now())
    }

    /// Waits until a group was joined and so many are known to be in it.
    pub(crate) async fn until_joined(&mut self, group: &ConversationId, members: usize) -> Result<()> {
        let members = u32::try_from(members)?;
        loop {
            let rows = conversations::get_conversations(&self.app, vec![group.clone()]).await?;
            let is_in = |group: &GroupSummary| {
                group.standing == GroupStanding::Joined && group.member_count == members
            };
            if rows.iter().any(|row| row.group.as_ref().is_some_and(is_in)) {
                return Ok(());
            }
            self.change().await?;
        }
    }

    /// Waits until there are so many groups and their swarms and this device know the same.
    pub(crate) async fn until_groups_are_settled(&mut self, count: usize) -> Result<()> {
        loop {
            let rows = groups::list_group_sync(&self.app).await?;
            if rows.len() == count && rows.iter().all(is_settled) {
                return Ok(());
            }
            self.change().await?;
        }
    }
}

/// Whether a group was read, nothing is left to do for it, and its life was extended.
const fn is_settled(row: &GroupSyncRow) -> bool {
    row.keys > 0 && row.days_left.is_some() && !row.is_push_due && !row.has_tasks
}

/// Whether a text is among the newest messages of a conversation.
pub(crate) async fn has_text(app: &App, conversation: &ConversationId, text: &str) -> Result<bool> {
    let request = ListMessagesRequest {
        conversation: conversation.clone(),
        anchor: Anchor::Latest,
        limit: NEWEST,
    };
    let page = messages::list_messages(app, request).await?;
    let is_it = |body: &MessageBody| matches!(body, MessageBody::Text { text: said, .. } if said == text);
    Ok(page.rows.iter().any(|row| is_it(&row.body)))
}
