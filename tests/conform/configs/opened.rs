//! Bringing answers into a form that can be compared: the bytes of compressed messages depend
//! on the version of zstd, obsolete hashes are a set, and rows are only loaded.

use anyhow::Context;
use nous_protocol::config::state::ConfigState;
use nous_protocol::keys::IdentityKeys;
use serde_json::{Map, Value, json};

use super::device::{self, Config};
use crate::fields::account;

/// Opens the messages in an answer, sorts sets, and loads rows.
pub(crate) fn normalise<T: Config>(input: &Value, answer: Value) -> anyhow::Result<Value> {
    opened::<T>(&account(input, "account")?, answer)
}

fn opened<T: Config>(keys: &IdentityKeys, answer: Value) -> anyhow::Result<Value> {
    let Value::Object(fields) = answer else {
        return Ok(answer);
    };
    let mut result = Map::new();
    for (key, value) in fields {
        let value = match (key.as_str(), &value) {
            ("message", Value::String(message)) => {
                let opened = device::open::<T>(keys, &hex::decode(message)?)?;
                json!(hex::encode(opened.plaintext))
            }
            ("obsolete", Value::Array(hashes)) => {
                let mut hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
                hashes.sort();
                json!(hashes)
            }
            (key, Value::String(dump)) if key.starts_with("dump") => loaded(dump)?,
            _ => opened::<T>(keys, value)?,
        };
        result.insert(key, value);
    }
    Ok(Value::Object(result))
}

/// The data in a row, ours or another implementation's.
fn loaded(dump: &str) -> anyhow::Result<Value> {
    let state = ConfigState::load(&hex::decode(dump)?).context("the row does not load")?;
    let mut data = Vec::new();
    state.data().write(&mut data);
    Ok(json!(hex::encode(data)))
}
