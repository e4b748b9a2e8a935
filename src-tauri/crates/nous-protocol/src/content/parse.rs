//! Reading a content with every bound.
//!
//! Source: `messages.md` §3 and §4.

use prost::Message as _;

use super::{
    Call, CallKind, ContentError, DataExtraction, DisappearKind, Disappearing, Extras, Incoming, Invitation,
    MAX_ATTACHMENTS, MAX_BODY, MAX_TIMER, Message, Parsed, Preview, Reaction, Target, Wish, WishKind,
    attachment, group, profile,
};
use crate::account::{AccountId, GroupId};
use crate::time::Timestamp;
use crate::wire::protobuf::{
    self as proto, CallMessage, Content, DataMessage, call_message, content, data_extraction_notification,
    entre_nous_action, reaction, receipt_message, typing_message,
};

/// How far the signed time may be from a community server's: 6 hours, in milliseconds.
const COMMUNITY_DRIFT: u64 = 21_600_000;
/// The flag of a timer update.
const TIMER_UPDATE: u32 = 2;

type Result<T> = std::result::Result<T, ContentError>;

/// Reads the content of a message in an envelope.
///
/// `bytes`: without padding. `envelope`: the time on the envelope, which the signed one must
/// equal if there is one.
///
/// # Errors
/// [`ContentError`]: the content is dropped for good.
pub fn parse(bytes: &[u8], envelope: Timestamp) -> Result<Parsed> {
    parse_with(bytes, |signed| signed == envelope)
}

/// Reads the content of a message in a community, whose server gave it the time `server`.
///
/// # Errors
/// [`ContentError`]: the content is dropped for good.
pub fn parse_community(bytes: &[u8], server: Timestamp) -> Result<Parsed> {
    parse_with(bytes, |signed| {
        signed.as_ms().abs_diff(server.as_ms()) <= COMMUNITY_DRIFT
    })
}

fn parse_with(bytes: &[u8], time_fits: impl Fn(Timestamp) -> bool) -> Result<Parsed> {
    let mut content = Content::decode(bytes).map_err(|_| ContentError::Protobuf)?;
    let sig_timestamp = content.sig_timestamp.map(Timestamp::from_wire);
    if !sig_timestamp.is_none_or(&time_fits) {
        return Err(ContentError::TimestampMismatch);
    }
    let disappearing = disappearing(&content)?;
    let pro = content.pro_message.take();
    Ok(Parsed {
        content: body(content, time_fits)?,
        disappearing,
        sig_timestamp,
        pro,
    })
}

fn disappearing(content: &Content) -> Result<Disappearing> {
    let seconds = content.expiration_timer.unwrap_or(0);
    if seconds > MAX_TIMER {
        return Err(ContentError::Bound("expirationTimer"));
    }
    let kind = content.expiration_type.map(content::ExpirationType::try_from);
    let kind = match kind {
        Some(Ok(content::ExpirationType::DeleteAfterRead)) => DisappearKind::AfterRead,
        Some(Ok(content::ExpirationType::DeleteAfterSend)) => DisappearKind::AfterSend,
        _ => DisappearKind::Off,
    };
    Ok(Disappearing { kind, seconds })
}

/// The first body in the order of the page counts.
fn body(content: Content, time_fits: impl Fn(Timestamp) -> bool) -> Result<Incoming> {
    if let Some(data) = content.data_message {
        return data_message(data);
    }
    if let Some(receipt) = content.receipt_message {
        return receipt_message(receipt);
    }
    if let Some(typing) = content.typing_message {
        let timestamp = typing
            .timestamp
            .ok_or(ContentError::Missing("typing.timestamp"))?;
        if !time_fits(Timestamp::from_wire(timestamp)) {
            return Err(ContentError::TimestampMismatch);
        }
        let action = typing.action.ok_or(ContentError::Missing("typing.action"))?;
        return Ok(match typing_message::Action::try_from(action) {
            Ok(typing_message::Action::Started) => Incoming::Typing { started: true },
            Ok(typing_message::Action::Stopped) => Incoming::Typing { started: false },
            Err(_) => Incoming::Unknown,
        });
    }
    if let Some(notice) = content.data_extraction_notification {
        return data_extraction(&notice);
    }
    if let Some(unsend) = content.unsend_request {
        return Ok(Incoming::Unsend(target(
            unsend.timestamp,
            unsend.author,
            "unsend",
        )?));
    }
    if let Some(call) = content.call_message {
        return call_message(call);
    }
    if let Some(response) = content.message_request_response {
        if !response.is_approved.ok_or(ContentError::Missing("isApproved"))? {
            return Ok(Incoming::Ignored("a refusal, which nobody sends"));
        }
        return Ok(Incoming::RequestResponse(profile::read(
            response.profile,
            response.profile_key,
        )?));
    }
    if content.shared_config_message.is_some() {
        return Ok(Incoming::Ignored("config in its old wrapping"));
    }
    Ok(Incoming::Unknown)
}

