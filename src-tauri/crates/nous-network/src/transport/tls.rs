//! What certificates are believed.
//!
//! Seeds: the certificate must be the pinned one, byte for byte, and the handshake signed with
//! its key. They are marked as authorities, which the usual verification refuses for a server,
//! so it is not used. Nodes: any certificate.
//!
//! Source: `network.md` §1.2.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};

use super::{TransportError, provider};
use crate::config::{Seed, SeedTrust};

pub(super) fn for_seeds(seeds: &[Seed]) -> Result<ClientConfig, TransportError> {
    let mut trust: BTreeMap<String, Vec<SeedTrust>> = BTreeMap::new();
    for seed in seeds {
        let host = seed
            .url
            .host_str()
            .unwrap_or("")
            .trim_matches(['[', ']'])
            .to_owned();
        trust.entry(host).or_default().push(seed.trust.clone());
    }
    config(|provider| Arc::new(SeedVerifier { trust, provider }))
}

pub(super) fn for_nodes() -> Result<ClientConfig, TransportError> {
    config(|provider| Arc::new(NodeVerifier { provider }))
}

fn config(
    verifier: impl FnOnce(Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, TransportError> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| TransportError::Setup)?;
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier(provider));
    Ok(builder.with_no_client_auth())
}

/// Believes the pinned certificate of each host.
#[derive(Debug)]
struct SeedVerifier {
    trust: BTreeMap<String, Vec<SeedTrust>>,
    provider: Arc<CryptoProvider>,
}

impl SeedVerifier {
    fn believes(&self, host: &str, certificate: &[u8]) -> bool {
        let digest: [u8; 32] = Sha256::digest(certificate).into();
        self.trust
            .get(host)
            .into_iter()
            .flatten()
            .any(|trust| match trust {
                SeedTrust::Pinned(pin) => *pin == digest,
                SeedTrust::AnyOnLoopback => true,
                SeedTrust::Plain => false,
            })
    }
}

impl ServerCertVerifier for SeedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.believes(&server_name.to_str(), end_entity) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            ))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Believes everything: who answers is shown by what opens the layers.
#[derive(Debug)]
struct NodeVerifier {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for NodeVerifier {
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
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifier(host: &str, trust: SeedTrust) -> SeedVerifier {
        SeedVerifier {
            trust: BTreeMap::from([(host.to_owned(), vec![trust])]),
            provider: provider(),
        }
    }

    #[test]
    fn only_the_pinned_certificate_of_that_host_is_believed() {
        let pin = Sha256::digest(b"certificate").into();
        let verifier = verifier("seed", SeedTrust::Pinned(pin));
        assert!(verifier.believes("seed", b"certificate"));
        assert!(!verifier.believes("seed", b"Certificate"));
        assert!(!verifier.believes("other", b"certificate"));
    }

    #[test]
    fn a_seed_without_tls_has_no_certificate_to_believe() {
        assert!(!verifier("seed", SeedTrust::Plain).believes("seed", b"any"));
    }
}
