//! Groups, and communities that are kept.

use std::collections::BTreeMap;

use nous_protocol::account::{AccountId, ConversationId, GroupId};
use nous_storage::conversations::{self, Conversation};
use nous_storage::groups::details::{self, GroupDetails};
use nous_storage::groups::members::{self, MemberRow};
use nous_storage::kept_groups::{self, KeptGroup};
use nous_storage::{account, names};

use super::Client;
use crate::error::ClientError;
use crate::groups::create::{self, NewGroup};
use crate::groups::error::GroupError;
use crate::groups::facts::{self, FactsChange};
use crate::groups::people::{self, Added, MemberAction, Newcomer};
use crate::groups::picture::{self, GroupPictureError};
use crate::groups::status::{self, GroupStatus};
use crate::groups::words::GroupWords;
use crate::groups::{leaving, reconnect};
use crate::pictures::process::{Crop, in_pool};

/// All about a group.
#[derive(Debug, Clone)]
pub struct GroupPage {
    /// Its row of the list.
    pub row: Conversation,
    /// What it says of itself, and how we stand to it.
    pub details: GroupDetails,
    /// Who is in it, and whom we asked admins to add.
    pub members: Vec<MemberRow>,
}

impl Client {
    /// Communities and groups of the old kind, pinned first, then by name.
    ///
    /// # Errors
    /// What the database said.
    pub async fn kept_groups(&self) -> Result<Vec<KeptGroup>, ClientError> {
        Ok(self.db()?.read(kept_groups::list).await?)
    }

    /// What people are called here. `with_member_names`: who has no name here is called as they
    /// call themselves in groups.
    ///
    /// # Errors
    /// What the database said.
    pub async fn names_of(
        &self,
        people: Vec<AccountId>,
        with_member_names: bool,
    ) -> Result<BTreeMap<AccountId, String>, ClientError> {
        if people.is_empty() {
            return Ok(BTreeMap::new());
        }
        let db = self.db()?;
        let read = db.read(move |reader| {
            let mut called = if with_member_names {
                members::names_of(reader, &people)?
            } else {
                BTreeMap::new()
            };
            called.extend(names::of_people(reader, &people)?);
            Ok(called)
        });
        Ok(read.await?)
    }

    /// What we call ourselves; empty while a restored account's name is not known.
    ///
    /// # Errors
    /// What the database said.
    pub async fn own_name(&self) -> Result<String, ClientError> {
        let own = self.db()?.read(account::load).await?;
        Ok(own.map(|own| own.display_name).unwrap_or_default())
    }

    /// The sentences that are written in our name from now on.
    pub fn set_group_words(&self, words: GroupWords) {
        self.inner.words.set(words);
    }

    /// Makes a group.
    ///
    /// # Errors
    /// As [`create::create`].
    pub async fn create_group(&self, mut new: NewGroup) -> Result<GroupId, GroupError> {
        let core = self.session()?.core;
        let own_name = self.own_name().await?;
        new.people = self.newcomers(new.people).await?;
        create::create(&core, &own_name, new).await
    }

    /// Makes a group with a staged picture.
    ///
    /// # Errors
    /// As [`create::create_with_picture`]; then nothing was made.
    pub async fn create_group_with_picture(
        &self,
        mut new: NewGroup,
        (staged, crop): (String, Option<Crop>),
    ) -> Result<GroupId, GroupPictureError> {
        let core = self.session().map_err(GroupError::from)?.core;
        let opened = self.inner.staged.get(&staged)?;
        let finished = in_pool(&core.cpu, move || opened.finish(crop)).await?;
        let own_name = self.own_name().await.map_err(GroupError::from)?;
        new.people = self.newcomers(new.people).await.map_err(GroupError::from)?;
        let picture = (finished, self.picture_form());
        let id = create::create_with_picture(&core, &own_name, new, picture).await?;
        self.inner.staged.clear();
        Ok(id)
    }

