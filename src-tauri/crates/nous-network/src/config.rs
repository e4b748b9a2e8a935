//! Which network: everything that names one is data.
//!
//! Source: `network.md` §1.2.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::wire::network_file::{NetworkFile, SeedFile};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::interval::Intervals;

/// The mainnet and testnet files, as shipped.
const MAINNET: &str = include_str!("mainnet.json");
const TESTNET: &str = include_str!("testnet.json");

/// The one seed elsewhere that has no TLS.
const TESTNET_SEED: &str = "http://seed2.getsession.org:38157";

/// Why a network file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not JSON, or a field of another type; holds line and column.
    #[error("no network file: line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A field with a value it cannot have; names it.
    #[error("`{0}` cannot be used")]
    Field(&'static str),
    /// A seed without a pinned certificate that is not on this machine; holds its place in the list.
    #[error("seed {0} is not on this machine and needs a pinned certificate")]
    UnpinnedSeed(usize),
}

impl HasKind for ConfigError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl HasRetry for ConfigError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// How a seed shows that it is the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedTrust {
    /// The SHA-256 of its certificate in DER.
    Pinned([u8; 32]),
    /// Any certificate; on loopback only.
    AnyOnLoopback,
    /// No TLS: the test network, and loopback.
    Plain,
}

/// A seed: where the first directory comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Its address, without `json_rpc`.
    pub url: Url,
    /// How it shows that it is the seed.
    pub trust: SeedTrust,
}

/// The default file server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileServerConfig {
    /// Its address: `http` or `https`, host, maybe a port.
    pub url: Url,
    /// Its Ed25519 key.
    pub ed25519: [u8; 32],
}

/// A network. Everything the client knows about it comes from here.
#[derive(Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The file as it was read.
    pub file: NetworkFile,
    /// Seeds, at least one.
    pub seeds: Vec<Seed>,
    /// Where files go.
    pub file_server: FileServerConfig,
    /// How often things happen; not part of the file.
    pub intervals: Intervals,
}

impl fmt::Debug for NetworkConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkConfig")
            .field("name", &self.file.name)
            .finish_non_exhaustive()
    }
}

impl NetworkConfig {
    /// The public network.
    #[must_use]
    pub fn mainnet() -> Self {
        Self::from_json(MAINNET).expect("a file of this program, read by a test")
    }

    /// The public test network.
    #[must_use]
    pub fn testnet() -> Self {
        Self::from_json(TESTNET).expect("a file of this program, read by a test")
    }

    /// Reads a network file; unknown keys are ignored, missing ones take mainnet's values.
    ///
    /// # Errors
    /// [`ConfigError::Json`] if it is none, else as [`NetworkConfig::from_file`].
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let file = NetworkFile::from_json(text).map_err(|error| ConfigError::Json {
            line: error.line(),
            column: error.column(),
        })?;
        Self::from_file(file)
    }

    /// Checks a network file.
    ///
    /// # Errors
    /// [`ConfigError::UnpinnedSeed`] for a seed elsewhere without a pin,
    /// [`ConfigError::Field`] for every other value that cannot be.
    pub fn from_file(file: NetworkFile) -> Result<Self, ConfigError> {
        if file.seeds.is_empty() {
            return Err(ConfigError::Field("seeds"));
        }
        if !(1..=8).contains(&file.path_length) {
            return Err(ConfigError::Field("pathLength"));
        }
        if !(1..=8).contains(&file.path_count) {
            return Err(ConfigError::Field("pathCount"));
        }
        if file.min_pool_size <= file.path_length {
            return Err(ConfigError::Field("minPoolSize"));
        }
        let seeds = file
            .seeds
            .iter()
            .enumerate()
            .map(|(place, seed)| read_seed(place, seed));
        let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
        let file_server = FileServerConfig {
            url: server_url(&file.file_server.url).ok_or(ConfigError::Field("fileServer.url"))?,
            ed25519: read_key(&file.file_server.ed25519).ok_or(ConfigError::Field("fileServer.ed25519"))?,
        };
        Ok(Self {
            file,
            seeds,
            file_server,
            intervals: Intervals::default(),
        })
    }

    /// The name under which everything learnt of this network is kept: 64 hex digits, the
    /// SHA-256 over seeds and file server. Another network never sees it.
    #[must_use]
    pub fn storage_key(&self) -> String {
        let mut hash = Sha256::new();
        for seed in &self.file.seeds {
            hash.update(seed.url.as_bytes());
            hash.update([0]);
            hash.update(seed.certificate_sha256.as_deref().unwrap_or("").as_bytes());
            hash.update([0]);
        }
        hash.update([1]);
        hash.update(self.file.file_server.url.as_bytes());
        hash.update([0]);
        hash.update(self.file.file_server.ed25519.as_bytes());
        hex::encode(hash.finalize())
    }

    /// Whether all seeds are on this machine: such a network is never offline.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.seeds.iter().all(|seed| is_loopback(&seed.url))
    }

    /// How many paths a directory of `nodes` nodes can carry, at most as many as wanted:
    /// one from `minPoolSize`, each further one needs a path's length more, and one node
    /// must be left for a destination.
    #[must_use]
    pub fn paths_for(&self, nodes: usize) -> usize {
        if nodes < self.file.min_pool_size {
            return 0;
        }
        (nodes.saturating_sub(1) / self.file.path_length).clamp(1, self.file.path_count)
    }
}

fn read_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0_u8; 32];
    hex::decode_to_slice(text, &mut key).ok()?;
    Some(key)
}

fn read_seed(place: usize, seed: &SeedFile) -> Result<Seed, ConfigError> {
    let url = server_url(&seed.url).ok_or(ConfigError::Field("seeds.url"))?;
    let loopback = is_loopback(&url);
    let trust = match (url.scheme(), seed.certificate_sha256.as_deref()) {
        ("https", Some("any")) if loopback => SeedTrust::AnyOnLoopback,
        ("http", None) if loopback || seed.url == TESTNET_SEED => SeedTrust::Plain,
        (_, None | Some("any")) => return Err(ConfigError::UnpinnedSeed(place)),
        ("https", Some(pin)) => {
            SeedTrust::Pinned(read_key(pin).ok_or(ConfigError::Field("seeds.certificateSha256"))?)
        }
        _ => return Err(ConfigError::Field("seeds.certificateSha256")),
    };
    Ok(Seed { url, trust })
}

fn server_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.host().is_some() && plain).then_some(url)
}

/// Whether a URL's host is on this machine, by its form alone.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The time limit of a request to a seed.
pub(crate) const SEED_LIMIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
