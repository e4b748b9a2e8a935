//! How the groups stand on everybody's device, and whether they all have come to rest.

use std::collections::{BTreeMap, BTreeSet};

use nous_api::ids::ConversationId;
use nous_api::requests::{Anchor, ListMessagesRequest};
use nous_api::rows::{MemberState, SyncPhase};
use nous_api::{groups, messages, network, sync};
use nous_protocol::account::GroupId;

use super::book::{Place, Seat, Seen};
use super::{NAMES, SPOKEN, Story};
use crate::person::{Person, text_of};

/// A group as somebody sees it who can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct View {
    shared: Shared,
    /// As far as this device knows it.
    members: BTreeMap<String, MemberState>,
    is_admin: bool,
    /// Something is to be stored, or to be done.
    is_busy: bool,
}

/// What all who are in a group must agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shared {
    name: Option<String>,
    description: String,
    generation: Option<u32>,
    /// Whether each is an admin.
    roles: BTreeMap<String, bool>,
}

/// How everything stands once it is quiet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Standing {
    pub(super) places: BTreeMap<Seat, Place>,
    pub(super) admins: BTreeSet<Seat>,
    /// By group.
    shared: Vec<Shared>,
}

/// A group on somebody's device; `None` for whom it has no key.
async fn view(person: &Person, id: &ConversationId) -> Option<View> {
    let rows = groups::list_group_sync(&person.app).await;
    let mut rows = rows.expect("how groups stand").into_iter();
    let row = rows
        .find(|row| row.conversation == *id)
        .filter(|row| row.keys > 0)?;
    // It may have been left in between.
    let details = groups::get_group(&person.app, id.clone()).await.ok()?;
    let members: BTreeMap<String, MemberState> = details
        .members
        .into_iter()
        .filter(|member| member.state != MemberState::Proposed)
        .map(|member| (member.account_id, member.state))
        .collect();
    let is_admin = |state: &MemberState| {
        matches!(
            state,
            MemberState::Admin
                | MemberState::PromotionSending
                | MemberState::PromotionSent
                | MemberState::PromotionFailed
        )
    };
    let roles = members.iter().map(|(id, state)| (id.clone(), is_admin(state)));
    Some(View {
        shared: Shared {
            name: details.name,
            description: details.description,
            generation: row.generation,
            roles: roles.collect(),
        },
        members,
        is_admin: details.is_admin,
        is_busy: row.is_push_due || row.has_tasks,
    })
}

/// Whether somebody can read a group.
pub(super) async fn can_read(person: &Person, id: &ConversationId) -> bool {
    view(person, id).await.is_some()
}

/// Whether somebody has a text among the newest of a group.
pub(super) async fn has_lately(person: &Person, id: &ConversationId, text: &str) -> bool {
    let request = ListMessagesRequest {
        conversation: id.clone(),
        anchor: Anchor::Latest,
        limit: 100,
    };
    let page = messages::list_messages(&person.app, request).await;
    page.is_ok_and(|page| page.rows.iter().any(|row| text_of(row) == text))
}

impl Story {
    /// How everything stands, or why it is not quiet.
    pub(super) async fn standing(&self) -> Result<Standing, String> {
        for (who, person) in &self.people {
            let link = network::get_connectivity(&person.app).await;
            let waiting = link.expect("how the network stands").waiting;
            if waiting > 0 {
                return Err(format!("{} has {waiting} messages to send", NAMES[*who]));
            }
        }
        let mut standing = Standing::default();
        for group in 0..self.groups.len() {
            self.standing_of(group, &mut standing).await?;
        }
        Ok(standing)
    }

    async fn standing_of(&self, group: usize, standing: &mut Standing) -> Result<(), String> {
        let mut views = BTreeMap::new();
        for (who, person) in &self.people {
            if let Some(view) = view(person, &self.groups[group]).await {
                views.insert(*who, view);
            }
        }
        let of = |who: usize, what: &str| Err(format!("{} in group {group}: {what}", NAMES[who]));
        let admins: Vec<&View> = views.values().filter(|view| view.is_admin).collect();
        let Some(first) = admins.first() else {
            return Err(format!("group {group} has no admin"));
        };
        for (who, view) in &views {
            if view.is_busy {
                return of(*who, "something is left to do");
            }
            if view.shared != first.shared {
                return of(*who, &format!("{:?}, not {:?}", view.shared, first.shared));
            }
            if view.is_admin && view.members != first.members {
                return of(*who, &format!("{:?}, not {:?}", view.members, first.members));
            }
        }
        for (who, id) in self.ids.iter().enumerate() {
            let (state, can_read) = (first.members.get(id), views.contains_key(&who));
            let place = match (state, can_read) {
                (None, false) => Place::Out,
                (Some(MemberState::InvitationSent), false) => Place::Invited,
                (Some(MemberState::Joined | MemberState::Admin), true) => Place::In,
                (state, true) => return of(who, &format!("reads, and is {state:?}")),
                (state, false) => return of(who, &format!("cannot read, and is {state:?}")),
            };
            standing.places.insert((group, who), place);
            if state == Some(&MemberState::Admin) {
                standing.admins.insert((group, who));
            }
        }
        standing.shared.push(first.shared.clone());
        Ok(())
    }

