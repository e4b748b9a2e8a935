//! Operations of `config-crypto.json`.

use anyhow::Context;
use nous_protocol::account::Namespace;
use nous_protocol::config::{crypto, wrap};
use serde_json::{Value, json};

use crate::fields::{account, array, bytes, number, text};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("config.padded_size", padded_size);
    table.operation("config.encrypt", encrypt);
    table.operation("config.wrap", wrap_config);
}

fn padded_size(input: &Value) -> anyhow::Result<Value> {
    let size = usize::try_from(number(input, "size")?)?;
    Ok(json!({ "padded": crypto::padded_size(size) }))
}

/// Encrypts, and reads back what it encrypted.
fn encrypt(input: &Value) -> anyhow::Result<Value> {
    let (message, key) = (bytes(input, "message")?, array(input, "key")?);
    let domain = text(input, "domain")?;
    let ciphertext = crypto::encrypt(&message, &key, domain)?;
    anyhow::ensure!(
        crypto::decrypt(&ciphertext, &key, domain)? == message,
        "does not open"
    );
    Ok(json!({ "ciphertext": hex::encode(ciphertext) }))
}

/// Wraps, and unwraps what it wrapped.
fn wrap_config(input: &Value) -> anyhow::Result<Value> {
    let (keys, data) = (account(input, "account")?, bytes(input, "data")?);
    let namespace = Namespace(i16::try_from(number(input, "namespace")?)?);
    let seqno = i64::try_from(number(input, "seqno")?).context("seqno beyond 63 bits")?;
    let wrapped = wrap::wrap(&keys, namespace, seqno, &data)?;
    anyhow::ensure!(
        *wrap::unwrap(&keys, namespace, &wrapped) == *data,
        "does not unwrap"
    );
    Ok(json!({ "wrapped": hex::encode(wrapped) }))
}
