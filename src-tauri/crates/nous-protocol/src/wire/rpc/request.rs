//! Whole storage requests.
//!
//! Source: `network.md` §4.1, §4.3, §4.7 to §4.9.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::action::{Action, ExpireMode, Expiry, Namespaces, Proof};
use super::parse;
use crate::account::{Namespace, SwarmAccount};
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;

/// Why a node refuses a request with status 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No JSON object with `method` and `params`; names what is missing.
    #[error("invalid json: no usable {0}")]
    Json(&'static str),
    /// A method that nobody knows.
    #[error("no method {0}")]
    Method(String),
    /// A field that is needed and absent.
    #[error("invalid request: Required field '{0}' missing")]
    Missing(&'static str),
    /// A field with a value it cannot have.
    #[error("invalid request: Invalid value given for '{0}'")]
    Invalid(&'static str),
    /// A batch that is empty, too large or nested.
    #[error("invalid request: Invalid batch request")]
    Batch,
}

impl HasKind for RequestError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Bug
    }
}

impl HasRetry for RequestError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// A request about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRequest {
    /// Whose messages.
    pub account: SwarmAccount,
    /// What.
    pub action: Action,
    /// Who asks; absent where no signature is needed.
    pub proof: Option<Proof>,
}

/// A storage request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageRequest {
    /// About one account's messages.
    Account(Box<AccountRequest>),
    /// Which nodes keep an account's messages.
    GetSwarm(SwarmAccount),
    /// The node's version and time.
    Info,
    /// A question to the chain: `get_service_nodes`, `ons_resolve`.
    Oxend {
        /// Which.
        endpoint: String,
        /// Its parameters.
        params: Value,
    },
    /// Several at once, in any order.
    Batch(Vec<StorageRequest>),
    /// Several in turn, until one fails.
    Sequence(Vec<StorageRequest>),
}

impl StorageRequest {
    /// An unsigned request about an account.
    #[must_use]
    pub fn unsigned(account: SwarmAccount, action: Action) -> Self {
        Self::Account(Box::new(AccountRequest {
            account,
            action,
            proof: None,
        }))
    }

    /// The time of the request, of the first that has one where it holds several.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Account(request) => request.action.time(),
            Self::Batch(all) | Self::Sequence(all) => all.iter().find_map(Self::time),
            Self::GetSwarm(_) | Self::Info | Self::Oxend { .. } => None,
        }
    }

    /// The name of the method.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Account(request) => request.action.method(),
            Self::GetSwarm(_) => "get_swarm",
            Self::Info => "info",
            Self::Oxend { .. } => "oxend_request",
            Self::Batch(_) => "batch",
            Self::Sequence(_) => "sequence",
        }
    }

    /// `{"method":…,"params":…}`: the form inside a batch, and all that nodes look at.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let params = match self {
            Self::Account(request) => Value::Object(account_params(request)),
            Self::GetSwarm(account) => json!({ "pubkey": account.to_string() }),
            Self::Info => json!({}),
            Self::Oxend { endpoint, params } => json!({ "endpoint": endpoint, "params": params }),
            Self::Batch(all) | Self::Sequence(all) => {
                json!({ "requests": all.iter().map(Self::to_json).collect::<Vec<_>>() })
            }
        };
        json!({ "method": self.method(), "params": params })
    }

    /// The bytes to wrap for a node: [`StorageRequest::to_json`] with `"jsonrpc":"2.0"`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut value = self.to_json();
        if let Some(object) = value.as_object_mut() {
            object.insert("jsonrpc".to_owned(), Value::String("2.0".to_owned()));
        }
        value.to_string().into_bytes()
    }

    /// Reads a request, as strictly as a node.
    ///
    /// # Errors
    /// [`RequestError`]: the node answers 400 with its text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RequestError> {
        let value = serde_json::from_slice(bytes).map_err(|_| RequestError::Json("object"))?;
        Self::from_json(&value)
    }

    /// Reads `{"method":…,"params":…}`, as strictly as a node.
    ///
    /// # Errors
    /// [`RequestError`]: the node answers 400 with its text.
    pub fn from_json(value: &Value) -> Result<Self, RequestError> {
        parse::request(value, true)
    }
}

