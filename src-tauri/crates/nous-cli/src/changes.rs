//! What `watch` tells beside messages and states: typing, reading, settings, and what another
//! device or another person changed.

use std::collections::{BTreeMap, BTreeSet};

use nous_api::events::{AppEvent, Changed, EventBatch};
use nous_api::ids::{ConversationId, Cursor};
use nous_api::requests::ListConversationsRequest;
use nous_api::rows::{ConversationKind, ConversationRow};
use nous_api::{ApiError, App, account, conversations, reactions as api_reactions, reading};
use serde_json::{Map, Value, json};

use crate::exit::Failure;
use crate::output::Output;
use crate::pages::{self, PAGE};
use crate::{reactions, settings};

/// What was told last; a line is printed for what is different.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    contacts: BTreeMap<ConversationId, Contact>,
    typing: BTreeSet<ConversationId>,
    settings: Map<String, Value>,
    name: String,
    /// Behind the reactions that were told.
    reactions: Option<Cursor>,
}

#[derive(Debug, PartialEq, Eq)]
struct Contact {
    line: Value,
    unread_count: u32,
}

impl Contact {
    fn of(row: &ConversationRow) -> Self {
        let line = json!({
            "event": "contact",
            "accountId": row.account_id,
            "name": row.name,
            "isApproved": row.is_approved,
            "didApproveMe": row.has_approved_me,
            "isBlocked": row.is_blocked,
            "isPinned": row.is_pinned,
        });
        Self {
            line,
            unread_count: row.unread_count,
        }
    }
}

impl Changes {
    /// What is so before anything changes.
    pub(crate) async fn begin(app: &App) -> Result<Self, Failure> {
        let rows = all_rows(app).await?;
        Ok(Self {
            contacts: rows
                .iter()
                .map(|row| (row.id.clone(), Contact::of(row)))
                .collect(),
            typing: BTreeSet::new(),
            settings: settings::all(app).await?,
            name: account::get_account(app).await?.display_name,
            reactions: Some(api_reactions::latest_reaction(app).await?),
        })
    }

    /// Prints a line for each thing that is another than before.
    pub(crate) async fn print(
        &mut self,
        app: &App,
        batch: &EventBatch,
        output: Output,
    ) -> Result<(), Failure> {
        for event in &batch.events {
            match event {
                AppEvent::TypingChanged => self.print_typing(app, output).await?,
                AppEvent::SettingsChanged => self.print_settings(app, output).await?,
                AppEvent::AccountChanged => self.print_account(app, output).await?,
                AppEvent::ConversationsChanged {
                    ids: Changed::Some { ids },
                } => {
                    let rows = conversations::get_conversations(app, ids.clone()).await?;
                    self.print_contacts(rows, output)?;
                }
                AppEvent::ConversationsChanged { ids: Changed::All } | AppEvent::Resync => {
                    self.print_contacts(all_rows(app).await?, output)?;
                }
                _ => {}
            }
        }
        let has_messages =
            |event: &AppEvent| matches!(event, AppEvent::MessagesChanged { .. } | AppEvent::Resync);
        if batch.events.iter().any(has_messages)
            && let Some(told) = self.reactions.take()
        {
            self.reactions = Some(reactions::print_since(app, told, output).await?);
        }
        Ok(())
    }

    async fn print_typing(&mut self, app: &App, output: Output) -> Result<(), Failure> {
        let now: BTreeSet<_> = reading::list_typing(app).await?.into_iter().collect();
        for id in now.symmetric_difference(&self.typing) {
            let is_typing = now.contains(id);
            output.line(&json!({ "event": "typing", "conversation": id, "isTyping": is_typing }))?;
        }
        self.typing = now;
        Ok(())
    }

    async fn print_settings(&mut self, app: &App, output: Output) -> Result<(), Failure> {
        let now = settings::all(app).await?;
        for (key, value) in now
            .iter()
            .filter(|(key, value)| self.settings.get(*key) != Some(*value))
        {
            output.line(&json!({ "event": "setting", "key": key, "value": value }))?;
        }
        self.settings = now;
        Ok(())
    }

    async fn print_account(&mut self, app: &App, output: Output) -> Result<(), Failure> {
        let name = account::get_account(app).await?.display_name;
        if name != self.name {
            output.line(&json!({ "event": "account", "displayName": name }))?;
            self.name = name;
        }
        Ok(())
    }

    fn print_contacts(&mut self, rows: Vec<ConversationRow>, output: Output) -> Result<(), Failure> {
        for row in rows {
            let now = Contact::of(&row);
            let before = self.contacts.get(&row.id);
            let is_person = row.kind == ConversationKind::Person;
            if is_person && before.is_none_or(|before| before.line != now.line) {
                output.line(&now.line)?;
            }
            if before.is_some_and(|before| now.unread_count < before.unread_count) {
                let unread = now.unread_count;
                output.line(&json!({ "event": "read", "conversation": row.id, "unreadCount": unread }))?;
            }
            self.contacts.insert(row.id, now);
        }
        Ok(())
    }
}

/// Every row of the list.
pub(crate) async fn all_rows(app: &App) -> Result<Vec<ConversationRow>, ApiError> {
    pages::all(async |cursor| {
        let request = ListConversationsRequest {
            cursor,
            limit: PAGE,
            filter: String::new(),
        };
        let page = conversations::list_conversations(app, request).await?;
        Ok((page.rows, page.next))
    })
    .await
}
