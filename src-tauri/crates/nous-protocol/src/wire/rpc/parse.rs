//! Reading requests as nodes do.

use base64::Engine as _;
use serde_json::{Map, Value};

use super::action::{Action, ExpireMode, Expiry, Namespaces, Proof, SUBACCOUNT_TOKEN, Subaccount};
use super::read::{self, BASE64};
use super::request::{AccountRequest, RequestError, StorageRequest};
use super::{MAX_BATCH, MAX_DATA};
use crate::account::{AccountId, Namespace, SwarmAccount};
use crate::time::Timestamp;

type Params = Map<String, Value>;
type Result<T> = std::result::Result<T, RequestError>;

/// The lowest moment that nodes take: below it, seconds were meant.
const LOWEST_MOMENT: u64 = 1_000_000_000;

pub(super) fn request(value: &Value, outer: bool) -> Result<StorageRequest> {
    let object = value.as_object().ok_or(RequestError::Json("object"))?;
    let method = object
        .get("method")
        .and_then(Value::as_str)
        .ok_or(RequestError::Json("`method` field"))?;
    let params = object
        .get("params")
        .and_then(Value::as_object)
        .ok_or(RequestError::Json("`params` field"))?;
    match method {
        "batch" | "sequence" if !outer => Err(RequestError::Batch),
        "batch" => Ok(StorageRequest::Batch(requests(params)?)),
        "sequence" => Ok(StorageRequest::Sequence(requests(params)?)),
        "info" => Ok(StorageRequest::Info),
        "get_swarm" | "get_snodes_for_pubkey" => Ok(StorageRequest::GetSwarm(account(params)?)),
        "oxend_request" => Ok(StorageRequest::Oxend {
            endpoint: text(params, "endpoint")?
                .ok_or(RequestError::Missing("endpoint"))?
                .to_owned(),
            params: params.get("params").cloned().unwrap_or(Value::Null),
        }),
        _ => account_request(method, params).map(|request| StorageRequest::Account(Box::new(request))),
    }
}

fn requests(params: &Params) -> Result<Vec<StorageRequest>> {
    let list = params
        .get("requests")
        .and_then(Value::as_array)
        .ok_or(RequestError::Batch)?;
    if list.is_empty() || list.len() > MAX_BATCH {
        return Err(RequestError::Batch);
    }
    list.iter().map(|value| request(value, false)).collect()
}

fn account_request(method: &str, params: &Params) -> Result<AccountRequest> {
    let action = match method {
        "store" => store(params)?,
        "retrieve" => retrieve(params)?,
        "delete" => Action::Delete {
            messages: hashes(params)?,
            required: flag(params, "required")?,
        },
        "delete_all" => Action::DeleteAll {
            namespaces: namespaces(params)?,
            timestamp: needed_moment(params, "timestamp")?,
        },
        "delete_before" => Action::DeleteBefore {
            namespaces: namespaces(params)?,
            before: needed_moment(params, "before")?,
        },
        "expire" => expire(params)?,
        "expire_all" => Action::ExpireAll {
            namespaces: namespaces(params)?,
            expiry: needed_moment(params, "expiry")?,
        },
        "get_expiries" => Action::GetExpiries {
            messages: hashes(params)?,
            timestamp: needed_moment(params, "timestamp")?,
        },
        "revoke_subaccount" => Action::RevokeSubaccount {
            tokens: tokens(params, "revoke")?,
            timestamp: needed_moment(params, "timestamp")?,
        },
        "unrevoke_subaccount" => Action::UnrevokeSubaccount {
            tokens: tokens(params, "unrevoke")?,
            timestamp: needed_moment(params, "timestamp")?,
        },
        other => return Err(RequestError::Method(other.chars().take(64).collect())),
    };
    let account = account(params)?;
    let proof = proof(params, account)?;
    if proof.is_none() && needs_proof(&action, params) {
        return Err(RequestError::Missing("signature"));
    }
    Ok(AccountRequest {
        account,
        action,
        proof,
    })
}

