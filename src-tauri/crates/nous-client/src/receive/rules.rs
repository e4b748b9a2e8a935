//! What a received content means here. Pure: a content and what is known, in; effects, out.
//!
//! Source: `messages.md` §4.3, §5, §7, §8.

mod timers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nous_protocol::account::AccountId;
use nous_protocol::content::{
    CallKind, Extras, GroupUpdate, Incoming, Message, Parsed, Profile, Reaction, Target, Wish, profile_wins,
};
use nous_protocol::time::Timestamp;
use nous_storage::attachments::PointedFile;
use nous_storage::conversations::{PersonProfile, Standing};
use nous_storage::messages::{MessageName, Quote};

pub use self::timers::TimerNews;
use super::open::Arrived;
use crate::cards::{self, ReceivedCard};
use crate::files::received::pointed;
use crate::privacy::Privacy;
use crate::reactions::said::ReactionTo;

/// What is so long before the newest config of another device does not undo it.
const OUTDATED: Duration = Duration::from_secs(120);
/// A message that accepts our request comes so long after the row that says so.
const BEFORE_THE_MESSAGE: Duration = Duration::from_millis(1);
/// Contents that live no longer than this are not parked.
const TOO_SHORT_TO_PARK: Duration = Duration::from_secs(300);

/// What is known when a batch is decided about.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The people of the batch who have a row.
    pub people: BTreeMap<AccountId, Standing>,
    /// The (author, sent time) of the batch that have a message.
    pub known: BTreeSet<MessageName>,
    /// The (author, sent time) of the batch that were unsent.
    pub unsent: BTreeSet<(AccountId, Timestamp)>,
    /// When another device stored the newest contacts that were merged.
    pub newest_contacts: Option<Timestamp>,
    /// When another device stored the newest profile that was merged.
    pub newest_profile: Option<Timestamp>,
    /// What the person allowed.
    pub privacy: Privacy,
}

impl View {
    fn standing(&self, account: &AccountId) -> Option<&Standing> {
        self.people.get(account)
    }

    fn is_blocked(&self, account: &AccountId) -> bool {
        self.standing(account).is_some_and(|standing| standing.is_blocked)
    }

    /// Whether a message would bring back what another device has deleted or hidden since.
    ///
    /// Source: `messages.md` §5, `config.md` §18.
    fn is_outdated(&self, conversation: &AccountId, is_own: bool, arrived: &Arrived) -> bool {
        let is_note = is_own && *conversation == arrived.sender;
        let is_old = if is_note {
            is_before(arrived.sent, self.newest_profile)
        } else {
            !self.is_news(arrived)
        };
        let is_of_earlier_contact =
            is_own && !is_note && is_old && self.is_of_earlier_contact(conversation, arrived.sent);
        is_of_earlier_contact || self.is_gone(conversation, is_note) && is_old
    }

    fn is_gone(&self, conversation: &AccountId, is_note: bool) -> bool {
        let standing = self.standing(conversation);
        let is_hidden = standing.is_some_and(|person| person.priority < 0);
        let is_known =
            standing.is_some_and(|person| person.is_approved || person.has_approved_me || person.is_blocked);
        is_hidden || !(is_known || is_note)
    }

    /// Whether an own copy went to somebody who was deleted since and has come again: whoever
    /// writes approves, and is never earlier than the contact.
    ///
    /// Source: `config.md` §11, §15.
    fn is_of_earlier_contact(&self, conversation: &AccountId, sent: Timestamp) -> bool {
        self.standing(conversation)
            .is_some_and(|person| !person.is_approved || is_before(sent, Some(person.created)))
    }

    /// Whether a message may change what the contacts say: no device had it when the newest of
    /// them were stored. What was written before and reached the swarm later is news too.
    ///
    /// Source: `config.md` §18.
    fn is_news(&self, arrived: &Arrived) -> bool {
        !is_before(arrived.sent.max(arrived.stored), self.newest_contacts)
    }

    /// Whether a message was there when another device, or this one, cleared the conversation.
    fn is_cleared(&self, conversation: &AccountId, arrived: &Arrived) -> bool {
        let place = arrived.sent.min(arrived.stored).as_ms();
        self.standing(conversation)
            .is_some_and(|person| person.cleared.covers(place, arrived.stored.as_ms()))
    }

    fn is_friend(&self, account: &AccountId) -> bool {
        self.standing(account)
            .is_some_and(|standing| standing.is_approved && standing.has_approved_me)
    }
}

