//! Writing contents.
//!
//! Source: `messages.md` §4 and §6.

use prost::Message as _;

use super::{
    Call, CallKind, DataExtraction, DisappearKind, Disappearing, Extras, GroupUpdate, Message, Profile,
    Reaction, Target, Wish, WishKind, attachment, group, profile,
};
use crate::account::AccountId;
use crate::time::Timestamp;
use crate::wire::protobuf::{
    self as proto, Content, DataMessage, call_message, content, data_extraction_notification,
    entre_nous_action, reaction, receipt_message, typing_message,
};

/// A content to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The sent timestamp, in network time; the same on the envelope.
    pub sent: Timestamp,
    /// When it disappears; written with everything that is shown.
    pub disappearing: Disappearing,
    /// What it says.
    pub body: OutgoingBody,
}

/// What a content to send says.
#[derive(Clone, PartialEq, Eq)]
pub enum OutgoingBody {
    /// Something to show.
    Message(Box<Message>),
    /// A reaction.
    Reaction(Reaction, Extras),
    /// A new setting for disappearing messages: the values of [`Outgoing::disappearing`].
    Expiration(Extras),
    /// News about a group.
    GroupUpdate(Box<GroupUpdate>, Extras),
    /// Messages that were read, by sent timestamp.
    Receipt(Vec<Timestamp>),
    /// We type, or stopped.
    Typing {
        /// Whether we type.
        started: bool,
    },
    /// Media was saved.
    DataExtraction(DataExtraction),
    /// A message to erase.
    Unsend(Target),
    /// Part of a call.
    Call(Call),
    /// We accept the other's request.
    RequestResponse(Option<Profile>),
}

/// Shows nothing of the content.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outgoing(…)")
    }
}

impl OutgoingBody {
    /// Whether the conversation shows it, so that it carries when it disappears.
    const fn is_shown(&self) -> bool {
        matches!(
            self,
            Self::Message(_)
                | Self::Reaction(..)
                | Self::Expiration(_)
                | Self::GroupUpdate(..)
                | Self::DataExtraction(_)
                | Self::Call(_)
        )
    }
}

/// The bytes of a content, before padding.
#[must_use]
pub fn encode(outgoing: &Outgoing) -> Vec<u8> {
    let mut content = Content {
        sig_timestamp: Some(outgoing.sent.as_wire()),
        ..Content::default()
    };
    if outgoing.body.is_shown() {
        let kind = match outgoing.disappearing.kind {
            DisappearKind::Off => content::ExpirationType::Unknown,
            DisappearKind::AfterRead => content::ExpirationType::DeleteAfterRead,
            DisappearKind::AfterSend => content::ExpirationType::DeleteAfterSend,
        };
        content.expiration_type = Some(kind.into());
        content.expiration_timer = Some(outgoing.disappearing.seconds);
    }
    write_body(&mut content, outgoing);
    content.encode_to_vec()
}

/// The same content with another sent time; `None` if these bytes are no content.
#[must_use]
pub fn retimed(content: &[u8], sent: Timestamp) -> Option<Vec<u8>> {
    let content = Content {
        sig_timestamp: Some(sent.as_wire()),
        ..Content::decode(content).ok()?
    };
    Some(content.encode_to_vec())
}

/// Whether an encoded content accepts a request: the first to carry our profile to somebody.
#[must_use]
pub fn is_request_response(content: &[u8]) -> bool {
    Content::decode(content).is_ok_and(|content| content.message_request_response.is_some())
}

/// Whether an encoded content tells that media was saved, or shown to a camera.
#[must_use]
pub fn is_data_extraction(content: &[u8]) -> bool {
    Content::decode(content).is_ok_and(|content| content.data_extraction_notification.is_some())
}

fn write_body(content: &mut Content, outgoing: &Outgoing) {
    match &outgoing.body {
        OutgoingBody::Message(message) => content.data_message = Some(write_message(message)),
        OutgoingBody::Reaction(reaction, extras) => {
            let reaction = Some(write_reaction(reaction));
            content.data_message = Some(DataMessage {
                reaction,
                ..write_extras(extras)
            });
        }
        OutgoingBody::Expiration(extras) => {
            content.data_message = Some(DataMessage {
                flags: Some(2),
                ..write_extras(extras)
            });
        }
        OutgoingBody::GroupUpdate(update, extras) => {
            let group_update_message = Some(group::write(update));
            content.data_message = Some(DataMessage {
                group_update_message,
                ..write_extras(extras)
            });
        }
        OutgoingBody::Receipt(read) => {
            content.receipt_message = Some(proto::ReceiptMessage {
                r#type: Some(receipt_message::Type::Read.into()),
                timestamp: read.iter().map(|timestamp| timestamp.as_wire()).collect(),
            });
        }
        OutgoingBody::Typing { started } => {
            let action = if *started {
                typing_message::Action::Started
            } else {
                typing_message::Action::Stopped
            };
            content.typing_message = Some(proto::TypingMessage {
                timestamp: Some(outgoing.sent.as_wire()),
                action: Some(action.into()),
            });
        }
        OutgoingBody::DataExtraction(notice) => {
            content.data_extraction_notification = Some(write_extraction(notice));
        }
        OutgoingBody::Unsend(target) => {
            content.unsend_request = Some(proto::UnsendRequest {
                timestamp: Some(target.timestamp.as_wire()),
                author: Some(target.author.clone()),
            });
        }
        OutgoingBody::Call(call) => content.call_message = Some(write_call(call)),
        OutgoingBody::RequestResponse(from) => {
            let (profile, profile_key) = from.as_ref().map(profile::write).unzip();
            content.message_request_response = Some(proto::MessageRequestResponse {
                is_approved: Some(true),
                profile_key: profile_key.flatten(),
                profile,
            });
        }
    }
}

