//! The file server: v4 requests that the last hop posts.
//!
//! Source: `network.md` §3.5, §8, §9.4.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use nous_protocol::onion::v4::{Request, Response};
use nous_protocol::onion::{OnionError, peel_server};
use serde_json::{Value, json};

use crate::answer::{Answer, Http, garbage_text, too_much_text};
use crate::core::auth::is_signed;
use crate::faults::{Effect, Level, Place};
use crate::file_store::{Refused, Times};
use crate::seen::Seen;
use crate::world::{World, lock};

/// A signed time may be off by so many seconds.
const SIGNED_TOLERANCE: i64 = 86_400;

/// Serves the body of a `/oxen/v4/lsrpc`.
pub(crate) async fn serve(world: &World, peer: SocketAddr, body: &[u8]) -> Answer {
    let opened = peel_server(world.file_keys.x25519_secret(), body);
    let (payload, sealer) = match opened {
        Ok(opened) => opened,
        Err(OnionError::TooLarge(_)) => return Answer::text(413, "Request body too large"),
        Err(_) => return Answer::text(400, "Invalid onion request"),
    };
    let Ok(request) = Request::decode(&payload) else {
        return Answer::text(400, "Invalid v4 request");
    };
    let method = format!("{} {}", request.method, path_of(&request));
    let seen = Seen {
        endpoint: "/oxen/v4/lsrpc".to_owned(),
        peer: Some(peer),
        method: Some(method),
        account: None,
    };
    world.saw(Place::FileServer, seen);
    let methods = [request.method.as_str(), path_of(&request)];
    let (delay, direct) = world.strike(Place::FileServer, Level::Direct, &methods);
    tokio::time::sleep(delay).await;
    match direct {
        None | Some(Effect::Cut) => {}
        Some(effect) => return Answer::text(200, "").after(&effect),
    }
    let (delay, inner) = world.strike(Place::FileServer, Level::Destination, &methods);
    tokio::time::sleep(delay).await;
    let response = match inner.as_ref().and_then(instead) {
        Some(response) => response,
        None => answer(world, &request),
    };
    let sealed = sealer.seal(&response.encode(), &mut rand::rng());
    let whole = Answer::Whole(Http {
        status: 200,
        content_type: "application/octet-stream".to_owned(),
        body: sealed.into(),
    });
    match direct.or(inner) {
        Some(effect @ (Effect::Drop | Effect::Silent | Effect::Cut)) => whole.after(&effect),
        _ => whole,
    }
}

fn path_of(request: &Request) -> &str {
    request.endpoint.split('?').next().unwrap_or_default()
}

/// The answer that a fault puts in place of the right one.
fn instead(effect: &Effect) -> Option<Response> {
    let bytes = |text: String| Response::bytes(200, "text/plain", text.into_bytes());
    match effect {
        Effect::Status(code, text) => Some(Response::bytes(
            *code,
            "text/plain; charset=utf-8",
            text.clone().into_bytes(),
        )),
        Effect::Garbage => Some(bytes(garbage_text())),
        Effect::TooMuch => Some(bytes(too_much_text())),
        Effect::Nothing => Some(bytes(String::new())),
        Effect::Delay(_) | Effect::Drop | Effect::Silent | Effect::Cut => None,
    }
}

fn status(code: u16) -> Response {
    Response::json(code, &json!({ "status_code": code }))
}

fn answer(world: &World, request: &Request) -> Response {
    let now = world.clock.now_ms();
    if let Err(code) = check_signature(request, now) {
        return status(code);
    }
    let parts: Vec<&str> = path_of(request).split('/').skip(1).collect();
    let Ok(life) = life(request) else {
        return status(400);
    };
    let mut files = lock(&world.files);
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["file"]) => {
            let data = Bytes::from(request.body.clone().unwrap_or_default());
            match files.put(data, life, now) {
                Ok((id, times)) => Response::json(
                    200,
                    &json!({ "id": id, "expires": seconds(times.expires), "uploaded": seconds(times.uploaded), "size": times.size }),
                ),
                Err(Refused::Empty) => status(400),
                Err(Refused::TooLarge) => status(413),
                Err(Refused::NoRoom) => status(507),
            }
        }
        ("GET", ["file", id]) => match files.get(id, now) {
            Some(data) => Response::bytes(200, "application/octet-stream", data.to_vec()),
            None => status(404),
        },
        ("GET", ["file", id, "info"]) => about(files.info(id, now)),
        ("POST", ["file", id, "extend"]) if id.len() == 44 => about(files.extend(id, life, now)),
        ("GET", ["session_version"]) => session_version(request, now),
        _ => status(404),
    }
}

fn about(times: Option<Times>) -> Response {
    match times {
        Some(times) => Response::json(
            200,
            &json!({ "size": times.size, "uploaded": seconds(times.uploaded), "expires": seconds(times.expires) }),
        ),
        None => status(404),
    }
}

/// Seconds with a fraction, as this server gives times.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact")]
fn seconds(ms: i64) -> Value {
    json!(ms as f64 / 1000.0)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request
        .headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// `X-FS-TTL` in ms.
fn life(request: &Request) -> Result<Option<i64>, ()> {
    match header(request, "X-FS-TTL") {
        None => Ok(None),
        Some(text) => match text.parse::<u32>() {
            Ok(seconds) if seconds > 0 => Ok(Some(i64::from(seconds) * 1000)),
            _ => Err(()),
        },
    }
}

fn session_version(request: &Request, now: i64) -> Response {
    let query = request.endpoint.split_once('?').map_or("", |(_, query)| query);
    let platform = query.split('&').find_map(|pair| pair.strip_prefix("platform="));
    match platform {
        Some("desktop" | "ios" | "android") => Response::json(
            200,
            &json!({
                "status_code": 200,
                "result": "1.17.17",
                "updated": seconds(now),
                "name": "Session 1.17.17",
                "prerelease": false,
            }),
        ),
        _ => status(404),
    }
}

/// Requests without the headers are allowed; with them, they must be right.
fn check_signature(request: &Request, now: i64) -> Result<(), u16> {
    let headers = ["X-FS-Pubkey", "X-FS-Timestamp", "X-FS-Signature"];
    let [key, time, signature] = headers.map(|name| header(request, name));
    if key.is_none() && time.is_none() && signature.is_none() {
        return Ok(());
    }
    let (Some(key), Some(time), Some(signature)) = (key, time, signature) else {
        return Err(400);
    };
    let key = key.strip_prefix("07").and_then(|key| hex::decode(key).ok());
    let key: [u8; 32] = key.and_then(|key| key.try_into().ok()).ok_or(400_u16)?;
    let signature = STANDARD.decode(signature).ok();
    let signature: [u8; 64] = signature.and_then(|s| s.try_into().ok()).ok_or(400_u16)?;
    let at: i64 = time.parse().map_err(|_| 400_u16)?;
    if (now / 1000).saturating_sub(at).saturating_abs() > SIGNED_TOLERANCE {
        return Err(425);
    }
    let mut text = format!("{time}{}{}", request.method, request.endpoint).into_bytes();
    text.extend_from_slice(request.body.as_deref().unwrap_or_default());
    if is_signed(&key, &text, &signature) {
        Ok(())
    } else {
        Err(401)
    }
}
