//! What happens to people and to the network: requests to answer, apps that end, nodes that fail.

use nous_api::requests::ListRequestsRequest;
use nous_api::{ErrorCode, groups, message_requests};
use nous_localnet::{Effect, Fault, Level, Transfer};

use super::book::Place;
use super::deeds::{Deed, What};
use super::{NAMES, Story};
use crate::child::Child;

/// The most nodes that are down at once, of nine in three swarms.
const MOST_DOWN: usize = 3;
/// Steps of whoever has something to send and to read.
const SENDING: [&str; 12] = [
    "send.begun",
    "send.sealed",
    "send.storing",
    "send.stored",
    "send.committing",
    "send.committed",
    "group.fetched",
    "group.taking",
    "group.taken",
    "group.messages",
    "group.opened",
    "group.said",
];
/// Steps of admins, whatever they change; then those of who adds, and of who removes.
const CHANGING: [&str; 6] = [
    "group.edited",
    "group.sealed",
    "group.stored",
    "group.confirming",
    "group.confirmed",
    "group.pushed",
];
const INVITING: [&str; 3] = ["group.sealed", "group.invited", "group.inviteNoted"];
const REMOVING: [&str; 3] = ["group.removing", "group.shutOut", "group.removed"];

/// What a process does until it is killed.
struct Death {
    step: &'static str,
    command: Vec<String>,
}

impl Story {
    /// Somebody who was asked into a group says yes or no; `None` if nobody was asked.
    pub(super) async fn answer(&mut self) -> Option<String> {
        let first = self.below(self.ids.len());
        for turn in 0..self.ids.len() {
            let who = (first + turn) % self.ids.len();
            let request = ListRequestsRequest {
                cursor: None,
                limit: 100,
            };
            let listed = message_requests::list_requests(&self.people[&who].app, request).await;
            // What was listed may be gone when its details are looked up.
            let rows = listed.map_or_else(|_| Vec::new(), |page| page.rows);
            let asked = rows.into_iter().find(|row| row.group.is_some());
            let Some(row) = asked else { continue };
            let group = self.groups.iter().position(|id| *id == row.id)?;
            self.book.touch((group, who));
            let is_yes = self.below(4) > 0;
            let app = &self.people[&who].app;
            let done = if is_yes {
                message_requests::accept_request(app, row.id).await.map(drop)
            } else {
                // What they had from before goes too.
                self.book.erase((group, who));
                message_requests::decline_request(app, row.id).await
            };
            match done {
                Err(error) if error.code != ErrorCode::RequestNotFound => {
                    self.fail(&format!("{} cannot answer: {error:?}", NAMES[who]))
                }
                _ => {}
            }
            let word = if is_yes { "accept" } else { "decline" };
            self.count(word);
            return Some(format!("{} in group {group}: {word}", NAMES[who]));
        }
        None
    }

    /// Somebody ends the app and starts it again.
    pub(super) async fn restart(&mut self) -> String {
        let who = self.below(self.ids.len());
        let person = self.people.remove(&who).expect("somebody");
        self.people.insert(who, person.restart().await);
        self.count("restart");
        format!("{} starts again", NAMES[who])
    }

    /// Somebody's process dies at some step of what it does, while another writes.
    pub(super) async fn kill(&mut self) -> String {
        let who = self.below(self.ids.len());
        let groups = 0..self.groups.len();
        let homes: Vec<usize> = groups
            .filter(|group| self.book.at(*group, Place::In).contains(&who))
            .collect();
        // So there is something to send.
        for _ in 0..2 {
            if let Some(group) = self.pick(&homes) {
                let what = What::Write(self.text());
                self.carry_out(Deed { who, group, what }).await;
            }
        }
        let death = self.death(who).await;
        let person = self.people.remove(&who).expect("somebody");
        person.app.shutdown().await;
        let child = Child::of(&self.scene, NAMES[who]);
        let command: Vec<&str> = death.command.iter().map(String::as_str).collect();
        let meanwhile = self.writing();
        self.note(&meanwhile);
        let ((), written) = tokio::join!(
            Box::pin(child.risk(death.step, &command)),
            Box::pin(self.perform(&meanwhile))
        );
        self.keep(meanwhile, written);
        self.people.insert(who, person.restart().await);
        self.count("kill");
        format!("{} is killed at {} of {command:?}", NAMES[who], death.step)
    }

