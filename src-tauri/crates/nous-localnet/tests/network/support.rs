//! A client without manners: it takes any certificate.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use nous_localnet::{Clock, Localnet, LocalnetControl, LocalnetOptions, Timing};
use nous_protocol::account::{AccountId, SwarmAccount};
use nous_protocol::onion::v4;
use nous_protocol::onion::{Destination, EncType, HopKeys, ServerTarget, SnodeAnswer, wrap};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use serde_json::{Value, json};

/// The day on which these tests take place.
pub(crate) const NOW: i64 = 1_800_000_000_000;

pub(crate) struct Net {
    pub(crate) localnet: Localnet,
    pub(crate) control: LocalnetControl,
    pub(crate) http: reqwest::Client,
}

/// A status and a body.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) fn options() -> LocalnetOptions {
    LocalnetOptions {
        clock: Clock::standing_at(NOW),
        timing: Timing {
            stopped: Duration::from_millis(50),
            silent: Duration::from_millis(80),
            member: Duration::from_millis(20),
            server: Duration::from_secs(5),
        },
        ..LocalnetOptions::default()
    }
}

pub(crate) async fn start() -> Net {
    start_with(options()).await
}

pub(crate) async fn start_with(options: LocalnetOptions) -> Net {
    let localnet = Localnet::start(options).await.unwrap();
    let control = localnet.control();
    let http = client();
    Net {
        localnet,
        control,
        http,
    }
}

impl Net {
    pub(crate) fn url(&self, node: usize, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.control.nodes()[node].port)
    }

    pub(crate) async fn post(
        &self,
        url: String,
        body: impl Into<reqwest::Body>,
    ) -> Result<Got, reqwest::Error> {
        let response = self.http.post(url).body(body).send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?.to_vec();
        Ok(Got { status, body })
    }

    /// A direct storage request.
    pub(crate) async fn rpc(&self, node: usize, request: &Value) -> Got {
        self.try_rpc(node, request).await.unwrap()
    }

    pub(crate) async fn try_rpc(&self, node: usize, request: &Value) -> Result<Got, reqwest::Error> {
        self.post(self.url(node, "/storage_rpc/v1"), request.to_string())
            .await
    }

    pub(crate) fn hop(&self, node: usize) -> HopKeys {
        let state = &self.control.nodes()[node];
        let key = |text: &str| hex::decode(text).unwrap().try_into().unwrap();
        HopKeys {
            ed25519: key(&state.ed25519),
            x25519: key(&state.x25519),
        }
    }

    /// Posts an onion: what the guard says, and the answer opened if it opens.
    pub(crate) async fn onion(
        &self,
        path: &[usize],
        to: usize,
        request: &Value,
        enc: EncType,
    ) -> (Got, Option<SnodeAnswer>) {
        let hops: Vec<HopKeys> = path.iter().map(|node| self.hop(*node)).collect();
        let destination = Destination::Snode(self.hop(to));
        let payload = request.to_string();
        let onion = wrap(&hops, &destination, payload.as_bytes(), enc, &mut rand::rng()).unwrap();
        let url = self.url(path.first().copied().unwrap_or(to), "/onion_req/v2");
        let got = self.post(url, onion.body).await.unwrap();
        let opened = onion.reply_keys.open_snode(&got.body).ok();
        (got, opened)
    }

    /// Three hops and the answer, with our usual cipher.
    pub(crate) async fn ask(&self, to: usize, request: &Value) -> SnodeAnswer {
        let path: Vec<usize> = (0..9).filter(|node| *node != to).take(3).collect();
        let (got, answer) = self.onion(&path, to, request, EncType::XChaCha20).await;
        answer.unwrap_or_else(|| panic!("status {} {}", got.status, got.text()))
    }

    pub(crate) fn file_server(&self) -> ServerTarget {
        let file = self.localnet.network_file().file_server;
        let key: [u8; 32] = hex::decode(file.ed25519).unwrap().try_into().unwrap();
        let point = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
        ServerTarget {
            host: "127.0.0.1".to_owned(),
            target: "/oxen/v4/lsrpc".to_owned(),
            protocol: "http".to_owned(),
            port: file.url.rsplit(':').next().unwrap().parse().unwrap(),
            x25519: point.to_montgomery().to_bytes(),
        }
    }

    /// A v4 request to a server; `Err` with what the guard said if it does not open.
    pub(crate) async fn v4(&self, server: ServerTarget, request: &v4::Request) -> Result<v4::Response, Got> {
        let hops = [self.hop(0), self.hop(1), self.hop(2)];
        let destination = Destination::Server(server);
        let bytes = request.encode();
        let onion = wrap(&hops, &destination, &bytes, EncType::XChaCha20, &mut rand::rng());
        let onion = onion.unwrap();
        let got = self.post(self.url(0, "/onion_req/v2"), onion.body).await.unwrap();
        match onion.reply_keys.open(&got.body) {
            Ok(plain) => Ok(v4::Response::decode(&plain).unwrap()),
            Err(_) => Err(got),
        }
    }
}

/// A person with a key.
pub(crate) struct Person {
    key: SigningKey,
}

impl Person {
    pub(crate) fn new(n: u8) -> Self {
        let key = SigningKey::from_bytes(&[n; 32]);
        Self { key }
    }

    pub(crate) fn id(&self) -> AccountId {
        AccountId::from_x25519(self.key.verifying_key().to_montgomery().to_bytes())
    }

    pub(crate) fn account(&self) -> SwarmAccount {
        self.id().into()
    }

    pub(crate) fn ed25519(&self) -> String {
        hex::encode(self.key.verifying_key().as_bytes())
    }

    pub(crate) fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(text.as_bytes()).to_bytes())
    }

    /// An unsigned store into the inbox.
    pub(crate) fn store(&self, data: &[u8], at: i64) -> Value {
        json!({ "method": "store", "params": {
            "pubkey": self.id().to_string(), "timestamp": at, "ttl": 86_400_000,
            "data": STANDARD.encode(data),
        }})
    }

    /// A signed read of the inbox.
    pub(crate) fn retrieve(&self, at: i64) -> Value {
        json!({ "method": "retrieve", "params": {
            "pubkey": self.id().to_string(), "pubkey_ed25519": self.ed25519(),
            "timestamp": at, "signature": self.sign(&format!("retrieve{at}")),
        }})
    }
}

pub(crate) fn info() -> Value {
    json!({ "method": "info", "params": {} })
}

pub(crate) fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Any))
        .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .no_proxy();
    builder.timeout(Duration::from_secs(60)).build().unwrap()
}

#[derive(Debug)]
struct Any;

type Verified = Result<HandshakeSignatureValid, rustls::Error>;

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &[rustls_pki_types::CertificateDer<'_>],
        _: &rustls_pki_types::ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Verified {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Verified {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        let provider = rustls::crypto::ring::default_provider();
        provider.signature_verification_algorithms.supported_schemes()
    }
}
