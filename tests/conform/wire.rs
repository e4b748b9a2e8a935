//! Operations of `wire-messages.json`.

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nous_protocol::content::Content;
use nous_protocol::envelope;
use nous_protocol::wire::padding;
use nous_protocol::wire::protobuf::Message as _;
use serde_json::{Value, json};

use crate::fields::{account, bytes, text};
use crate::protobuf_json;
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("wire.decode", decode);
    table.operation("wire.pad", pad);
}

fn decode(input: &Value) -> anyhow::Result<Value> {
    let recipient = account(input, "recipient")?;
    let data = STANDARD.decode(text(input, "data_base64")?)?;
    let opened = envelope::open(&recipient, &data)?;
    // Through our types and back, so that a field they lack is missed.
    let content = Content::decode(opened.content.as_slice()).context("no content")?;
    Ok(json!({
        "sender_account_id": opened.sender.to_string(),
        "envelope_timestamp": opened.envelope_timestamp.as_wire(),
        "content": hex::encode(&opened.content),
        "content_json": protobuf_json::to_json("Content", &content.encode_to_vec())?,
    }))
}

fn pad(input: &Value) -> anyhow::Result<Value> {
    let content = bytes(input, "content")?;
    let padded = padding::pad(&content);
    anyhow::ensure!(
        padding::unpad(padded.as_bytes()) == content,
        "does not come off again"
    );
    Ok(json!({
        "padded": hex::encode(padded.as_bytes()),
        "length": padded.as_bytes().len(),
    }))
}