fn receipt_message(receipt: proto::ReceiptMessage) -> Result<Incoming> {
    if receipt.timestamp.len() > 1_000 {
        return Err(ContentError::Bound("receipt.timestamp"));
    }
    let kind = receipt.r#type.ok_or(ContentError::Missing("receipt.type"))?;
    Ok(match receipt_message::Type::try_from(kind) {
        Ok(receipt_message::Type::Read) => {
            Incoming::Receipt(receipt.timestamp.into_iter().map(Timestamp::from_wire).collect())
        }
        Ok(receipt_message::Type::Delivery) => Incoming::Ignored("a receipt of delivery"),
        Err(_) => Incoming::Unknown,
    })
}

fn data_extraction(notice: &proto::DataExtractionNotification) -> Result<Incoming> {
    let kind = notice
        .r#type
        .ok_or(ContentError::Missing("dataExtraction.type"))?;
    let timestamp = notice.timestamp.map(Timestamp::from_wire);
    let of = |screenshot| {
        Incoming::DataExtraction(DataExtraction {
            screenshot,
            timestamp,
        })
    };
    Ok(match data_extraction_notification::Type::try_from(kind) {
        Ok(data_extraction_notification::Type::Screenshot) => of(true),
        Ok(data_extraction_notification::Type::MediaSaved) => of(false),
        Ok(data_extraction_notification::Type::Unknown) | Err(_) => Incoming::Unknown,
    })
}

fn call_message(call: CallMessage) -> Result<Incoming> {
    let kind = call.r#type.ok_or(ContentError::Missing("call.type"))?;
    let uuid = call.uuid.ok_or(ContentError::Missing("call.uuid"))?;
    let kind = match call_message::Type::try_from(kind) {
        Ok(call_message::Type::PreOffer) => CallKind::PreOffer,
        Ok(call_message::Type::Offer) => CallKind::Offer,
        Ok(call_message::Type::Answer) => CallKind::Answer,
        Ok(call_message::Type::ProvisionalAnswer) => CallKind::ProvisionalAnswer,
        Ok(call_message::Type::IceCandidates) => CallKind::IceCandidates,
        Ok(call_message::Type::EndCall) => CallKind::EndCall,
        Ok(call_message::Type::Unknown) | Err(_) => return Ok(Incoming::Unknown),
    };
    let count = call.sdps.len();
    let aligned = call.sdp_m_line_indexes.len() == count && call.sdp_mids.len() == count;
    if count > 64 || call.sdps.iter().any(|sdp| sdp.len() > 65_536) {
        return Err(ContentError::Bound("sdps"));
    }
    if kind == CallKind::IceCandidates && !aligned {
        return Err(ContentError::Bound("sdpMids"));
    }
    if call.sdp_mids.len() > 64
        || call.sdp_m_line_indexes.len() > 64
        || call.sdp_mids.iter().any(|mid| mid.len() > 100)
    {
        return Err(ContentError::Bound("sdpMids"));
    }
    if uuid.is_empty() || uuid.len() > 100 {
        return Err(ContentError::Bound("uuid"));
    }
    let (sdps, line_indexes, mids) = (call.sdps, call.sdp_m_line_indexes, call.sdp_mids);
    Ok(Incoming::Call(Call {
        kind,
        sdps,
        line_indexes,
        mids,
        uuid,
    }))
}

fn data_message(data: DataMessage) -> Result<Incoming> {
    let extras = Extras {
        profile: profile::read(data.profile, data.profile_key)?,
        sync_target: sync_target(data.sync_target.as_deref())?,
        blocks_community_requests: data.blocks_community_message_requests,
        wish: data.entre_nous_action.and_then(wish),
    };
    if let Some(update) = data.group_update_message {
        return Ok(match group::read(update)? {
            Some(update) => Incoming::GroupUpdate(Box::new(update), extras),
            None => Incoming::Unknown,
        });
    }
    let flags = data.flags.unwrap_or(0);
    if flags & TIMER_UPDATE != 0 {
        return Ok(Incoming::Expiration(extras));
    }
    if flags != 0 {
        return Err(ContentError::Bound("flags"));
    }
    if let Some(reaction) = data.reaction {
        return read_reaction(reaction, extras);
    }
    let body: String = data.body.unwrap_or_default().chars().take(MAX_BODY).collect();
    let quote = data
        .quote
        .map(|quote| target(quote.id, quote.author, "quote"))
        .transpose()?;
    let message = Message {
        attachments: attachments(data.attachments)?,
        quote,
        preview: preview(data.preview, &body)?,
        invitation: data.community_invitation.map(invitation).transpose()?,
        body,
        extras,
    };
    let empty = message.body.is_empty()
        && message.attachments.is_empty()
        && message.quote.is_none()
        && message.preview.is_none()
        && message.invitation.is_none();
    if empty {
        return Ok(Incoming::ProfileOnly(message.extras));
    }
    Ok(Incoming::Message(Box::new(message)))
}

