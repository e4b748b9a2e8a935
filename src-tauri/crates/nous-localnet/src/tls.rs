//! Self-signed certificates, one for each server.
//!
//! Source: `network.md` §1.2, §9.4.

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::error::LocalnetError;

/// A certificate and its key, as DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

fn unusable(error: impl std::fmt::Display) -> LocalnetError {
    LocalnetError::Certificate(error.to_string())
}

impl Identity {
    /// A new ECDSA certificate for `localhost` and 127.0.0.1.
    pub(crate) fn generate() -> Result<Self, LocalnetError> {
        let key = KeyPair::generate().map_err(unusable)?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).map_err(unusable)?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = params.self_signed(&key).map_err(unusable)?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            key: key.serialize_der(),
        })
    }

    /// The pin: SHA-256 of the DER in hex.
    pub(crate) fn pin(&self) -> String {
        hex::encode(Sha256::digest(&self.certificate))
    }

    /// What speaks TLS with this certificate.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, LocalnetError> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let chain = vec![CertificateDer::from(self.certificate.clone())];
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
