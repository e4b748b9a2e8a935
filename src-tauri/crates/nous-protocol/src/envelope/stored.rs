//! Whole stored messages: from a padded content to the bytes that the storage keeps, and back.
//!
//! Source: `messages.md` §2.3.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use prost::Message as _;
use rand_core::CryptoRng;

use super::batch::{Senders, open_signed_batch};
use super::{OpenError, OpenedSigned, SealError, open_signed, seal_signed};
use crate::account::AccountId;
use crate::keys::IdentityKeys;
use crate::time::Timestamp;
use crate::wire::padding::{self, Padded};
use crate::wire::protobuf::{
    Envelope, WebSocketMessage, WebSocketRequestMessage, envelope, web_socket_message,
};

/// The bytes of a `WebSocketMessage`: the `data` of a store request, before base64. They
/// are stored and sent again as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedMessage(pub Vec<u8>);

/// A stored message, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Who signed it.
    pub sender: AccountId,
    /// The signer's Ed25519 key.
    pub sender_ed25519: [u8; 32],
    /// The content, without padding: for `content::parse`.
    pub content: Vec<u8>,
    /// The time on the envelope, which is not signed: the content's own must equal it.
    pub envelope_timestamp: Timestamp,
}

impl Opened {
    fn from_signed(signed: OpenedSigned, envelope_timestamp: Timestamp) -> Self {
        let mut content = signed.message;
        let length = padding::unpad(&content).len();
        content.truncate(length);
        Self {
            sender: signed.sender,
            sender_ed25519: signed.sender_ed25519,
            content,
            envelope_timestamp,
        }
    }
}

