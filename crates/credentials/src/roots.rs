//! Whose certificates are trusted.

use crate::setup::SetupError;
use std::{fs, path::Path, sync::Arc};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, pem::PemObject},
    },
};

/// The largest file of certificates, in bytes; the whole list of a system is a fifth of it.
const MOST_BYTES: u64 = 1024 * 1024;

/// TLS that trusts the system's authorities and those of a file besides, for one protocol by its
/// registered name (RFC 7301).
///
/// Fails closed: where no authority is known, nobody's certificate is valid.
pub(crate) fn connector(extra: Option<&Path>, protocol: &str) -> Result<TlsConnector, SetupError> {
    let mut roots = RootCertStore::empty();
    // What the system has beyond repair is left out; no certificate is trusted for it.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = extra {
        for certificate in certificates(path)? {
            let added = roots.add(certificate);
            added.map_err(|_| SetupError::Roots(path.to_owned()))?;
        }
    }
    if roots.is_empty() {
        tracing::warn!("no certificate authority is known: nothing can be called over TLS");
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| SetupError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let wrong = || SetupError::Roots(path.to_owned());
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem(path)?).collect();
    let found = read.map_err(|_| wrong())?;
    if found.is_empty() {
        return Err(wrong());
    }
    Ok(found)
}

/// The bytes of a file of certificates.
pub(crate) fn pem(path: &Path) -> Result<Vec<u8>, SetupError> {
    let wrong = || SetupError::Roots(path.to_owned());
    let metadata = fs::metadata(path).map_err(|_| wrong())?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err(wrong());
    }
    fs::read(path).map_err(|_| wrong())
}