/// `store` and `retrieve` may come unsigned; the node decides by the namespace.
fn needs_proof(action: &Action, params: &Params) -> bool {
    match action {
        Action::Store { .. } => false,
        Action::Retrieve { namespace, .. } => {
            let n = i32::from(namespace.0);
            let anyone = n == -10 || (n < 0 && n.checked_neg().and_then(|n| n.checked_rem(20)) == Some(1));
            params.contains_key("timestamp")
                || params.contains_key("pubkey_ed25519")
                || (params.contains_key("namespace") && !anyone)
        }
        _ => true,
    }
}

fn store(params: &Params) -> Result<Action> {
    let timestamp = loose(params, "timestamp")?.ok_or(RequestError::Missing("timestamp"))?;
    let expiry = match (loose(params, "ttl")?, loose(params, "expiry")?) {
        (Some(ttl), None) => Expiry::Ttl(ttl),
        (None, Some(at)) => Expiry::At(checked_moment(at, "expiry")?),
        (Some(_), Some(_)) => return Err(RequestError::Invalid("expiry")),
        (None, None) => return Err(RequestError::Missing("expiry' or 'ttl")),
    };
    let data = text(params, "data")?.ok_or(RequestError::Missing("data"))?;
    let data = BASE64.decode(data).map_err(|_| RequestError::Invalid("data"))?;
    if data.len() > MAX_DATA {
        return Err(RequestError::Invalid("data"));
    }
    Ok(Action::Store {
        namespace: namespace(params)?,
        // Unlike other moments, any value: too old a one is the node's 406.
        timestamp: Timestamp::from_wire(timestamp),
        expiry,
        data,
        sig_timestamp: moment(params, "sig_timestamp")?,
    })
}

fn retrieve(params: &Params) -> Result<Action> {
    let last_hash = match text(params, "last_hash")? {
        None | Some("") => None,
        Some(hash) if read::is_hash(hash) => Some(hash.to_owned()),
        Some(_) => return Err(RequestError::Invalid("last_hash")),
    };
    let timestamp = match moment(params, "timestamp")? {
        None if params.contains_key("signature") => return Err(RequestError::Missing("timestamp")),
        found => found.unwrap_or_default(),
    };
    Ok(Action::Retrieve {
        namespace: namespace(params)?,
        timestamp,
        last_hash,
        max_count: integer(params, "max_count", Value::as_u64)?,
        max_size: integer(params, "max_size", Value::as_i64)?,
    })
}

fn expire(params: &Params) -> Result<Action> {
    let messages = hashes(params)?;
    let (expiry, each) = match params.get("expiry") {
        Some(Value::Array(list)) => {
            let each = list.iter().map(|value| {
                let ms = value.as_u64().ok_or(RequestError::Invalid("expiry"))?;
                checked_moment(ms, "expiry")
            });
            (each.collect::<Result<Vec<_>>>()?, true)
        }
        _ => (vec![needed_moment(params, "expiry")?], false),
    };
    if each && expiry.len() != messages.len() {
        return Err(RequestError::Invalid("expiry"));
    }
    let mode = match (flag(params, "extend")?, flag(params, "shorten")?) {
        (false, false) => ExpireMode::Set,
        (true, false) => ExpireMode::Extend,
        (false, true) => ExpireMode::Shorten,
        (true, true) => return Err(RequestError::Invalid("shorten")),
    };
    Ok(Action::Expire {
        messages,
        expiry,
        each,
        mode,
    })
}

fn proof(params: &Params, account: SwarmAccount) -> Result<Option<Proof>> {
    let ed25519 = match text(params, "pubkey_ed25519")? {
        None => None,
        Some(_) if account.prefix() != 0x05 => return Err(RequestError::Invalid("pubkey_ed25519")),
        Some(key) => Some(read::hex_array(key).ok_or(RequestError::Invalid("pubkey_ed25519"))?),
    };
    let subaccount = match (text(params, "subaccount")?, signature(params, "subaccount_sig")?) {
        (Some(token), Some(owner_signature)) => Some(Subaccount {
            token: self::token(token, "subaccount")?,
            owner_signature,
        }),
        (None, None) => None,
        (Some(_), None) => return Err(RequestError::Missing("subaccount_sig")),
        (None, Some(_)) => return Err(RequestError::Missing("subaccount")),
    };
    let Some(signature) = signature(params, "signature")? else {
        return Ok(None);
    };
    Ok(Some(Proof {
        signature,
        ed25519,
        subaccount,
    }))
}