/// One that cannot be read is none: its body says what is asked.
fn wish(action: proto::EntreNousAction) -> Option<Wish> {
    let group = GroupId::from_hex(action.group_id.as_deref()?)?;
    let kind = match entre_nous_action::Kind::try_from(action.kind?).ok()? {
        entre_nous_action::Kind::PleaseAdd => {
            WishKind::Add(AccountId::from_hex(action.account_id.as_deref()?).ok()?)
        }
        entre_nous_action::Kind::SendState => WishKind::SendState,
        entre_nous_action::Kind::Unknown => return None,
    };
    Some(Wish { group, kind })
}

fn sync_target(text: Option<&str>) -> Result<Option<AccountId>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    AccountId::from_hex(text)
        .map(Some)
        .map_err(|_| ContentError::Bound("syncTarget"))
}

fn attachments(pointers: Vec<proto::AttachmentPointer>) -> Result<Vec<super::Attachment>> {
    if pointers.len() > MAX_ATTACHMENTS {
        return Err(ContentError::Bound("attachments"));
    }
    pointers
        .into_iter()
        .filter_map(|pointer| attachment::read(pointer).transpose())
        .collect()
}

fn read_reaction(reaction: proto::Reaction, extras: Extras) -> Result<Incoming> {
    let target = target(reaction.id, reaction.author, "reaction")?;
    let action = reaction.action.ok_or(ContentError::Missing("reaction.action"))?;
    let emoji = reaction.emoji.unwrap_or_default();
    if emoji.len() > 64 {
        return Err(ContentError::Bound("emoji"));
    }
    if emoji.is_empty() {
        return Ok(Incoming::Ignored("a reaction without emoji"));
    }
    let remove = match reaction::Action::try_from(action) {
        Ok(reaction::Action::React) => false,
        Ok(reaction::Action::Remove) => true,
        Err(_) => return Ok(Incoming::Unknown),
    };
    Ok(Incoming::Reaction(
        Reaction {
            target,
            emoji,
            remove,
        },
        extras,
    ))
}

/// The first preview, unless it belongs to no link of the body or has nothing to show.
fn preview(previews: Vec<proto::Preview>, body: &str) -> Result<Option<Preview>> {
    let Some(preview) = previews.into_iter().next() else {
        return Ok(None);
    };
    let url = preview.url.ok_or(ContentError::Missing("preview.url"))?;
    if url.len() > 4_096 {
        return Err(ContentError::Bound("preview.url"));
    }
    let image = preview.image.map(attachment::read).transpose()?.flatten();
    let title = preview
        .title
        .map(|title| title.chars().take(200).collect::<String>());
    let title = title.filter(|title| !title.is_empty());
    let shown = !url.is_empty() && body.contains(&url) && (title.is_some() || image.is_some());
    Ok(shown.then_some(Preview { url, title, image }))
}

fn invitation(invitation: proto::CommunityInvitation) -> Result<Invitation> {
    let url = invitation.url.ok_or(ContentError::Missing("invitation.url"))?;
    let name = invitation.name.ok_or(ContentError::Missing("invitation.name"))?;
    if url.len() > 2_048 || name.len() > 2_048 {
        return Err(ContentError::Bound("invitation"));
    }
    Ok(Invitation { url, name })
}

fn target(timestamp: Option<u64>, author: Option<String>, field: &'static str) -> Result<Target> {
    let timestamp = timestamp.ok_or(ContentError::Missing(field))?;
    let author = author.ok_or(ContentError::Missing(field))?.to_ascii_lowercase();
    let prefix = matches!(author.get(..2), Some("05" | "15" | "25"));
    if author.len() != 66 || !prefix || !author.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ContentError::Bound(field));
    }
    Ok(Target {
        timestamp: Timestamp::from_wire(timestamp),
        author,
    })
}
