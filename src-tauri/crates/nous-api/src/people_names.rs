//! What people are called in rows.

use std::collections::BTreeMap;

use nous_client::groups::rules::mentioned;
use nous_client::protocol::account::{AccountId, ConversationId};
use nous_client::storage::conversations::Conversation;
use nous_client::storage::messages::{GroupEvent as KeptEvent, Message};

use crate::app::App;
use crate::errors::ApiError;
use crate::ids::PictureId;
use crate::rows::{GroupEvent, PersonRef};
use crate::settings::get_settings;

/// Names and pictures of the people of some rows.
#[derive(Debug)]
pub(crate) struct PeopleNames {
    own: AccountId,
    names: BTreeMap<AccountId, String>,
    pictures: BTreeMap<ConversationId, String>,
}

impl PeopleNames {
    async fn of(app: &App, mut people: Vec<AccountId>, with_pictures: bool) -> Result<Self, ApiError> {
        let own = app.client.own_id()?;
        people.sort();
        people.dedup();
        let mut pictures = BTreeMap::new();
        if with_pictures && !people.is_empty() {
            let ids = people.iter().copied().map(ConversationId::from).collect();
            pictures = app.client.pictures_of(ids).await?;
        }
        let is_about_us = people.contains(&own);
        let mut names = if people.is_empty() {
            BTreeMap::new()
        } else {
            let with_member_names = get_settings(app).await?.member_names;
            app.client.names_of(people, with_member_names).await?
        };
        if is_about_us {
            let name = app.client.own_name().await?;
            names.extend(Some(name).filter(|name| !name.is_empty()).map(|name| (own, name)));
        }
        Ok(Self { own, names, pictures })
    }

    /// Of these people.
    pub(crate) async fn of_people(app: &App, people: Vec<AccountId>) -> Result<Self, ApiError> {
        Self::of(app, people, true).await
    }

    /// Of whom rows of the list name.
    pub(crate) async fn of_list(app: &App, rows: &[Conversation]) -> Result<Self, ApiError> {
        let named = rows.iter().filter(|row| row.group.is_some());
        let last = named.filter_map(|row| row.last_message.as_ref());
        let people = last.flat_map(|last| {
            let event = last.event.iter().flat_map(|event| event.people().to_vec());
            let mentions = mentioned(&last.preview);
            [last.author].into_iter().chain(event).chain(mentions)
        });
        Self::of(app, people.collect(), false).await
    }

    /// Of whom messages name, where they are of groups; and everywhere of those whom they answer, and
    /// who react to them.
    pub(crate) async fn of_messages(app: &App, messages: &[Message]) -> Result<Self, ApiError> {
        let in_groups = messages.iter().filter(|message| message.peer.group().is_some());
        let people = in_groups.flat_map(|message| {
            let event = message.event.iter().flat_map(|event| event.people().to_vec());
            let quoted = message.quote.iter().flat_map(|quoted| mentioned(&quoted.preview));
            [message.author]
                .into_iter()
                .chain(event)
                .chain(mentioned(&message.body))
                .chain(quoted)
        });
        let answered = messages
            .iter()
            .filter_map(|message| Some(message.quote.as_ref()?.quote.author));
        let reactions = messages.iter().flat_map(|message| &message.reactions);
        let reacting = reactions.flat_map(|reaction| reaction.people.iter().copied());
        Self::of(app, people.chain(answered).chain(reacting).collect(), true).await
    }

    /// Us.
    pub(crate) const fn own(&self) -> &AccountId {
        &self.own
    }

    /// What somebody is called.
    pub(crate) fn name(&self, id: &AccountId) -> Option<String> {
        self.names.get(id).cloned()
    }

    /// Somebody's picture.
    pub(crate) fn picture(&self, id: &AccountId) -> Option<PictureId> {
        self.pictures.get(&(*id).into()).cloned().map(PictureId)
    }

    /// Somebody, as rows name them.
    pub(crate) fn person(&self, id: &AccountId) -> PersonRef {
        PersonRef {
            account_id: id.to_string(),
            name: self.name(id),
            is_self: *id == self.own,
        }
    }

    fn people(&self, ids: &[AccountId]) -> Vec<PersonRef> {
        ids.iter().map(|id| self.person(id)).collect()
    }

    /// Whom a text mentions.
    pub(crate) fn mentions(&self, text: &str) -> Vec<PersonRef> {
        self.people(&mentioned(text))
    }

    /// What happened, with names.
    pub(crate) fn event(&self, event: &KeptEvent) -> GroupEvent {
        match event {
            KeptEvent::Created => GroupEvent::Created,
            KeptEvent::Invited => GroupEvent::Invited,
            KeptEvent::Joined => GroupEvent::Joined,
            KeptEvent::Added { people, with_history } => GroupEvent::Added {
                people: self.people(people),
                with_history: *with_history,
            },
            KeptEvent::Removed { people } => GroupEvent::Removed {
                people: self.people(people),
            },
            KeptEvent::Promoted { people } => GroupEvent::Promoted {
                people: self.people(people),
            },
            KeptEvent::Left => GroupEvent::Left,
            KeptEvent::Named { name } => GroupEvent::Named { name: name.clone() },
            KeptEvent::PictureChanged => GroupEvent::PictureChanged,
            KeptEvent::TimerChanged { seconds } => GroupEvent::TimerChanged { seconds: *seconds },
        }
    }
}
