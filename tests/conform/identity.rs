//! Operations of `identity.json`.

use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::xed25519;
use serde_json::{Value, json};

use crate::fields::{array, bytes};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("identity.derive", derive);
    table.operation("xed25519.verify", verify);
}

fn derive(input: &Value) -> anyhow::Result<Value> {
    let seed = Seed::from_bytes(array(input, "seed")?);
    let keys = IdentityKeys::from_seed(&seed);
    Ok(json!({
        "seed": hex::encode(seed.expose()),
        "ed25519_secret_key": hex::encode(keys.export_ed25519_secret_key().as_slice()),
        "ed25519_public_key": hex::encode(keys.ed25519_public()),
        "x25519_secret_key": hex::encode(keys.export_x25519_secret_key().as_slice()),
        "x25519_public_key": hex::encode(keys.x25519_public()),
        "account_id": keys.account_id().to_string(),
    }))
}

fn verify(input: &Value) -> anyhow::Result<Value> {
    let key = array(input, "x25519_public_key")?;
    let (message, signature) = (bytes(input, "message")?, bytes(input, "signature")?);
    let signature: Option<[u8; 64]> = signature.try_into().ok();
    let valid = signature.is_some_and(|bytes| xed25519::verify(&key, &message, &bytes));
    let mut out = json!({ "valid": valid });
    if let (Some(map), Some(public)) = (out.as_object_mut(), xed25519::ed25519_public(&key)) {
        map.insert("ed25519_public_key".to_owned(), hex::encode(public).into());
    }
    Ok(out)
}
