//! Reading the fields of a case.

use anyhow::{Context, ensure};
use nous_protocol::keys::{IdentityKeys, Seed};
use serde_json::Value;

/// A case without a field that its operation needs: the runner and the file disagree about
/// the schema, which is a failure whatever the recorded answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingField(pub(crate) String);

impl std::fmt::Display for MissingField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no `{}` of the expected type", self.0)
    }
}

impl std::error::Error for MissingField {}

fn field<'a, T>(input: &'a Value, key: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> anyhow::Result<T> {
    let found = input.get(key).and_then(read);
    found.ok_or_else(|| anyhow::Error::new(MissingField(key.to_owned())))
}

/// A text field.
pub(crate) fn text<'a>(input: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    field(input, key, Value::as_str)
}

/// A number field.
pub(crate) fn number(input: &Value, key: &str) -> anyhow::Result<u64> {
    field(input, key, Value::as_u64)
}

/// A list field.
pub(crate) fn list<'a>(input: &'a Value, key: &str) -> anyhow::Result<&'a Vec<Value>> {
    field(input, key, Value::as_array)
}

/// A field of bytes in hex.
pub(crate) fn bytes(input: &Value, key: &str) -> anyhow::Result<Vec<u8>> {
    hex::decode(text(input, key)?).with_context(|| format!("`{key}` is no hex"))
}

/// A field of exactly `N` bytes in hex.
pub(crate) fn array<const N: usize>(input: &Value, key: &str) -> anyhow::Result<[u8; N]> {
    let found = bytes(input, key)?;
    let length = found.len();
    found
        .try_into()
        .ok()
        .with_context(|| format!("`{key}` has {length} bytes instead of {N}"))
}

/// An account object: the keys from its seed, which must give its public keys.
pub(crate) fn account(input: &Value, key: &str) -> anyhow::Result<IdentityKeys> {
    account_of(field(input, key, Some)?)
}

/// The account object itself.
pub(crate) fn account_of(account: &Value) -> anyhow::Result<IdentityKeys> {
    let keys = IdentityKeys::from_seed(&Seed::from_bytes(array(account, "seed")?));
    ensure!(
        text(account, "account_id")? == keys.account_id().to_string(),
        "another account ID"
    );
    ensure!(
        array(account, "ed25519_public_key")? == keys.ed25519_public(),
        "another public key"
    );
    Ok(keys)
}
