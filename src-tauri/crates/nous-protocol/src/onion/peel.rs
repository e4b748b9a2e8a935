//! Opening one layer, as a node or a server does.
//!
//! Source: `network.md` §3.2, §3.3, §9.1.

use serde_json::{Map, Value};

use super::frame;
use super::layer::{EncType, Shared};
use super::reply::ReplySealer;
use super::{MAX_REQUEST, OnionError};

/// The highest `hop_no` a node takes.
pub const MAX_HOPS: u64 = 15;

/// What was under a layer.
#[derive(Debug)]
pub enum Peeled {
    /// For this node.
    Here(HereRequest),
    /// For a server: post [`ServerForward::frame`] to it and pass its answer back.
    Server(ServerForward),
    /// For another node: post [`NodeForward::body`] to it and pass its answer back.
    Next(NodeForward),
    /// The layer opened but what is inside has no target: the answer is a status 400,
    /// sealed with this.
    BadInside(ReplySealer),
}

/// A request for the node that opened the layer.
#[derive(Debug)]
pub struct HereRequest {
    /// The storage request's JSON.
    pub payload: Vec<u8>,
    /// Whether the answer's body is wanted as JSON and not as a string.
    pub json: bool,
    /// Whether the answer is wanted in base64 (the default) and not raw.
    pub base64: bool,
    /// Seals the answer.
    pub reply: ReplySealer,
}

/// A request to pass to a server.
#[derive(Debug)]
pub struct ServerForward {
    /// Host name.
    pub host: String,
    /// Path; see [`ServerForward::is_allowed`].
    pub target: String,
    /// `https` if absent.
    pub protocol: String,
    /// 443 if absent, or 80 for `http`.
    pub port: u16,
    /// The **whole** decrypted frame: body of the POST.
    pub frame: Vec<u8>,
    /// Seals a status 400 if the target is not allowed.
    pub reply: ReplySealer,
}

impl ServerForward {
    /// Whether nodes pass requests to this target: protocol http or https; path starts with
    /// `/loki/` or `/oxen/`, ends with `/lsrpc`, has no `?`.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        let target = self.target.as_str();
        matches!(self.protocol.as_str(), "http" | "https")
            && (target.starts_with("/loki/") || target.starts_with("/oxen/"))
            && target.ends_with("/lsrpc")
            && !target.contains('?')
    }
}

/// A request to pass to another node.
#[derive(Debug)]
pub struct NodeForward {
    /// The Ed25519 key of the next node.
    pub destination: [u8; 32],
    /// Body of the POST to its `/onion_req/v2`.
    pub body: Vec<u8>,
    /// The count of hops in `body`.
    pub hop_no: u64,
}

/// Opens the layer of a node with `x25519_secret`. `body`: what was posted to
/// `/onion_req/v2`, or the body of a [`NodeForward`].
///
/// # Errors
/// [`OnionError::TooLarge`] (status 413); every other one is a status 400, not sealed.
pub fn peel(x25519_secret: &[u8; 32], body: &[u8]) -> Result<Peeled, OnionError> {
    let opened = open_outer(x25519_secret, body)?;
    let Ok((payload, object)) = split_inner(&opened.plain) else {
        return Ok(Peeled::BadInside(opened.reply));
    };
    if object.contains_key("headers") {
        return Ok(Peeled::Here(HereRequest {
            payload: payload.to_vec(),
            json: object.get("json").and_then(Value::as_bool).unwrap_or(false),
            base64: object.get("base64").and_then(Value::as_bool).unwrap_or(true),
            reply: opened.reply,
        }));
    }
    if let Some(host) = object.get("host").and_then(Value::as_str) {
        let host = host.to_owned();
        return Ok(to_server(host, &object, opened));
    }
    match to_next(payload, &object, opened.hop_no) {
        Ok(next) => Ok(Peeled::Next(next)),
        Err(OnionError::TooManyHops) => Err(OnionError::TooManyHops),
        Err(_) => Ok(Peeled::BadInside(opened.reply)),
    }
}

/// Opens the layer of a server with `x25519_secret`: the payload (v4 bytes) and what seals
/// the answer.
///
/// # Errors
/// Every one is a status 400.
pub fn peel_server(x25519_secret: &[u8; 32], body: &[u8]) -> Result<(Vec<u8>, ReplySealer), OnionError> {
    let opened = open_outer(x25519_secret, body)?;
    Ok((opened.plain, opened.reply))
}

/// The client's ephemeral key that a frame names, for whoever must know whom it answers.
///
/// # Errors
/// [`OnionError::Frame`] or [`OnionError::Field`] if it has none.
pub fn ephemeral_key(body: &[u8]) -> Result<[u8; 32], OnionError> {
    frame::key(&frame::object(frame::split(body)?.json)?, "ephemeral_key")
}

struct Opened {
    plain: Vec<u8>,
    hop_no: u64,
    reply: ReplySealer,
}

fn open_outer(x25519_secret: &[u8; 32], body: &[u8]) -> Result<Opened, OnionError> {
    if body.len() > MAX_REQUEST {
        return Err(OnionError::TooLarge(body.len()));
    }
    let parts = frame::split(body)?;
    let object = frame::object(parts.json)?;
    let hop_no = object.get("hop_no").and_then(Value::as_u64).unwrap_or(0);
    if hop_no > MAX_HOPS {
        return Err(OnionError::TooManyHops);
    }
    let enc = enc_type(&object)?;
    let client = frame::key(&object, "ephemeral_key")?;
    let shared = Shared::of_opener(x25519_secret, client)?;
    let plain = shared.open(enc, parts.bytes)?;
    Ok(Opened {
        plain,
        hop_no,
        reply: ReplySealer::new(shared, enc),
    })
}

fn enc_type(object: &Map<String, Value>) -> Result<EncType, OnionError> {
    EncType::from_name(object.get("enc_type").and_then(Value::as_str))
}

fn split_inner(plain: &[u8]) -> Result<(&[u8], Map<String, Value>), OnionError> {
    let parts = frame::split(plain)?;
    Ok((parts.bytes, frame::object(parts.json)?))
}

fn to_server(host: String, object: &Map<String, Value>, opened: Opened) -> Peeled {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let protocol = text("protocol").unwrap_or_else(|| "https".to_owned());
    let usual = if protocol == "http" { 80 } else { 443 };
    let port = object
        .get("port")
        .and_then(Value::as_u64)
        .and_then(|port| u16::try_from(port).ok());
    Peeled::Server(ServerForward {
        host,
        target: text("target").unwrap_or_default(),
        protocol,
        port: port.unwrap_or(usual),
        frame: opened.plain,
        reply: opened.reply,
    })
}

fn to_next(bytes: &[u8], object: &Map<String, Value>, hop_no: u64) -> Result<NodeForward, OnionError> {
    let destination = frame::key(object, "destination")?;
    let ephemeral = frame::key(object, "ephemeral_key")?;
    let enc = enc_type(object)?;
    let hop_no = hop_no.saturating_add(1);
    if hop_no > MAX_HOPS {
        return Err(OnionError::TooManyHops);
    }
    let json = serde_json::json!({
        "ephemeral_key": hex::encode(ephemeral),
        "enc_type": enc.name(),
        "hop_no": hop_no,
    });
    Ok(NodeForward {
        destination,
        body: frame::join(bytes, json.to_string().as_bytes()),
        hop_no,
    })
}
