//! Operations of `onion.json`.

use anyhow::{Context, bail};
use nous_protocol::onion::{EncType, Peeled, ReplyKeys, peel, peel::ephemeral_key, peel_server};
use serde_json::{Value, json};

use crate::fields::{array, bytes, list, text};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("onion.peel", open_request);
    table.operation("onion.decrypt_reply", open_reply);
}

fn open_request(input: &Value) -> anyhow::Result<Value> {
    let mut body = bytes(input, "blob")?;
    for hop in list(input, "hops")? {
        body = match peel(&array(hop, "x25519_secret_key")?, &body)? {
            Peeled::Next(next) => next.body,
            Peeled::Server(server) => server.frame,
            Peeled::Here(_) | Peeled::BadInside(_) => bail!("the request ends at a hop"),
        };
    }
    let destination = input.get("destination").context("no destination")?;
    let secret = array(destination, "x25519_secret_key")?;
    let payload = match text(destination, "type")? {
        "snode" => match peel(&secret, &body)? {
            Peeled::Here(here) => here.payload,
            _ => bail!("not for the node"),
        },
        _ => peel_server(&secret, &body)?.0,
    };
    Ok(json!({
        "payload": hex::encode(payload),
        "final_ephemeral_public_key": hex::encode(ephemeral_key(&body)?),
    }))
}

fn open_reply(input: &Value) -> anyhow::Result<Value> {
    let keys = ReplyKeys::from_parts(
        &array(input, "ephemeral_secret_key")?,
        array(input, "ephemeral_public_key")?,
        array(input, "destination_x25519")?,
        EncType::from_name(input.get("enc_type").and_then(Value::as_str))?,
    )?;
    Ok(json!({ "payload": hex::encode(keys.open(&bytes(input, "reply")?)?) }))
}
