//! The file that names a network (`--network FILE`, `--write-network FILE`).
//!
//! Unknown keys are ignored, missing keys take mainnet's values.
//!
//! Source: `network.md` §1.2.

use serde::{Deserialize, Serialize};

/// Mainnet's seeds: URL and SHA-256 of the DER certificate.
const SEEDS: [(&str, &str); 3] = [
    (
        "https://seed1.getsession.org:4443/",
        "36ea0b253537988551ee856e4fd20d55011e9c8b27eaa2f34b8f32a0bdf04f2d",
    ),
    (
        "https://seed2.getsession.org:4443/",
        "c5908dd4139acd96aedd1e45576597650809c8a5ea02af556d4853d45396e0e7",
    ),
    (
        "https://seed3.getsession.org:4443/",
        "8a0af2c712342f22ce00e53c1601410ef8d84156aee0a9809c32f6f7efbe556e",
    ),
];

/// A network, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkFile {
    /// What people call it.
    pub name: String,
    /// Where the first directory comes from.
    pub seeds: Vec<SeedFile>,
    /// Where files go.
    pub file_server: FileServerFile,
    /// Paths are built from directories of at least so many nodes.
    pub min_pool_size: usize,
    /// Whether no two nodes of a path may be in one /24.
    pub distinct_subnets: bool,
    /// Hops in a path.
    pub path_length: usize,
    /// Paths wanted.
    pub path_count: usize,
    /// A swarm with fewer members is asked for again.
    pub min_swarm_size: usize,
    /// So many nodes must three answers agree on for a refreshed directory.
    pub refresh_agreement: usize,
    /// Whether names can be resolved.
    pub ons: bool,
    /// Whether files are encrypted in the newer, deterministic form.
    pub deterministic_files: bool,
    /// Relays for calls.
    pub turn: Vec<TurnFile>,
    /// The address that calls bind; absent: all interfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_bind: Option<String>,
}

/// A seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeedFile {
    /// `https://host:port/`, or `http` for testnet and loopback.
    pub url: String,
    /// SHA-256 of the certificate in DER, 64 hex; `any` (loopback only); absent for `http`.
    #[serde(default)]
    pub certificate_sha256: Option<String>,
}

/// A file server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileServerFile {
    /// Its address.
    pub url: String,
    /// Its Ed25519 key, 64 hex; the X25519 key is its Montgomery form.
    pub ed25519: String,
}

/// A relay for calls.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnFile {
    /// `turn:host:port`.
    pub url: String,
    /// User name.
    #[serde(default)]
    pub username: String,
    /// Password.
    #[serde(default)]
    pub credential: String,
}

/// Shows the address only.
impl std::fmt::Debug for TurnFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TurnFile")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Default for FileServerFile {
    fn default() -> Self {
        Self {
            url: "http://filev2.getsession.org".to_owned(),
            ed25519: "b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e371".to_owned(),
        }
    }
}

impl Default for NetworkFile {
    fn default() -> Self {
        Self::mainnet()
    }
}

impl NetworkFile {
    /// The public network.
    #[must_use]
    pub fn mainnet() -> Self {
        let seed = |(url, pin): (&str, &str)| SeedFile {
            url: url.to_owned(),
            certificate_sha256: Some(pin.to_owned()),
        };
        Self {
            name: "mainnet".to_owned(),
            seeds: SEEDS.into_iter().map(seed).collect(),
            file_server: FileServerFile::default(),
            // "More than 8".
            min_pool_size: 9,
            distinct_subnets: true,
            path_length: 3,
            path_count: 2,
            min_swarm_size: 3,
            refresh_agreement: 24,
            ons: true,
            deterministic_files: false,
            turn: Vec::new(),
            call_bind: None,
        }
    }

    /// The public test network.
    #[must_use]
    pub fn testnet() -> Self {
        let url = "http://seed2.getsession.org:38157".to_owned();
        Self {
            name: "testnet".to_owned(),
            seeds: vec![SeedFile {
                url,
                certificate_sha256: None,
            }],
            ons: false,
            ..Self::mainnet()
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where the JSON is broken or no object, or a known key has a value of another type.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        // Read as it is, a list would stand for the values in their order.
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        serde_json::from_value(object.into())
    }

    /// The file's text, for people to read.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A struct of strings, numbers and lists always has a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_page_is_read() {
        let file = NetworkFile::from_json(
            r#"{"name":"local","seeds":[{"url":"https://127.0.0.1:22021","certificateSha256":"any"}],
            "fileServer":{"url":"http://127.0.0.1:22080","ed25519":"aa"},
            "minPoolSize":4,"distinctSubnets":false,"pathLength":3,"pathCount":2,"minSwarmSize":1,
            "refreshAgreement":4,"ons":true,"future":{"x":1},
            "turn":[{"url":"turn:127.0.0.1:3478","username":"u","credential":"c"}],"callBind":"127.0.0.1"}"#,
        )
        .unwrap();
        assert_eq!((file.min_pool_size, file.min_swarm_size), (4, 1));
        assert_eq!(file.call_bind.as_deref(), Some("127.0.0.1"));
        assert_eq!(file.turn[0].credential, "c");
        assert_eq!(NetworkFile::from_json(&file.to_json()).unwrap(), file);
    }

    #[test]
    fn missing_keys_take_mainnets_values() {
        assert_eq!(NetworkFile::from_json("{}").unwrap(), NetworkFile::mainnet());
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        assert!(NetworkFile::from_json(r#"{"minPoolSize":"many"}"#).is_err());
    }

    #[test]
    fn relays_passwords_do_not_show() {
        let turn = TurnFile {
            url: "turn:h".into(),
            username: "u".into(),
            credential: "secret".into(),
        };
        assert!(!format!("{turn:?}").contains("secret"));
    }
}