    /// At which step of what somebody dies.
    async fn death(&mut self, who: usize) -> Death {
        if self.below(2) == 0
            && let Some(death) = self.death_of_admin(who).await
        {
            return death;
        }
        Death {
            step: SENDING[self.below(SENDING.len())],
            command: vec!["stay".to_owned()],
        }
    }

    /// In the middle of a change; `None` for who cannot make one. It may be done or not: so it is
    /// noted as if it were.
    async fn death_of_admin(&mut self, who: usize) -> Option<Death> {
        let groups = 0..self.groups.len();
        let led: Vec<usize> = groups
            .filter(|group| self.book.leaders(*group).contains(&who))
            .collect();
        let group = self.pick(&led)?;
        let id = self.groups[group].clone();
        let details = groups::get_group(&self.people[&who].app, id).await;
        let name = details.ok()?.name?;
        let (members, outside) = (
            self.book.free(group, Place::In),
            self.book.free(group, Place::Out),
        );
        let mut steps = CHANGING.to_vec();
        let (verb, what) = match self.below(8) {
            0 | 1 => {
                let (whom, with_history) = (self.pick(&outside)?, true);
                steps.extend(INVITING);
                ("group-add", What::Add { whom, with_history })
            }
            turn @ 2..=4 => {
                let (whom, with_messages) = (self.pick(&members)?, turn == 2);
                steps.extend(REMOVING);
                let verb = if with_messages {
                    "group-remove"
                } else {
                    "group-remove-only"
                };
                (verb, What::Remove { whom, with_messages })
            }
            5 => {
                let whom = self.pick(&members)?;
                steps.extend(INVITING);
                ("group-promote", What::Promote { whom })
            }
            _ => ("group-change", What::Rename(self.name_of(group))),
        };
        let mut command = vec![verb.to_owned(), name];
        match &what {
            What::Rename(new) => {
                let timer = "0".to_owned();
                command.extend([new.clone(), self.name_of(group), timer]);
            }
            What::Add { whom, .. } | What::Remove { whom, .. } | What::Promote { whom } => {
                command.push(self.ids[*whom].clone());
            }
            other => unreachable!("nobody dies of {other:?}"),
        }
        self.note(&Deed { who, group, what });
        let step = steps[self.below(steps.len())];
        Some(Death { step, command })
    }

    /// A node fails, or all work again.
    pub(super) async fn disturb(&mut self) -> String {
        let control = self.scene.control();
        let node = self.below(control.nodes().len());
        match self.below(7) {
            0..=2 if self.down.len() < MOST_DOWN => {
                control.stop(node).await.expect("a node that stops");
                self.down.insert(node);
                self.behind.insert(node);
                self.count("node stops");
                format!("node {node} stops")
            }
            3 => {
                control.add_fault(node, Fault::new(Level::Destination, Effect::Garbage).times(3));
                self.count("node fails");
                format!("node {node} answers garbage")
            }
            4 => {
                control.add_fault(node, Fault::new(Level::Path, Effect::Drop).times(3));
                self.count("node fails");
                format!("node {node} drops connections")
            }
            5 => {
                let fault = Fault::new(Level::Destination, Effect::Cut).method("store");
                control.add_fault(node, fault.times(2));
                self.count("node fails");
                format!("answers of node {node} are lost")
            }
            _ => {
                self.restore().await;
                "all nodes work".to_owned()
            }
        }
    }

    /// All nodes work again. Those that were away get what their swarm holds, as real ones do;
    /// who was shut out or let in meanwhile they do not learn.
    pub(super) async fn restore(&mut self) {
        let control = self.scene.control();
        control.clear_all_faults();
        control.start_all().await.expect("nodes that start");
        self.down.clear();
        for node in std::mem::take(&mut self.behind) {
            let transfer = Transfer {
                revocations: false,
                ..Transfer::default()
            };
            control.fill_from_swarm(node, transfer).expect("a node");
        }
    }
}
