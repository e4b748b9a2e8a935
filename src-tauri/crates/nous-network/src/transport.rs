//! The two HTTPS clients: seeds, whose certificates are pinned, and storage nodes, which may
//! show any certificate because the onion layers protect.
//!
//! There is no general request here. To a storage node go [`Transport::onion`] and, with a file,
//! [`Transport::carry`] (bytes under layers), and [`Transport::info`] (a question that names
//! nobody), so nothing else can be sent directly. No proxy, no redirects, a limit of time and size
//! on everything.
//!
//! Source: `network.md` §1.2, §2.1, §3.3, §4.1.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder, redirect};
use rustls::ClientConfig;

use crate::config::{NetworkConfig, SEED_LIMIT, Seed};
use crate::node::Snode;
use crate::progress::Progress;

mod carrying;
mod tls;

pub use carrying::Endurance;

/// The most bytes of a list of nodes.
pub const LIST_BYTES: usize = 4 << 20;
/// The most bytes of an answer to `info`.
const INFO_BYTES: usize = 64 << 10;
/// Where nodes take onion requests.
const ONION: &str = "onion_req/v2";
/// How long a connection may take to stand.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept.
const IDLE_LIMIT: Duration = Duration::from_secs(300);
/// What every client of the network says of itself.
const USER_AGENT: &str = "WhatsApp";
const LANGUAGE: &str = "en-us";

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The clients could not be set up.
    #[error("HTTP cannot be set up")]
    Setup,
    /// No connection, so nothing was sent: refused, unreachable, or the wrong certificate.
    #[error("no connection")]
    Connect,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// More bytes than such an answer may have.
    #[error("answer too large")]
    TooLarge,
    /// The connection ended in the middle, or what came is not HTTP.
    #[error("connection broken")]
    Broken,
}

impl HasKind for TransportError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Setup => ErrorKind::Bug,
            Self::TooLarge => ErrorKind::NodeTrouble,
            Self::Connect | Self::Timeout | Self::Broken => ErrorKind::Offline,
        }
    }
}

impl HasRetry for TransportError {
    fn retry(&self) -> Retry {
        match self {
            Self::Setup => Retry::Never,
            _ => Retry::After(Duration::from_secs(2)),
        }
    }
}

/// Status and body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body, whole.
    pub body: Vec<u8>,
}

/// Both clients. TLS sessions and connections are kept and used again.
#[derive(Debug)]
pub struct Transport {
    seeds: Client,
    nodes: RwLock<Nodes>,
}

/// What reaches storage nodes.
#[derive(Debug, Clone)]
struct Nodes {
    client: Client,
    /// For connections that carry files.
    tls: Arc<ClientConfig>,
}

impl Nodes {
    fn new() -> Result<Self, TransportError> {
        let tls = tls::for_nodes()?;
        let builder = client(tls.clone()).https_only(true).dns_resolver(NoNames);
        Ok(Self {
            client: builder.build().map_err(|_| TransportError::Setup)?,
            tls: Arc::new(tls),
        })
    }
}

impl Transport {
    /// Sets up the clients for a network.
    ///
    /// # Errors
    /// [`TransportError::Setup`] if TLS cannot be set up.
    pub fn new(config: &NetworkConfig) -> Result<Self, TransportError> {
        let seeds = client(tls::for_seeds(&config.seeds)?);
        let seeds = seeds.build().map_err(|_| TransportError::Setup)?;
        Ok(Self {
            seeds,
            nodes: RwLock::new(Nodes::new()?),
        })
    }

    /// Drops all connections to nodes, after sleep or a change of networks.
    pub fn reset(&self) {
        if let Ok(fresh) = Nodes::new() {
            *self.nodes.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }

    /// Posts `body` to a seed's `json_rpc`.
    ///
    /// # Errors
    /// [`TransportError`]; another status than 200 is [`TransportError::Broken`].
    pub async fn seed(&self, seed: &Seed, body: &serde_json::Value) -> Result<Vec<u8>, TransportError> {
        let url = seed.url.join("json_rpc").map_err(|_| TransportError::Setup)?;
        let request = self
            .seeds
            .post(url)
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let answer = send(request, SEED_LIMIT, LIST_BYTES).await?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(TransportError::Broken)
        }
    }

