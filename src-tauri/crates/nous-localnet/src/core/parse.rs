//! From the JSON of a body to a [`Call`]; every refusal here is a status 400.
//!
//! Source: `network.md` §4.

use nous_protocol::account::{Namespace, SwarmAccount};
use serde_json::{Map, Value};

use super::params::{Params, Read, bad, base64, is_hash, required};
use super::request::{
    Action, Auth, Call, Direction, MAX_TOKENS, Request, Retrieve, Store, Token, is_open_to_read,
};

/// The largest `data` in base64 characters.
const MAX_DATA: usize = 102_400;
/// The most requests in a batch.
const MAX_BATCH: usize = 20;

/// Reads a body. The error is the text of the status 400.
pub(crate) fn parse(body: &[u8]) -> Result<Call, String> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "invalid json".to_owned())?;
    let Some(method) = value.get("method").and_then(Value::as_str) else {
        return Err("invalid json: no `method` field".to_owned());
    };
    let Some(params) = value.get("params").and_then(Value::as_object) else {
        return Err("invalid json: no `params` field".to_owned());
    };
    let call = match method {
        "batch" => batch(params).map(Call::Batch),
        "sequence" => batch(params).map(Call::Sequence),
        method => match request(method, params) {
            None => return Err(format!("no method {method}")),
            Some(request) => request.map(|request| Call::One(Box::new(request))),
        },
    };
    call.map_err(|error| format!("invalid request: {}", error.0))
}

fn batch(params: &Map<String, Value>) -> Read<Vec<Request>> {
    let list = params.get("requests").and_then(Value::as_array);
    let Some(list) = list.filter(|list| !list.is_empty()) else {
        return bad("Invalid batch request: no valid \"requests\" field");
    };
    if list.len() > MAX_BATCH {
        return bad("Invalid batch request: subrequest limit exceeded");
    }
    list.iter().map(sub_request).collect()
}

fn sub_request(value: &Value) -> Read<Request> {
    let method = value.get("method").and_then(Value::as_str);
    let params = value.get("params").and_then(Value::as_object);
    let (Some(method), Some(params)) = (method, params) else {
        return bad("Invalid batch request: subrequests must have method/params keys");
    };
    if matches!(method, "batch" | "sequence") {
        return bad("Invalid batch subrequest: subrequests may not contain meta-requests");
    }
    request(method, params)
        .unwrap_or_else(|| bad(format!("Invalid batch subrequest: invalid method \"{method}\"")))
}

fn request(method: &str, params: &Map<String, Value>) -> Option<Read<Request>> {
    let p = Params(params);
    Some(match method {
        "store" => store(p).map(Request::Store),
        "retrieve" => retrieve(p).map(Request::Retrieve),
        "delete" => swarm(p, true, delete),
        "delete_all" => swarm(p, true, delete_all),
        "delete_before" => swarm(p, true, delete_before),
        "expire" => swarm(p, true, expire),
        "expire_all" => swarm(p, true, expire_all),
        "revoke_subaccount" => swarm(p, false, revoke),
        "unrevoke_subaccount" => swarm(p, false, unrevoke),
        "get_expiries" => get_expiries(p),
        "get_swarm" | "get_snodes_for_pubkey" => p.account(true).map(Request::GetSwarm),
        "info" => Ok(Request::Info),
        "oxend_request" => oxend(p),
        _ => return None,
    })
}

fn swarm(p: Params<'_>, subaccounts: bool, read: fn(Params<'_>) -> Read<Action>) -> Read<Request> {
    let account = p.account(false)?;
    let auth = auth(p, account, subaccounts)?;
    Ok(Request::Swarm(auth, read(p)?))
}

fn auth(p: Params<'_>, account: SwarmAccount, subaccounts: bool) -> Read<Auth> {
    let signature = required("signature", p.text("signature")?)?;
    let ed25519 = match p.text("pubkey_ed25519")? {
        None => None,
        Some(_) if account.prefix() != 5 => {
            return bad("pubkey_ed25519 is only permitted for 05[...] pubkeys");
        }
        Some(text) => Some(key(text)?),
    };
    let subaccount = if subaccounts { subaccount(p)? } else { None };
    Ok(Auth {
        account,
        ed25519,
        signature: signature_bytes(signature)?,
        subaccount,
    })
}

