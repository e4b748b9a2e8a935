//! Building a request: the payload under a layer for the destination and one for each hop.
//!
//! Source: `network.md` §3.2.

use rand_core::CryptoRng;

use super::layer::{EncType, Sealed, Shared, key_pair};
use super::reply::ReplyKeys;
use super::{MAX_REQUEST, OnionError};

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

/// A layer just made: the key in the route around it, and what both ends share.
struct Layer {
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
    // One for each hop and one for the destination; a frame around each, and one in an snode's.
    let layers = hops.len().saturating_add(1);
    let mut sealed = Sealed::around(payload, layers, layers.saturating_add(1));
    let (first, mut route) = match destination {
        Destination::Snode(keys) => {
            sealed.frame(br#"{"headers":""}"#);
            let layer = seal(keys.x25519, &mut sealed, enc, rng)?;
            let route = snode_route(keys, &layer.ephemeral, enc);
            (layer, route)
        }
        Destination::Server(server) => {
            let layer = seal(server.x25519, &mut sealed, enc, rng)?;
            let route = server_route(server, &layer.ephemeral, enc);
            (layer, route)
        }
    };
    let Layer {
        mut ephemeral,
        shared,
    } = first;
    for hop in hops.iter().rev() {
        sealed.frame(route.as_bytes());
        let layer = seal(hop.x25519, &mut sealed, enc, rng)?;
        route = snode_route(hop, &layer.ephemeral, enc);
        ephemeral = layer.ephemeral;
    }
    sealed.frame(outer_json(&ephemeral, enc).as_bytes());
    if sealed.len() > MAX_REQUEST {
        return Err(OnionError::TooLarge(sealed.len()));
    }
    Ok(OnionRequest {
        body: sealed.into_bytes(),
        reply_keys: ReplyKeys::new(shared, enc),
    })
}

/// Puts what lies there under a layer.
fn seal<R: CryptoRng + ?Sized>(
    opener: [u8; 32],
    sealed: &mut Sealed,
    enc: EncType,
    rng: &mut R,
) -> Result<Layer, OnionError> {
    let (secret, ephemeral) = key_pair(rng);
    let shared = Shared::of_client(&secret, ephemeral, opener)?;
    shared.seal_in_place(enc, sealed, rng);
    Ok(Layer { ephemeral, shared })
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