fn write_extras(extras: &Extras) -> DataMessage {
    let (profile, profile_key) = extras.profile.as_ref().map(profile::write).unzip();
    DataMessage {
        profile,
        profile_key: profile_key.flatten(),
        sync_target: extras.sync_target.map(|target| target.to_string()),
        blocks_community_message_requests: extras.blocks_community_requests,
        entre_nous_action: extras.wish.as_ref().map(write_wish),
        ..DataMessage::default()
    }
}

fn write_wish(wish: &Wish) -> proto::EntreNousAction {
    let (kind, account_id) = match wish.kind {
        WishKind::Add(account) => (entre_nous_action::Kind::PleaseAdd, Some(account.to_string())),
        WishKind::SendState => (entre_nous_action::Kind::SendState, None),
    };
    proto::EntreNousAction {
        kind: Some(kind.into()),
        account_id,
        group_id: Some(wish.group.to_string()),
    }
}

fn write_message(message: &Message) -> DataMessage {
    let quote = message.quote.as_ref().map(|target| proto::Quote {
        id: Some(target.timestamp.as_wire()),
        author: Some(target.author.clone()),
        text: None,
    });
    let preview = message.preview.iter().map(|preview| proto::Preview {
        url: Some(preview.url.clone()),
        title: preview.title.clone(),
        image: preview.image.as_ref().map(attachment::write),
    });
    let invitation = message
        .invitation
        .as_ref()
        .map(|invitation| proto::CommunityInvitation {
            url: Some(invitation.url.clone()),
            name: Some(invitation.name.clone()),
        });
    DataMessage {
        body: (!message.body.is_empty()).then(|| message.body.clone()),
        attachments: message.attachments.iter().map(attachment::write).collect(),
        quote,
        preview: preview.collect(),
        community_invitation: invitation,
        ..write_extras(&message.extras)
    }
}

fn write_reaction(reaction: &Reaction) -> proto::Reaction {
    let action = if reaction.remove {
        reaction::Action::Remove
    } else {
        reaction::Action::React
    };
    proto::Reaction {
        id: Some(reaction.target.timestamp.as_wire()),
        author: Some(reaction.target.author.clone()),
        emoji: Some(reaction.emoji.clone()),
        action: Some(action.into()),
    }
}

fn write_extraction(notice: &DataExtraction) -> proto::DataExtractionNotification {
    let kind = if notice.screenshot {
        data_extraction_notification::Type::Screenshot
    } else {
        data_extraction_notification::Type::MediaSaved
    };
    proto::DataExtractionNotification {
        r#type: Some(kind.into()),
        timestamp: notice.timestamp.map(Timestamp::as_wire),
    }
}

fn write_call(call: &Call) -> proto::CallMessage {
    let kind = match call.kind {
        CallKind::PreOffer => call_message::Type::PreOffer,
        CallKind::Offer => call_message::Type::Offer,
        CallKind::Answer => call_message::Type::Answer,
        CallKind::ProvisionalAnswer => call_message::Type::ProvisionalAnswer,
        CallKind::IceCandidates => call_message::Type::IceCandidates,
        CallKind::EndCall => call_message::Type::EndCall,
    };
    proto::CallMessage {
        r#type: Some(kind.into()),
        sdps: call.sdps.clone(),
        sdp_m_line_indexes: call.line_indexes.clone(),
        sdp_mids: call.mids.clone(),
        uuid: Some(call.uuid.clone()),
    }
}

/// The copy for our own devices of what was sent to `contact`: the same times, `syncTarget`
/// in data messages, no profile. `None` for kinds that have no copy.
#[must_use]
pub fn own_copy(outgoing: &Outgoing, contact: &AccountId) -> Option<Outgoing> {
    let extras = |sent: &Extras| Extras {
        profile: None,
        sync_target: Some(*contact),
        blocks_community_requests: sent.blocks_community_requests,
        wish: None,
    };
    let body = match &outgoing.body {
        OutgoingBody::Message(message) => {
            let extras = extras(&message.extras);
            OutgoingBody::Message(Box::new(Message {
                extras,
                ..(**message).clone()
            }))
        }
        OutgoingBody::Reaction(reaction, sent) => OutgoingBody::Reaction(reaction.clone(), extras(sent)),
        OutgoingBody::Expiration(sent) => OutgoingBody::Expiration(extras(sent)),
        OutgoingBody::Unsend(target) => OutgoingBody::Unsend(target.clone()),
        OutgoingBody::Call(call) if matches!(call.kind, CallKind::Answer | CallKind::EndCall) => {
            OutgoingBody::Call(call.clone())
        }
        _ => return None,
    };
    Some(Outgoing {
        body,
        ..outgoing.clone()
    })
}
