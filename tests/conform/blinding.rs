//! Operations of `blinding.json`.

use anyhow::Context;
use nous_protocol::account::AccountId;
use nous_protocol::blinding::{
    BlindedId, BlindedKeys, BlindedKind, VersionCheckKey, candidates15, id25, id25_from_ed25519, matches,
};
use serde_json::{Value, json};

use crate::fields::{account, array, bytes, number, text};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("blind15", blind15);
    table.operation("blind25", blind25);
    table.operation("blinded.matches", blinded_matches);
    table.operation("blind_version.sign", version_sign);
}

fn blind15(input: &Value) -> anyhow::Result<Value> {
    let (keys, server) = (account(input, "account")?, array(input, "server_public_key")?);
    let blinded = BlindedKeys::new(BlindedKind::B15, &keys, &server)?;
    let candidates = candidates15(&keys.account_id(), &server)?;
    Ok(json!({
        "candidate_ids": candidates.map(|id| id.to_string()),
        "id": blinded.id().to_string(),
        "public_key": hex::encode(blinded.id().key()),
        "secret_scalar": hex::encode(blinded.export_secret_scalar().as_slice()),
        "signature": hex::encode(blinded.sign(&bytes(input, "message")?)),
    }))
}

fn blind25(input: &Value) -> anyhow::Result<Value> {
    let (keys, server) = (account(input, "account")?, array(input, "server_public_key")?);
    let blinded = BlindedKeys::new(BlindedKind::B25, &keys, &server)?;
    Ok(json!({
        "id": id25(&keys.account_id(), &server)?.to_string(),
        "id_from_ed25519": id25_from_ed25519(&keys.ed25519_public(), &server)?.to_string(),
        "public_key": hex::encode(blinded.id().key()),
        "secret_scalar": hex::encode(blinded.export_secret_scalar().as_slice()),
        "signature": hex::encode(blinded.sign(&bytes(input, "message")?)),
    }))
}

fn blinded_matches(input: &Value) -> anyhow::Result<Value> {
    let id = BlindedId::from_hex(text(input, "blinded_id")?).context("no blinded id")?;
    let account = AccountId::from_hex(text(input, "account_id")?)?;
    let matches = matches(&id, &account, &array(input, "server_public_key")?)?;
    Ok(json!({ "matches": matches }))
}

fn version_sign(input: &Value) -> anyhow::Result<Value> {
    let key = VersionCheckKey::new(&account(input, "account")?);
    let path = format!("/session_version?platform={}", text(input, "platform")?);
    let signature = key.sign(number(input, "timestamp")?, "GET", &path, &[]);
    Ok(json!({
        "public_key": hex::encode(key.public()),
        "signature": hex::encode(signature),
    }))
}
