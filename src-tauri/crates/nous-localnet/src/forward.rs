//! The last hop on its way to a server.
//!
//! Only servers on this machine are asked: a network in a box does not leave it.
//!
//! Source: `network.md` §3.3.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use nous_protocol::onion::peel::ServerForward;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::answer::{Answer, Http};
use crate::error::LocalnetError;
use crate::world::World;

/// The largest answer of a server that is passed back.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Posts the whole frame to the server; its status and body go back as they are.
pub(crate) async fn post(world: &World, request: ServerForward) -> Answer {
    if !is_on_this_machine(&request.host) {
        return Answer::text(502, "Could not resolve host");
    }
    let url = format!(
        "{}://{}:{}{}",
        request.protocol, request.host, request.port, request.target
    );
    let work = async {
        let response = world.http.post(url).body(request.frame).send().await?;
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .unwrap_or("text/plain")
            .to_owned();
        let body = read(response).await?;
        Ok::<_, reqwest::Error>((status, content_type, body))
    };
    match tokio::time::timeout(world.timing.server, work).await {
        Err(_) => Answer::text(504, "Timeout was reached"),
        Ok(Err(error)) if error.is_timeout() => Answer::text(504, "Timeout was reached"),
        Ok(Err(_)) => Answer::text(502, "Could not connect to server"),
        Ok(Ok((.., None))) => Answer::text(502, "Answer of the server is too large"),
        Ok(Ok((status, content_type, Some(body)))) => Answer::Whole(Http {
            status,
            content_type,
            body,
        }),
    }
}

async fn read(mut response: reqwest::Response) -> Result<Option<Bytes>, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

fn is_on_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The client of the last hops: servers on this machine have certificates of their own.
pub(crate) fn client() -> Result<reqwest::Client, LocalnetError> {
    let unusable = |error: &dyn std::fmt::Display| LocalnetError::Certificate(error.to_string());
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| unusable(&error))
}

/// Takes any certificate whose key signs the handshake.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        for host in ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"] {
            assert!(is_on_this_machine(host), "{host}");
        }
        for host in ["192.0.2.1", "example.org", "localhost.example.org", ""] {
            assert!(!is_on_this_machine(host), "{host}");
        }
    }
}
