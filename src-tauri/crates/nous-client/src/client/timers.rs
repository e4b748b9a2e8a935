//! How long messages live.

use nous_protocol::account::ConversationId;
use nous_protocol::config::fields::Timer;
use nous_storage::ids::MessageKey;

use super::Client;
use crate::disappearing::setting;
use crate::groups::error::GroupError;

impl Client {
    /// Sets how long messages of a conversation live; `None`: for good.
    ///
    /// # Errors
    /// As [`setting::set`].
    pub async fn set_timer(
        &self,
        id: impl Into<ConversationId>,
        timer: Option<Timer>,
    ) -> Result<(), GroupError> {
        setting::set(&self.session()?.core, id.into(), timer).await
    }

    /// Sets for our messages what a line of the timeline says somebody has set for theirs.
    ///
    /// # Errors
    /// As [`setting::follow`].
    pub async fn follow_timer(&self, key: MessageKey) -> Result<(), GroupError> {
        setting::follow(&self.session()?.core, key).await
    }
}
