//! Building a request: the payload under a layer for the destination and one for each hop.
//!
//! Source: `network.md` §3.2.

use rand_core::CryptoRng;

use super::layer::{EncType, Shared, key_pair};
use super::reply::ReplyKeys;
use super::{MAX_REQUEST, OnionError, frame};

/// The two public keys of a storage node, as the directory names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HopKeys {
    /// Its name in routes.
    pub ed25519: [u8; 32],
    /// What its layer is sealed to.
    pub x25519: [u8; 32],
}

/// A server outside the network, reached through the last hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTarget {
    /// Host name, without scheme and port.
    pub host: String,
    /// Path that takes onion requests, `/oxen/v4/lsrpc`.
    pub target: String,
    /// `http` or `https`.
    pub protocol: String,
    /// TCP port.
    pub port: u16,
    /// The server's X25519 key.
    pub x25519: [u8; 32],
}

impl ServerTarget {
    /// The X25519 key of a server that is named by its Ed25519 key; `None` if that is no key.
    #[must_use]
    pub fn x25519_of(ed25519: &[u8; 32]) -> Option<[u8; 32]> {
        crate::curve::ed25519_to_x25519(ed25519)
    }
}

/// Who a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A storage node.
    Snode(HopKeys),
    /// A server.
    Server(ServerTarget),
}

/// A request ready to be posted to the guard.
#[derive(Debug)]
pub struct OnionRequest {
    /// The outer frame: body of the POST to `/onion_req/v2`.
    pub body: Vec<u8>,
    /// Opens the answer.
    pub reply_keys: ReplyKeys,
}

/// A layer just made: the sealed bytes and the key in the route around it.
struct Layer {
    sealed: Vec<u8>,
    ephemeral: [u8; 32],
    shared: Shared,
}

/// Wraps `payload` for `destination`, sent through `hops` (guard first, any number).
///
/// For a storage node the payload is the JSON of a storage request, for a server the bytes
/// of a v4 request ([`super::v4`]).
///
/// # Errors
/// [`OnionError::WeakKey`] if a key is of small order, [`OnionError::TooLarge`] if the
/// result is larger than nodes take.
pub fn wrap<R: CryptoRng + ?Sized>(
    hops: &[HopKeys],
    destination: &Destination,
    payload: &[u8],
    enc: EncType,
    rng: &mut R,
) -> Result<OnionRequest, OnionError> {
    let (first, mut route) = match destination {
        Destination::Snode(keys) => {
            let plain = frame::join(payload, br#"{"headers":""}"#);
            let layer = seal(keys.x25519, &plain, enc, rng)?;
            let route = snode_route(keys, &layer.ephemeral, enc);
            (layer, route)
        }
        Destination::Server(server) => {
            let layer = seal(server.x25519, payload, enc, rng)?;
            let route = server_route(server, &layer.ephemeral, enc);
            (layer, route)
        }
    };
    let Layer {
        mut sealed,
        mut ephemeral,
        shared,
    } = first;
    for hop in hops.iter().rev() {
        let layer = seal(hop.x25519, &frame::join(&sealed, route.as_bytes()), enc, rng)?;
        route = snode_route(hop, &layer.ephemeral, enc);
        sealed = layer.sealed;
        ephemeral = layer.ephemeral;
    }
    let outer = outer_json(&ephemeral, enc);
    let body = frame::join(&sealed, outer.as_bytes());
    if body.len() > MAX_REQUEST {
        return Err(OnionError::TooLarge(body.len()));
    }
    Ok(OnionRequest {
        body,
        reply_keys: ReplyKeys::new(shared, enc),
    })
}

fn seal<R: CryptoRng + ?Sized>(
    opener: [u8; 32],
    plain: &[u8],
    enc: EncType,
    rng: &mut R,
) -> Result<Layer, OnionError> {
    let (secret, ephemeral) = key_pair(rng);
    let shared = Shared::of_client(&secret, ephemeral, opener)?;
    let sealed = shared.seal(enc, plain, rng);
    Ok(Layer {
        sealed,
        ephemeral,
        shared,
    })
}

fn outer_json(ephemeral: &[u8; 32], enc: EncType) -> String {
    let ephemeral = hex::encode(ephemeral);
    format!(r#"{{"ephemeral_key":"{ephemeral}","enc_type":"{}"}}"#, enc.name())
}

fn snode_route(keys: &HopKeys, ephemeral: &[u8; 32], enc: EncType) -> String {
    let (destination, ephemeral) = (hex::encode(keys.ed25519), hex::encode(ephemeral));
    let enc = enc.name();
    format!(r#"{{"destination":"{destination}","ephemeral_key":"{ephemeral}","enc_type":"{enc}"}}"#)
}

fn server_route(server: &ServerTarget, ephemeral: &[u8; 32], enc: EncType) -> String {
    serde_json::json!({
        "host": server.host,
        "target": server.target,
        "method": "POST",
        "protocol": server.protocol,
        "port": server.port,
        "ephemeral_key": hex::encode(ephemeral),
        "enc_type": enc.name(),
    })
    .to_string()
}
