//! What somebody may do, and what may happen to them.

use nous_api::{account, conversations, message_requests};
use nous_localnet::{Effect, Fault, Level};

use super::{NAMES, Story};

impl Story {
    /// Something happens; answers what, for whoever reads why a test failed.
    pub(super) async fn act(&mut self) -> String {
        let (device, other) = self.pair();
        match self.below(24) {
            0..=3 => {
                if self.is_blocked(device, other).await {
                    return format!("device {device} may not write to {}", NAMES[other + 1]);
                }
                let text = self.text();
                self.told.insert((0, other + 1));
                self.devices[device].write(&self.others[other].id, &text).await;
                format!("device {device} writes to {}", NAMES[other + 1])
            }
            4..=7 => {
                let text = self.text();
                self.told.insert((other + 1, 0));
                let alice = self.devices[0].id.clone();
                self.others[other].write(&alice, &text).await;
                format!("{} writes to Alice", NAMES[other + 1])
            }
            8..=15 => self.decide(device, other).await,
            16 => {
                let name = format!("Alice {}", self.below(9));
                let set = account::set_display_name(&self.devices[device].app, name);
                set.await.expect("a name");
                format!("device {device} renames itself")
            }
            17..=19 => self.disturb().await,
            20 => {
                self.kill(device).await;
                format!("device {device} is killed")
            }
            21 => {
                let person = self.devices.remove(device);
                self.devices.insert(device, person.restart().await);
                format!("device {device} starts again")
            }
            22 => {
                let other = self.others.remove(other);
                self.others.push(other.restart().await);
                self.others
                    .sort_by_key(|other| NAMES.iter().position(|name| other.is_called(name)));
                "one of the others starts again".to_owned()
            }
            _ => {
                // With nodes that are down there may be no answer.
                let _ = self.devices[device].app.poll_once().await;
                format!("device {device} polls")
            }
        }
    }

    async fn is_blocked(&self, device: usize, other: usize) -> bool {
        let id = nous_api::ids::ConversationId(self.others[other].id.clone());
        let rows = conversations::get_conversations(&self.devices[device].app, vec![id]).await;
        rows.expect("rows").iter().any(|row| row.is_blocked)
    }

    /// Something that all devices of the account must know.
    async fn decide(&mut self, device: usize, other: usize) -> String {
        let kind = self.below(9);
        let deletes = matches!(kind, 2 | 6 | 7);
        if deletes {
            // A config is no log: who writes before the others heard of a deletion undoes it for
            // them, and they keep what was written before. So they hear of it first.
            self.settle().await;
        }
        let person = &self.devices[device];
        let id = nous_api::ids::ConversationId(self.others[other].id.clone());
        let known = conversations::get_conversations(&person.app, vec![id.clone()]).await;
        let Some(row) = known.expect("rows").pop() else {
            return format!("device {device} does not know {}", NAMES[other + 1]);
        };
        if kind > 4 && (row.is_approved || row.is_blocked || !row.has_approved_me) {
            return format!("no request of {} waits on device {device}", NAMES[other + 1]);
        }
        let (done, what) = match kind {
            0 => (conversations::set_pinned(&person.app, id, true).await, "pins"),
            1 => (conversations::set_pinned(&person.app, id, false).await, "unpins"),
            2 => (
                conversations::delete_conversation(&person.app, id).await,
                "deletes the conversation with",
            ),
            5 | 8 => {
                self.told.insert((0, other + 1));
                let accepted = message_requests::accept_request(&person.app, id).await;
                (accepted.map(drop), "accepts the request of")
            }
            6 => (
                message_requests::decline_request(&person.app, id).await,
                "declines the request of",
            ),
            7 => (
                message_requests::block_request(&person.app, id).await,
                "blocks the request of",
            ),
            _ => (conversations::mark_read(&person.app, id).await, "reads"),
        };
        done.expect("a change");
        if deletes {
            self.settle().await;
        }
        format!("device {device} {what} {}", NAMES[other + 1])
    }

    /// A node fails, or all work again.
    async fn disturb(&mut self) -> String {
        let control = self.scene.control();
        let nodes = control.nodes().len();
        let node = self.below(nodes);
        match self.below(6) {
            0 => {
                control.stop(node).await.expect("a node that stops");
                format!("node {node} stops")
            }
            1 => {
                control.add_fault(node, Fault::new(Level::Destination, Effect::Garbage).times(3));
                format!("node {node} answers garbage")
            }
            2 => {
                control.add_fault(node, Fault::new(Level::Path, Effect::Drop).times(3));
                format!("node {node} drops connections")
            }
            3 => {
                let fault = Fault::new(Level::Destination, Effect::Cut).method("store");
                control.add_fault(node, fault.times(2));
                format!("answers of node {node} are lost")
            }
            _ => {
                control.clear_all_faults();
                control.start_all().await.expect("nodes that start");
                "all nodes work".to_owned()
            }
        }
    }
}
