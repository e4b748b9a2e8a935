//! What somebody may do, and what may happen to them.

use nous_api::ids::ConversationId;
use nous_api::requests::{MuteFor, SetMuteRequest, SetNicknameRequest, SetNotifyRequest, SetSettingsRequest};
use nous_api::rows::NotifyMode;
use nous_api::{ApiError, ErrorCode, account, contacts, conversations, message_requests, settings};
use nous_localnet::{Effect, Fault, Level};

use super::{NAMES, Story};

impl Story {
    /// Something happens; answers what, for whoever reads why a test failed.
    pub(super) async fn act(&mut self) -> String {
        let (device, other) = self.pair();
        match self.below(31) {
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
            8..=13 => self.decide(device, other).await,
            24..=29 => self.arrange(device, other).await,
            14 => {
                let is_hidden = self.below(2) == 0;
                let set = contacts::set_note_hidden(&self.devices[device].app, is_hidden);
                set.await.expect("Note to Self");
                let what = if is_hidden { "hides" } else { "shows" };
                format!("device {device} {what} Note to Self")
            }
            15 => self.allow(device, other).await,
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
            30 => self.read(other).await,
            _ => {
                // With nodes that are down there may be no answer.
                let _ = self.devices[device].app.poll_once().await;
                format!("device {device} polls")
            }
        }
    }

    async fn is_blocked(&self, device: usize, other: usize) -> bool {
        let id = ConversationId(self.others[other].id.clone());
        let rows = conversations::get_conversations(&self.devices[device].app, vec![id]).await;
        rows.expect("rows").iter().any(|row| row.is_blocked)
    }

    /// What belongs to the account, or what one device alone knows: that must change nothing
    /// for the other.
    async fn allow(&mut self, device: usize, other: usize) -> String {
        let request = SetSettingsRequest {
            read_receipts: Some(self.below(2) == 0),
            typing_indicators: Some(self.below(2) == 0),
            ..SetSettingsRequest::default()
        };
        if self.below(2) == 0 {
            let request = SetSettingsRequest {
                community_requests: Some(self.below(2) == 0),
                ..SetSettingsRequest::default()
            };
            let set = settings::set_settings(&self.devices[device].app, request).await;
            set.expect("settings");
            return format!("device {device} decides about communities");
        }
        let (whose, person) = match self.below(2) {
            0 => (format!("device {device}"), &self.devices[device]),
            _ => (NAMES[other + 1].to_owned(), &self.others[other]),
        };
        let set = settings::set_settings(&person.app, request).await;
        set.expect("settings");
        format!("{whose} changes settings")
    }

    /// One of the others reads what Alice wrote; she is told if they allow it.
    async fn read(&self, other: usize) -> String {
        let id = ConversationId(self.devices[0].id.clone());
        // Who never heard of her has nothing to read.
        let _ = conversations::mark_read(&self.others[other].app, id).await;
        format!("{} reads", NAMES[other + 1])
    }

    /// How somebody is arranged on all devices; nobody but them is told.
    async fn arrange(&mut self, device: usize, other: usize) -> String {
        let kind = self.below(8);
        let number = self.below(9);
        let person = &self.devices[device];
        let id = ConversationId(self.others[other].id.clone());
        let known = conversations::get_conversations(&person.app, vec![id.clone()]).await;
        if known.expect("rows").is_empty() {
            return format!("device {device} does not know {}", NAMES[other + 1]);
        }
        let app = &person.app;
        let (done, what): (Result<(), ApiError>, &str) = match kind {
            0 | 1 => {
                let nickname = if number < 2 {
                    String::new()
                } else {
                    format!("Nick {number}")
                };
                let request = SetNicknameRequest {
                    conversation: id,
                    nickname,
                };
                (contacts::set_nickname(app, request).await, "gives a nickname to")
            }
            2 | 3 => {
                let mute = match number {
                    0..=2 => MuteFor::Off,
                    3..=6 => MuteFor::Seconds { seconds: 3_600 },
                    _ => MuteFor::Always,
                };
                let request = SetMuteRequest {
                    conversation: id,
                    mute,
                };
                (contacts::set_mute(app, request).await, "mutes or unmutes")
            }
            4 => {
                let modes = [NotifyMode::All, NotifyMode::None, NotifyMode::Default];
                let request = SetNotifyRequest {
                    conversation: id,
                    mode: modes[number % modes.len()],
                };
                (contacts::set_notify(app, request).await, "sets what disturbs of")
            }
            5 => {
                let priority = u32::try_from(number).expect("a small number");
                (contacts::set_priority(app, id, priority).await, "places")
            }
            _ => (contacts::mark_unread(app, id).await, "marks as unread"),
        };
        done.expect("a change");
        format!("device {device} {what} {}", NAMES[other + 1])
    }

    /// Something that all devices of the account must know.
    async fn decide(&mut self, device: usize, other: usize) -> String {
        let kind = self.below(13);
        let settles = matches!(kind, 2 | 6 | 7 | 9..);
        if settles {
            // A config is no log: who writes before the others heard of a deletion undoes it for
            // them, and they keep what was written before. And what comes from somebody before a
            // device heard of the block stays on that device. So they hear of it first.
            self.settle().await;
        }
        let person = &self.devices[device];
        let app = &person.app;
        let id = ConversationId(self.others[other].id.clone());
        let known = conversations::get_conversations(app, vec![id.clone()]).await;
        let Some(row) = known.expect("rows").pop() else {
            return format!("device {device} does not know {}", NAMES[other + 1]);
        };
        if matches!(kind, 5..=8) && !row.is_request {
            return format!("no request of {} waits on device {device}", NAMES[other + 1]);
        }
        let (done, what) = match kind {
            0 => (conversations::set_pinned(app, id, true).await, "pins"),
            1 => (conversations::set_pinned(app, id, false).await, "unpins"),
            2 => (
                conversations::delete_conversation(app, id).await,
                "deletes the conversation with",
            ),
            5 | 8 => {
                self.told.insert((0, other + 1));
                let accepted = message_requests::accept_request(app, id).await;
                (accepted.map(drop), "accepts the request of")
            }
            6 => (
                message_requests::decline_request(app, id).await,
                "declines the request of",
            ),
            7 => (
                message_requests::block_request(app, id).await,
                "blocks the request of",
            ),
            9 => (
                contacts::clear_messages(app, id).await,
                "clears the messages with",
            ),
            10 => (contacts::delete_contact(app, id).await, "deletes the contact"),
            11 | 12 if row.is_blocked => (contacts::set_blocked(app, id, false).await, "unblocks"),
            11 | 12 => (contacts::set_blocked(app, id, true).await, "blocks"),
            _ => (conversations::mark_read(app, id).await, "reads"),
        };
        match done {
            // The other device may have answered it since it was looked for.
            Err(error) if error.code == ErrorCode::RequestNotFound => {}
            done => done.expect("a change"),
        }
        if settles {
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