/// Whether a moment is so long before another that clocks cannot be the reason.
fn is_before(at: Timestamp, other: Option<Timestamp>) -> bool {
    other.is_some_and(|other| at < other.earlier(OUTDATED))
}

/// A message to show.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// With whom the conversation is.
    pub conversation: AccountId,
    /// Its text.
    pub body: String,
    /// It has something that this version cannot show, and no text.
    pub is_unsupported: bool,
    /// It is ours, from another device.
    pub is_own: bool,
    /// What it answers.
    pub quote: Option<Quote>,
    /// Its files, in order.
    pub files: Vec<PointedFile>,
    /// Its card.
    pub card: Option<ReceivedCard>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("is_own", &self.is_own)
            .finish_non_exhaustive()
    }
}

/// Something to do in the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A message in the timeline.
    Show(Shown),
    /// A newer profile of a person.
    Profile(AccountId, PersonProfile),
    /// We accepted them, on another device.
    ApprovedByUs(AccountId),
    /// They accepted us.
    ApprovedByThem(AccountId),
    /// The row that says that they accepted our request, with its time.
    Accepted(AccountId, Timestamp),
    /// The person's response was sent then; that they accepted us is known already.
    AcceptedAt(AccountId, Timestamp),
    /// Own messages of a conversation were read.
    ReadByRecipient(AccountId, Vec<Timestamp>),
    /// An invitation into a group, or a promotion, of somebody; proven only when it is taken.
    Invited(AccountId, Box<GroupUpdate>),
    /// Somebody asks us, as an admin of a group, for something.
    Asks(AccountId, Wish),
    /// Somebody types (`true`), or stopped.
    Typing(AccountId, bool),
    /// Somebody reacts to a message of this conversation, or takes that back.
    React(AccountId, ReactionTo),
    /// A message was unsent: its author, and its sent time.
    Unsent(AccountId, Timestamp),
    /// A message that was unsent before it came.
    Withdrawn,
    /// How long messages of a conversation live was set.
    TimerChanged(TimerNews),
    /// Somebody saved a file that we sent them, in a message of this time if they say so.
    MediaSaved(AccountId, Option<Timestamp>),
    /// Kept for a later version; `fold`: shown as one folded row of this conversation.
    Park {
        /// Why, in a word.
        reason: &'static str,
        /// Whose conversation shows that something is there.
        fold: Option<AccountId>,
    },
    /// Dropped and counted.
    Drop(&'static str),
}

/// Decides what a content does.
///
/// `own`: the account's address.
#[must_use]
pub fn apply(arrived: &Arrived, own: &AccountId, view: &View) -> Vec<Effect> {
    let parsed = match &arrived.parsed {
        Ok(parsed) => parsed,
        Err(error) => return vec![Effect::Drop(content_word(error))],
    };
    if view.is_blocked(&arrived.sender) {
        return vec![Effect::Drop("blocked")];
    }
    if arrived.sender == *own {
        from_ourselves(arrived, parsed, own, view)
    } else {
        from_others(arrived, parsed, view)
    }
}

const fn content_word(error: &nous_protocol::content::ContentError) -> &'static str {
    use nous_protocol::content::ContentError;
    match error {
        ContentError::Protobuf => "notAContent",
        ContentError::TimestampMismatch => "timestampMismatch",
        ContentError::Missing(_) => "missingField",
        ContentError::Bound(_) => "outOfBounds",
    }
}

/// Own copies: messages that another device of ours sent.
fn from_ourselves(arrived: &Arrived, parsed: &Parsed, own: &AccountId, view: &View) -> Vec<Effect> {
    match &parsed.content {
        Incoming::Message(message) => {
            let conversation = message.extras.sync_target.unwrap_or(*own);
            let shown = show(arrived, message, conversation, true, view);
            let approves = conversation == *own || view.is_news(arrived);
            if matches!(shown, Effect::Drop(_) | Effect::Withdrawn) || !approves {
                return vec![shown];
            }
            vec![shown, Effect::ApprovedByUs(conversation)]
        }
        Incoming::Reaction(reaction, extras) => {
            vec![reacts(reaction, extras.sync_target.unwrap_or(*own))]
        }
        Incoming::Expiration(extras) => timers::set_by_us(arrived, parsed, extras, own, view),
        Incoming::Unsend(target) => vec![unsent(target, None)],
        Incoming::Unknown => park(arrived, "unknown", None),
        Incoming::Call(call) if matches!(call.kind, CallKind::Answer | CallKind::EndCall) => Vec::new(),
        Incoming::ProfileOnly(_)
        | Incoming::Receipt(_)
        | Incoming::Typing { .. }
        | Incoming::DataExtraction(_)
        | Incoming::Call(_)
        | Incoming::RequestResponse(_)
        | Incoming::GroupUpdate(..)
        | Incoming::Ignored(_) => vec![Effect::Drop("ownControl")],
    }
}

