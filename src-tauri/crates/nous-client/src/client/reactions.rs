//! Reactions: made, offered, and who made them.

use nous_storage::ids::{MessageKey, ReactionKey};
use nous_storage::reactions::{self, Arrival, Reacted};

use super::Client;
use crate::error::ClientError;
use crate::reactions::{offered, react};

impl Client {
    /// Reacts to a message with an emoji, or takes that back.
    ///
    /// # Errors
    /// As [`react`].
    pub async fn react(
        &self,
        message: MessageKey,
        emoji: String,
        is_removal: bool,
    ) -> Result<(), ClientError> {
        react(&self.session()?.core, message, emoji, is_removal).await
    }

    /// The six emoji to offer: those used last, the last one first, then the usual ones.
    ///
    /// # Errors
    /// What the database said.
    pub async fn recent_reactions(&self) -> Result<Vec<String>, ClientError> {
        Ok(self.db()?.read(offered).await?)
    }

    /// The reactions to one message, with everybody.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reactions_to(&self, message: MessageKey) -> Result<Vec<Reacted>, ClientError> {
        Ok(self
            .db()?
            .read(move |reader| reactions::of_message(reader, message))
            .await?)
    }

    /// The reactions of others that came after another one, in order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reactions_since(&self, after: ReactionKey, limit: u32) -> Result<Vec<Arrival>, ClientError> {
        Ok(self
            .db()?
            .read(move |reader| reactions::received_since(reader, after, limit))
            .await?)
    }

    /// The last reaction.
    ///
    /// # Errors
    /// What the database said.
    pub async fn latest_reaction(&self) -> Result<ReactionKey, ClientError> {
        Ok(self.db()?.read(reactions::latest).await?)
    }
}
