//! The protobuf layers around an account's encrypted config bytes, as older clients read them.
//!
//! Source: `config.md` §5, step 4.

use std::borrow::Cow;

use prost::Message as _;

use crate::account::Namespace;
use crate::envelope::stored::{unwrap_envelope, wrap_envelope};
use crate::envelope::{SealError, open_signed, seal_signed_deterministic};
use crate::keys::IdentityKeys;
use crate::wire::protobuf::{Content, Envelope, SharedConfigMessage, envelope, shared_config_message};

/// The byte behind the content: all the padding that there is.
const PADDING: u8 = 0x80;

/// How often the layers are taken off: an old client put them on twice.
const MAX_LAYERS: usize = 2;

/// Why config bytes cannot be wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// No namespace of an account's config.
    #[error("no config namespace")]
    Namespace,
    /// Our own key cannot be sealed to.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl crate::error::HasKind for WrapError {
    fn kind(&self) -> crate::error::ErrorKind {
        crate::error::ErrorKind::Bug
    }
}

impl crate::error::HasRetry for WrapError {
    fn retry(&self) -> crate::error::Retry {
        crate::error::Retry::Never
    }
}

fn kind_of(namespace: Namespace) -> Option<shared_config_message::Kind> {
    use shared_config_message::Kind;
    match namespace {
        Namespace::USER_PROFILE => Some(Kind::UserProfile),
        Namespace::CONTACTS => Some(Kind::Contacts),
        Namespace::CONVO_INFO_VOLATILE => Some(Kind::ConvoInfoVolatile),
        Namespace::USER_GROUPS => Some(Kind::UserGroups),
        _ => None,
    }
}

/// Puts the layers around encrypted config bytes. The same input gives the same bytes.
///
/// # Errors
/// [`WrapError::Namespace`] if the namespace is not one of 2 to 5.
///
/// Source: `config.md` §5.
pub fn wrap(
    keys: &IdentityKeys,
    namespace: Namespace,
    seqno: i64,
    encrypted: &[u8],
) -> Result<Vec<u8>, WrapError> {
    let kind = kind_of(namespace).ok_or(WrapError::Namespace)?;
    let shared = SharedConfigMessage {
        kind: Some(kind.into()),
        seqno: Some(seqno),
        data: Some(encrypted.to_vec()),
    };
    let content = Content {
        shared_config_message: Some(shared),
        ..Content::default()
    };
    let mut padded = content.encode_to_vec();
    padded.push(PADDING);
    let envelope = Envelope {
        r#type: Some(envelope::Type::SessionMessage.into()),
        timestamp: Some(1),
        content: Some(seal_signed_deterministic(keys, &keys.account_id(), &padded)?),
        ..Envelope::default()
    };
    Ok(wrap_envelope(&envelope))
}

/// The encrypted bytes inside stored config data, with or without layers around them.
///
/// Data that has not exactly the layers of [`wrap`], sealed by ourselves for `namespace`, is
/// taken as encrypted bytes without layers.
///
/// Source: `config.md` §5.
#[must_use]
pub fn unwrap<'a>(keys: &IdentityKeys, namespace: Namespace, data: &'a [u8]) -> Cow<'a, [u8]> {
    let mut inner = Cow::Borrowed(data);
    for _ in 0..MAX_LAYERS {
        match unwrap_once(keys, namespace, &inner) {
            Some(bytes) => inner = Cow::Owned(bytes),
            None => break,
        }
    }
    inner
}

fn unwrap_once(keys: &IdentityKeys, namespace: Namespace, data: &[u8]) -> Option<Vec<u8>> {
    let kind = kind_of(namespace)?;
    let envelope = unwrap_envelope(data).ok()?;
    let opened = open_signed(keys, &envelope.content?).ok()?;
    if opened.sender_ed25519 != keys.ed25519_public() {
        return None;
    }
    let end = opened.message.iter().rposition(|byte| *byte != 0)?;
    if opened.message.get(end) != Some(&PADDING) {
        return None;
    }
    let shared = Content::decode(opened.message.get(..end)?)
        .ok()?
        .shared_config_message?;
    (shared.kind == Some(kind.into()))
        .then_some(shared.data)
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Seed;
    use crate::wire::protobuf::{WebSocketMessage, WebSocketRequestMessage};

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    #[test]
    fn wrapped_bytes_come_back_once_and_twice_wrapped() {
        let keys = person(1);
        for namespace in (2..=5).map(Namespace) {
            let once = wrap(&keys, namespace, 7, b"data").unwrap();
            assert_eq!(*unwrap(&keys, namespace, &once), *b"data");
            let twice = wrap(&keys, namespace, 7, &once).unwrap();
            assert_eq!(*unwrap(&keys, namespace, &twice), *b"data");
            let thrice = wrap(&keys, namespace, 7, &twice).unwrap();
            assert_eq!(*unwrap(&keys, namespace, &thrice), *once);
        }
    }

    #[test]
    fn other_bytes_other_people_and_other_kinds_are_left_as_they_are() {
        let (keys, other) = (person(1), person(2));
        let data = wrap(&keys, Namespace::CONTACTS, 7, b"data").unwrap();
        assert_eq!(*unwrap(&other, Namespace::CONTACTS, &data), *data);
        assert_eq!(*unwrap(&keys, Namespace::USER_PROFILE, &data), *data);
        assert_eq!(*unwrap(&keys, Namespace::MESSAGES, &data), *data);
        assert_eq!(*unwrap(&keys, Namespace::CONTACTS, b"raw"), *b"raw");
        assert_eq!(*unwrap(&keys, Namespace::CONTACTS, b""), *b"");
    }

    #[test]
    fn a_config_sealed_to_us_by_somebody_else_is_not_opened() {
        let (keys, other) = (person(1), person(2));
        let shared = SharedConfigMessage {
            kind: Some(shared_config_message::Kind::Contacts.into()),
            seqno: Some(1),
            data: Some(b"forged".to_vec()),
        };
        let content = Content {
            shared_config_message: Some(shared),
            ..Content::default()
        };
        let mut padded = content.encode_to_vec();
        padded.push(PADDING);
        let sealed = seal_signed_deterministic(&other, &keys.account_id(), &padded).unwrap();
        let envelope = Envelope {
            content: Some(sealed),
            ..Envelope::default()
        };
        let request = WebSocketRequestMessage {
            body: Some(envelope.encode_to_vec()),
            ..WebSocketRequestMessage::default()
        };
        let message = WebSocketMessage {
            r#type: None,
            request: Some(request),
        };
        let data = message.encode_to_vec();
        assert_eq!(*unwrap(&keys, Namespace::CONTACTS, &data), *data);
    }

    #[test]
    fn only_the_config_namespaces_are_wrapped() {
        let keys = person(1);
        assert_eq!(
            wrap(&keys, Namespace::MESSAGES, 1, b""),
            Err(WrapError::Namespace)
        );
        assert_eq!(wrap(&keys, Namespace(11), 1, b""), Err(WrapError::Namespace));
    }
}