/// Shows no content.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// Signs and seals a content for `recipient` and wraps it for storing.
///
/// `sent`: the message's sent timestamp, in network time, the same as inside the content.
///
/// # Errors
/// [`SealError::Recipient`] if nothing can be sealed to the recipient's key.
pub fn seal(
    sender: &IdentityKeys,
    recipient: &AccountId,
    content: &Padded,
    sent: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<SealedMessage, SealError> {
    let sealed = seal_signed(sender, recipient, content.as_bytes(), rng)?;
    let envelope = Envelope {
        r#type: Some(envelope::Type::SessionMessage.into()),
        timestamp: Some(sent.as_wire()),
        source_device: Some(1),
        content: Some(sealed),
        pro_sig: Some(decoy(rng)),
        ..Envelope::default()
    };
    Ok(SealedMessage(wrap_envelope(&envelope)))
}

/// Puts an envelope into the layers that the storage knows.
pub(crate) fn wrap_envelope(envelope: &Envelope) -> Vec<u8> {
    let request = WebSocketRequestMessage {
        verb: Some(String::new()),
        path: Some(String::new()),
        body: Some(envelope.encode_to_vec()),
        id: Some(0),
        headers: Vec::new(),
    };
    let message = WebSocketMessage {
        r#type: Some(web_socket_message::Type::Request.into()),
        request: Some(request),
    };
    message.encode_to_vec()
}

/// What looks like a signature and is none: r·B ‖ s, with r and s random. It keeps
/// messages of all accounts alike.
pub(crate) fn decoy(rng: &mut impl CryptoRng) -> Vec<u8> {
    let mut scalar = || {
        let mut wide = [0_u8; 64];
        rng.fill_bytes(&mut wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    };
    let (r, s) = (scalar(), scalar());
    let mut decoy = EdwardsPoint::mul_base(&r).compress().to_bytes().to_vec();
    decoy.extend_from_slice(s.as_bytes());
    decoy
}

/// Opens a stored message of namespace 0 and checks who signed it.
///
/// `data`: what the storage kept, out of base64. Everything on the envelope but its time
/// and its content is ignored.
///
/// # Errors
/// [`OpenError`] says which check failed; nothing of the content comes out then.
pub fn open(recipient: &IdentityKeys, data: &[u8]) -> Result<Opened, OpenError> {
    let (sealed, envelope_timestamp) = unwrap_layers(data)?;
    let opened = open_signed(recipient, &sealed)?;
    Ok(Opened::from_signed(opened, envelope_timestamp))
}

/// [`open`] for every message of a poll, in order; one broken message does not touch the others.
#[must_use]
pub fn open_batch<D: AsRef<[u8]>>(
    recipient: &IdentityKeys,
    messages: &[D],
) -> Vec<Result<Opened, OpenError>> {
    open_batch_with(recipient, messages, &mut Senders::new())
}

/// [`open_batch`] that remembers the keys of senders from one poll to the next.
#[must_use]
pub fn open_batch_with<D: AsRef<[u8]>>(
    recipient: &IdentityKeys,
    messages: &[D],
    senders: &mut Senders,
) -> Vec<Result<Opened, OpenError>> {
    let layers: Vec<_> = messages.iter().map(|data| unwrap_layers(data.as_ref())).collect();
    let sealed: Vec<&[u8]> = layers.iter().flatten().map(|(sealed, _)| &**sealed).collect();
    let mut opened = open_signed_batch(recipient, &sealed, senders).into_iter();
    layers
        .iter()
        .map(|layer| {
            let (_, timestamp) = layer.as_ref().map_err(|error| *error)?;
            let signed = opened.next().unwrap_or(Err(OpenError::Wrapping))?;
            Ok(Opened::from_signed(signed, *timestamp))
        })
        .collect()
}

/// The envelope inside the layers that the storage knows; its fields are not looked at.
pub(crate) fn unwrap_envelope(data: &[u8]) -> Result<Envelope, OpenError> {
    let message = WebSocketMessage::decode(data).map_err(|_| OpenError::Wrapping)?;
    let body = message
        .request
        .and_then(|request| request.body)
        .ok_or(OpenError::Wrapping)?;
    Envelope::decode(body.as_slice()).map_err(|_| OpenError::Wrapping)
}

/// The sealed content and the envelope's time.
fn unwrap_layers(data: &[u8]) -> Result<(Vec<u8>, Timestamp), OpenError> {
    let envelope = unwrap_envelope(data)?;
    let fits = |signature: &Vec<u8>| matches!(signature.len(), 0 | 64);
    if !envelope.pro_sig.as_ref().is_none_or(fits) {
        return Err(OpenError::Wrapping);
    }
    let content = envelope.content.ok_or(OpenError::Wrapping)?;
    let timestamp = envelope.timestamp.ok_or(OpenError::Wrapping)?;
    Ok((content, Timestamp::from_wire(timestamp)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Seed;
    use curve25519_dalek::edwards::CompressedEdwardsY;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn person(n: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([n; 16]))
    }

    fn sealed() -> SealedMessage {
        let mut rng = StdRng::seed_from_u64(1);
        let sent = Timestamp::from_ms(1_767_225_600_123);
        seal(
            &person(1),
            &person(2).account_id(),
            &padding::pad(b"hello"),
            sent,
            &mut rng,
        )
        .unwrap()
    }

    #[test]
    fn the_recipient_opens_what_the_sender_sealed() {
        let opened = open(&person(2), &sealed().0).unwrap();
        assert_eq!(opened.sender, person(1).account_id());
        assert_eq!(opened.sender_ed25519, person(1).ed25519_public());
        assert_eq!(opened.content, b"hello");
        assert_eq!(opened.envelope_timestamp.as_ms(), 1_767_225_600_123);
    }

    #[test]
    fn nobody_else_opens_it() {
        assert_eq!(open(&person(3), &sealed().0), Err(OpenError::Seal));
    }

    #[test]
    fn the_decoy_looks_like_a_signature() {
        let message = WebSocketMessage::decode(sealed().0.as_slice()).unwrap();
        let envelope = Envelope::decode(message.request.unwrap().body.unwrap().as_slice()).unwrap();
        let decoy = envelope.pro_sig.unwrap();
        let (point, scalar) = decoy.split_at(32);
        assert!(
            CompressedEdwardsY(point.try_into().unwrap())
                .decompress()
                .unwrap()
                .is_torsion_free()
        );
        assert!(bool::from(
            Scalar::from_canonical_bytes(scalar.try_into().unwrap()).is_some()
        ));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for data in [&b""[..], b"\xff", b"\x08\x01", b"\x12\x02\x1a\x00"] {
            assert_eq!(open(&person(2), data), Err(OpenError::Wrapping));
        }
    }

    #[test]
    fn one_broken_message_does_not_touch_the_others() {
        let good = sealed().0;
        let all = open_batch(&person(2), &[good.clone(), b"broken".to_vec(), good]);
        assert!(matches!(all.as_slice(), [Ok(_), Err(OpenError::Wrapping), Ok(_)]));
    }
}