fn signature(params: &Params, name: &'static str) -> Result<Option<[u8; 64]>> {
    let Some(text) = text(params, name)? else {
        return Ok(None);
    };
    read::base64_array(text)
        .map(Some)
        .ok_or(RequestError::Invalid(name))
}

fn token(text: &str, name: &'static str) -> Result<[u8; SUBACCOUNT_TOKEN]> {
    let token = if text.len() == 72 {
        read::hex_array(text)
    } else {
        read::base64_array(text)
    };
    token.ok_or(RequestError::Invalid(name))
}

fn tokens(params: &Params, name: &'static str) -> Result<Vec<[u8; SUBACCOUNT_TOKEN]>> {
    let list = strings(params, name)?;
    if list.is_empty() || list.len() > 50 {
        return Err(RequestError::Invalid(name));
    }
    list.into_iter().map(|text| token(text, name)).collect()
}

fn account(params: &Params) -> Result<SwarmAccount> {
    let text = match text(params, "pubkey")? {
        Some(text) => text,
        None => text(params, "pubKey")?.ok_or(RequestError::Missing("pubkey"))?,
    };
    // Nodes of test networks take a bare key as well.
    match read::hex_array(text) {
        Some(key) => Ok(AccountId::from_x25519(key).into()),
        None => SwarmAccount::from_hex(text).ok_or(RequestError::Invalid("pubkey")),
    }
}

fn namespace(params: &Params) -> Result<Namespace> {
    match params.get("namespace") {
        None | Some(Value::Null) => Ok(Namespace::MESSAGES),
        Some(value) => {
            let number = value.as_i64().and_then(|number| i16::try_from(number).ok());
            number.map(Namespace).ok_or(RequestError::Invalid("namespace"))
        }
    }
}

fn namespaces(params: &Params) -> Result<Namespaces> {
    match params.get("namespace").and_then(Value::as_str) {
        Some("all") => Ok(Namespaces::All),
        _ => namespace(params).map(Namespaces::One),
    }
}

fn hashes(params: &Params) -> Result<Vec<String>> {
    let list = strings(params, "messages")?;
    if list.is_empty() || !list.iter().all(|hash| read::is_hash(hash)) {
        return Err(RequestError::Invalid("messages"));
    }
    Ok(list.into_iter().map(str::to_owned).collect())
}

/// A string or a list of strings.
fn strings<'a>(params: &'a Params, name: &'static str) -> Result<Vec<&'a str>> {
    match params.get(name) {
        None | Some(Value::Null) => Err(RequestError::Missing(name)),
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| value.as_str().ok_or(RequestError::Invalid(name)))
            .collect(),
        Some(_) => Err(RequestError::Invalid(name)),
    }
}

fn text<'a>(params: &'a Params, name: &'static str) -> Result<Option<&'a str>> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(RequestError::Invalid(name)),
    }
}

fn flag(params: &Params, name: &'static str) -> Result<bool> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(RequestError::Invalid(name)),
    }
}

fn integer<T>(
    params: &Params,
    name: &'static str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<Option<T>> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or(RequestError::Invalid(name)),
    }
}

/// A number, maybe as a string: only `store` takes those.
fn loose(params: &Params, name: &'static str) -> Result<Option<u64>> {
    integer(params, name, read::number)
}

fn moment(params: &Params, name: &'static str) -> Result<Option<Timestamp>> {
    match integer(params, name, Value::as_u64)? {
        None => Ok(None),
        Some(ms) => checked_moment(ms, name).map(Some),
    }
}

fn needed_moment(params: &Params, name: &'static str) -> Result<Timestamp> {
    moment(params, name)?.ok_or(RequestError::Missing(name))
}

fn checked_moment(ms: u64, name: &'static str) -> Result<Timestamp> {
    if ms < LOWEST_MOMENT {
        return Err(RequestError::Invalid(name));
    }
    Ok(Timestamp::from_wire(ms))
}
