//! The answer to an onion request: sealed once by the destination, opened by the client.
//!
//! Source: `network.md` §3.1 and §3.4.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_core::CryptoRng;
use serde_json::Value;

use super::OnionError;
use super::layer::{EncType, Shared};

/// What the client keeps to open the answer of one request.
pub struct ReplyKeys {
    shared: Shared,
    enc: EncType,
}

/// Shows no key.
impl fmt::Debug for ReplyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyKeys(…)")
    }
}

/// What a storage node answered, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnodeAnswer {
    /// The status inside, which is the destination's.
    pub status: u16,
    /// The body: JSON as text, or plain text.
    pub body: String,
}

impl ReplyKeys {
    pub(super) const fn new(shared: Shared, enc: EncType) -> Self {
        Self { shared, enc }
    }

    /// From the innermost ephemeral key pair, the destination's X25519 key and the cipher
    /// of the request.
    ///
    /// # Errors
    /// [`OnionError::WeakKey`] if the destination's key is of small order.
    pub fn from_parts(
        ephemeral_secret: &[u8; 32],
        ephemeral_public: [u8; 32],
        destination: [u8; 32],
        enc: EncType,
    ) -> Result<Self, OnionError> {
        Ok(Self::new(
            Shared::of_client(ephemeral_secret, ephemeral_public, destination)?,
            enc,
        ))
    }

    /// Opens raw sealed bytes, with the cipher of the request or else the other one.
    ///
    /// # Errors
    /// [`OnionError::Sealed`] if neither opens them.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, OnionError> {
        self.open_in_place(sealed.to_vec())
    }

    /// The same where they lie: nothing is copied elsewhere.
    ///
    /// # Errors
    /// [`OnionError::Sealed`] if neither cipher opens them.
    pub fn open_in_place(&self, mut sealed: Vec<u8>) -> Result<Vec<u8>, OnionError> {
        let opened = self.shared.open_in_place(self.enc, &mut sealed);
        opened.or_else(|_| self.shared.open_in_place(self.enc.other(), &mut sealed))?;
        Ok(sealed)
    }

    /// Opens the HTTP body that a guard returned for a request to a storage node: base64,
    /// `{"result":"<base64>"}`, or raw sealed bytes.
    ///
    /// # Errors
    /// [`OnionError::Sealed`] if it does not open, [`OnionError::Answer`] if what is inside
    /// is no `{"status":…,"body":…}`.
    pub fn open_snode(&self, http_body: &[u8]) -> Result<SnodeAnswer, OnionError> {
        let plain = match sealed_bytes(http_body) {
            Some(sealed) => self.open(&sealed).or_else(|_| self.open(http_body))?,
            None => self.open(http_body)?,
        };
        read_answer(&plain)
    }
}

fn sealed_bytes(http_body: &[u8]) -> Option<Vec<u8>> {
    let text = http_body.trim_ascii();
    if text.first() == Some(&b'{') {
        let value: Value = serde_json::from_slice(text).ok()?;
        return STANDARD.decode(value.get("result")?.as_str()?.trim()).ok();
    }
    STANDARD.decode(text).ok()
}

fn read_answer(plain: &[u8]) -> Result<SnodeAnswer, OnionError> {
    let value: Value = serde_json::from_slice(plain).map_err(|_| OnionError::Answer("JSON"))?;
    let status = value
        .get("status")
        .or_else(|| value.get("status_code"))
        .and_then(Value::as_u64)
        .and_then(|status| u16::try_from(status).ok())
        .ok_or(OnionError::Answer("status"))?;
    let body = match value.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    Ok(SnodeAnswer { status, body })
}

/// What a destination keeps to seal its answer.
pub struct ReplySealer {
    shared: Shared,
    enc: EncType,
}

/// Shows no key.
impl fmt::Debug for ReplySealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplySealer(…)")
    }
}

impl ReplySealer {
    pub(super) const fn new(shared: Shared, enc: EncType) -> Self {
        Self { shared, enc }
    }

    /// Seals `plain` for the client: raw bytes, the answer of a server.
    #[must_use]
    pub fn seal<R: CryptoRng + ?Sized>(&self, plain: &[u8], rng: &mut R) -> Vec<u8> {
        self.shared.seal(self.enc, plain, rng)
    }

    /// Seals the answer of a storage node: `{"status":…,"body":"…"}`, or with the body
    /// embedded as JSON if `embed` and it is JSON. Raw bytes; nodes send them in base64
    /// unless asked otherwise.
    #[must_use]
    pub fn seal_snode<R: CryptoRng + ?Sized>(
        &self,
        answer: &SnodeAnswer,
        embed: bool,
        rng: &mut R,
    ) -> Vec<u8> {
        let body = match embed
            .then(|| serde_json::from_str::<Value>(&answer.body).ok())
            .flatten()
        {
            Some(json) => json,
            None => Value::String(answer.body.clone()),
        };
        let json = serde_json::json!({ "status": answer.status, "body": body });
        self.seal(json.to_string().as_bytes(), rng)
    }
}