fn account_params(request: &AccountRequest) -> Map<String, Value> {
    let mut params = Map::new();
    let mut put = |name: &str, value: Value| params.insert(name.to_owned(), value);
    put("pubkey", request.account.to_string().into());
    if let Some(proof) = &request.proof {
        put("signature", STANDARD.encode(proof.signature).into());
        if let Some(key) = &proof.ed25519 {
            put("pubkey_ed25519", hex::encode(key).into());
        }
        if let Some(sub) = &proof.subaccount {
            put("subaccount", STANDARD.encode(sub.token).into());
            put("subaccount_sig", STANDARD.encode(sub.owner_signature).into());
        }
    }
    write_action(&request.action, request.proof.is_some(), put);
    params
}

fn ms(time: Timestamp) -> Value {
    time.as_wire().into()
}

fn one(namespace: Namespace) -> Value {
    namespace.0.into()
}

fn many(namespaces: Namespaces) -> Value {
    match namespaces {
        Namespaces::One(namespace) => one(namespace),
        Namespaces::All => "all".into(),
    }
}

fn write_action(action: &Action, signed: bool, mut put: impl FnMut(&str, Value) -> Option<Value>) {
    match action {
        Action::Store {
            namespace,
            timestamp,
            expiry,
            data,
            sig_timestamp,
        } => {
            put("namespace", one(*namespace));
            put("timestamp", ms(*timestamp));
            match expiry {
                Expiry::Ttl(ttl) => put("ttl", (*ttl).into()),
                Expiry::At(at) => put("expiry", ms(*at)),
            };
            put("data", STANDARD.encode(data).into());
            sig_timestamp.map(|time| put("sig_timestamp", ms(time)));
        }
        Action::Retrieve {
            namespace,
            timestamp,
            last_hash,
            max_count,
            max_size,
        } => {
            // An unsigned request that names namespace 0 would be refused.
            if signed || *namespace != Namespace::MESSAGES {
                put("namespace", one(*namespace));
            }
            if signed {
                put("timestamp", ms(*timestamp));
            }
            put("last_hash", last_hash.clone().unwrap_or_default().into());
            max_count.map(|count| put("max_count", count.into()));
            max_size.map(|size| put("max_size", size.into()));
        }
        Action::Delete { messages, required } => {
            put("messages", messages.clone().into());
            required.then(|| put("required", true.into()));
        }
        Action::DeleteAll {
            namespaces,
            timestamp,
        } => {
            put("namespace", many(*namespaces));
            put("timestamp", ms(*timestamp));
        }
        Action::DeleteBefore { namespaces, before } => {
            put("namespace", many(*namespaces));
            put("before", ms(*before));
        }
        Action::Expire {
            messages,
            expiry,
            each,
            mode,
        } => {
            put("messages", messages.clone().into());
            write_expire(expiry, *each, *mode, put);
        }
        Action::ExpireAll { namespaces, expiry } => {
            put("namespace", many(*namespaces));
            put("expiry", ms(*expiry));
        }
        Action::GetExpiries { messages, timestamp } => {
            put("messages", messages.clone().into());
            put("timestamp", ms(*timestamp));
        }
        Action::RevokeSubaccount { tokens, timestamp } => {
            put("revoke", write_tokens(tokens));
            put("timestamp", ms(*timestamp));
        }
        Action::UnrevokeSubaccount { tokens, timestamp } => {
            put("unrevoke", write_tokens(tokens));
            put("timestamp", ms(*timestamp));
        }
    }
}

fn write_expire(
    expiry: &[Timestamp],
    each: bool,
    mode: ExpireMode,
    mut put: impl FnMut(&str, Value) -> Option<Value>,
) {
    let moment = match expiry {
        [moment] if !each => ms(*moment),
        list => list.iter().copied().map(ms).collect(),
    };
    put("expiry", moment);
    if mode != ExpireMode::Set {
        put(mode.signed_text(), true.into());
    }
}

fn write_tokens(tokens: &[[u8; super::SUBACCOUNT_TOKEN]]) -> Value {
    tokens
        .iter()
        .map(|token| Value::String(STANDARD.encode(token)))
        .collect()
}