    /// Posts an onion request to a path's guard.
    ///
    /// # Errors
    /// [`TransportError`]; statuses are no errors here.
    pub async fn onion(
        &self,
        guard: &Snode,
        body: Vec<u8>,
        limit: Duration,
        max_bytes: usize,
    ) -> Result<HttpAnswer, TransportError> {
        let request = self.node(guard, ONION).body(body);
        send(request, limit, max_bytes).await
    }

    /// The same with a file, over a connection of its own: it may take long as long as bytes move.
    /// `progress`: is told how much has left and come.
    ///
    /// # Errors
    /// [`TransportError`]; statuses are no errors here.
    pub async fn carry(
        &self,
        guard: &Snode,
        body: Vec<u8>,
        endurance: Endurance,
        max_bytes: usize,
        progress: Option<&Progress>,
    ) -> Result<HttpAnswer, TransportError> {
        if let Some(progress) = progress {
            progress.begin(body.len());
        }
        let address = SocketAddr::from((guard.ip, guard.port));
        let request = carrying::request(address, ONION, body, progress)?;
        let tls = self.to_nodes().tls;
        // The future holds a whole connection.
        Box::pin(carrying::post(
            tls, address, request, endurance, max_bytes, progress,
        ))
        .await
    }

    /// Asks a node for `info`, directly: tests whether it can be a guard. Names nobody.
    ///
    /// # Errors
    /// [`TransportError`]; another status than 2xx is [`TransportError::Broken`].
    pub async fn info(&self, node: &Snode, limit: Duration) -> Result<StorageReply, TransportError> {
        let request = self
            .node(node, "storage_rpc/v1")
            .body(StorageRequest::Info.to_bytes());
        let answer = send(request, limit, INFO_BYTES).await?;
        if !(200..300).contains(&answer.status) {
            return Err(TransportError::Broken);
        }
        Ok(StorageReply::from_text(
            answer.status,
            &String::from_utf8_lossy(&answer.body),
        ))
    }

    fn node(&self, node: &Snode, path: &str) -> RequestBuilder {
        let address = SocketAddr::from((node.ip, node.port));
        let client = self.to_nodes().client;
        client.post(format!("https://{address}/{path}"))
    }

    fn to_nodes(&self) -> Nodes {
        self.nodes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn client(tls: ClientConfig) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(LANGUAGE));
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .http1_only()
        .connect_timeout(CONNECT_LIMIT)
        .timeout(Duration::from_secs(120))
        .pool_idle_timeout(IDLE_LIMIT)
        .pool_max_idle_per_host(4)
        .tcp_keepalive(Duration::from_secs(30))
        .tcp_nodelay(true)
}

/// Refuses host names: nodes are IP addresses.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err::<Addrs, _>("nodes have no names".into()) })
    }
}

async fn send(
    request: RequestBuilder,
    limit: Duration,
    max_bytes: usize,
) -> Result<HttpAnswer, TransportError> {
    let whole = async {
        let mut response = request.send().await.map_err(|error| read_error(&error))?;
        let status = response.status().as_u16();
        let expected = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if expected > max_bytes {
            return Err(TransportError::TooLarge);
        }
        let mut body = Vec::with_capacity(expected);
        while let Some(chunk) = response.chunk().await.map_err(|error| read_error(&error))? {
            if body.len().saturating_add(chunk.len()) > max_bytes {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer { status, body })
    };
    tokio::time::timeout(limit, whole)
        .await
        .unwrap_or(Err(TransportError::Timeout))
}

fn read_error(error: &reqwest::Error) -> TransportError {
    // One that took too long to stand is no connection, too.
    if error.is_connect() {
        TransportError::Connect
    } else if error.is_timeout() {
        TransportError::Timeout
    } else {
        TransportError::Broken
    }
}

/// Shared by both TLS set-ups.
fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests;
