//! Names and the accounts they stand for (ONS).
//!
//! Source: `network.md` §4.9.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use nous_protocol::account::AccountId;
use serde_json::{Value, json};

use super::hash::blake2b_32;

/// What a node knows of a name: never the name, never the account.
#[derive(Debug, Clone)]
struct Entry {
    encrypted: Vec<u8>,
    nonce: Option<[u8; 24]>,
}

/// The registered names by their hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    entries: BTreeMap<[u8; 32], Entry>,
    plain: BTreeMap<String, AccountId>,
}

impl Names {
    /// Registers a name, which becomes lower case.
    pub(crate) fn register(&mut self, name: &str, account: AccountId) {
        let name = name.to_ascii_lowercase();
        let hash = blake2b_32(&[], &[name.as_bytes()]);
        let key = blake2b_32(&hash, &[name.as_bytes()]);
        let mut nonce = [0; 24];
        nonce.copy_from_slice(&blake2b_32(b"nonce", &[name.as_bytes(), &account.to_bytes()])[..24]);
        let cipher = XChaCha20Poly1305::new((&key).into());
        // 33 bytes are never too long.
        let encrypted = cipher.encrypt((&nonce).into(), account.to_bytes().as_slice());
        let entry = Entry {
            encrypted: encrypted.unwrap_or_default(),
            nonce: Some(nonce),
        };
        self.entries.insert(hash, entry);
        self.plain.insert(name, account);
    }

    /// Forgets a name.
    pub(crate) fn remove(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        self.entries.remove(&blake2b_32(&[], &[name.as_bytes()]));
        self.plain.remove(&name);
    }

    /// The names and accounts registered.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &AccountId)> {
        self.plain.iter()
    }

    /// Result of `ons_resolve`, or the text of the status 400.
    pub(crate) fn resolve(&self, params: Option<&Value>) -> Result<Value, String> {
        let params = params.ok_or("missing parameters")?;
        if params.get("type").and_then(Value::as_u64) != Some(0) {
            return Err("Unable to resolve ONS address: invalid type".to_owned());
        }
        let hash = params.get("name_hash").and_then(Value::as_str);
        let hash = hash.and_then(name_hash).ok_or("invalid name_hash")?;
        Ok(match self.entries.get(&hash) {
            None => json!({}),
            Some(Entry { encrypted, nonce }) => {
                let mut result = json!({ "encrypted_value": hex::encode(encrypted) });
                if let Some(nonce) = nonce {
                    result["nonce"] = hex::encode(nonce).into();
                }
                result
            }
        })
    }
}

/// 32 bytes in base64 or hex.
fn name_hash(text: &str) -> Option<[u8; 32]> {
    let bytes = match text.len() {
        64 => hex::decode(text).ok()?,
        _ => STANDARD.decode(text).ok()?,
    };
    bytes.try_into().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn ask(names: &Names, name: &str) -> Value {
        let hash = STANDARD.encode(blake2b_32(&[], &[name.as_bytes()]));
        names
            .resolve(Some(&json!({ "type": 0, "name_hash": hash })))
            .unwrap()
    }

    #[test]
    fn a_registered_name_opens_with_the_name() {
        let account = AccountId::from_x25519([7; 32]);
        let mut names = Names::default();
        names.register("Zoe", account);
        let found = ask(&names, "zoe");
        let open = |field: &str| hex::decode(found[field].as_str().unwrap()).unwrap();
        let hash = blake2b_32(&[], &[b"zoe"]);
        let key = blake2b_32(&hash, &[b"zoe"]);
        let nonce: [u8; 24] = open("nonce").try_into().unwrap();
        let plain = XChaCha20Poly1305::new((&key).into())
            .decrypt((&nonce).into(), open("encrypted_value").as_slice())
            .unwrap();
        assert_eq!(plain, account.to_bytes());
    }

    #[test]
    fn unknown_names_have_no_value_and_bad_questions_fail() {
        let mut names = Names::default();
        names.register("zoe", AccountId::from_x25519([7; 32]));
        names.remove("ZOE");
        assert_eq!(ask(&names, "zoe"), json!({}));
        assert!(names.resolve(None).is_err());
        assert!(
            names
                .resolve(Some(&json!({ "type": 0, "name_hash": "x" })))
                .is_err()
        );
        assert!(names.resolve(Some(&json!({ "name_hash": "x" }))).is_err());
    }
}
