//! What a reaction says, coming and going.
//!
//! Source: `messages.md` §4.2, §8.

use nous_protocol::account::AccountId;
use nous_protocol::content::{
    self, Disappearing, Extras, Incoming, Outgoing, OutgoingBody, Profile, Reaction, Target, is_emoji,
};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::inbox;
use nous_storage::reactions::{self, NewReaction, Received};

/// In place of the sent time, which is known when it is sealed.
const NO_TIME: Timestamp = Timestamp::from_ms(0);

/// A reaction to a message, or that it is taken back.
#[derive(Clone, PartialEq, Eq)]
pub struct ReactionTo {
    /// Who wrote the message.
    pub author: AccountId,
    /// When it was sent.
    pub sent: Timestamp,
    /// With what.
    pub emoji: String,
    /// It is taken back.
    pub is_removal: bool,
}

/// Shows nobody and no emoji.
impl std::fmt::Debug for ReactionTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReactionTo")
            .field("is_removal", &self.is_removal)
            .finish_non_exhaustive()
    }
}

/// Where a reaction comes from.
pub(crate) struct Origin {
    /// Who reacts.
    pub(crate) sender: AccountId,
    /// Us.
    pub(crate) own: AccountId,
    /// Network time of sending.
    pub(crate) sent: Timestamp,
    /// Only then it disturbs.
    pub(crate) is_between_two: bool,
    /// Now.
    pub(crate) now: Timestamp,
}

impl ReactionTo {
    /// `None` if it names no message of a person, or holds something else than one emoji.
    #[must_use]
    pub fn read(reaction: &Reaction) -> Option<Self> {
        let author = AccountId::from_hex(&reaction.target.author).ok()?;
        is_emoji(&reaction.emoji).then(|| Self {
            author,
            sent: reaction.target.timestamp,
            emoji: reaction.emoji.clone(),
            is_removal: reaction.remove,
        })
    }

    /// Takes it in. Answers the message that shows another thing now.
    ///
    /// # Errors
    /// What the database said.
    pub(crate) fn take_in(
        &self,
        writer: &mut Writer<'_>,
        conversation: ConversationKey,
        from: &Origin,
    ) -> Result<Option<MessageKey>, StorageError> {
        let new = NewReaction {
            sender: from.sender,
            is_own: from.sender == from.own,
            emoji: self.emoji.clone(),
            is_removal: self.is_removal,
            sent: from.sent,
            may_notify: from.is_between_two,
        };
        match reactions::receive(writer, conversation, (self.author, self.sent), &new, from.now)? {
            Received::Shown(message) => Ok(Some(message)),
            Received::Known | Received::Waits => Ok(None),
            Received::Refused => {
                inbox::note_drop(writer, "reactionToDeleted")?;
                Ok(None)
            }
        }
    }

    /// As it waits in the outbox: its time and our profile join when it is sealed.
    pub(super) fn outgoing(&self, disappearing: Disappearing) -> Outgoing {
        let reaction = Reaction {
            target: Target {
                timestamp: self.sent,
                author: self.author.to_string(),
            },
            emoji: self.emoji.clone(),
            remove: self.is_removal,
        };
        Outgoing {
            sent: NO_TIME,
            disappearing,
            body: OutgoingBody::Reaction(reaction, Extras::default()),
        }
    }
}

/// The reaction that waits in the outbox as this content, if it is one.
fn waiting(content: &[u8]) -> Option<(Reaction, Extras, Disappearing)> {
    let parsed = content::parse(content, NO_TIME).ok()?;
    match parsed.content {
        Incoming::Reaction(reaction, extras) => Some((reaction, extras, parsed.disappearing)),
        _ => None,
    }
}

/// Whether a content of the outbox is a reaction.
pub(crate) fn is_reaction(content: &[u8]) -> bool {
    waiting(content).is_some()
}

/// A reaction of the outbox as it goes out. `profile`: ours, for others. `None` if the content is
/// something else.
pub(crate) fn finished(content: &[u8], sent: Timestamp, profile: Option<Profile>) -> Option<Vec<u8>> {
    let (reaction, extras, disappearing) = waiting(content)?;
    let extras = Extras {
        profile: profile.filter(|profile| profile.name.is_some()),
        ..extras
    };
    Some(content::encode(&Outgoing {
        sent,
        disappearing,
        body: OutgoingBody::Reaction(reaction, extras),
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use nous_protocol::content::DisappearKind;

    use super::*;

    const SENT: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const TIMER: Disappearing = Disappearing {
        kind: DisappearKind::AfterSend,
        seconds: 60,
    };

    fn reaction() -> ReactionTo {
        ReactionTo {
            author: AccountId::from_x25519([7; 32]),
            sent: Timestamp::from_ms(5),
            emoji: "😂".to_owned(),
            is_removal: false,
        }
    }

    #[test]
    fn a_reaction_gets_its_time_and_our_profile_when_it_is_sealed() {
        let waiting = content::encode(&reaction().outgoing(TIMER));
        assert!(is_reaction(&waiting));
        let profile = Profile {
            name: Some("Alice".to_owned()),
            picture: None,
            updated_seconds: Some(9),
        };
        let bytes = finished(&waiting, SENT, Some(profile)).unwrap();
        let parsed = content::parse(&bytes, SENT).unwrap();
        assert_eq!(parsed.disappearing, TIMER);
        let content = parsed.content;
        assert!(
            matches!(&content, Incoming::Reaction(told, _) if ReactionTo::read(told) == Some(reaction()))
        );
        let profile = content.extras().unwrap().profile.clone().unwrap();
        assert_eq!(profile.name.as_deref(), Some("Alice"));
    }

    #[test]
    fn the_copy_for_own_devices_says_where_it_belongs_and_carries_no_profile() {
        let contact = AccountId::from_x25519([8; 32]);
        let copy = content::own_copy(&reaction().outgoing(TIMER), &contact).unwrap();
        let bytes = finished(&content::encode(&copy), SENT, None).unwrap();
        let content = content::parse(&bytes, SENT).unwrap().content;
        let extras = content.extras().unwrap();
        assert!(extras.sync_target == Some(contact) && extras.profile.is_none());
    }

    #[test]
    fn other_contents_are_no_reactions() {
        let typing = Outgoing {
            sent: NO_TIME,
            disappearing: Disappearing::default(),
            body: OutgoingBody::Typing { started: true },
        };
        assert!(!is_reaction(&content::encode(&typing)));
        assert!(!is_reaction(b"rubbish"));
    }

    #[test]
    fn what_names_nobody_or_is_no_emoji_is_not_read() {
        let with = |author: &str, emoji: &str| Reaction {
            target: Target {
                timestamp: SENT,
                author: author.to_owned(),
            },
            emoji: emoji.to_owned(),
            remove: false,
        };
        let author = AccountId::from_x25519([7; 32]).to_string();
        assert!(ReactionTo::read(&with(&author, "😂")).is_some());
        assert!(ReactionTo::read(&with(&author, "hello")).is_none());
        assert!(ReactionTo::read(&with(&author.replacen("05", "15", 1), "😂")).is_none());
    }
}
