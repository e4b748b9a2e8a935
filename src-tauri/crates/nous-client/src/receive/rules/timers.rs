//! New timers of conversations: a line tells of each. Ours is what we set, here or on another device;
//! what the other sets counts for what they write.
//!
//! Source: `messages.md` §9.

use nous_protocol::account::AccountId;
use nous_protocol::config::fields::Timer;
use nous_protocol::content::{Extras, Parsed};

use super::{Arrived, BEFORE_THE_MESSAGE, DUPLICATE, Effect, OUTDATED_WORD, View, accepts, newer_profile};
use crate::disappearing::rules::of_content;

/// A new timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerNews {
    /// With whom the conversation is.
    pub conversation: AccountId,
    /// How long messages live; `None`: for good.
    pub timer: Option<Timer>,
    /// We set it, on another device.
    pub is_own: bool,
    /// The conversation takes it. What the config says already has the last word.
    pub sets: bool,
}

/// Another device of ours has set it.
pub(super) fn set_by_us(
    arrived: &Arrived,
    parsed: &Parsed,
    extras: &Extras,
    own: &AccountId,
    view: &View,
) -> Vec<Effect> {
    let conversation = extras.sync_target.unwrap_or(*own);
    if let Some(word) = refusal(arrived, &conversation, true, view) {
        return vec![Effect::Drop(word)];
    }
    let is_note = conversation == *own;
    let newest = if is_note {
        view.newest_profile
    } else {
        view.newest_contacts
    };
    vec![Effect::TimerChanged(TimerNews {
        conversation,
        timer: of_content(parsed.disappearing, !is_note),
        is_own: true,
        sets: newest.is_none_or(|at| arrived.sent > at),
    })]
}

/// The other has set it: it counts as a message of theirs.
pub(super) fn set_by_other(arrived: &Arrived, parsed: &Parsed, extras: &Extras, view: &View) -> Vec<Effect> {
    let sender = arrived.sender;
    if !view.standing(&sender).is_some_and(|person| person.is_approved) {
        return vec![Effect::Drop("timerOfStranger")];
    }
    if let Some(word) = refusal(arrived, &sender, false, view) {
        return vec![Effect::Drop(word)];
    }
    let changed = Effect::TimerChanged(TimerNews {
        conversation: sender,
        timer: of_content(parsed.disappearing, true),
        is_own: false,
        sets: false,
    });
    if !view.is_news(arrived) {
        return vec![changed];
    }
    let accepted = accepts(sender, arrived.sent.earlier(BEFORE_THE_MESSAGE), view);
    let profile = newer_profile(sender, extras.profile.as_ref(), view);
    let approved = Effect::ApprovedByThem(sender);
    [accepted, Some(changed), Some(approved), profile]
        .into_iter()
        .flatten()
        .collect()
}

/// Why there is no line of it.
fn refusal(arrived: &Arrived, conversation: &AccountId, is_own: bool, view: &View) -> Option<&'static str> {
    let name = ((*conversation).into(), arrived.sender, arrived.sent);
    if view.known.contains(&name) {
        return Some(DUPLICATE);
    }
    if view.is_outdated(conversation, is_own, arrived) {
        return Some(OUTDATED_WORD);
    }
    view.is_cleared(conversation, arrived).then_some("cleared")
}
