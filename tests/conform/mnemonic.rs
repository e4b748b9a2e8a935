//! Operations of `mnemonic.json`.

use nous_protocol::keys::Seed;
use nous_protocol::mnemonic;
use serde_json::{Value, json};

use crate::fields::{array, text};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("mnemonic.encode", encode);
    table.operation("mnemonic.decode", decode);
}

fn encode(input: &Value) -> anyhow::Result<Value> {
    let phrase = mnemonic::encode(&Seed::from_bytes(array(input, "seed")?));
    Ok(json!({ "words": phrase.expose() }))
}

fn decode(input: &Value) -> anyhow::Result<Value> {
    let seed = mnemonic::decode(text(input, "words")?)?;
    Ok(json!({ "seed": hex::encode(seed.expose()) }))
}
