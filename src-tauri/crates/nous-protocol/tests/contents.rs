//! Contents: recorded ones are understood, bounds hold, what is written is read back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use nous_protocol::account::AccountId;
use nous_protocol::content::{
    Attachment, Call, CallKind, ContentError, DataExtraction, DisappearKind, Disappearing, Extras, Incoming,
    Invitation, Message, Outgoing, OutgoingBody, Preview, Profile, Reaction, Target, encode, own_copy, parse,
    parse_community, profile::Picture,
};
use nous_protocol::envelope;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::protobuf::{self as proto, Content, DataMessage, Message as _};
use nous_protocol::wire::rpc::read::BASE64;
use serde_json::Value;

const SENT: Timestamp = Timestamp::from_ms(1_767_225_600_123);

fn vectors() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../tests/vectors/wire-messages.json"
    );
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap().iter();
    cases
        .filter(|case| case["op"] == "wire.decode")
        .cloned()
        .collect()
}

fn content_of(case: &Value) -> (Vec<u8>, Timestamp) {
    let seed: [u8; 16] = hex::decode(case["in"]["recipient"]["seed"].as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap();
    let keys = IdentityKeys::from_seed(&Seed::from_bytes(seed));
    let data = base64::Engine::decode(&BASE64, case["in"]["data_base64"].as_str().unwrap()).unwrap();
    let opened = envelope::open(&keys, &data).unwrap();
    assert_eq!(
        opened.sender.to_string(),
        case["out"]["sender_account_id"].as_str().unwrap()
    );
    assert_eq!(
        hex::encode(&opened.content),
        case["out"]["content"].as_str().unwrap()
    );
    (opened.content, opened.envelope_timestamp)
}

#[test]
fn every_recorded_message_is_understood_as_its_kind() {
    let mut kinds = std::collections::BTreeMap::new();
    for case in vectors() {
        let (content, envelope) = content_of(&case);
        let parsed = parse(&content, envelope).unwrap();
        let json = &case["out"]["content_json"];
        let data = &json["dataMessage"];
        let expected = if data.get("groupUpdateMessage").is_some() {
            "group update"
        } else if data.get("reaction").is_some() {
            "reaction"
        } else if data.get("flags").is_some() {
            "expiration"
        } else if data.is_object() {
            "message"
        } else if json.get("receiptMessage").is_some() {
            "receipt"
        } else if json.get("typingMessage").is_some() {
            "typing"
        } else if json.get("callMessage").is_some() {
            "call"
        } else if json.get("unsendRequest").is_some() {
            "unsend"
        } else if json.get("dataExtractionNotification").is_some() {
            "data extraction"
        } else {
            "request response"
        };
        assert_eq!(parsed.content.name(), expected, "{json}");
        assert_eq!(parsed.sig_timestamp, Some(SENT));
        *kinds.entry(expected).or_insert(0) += 1;
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
}

#[test]
fn a_recorded_message_has_its_parts() {
    let find = |name: &str| {
        let all = vectors();
        let case = all.iter().find(|case| case["in"]["name"] == name).unwrap();
        let (content, envelope) = content_of(case);
        match parse(&content, envelope).unwrap().content {
            Incoming::Message(message) => message,
            other => panic!("{other:?}"),
        }
    };
    let text = find("text");
    assert_eq!(text.body, "Bonjour ✓ open");
    let profile = text.extras.profile.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Zoé open"));
    assert_eq!(
        profile.picture.unwrap().url,
        "http://filev2.getsession.org/file/42"
    );
    assert_eq!(profile.updated_seconds, Some(1_767_220_000));
    let attachment = find("attachment_one").attachments.remove(0);
    assert_eq!(attachment.url, "http://filev2.getsession.org/file/900");
    assert_eq!(attachment.file_name.as_deref(), Some("photo 0.jpg"));
    assert_eq!(
        (attachment.key.unwrap().len(), attachment.size),
        (64, Some(12_345))
    );
    assert!(find("sync_to_self").extras.sync_target.is_some());
}

fn target() -> Target {
    Target {
        timestamp: Timestamp::from_ms(1_700_000_000_000),
        author: format!("05{}", "ab".repeat(32)),
    }
}

fn extras() -> Extras {
    let picture = Some(Picture {
        url: "http://h/file/1".into(),
        key: [5; 32],
    });
    let profile = Profile {
        name: Some("Ann".into()),
        picture,
        updated_seconds: Some(7),
    };
    Extras {
        profile: Some(profile),
        ..Extras::default()
    }
}

fn message() -> Message {
    let image = Attachment {
        url: "http://h/file/9".into(),
        content_type: Some("image/png".into()),
        key: Some(vec![1; 64]),
        size: Some(3),
        digest: Some([2; 32]),
        file_name: Some("a.png".into()),
        voice: true,
        width: Some(1),
        height: Some(2),
        caption: Some("caption".into()),
    };
    Message {
        body: "see https://example.org".into(),
        attachments: vec![image.clone()],
        quote: Some(target()),
        preview: Some(Preview {
            url: "https://example.org".into(),
            title: Some("title".into()),
            image: Some(image),
        }),
        invitation: Some(Invitation {
            url: "https://o/r?public_key=0".into(),
            name: "Room".into(),
        }),
        extras: extras(),
    }
}

fn out(body: OutgoingBody) -> Outgoing {
    let disappearing = Disappearing {
        kind: DisappearKind::AfterSend,
        seconds: 86_400,
    };
    Outgoing {
        sent: SENT,
        disappearing,
        body,
    }
}

#[test]
fn what_is_written_is_read_back() {
    let reaction = Reaction {
        target: target(),
        emoji: "😂".into(),
        remove: true,
    };
    let call = Call {
        kind: CallKind::IceCandidates,
        sdps: vec!["c".into()],
        line_indexes: vec![0],
        mids: vec!["0".into()],
        uuid: "u".into(),
    };
    let notice = DataExtraction {
        screenshot: false,
        timestamp: Some(SENT),
    };
    let pairs = [
        (
            OutgoingBody::Message(Box::new(message())),
            Incoming::Message(Box::new(message())),
        ),
        (
            OutgoingBody::Reaction(reaction.clone(), extras()),
            Incoming::Reaction(reaction, extras()),
        ),
        (OutgoingBody::Expiration(extras()), Incoming::Expiration(extras())),
        (OutgoingBody::Receipt(vec![SENT]), Incoming::Receipt(vec![SENT])),
        (
            OutgoingBody::Typing { started: true },
            Incoming::Typing { started: true },
        ),
        (
            OutgoingBody::DataExtraction(notice),
            Incoming::DataExtraction(notice),
        ),
        (OutgoingBody::Unsend(target()), Incoming::Unsend(target())),
        (OutgoingBody::Call(call.clone()), Incoming::Call(call)),
        (
            OutgoingBody::RequestResponse(extras().profile),
            Incoming::RequestResponse(extras().profile),
        ),
    ];
    for (body, expected) in pairs {
        let shown = !matches!(
            expected,
            Incoming::Receipt(_)
                | Incoming::Typing { .. }
                | Incoming::Unsend(_)
                | Incoming::RequestResponse(_)
        );
        let parsed = parse(&encode(&out(body)), SENT).unwrap();
        assert!(parsed.content == expected, "{expected:?} {:?}", parsed.content);
        assert_eq!(parsed.disappearing.seconds, if shown { 86_400 } else { 0 });
    }
}

#[test]
fn our_own_copy_names_the_contact_and_carries_no_profile() {
    let contact = AccountId::from_x25519([3; 32]);
    let sent = out(OutgoingBody::Message(Box::new(message())));
    let copy = own_copy(&sent, &contact).unwrap();
    let Incoming::Message(read) = parse(&encode(&copy), SENT).unwrap().content else {
        panic!("no message")
    };
    assert_eq!(read.extras.sync_target, Some(contact));
    assert!(read.extras.profile.is_none());
    assert_eq!(read.body, message().body);
    assert!(own_copy(&out(OutgoingBody::Receipt(vec![SENT])), &contact).is_none());
    assert!(own_copy(&out(OutgoingBody::Typing { started: true }), &contact).is_none());
}

fn data(data: DataMessage) -> Vec<u8> {
    Content {
        data_message: Some(data),
        ..Content::default()
    }
    .encode_to_vec()
}

fn refused(bytes: &[u8]) -> ContentError {
    parse(bytes, SENT).unwrap_err()
}

#[test]
fn another_signed_time_than_the_envelopes_is_refused_and_an_absent_one_taken() {
    let with = |sig_timestamp| {
        Content {
            sig_timestamp,
            ..Content::default()
        }
        .encode_to_vec()
    };
    assert_eq!(refused(&with(Some(1))), ContentError::TimestampMismatch);
    assert!(parse(&with(None), SENT).is_ok());
    let hours = |hours: i64| Some((SENT.as_ms() + hours * 3_600_000).unsigned_abs());
    assert!(parse_community(&with(hours(6)), SENT).is_ok());
    assert!(parse_community(&with(hours(-7)), SENT).is_err());
}

#[test]
fn typing_must_have_the_envelopes_time() {
    let typing = proto::TypingMessage {
        timestamp: Some(1),
        action: Some(0),
    };
    let content = Content {
        typing_message: Some(typing),
        ..Content::default()
    };
    assert_eq!(refused(&content.encode_to_vec()), ContentError::TimestampMismatch);
}

#[test]
fn too_many_attachments_are_refused() {
    let pointer = proto::AttachmentPointer {
        url: Some("u".into()),
        ..Default::default()
    };
    let of = |count| {
        data(DataMessage {
            attachments: vec![pointer.clone(); count],
            ..Default::default()
        })
    };
    assert!(parse(&of(32), SENT).is_ok());
    assert_eq!(refused(&of(33)), ContentError::Bound("attachments"));
}

#[test]
fn a_long_text_is_cut_between_code_points() {
    let bytes = data(DataMessage {
        body: Some("é".repeat(10_001)),
        ..Default::default()
    });
    let Incoming::Message(message) = parse(&bytes, SENT).unwrap().content else {
        panic!("no message")
    };
    assert_eq!(message.body.chars().count(), 10_000);
}

#[test]
fn the_flag_of_a_timer_update_voids_the_text_and_others_are_refused() {
    let of = |flags| {
        data(DataMessage {
            body: Some("x".into()),
            flags: Some(flags),
            ..Default::default()
        })
    };
    assert_eq!(parse(&of(2), SENT).unwrap().content.name(), "expiration");
    assert_eq!(parse(&of(0), SENT).unwrap().content.name(), "message");
    assert_eq!(refused(&of(1)), ContentError::Bound("flags"));
}

#[test]
fn a_message_with_nothing_to_show_leaves_its_profile() {
    let profile = proto::LokiProfile {
        display_name: Some("Ann".into()),
        ..Default::default()
    };
    let bytes = data(DataMessage {
        profile: Some(profile),
        ..Default::default()
    });
    let content = parse(&bytes, SENT).unwrap().content;
    assert_eq!(content.name(), "profile");
    assert_eq!(
        content
            .extras()
            .unwrap()
            .profile
            .as_ref()
            .unwrap()
            .name
            .as_deref(),
        Some("Ann")
    );
}

#[test]
fn a_preview_whose_link_is_not_in_the_text_is_dropped() {
    let preview = |url: &str, title: Option<&str>| {
        let preview = proto::Preview {
            url: Some(url.into()),
            title: title.map(Into::into),
            image: None,
        };
        let body = Some("https://a.org".into());
        let bytes = data(DataMessage {
            body,
            preview: vec![preview],
            ..Default::default()
        });
        let Incoming::Message(message) = parse(&bytes, SENT).unwrap().content else {
            panic!("no message")
        };
        message.preview.is_some()
    };
    assert!(preview("https://a.org", Some("t")));
    assert!(!preview("https://b.org", Some("t")));
    assert!(!preview("https://a.org", None));
}

#[test]
fn data_counts_before_every_other_body_and_typing_before_calls() {
    let typing = proto::TypingMessage {
        timestamp: Some(SENT.as_wire()),
        action: Some(0),
    };
    let call = proto::CallMessage {
        r#type: Some(1),
        uuid: Some("u".into()),
        ..Default::default()
    };
    let mut content = Content {
        typing_message: Some(typing),
        call_message: Some(call),
        data_message: Some(DataMessage {
            body: Some("x".into()),
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        parse(&content.encode_to_vec(), SENT).unwrap().content.name(),
        "message"
    );
    content.data_message = None;
    assert_eq!(
        parse(&content.encode_to_vec(), SENT).unwrap().content.name(),
        "typing"
    );
}

#[test]
fn needed_fields_are_missed() {
    let quote = proto::Quote {
        id: Some(1),
        ..Default::default()
    };
    let quote = data(DataMessage {
        quote: Some(quote),
        ..Default::default()
    });
    assert_eq!(refused(&quote), ContentError::Missing("quote"));
    let unsend = proto::UnsendRequest {
        timestamp: Some(1),
        author: Some("someone".into()),
    };
    let unsend = Content {
        unsend_request: Some(unsend),
        ..Default::default()
    }
    .encode_to_vec();
    assert_eq!(refused(&unsend), ContentError::Bound("unsend"));
    let call = Content {
        call_message: Some(proto::CallMessage::default()),
        ..Default::default()
    };
    assert_eq!(refused(&call.encode_to_vec()), ContentError::Missing("call.type"));
}

#[test]
fn candidates_need_a_place_each() {
    let call = proto::CallMessage {
        r#type: Some(4),
        uuid: Some("u".into()),
        sdps: vec!["a".into(), "b".into()],
        sdp_m_line_indexes: vec![0],
        sdp_mids: vec!["0".into(), "1".into()],
    };
    let content = Content {
        call_message: Some(call),
        ..Default::default()
    };
    assert_eq!(refused(&content.encode_to_vec()), ContentError::Bound("sdpMids"));
}

#[test]
fn contents_of_later_versions_are_unknown() {
    assert_eq!(
        parse(&[0x92, 0x03, 0x01, 0x41], SENT).unwrap().content.name(),
        "unknown"
    );
    assert_eq!(parse(b"", SENT).unwrap().content.name(), "unknown");
    assert_eq!(refused(b"\xff\xff"), ContentError::Protobuf);
}

#[test]
fn a_timer_beyond_a_year_is_refused() {
    let content = Content {
        expiration_timer: Some(31_536_001),
        ..Default::default()
    };
    assert_eq!(
        refused(&content.encode_to_vec()),
        ContentError::Bound("expirationTimer")
    );
}
