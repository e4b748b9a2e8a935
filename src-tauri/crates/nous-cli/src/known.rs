//! What `watch` knows of messages: also of those that were there before it began, so that it can tell
//! when they go and when what is shown with them is taken back.

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{Anchor, ListMessagesRequest};
use nous_api::rows::MessageRow;
use nous_api::{App, messages};

use crate::exit::Failure;
use crate::files::Told;
use crate::gone::Gone;
use crate::output::Output;
use crate::pages::PAGE;
use crate::reactions::Shown;
use crate::{changes, requests};

/// So many of the newest messages of a conversation are looked at before anything happens.
const OF_EACH: usize = 2_000;
/// So many of all conversations.
const OF_ALL: usize = 20_000;

/// What was told last of each message, or was so before.
#[derive(Debug, Default)]
pub(crate) struct Known {
    gone: Gone,
    files: Told,
    reactions: Shown,
}

impl Known {
    /// As everything is now.
    pub(crate) async fn now(app: &App) -> Result<Self, Failure> {
        let asking = requests::all(app).await?.into_iter().map(|request| request.id);
        let listed = changes::all_rows(app).await?.into_iter().map(|row| row.id);
        let mut known = Self::default();
        let mut left = OF_ALL;
        for conversation in listed.chain(asking) {
            left -= known.look_at(app, conversation, left.min(OF_EACH)).await?;
        }
        Ok(known)
    }

    /// Looks at so many of the newest messages of a conversation; answers how many there were.
    async fn look_at(
        &mut self,
        app: &App,
        conversation: ConversationId,
        most: usize,
    ) -> Result<usize, Failure> {
        let mut anchor = Anchor::Latest;
        let mut count = 0;
        while count < most {
            let request = ListMessagesRequest {
                conversation: conversation.clone(),
                anchor,
                limit: u32::try_from(most - count).unwrap_or(PAGE).min(PAGE),
            };
            let page = messages::list_messages(app, request).await?;
            count += page.rows.len();
            for row in &page.rows {
                self.note(app, row).await?;
            }
            let Some(cursor) = page.older else { break };
            anchor = Anchor::Before { cursor };
        }
        Ok(count.min(most))
    }

    /// A message is as it is: that is told, or no news.
    pub(crate) async fn note(&mut self, app: &App, row: &MessageRow) -> Result<(), Failure> {
        self.gone.note(row);
        self.files.note(row);
        self.reactions.note(app, row).await
    }

    /// The messages that are known to be there, in one conversation or in all.
    pub(crate) fn messages(&self, conversation: Option<&ConversationId>) -> Vec<MessageId> {
        self.gone.known(conversation)
    }

    /// Prints which of the messages that were asked for have gone, and what is another with those that
    /// are there (`rows`). `is_each_named`: it was said of each that it changed, not of all at once; then
    /// files that nothing is known of are told too.
    pub(crate) async fn print(
        &mut self,
        app: &App,
        asked: &[MessageId],
        rows: &[MessageRow],
        is_each_named: bool,
        output: Output,
    ) -> Result<(), Failure> {
        self.gone.print(asked, rows, output)?;
        for row in rows {
            self.gone.note(row);
            if is_each_named || self.files.knows(row) {
                self.files.print(row, output)?;
            }
            self.reactions.print(app, row, output).await?;
        }
        Ok(())
    }
}