    /// Whose apps have something left to do for a group that they can read.
    pub(super) async fn busy(&self) -> Vec<Seat> {
        let mut busy = Vec::new();
        for (group, id) in self.groups.iter().enumerate() {
            for (who, person) in &self.people {
                if view(person, id).await.is_some_and(|view| view.is_busy) {
                    busy.push((group, *who));
                }
            }
        }
        busy
    }

    /// Whether all who can read a group have this text.
    pub(super) async fn is_read(&self, group: usize, text: &str) -> bool {
        let id = &self.groups[group];
        for person in self.people.values() {
            if !has_lately(person, id, text).await && can_read(person, id).await {
                return false;
            }
        }
        true
    }

    /// Whose account has not stored everything that their devices share; `None`: all have.
    pub(super) async fn unshared(&self) -> Option<String> {
        for (who, person) in &self.people {
            let all = sync::get_sync_status(&person.app).await.expect("configs");
            let is_clean = all.len() == 4 && all.iter().all(|row| row.state == SyncPhase::Clean);
            if !is_clean {
                return Some(format!("{} has not stored {all:?}", NAMES[*who]));
            }
        }
        None
    }

    /// What everybody sees of what was said, wherever they are.
    pub(super) async fn seen(&self) -> Seen {
        let mut seen = Seen::new();
        for (group, id) in self.groups.iter().enumerate() {
            for (who, person) in &self.people {
                let texts: &mut BTreeMap<String, u32> = seen.entry((group, *who)).or_default();
                for row in person.timeline(&id.0).await {
                    let text = text_of(&row);
                    if text.starts_with(SPOKEN) {
                        *texts.entry(text).or_default() += 1;
                    }
                }
            }
        }
        seen
    }

    /// Where a message is that somebody does not have, for whoever reads why a story failed: how
    /// its author knows it, which nodes hold it, how the group stands with who misses it.
    pub(super) async fn whereabouts(&self, who: usize, place: usize) -> String {
        let said = &self.book.said[place];
        let id = &self.groups[said.group];
        let info = messages::get_message_info(&self.people[&said.author].app, said.id.clone()).await;
        let hash = info.as_ref().ok().and_then(|info| info.server_hash.clone());
        let group = GroupId::from_hex(&id.0).expect("a group's ID").into();
        let control = self.scene.control();
        let swarm = control.swarm_of(&group);
        let stored = control.stored(&group).into_iter();
        let held: Vec<usize> = stored
            .filter(|row| Some(&row.hash) == hash.as_ref())
            .map(|row| row.node)
            .collect();
        let rows = groups::list_group_sync(&self.people[&who].app).await;
        let row = rows.map(|rows| rows.into_iter().find(|row| row.conversation == *id));
        format!("info {info:?}\nthe swarm is {swarm:?}, held by {held:?}\nwho misses it: {row:?}")
    }

    /// How every group stands with everybody, and what nodes hold, for whoever reads why a story
    /// failed.
    pub(super) async fn all_rows(&self) -> String {
        let mut lines = Vec::new();
        for (who, person) in &self.people {
            let rows = groups::list_group_sync(&person.app).await;
            for row in rows.into_iter().flatten() {
                let details = groups::get_group(&person.app, row.conversation.clone()).await;
                let trouble = details.map(|details| (details.standing, details.trouble));
                lines.push(format!("{} {trouble:?} {row:?}", NAMES[*who]));
            }
        }
        let control = self.scene.control();
        for id in &self.groups {
            let group = GroupId::from_hex(&id.0).expect("a group's ID").into();
            let mut counts: BTreeMap<(usize, i16), u32> = BTreeMap::new();
            for row in control.stored(&group) {
                *counts.entry((row.node, row.namespace.0)).or_default() += 1;
            }
            lines.push(format!("{} {counts:?}", id.0));
        }
        format!("now {}\n{}", control.now_ms(), lines.join("\n"))
    }
}
