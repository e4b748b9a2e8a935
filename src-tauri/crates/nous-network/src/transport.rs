//! The two HTTPS clients: seeds, whose certificates are pinned, and storage nodes, which may
//! show any certificate because the onion layers protect.
//!
//! There is no general request here. To a storage node go [`Transport::onion`] (bytes under
//! layers) and [`Transport::info`] (a question that names nobody), so nothing else can be sent
//! directly. No proxy, no redirects, a limit of time and size on everything.
//!
//! Source: `network.md` §1.2, §2.1, §3.3, §4.1.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Body, Client, ClientBuilder, RequestBuilder, redirect};
use rustls::ClientConfig;

use crate::config::{NetworkConfig, SEED_LIMIT, Seed};
use crate::node::Snode;
use crate::progress::Progress;

mod tls;

/// The most bytes of a list of nodes.
pub const LIST_BYTES: usize = 4 << 20;
/// The most bytes of an answer to `info`.
const INFO_BYTES: usize = 64 << 10;
/// How long a connection may take to stand.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A body whose progress is told leaves in pieces of so many bytes.
const PIECE: usize = 64 << 10;
/// How long an unused connection is kept.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The clients could not be set up.
    #[error("HTTP cannot be set up")]
    Setup,
    /// No connection: refused, unreachable, or the wrong certificate.
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
    nodes: RwLock<Client>,
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
            nodes: RwLock::new(node_client()?),
        })
    }

    /// Drops all connections to nodes, after sleep or a change of networks.
    pub fn reset(&self) {
        if let Ok(fresh) = node_client() {
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
        let answer = send(request, SEED_LIMIT, LIST_BYTES, None).await?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(TransportError::Broken)
        }
    }

    /// Posts an onion request to a path's guard. `progress`: is told how much has left and come.
    ///
    /// # Errors
    /// [`TransportError`]; statuses are no errors here.
    pub async fn onion(
        &self,
        guard: &Snode,
        body: Vec<u8>,
        limit: Duration,
        max_bytes: usize,
        progress: Option<&Progress>,
    ) -> Result<HttpAnswer, TransportError> {
        let request = self.node(guard, "onion_req/v2");
        let request = match progress {
            None => request.body(body),
            Some(progress) => {
                progress.begin(body.len());
                request
                    .header(CONTENT_LENGTH, body.len())
                    .body(counted(body, progress.clone()))
            }
        };
        send(request, limit, max_bytes, progress).await
    }

    /// Asks a node for `info`, directly: tests whether it can be a guard. Names nobody.
    ///
    /// # Errors
    /// [`TransportError`]; another status than 2xx is [`TransportError::Broken`].
    pub async fn info(&self, node: &Snode, limit: Duration) -> Result<StorageReply, TransportError> {
        let request = self
            .node(node, "storage_rpc/v1")
            .body(StorageRequest::Info.to_bytes());
        let answer = send(request, limit, INFO_BYTES, None).await?;
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
        let client = self.nodes.read().unwrap_or_else(PoisonError::into_inner).clone();
        client.post(format!("https://{address}/{path}"))
    }
}

fn client(tls: ClientConfig) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en-us"));
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent("WhatsApp")
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

fn node_client() -> Result<Client, TransportError> {
    let builder = client(tls::for_nodes()?).https_only(true).dns_resolver(NoNames);
    builder.build().map_err(|_| TransportError::Setup)
}

/// Refuses host names: nodes are IP addresses.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err::<Addrs, _>("nodes have no names".into()) })
    }
}

/// A body in pieces, each counted when the connection takes it. Nothing is copied.
fn counted(body: Vec<u8>, progress: Progress) -> Body {
    let pieces = stream::unfold((Bytes::from(body), progress), |(mut left, progress)| async move {
        if left.is_empty() {
            return None;
        }
        let piece = left.split_to(left.len().min(PIECE));
        progress.add_sent(piece.len());
        Some((Ok::<_, std::io::Error>(piece), (left, progress)))
    });
    Body::wrap_stream(pieces)
}

async fn send(
    request: RequestBuilder,
    limit: Duration,
    max_bytes: usize,
    progress: Option<&Progress>,
) -> Result<HttpAnswer, TransportError> {
    let whole = async {
        let mut response = request.send().await.map_err(|error| read_error(&error))?;
        let status = response.status().as_u16();
        let announced = response.content_length().unwrap_or(0);
        let expected = usize::try_from(announced).unwrap_or(usize::MAX);
        if expected > max_bytes {
            return Err(TransportError::TooLarge);
        }
        if let Some(progress) = progress {
            progress.expect(announced);
        }
        let mut body = Vec::with_capacity(expected);
        while let Some(chunk) = response.chunk().await.map_err(|error| read_error(&error))? {
            if body.len().saturating_add(chunk.len()) > max_bytes {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
            if let Some(progress) = progress {
                progress.add_received(chunk.len());
            }
        }
        Ok(HttpAnswer { status, body })
    };
    tokio::time::timeout(limit, whole)
        .await
        .unwrap_or(Err(TransportError::Timeout))
}

fn read_error(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        TransportError::Timeout
    } else if error.is_connect() {
        TransportError::Connect
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