fn key(text: &str) -> Read<[u8; 32]> {
    let mut key = [0; 32];
    match hex::decode_to_slice(text, &mut key) {
        Ok(()) => Ok(key),
        Err(_) => bad("Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey"),
    }
}

fn signature_bytes(text: &str) -> Read<[u8; 64]> {
    let length_is_right = text.len() == 86 || (text.len() == 88 && text.ends_with("=="));
    let bytes = length_is_right.then(|| base64(text)).flatten();
    match bytes.and_then(|bytes| bytes.try_into().ok()) {
        Some(signature) => Ok(signature),
        None => bad("invalid signature: expected base64 encoded Ed25519 signature"),
    }
}

fn token(text: &str) -> Option<Token> {
    let bytes = match text.len() {
        48 => base64(text)?,
        72 => hex::decode(text).ok()?,
        _ => return None,
    };
    bytes.try_into().ok()
}

fn subaccount(p: Params<'_>) -> Read<Option<(Token, [u8; 64])>> {
    let text = p.text("subaccount")?.filter(|text| !text.is_empty());
    let signature = p.text("subaccount_sig")?;
    let Some(text) = text else {
        return Ok(None);
    };
    let Some(signature) = signature else {
        return bad("invalid subaccount: subaccount_sig is required when using subaccount");
    };
    let Some(token) = token(text) else {
        return bad("invalid subaccount: expected base64 or hex-encoded subaccount token");
    };
    Ok(Some((token, signature_bytes(signature)?)))
}

fn store(p: Params<'_>) -> Read<Store> {
    let account = p.account(true)?;
    let timestamp = required("timestamp", p.loose_time("timestamp")?)?;
    let expiry = match (p.time("expiry")?, p.loose_length("ttl")?) {
        (Some(_), Some(_)) => return bad("Cannot specify both 'expiry' and 'ttl'"),
        (None, None) => return bad("Required field 'expiry' or 'ttl' missing"),
        (Some(expiry), None) => expiry,
        (None, Some(ttl)) => timestamp.saturating_add(i64::try_from(ttl).unwrap_or(i64::MAX)),
    };
    let signed_time = p.time("sig_timestamp")?.unwrap_or(timestamp);
    let auth = match p.text("signature")? {
        Some(_) => Some((auth(p, account, true)?, signed_time)),
        None => None,
    };
    let text = required("data", p.text("data")?)?;
    let Some(data) = base64(text) else {
        return bad("Invalid 'data' value: not base64 encoded");
    };
    if text.len() > MAX_DATA {
        return bad("Message body exceeds maximum allowed length of 76800 bytes");
    }
    Ok(Store {
        account,
        namespace: p.namespace("namespace")?.unwrap_or(Namespace(0)),
        timestamp,
        expiry,
        data: data.into(),
        auth,
    })
}

fn retrieve(p: Params<'_>) -> Read<Retrieve> {
    let account = p.account(true)?;
    let namespace = p.namespace("namespace")?;
    let timestamp = p.time("timestamp")?;
    let wants_proof = p.text("pubkey_ed25519")?.is_some()
        || p.text("signature")?.is_some()
        || timestamp.is_some()
        || namespace.is_some_and(|namespace| !is_open_to_read(namespace));
    let auth = if wants_proof {
        Some((auth(p, account, true)?, timestamp.unwrap_or(0)))
    } else {
        None
    };
    let last_hash = match (p.text("last_hash")?, p.text("lastHash")?) {
        (Some(_), Some(_)) => return bad("Cannot specify both 'last_hash' and 'lastHash'"),
        (Some(hash), None) | (None, Some(hash)) => Some(hash),
        (None, None) => None,
    };
    let last_hash = last_hash.filter(|hash| !hash.is_empty());
    if last_hash.is_some_and(|hash| !is_hash(hash)) {
        return bad("Invalid last_hash: expected base64 (43 chars)");
    }
    Ok(Retrieve {
        account,
        namespace: namespace.unwrap_or(Namespace(0)),
        last_hash: last_hash.map(str::to_owned),
        max_count: p.int("max_count")?,
        max_size: p.int("max_size")?,
        auth,
    })
}

