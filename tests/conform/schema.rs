// Made by `cargo xtask codegen` from proto/session.proto.
//! Fields of every protobuf message.

use crate::protobuf_json::{Field, Kind};

/// Message name, fields by number.
#[rustfmt::skip]
pub(crate) const MESSAGES: &[(&str, &[Field])] = &[
    ("WebSocketMessage", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "REQUEST"), (2, "RESPONSE")]), repeated: false },
        Field { number: 2, name: "request", kind: Kind::Message("WebSocketRequestMessage"), repeated: false },
    ]),
    ("WebSocketRequestMessage", &[
        Field { number: 1, name: "verb", kind: Kind::Text, repeated: false },
        Field { number: 2, name: "path", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "body", kind: Kind::Bytes, repeated: false },
        Field { number: 4, name: "id", kind: Kind::Number, repeated: false },
        Field { number: 5, name: "headers", kind: Kind::Text, repeated: true },
    ]),
    ("Envelope", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (6, "SESSION_MESSAGE"), (7, "CLOSED_GROUP_MESSAGE")]), repeated: false },
        Field { number: 2, name: "source", kind: Kind::Text, repeated: false },
        Field { number: 5, name: "timestamp", kind: Kind::Number, repeated: false },
        Field { number: 7, name: "sourceDevice", kind: Kind::Number, repeated: false },
        Field { number: 8, name: "content", kind: Kind::Bytes, repeated: false },
        Field { number: 10, name: "serverTimestamp", kind: Kind::Number, repeated: false },
        Field { number: 11, name: "proSig", kind: Kind::Bytes, repeated: false },
    ]),
    ("Content", &[
        Field { number: 1, name: "dataMessage", kind: Kind::Message("DataMessage"), repeated: false },
        Field { number: 3, name: "callMessage", kind: Kind::Message("CallMessage"), repeated: false },
        Field { number: 5, name: "receiptMessage", kind: Kind::Message("ReceiptMessage"), repeated: false },
        Field { number: 6, name: "typingMessage", kind: Kind::Message("TypingMessage"), repeated: false },
        Field { number: 8, name: "dataExtractionNotification", kind: Kind::Message("DataExtractionNotification"), repeated: false },
        Field { number: 9, name: "unsendRequest", kind: Kind::Message("UnsendRequest"), repeated: false },
        Field { number: 10, name: "messageRequestResponse", kind: Kind::Message("MessageRequestResponse"), repeated: false },
        Field { number: 11, name: "sharedConfigMessage", kind: Kind::Message("SharedConfigMessage"), repeated: false },
        Field { number: 12, name: "expirationType", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "DELETE_AFTER_READ"), (2, "DELETE_AFTER_SEND")]), repeated: false },
        Field { number: 13, name: "expirationTimer", kind: Kind::Number, repeated: false },
        Field { number: 15, name: "sigTimestamp", kind: Kind::Number, repeated: false },
        Field { number: 16, name: "proMessage", kind: Kind::Message("ProMessage"), repeated: false },
        Field { number: 17, name: "proSigForCommunityMessageOnly", kind: Kind::Bytes, repeated: false },
    ]),
    ("SharedConfigMessage", &[
        Field { number: 1, name: "kind", kind: Kind::Enum(&[(0, "NONE"), (1, "USER_PROFILE"), (2, "CONTACTS"), (3, "CONVO_INFO_VOLATILE"), (4, "USER_GROUPS")]), repeated: false },
        Field { number: 2, name: "seqno", kind: Kind::Signed, repeated: false },
        Field { number: 3, name: "data", kind: Kind::Bytes, repeated: false },
    ]),
    ("DataMessage", &[
        Field { number: 1, name: "body", kind: Kind::Text, repeated: false },
        Field { number: 2, name: "attachments", kind: Kind::Message("AttachmentPointer"), repeated: true },
        Field { number: 4, name: "flags", kind: Kind::Number, repeated: false },
        Field { number: 6, name: "profileKey", kind: Kind::Bytes, repeated: false },
        Field { number: 8, name: "quote", kind: Kind::Message("Quote"), repeated: false },
        Field { number: 10, name: "preview", kind: Kind::Message("Preview"), repeated: true },
        Field { number: 11, name: "reaction", kind: Kind::Message("Reaction"), repeated: false },
        Field { number: 101, name: "profile", kind: Kind::Message("LokiProfile"), repeated: false },
        Field { number: 102, name: "communityInvitation", kind: Kind::Message("CommunityInvitation"), repeated: false },
        Field { number: 105, name: "syncTarget", kind: Kind::Text, repeated: false },
        Field { number: 106, name: "blocksCommunityMessageRequests", kind: Kind::Bool, repeated: false },
        Field { number: 120, name: "groupUpdateMessage", kind: Kind::Message("GroupUpdateMessage"), repeated: false },
        Field { number: 1201, name: "entreNousAction", kind: Kind::Message("EntreNousAction"), repeated: false },
    ]),
    ("EntreNousAction", &[
        Field { number: 1, name: "kind", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "PLEASE_ADD"), (2, "SEND_STATE")]), repeated: false },
        Field { number: 2, name: "accountId", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "groupId", kind: Kind::Text, repeated: false },
    ]),
    ("Quote", &[
        Field { number: 1, name: "id", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "author", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "text", kind: Kind::Text, repeated: false },
    ]),
    ("Preview", &[
        Field { number: 1, name: "url", kind: Kind::Text, repeated: false },
        Field { number: 2, name: "title", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "image", kind: Kind::Message("AttachmentPointer"), repeated: false },
    ]),
    ("Reaction", &[
        Field { number: 1, name: "id", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "author", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "emoji", kind: Kind::Text, repeated: false },
        Field { number: 4, name: "action", kind: Kind::Enum(&[(0, "REACT"), (1, "REMOVE")]), repeated: false },
    ]),
    ("CommunityInvitation", &[
        Field { number: 1, name: "url", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "name", kind: Kind::Text, repeated: false },
    ]),
    ("LokiProfile", &[
        Field { number: 1, name: "displayName", kind: Kind::Text, repeated: false },
        Field { number: 2, name: "profilePicture", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "lastProfileUpdateSeconds", kind: Kind::Number, repeated: false },
    ]),
    ("AttachmentPointer", &[
        Field { number: 1, name: "deprecatedId", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "contentType", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "key", kind: Kind::Bytes, repeated: false },
        Field { number: 4, name: "size", kind: Kind::Number, repeated: false },
        Field { number: 5, name: "thumbnail", kind: Kind::Bytes, repeated: false },
        Field { number: 6, name: "digest", kind: Kind::Bytes, repeated: false },
        Field { number: 7, name: "fileName", kind: Kind::Text, repeated: false },
        Field { number: 8, name: "flags", kind: Kind::Number, repeated: false },
        Field { number: 9, name: "width", kind: Kind::Number, repeated: false },
        Field { number: 10, name: "height", kind: Kind::Number, repeated: false },
        Field { number: 11, name: "caption", kind: Kind::Text, repeated: false },
        Field { number: 101, name: "url", kind: Kind::Text, repeated: false },
    ]),
    ("CallMessage", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "OFFER"), (2, "ANSWER"), (3, "PROVISIONAL_ANSWER"), (4, "ICE_CANDIDATES"), (5, "END_CALL"), (6, "PRE_OFFER")]), repeated: false },
        Field { number: 2, name: "sdps", kind: Kind::Text, repeated: true },
        Field { number: 3, name: "sdpMLineIndexes", kind: Kind::Number, repeated: true },
        Field { number: 4, name: "sdpMids", kind: Kind::Text, repeated: true },
        Field { number: 5, name: "uuid", kind: Kind::Text, repeated: false },
    ]),
    ("ReceiptMessage", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "DELIVERY"), (1, "READ")]), repeated: false },
        Field { number: 2, name: "timestamp", kind: Kind::Number, repeated: true },
    ]),
    ("TypingMessage", &[
        Field { number: 1, name: "timestamp", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "action", kind: Kind::Enum(&[(0, "STARTED"), (1, "STOPPED")]), repeated: false },
    ]),
    ("DataExtractionNotification", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "SCREENSHOT"), (2, "MEDIA_SAVED")]), repeated: false },
        Field { number: 2, name: "timestamp", kind: Kind::Number, repeated: false },
    ]),
    ("UnsendRequest", &[
        Field { number: 1, name: "timestamp", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "author", kind: Kind::Text, repeated: false },
    ]),
    ("MessageRequestResponse", &[
        Field { number: 1, name: "isApproved", kind: Kind::Bool, repeated: false },
        Field { number: 2, name: "profileKey", kind: Kind::Bytes, repeated: false },
        Field { number: 3, name: "profile", kind: Kind::Message("LokiProfile"), repeated: false },
    ]),
    ("GroupUpdateMessage", &[
        Field { number: 1, name: "inviteMessage", kind: Kind::Message("GroupUpdateInviteMessage"), repeated: false },
        Field { number: 2, name: "infoChangeMessage", kind: Kind::Message("GroupUpdateInfoChangeMessage"), repeated: false },
        Field { number: 3, name: "memberChangeMessage", kind: Kind::Message("GroupUpdateMemberChangeMessage"), repeated: false },
        Field { number: 4, name: "promoteMessage", kind: Kind::Message("GroupUpdatePromoteMessage"), repeated: false },
        Field { number: 5, name: "memberLeftMessage", kind: Kind::Message("GroupUpdateMemberLeftMessage"), repeated: false },
        Field { number: 6, name: "inviteResponse", kind: Kind::Message("GroupUpdateInviteResponseMessage"), repeated: false },
        Field { number: 7, name: "deleteMemberContent", kind: Kind::Message("GroupUpdateDeleteMemberContentMessage"), repeated: false },
        Field { number: 8, name: "memberLeftNotificationMessage", kind: Kind::Message("GroupUpdateMemberLeftNotificationMessage"), repeated: false },
    ]),
    ("GroupUpdateInviteMessage", &[
        Field { number: 1, name: "groupSessionId", kind: Kind::Text, repeated: false },
        Field { number: 2, name: "name", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "memberAuthData", kind: Kind::Bytes, repeated: false },
        Field { number: 4, name: "adminSignature", kind: Kind::Bytes, repeated: false },
    ]),
    ("GroupUpdateInfoChangeMessage", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "NAME"), (2, "AVATAR"), (3, "DISAPPEARING_MESSAGES")]), repeated: false },
        Field { number: 2, name: "updatedName", kind: Kind::Text, repeated: false },
        Field { number: 3, name: "updatedExpiration", kind: Kind::Number, repeated: false },
        Field { number: 4, name: "adminSignature", kind: Kind::Bytes, repeated: false },
    ]),
    ("GroupUpdateMemberChangeMessage", &[
        Field { number: 1, name: "type", kind: Kind::Enum(&[(0, "UNKNOWN"), (1, "ADDED"), (2, "REMOVED"), (3, "PROMOTED")]), repeated: false },
        Field { number: 2, name: "memberSessionIds", kind: Kind::Text, repeated: true },
        Field { number: 3, name: "historyShared", kind: Kind::Bool, repeated: false },
        Field { number: 4, name: "adminSignature", kind: Kind::Bytes, repeated: false },
    ]),
    ("GroupUpdatePromoteMessage", &[
        Field { number: 1, name: "groupIdentitySeed", kind: Kind::Bytes, repeated: false },
        Field { number: 2, name: "name", kind: Kind::Text, repeated: false },
    ]),
    ("GroupUpdateMemberLeftMessage", &[
    ]),
    ("GroupUpdateInviteResponseMessage", &[
        Field { number: 1, name: "isApproved", kind: Kind::Bool, repeated: false },
    ]),
    ("GroupUpdateDeleteMemberContentMessage", &[
        Field { number: 1, name: "memberSessionIds", kind: Kind::Text, repeated: true },
        Field { number: 2, name: "messageHashes", kind: Kind::Text, repeated: true },
        Field { number: 3, name: "adminSignature", kind: Kind::Bytes, repeated: false },
    ]),
    ("GroupUpdateMemberLeftNotificationMessage", &[
    ]),
    ("ProMessage", &[
        Field { number: 1, name: "proof", kind: Kind::Message("ProProof"), repeated: false },
        Field { number: 2, name: "profileBitset", kind: Kind::Number, repeated: false },
        Field { number: 3, name: "messageBitset", kind: Kind::Number, repeated: false },
    ]),
    ("ProProof", &[
        Field { number: 1, name: "version", kind: Kind::Number, repeated: false },
        Field { number: 2, name: "genIndexHash", kind: Kind::Bytes, repeated: false },
        Field { number: 3, name: "rotatingPublicKey", kind: Kind::Bytes, repeated: false },
        Field { number: 4, name: "expireAtMs", kind: Kind::Number, repeated: false },
        Field { number: 5, name: "sig", kind: Kind::Bytes, repeated: false },
    ]),
];