fn from_others(arrived: &Arrived, parsed: &Parsed, view: &View) -> Vec<Effect> {
    let sender = arrived.sender;
    let extras = parsed.content.extras();
    if extras.is_some_and(|extras| extras.sync_target.is_some()) {
        return vec![Effect::Drop("foreignSyncTarget")];
    }
    match &parsed.content {
        Incoming::Message(message) => {
            let shown = show(arrived, message, sender, false, view);
            if matches!(shown, Effect::Drop(_) | Effect::Withdrawn) || !view.is_news(arrived) {
                return vec![shown];
            }
            let profile = newer_profile(sender, message.extras.profile.as_ref(), view);
            let asks = message.extras.wish.map(|wish| Effect::Asks(sender, wish));
            let accepted = accepts(sender, arrived.sent.earlier(BEFORE_THE_MESSAGE), view);
            [
                accepted,
                Some(shown),
                Some(Effect::ApprovedByThem(sender)),
                profile,
                asks,
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        // The contacts know it already, but not when it was.
        Incoming::RequestResponse(_) if !view.is_news(arrived) && view.is_friend(&sender) => {
            vec![Effect::AcceptedAt(sender, arrived.sent)]
        }
        Incoming::ProfileOnly(_) | Incoming::RequestResponse(_) if !view.is_news(arrived) => {
            vec![Effect::Drop(OUTDATED_WORD)]
        }
        Incoming::ProfileOnly(extras) => profile_of_known(sender, extras, view),
        Incoming::RequestResponse(profile)
            if view.standing(&sender).is_some_and(|person| person.is_approved) =>
        {
            let profile = newer_profile(sender, profile.as_ref(), view);
            let accepted =
                accepts(sender, arrived.sent, view).unwrap_or(Effect::AcceptedAt(sender, arrived.sent));
            [Some(accepted), Some(Effect::ApprovedByThem(sender)), profile]
                .into_iter()
                .flatten()
                .collect()
        }
        Incoming::RequestResponse(_) => vec![Effect::Drop("unaskedResponse")],
        Incoming::Receipt(_) if !view.is_friend(&sender) => vec![Effect::Drop("receiptOfStranger")],
        Incoming::Receipt(_) if !view.privacy.read_receipts => vec![Effect::Drop("receiptUnwanted")],
        Incoming::Receipt(sent) => vec![Effect::ReadByRecipient(sender, sent.clone())],
        Incoming::Typing { started } if view.is_friend(&sender) && view.privacy.typing_indicators => {
            vec![Effect::Typing(sender, *started)]
        }
        Incoming::Typing { .. } | Incoming::Call(_) | Incoming::Ignored(_) => Vec::new(),
        Incoming::Unsend(target) => vec![unsent(target, Some(&sender))],
        Incoming::Reaction(..) if !view.is_friend(&sender) => vec![Effect::Drop("reactionOfStranger")],
        Incoming::Reaction(reaction, extras) => {
            let profile = newer_profile(sender, extras.profile.as_ref(), view);
            let profile = profile.filter(|_| view.is_news(arrived));
            [Some(reacts(reaction, sender)), profile]
                .into_iter()
                .flatten()
                .collect()
        }
        Incoming::Expiration(extras) => timers::set_by_other(arrived, parsed, extras, view),
        Incoming::DataExtraction(_) if !view.is_friend(&sender) => {
            vec![Effect::Drop("extractionOfStranger")]
        }
        // That a picture was taken of the screen, a later version may show.
        Incoming::DataExtraction(notice) if notice.screenshot => park(arrived, "later", None),
        Incoming::DataExtraction(notice) => vec![media_saved(arrived, notice.timestamp, view)],
        Incoming::GroupUpdate(update, extras) => {
            let invited = Effect::Invited(sender, update.clone());
            let known = view.standing(&sender).is_some();
            let profile = newer_profile(sender, extras.profile.as_ref(), view).filter(|_| known);
            [Some(invited), profile].into_iter().flatten().collect()
        }
        Incoming::Unknown => {
            let fold = view.is_friend(&sender).then_some(sender);
            park(arrived, "unknown", fold)
        }
    }
}

/// The row that says that they accepted us, if they had not yet.
fn accepts(sender: AccountId, at: Timestamp, view: &View) -> Option<Effect> {
    let asked = view.standing(&sender)?;
    (asked.is_approved && !asked.has_approved_me).then_some(Effect::Accepted(sender, at))
}

pub(super) const DUPLICATE: &str = "duplicate";
const OUTDATED_WORD: &str = "outdated";

fn show(arrived: &Arrived, message: &Message, conversation: AccountId, is_own: bool, view: &View) -> Effect {
    if view.unsent.contains(&(arrived.sender, arrived.sent)) {
        return Effect::Withdrawn;
    }
    if view
        .known
        .contains(&(conversation.into(), arrived.sender, arrived.sent))
    {
        return Effect::Drop(DUPLICATE);
    }
    if view.is_outdated(&conversation, is_own, arrived) {
        return Effect::Drop(OUTDATED_WORD);
    }
    if view.is_cleared(&conversation, arrived) {
        return Effect::Drop("cleared");
    }
    let quote = quote_of(message);
    let files = pointed(&message.attachments);
    let card = cards::received(message);
    let is_unsupported = message.body.is_empty() && quote.is_none() && files.is_empty() && card.is_none();
    Effect::Show(Shown {
        conversation,
        body: message.body.clone(),
        is_unsupported,
        is_own,
        quote,
        files,
        card,
    })
}

/// A line that tells that somebody saved a file. It brings nobody back to the list.
///
/// Source: `messages.md` §8.
fn media_saved(arrived: &Arrived, of: Option<Timestamp>, view: &View) -> Effect {
    let sender = arrived.sender;
    if view.known.contains(&(sender.into(), sender, arrived.sent)) {
        Effect::Drop(DUPLICATE)
    } else if view.is_gone(&sender, false) {
        Effect::Drop(OUTDATED_WORD)
    } else if view.is_cleared(&sender, arrived) {
        Effect::Drop("cleared")
    } else {
        Effect::MediaSaved(sender, of)
    }
}

/// What a message answers, if that is of a person: others are in communities only.
pub(crate) fn quote_of(message: &Message) -> Option<Quote> {
    let target = message.quote.as_ref()?;
    let author = AccountId::from_hex(&target.author).ok()?;
    Some(Quote {
        author,
        sent: target.timestamp,
    })
}

/// A reaction in a conversation.
fn reacts(reaction: &Reaction, with: AccountId) -> Effect {
    ReactionTo::read(reaction).map_or(Effect::Drop("reactionUnreadable"), |reaction| {
        Effect::React(with, reaction)
    })
}

/// A message is unsent by its author, or by us on another device. `by`: another.
///
/// Source: `messages.md` §10.
fn unsent(target: &Target, by: Option<&AccountId>) -> Effect {
    match AccountId::from_hex(&target.author) {
        Ok(author) if by.is_none_or(|signer| *signer == author) => Effect::Unsent(author, target.timestamp),
        Ok(_) => Effect::Drop("unsendByAnother"),
        Err(_) => Effect::Drop("unsendOfNobody"),
    }
}

fn park(arrived: &Arrived, reason: &'static str, fold: Option<AccountId>) -> Vec<Effect> {
    if arrived.expires.since(arrived.stored) <= TOO_SHORT_TO_PARK {
        return vec![Effect::Drop("shortLived")];
    }
    vec![Effect::Park { reason, fold }]
}

fn profile_of_known(sender: AccountId, extras: &Extras, view: &View) -> Vec<Effect> {
    if view.standing(&sender).is_none() {
        return vec![Effect::Drop("profileOfStranger")];
    }
    newer_profile(sender, extras.profile.as_ref(), view)
        .into_iter()
        .collect()
}

fn newer_profile(sender: AccountId, profile: Option<&Profile>, view: &View) -> Option<Effect> {
    newer(view.standing(&sender), profile).map(|profile| Effect::Profile(sender, profile))
}

/// A profile that is newer than what is known of somebody.
pub(crate) fn newer_profile_of(standing: &Standing, profile: Option<&Profile>) -> Option<PersonProfile> {
    newer(Some(standing), profile)
}

fn newer(standing: Option<&Standing>, profile: Option<&Profile>) -> Option<PersonProfile> {
    let profile = profile?;
    let known = standing.map(|standing| standing.profile_updated_s);
    if !profile_wins(known, profile.updated_seconds) {
        return None;
    }
    let picture = profile
        .picture
        .as_ref()
        .map(|picture| (picture.url.clone(), picture.key));
    Some(PersonProfile {
        name: profile.name.clone(),
        picture,
        updated_s: profile.updated_seconds.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests;