fn hashes(p: Params<'_>) -> Read<Vec<String>> {
    let hashes = required("messages", p.texts("messages")?)?;
    if hashes.is_empty() {
        return bad("messages does not contain any message hashes");
    }
    Ok(hashes)
}

fn checked_hashes(p: Params<'_>) -> Read<Vec<String>> {
    let hashes = hashes(p)?;
    match hashes.iter().find(|hash| !is_hash(hash)) {
        Some(hash) => bad(format!("invalid message hash: {hash}")),
        None => Ok(hashes),
    }
}

fn delete(p: Params<'_>) -> Read<Action> {
    Ok(Action::Delete {
        hashes: checked_hashes(p)?,
        required: p.flag("required")?,
    })
}

fn delete_all(p: Params<'_>) -> Read<Action> {
    Ok(Action::DeleteAll {
        spaces: p.spaces("namespace")?,
        timestamp: required("timestamp", p.time("timestamp")?)?,
    })
}

fn delete_before(p: Params<'_>) -> Read<Action> {
    Ok(Action::DeleteBefore {
        spaces: p.spaces("namespace")?,
        before: required("before", p.time("before")?)?,
    })
}

fn expire_all(p: Params<'_>) -> Read<Action> {
    Ok(Action::ExpireAll {
        spaces: p.spaces("namespace")?,
        expiry: required("expiry", p.time("expiry")?)?,
    })
}

fn expire(p: Params<'_>) -> Read<Action> {
    let expiry = required("expiry", p.times("expiry")?)?;
    if expiry.is_empty() {
        return bad("'expiry' does not contain any expiration timestamps");
    }
    let direction = match (p.flag("shorten")?, p.flag("extend")?) {
        (true, true) => return bad("cannot specify both 'shorten' and 'extend'"),
        (true, false) => Direction::Shorten,
        (false, true) => Direction::Extend,
        (false, false) => Direction::Both,
    };
    let hashes = checked_hashes(p)?;
    if expiry.len() > 1 && expiry.len() != hashes.len() {
        return bad("'expiry' must be a single expiry, or the same length as 'messages'");
    }
    Ok(Action::Expire {
        hashes,
        expiry,
        direction,
    })
}

fn tokens(p: Params<'_>, field: &str) -> Read<Vec<Token>> {
    let texts = required(field, p.texts(field)?)?;
    texts
        .iter()
        .map(|text| match token(text) {
            Some(token) => Ok(token),
            None => bad(format!(
                "invalid {field}: expected base64 or hex-encoded subaccount tag"
            )),
        })
        .collect()
}

fn revoke(p: Params<'_>) -> Read<Action> {
    let tokens = tokens(p, "revoke")?;
    if tokens.len() > MAX_TOKENS {
        return bad("invalid revoke: cannot revoke more than 50 subaccounts at once");
    }
    Ok(Action::Revoke {
        tokens,
        timestamp: required("timestamp", p.time("timestamp")?)?,
    })
}

fn unrevoke(p: Params<'_>) -> Read<Action> {
    Ok(Action::Unrevoke {
        tokens: tokens(p, "unrevoke")?,
        timestamp: required("timestamp", p.time("timestamp")?)?,
    })
}

fn get_expiries(p: Params<'_>) -> Read<Request> {
    let account = p.account(false)?;
    Ok(Request::GetExpiries {
        auth: auth(p, account, true)?,
        timestamp: required("timestamp", p.time("timestamp")?)?,
        hashes: hashes(p)?,
    })
}

fn oxend(p: Params<'_>) -> Read<Request> {
    let endpoint = required("endpoint", p.text("endpoint")?)?;
    if !matches!(endpoint, "get_service_nodes" | "ons_resolve") {
        return bad(format!("Invalid oxend endpoint '{endpoint}'"));
    }
    Ok(Request::Oxend {
        endpoint: endpoint.to_owned(),
        params: p.0.get("params").filter(|value| !value.is_null()).cloned(),
    })
}
