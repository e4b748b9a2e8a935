//! The list of contacts and what is decided about one of them, and about Note to Self.

use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::config::fields::{MUTED_FOR_GOOD, NotifyMode};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::identity::received_name;
use nous_protocol::time::Timestamp;
use nous_storage::contacts::{self, ContactPlace, Which};
use nous_storage::conversations::{self, Approval};
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::groups::members;
use nous_storage::people::{self, Person};

use super::Client;
use crate::config_sync::kept;
use crate::error::ClientError;
use crate::groups::leaving;
use crate::send;

/// For how long a conversation is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// Not at all.
    Off,
    /// From now on for so long.
    For(Duration),
    /// Until then.
    Until(Timestamp),
    /// Until it is turned on again.
    Always,
}

impl Mute {
    /// Until when, in seconds since 1970; 0 for not at all.
    fn until_s(self, now: Timestamp) -> i64 {
        let until = match self {
            Self::Off => return 0,
            Self::Always => return MUTED_FOR_GOOD,
            Self::For(time) => now + time,
            Self::Until(at) => at,
        };
        // Not a moment less than was asked for.
        let seconds = until.as_ms().saturating_add(999) / 1_000;
        if until <= now {
            0
        } else {
            seconds.clamp(0, MUTED_FOR_GOOD - 1)
        }
    }
}

/// Somebody, for the page that shows all about them.
#[derive(Debug, Clone)]
pub struct ContactDetails {
    /// Who, and what is decided about them.
    pub person: Person,
    /// Names of the groups in which they are too, as far as this device knows.
    pub common_groups: Vec<String>,
}

impl Client {
    /// A page of people in the order of their names. `filter`: the beginning of a word of the
    /// name, or of the account ID.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn contacts(
        &self,
        which: Which,
        after: Option<ContactPlace>,
        filter: String,
        limit: u32,
    ) -> Result<Vec<(ContactPlace, Person)>, ClientError> {
        let own = self.own_id()?;
        let db = self.db()?;
        let page = db.read(move |reader| contacts::page(reader, &own, which, after.as_ref(), &filter, limit));
        Ok(page.await?)
    }

    /// All about a person.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`] if they are not known here, or what the database said.
    pub async fn contact(&self, account: AccountId) -> Result<ContactDetails, ClientError> {
        let db = self.db()?;
        let found = db.read(move |reader| {
            let Some((_, person)) = people::find(reader, &account)? else {
                return Ok(None);
            };
            let common_groups = common_groups(reader, &account)?;
            Ok(Some(ContactDetails {
                person,
                common_groups,
            }))
        });
        found.await?.ok_or(ClientError::NoConversation)
    }

    /// What concerns another person or a group, not Note to Self.
    fn other(&self, id: impl Into<ConversationId>) -> Result<ConversationId, ClientError> {
        let id = id.into();
        if id == self.own_id()? {
            return Err(ClientError::NoConversation);
        }
        Ok(id)
    }

    /// Sets what may disturb, on all devices.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], also for Note to Self; or what the database said.
    pub async fn set_notify(
        &self,
        id: impl Into<ConversationId>,
        mode: NotifyMode,
    ) -> Result<(), ClientError> {
        let id = self.other(id)?;
        self.change_shared(id, move |writer, key| contacts::set_notify(writer, key, mode))
            .await
    }

    /// Mutes, on all devices.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], also for Note to Self; or what the database said.
    pub async fn set_mute(&self, id: impl Into<ConversationId>, mute: Mute) -> Result<(), ClientError> {
        let until_s = mute.until_s(self.now());
        self.change_shared(self.other(id)?, move |writer, key| {
            contacts::set_mute(writer, key, until_s)
        })
        .await
    }

    /// Sets how far above the others a conversation stands: 0 normal, more: pinned, higher is
    /// nearer the top.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn set_priority(
        &self,
        id: impl Into<ConversationId>,
        priority: u32,
    ) -> Result<(), ClientError> {
        self.change_shared(id, move |writer, key| {
            people::set_priority(writer, key, priority.into())
        })
        .await
    }

    /// Deletes the messages of a conversation, which stays in the list, on all devices, of a group on
    /// this one; what waited there is cancelled.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn clear_messages(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        let (core, id) = (self.session()?.core, id.into());
        let is_cleared = match id {
            ConversationId::Person(account) => send::clear(&core, account).await?,
            ConversationId::Group(group) => leaving::clear(&core, group).await?,
        };
        self.announce_deletion(id, is_cleared)
    }

    /// Takes Note to Self out of the list, or puts it there, on all devices. Its messages stay.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn set_note_hidden(&self, is_hidden: bool) -> Result<(), ClientError> {
        let own = self.own_id()?;
        let now = self.now();
        self.db()?
            .write(move |writer| conversations::ensure(writer, own, now))
            .await?;
        let priority = if is_hidden { -1 } else { 0 };
        self.change_shared(own, move |writer, key| {
            conversations::approve(writer, key, Approval::Ours)?;
            people::set_priority(writer, key, priority)
        })
        .await
    }
}

/// Names of the groups whose members this device knows and who has this person among them.
fn common_groups(reader: &Reader<'_>, account: &AccountId) -> Result<Vec<String>, StorageError> {
    let groups: UserGroups = kept::load(reader)?;
    let mut names: Vec<String> = groups
        .legacy_groups()
        .filter(|group| group.members.contains(account) || group.admins.contains(account))
        .filter_map(|group| received_name(&group.name))
        .collect();
    names.extend(members::groups_of(reader, account)?);
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_500);

    #[test]
    fn a_mute_lasts_as_long_as_was_asked_for() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(Mute::For(hour).until_s(NOW), 1_800_003_601);
        assert_eq!(Mute::Until(NOW).until_s(NOW), 0);
        assert_eq!(Mute::Off.until_s(NOW), 0);
        assert_eq!(Mute::Always.until_s(NOW), MUTED_FOR_GOOD);
        let far = Mute::Until(Timestamp::from_ms(i64::MAX));
        assert_eq!(far.until_s(NOW), MUTED_FOR_GOOD - 1);
    }
}