    /// With the names that they gave themselves, as far as we know them: others see these.
    async fn newcomers(&self, people: Vec<Newcomer>) -> Result<Vec<Newcomer>, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            let named = people.into_iter().map(|(id, name)| {
                let told = nous_storage::people::find(reader, &id)?
                    .map(|(_, person)| person.told_name().to_owned())
                    .filter(|told| !told.is_empty());
                Ok((id, told.unwrap_or(name)))
            });
            named.collect::<Result<Vec<_>, _>>()
        });
        Ok(read.await?)
    }

    /// All about a group.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`] if it is not here, or what the database said.
    pub async fn group(&self, id: GroupId) -> Result<GroupPage, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            let ids = [ConversationId::from(id)];
            let Some(row) = conversations::by_ids(reader, &ids)?.pop() else {
                return Ok(None);
            };
            let Some(details) = details::load(reader, row.key)? else {
                return Ok(None);
            };
            let members = members::list(reader, row.key)?;
            Ok(Some(GroupPage {
                row,
                details,
                members,
            }))
        });
        read.await?.ok_or(ClientError::NoConversation)
    }

    /// Changes what a group says of itself.
    ///
    /// # Errors
    /// As [`facts::change`].
    pub async fn change_group(&self, id: GroupId, change: FactsChange) -> Result<(), GroupError> {
        facts::change(&self.session()?.core, id, change).await
    }

    /// Takes a staged picture as a group's, or takes its picture away.
    ///
    /// # Errors
    /// As [`picture::choose`] and [`picture::remove`].
    pub async fn set_group_picture(
        &self,
        id: GroupId,
        staged: Option<(String, Option<Crop>)>,
    ) -> Result<(), GroupPictureError> {
        let core = self.session().map_err(GroupError::from)?.core;
        let Some((staged, crop)) = staged else {
            return Ok(picture::remove(&core, id).await?);
        };
        let opened = self.inner.staged.get(&staged)?;
        let finished = in_pool(&core.cpu, move || opened.finish(crop)).await?;
        picture::choose(&core, id, finished, self.picture_form()).await?;
        self.inner.staged.clear();
        Ok(())
    }

    /// Adds people, or asks admins to.
    ///
    /// # Errors
    /// As [`people::add`].
    pub async fn add_members(
        &self,
        id: GroupId,
        people: Vec<AccountId>,
        with_history: bool,
    ) -> Result<Added, GroupError> {
        let core = self.session()?.core;
        let unnamed = people.into_iter().map(|id| (id, String::new())).collect();
        let newcomers = self.newcomers(unnamed).await?;
        people::add(&core, id, newcomers, with_history).await
    }

    /// Does something with members.
    ///
    /// # Errors
    /// As [`people::act`].
    pub async fn act_on_members(
        &self,
        id: GroupId,
        people: Vec<AccountId>,
        action: MemberAction,
    ) -> Result<(), GroupError> {
        people::act(&self.session()?.core, id, people, action).await
    }

    /// Leaves a group, or ends it for everybody.
    ///
    /// # Errors
    /// As [`leaving::leave`] and [`leaving::destroy`].
    pub async fn leave_group(&self, id: GroupId, for_everybody: bool) -> Result<(), GroupError> {
        let core = self.session()?.core;
        if for_everybody {
            leaving::destroy(&core, id).await
        } else {
            leaving::leave(&core, id).await
        }
    }

    /// Forgets a group that is over for us.
    ///
    /// # Errors
    /// As [`leaving::forget`].
    pub async fn forget_group(&self, id: GroupId) -> Result<(), ClientError> {
        leaving::forget(&self.session()?.core, id).await
    }

    /// Asks for a group's keys again, of nodes first, then of admins' apps.
    ///
    /// # Errors
    /// As [`reconnect::begin`].
    pub async fn reconnect_group(&self, id: GroupId) -> Result<(), GroupError> {
        reconnect::begin(&self.session()?.core, id).await
    }

    /// Asks whoever invited us, and admins, for a new invitation.
    ///
    /// # Errors
    /// As [`reconnect::ask_for_invitation`].
    pub async fn ask_for_invitation(&self, id: GroupId) -> Result<(), GroupError> {
        reconnect::ask_for_invitation(&self.session()?.core, id).await
    }

    /// How each group stands with its swarm.
    ///
    /// # Errors
    /// What the database said.
    pub async fn group_statuses(&self) -> Result<Vec<GroupStatus>, ClientError> {
        status::all(&self.session()?.core).await
    }
}
